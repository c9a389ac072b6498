//! Places in a list, one per row, in as few bytes as the largest needs.

/// Places in a list, in as few bytes as the largest needs.
#[derive(Clone, Debug, PartialEq)]
pub enum Codes {
    /// Up to 256 places.
    U8(Vec<u8>),
    /// Up to 65,536.
    U16(Vec<u16>),
    /// More.
    U32(Vec<u32>),
}

impl Default for Codes {
    fn default() -> Self {
        Codes::U8(Vec::new())
    }
}

impl FromIterator<u32> for Codes {
    fn from_iter<I: IntoIterator<Item = u32>>(places: I) -> Codes {
        let mut out = Codes::default();
        for place in places {
            out.push(place);
        }
        out
    }
}

impl Codes {
    /// Adds one.
    pub fn push(&mut self, place: u32) {
        match (&mut *self, u8::try_from(place), u16::try_from(place)) {
            (Codes::U8(v), Ok(p), _) => v.push(p),
            (Codes::U16(v), _, Ok(p)) => v.push(p),
            (Codes::U32(v), _, _) => v.push(place),
            _ => {
                self.widen(place);
                self.push(place);
            }
        }
    }

    /// Makes room for places up to this one.
    pub fn widen(&mut self, place: u32) {
        let wide = u16::try_from(place).is_err();
        *self = match std::mem::take(self) {
            Codes::U8(v) if u8::try_from(place).is_ok() => Codes::U8(v),
            Codes::U8(v) if !wide => Codes::U16(v.into_iter().map(u16::from).collect()),
            Codes::U8(v) => Codes::U32(v.into_iter().map(u32::from).collect()),
            Codes::U16(v) if wide => Codes::U32(v.into_iter().map(u32::from).collect()),
            other => other,
        };
    }

    /// Adds places of another list, each as `map` says; `largest` is the largest that it says.
    pub fn extend_mapped(&mut self, more: &[u32], map: &[u32], largest: u32) {
        self.widen(largest);
        let to = |c: &u32| map.get(*c as usize).copied().unwrap_or(0);
        match self {
            Codes::U8(v) => v.extend(more.iter().map(|c| to(c) as u8)),
            Codes::U16(v) => v.extend(more.iter().map(|c| to(c) as u16)),
            Codes::U32(v) => v.extend(more.iter().map(to)),
        }
    }

    /// Every place as `map` says.
    pub fn mapped(self, map: &[u32]) -> Codes {
        if (0u32..).zip(map).all(|(own, to)| own == *to) {
            return self;
        }
        let largest = map.iter().copied().max().unwrap_or(0);
        let to = |c: u32| map.get(c as usize).copied().unwrap_or(0);
        match (u8::try_from(largest).is_ok(), u16::try_from(largest).is_ok(), self) {
            (true, _, Codes::U8(mut v)) => {
                v.iter_mut().for_each(|c| *c = to(u32::from(*c)) as u8);
                Codes::U8(v)
            }
            (true, _, other) => Codes::U8(other.iter().map(|c| to(c) as u8).collect()),
            (_, true, Codes::U16(mut v)) => {
                v.iter_mut().for_each(|c| *c = to(u32::from(*c)) as u16);
                Codes::U16(v)
            }
            (_, true, other) => Codes::U16(other.iter().map(|c| to(c) as u16).collect()),
            (_, _, other) => Codes::U32(other.iter().map(to).collect()),
        }
    }

    /// The place of a row.
    pub fn get(&self, row: usize) -> Option<u32> {
        match self {
            Codes::U8(v) => v.get(row).map(|c| u32::from(*c)),
            Codes::U16(v) => v.get(row).map(|c| u32::from(*c)),
            Codes::U32(v) => v.get(row).copied(),
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Codes::U8(v) => v.len(),
            Codes::U16(v) => v.len(),
            Codes::U32(v) => v.len(),
        }
    }

    /// Bytes that they take.
    pub fn held(&self) -> usize {
        match self {
            Codes::U8(v) => size_of_val(v.as_slice()),
            Codes::U16(v) => size_of_val(v.as_slice()),
            Codes::U32(v) => size_of_val(v.as_slice()),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Leaves the first rows only.
    pub fn truncate(&mut self, rows: usize) {
        match self {
            Codes::U8(v) => v.truncate(rows),
            Codes::U16(v) => v.truncate(rows),
            Codes::U32(v) => v.truncate(rows),
        }
    }

    /// Gives back what growing took too much.
    pub fn shrink(&mut self) {
        match self {
            Codes::U8(v) => v.shrink_to_fit(),
            Codes::U16(v) => v.shrink_to_fit(),
            Codes::U32(v) => v.shrink_to_fit(),
        }
    }

    /// The places of rows `start..`, as many as `out` has room for.
    pub fn fill(&self, start: usize, out: &mut [u32]) {
        fn copy<T: Copy + Into<u32>>(from: &[T], start: usize, out: &mut [u32]) {
            for (o, c) in out.iter_mut().zip(from.get(start..).unwrap_or(&[])) {
                *o = (*c).into();
            }
        }
        match self {
            Codes::U8(v) => copy(v, start, out),
            Codes::U16(v) => copy(v, start, out),
            Codes::U32(v) => copy(v, start, out),
        }
    }

    /// Marks the rows from `start` on whose place is not that of the row before.
    pub fn mark_changes(&self, start: usize, out: &mut [bool]) {
        fn mark<T: PartialEq>(codes: &[T], start: usize, out: &mut [bool]) {
            let from = start.saturating_sub(1);
            let out = out.get_mut(start.min(1) ^ 1..).unwrap_or(&mut []);
            let pairs = codes.get(from..).unwrap_or(&[]).windows(2);
            for (slot, pair) in out.iter_mut().zip(pairs) {
                *slot |= matches!(pair, [a, b] if a != b);
            }
        }
        match self {
            Codes::U8(v) => mark(v, start, out),
            Codes::U16(v) => mark(v, start, out),
            Codes::U32(v) => mark(v, start, out),
        }
    }

    /// Whether every row from `start` on has a larger place than the row before, but those that begin anew.
    pub fn rises(&self, start: usize, begins: &[bool]) -> bool {
        fn rise<T: PartialOrd>(codes: &[T], start: usize, begins: &[bool]) -> bool {
            let from = start.saturating_sub(1);
            let begins = begins.get(start.min(1) ^ 1..).unwrap_or(&[]);
            let pairs = codes.get(from..).unwrap_or(&[]).windows(2);
            begins.iter().zip(pairs).fold(true, |all, (begins, pair)| all & (*begins | matches!(pair, [a, b] if a < b)))
        }
        match self {
            Codes::U8(v) => rise(v, start, begins),
            Codes::U16(v) => rise(v, start, begins),
            Codes::U32(v) => rise(v, start, begins),
        }
    }

    /// All places.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).map(|row| self.get(row).unwrap_or(0))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn places_take_as_few_bytes_as_they_need() {
        let mut codes = Codes::default();
        for c in [1, 255, 256, 70_000] {
            codes.push(c);
        }
        assert_eq!(codes, Codes::U32(vec![1, 255, 256, 70_000]));
        assert_eq!(Codes::U16(vec![0, 1]).mapped(&[1, 0]), Codes::U8(vec![1, 0]));
    }
}
