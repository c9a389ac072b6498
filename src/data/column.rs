//! The cells of a column as they are read: each different text once, and per row its place; or, where a column holds
//! too many different numbers for that, the numbers themselves. Parts are read block by block and joined in order.

use rustc_hash::FxHashMap;

/// Different texts, in the order in which they were met.
#[derive(Clone, Debug, Default)]
pub struct Words {
    list: Vec<Box<str>>,
    /// Texts of up to seven bytes, packed into a number: most codes are, and a number is found faster.
    short: FxHashMap<u64, u32>,
    long: FxHashMap<Box<str>, u32>,
    last: Option<(u64, u32)>,
}

/// A text of up to seven bytes as a number: its bytes, and its length on top.
fn packed(text: &[u8]) -> Option<u64> {
    let mut bytes = [0u8; 8];
    bytes.get_mut(..text.len()).filter(|_| text.len() <= 7)?.copy_from_slice(text);
    Some(u64::from_le_bytes(bytes) | (text.len() as u64) << 56)
}

/// As [`packed`], for a part of a text that goes on: eight bytes are taken at once, and those behind the part cut off.
fn packed_within(text: &[u8], start: usize, end: usize) -> Option<u64> {
    let len = end.wrapping_sub(start);
    if len > 7 {
        return None;
    }
    match text.get(start..start + 8).and_then(|b| <[u8; 8]>::try_from(b).ok()) {
        Some(bytes) => Some(u64::from_le_bytes(bytes) & ((1u64 << (8 * len)) - 1) | (len as u64) << 56),
        None => packed(text.get(start..end)?),
    }
}

impl Words {
    /// The place of a text, which is taken up if it is new.
    pub fn place(&mut self, text: &str) -> u32 {
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let Some(key) = packed(text.as_bytes()) else {
            if let Some(place) = self.long.get(text) {
                return *place;
            }
            self.list.push(text.into());
            self.long.insert(text.into(), next);
            return next;
        };
        self.place_of_key(key, text)
    }

    fn place_within(&mut self, key: u64, text: &str, start: usize, end: usize) -> u32 {
        if let Some((last, place)) = self.last
            && last == key
        {
            return place;
        }
        match self.short.get(&key) {
            Some(place) => {
                self.last = Some((key, *place));
                *place
            }
            None => self.place_of_key(key, text.get(start..end).unwrap_or("")),
        }
    }

    fn place_of_key(&mut self, key: u64, text: &str) -> u32 {
        // Files are sorted: the cell is most often that of the row before.
        if let Some((last, place)) = self.last
            && last == key
        {
            return place;
        }
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let place = *self.short.entry(key).or_insert(next);
        if place == next {
            self.list.push(text.into());
        }
        self.last = Some((key, place));
        place
    }

    /// The texts from a place on.
    fn since(&self, place: usize) -> Vec<Box<str>> {
        self.list.get(place..).unwrap_or(&[]).to_vec()
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
    /// The cells that do not fit: row, and place of the text.
    pub odd: Vec<(u32, u32)>,
    /// The texts of these cells.
    pub words: Words,
}

/// Decimals that a column may have and be exact.
const MAX_PLACES: u8 = 9;

impl Decimals {
    pub(super) fn push(&mut self, cell: &str) {
        match decimal(cell.as_bytes()).and_then(|(m, places)| self.fitted(m, places)) {
            Some(value) => self.values.push(value),
            None => self.push_odd(cell),
        }
    }

    fn push_odd(&mut self, cell: &str) {
        let row = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push(i64::MIN);
        let word = self.words.place(cell);
        self.odd.push((row, word));
    }

    /// The odd cells: row and text.
    pub fn odd_texts(&self) -> impl Iterator<Item = (u32, &str)> {
        self.odd.iter().map(|(row, word)| (*row, self.words.get(*word)))
    }

    /// A decimal at the places of the column, which become more if it has more.
    fn fitted(&mut self, mantissa: i64, places: u8) -> Option<i64> {
        if places > self.places {
            self.rescale(places)?;
        }
        mantissa.checked_mul(*POWERS.get(usize::from(self.places - places))?)
    }

    /// All values with more decimals, if they fit.
    fn rescale(&mut self, places: u8) -> Option<()> {
        let by = 10i64.checked_pow(u32::from(places.checked_sub(self.places)?))?;
        if by == 1 {
            return Some(());
        }
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
        let places = self.places.max(more.places);
        if self.rescale(places).is_some() && more.rescale(places).is_some() {
            let offset = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
            let map: Vec<u32> = more.words.iter().map(|w| self.words.place(w)).collect();
            let place = |w: u32| map.get(w as usize).copied().unwrap_or(0);
            self.odd.extend(more.odd.iter().map(|(row, w)| (row + offset, place(*w))));
            self.values.append(&mut more.values);
            return;
        }
        let mut odd = more.odd_texts();
        for value in &more.values {
            if *value == i64::MIN {
                let text = odd.next().map_or("", |(_, t)| t);
                let row = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
                self.values.push(i64::MIN);
                let word = self.words.place(text);
                self.odd.push((row, word));
            } else {
                self.push(&crate::value::number::scaled(i128::from(*value), u32::from(more.places)));
            }
        }
    }
}

const POWERS: [i64; 10] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

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

/// The same byte eight times.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// A bit at the top of every byte of `word` that is zero, and nowhere else.
pub(super) const fn zero_bytes(word: u64) -> u64 {
    !(((word & each(0x7F)) + each(0x7F)) | word | each(0x7F))
}

/// As [`decimal`], for one to eight characters held in a number, the first in its lowest byte: all digits at once,
/// without a branch for each.
fn short_decimal(word: u64, len: usize) -> Option<(i64, u8)> {
    let point = zero_bytes(word ^ each(b'.'));
    let (digits, count, places) = if point == 0 {
        (word, len, 0)
    } else {
        let at = (point.trailing_zeros() / 8) as usize;
        let below = (1u64 << (8 * at)) - 1;
        let behind = if at == 7 { 0 } else { word >> (8 * (at + 1)) };
        ((word & below) | (behind << (8 * at)), len - 1, len - at - 1)
    };
    let whole = count - places;
    if count == 0 || whole == 0 || (whole > 1 && word & 0xFF == u64::from(b'0')) {
        return None;
    }
    // The digits moved to the top, zeros before them.
    let shift = 64 - 8 * count;
    let padding = if shift == 0 { 0 } else { each(b'0') >> (8 * count) };
    let text = (digits << shift) | padding;
    let value = text.wrapping_sub(each(b'0'));
    if (text.wrapping_add(each(0x46)) | value) & each(0x80) != 0 {
        return None;
    }
    // Pairs, then fours, then all eight.
    let pairs = (value & each(0x0F)).wrapping_mul(1 + (10 << 8)) >> 8;
    let fours = (pairs & 0x00FF_00FF_00FF_00FF).wrapping_mul(1 + (100 << 16)) >> 16;
    let all = (fours & 0x0000_FFFF_0000_FFFF).wrapping_mul(1 + (10_000 << 32)) >> 32;
    Some((i64::try_from(all).ok()?, u8::try_from(places).ok()?))
}

/// The decimal that stands in a part of a text.
fn decimal_within(text: &[u8], start: usize, end: usize) -> Option<(i64, u8)> {
    let len = end.wrapping_sub(start);
    if (1..=8).contains(&len)
        && let Some(bytes) = text.get(start..start + 8).and_then(|b| <[u8; 8]>::try_from(b).ok())
    {
        let word = u64::from_le_bytes(bytes);
        let word = if len == 8 { word } else { word & ((1u64 << (8 * len)) - 1) };
        if let Some(found) = short_decimal(word, len) {
            return Some(found);
        }
    }
    decimal(text.get(start..end)?)
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
                    let at = d.odd.binary_search_by_key(&row, |(r, _)| *r as usize).ok();
                    at.and_then(|i| d.odd.get(i)).map(|(_, w)| d.words.get(*w).to_string()).unwrap_or_default()
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
                let mut odd: FxHashMap<u32, u32> = d.odd.into_iter().collect();
                let mut out = Decimals { places: d.places, words: d.words, ..Decimals::default() };
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

/// Where the fields of the rows of a block are, where no field is quoted.
pub struct Fields<'a> {
    /// The block.
    pub text: &'a str,
    /// Where each row begins.
    pub starts: Vec<u32>,
    /// Where each field ends, row after row.
    pub ends: Vec<u32>,
    /// Fields of a row.
    pub width: usize,
}

impl Fields<'_> {
    /// Start and end of the cells of a column.
    fn of(&self, column: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.starts.iter().zip(self.ends.chunks_exact(self.width)).map(move |(start, ends)| {
            let start = match column.checked_sub(1) {
                Some(before) => ends.get(before).map_or(0, |e| *e as usize + 1),
                None => *start as usize,
            };
            (start, ends.get(column).map_or(start, |e| *e as usize))
        })
    }
}

/// What one reader of blocks knows of a column: its texts are numbered once for all its blocks.
#[derive(Debug)]
pub enum Desk {
    /// Texts, and how many of them were handed on.
    Words(Words, usize),
    /// Numbers.
    Decimals,
    /// Nothing.
    Left,
}

/// A part of a column: the cells of one block.
#[derive(Debug)]
pub enum Part {
    /// Per row the place of its text at the desk, and the texts that are new there.
    Words(Vec<u32>, Vec<Box<str>>),
    /// Numbers.
    Decimals(Decimals),
    /// Nothing.
    Left,
}

impl Desk {
    /// An empty desk.
    pub fn new(how: How) -> Desk {
        match how {
            How::Words => Desk::Words(Words::default(), 0),
            How::Decimals => Desk::Decimals,
            How::Leave => Desk::Left,
        }
    }

    /// A part for about so many rows.
    pub fn part(&self, rows: usize) -> Part {
        match self {
            Desk::Words(..) => Part::Words(Vec::with_capacity(rows), Vec::new()),
            Desk::Decimals => Part::Decimals(Decimals { values: Vec::with_capacity(rows), ..Decimals::default() }),
            Desk::Left => Part::Left,
        }
    }

    /// Adds the cell of the next row to a part.
    pub fn push(&mut self, part: &mut Part, cell: &str) {
        match (self, part) {
            (Desk::Words(words, _), Part::Words(rows, _)) => {
                let same = rows.last().copied().filter(|last| cell.len() > 7 && words.get(*last) == cell);
                rows.push(same.unwrap_or_else(|| words.place(cell)));
            }
            (_, Part::Decimals(d)) => d.push(cell),
            _ => {}
        }
    }

    /// Adds the cells of one column of a block.
    pub fn fill(&mut self, part: &mut Part, fields: &Fields<'_>, column: usize) {
        let text = fields.text;
        match (self, part) {
            (Desk::Words(words, _), Part::Words(rows, _)) => {
                for (start, end) in fields.of(column) {
                    let place = match packed_within(text.as_bytes(), start, end) {
                        Some(key) => words.place_within(key, text, start, end),
                        None => {
                            let cell = text.get(start..end).unwrap_or("");
                            let same = rows.last().copied().filter(|last| words.get(*last) == cell);
                            same.unwrap_or_else(|| words.place(cell))
                        }
                    };
                    rows.push(place);
                }
            }
            (_, Part::Decimals(d)) => {
                for (start, end) in fields.of(column) {
                    let read = decimal_within(text.as_bytes(), start, end);
                    match read.and_then(|(m, places)| d.fitted(m, places)) {
                        Some(value) => d.values.push(value),
                        None => d.push_odd(text.get(start..end).unwrap_or("")),
                    }
                }
            }
            _ => {}
        }
    }

    /// Hands the new texts on with the part.
    pub fn close(&mut self, part: &mut Part) {
        if let (Desk::Words(words, sent), Part::Words(_, new)) = (self, part) {
            *new = words.since(*sent);
            *sent = words.len();
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

    /// Makes room for so many rows in all.
    pub fn expect(&mut self, rows: usize) {
        match self {
            Column::Words(_, Codes::U8(v)) => v.reserve_exact(rows.saturating_sub(v.len())),
            Column::Words(_, Codes::U16(v)) => v.reserve_exact(rows.saturating_sub(v.len())),
            Column::Words(_, Codes::U32(v)) => v.reserve_exact(rows.saturating_sub(v.len())),
            Column::Decimals(d) => d.values.reserve_exact(rows.saturating_sub(d.values.len())),
            Column::Left => {}
        }
    }

    /// Joins the next part; `map` says where the texts of its desk are in this column.
    pub fn append(&mut self, part: Part, map: &mut Vec<u32>) {
        match (self, part) {
            (Column::Words(words, codes), Part::Words(rows, new)) => {
                map.extend(new.iter().map(|w| words.place(w)));
                let largest = u32::try_from(words.len().saturating_sub(1)).unwrap_or(u32::MAX);
                codes.extend_mapped(&rows, map, largest);
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
            let mut desks = [(Desk::new(How::Words), Vec::new()), (Desk::new(How::Words), Vec::new())];
            for (i, chunk) in cells.chunks(size).enumerate() {
                let (desk, map) = &mut desks[i % 2];
                let mut part = desk.part(size);
                chunk.iter().for_each(|c| desk.push(&mut part, c));
                desk.close(&mut part);
                column.append(part, map);
            }
            assert!((0..1000).all(|i| column.text(i) == cells[i]));
        }
    }

    #[test]
    fn decimals_keep_their_value_when_later_ones_have_more_places() {
        let mut column = Column::new(How::Decimals);
        for cells in [&["1", "2.5"][..], &["NA", "0.125", "007"], &["9223372036854775807", "3"]] {
            let mut desk = Desk::new(How::Decimals);
            let mut part = desk.part(0);
            cells.iter().for_each(|c| desk.push(&mut part, c));
            column.append(part, &mut Vec::new());
        }
        let texts: Vec<String> = (0..7).map(|i| column.text(i)).collect();
        assert_eq!(texts, ["1.000", "2.500", "NA", "0.125", "007", "9223372036854775807", "3.000"]);
    }

    #[test]
    fn short_decimals_are_read_as_long_ones() {
        let mut rng = 88172645463325252u64;
        let letters = b"0123456789012345678901234567890123456789...-e ";
        for _ in 0..200_000 {
            let mut cell = Vec::new();
            rng ^= rng << 13;
            rng ^= rng >> 7;
            rng ^= rng << 17;
            for i in 0..1 + rng % 9 {
                cell.push(letters[(rng >> (6 * i)) as usize % letters.len()]);
            }
            let text = [&cell[..], b",12345678"].concat();
            assert_eq!(decimal_within(&text, 0, cell.len()), decimal(&cell), "{}", String::from_utf8_lossy(&cell));
        }
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
