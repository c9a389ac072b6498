//! Rows of a block that pass conditions, and the indices that keys give them. In: codes, and what each code means.
//! Ranges of codes per block tell of most blocks that all of their rows pass, or none.

use crate::data::columns::codes::Codes;

/// Rows that are looked at together.
pub const BLOCK: usize = 4096;

/// One group key made ready: the dimension's codes per row and, per code, the place in the answer's labels.
pub struct Key<'a> {
    /// Per row.
    pub codes: &'a Codes,
    /// Per code.
    pub places: Vec<u32>,
    /// Whether every code is its own place.
    pub own: bool,
    /// How many labels.
    pub size: u64,
    /// Place of the column in `blocks`.
    pub column: usize,
}

impl Key<'_> {
    /// The place of a code.
    pub(in crate::data) fn place(&self, code: u32) -> u64 {
        u64::from(if self.own { code } else { self.places.get(code as usize).copied().unwrap_or(0) })
    }
}

/// One condition made ready: per code, whether it passes.
#[derive(Clone)]
pub struct Test<'a> {
    /// Per row.
    pub codes: &'a Codes,
    /// Per code.
    pub pass: Vec<bool>,
    /// Place of the column in `blocks`.
    pub column: usize,
}

/// The least and largest code of each block of some columns.
pub fn all_ranges(columns: &[&Codes]) -> Vec<Vec<(u32, u32)>> {
    fn of<T: Copy + Ord + Into<u32>>(codes: &[T]) -> Vec<(u32, u32)> {
        let range = |block: &[T]| {
            let first = *block.first()?;
            Some(block.iter().fold((first, first), |(least, largest), code| (least.min(*code), largest.max(*code))))
        };
        codes.chunks(BLOCK).filter_map(range).map(|(least, largest)| (least.into(), largest.into())).collect()
    }
    let one = |codes: &&Codes| match codes {
        Codes::U8(codes) => of(codes),
        Codes::U16(codes) => of(codes),
        Codes::U32(codes) => of(codes),
    };
    columns.iter().map(one).collect()
}

/// Which rows of a block are looked at.
pub(in crate::data) struct Selection {
    /// All of them, whatever `rows` says.
    pub(in crate::data) all: bool,
    pub(in crate::data) rows: Vec<u16>,
}

impl Selection {
    pub(in crate::data) fn narrow(&mut self, codes: &Codes, start: usize, size: usize, pass: &[bool]) {
        fn of<T: Copy + Into<u32>>(sel: &mut Selection, codes: &[T], pass: &[bool]) {
            let passes = |code: T| pass.get(code.into() as usize).copied().unwrap_or(false);
            let mut kept = 0;
            if sel.all {
                sel.rows.resize(codes.len(), 0);
                for (row, code) in (0u16..).zip(codes) {
                    // Written in any case, and kept by counting on: no branch is there to be guessed wrong.
                    if let Some(slot) = sel.rows.get_mut(kept) {
                        *slot = row;
                    }
                    kept += usize::from(passes(*code));
                }
            } else {
                for at in 0..sel.rows.len() {
                    let row = sel.rows.get(at).copied().unwrap_or(0);
                    if let Some(slot) = sel.rows.get_mut(kept) {
                        *slot = row;
                    }
                    kept += usize::from(codes.get(usize::from(row)).is_some_and(|code| passes(*code)));
                }
            }
            sel.rows.truncate(kept);
            sel.all = false;
        }
        match codes {
            Codes::U8(codes) => of(self, codes.get(start..start + size).unwrap_or(&[]), pass),
            Codes::U16(codes) => of(self, codes.get(start..start + size).unwrap_or(&[]), pass),
            Codes::U32(codes) => of(self, codes.get(start..start + size).unwrap_or(&[]), pass),
        }
    }
}

/// Takes the places of one key into the indices of the selected rows, so far apart.
pub(in crate::data) fn extend(index: &mut [u64], (key, stride): (&Key<'_>, u64), start: usize, rows: &Selection) {
    fn of<T: Copy + Into<u32>>(index: &mut [u64], codes: &[T], (key, stride): (&Key<'_>, u64), rows: &Selection) {
        let place = |code: T| key.place(code.into());
        if rows.all {
            for (slot, code) in index.iter_mut().zip(codes) {
                *slot += place(*code) * stride;
            }
        } else {
            for (slot, row) in index.iter_mut().zip(&rows.rows) {
                *slot += codes.get(usize::from(*row)).map_or(0, |code| place(*code)) * stride;
            }
        }
    }
    match key.codes {
        Codes::U8(codes) => of(index, codes.get(start..).unwrap_or(&[]), (key, stride), rows),
        Codes::U16(codes) => of(index, codes.get(start..).unwrap_or(&[]), (key, stride), rows),
        Codes::U32(codes) => of(index, codes.get(start..).unwrap_or(&[]), (key, stride), rows),
    }
}

/// How many codes pass before each place, and one for the end.
pub(in crate::data) fn below(pass: &[bool]) -> Vec<u32> {
    let mut n = 0;
    let mut out = vec![0];
    for p in pass {
        n += u32::from(*p);
        out.push(n);
    }
    out
}

/// How many codes of a range pass, by [`below`].
pub(in crate::data) fn count_within(below: &[u32], (least, largest): (u32, u32)) -> u32 {
    let at = |code: u32| below.get(code as usize).or(below.last()).copied().unwrap_or(0);
    at(largest + 1) - at(least)
}
