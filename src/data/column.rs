//! The cells of a column as they are read: each different text once, and per row its place; or, where a column holds
//! too many different numbers for that, the numbers themselves. Parts are read block by block and joined in order.

use rustc_hash::FxHashMap;

/// Different texts, in the order in which they were met.
#[derive(Clone, Debug, Default)]
pub struct Words {
    list: Vec<Box<str>>,
    places: FxHashMap<Box<str>, u32>,
}

impl Words {
    /// The place of a text, which is taken up if it is new.
    pub fn place(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(text.into());
        self.places.insert(text.into(), place);
        place
    }

    /// The text at a place.
    pub fn get(&self, place: u32) -> &str {
        self.list.get(place as usize).map_or("", |w| w)
    }

    /// All texts.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.list.iter().map(|w| w.as_ref())
    }

    /// How many texts.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

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

    /// All places.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).map(|row| self.get(row).unwrap_or(0))
    }
}

/// Cells that are plain decimals, and the few that are not.
#[derive(Clone, Debug, Default)]
pub struct Decimals {
    /// Scaled by `places`; `i64::MIN` where `odd` has the cell.
    pub values: Vec<i64>,
    /// Decimals of all values.
    pub places: u8,
    /// The cells that do not fit: row and text.
    pub odd: Vec<(u32, Box<str>)>,
}

/// Decimals that a column may have and be exact.
const MAX_PLACES: u8 = 9;

impl Decimals {
    pub(super) fn push(&mut self, cell: &str) {
        let row = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let scaled = decimal(cell.as_bytes()).and_then(|(m, places)| self.scaled(m, places));
        match scaled {
            Some(value) => self.values.push(value),
            None => {
                self.values.push(i64::MIN);
                self.odd.push((row, cell.into()));
            }
        }
    }

    fn scaled(&mut self, mantissa: i64, places: u8) -> Option<i64> {
        if places > self.places {
            self.rescale(places)?;
        }
        mantissa.checked_mul(10i64.checked_pow(u32::from(self.places - places))?)
    }

    /// All values with more decimals, if they fit.
    fn rescale(&mut self, places: u8) -> Option<()> {
        let by = 10i64.checked_pow(u32::from(places.checked_sub(self.places)?))?;
        let limit = i64::MAX / by;
        if self.values.iter().any(|v| *v != i64::MIN && v.unsigned_abs() > limit.unsigned_abs()) {
            return None;
        }
        self.values.iter_mut().filter(|v| **v != i64::MIN).for_each(|v| *v *= by);
        self.places = places;
        Some(())
    }

    /// Adds the rows of a later part; values that do not fit become texts again.
    pub(super) fn append(&mut self, mut more: Decimals) {
        let offset = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let places = self.places.max(more.places);
        if self.rescale(places).is_some() && more.rescale(places).is_some() {
            self.values.append(&mut more.values);
        } else {
            for value in &more.values {
                let scaled = if *value == i64::MIN { Some(*value) } else { self.scaled(*value, more.places) };
                let row = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
                self.values.push(scaled.unwrap_or(i64::MIN));
                if scaled.is_none() {
                    let text = crate::value::number::scaled(i128::from(*value), u32::from(more.places));
                    self.odd.push((row, text.into()));
                }
            }
        }
        self.odd.extend(more.odd.into_iter().map(|(row, text)| (row + offset, text)));
    }
}

/// A decimal without signs of grouping, leading zeros or an exponent: its digits and how many stand behind the point.
pub fn decimal(cell: &[u8]) -> Option<(i64, u8)> {
    let (negative, digits) = match cell {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if digits.len() > 18 || matches!(digits, [] | [b'.', ..] | [b'0', b'0'..=b'9', ..]) {
        return None;
    }
    let (mut mantissa, mut point) = (0i64, None);
    for (i, b) in digits.iter().enumerate() {
        match b {
            b'0'..=b'9' => mantissa = mantissa * 10 + i64::from(b - b'0'),
            b'.' if point.is_none() => point = Some(i),
            _ => return None,
        }
    }
    let places = point.map_or(0, |at| digits.len() - at - 1);
    let places = u8::try_from(places).ok().filter(|p| *p <= MAX_PLACES)?;
    Some((if negative { -mantissa } else { mantissa }, places))
}

/// A column as it was read.
#[derive(Clone, Debug)]
pub enum Column {
    /// Each different text once.
    Words(Words, Codes),
    /// Too many different numbers for that.
    Decimals(Decimals),
    /// Not wanted.
    Left,
}

impl Column {
    /// How many rows; a column that is left out has none.
    pub fn len(&self) -> usize {
        match self {
            Column::Words(_, codes) => codes.len(),
            Column::Decimals(d) => d.values.len(),
            Column::Left => 0,
        }
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a row as far as it is kept; numbers as plain decimals.
    pub fn text(&self, row: usize) -> String {
        match self {
            Column::Words(words, codes) => words.get(codes.get(row).unwrap_or(0)).to_string(),
            Column::Decimals(d) => match d.values.get(row) {
                Some(&i64::MIN) | None => {
                    let odd = d.odd.iter().find(|(r, _)| *r as usize == row);
                    odd.map(|(_, t)| t.to_string()).unwrap_or_default()
                }
                Some(v) => crate::value::number::scaled(i128::from(*v), u32::from(d.places)),
            },
            Column::Left => String::new(),
        }
    }

    /// The different texts; none of numbers.
    pub fn words(&self) -> Option<&Words> {
        match self {
            Column::Words(words, _) => Some(words),
            _ => None,
        }
    }

    /// Every text as `change` says; numbers stay as they are.
    pub fn relabelled(&mut self, change: impl Fn(&str) -> String) {
        if let Column::Words(words, codes) = self {
            let mut changed = Words::default();
            let map: Vec<u32> = words.iter().map(|w| changed.place(&change(w))).collect();
            *codes = std::mem::take(codes).mapped(&map);
            *words = changed;
        }
    }

    /// Leaves the first rows only.
    pub fn truncate(&mut self, rows: usize) {
        match self {
            Column::Words(words, codes) => {
                codes.truncate(rows);
                compact(words, codes);
            }
            Column::Decimals(d) => {
                d.values.truncate(rows);
                d.odd.retain(|(r, _)| (*r as usize) < rows);
            }
            Column::Left => {}
        }
    }

    /// The same with only the rows for which `keep` is true.
    pub fn kept(self, keep: &[bool]) -> Column {
        let chosen = || keep.iter().enumerate().filter(|(_, k)| **k).map(|(row, _)| row);
        match self {
            Column::Words(words, codes) => {
                let (mut words, mut codes) = (words, chosen().map(|row| codes.get(row).unwrap_or(0)).collect());
                compact(&mut words, &mut codes);
                Column::Words(words, codes)
            }
            Column::Decimals(d) => {
                let mut odd: FxHashMap<u32, Box<str>> = d.odd.into_iter().collect();
                let mut out = Decimals { places: d.places, ..Decimals::default() };
                for row in chosen() {
                    if let Some(text) = u32::try_from(row).ok().and_then(|r| odd.remove(&r)) {
                        out.odd.push((u32::try_from(out.values.len()).unwrap_or(u32::MAX), text));
                    }
                    out.values.push(d.values.get(row).copied().unwrap_or(i64::MIN));
                }
                Column::Decimals(out)
            }
            Column::Left => Column::Left,
        }
    }
}

/// Forgets the texts that no row has any more.
fn compact(words: &mut Words, codes: &mut Codes) {
    let mut used = vec![false; words.len()];
    codes.iter().for_each(|c| {
        if let Some(slot) = used.get_mut(c as usize) {
            *slot = true;
        }
    });
    if used.iter().all(|u| *u) {
        return;
    }
    let mut kept = Words::default();
    let map: Vec<u32> = words.iter().zip(&used).map(|(w, used)| if *used { kept.place(w) } else { 0 }).collect();
    *codes = std::mem::take(codes).mapped(&map);
    *words = kept;
}

/// How a column is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As texts.
    Words,
    /// As plain decimals.
    Decimals,
    /// Not at all.
    Leave,
}

/// A part of a column: the cells of one block.
#[derive(Debug)]
pub enum Part {
    /// Texts.
    Words {
        /// Each different text once.
        words: Words,
        /// Per row its place.
        rows: Vec<u32>,
    },
    /// Numbers.
    Decimals(Decimals),
    /// Nothing.
    Left,
}

impl Part {
    /// An empty part.
    pub fn new(how: How) -> Part {
        match how {
            How::Words => Part::Words { words: Words::default(), rows: Vec::new() },
            How::Decimals => Part::Decimals(Decimals::default()),
            How::Leave => Part::Left,
        }
    }

    /// Adds the cell of the next row.
    pub fn push(&mut self, cell: &str) {
        match self {
            Part::Words { words, rows } => {
                // Files are sorted: the cell is most often that of the row before.
                let same = rows.last().copied().filter(|last| words.get(*last) == cell);
                rows.push(same.unwrap_or_else(|| words.place(cell)));
            }
            Part::Decimals(d) => d.push(cell),
            Part::Left => {}
        }
    }
}

impl Column {
    /// An empty column.
    pub fn new(how: How) -> Column {
        match how {
            How::Words => Column::Words(Words::default(), Codes::default()),
            How::Decimals => Column::Decimals(Decimals::default()),
            How::Leave => Column::Left,
        }
    }

    /// Joins the next part.
    pub fn append(&mut self, part: Part) {
        match (self, part) {
            (Column::Words(words, codes), Part::Words { words: more, rows }) => {
                let map: Vec<u32> = more.iter().map(|w| words.place(w)).collect();
                let largest = map.iter().copied().max().unwrap_or(0);
                codes.extend_mapped(&rows, &map, largest);
            }
            (Column::Decimals(all), Part::Decimals(more)) => all.append(more),
            _ => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn parts_join_to_what_one_part_would_be() {
        let cells: Vec<String> = (0..1000).map(|i| format!("{}", (i * 7) % 300)).collect();
        for size in [1, 3, 1000] {
            let mut column = Column::new(How::Words);
            for chunk in cells.chunks(size) {
                let mut part = Part::new(How::Words);
                chunk.iter().for_each(|c| part.push(c));
                column.append(part);
            }
            assert!((0..1000).all(|i| column.text(i) == cells[i]));
        }
    }

    #[test]
    fn decimals_keep_their_value_when_later_ones_have_more_places() {
        let mut column = Column::new(How::Decimals);
        for cells in [&["1", "2.5"][..], &["NA", "0.125", "007"], &["9223372036854775807", "3"]] {
            let mut part = Part::new(How::Decimals);
            cells.iter().for_each(|c| part.push(c));
            column.append(part);
        }
        let texts: Vec<String> = (0..7).map(|i| column.text(i)).collect();
        assert_eq!(texts, ["1.000", "2.500", "NA", "0.125", "007", "9223372036854775807", "3.000"]);
    }

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
