//! From files to one table of texts. In: files that can be opened, what is declared of their text. Out: a [`Table`] with
//! the line of every row, and all that was not beyond doubt on the way; or tables of a part of the rows each.

use crate::data::columns::column::Column;
use crate::data::columns::words::Words;
use crate::data::doubt::LoadError;
use crate::data::table::choice::{Choose, ways};
use crate::data::table::join::join;
use crate::data::table::one::Table;
use crate::data::table::open::{PARQUET, Piece, SAMPLE, TableSpec, about_rows, head, open};
use crate::data::table::origin::Origin;
#[cfg(feature = "parquet")]
use crate::data::table::parquet;
use crate::data::table::read_blocks::Parts;
use crate::data::table::records::{Reading, Rows, Stop};
use crate::data::table::tail::finished;
use crate::data::text::dialect;
use crate::data::text::head::Head;
use crate::data::work::{Work, in_order};
use std::io::Read;
use std::sync::OnceLock;

/// Files of less are read several at a time, each by one thread.
const SMALL: u64 = 4 << 20;

/// Reads files as one table; all must have the same columns.
pub fn read(pieces: &[Piece<'_>], spec: &TableSpec, choose: Choose<'_>, work: Work<'_>) -> Result<Table, Stop> {
    let Some((first, rest)) = pieces.split_first() else {
        return Err(Stop::Error(LoadError::new("there is no file")));
    };
    // What is chosen for the first of several is chosen for all, by the rows that all have together.
    let all: Option<u64> = pieces.iter().map(|piece| piece.size).sum();
    let known: OnceLock<u64> = OnceLock::new();
    let choose = |names: &[String], rows: u64| {
        let rows = *known.get_or_init(|| {
            let share = all.zip(first.size).filter(|(_, own)| !rest.is_empty() && *own > 0);
            share.map_or(rows, |(all, own)| rows.saturating_mul(all) / own)
        });
        choose(names, rows)
    };
    let one = |piece: &Piece<'_>, work: Work<'_>| {
        read_one(piece, spec, &choose, work).map_err(|stop| match stop {
            Stop::Error(mut e) if !rest.is_empty() => {
                e.file.get_or_insert_with(|| piece.name.clone());
                Stop::Error(e)
            }
            other => other,
        })
    };
    let mut table = one(first, work)?;
    let mut take = |more: Table| join(&mut table, more).map_err(Stop::Error);
    if rest.iter().all(|piece| piece.size.is_some_and(|size| size < SMALL)) {
        let each = Work { threads: 1, ..work };
        in_order(work.threads, rest.iter().map(Ok), |_| (), |(), piece| one(piece, each), take)?;
    } else {
        rest.iter().try_for_each(|piece| take(one(piece, work)?))?;
    }
    Ok(table)
}

/// A Parquet file; `None` if it is something else.
#[cfg(feature = "parquet")]
fn read_parquet(piece: &Piece<'_>, choose: Choose<'_>, work: Work<'_>) -> Result<Option<Table>, Stop> {
    let mut reader = (piece.open)().map_err(Stop::Io)?;
    let mut bytes = Vec::new();
    (&mut reader).take(PARQUET.len() as u64).read_to_end(&mut bytes).map_err(Stop::Io)?;
    if bytes != PARQUET {
        return Ok(None);
    }
    // What is asked for is read where it lies; what comes only once is held.
    let pages = piece.pages.as_ref().and_then(|open| open().ok());
    let file = match pages {
        Some(pages) => parquet::File::at(pages),
        None => {
            piece.hold(&mut reader, &mut bytes)?;
            parquet::File::open(bytes)
        }
    };
    let file = file.map_err(Stop::Error)?;
    file.fits(piece.most).map_err(Stop::Error)?;
    let (choices, sieve) = choose(&file.names, file.rows);
    let rows = file.read(&file.ways(&choices), sieve.as_ref(), work.threads, work.budget)?;
    let head = Head {
        dialect: dialect::Dialect { separator: b',', quote: b'"', escape: None },
        names: file.names.clone(),
        surplus: false,
        start: 0,
        line: 1,
        header_line: None,
        above: None,
        titles: Vec::new(),
        doubts: Vec::new(),
    };
    let mut table = finished(head, rows, piece, Origin::PARQUET).map_err(Stop::Error)?;
    table.is_partial = sieve.is_some();
    Ok(Some(table))
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(_: &Piece<'_>, _: Choose<'_>, _: Work<'_>) -> Result<Option<Table>, Stop> {
    Ok(None)
}

fn read_one(piece: &Piece<'_>, spec: &TableSpec, choose: Choose<'_>, work: Work<'_>) -> Result<Table, Stop> {
    if let Some(table) = read_parquet(piece, choose, work)? {
        return Ok(table);
    }
    let read = |all: bool| {
        let opened = open(piece, spec, all, work.budget)?;
        let head = head(&opened, spec)?;
        let (choices, sieve) = choose(&head.names, about_rows(&opened, &head, piece)?);
        let sample = opened.sample()?;
        let how = ways(sample, &head, &choices, opened.whole && sample.len() < SAMPLE);
        let size = piece.size.filter(|_| !opened.origin.packed);
        let (origin, doubts) = (opened.origin, [opened.doubt.clone(), opened.repairs.clone()]);
        let reader = opened.from(head.start);
        let reading = Reading {
            head: &head,
            how: &how,
            sieve: sieve.as_ref(),
            threads: work.threads,
            budget: work.budget,
            progress: work.progress,
            size,
        };
        let rows = reading.rows(reader, None)?;
        if sieve.is_some() && rows.lone_tail > 0 {
            let why = "what stands below the table can only be weighed with all of it";
            return Err(Stop::Error(LoadError::new(why)));
        }
        let mut table = finished(head, rows, piece, origin).map_err(Stop::Error)?;
        table.doubts.extend(doubts.into_iter().flatten());
        table.is_partial = sieve.is_some();
        Ok(table)
    };
    match read(false) {
        // What is not UTF-8 stands further down: begin again with all of it.
        Err(Stop::NotUtf8) => read(true),
        other => other,
    }
}

/// Reads a file in tables of about `rows` rows each; texts are numbered as in the whole file, so that the last table
/// knows all of them, and all do where `texts` are what an earlier reading gave back. Only for files that are UTF-8 text.
pub fn in_parts(
    piece: &Piece<'_>,
    spec: &TableSpec,
    choose: Choose<'_>,
    work: Work<'_>,
    (rows, texts): (usize, &[Words]),
    each: &mut dyn FnMut(Table) -> Result<(), Stop>,
) -> Result<Vec<Words>, Stop> {
    let opened = open(piece, spec, false, work.budget)?;
    if opened.whole || !opened.origin.is_utf8() {
        return Err(Stop::Error(LoadError::new(
            "the file is larger than `--max-memory`, and only plain text in UTF-8 is read part by part",
        )));
    }
    let head = head(&opened, spec)?;
    let (choices, sieve) = choose(&head.names, u64::MAX);
    let how = ways(opened.sample()?, &head, &choices, false);
    let (origin, reader) = (opened.origin, opened.from(head.start));
    let Work { threads, budget, progress } = work;
    let reading = Reading { head: &head, how: &how, sieve: sieve.as_ref(), threads, budget, progress, size: None };
    let mut take = |part: Rows| {
        let mut table = finished(head.clone(), part, piece, origin).map_err(Stop::Error)?;
        table.is_partial = sieve.is_some();
        each(table)
    };
    let last = reading.rows(reader, Some(Parts { rows, texts, take: &mut take }))?;
    if last.lone_tail > 0 && last.lone_tail >= last.count && last.count < last.total {
        let line = last.lines.get(0);
        return Err(Stop::Error(LoadError::at(line, "more rows than are read at a time have their first field only")));
    }
    let mut table = finished(head.clone(), last, piece, origin).map_err(Stop::Error)?;
    table.is_partial = sieve.is_some();
    let texts = table.columns.iter().map(Column::texts).collect();
    if table.rows > 0 {
        each(table)?;
    }
    Ok(texts)
}
