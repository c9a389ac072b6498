//! A file read part by part, so that each part is read as the whole would be: what only all rows tell is gathered first,
//! and every part is held to what was decided of all. In: a file that can be opened again. Out: datasets of a part of the
//! rows each, or what differs from part to part.

use crate::data::columns::words::Words;
use crate::data::declare::{Duplicates, Spec};
use crate::data::doubt::{Doubt, LoadError, Refusal};
use crate::data::load::checks::totals::Sums;
use crate::data::load::decided::Decided;
use crate::data::load::twice::{Keyed, Twice};
use crate::data::load::{self, Extent, Loaded, Place};
use crate::data::meaning::asked::Asked;
use crate::data::meaning::choose::choose;
use crate::data::meaning::evidence::Evidence;
use crate::data::meaning::uses;
use crate::data::table::records::Stop;
use crate::data::table::{self, Piece, Table};
use crate::data::work::Work;
use crate::data::{DatasetInfo, SourceError};
use crate::diagnostic::{Diagnostic, Level, codes};
use crate::syntax::Fault;
use crate::value::Period;
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

/// Opens the file again.
pub type Opener = Arc<dyn Fn() -> std::io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// How often a file is read to know it before it is refused: once for its texts, once for what its rows tell, once to
/// see that all parts are read alike.
const READINGS: usize = 3;

/// How often a file is read to look for rows that are there twice.
const TURNS: u64 = 8;

/// How a file is read in parts.
pub(super) struct Parts {
    pub(super) open: Opener,
    pub(super) spec: Spec,
    /// Bytes that may be held at a time.
    pub(super) most: u64,
    /// Rows that are held at a time.
    pub(super) rows: usize,
    /// Keys of rows that are held at a time.
    pub(super) keys: usize,
}

/// What is known of a file from earlier readings.
#[derive(Clone, Default)]
pub(super) struct Known {
    texts: Vec<Words>,
    evidence: Evidence,
    /// What all parts must agree with; none while that is found out.
    decided: Option<Decided>,
}

/// What a whole file turned out to be.
pub(super) struct Whole {
    pub(super) info: DatasetInfo,
    pub(super) doubts: Vec<Doubt>,
    pub(super) known: Known,
    /// What is to be said where rows were not looked for twice.
    pub(super) unsearched: Option<Doubt>,
}

/// What came of one reading.
#[derive(Default)]
struct Reading {
    last: Option<DatasetInfo>,
    periods: BTreeSet<Period>,
    doubts: Vec<Doubt>,
    rows: usize,
    sums: Sums,
    decided: Option<Decided>,
    /// What two parts were not read alike in.
    differs: Option<String>,
}

/// What each part is handed to, with the names of the columns.
pub(super) type Each<'a> = &'a mut dyn FnMut(Loaded, &[String]) -> Result<(), SourceError>;

impl Parts {
    /// Reads the file once; gives back its texts and what its rows told.
    pub(super) fn each(
        &self,
        place: &Place<'_>,
        (known, asked, extent): (&Known, Option<&Asked>, Extent),
        work: Work<'_>,
        each: Each<'_>,
    ) -> Result<(Vec<Words>, Evidence), Fault> {
        let open = &self.open;
        let piece = Piece {
            name: place.file.to_string(),
            size: None,
            most: self.most,
            in_parts: true,
            open: Box::new(move || open()),
            pages: None,
        };
        let choices = |header: &[String], rows: u64| choose(header, &self.spec, asked, rows);
        let mut evidence = known.evidence.clone();
        let mut failed: Option<Fault> = None;
        let mut take = |mut table: Table| {
            let refused = |r: Refusal| r.fault(place.span, place.file);
            let header = table.header.clone();
            let understood = uses::understand(&mut table, &self.spec, std::mem::take(&mut evidence)).map_err(refused);
            let loaded = understood.and_then(|found| {
                load::assemble(place, &mut table, found, (&self.spec, extent), work).map_err(refused)
            });
            let held = loaded.and_then(|mut loaded| {
                evidence = std::mem::take(&mut loaded.told.evidence);
                match known.decided.as_ref().and_then(|decided| loaded.told.decided.differs(decided, &header)) {
                    Some(what) => Err(unlike(place, &what)),
                    None => Ok(loaded),
                }
            });
            match held {
                Ok(loaded) => each(loaded, &header).map_err(|why| {
                    failed = failed.take().or(Some(fault_of_source(&why, place)));
                    Stop::Interrupted
                }),
                Err(fault) => {
                    failed = Some(fault);
                    Err(Stop::Interrupted)
                }
            }
        };
        let held = (self.rows, known.texts.as_slice());
        let read = table::in_parts(&piece, &load::table_spec(&self.spec), &choices, work, held, &mut take);
        match (read, failed) {
            (_, Some(fault)) => Err(fault),
            (Err(stop), None) => Err(load::fault_of(stop, place)),
            (Ok(texts), None) => Ok((texts, evidence)),
        }
    }

    /// Reads the file until all its parts are read alike, to know what it holds.
    pub(super) fn whole(&self, place: &Place<'_>, work: Work<'_>) -> Result<Whole, Fault> {
        let mut known = Known::default();
        let mut differs = None;
        for reading in 1..=READINGS {
            let mut found = Reading { sums: Sums::of_parts(&self.spec), ..Reading::default() };
            let mut twice = Twice::new(self.keys, (0, 1));
            let asked = (&known, None, Extent::Part { keys: self.spec.duplicates != Duplicates::Sum });
            let (texts, evidence) = self.each(place, asked, work, &mut |part, header| {
                twice.add(&part.told.keyed.keys);
                found.add(part, header, work)
            })?;
            if found.differs.is_none() && evidence.is_whole() {
                let mut whole = found.whole(place, Known { texts, evidence: evidence.settled(), decided: None })?;
                self.no_row_twice(place, (&mut whole, twice), work)?;
                return Ok(whole);
            }
            differs = found.differs.or(differs);
            // Where texts were numbered differently from part to part, what was gathered by their numbers is nothing.
            let evidence = if reading == 1 { evidence.by_texts() } else { evidence.settled() };
            known = Known { texts, evidence, decided: None };
        }
        Err(unlike(place, &differs.unwrap_or_else(|| "what its rows tell".into())))
    }
}

impl Parts {
    /// Refuses a file in which two rows are for the same observation, in whatever parts they stand.
    fn no_row_twice(&self, place: &Place<'_>, (whole, all): (&mut Whole, Twice), work: Work<'_>) -> Result<(), Fault> {
        let known = whole.known.clone();
        let mut found = None;
        if all.is_over() {
            let turns = (whole.info.rows / self.keys.max(1) + 2) as u64;
            if turns > TURNS {
                let message = "the file is too large to look for rows that are there twice among all of it";
                let advice = "raise `--max-memory` if you do not know that each observation has one row";
                let doubt = Doubt::new(&codes::DUPLICATE_KEY, None, message).advice(advice);
                whole.unsearched = Some(doubt.at_level(Level::Warning));
                return Ok(());
            }
            for turn in 0..turns {
                let mut twice = Twice::new(self.keys, (turn, turns));
                self.each(place, (&known, None, Extent::Part { keys: true }), work, &mut |part, _| {
                    twice.add(&part.told.keyed.keys);
                    Ok(())
                })?;
                found = found.or(twice.pair());
            }
        } else {
            found = all.pair();
        }
        let Some(half) = found else { return Ok(()) };
        let mut lines: Vec<(u128, usize)> = Vec::new();
        self.each(place, (&known, None, Extent::Part { keys: true }), work, &mut |part, _| {
            let Keyed { keys, lines: of, times } = &part.told.keyed;
            let same = keys.iter().enumerate().filter(|(_, key)| **key as u64 == half);
            lines.extend(same.map(|(row, key)| (*key, of.get(row / (*times).max(1)))));
            Ok(())
        })?;
        let Some((key, first)) = lines.first().copied() else { return Ok(()) };
        let Some((_, second)) = lines.iter().skip(1).find(|(other, _)| *other == key) else { return Ok(()) };
        let mut error = LoadError::at(*second, format!("lines {first} and {second} are for the same observation"));
        error.code = &codes::DUPLICATE_KEY;
        let advice = match self.spec.duplicates {
            Duplicates::Refuse => {
                "declare the column that tells them apart as a dimension, or `duplicates sum` if they add up"
            }
            _ => {
                "they are too far apart to choose one of them within `--max-memory`: raise it, or declare `duplicates sum`"
            }
        };
        Err(load::fault_of(Stop::Error(error.advice(advice)), place))
    }
}

impl Reading {
    fn add(&mut self, part: Loaded, header: &[String], work: Work<'_>) -> Result<(), SourceError> {
        let mut info = part.info().clone();
        self.rows += info.rows;
        self.periods.extend(info.periods.iter().copied());
        self.sums.add(&*part.source, None, work.budget)?;
        // A later part may have fewer decimals, or none that are exact.
        if let Some(before) = &self.last {
            for (m, b) in info.measures.iter_mut().zip(&before.measures) {
                m.places = m.places.zip(b.places).map(|(x, y)| x.max(y));
            }
        }
        let decided = part.told.decided;
        if let Some(before) = &self.decided {
            self.differs = self.differs.take().or_else(|| decided.differs(before, header));
        }
        part.doubts.into_iter().for_each(|doubt| self.doubt(doubt));
        (self.last, self.decided) = (Some(info), Some(decided));
        Ok(())
    }

    /// Takes up a doubt; one of a part that counts more than that of an earlier one stands in its place.
    fn doubt(&mut self, doubt: Doubt) {
        let words = |d: &Doubt| d.message.trim_start_matches(|c: char| c.is_ascii_digit()).to_string();
        let known = self.doubts.iter_mut().find(|d| d.code == doubt.code && words(d) == words(&doubt));
        match known {
            Some(known) => known.message = doubt.message,
            None => self.doubts.push(doubt),
        }
    }

    /// The dataset: texts are numbered over the whole file, so that the last part knows all codes.
    fn whole(self, place: &Place<'_>, known: Known) -> Result<Whole, Fault> {
        let Some(info) = self.last else {
            return Err(load::fault_of(Stop::Error(LoadError::new("the file is empty")), place));
        };
        let mut doubts = self.doubts;
        let (dims, found) = self.sums.dims(&info);
        doubts.extend(found);
        let periods = Arc::new(self.periods.into_iter().collect());
        let info = DatasetInfo { rows: self.rows, dims, periods, ..info };
        Ok(Whole { info, doubts, known: Known { decided: self.decided, ..known }, unsearched: None })
    }
}

/// Why a part gave no answer, as a diagnostic of a statement.
fn fault_of_source(why: &SourceError, place: &Place<'_>) -> Fault {
    match why {
        SourceError::Interrupted => load::fault_of(Stop::Interrupted, place),
        SourceError::TooLarge => Box::new(Diagnostic::new(&codes::TOO_LARGE, place.span, why.to_string())),
        SourceError::Failed(_) => Box::new(Diagnostic::new(&codes::NOT_LOADED, place.span, why.to_string())),
        SourceError::Database(fault) => Box::new(Diagnostic::new(fault.code(), place.span, why.to_string())),
    }
}

/// That a file cannot be read in parts.
fn unlike(place: &Place<'_>, what: &str) -> Fault {
    let message = format!("the file is larger than `--max-memory`, and {what} is not the same in all its parts");
    let advice = "declare it with `with { … }`, or raise `--max-memory`";
    load::fault_of(Stop::Error(LoadError::new(message).advice(advice)), place)
}
