//! Which index a group has among all that there could be. In: the keys of a question, and how codes lie in blocks of rows.
//! Out: an order of the keys, and how far apart the groups of two neighbouring places are.

use crate::data::store::columns::Columns;
use crate::data::store::selection::Key;

/// How an index is made of the places of the keys: the outermost key first. Which one varies fastest is not the order of
/// the answer: groups that the same block of rows adds to lie together.
pub(super) struct Layout {
    /// Per key, how far apart the groups of two neighbouring places are.
    pub(super) strides: Vec<u64>,
}

/// Whether most blocks of rows hold many places of a key.
pub(super) fn varies(columns: &Columns, key: &Key<'_>) -> bool {
    let ranges = columns.blocks.get(key.column).map_or(&[][..], |r| r);
    let wide = |(least, largest): &&(u32, u32)| u64::from(largest - least) * 8 > key.size.min(64);
    ranges.iter().filter(wide).count() * 2 > ranges.len()
}

impl Layout {
    /// As the keys stand: indices rise with them.
    pub(super) fn plain(keys: &[&Key<'_>]) -> Layout {
        Layout::of(0..keys.len(), keys)
    }

    /// The first key stays outermost, so that parts of the answer are parts of the array; then those that hardly vary
    /// within a block.
    pub(super) fn new(columns: &Columns, keys: &[&Key<'_>]) -> Layout {
        let varies = |at: usize| at > 0 && keys.get(at).is_some_and(|key| varies(columns, key));
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_by_key(|at| varies(*at));
        Layout::of(order.into_iter(), keys)
    }

    fn of(order: impl DoubleEndedIterator<Item = usize>, keys: &[&Key<'_>]) -> Layout {
        let mut strides = vec![1; keys.len()];
        let mut stride = 1u64;
        for at in order.rev() {
            if let (Some(slot), Some(key)) = (strides.get_mut(at), keys.get(at)) {
                *slot = stride;
                stride = stride.saturating_mul(key.size.max(1));
            }
        }
        Layout { strides }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::data::columns::codes::Codes;

    fn key(codes: &Codes, size: u64, column: usize) -> Key<'_> {
        Key { codes, places: (0..u32::try_from(size).unwrap()).collect(), own: true, size, column }
    }

    #[test]
    fn the_key_that_varies_within_blocks_goes_innermost_but_for_the_first() {
        let codes = Codes::default();
        // Column 0 and 1 hold every place in each block, column 2 one place only.
        let blocks = vec![vec![(0, 9), (0, 9)], vec![(0, 4), (0, 4)], vec![(3, 3), (7, 7)]];
        let columns = Columns { blocks, ..Columns::default() };
        let (a, b, c) = (key(&codes, 10, 0), key(&codes, 5, 1), key(&codes, 8, 2));
        let layout = Layout::new(&columns, &[&a, &b, &c]);
        // The order is the first, the third, the second: 8 · 5 groups lie between two places of the first, 5 between two of the third.
        assert_eq!(layout.strides, [40, 1, 5]);
        assert_eq!(Layout::plain(&[&a, &b, &c]).strides, [40, 8, 1]);
    }
}
