//! A saved dataset that is opened: its head is read and checked, its rows are left where they are until a question needs
//! them. In: a file. Out: what it is, and blocks of its columns; or that it is no whole file of this form.

use crate::data::columns::amounts::{Amount, Numbers, WideAmount};
use crate::data::columns::codes::Codes;
use crate::data::columns::lines::Lines;
use crate::data::doubt::Doubt;
use crate::data::pages::Shared;
use crate::data::saved::check;
use crate::data::saved::form::{Form, Head, MAGIC, SavedDoubt, TAIL};
use crate::data::saved::pack::Packed;
use crate::data::store::Store;
use crate::data::store::columns::Columns;
use crate::data::store::selection::BLOCK;
use crate::data::work::Budget;
use crate::value::{Flags, Reason};
use std::sync::Arc;

/// Bytes of one mark.
const MARK: usize = 10;
/// Blocks that lie one behind another are read together, up to so many bytes.
const TOGETHER: usize = 1 << 20;

/// Why rows were not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The file is not as it was written.
    Damaged,
    /// The user asked to stop.
    Stopped,
}

/// Where a block is, and how it is written.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: u64,
    size: usize,
    sum: u64,
    packed: Packed,
}

/// A column of the file.
#[derive(Debug)]
struct Column {
    form: Form,
    blocks: Vec<Place>,
}

/// What is done with a block: its rows, how it is written, its bytes; `None` where these make no sense.
type Take<'a> = &'a mut dyn FnMut(usize, &Place, &[u8]) -> Option<()>;

/// The columns of a file, which are read when they are needed.
pub(super) struct Book {
    pages: Shared,
    columns: Vec<Column>,
    rows: usize,
    dims: usize,
    flows: bool,
}

/// A saved dataset, without its rows.
pub struct Opened {
    pub(super) book: Book,
    /// The dataset with empty columns, but for what is known of their blocks.
    pub(super) shell: Store,
    pub(super) doubts: Vec<Doubt>,
    /// The checksum of the head, and so of all.
    pub sum: u64,
}

/// Takes numbers off the front of some bytes.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let (own, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(own)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn place(&mut self) -> Option<Place> {
        let (at, size, sum) = (self.u64()?, self.u32()?, self.u64()?);
        let [least, most] = [self.array().map(i64::from_le_bytes)?, self.array().map(i64::from_le_bytes)?];
        let [width] = self.array()?;
        Some(Place { at, size: size as usize, sum, packed: Packed { least, most, width } })
    }
}

/// Opens a file; `None` if it is not as it was written, or of another form.
pub fn open(pages: &Shared) -> Option<Opened> {
    let size = pages.size();
    let mut tail = [0; TAIL];
    pages.read_at(size.checked_sub(TAIL as u64)?, &mut tail).ok()?;
    let mut tail = Bytes(&tail);
    let (at, length, sum, magic) = (tail.u64()?, tail.u64()?, tail.u64()?, tail.take(MAGIC.len())?);
    // Before anything is made of it, it must be of this form and as long as it says.
    if magic != MAGIC || at.checked_add(length)?.checked_add(TAIL as u64)? != size {
        return None;
    }
    let mut end = vec![0; usize::try_from(length).ok()?.checked_add(16)?];
    pages.read_at(at, &mut end).ok()?;
    if check::of(&end) != sum {
        return None;
    }
    let mut rest = Bytes(&end);
    let text = rest.u64().and_then(|size| rest.take(usize::try_from(size).ok()?))?;
    let head: Head = serde_json::from_slice(text).ok()?;
    let blocks = head.rows.div_ceil(BLOCK);
    let mut columns = Vec::new();
    for form in &head.columns {
        let count = if *form == Form::Lines { 1 } else { blocks };
        let places: Option<Vec<Place>> = (0..count).map(|_| rest.place()).collect();
        columns.push(Column { form: *form, blocks: places? });
    }
    let book = Book { pages: Arc::clone(pages), columns, rows: head.rows, dims: head.dims, flows: head.flows };
    book.is_sound(at, &head).then_some(())?;
    let doubts: Option<Vec<Doubt>> = head.doubts.into_iter().map(SavedDoubt::doubt).collect();
    let ranges = |at: usize| {
        let column = book.columns.get(at)?;
        Some(column.blocks.iter().map(|b| (b.packed.least as u32, b.packed.most as u32)).collect())
    };
    let codes = head.dims + 1 + usize::from(head.flows);
    let columns = Columns {
        codes: vec![Codes::default(); head.dims],
        flows: head.flows.then(Codes::default),
        numbers: vec![Numbers::default(); book.numbers()],
        blocks: (0..codes).filter_map(ranges).collect(),
        narrow: head.narrow,
        ..Columns::default()
    };
    let shell = Store {
        info: head.info,
        columns,
        measures: head.measures,
        lines: Lines::default(),
        times: head.times,
        files: head.files,
        adds_up: head.adds_up,
        seen: Arc::default(),
    };
    Some(Opened { book, shell, doubts: doubts?, sum })
}

impl Book {
    /// How many columns of numbers there are.
    fn numbers(&self) -> usize {
        self.columns.len().saturating_sub(self.dims + 1 + usize::from(self.flows) + 2)
    }

    /// Where the columns of numbers begin.
    pub(super) fn first_number(&self) -> usize {
        self.dims + 1 + usize::from(self.flows)
    }

    fn marks(&self) -> usize {
        self.first_number() + self.numbers()
    }

    /// How many blocks of rows there are.
    pub(super) fn blocks(&self) -> usize {
        self.rows.div_ceil(BLOCK)
    }

    pub(super) fn rows_of(&self, block: usize) -> usize {
        BLOCK.min(self.rows.saturating_sub(block * BLOCK))
    }

    /// Whether all columns are there, in their order, within `end`, with codes that there are.
    fn is_sound(&self, end: u64, head: &Head) -> bool {
        let sizes = head.info.dims.iter().map(|d| d.codes.len()).chain([head.info.periods.len(), 256]);
        let sizes: Vec<usize> = sizes.collect();
        let first = self.first_number();
        let ordered = self.columns.iter().enumerate().all(|(at, column)| match column.form {
            Form::Codes(_) => at < first,
            Form::Exact | Form::Wide | Form::Float => (first..self.marks()).contains(&at),
            Form::Marks => at == self.marks(),
            Form::Lines => at == self.marks() + 1,
        });
        let fits = |at: usize, column: &Column| {
            column.blocks.iter().enumerate().all(|(block, place)| {
                let rows = self.rows_of(block);
                let long = match column.form {
                    Form::Codes(_) | Form::Exact => place.size == place.packed.size(rows),
                    Form::Wide => place.size == rows * 16,
                    Form::Float => place.size == rows * 8,
                    Form::Marks | Form::Lines => true,
                };
                let known = !matches!(column.form, Form::Codes(_))
                    || usize::try_from(place.packed.most).is_ok_and(|m| sizes.get(at).is_none_or(|size| m < *size));
                long && known && place.at.checked_add(place.size as u64).is_some_and(|to| to <= end)
            })
        };
        ordered
            && self.columns.len() == self.marks() + 2
            && head.info.dims.len() == self.dims
            && head.info.flaw().is_none()
            && head.measures.len() == head.info.measures.len()
            && head.measures.iter().all(|m| m.column < self.numbers())
            && self.columns.iter().enumerate().all(|(at, column)| fits(at, column))
    }

    /// Hands on blocks of a column, each whole and as it was written.
    fn each(&self, column: usize, blocks: &[usize], budget: &Budget, take: Take<'_>) -> Result<(), Trouble> {
        let column = self.columns.get(column).ok_or(Trouble::Damaged)?;
        let place = |block: &usize| column.blocks.get(*block).ok_or(Trouble::Damaged);
        let mut bytes = Vec::new();
        let mut rest = blocks;
        while let Some(first) = rest.first() {
            budget.check().map_err(|_| Trouble::Stopped)?;
            let begin = place(first)?;
            let (mut count, mut size) = (1, begin.size);
            while let Some(next) = rest.get(count) {
                let next = place(next)?;
                if next.at != begin.at + size as u64 || size + next.size > TOGETHER {
                    break;
                }
                (count, size) = (count + 1, size + next.size);
            }
            bytes.resize(size, 0);
            self.pages.read_at(begin.at, &mut bytes).map_err(|_| Trouble::Damaged)?;
            let (own, others) = rest.split_at(count);
            rest = others;
            let mut read = Bytes(&bytes);
            for block in own {
                let place = place(block)?;
                let bytes = read.take(place.size).filter(|b| check::of(b) == place.sum).ok_or(Trouble::Damaged)?;
                take(self.rows_of(*block), place, bytes).ok_or(Trouble::Damaged)?;
            }
        }
        Ok(())
    }

    fn room(&self, blocks: &[usize]) -> usize {
        blocks.iter().map(|block| self.rows_of(*block)).sum()
    }

    /// The places of some blocks of a column.
    pub(super) fn codes(&self, column: usize, blocks: &[usize], budget: &Budget) -> Result<Codes, Trouble> {
        let rows = self.room(blocks);
        Ok(match self.columns.get(column).map(|c| c.form) {
            Some(Form::Codes(1)) => {
                let mut out = Vec::with_capacity(rows);
                self.each(column, blocks, budget, &mut |rows, place, bytes| {
                    place.packed.codes_of(bytes, rows, &mut out, |code| code as u8);
                    Some(())
                })?;
                Codes::U8(out)
            }
            Some(Form::Codes(2)) => {
                let mut out = Vec::with_capacity(rows);
                self.each(column, blocks, budget, &mut |rows, place, bytes| {
                    place.packed.codes_of(bytes, rows, &mut out, |code| code as u16);
                    Some(())
                })?;
                Codes::U16(out)
            }
            Some(Form::Codes(_)) => {
                let mut out = Vec::with_capacity(rows);
                self.each(column, blocks, budget, &mut |rows, place, bytes| {
                    place.packed.codes_of(bytes, rows, &mut out, |code| code);
                    Some(())
                })?;
                Codes::U32(out)
            }
            _ => return Err(Trouble::Damaged),
        })
    }

    /// The numbers of some blocks of a column of numbers.
    pub(super) fn numbers_of(&self, number: usize, blocks: &[usize], budget: &Budget) -> Result<Numbers, Trouble> {
        let column = self.first_number() + number;
        let rows = self.room(blocks);
        Ok(match self.columns.get(column).map(|c| c.form) {
            Some(Form::Exact) => {
                let mut out: Vec<Amount> = Vec::with_capacity(rows);
                self.each(column, blocks, budget, &mut |rows, place, bytes| {
                    place.packed.amounts_of(bytes, rows, &mut out);
                    Some(())
                })?;
                Numbers::Exact(out)
            }
            Some(Form::Wide) => {
                let mut out = Vec::with_capacity(rows);
                let cell = |b: &[u8]| b.try_into().map_or(i128::MIN, i128::from_le_bytes);
                self.each(column, blocks, budget, &mut |_, _, bytes| {
                    let cells = bytes.chunks_exact(16).map(cell);
                    out.extend(cells.map(|n| WideAmount::new(n).unwrap_or(WideAmount::MISSING)));
                    Some(())
                })?;
                Numbers::Wide(out)
            }
            Some(Form::Float) => {
                let mut out = Vec::with_capacity(rows);
                let cell = |b: &[u8]| b.try_into().map_or(0, u64::from_le_bytes);
                self.each(column, blocks, budget, &mut |_, _, bytes| {
                    out.extend(bytes.chunks_exact(8).map(|b| f64::from_bits(cell(b))));
                    Some(())
                })?;
                Numbers::Float(out)
            }
            _ => return Err(Trouble::Damaged),
        })
    }

    /// Takes the reasons and marks of some blocks into columns that hold just these blocks.
    pub(super) fn mark(&self, blocks: &[usize], columns: &mut Columns, budget: &Budget) -> Result<(), Trouble> {
        let mut blocks_left = blocks.iter();
        let mut before = 0;
        self.each(self.marks(), blocks, budget, &mut |rows, _, bytes| {
            // Rows are numbered anew where blocks are left out.
            let (from, to) = (u32::try_from(blocks_left.next()? * BLOCK).ok()?, u32::try_from(before).ok()?);
            before += rows;
            for mark in bytes.chunks_exact(MARK) {
                let mut mark = Bytes(mark);
                let (row, column) = (mark.u32()?.checked_sub(from)? + to, mark.u32()?);
                let what = mark.array().map(u16::from_le_bytes)?;
                if column == u32::MAX {
                    columns.flags.insert(row, Flags::of_bits(what));
                } else {
                    columns.reasons.insert((column, row), Reason::of_number(what)?);
                }
            }
            Some(())
        })
    }

    /// The lines of the rows of the file.
    pub(super) fn lines(&self, budget: &Budget) -> Result<Lines, Trouble> {
        let mut lines = None;
        self.each(self.marks() + 1, &[0], budget, &mut |_, _, bytes| {
            let mut bytes = Bytes(bytes);
            let rows = bytes.u32()?;
            let mut runs = Vec::with_capacity(bytes.0.len() / 8);
            while !bytes.0.is_empty() {
                runs.push((bytes.u32()?, bytes.u32()?));
            }
            lines = Some(Lines::of_runs(runs, rows));
            Some(())
        })?;
        lines.ok_or(Trouble::Damaged)
    }
}
