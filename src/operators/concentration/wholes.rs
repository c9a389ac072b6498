//! The parts of wholes, as they come: sums, sums of squares and of logarithms, and the parts themselves where they are
//! needed. In: cells in the order of their keys. Out: a whole for each of what is left of the keys.

use crate::eval::Cells;
use crate::value::{Cell, Coverage, Dimension, Flags, Labels, Period, Reason};
use rustc_hash::FxHashMap;

/// What is known of a whole and its parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Whole {
    pub(super) sum: f64,
    pub(super) squares: f64,
    /// The sum of each times its logarithm, where it is needed.
    pub(super) logarithms: f64,
    pub(super) present: u32,
    /// How many of them are not zero: a label with nothing is none.
    pub(super) traded: u32,
    pub(super) members: u32,
    pub(super) has_negative: bool,
    pub(super) reason: Option<Reason>,
    pub(super) flags: Flags,
    pub(super) coverage: Option<Coverage>,
    /// The parts, or the first of them for `explain`.
    pub(super) parts: Vec<f64>,
}

/// So many parts are shown by `explain`.
pub(super) const SHOWN: usize = 12;

/// Sums and sums of squares of cells, by what is left of their keys.
pub(super) struct Wholes<'a> {
    pub(super) over: &'a [String],
    /// So many parts are kept.
    pub(super) keeps: usize,
    /// Whether logarithms are needed.
    pub(super) logarithms: bool,
    pub(super) dims: Vec<Dimension>,
    /// Places in the key of the dimensions that stay.
    pub(super) stays: Vec<usize>,
    pub(super) known: FxHashMap<(Labels, Option<Period>), usize>,
    pub(super) list: Vec<(Labels, Option<Period>, Whole)>,
    /// The last key, and where its periods are in the list.
    pub(super) recent: (Labels, Vec<(Option<Period>, usize)>),
    /// Which of the recent periods is met next, most likely.
    pub(super) next: usize,
}

impl Wholes<'_> {
    /// Where the whole of a cell is in the list: cells come in the order of their keys, so it is most often among the
    /// recent ones.
    fn place(&mut self, key: &[u32], period: Option<Period>) -> usize {
        let same = self.recent.0.len() == self.stays.len()
            && self.recent.0.iter().zip(&self.stays).all(|(known, place)| key.get(*place) == Some(known));
        if same {
            let likely = self.recent.1.get(self.next).filter(|(p, _)| *p == period);
            let found = likely.or_else(|| self.recent.1.iter().find(|(p, _)| *p == period)).copied();
            if let Some((_, at)) = found {
                let after = if likely.is_some() { self.next + 1 } else { self.next };
                self.next = if after < self.recent.1.len() { after } else { 0 };
                return at;
            }
        } else {
            let kept = self.stays.iter().filter_map(|place| key.get(*place).copied()).collect();
            self.recent = (kept, Vec::new());
            self.next = 0;
        }
        let next = self.list.len();
        let at = *self.known.entry((self.recent.0.clone(), period)).or_insert(next);
        if at == next {
            self.list.push((self.recent.0.clone(), period, Whole::default()));
        }
        self.recent.1.push((period, at));
        at
    }
}

impl Cells for Wholes<'_> {
    fn begin(&mut self, dims: &[Dimension]) {
        let stays = |d: &Dimension| !self.over.iter().any(|o| o == d.name.as_ref());
        self.stays = (0..).zip(dims).filter(|(_, d)| stays(d)).map(|(place, _)| place).collect();
        self.dims = dims.iter().filter(|d| stays(d)).cloned().collect();
        // No key is like this one.
        self.recent = (std::iter::repeat_n(u32::MAX, self.stays.len() + 1).collect(), Vec::new());
    }

    fn cell(&mut self, key: &[u32], period: Option<Period>, cell: &Cell) {
        let place = self.place(key, period);
        let Some((_, _, whole)) = self.list.get_mut(place) else { return };
        whole.members += 1;
        whole.flags = whole.flags.with(cell.flags);
        whole.coverage = match (whole.coverage, cell.coverage) {
            (Some(a), Some(b)) if a != b => Some(a.lesser(b)),
            (a, b) => a.or(b),
        };
        match cell.datum {
            Ok(x) => {
                whole.sum += x;
                whole.squares += x * x;
                if self.logarithms && x > 0.0 {
                    whole.logarithms += x * x.ln();
                }
                whole.present += 1;
                whole.traded += u32::from(x != 0.0);
                whole.has_negative |= x < 0.0;
                if whole.parts.len() < self.keeps {
                    whole.parts.push(x);
                }
            }
            Err(reason) => {
                whole.reason.get_or_insert(reason);
            }
        }
    }
}
