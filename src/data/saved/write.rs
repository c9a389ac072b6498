//! A dataset in memory into a file: column after column, block after block, then what it is and where each block lies.

use crate::data::columns::amounts::Numbers;
use crate::data::columns::codes::Codes;
use crate::data::doubt::Doubt;
use crate::data::saved::check;
use crate::data::saved::form::{Form, Head, MAGIC, SavedDoubt};
use crate::data::saved::pack::{self, Packed};
use crate::data::store::Store;
use crate::data::store::selection::BLOCK;
use std::io::{self, Write};

/// Writes blocks one after another and notes where they are.
struct Blocks<'a> {
    to: &'a mut dyn Write,
    at: u64,
    /// What is known of each block, as it is written.
    index: Vec<u8>,
    columns: Vec<Form>,
}

impl Blocks<'_> {
    fn block(&mut self, bytes: &[u8], packed: Packed) -> io::Result<()> {
        let size = u32::try_from(bytes.len()).map_err(|_| io::Error::other("a block is too long"))?;
        self.to.write_all(bytes)?;
        self.index.extend_from_slice(&self.at.to_le_bytes());
        self.index.extend_from_slice(&size.to_le_bytes());
        self.index.extend_from_slice(&check::of(bytes).to_le_bytes());
        self.index.extend_from_slice(&packed.least.to_le_bytes());
        self.index.extend_from_slice(&packed.most.to_le_bytes());
        self.index.push(packed.width);
        self.at += u64::from(size);
        Ok(())
    }

    fn codes(&mut self, codes: &Codes) -> io::Result<()> {
        self.columns.push(Form::Codes(match codes {
            Codes::U8(_) => 1,
            Codes::U16(_) => 2,
            Codes::U32(_) => 4,
        }));
        let (mut places, mut bytes) = (vec![0; BLOCK], Vec::new());
        for start in (0..codes.len()).step_by(BLOCK) {
            let block = places.get_mut(..BLOCK.min(codes.len() - start)).unwrap_or(&mut []);
            codes.fill(start, block);
            bytes.clear();
            let packed = pack::codes(block, &mut bytes);
            self.block(&bytes, packed)?;
        }
        Ok(())
    }

    fn numbers(&mut self, numbers: &Numbers) -> io::Result<()> {
        let plain = |width| Packed { least: 0, most: 0, width };
        let mut bytes = Vec::new();
        match numbers {
            Numbers::Exact(cells) => {
                self.columns.push(Form::Exact);
                for block in cells.chunks(BLOCK) {
                    bytes.clear();
                    let packed = pack::amounts(block, &mut bytes);
                    self.block(&bytes, packed)?;
                }
            }
            Numbers::Wide(cells) => {
                self.columns.push(Form::Wide);
                for block in cells.chunks(BLOCK) {
                    bytes.clear();
                    block.iter().for_each(|c| bytes.extend_from_slice(&c.get().unwrap_or(i128::MIN).to_le_bytes()));
                    self.block(&bytes, plain(16))?;
                }
            }
            Numbers::Float(cells) => {
                self.columns.push(Form::Float);
                for block in cells.chunks(BLOCK) {
                    bytes.clear();
                    block.iter().for_each(|c| bytes.extend_from_slice(&c.to_bits().to_le_bytes()));
                    self.block(&bytes, plain(8))?;
                }
            }
        }
        Ok(())
    }

    /// Reasons of cells and marks of rows, in the order of the rows.
    fn marks(&mut self, store: &Store) -> io::Result<()> {
        self.columns.push(Form::Marks);
        let columns = &store.columns;
        let reasons = columns.reasons.iter().map(|((column, row), reason)| (*row, *column, reason.number()));
        let flags = columns.flags.iter().map(|(row, flags)| (*row, u32::MAX, flags.bits()));
        let mut all: Vec<(u32, u32, u16)> = reasons.chain(flags).collect();
        all.sort_unstable();
        let (mut rest, mut bytes) = (all.as_slice(), Vec::new());
        for start in (0..columns.len()).step_by(BLOCK) {
            let (own, others) = rest.split_at(rest.partition_point(|(row, ..)| (*row as usize) < start + BLOCK));
            rest = others;
            bytes.clear();
            for (row, column, what) in own {
                bytes.extend_from_slice(&row.to_le_bytes());
                bytes.extend_from_slice(&column.to_le_bytes());
                bytes.extend_from_slice(&what.to_le_bytes());
            }
            self.block(&bytes, Packed { least: 0, most: 0, width: 10 })?;
        }
        Ok(())
    }

    fn lines(&mut self, store: &Store) -> io::Result<()> {
        self.columns.push(Form::Lines);
        let mut bytes = u32::try_from(store.lines.len()).unwrap_or(u32::MAX).to_le_bytes().to_vec();
        for (row, line) in store.lines.runs() {
            bytes.extend_from_slice(&row.to_le_bytes());
            bytes.extend_from_slice(&line.to_le_bytes());
        }
        self.block(&bytes, Packed { least: 0, most: 0, width: 8 })
    }
}

/// Writes a dataset and the doubts of its loader.
///
/// # Errors
/// What comes from writing.
pub fn write(store: &Store, doubts: &[Doubt], to: &mut dyn Write) -> io::Result<()> {
    let mut blocks = Blocks { to, at: 0, index: Vec::new(), columns: Vec::new() };
    let columns = &store.columns;
    columns.codes.iter().chain([&columns.periods]).chain(&columns.flows).try_for_each(|c| blocks.codes(c))?;
    columns.numbers.iter().try_for_each(|n| blocks.numbers(n))?;
    blocks.marks(store)?;
    blocks.lines(store)?;
    let head = Head {
        info: store.info.clone(),
        measures: store.measures.clone(),
        times: store.times,
        files: store.files.clone(),
        adds_up: store.adds_up,
        narrow: columns.narrow.clone(),
        doubts: doubts.iter().map(SavedDoubt::of).collect(),
        rows: columns.len(),
        dims: columns.codes.len(),
        flows: columns.flows.is_some(),
        columns: blocks.columns,
    };
    let text = serde_json::to_vec(&head).map_err(io::Error::other)?;
    let mut end = (text.len() as u64).to_le_bytes().to_vec();
    end.extend_from_slice(&text);
    end.extend_from_slice(&blocks.index);
    let (at, size) = (blocks.at, end.len() as u64);
    end.extend_from_slice(&at.to_le_bytes());
    end.extend_from_slice(&size.to_le_bytes());
    let sum = check::of(&end);
    end.extend_from_slice(&sum.to_le_bytes());
    end.extend_from_slice(MAGIC);
    blocks.to.write_all(&end)
}
