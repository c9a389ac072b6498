//! Where the fields of a block of text are. In: text whose quotes are regular. Out: the ends of all fields, row after
//! row. Separators, line ends and quotes are found 64 bytes at a time; what is not regular (a quote inside a field, a
//! line end inside quotes, a row of another width between quotes) is left to the reader that takes its time.

use crate::data::text::chunk::{CHUNK, Marks, Quotes, mask};
use crate::data::text::dialect::Dialect;

/// Room for the places of the fields of a block, used again for the next.
#[derive(Debug, Default)]
pub struct Room {
    starts: Vec<u32>,
    ends: Vec<u32>,
}

/// Where the fields of the rows of a block are.
pub struct Fields<'a> {
    /// The block.
    pub text: &'a str,
    /// Fields of a row.
    pub width: usize,
    /// Around fields, if any field of the block is quoted.
    quote: Option<u8>,
    /// Columns in which quotes stand that are written twice.
    doubled: Vec<bool>,
    /// Where each row begins.
    starts: Vec<u32>,
    /// Where each field ends, row after row, and room for more.
    ends: Vec<u32>,
    /// How many fields end.
    count: usize,
}

/// A row that ends: its bytes without the line end, how many fields it has.
pub struct RowEnd {
    /// Where it begins.
    pub start: usize,
    /// Where it ends, without the line end.
    pub end: usize,
    /// How many fields it has.
    pub fields: usize,
    /// Its line within the block, from 0.
    pub line: usize,
}

/// What is to be done with a row.
pub enum Take {
    /// It is one of the table.
    Keep,
    /// It is none.
    Drop,
    /// Nobody knows; the block is to be read otherwise.
    Stop,
}

impl<'a> Fields<'a> {
    /// Of a text no field is found yet.
    pub fn new(text: &'a str, width: usize, quote: Option<u8>, room: Room) -> Fields<'a> {
        let Room { mut starts, ends } = room;
        starts.clear();
        Fields { text, width, quote, doubled: vec![false; width], starts, ends, count: 0 }
    }

    /// The room that was taken.
    pub fn into_room(self) -> Room {
        Room { starts: self.starts, ends: self.ends }
    }

    /// Where the fields end that were found.
    fn ends(&self) -> &[u32] {
        self.ends.get(..self.count).unwrap_or(&[])
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.starts.len()
    }

    /// Start and end of the cells of a column, without their quotes.
    pub fn of(&self, column: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.starts
            .iter()
            .zip(self.ends().chunks_exact(self.width))
            .map(move |(start, ends)| self.cell(*start, ends, column))
    }

    /// Start and end of one cell, without its quotes.
    pub fn at(&self, row: usize, column: usize) -> (usize, usize) {
        let ends = self.ends().get(row * self.width..(row + 1) * self.width).unwrap_or(&[]);
        self.cell(self.starts.get(row).copied().unwrap_or(0), ends, column)
    }

    fn cell(&self, start: u32, ends: &[u32], column: usize) -> (usize, usize) {
        let start = match column.checked_sub(1) {
            Some(before) => ends.get(before).map_or(0, |e| *e as usize + 1),
            None => start as usize,
        };
        let end = ends.get(column).map_or(start, |e| *e as usize);
        let quoted = self.quote.is_some() && self.text.as_bytes().get(start).copied() == self.quote;
        if quoted { (start + 1, end - 1) } else { (start, end) }
    }

    /// Whether some cell of a column holds a quote, written twice.
    pub fn is_doubled(&self, column: usize) -> bool {
        self.doubled.get(column).copied().unwrap_or(false)
    }

    /// The cell at a place, if it holds quotes written twice: with each written once.
    pub fn unquoted(&self, start: usize, end: usize) -> Option<String> {
        let quote = self.quote?;
        let mut rest = self.text.get(start..end)?;
        let mut once = String::new();
        while let Some(at) = memchr::memchr(quote, rest.as_bytes()) {
            let (head, tail) = rest.split_at_checked(at + 1)?;
            once.push_str(head);
            rest = tail.strip_prefix(char::from(quote)).unwrap_or(tail);
        }
        (!once.is_empty()).then(|| once + rest)
    }

    /// Where the last field of the last row ends that belongs to a column.
    pub fn last_end(&self) -> usize {
        self.ends().last().map_or(0, |e| *e as usize)
    }

    /// Where a row begins and ends.
    pub fn row(&self, row: usize) -> (usize, usize) {
        let end = (row + 1).checked_mul(self.width).and_then(|end| self.ends().get(end.wrapping_sub(1)));
        (self.starts.get(row).map_or(0, |s| *s as usize), end.map_or(0, |e| *e as usize))
    }

    /// Whether only the first field of a row holds something.
    pub fn is_lone(&self, row: usize) -> bool {
        let bytes = self.text.as_bytes();
        let blank = |b: &u8| b.is_ascii_whitespace() || Some(*b) == self.quote;
        let ends = self.ends().get(row * self.width..(row + 1) * self.width).unwrap_or(&[]);
        let (Some(start), Some(first), Some(second), Some(last)) =
            (self.starts.get(row), ends.first(), ends.get(1), ends.last())
        else {
            return false;
        };
        // The second field most often holds something: that is seen from one byte.
        if second - first > 1 && !bytes.get(*first as usize + 1).is_some_and(blank) {
            return false;
        }
        let separator = bytes.get(*first as usize).copied().unwrap_or(b',');
        let rest = bytes.get(*first as usize..*last as usize).unwrap_or(&[]);
        rest.iter().all(|b| *b == separator || blank(b))
            && !bytes.get(*start as usize..*first as usize).unwrap_or(&[]).iter().all(blank)
    }

    /// Finds all fields of a text in which every line is a row of the table; `returns` tells whether returns stand in it.
    /// False, and nothing is found, if one is not.
    pub fn cut_even(&mut self, dialect: Dialect, returns: bool) -> bool {
        let bytes = self.text.as_bytes();
        let width = self.width;
        let (mut rows, mut count, mut last) = (0, 0, usize::MAX);
        let mut ends = std::mem::take(&mut self.ends);
        let regular = self.chunks(dialect, |fields, base, Marks { separators, lines, mut twice }| {
            rows += lines.count_ones() as usize;
            let mut found = separators | lines;
            while twice != 0 {
                let field = count + (found & (twice & twice.wrapping_neg()).wrapping_sub(1)).count_ones() as usize;
                twice &= twice - 1;
                if field != last
                    && let Some(is) = fields.doubled.get_mut(field % width.max(1))
                {
                    (*is, last) = (true, field);
                }
            }
            if ends.len() < count + CHUNK {
                ends.resize((count + CHUNK).max(2 * ends.len()), 0);
            }
            let (base, all) = (place(base), found.count_ones() as usize);
            let room = ends.get_mut(count..count + CHUNK).unwrap_or(&mut []);
            // Eight at a time, so that it is rarely asked whether that was all; what is too much is written over.
            for eight in room.as_chunks_mut::<8>().0 {
                if found == 0 {
                    break;
                }
                for slot in eight {
                    *slot = base + found.trailing_zeros();
                    found &= found.wrapping_sub(1);
                }
            }
            count += all;
            true
        });
        let line_end = |end: &u32| bytes.get(*end as usize).is_none_or(|b| *b == b'\n');
        let found = ends.get_mut(..count).unwrap_or(&mut []);
        let even =
            regular && count == rows * width && found.chunks_exact(width).all(|row| row.last().is_some_and(line_end));
        let mut start = 0;
        for row in found.chunks_exact_mut(width).take(if even { rows } else { 0 }) {
            self.starts.push(start);
            let Some(end) = row.last_mut() else { continue };
            start = *end + 1;
            if returns && bytes.get((*end as usize).wrapping_sub(1)) == Some(&b'\r') {
                *end -= 1;
            }
        }
        (self.ends, self.count) = (ends, if even { count } else { 0 });
        even
    }

    /// Finds all fields; `row` says of every row that ends what is to be done with it. False if the text is not regular.
    pub fn cut(&mut self, dialect: Dialect, mut row: impl FnMut(&Self, &RowEnd) -> Take) -> bool {
        let mut at = RowEnd { start: 0, end: 0, fields: 0, line: 0 };
        self.starts.clear();
        (self.count, self.doubled) = (0, vec![false; self.width]);
        self.ends.clear();
        self.chunks(dialect, |fields, base, Marks { separators, lines, mut twice }| {
            let mut found = separators | lines;
            while twice != 0 {
                let bit = twice & twice.wrapping_neg();
                twice ^= bit;
                let before = found & (bit - 1);
                // Fields of the row that ends behind the quote: those since the last line end.
                let line = lines & (bit - 1);
                let of_row = if line == 0 { before } else { before & !(u64::MAX >> line.leading_zeros()) };
                let field = of_row.count_ones() as usize + if line == 0 { at.fields } else { 0 };
                if let Some(is) = fields.doubled.get_mut(field) {
                    *is = true;
                }
            }
            while found != 0 {
                let position = base + found.trailing_zeros() as usize;
                let bit = found & found.wrapping_neg();
                found ^= bit;
                at.fields += 1;
                if lines & bit == 0 {
                    if at.fields <= fields.width {
                        fields.end(position);
                    }
                } else if !fields.end_row(&mut at, position, &mut row) {
                    return false;
                }
            }
            true
        })
    }

    /// Goes through the text: `each` is given where a chunk begins and what stands in it, and says whether to go on. False
    /// if the text is not regular.
    fn chunks(&mut self, dialect: Dialect, mut each: impl FnMut(&mut Self, usize, Marks) -> bool) -> bool {
        let bytes = self.text.as_bytes();
        // The last line may have no end; it gets one.
        let size = bytes.len() + usize::from(bytes.last() != Some(&b'\n'));
        let mut quotes = Quotes::new();
        for base in (0..size).step_by(CHUNK) {
            let mut last = [0u8; CHUNK];
            let chunk: &[u8; CHUNK] = match bytes.get(base..base + CHUNK).and_then(|c| c.try_into().ok()) {
                Some(chunk) => chunk,
                None => {
                    let rest = bytes.get(base..).unwrap_or(&[]).iter().chain(b"\n");
                    last.iter_mut().zip(rest).take(size - base).for_each(|(to, from)| *to = *from);
                    &last
                }
            };
            let mut marks = Marks { separators: mask(chunk, dialect.separator), lines: mask(chunk, b'\n'), twice: 0 };
            if let Some(quote) = self.quote {
                let returns = || mask(chunk, b'\r');
                let ends = marks.separators | marks.lines;
                let Some((inside, twice)) = quotes.inside(mask(chunk, quote), ends, returns) else {
                    return false;
                };
                if marks.lines & inside != 0 {
                    return false;
                }
                marks = Marks { separators: marks.separators & !inside, lines: marks.lines & !inside, twice };
            }
            if !each(self, base, marks) {
                return false;
            }
        }
        !quotes.is_open()
    }

    #[inline]
    fn end(&mut self, position: usize) {
        self.ends.push(place(position));
        self.count += 1;
    }

    #[inline]
    fn end_row(&mut self, at: &mut RowEnd, position: usize, row: &mut impl FnMut(&Self, &RowEnd) -> Take) -> bool {
        let bytes = self.text.as_bytes();
        let returned = position > at.start && bytes.get(position - 1) == Some(&b'\r');
        at.end = if returned { position - 1 } else { position };
        if at.fields <= self.width {
            self.end(at.end);
        }
        let before = self.starts.len();
        self.starts.push(place(at.start));
        match row(self, at) {
            Take::Keep => {}
            Take::Drop => {
                self.starts.truncate(before);
                self.ends.truncate(before * self.width);
                self.count = self.ends.len();
            }
            Take::Stop => return false,
        }
        (at.start, at.fields) = (position + 1, 0);
        at.line += 1;
        true
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    const COMMAS: Dialect = Dialect { separator: b',', quote: b'"', escape: None };

    /// The cells as they are cut here; none where the text is not regular or a row has another width.
    fn cut(text: &str, width: usize) -> Option<Vec<Vec<String>>> {
        let mut fields = Fields::new(text, width, text.contains('"').then_some(b'"'), Room::default());
        let fits = fields.cut(COMMAS, |_, row| match row.fields == width {
            true => Take::Keep,
            false if row.end == row.start => Take::Drop,
            false => Take::Stop,
        });
        fits.then(|| cells(&fields))
    }

    fn cut_even(text: &str, width: usize) -> Option<Vec<Vec<String>>> {
        let mut fields = Fields::new(text, width, text.contains('"').then_some(b'"'), Room::default());
        fields.cut_even(COMMAS, text.contains('\r')).then(|| cells(&fields))
    }

    fn cells(fields: &Fields<'_>) -> Vec<Vec<String>> {
        let (text, width) = (fields.text, fields.width);
        let cell = |c: usize, (start, end): (usize, usize)| {
            let once = if fields.is_doubled(c) { fields.unquoted(start, end) } else { None };
            once.unwrap_or_else(|| text[start..end].into())
        };
        let columns: Vec<Vec<String>> = (0..width).map(|c| fields.of(c).map(|at| cell(c, at)).collect()).collect();
        (0..fields.rows()).map(|row| columns.iter().map(|c| c[row].clone()).collect()).collect()
    }

    /// As the `csv` crate cuts it.
    fn by_crate(text: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        reader.records().map(|r| r.unwrap().iter().map(String::from).collect()).collect()
    }

    #[test]
    fn random_texts_are_cut_as_the_csv_crate_cuts_them_or_not_at_all() {
        let mut random = fastrand::Rng::with_seed(4);
        let pieces = [
            "a",
            "12345678",
            "é",
            "\"x\"",
            "\"a,b\"",
            "\"a\"\"b\"",
            "\"\"",
            "\"\"\"\"",
            "",
            "x\"y",
            "\"x\"y",
            "\"open",
        ];
        let (mut cuts, mut refused, mut evens) = (0, 0, 0);
        for _ in 0..20_000 {
            let odd = random.bool();
            let width = random.usize(1..5);
            let mut text = String::new();
            for _ in 0..random.usize(1..40) {
                let known = if odd { pieces.len() } else { pieces.len() - 3 };
                let row: Vec<&str> = (0..width).map(|_| pieces[random.usize(..known)]).collect();
                text.push_str(&row.join(","));
                text.push_str(if random.u8(..8) == 0 { "\r\n" } else { "\n" });
            }
            if random.bool() {
                text.pop();
            }
            match cut(&text, width) {
                Some(rows) => {
                    cuts += 1;
                    if let Some(even) = cut_even(&text, width) {
                        assert_eq!(even, rows, "{text:?}");
                        evens += 1;
                    }
                    let expected: Vec<_> = by_crate(&text);
                    let lone = |row: &Vec<String>| width == 1 && row[0].is_empty();
                    let rows: Vec<_> = rows.into_iter().filter(|r| !lone(r)).collect();
                    let expected: Vec<_> = expected.into_iter().filter(|r| !lone(r)).collect();
                    assert_eq!(rows, expected, "{text:?}");
                }
                None => {
                    refused += 1;
                    assert!(odd && text.contains('"') || text.contains('\r'), "{text:?}");
                }
            }
        }
        assert!(cuts > 8_000 && refused > 500 && evens > 8_000, "{cuts} {refused} {evens}");
    }
}
