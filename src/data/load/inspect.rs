//! What the loader understands of a file, without loading it into a session: layout, roles, doubts, and the cells as
//! understood. In: files and a declaration. Out: an [`Inspection`]; its rows are read again, one after another.

use crate::data::DatasetInfo;
use crate::data::columns::column::Column;
use crate::data::declare::Spec;
use crate::data::doubt::{Doubt, Refusal};
use crate::data::known::number_forms::{self, Read, Style};
use crate::data::known::number_marks;
use crate::data::known::period_forms;
use crate::data::known::roles;
use crate::data::load::Extent;
use crate::data::load::{self, Place};
use crate::data::meaning::choose::choose;
use crate::data::meaning::column_use::{Across, Use};
use crate::data::meaning::evidence::Evidence;
use crate::data::meaning::naming;
use crate::data::meaning::understood::Understood;
use crate::data::meaning::uses;
use crate::data::table::records::Stop;
use crate::data::table::{self, Choice, Origin, Piece, Table, TableShape, TableSpec};
use crate::data::work::{Budget, Work};
use crate::diagnostic::codes;
use crate::syntax::Fault;
use crate::value::Period;
use crate::value::period::Freq;
use rustc_hash::FxHashMap;

/// How the cells of a column are understood.
#[derive(Clone, Debug)]
enum Cells {
    /// As text.
    Text,
    /// As numbers.
    Numbers(Style),
    /// As periods, each text with its own.
    Periods(FxHashMap<String, Period>),
}

/// What was understood.
pub struct Inspection {
    /// Column names.
    pub header: Vec<String>,
    /// How many rows.
    pub rows: usize,
    /// In a few words.
    pub layout: String,
    /// What the bytes are.
    pub origin: Origin,
    /// Between fields.
    pub separator: char,
    /// The line of the header.
    pub header_line: Option<usize>,
    /// The declaration that says the same.
    pub declaration: Vec<String>,
    /// What was not beyond doubt.
    pub doubts: Vec<Doubt>,
    /// What it is as a dataset; `None` where it is a table, but none that queries can be asked of.
    pub info: Option<DatasetInfo>,
    /// What its periods leave out: whole gaps, beginnings and ends within a year.
    pub notes: Vec<String>,
    cells: Vec<Cells>,
    markers: Vec<String>,
    shape: TableShape,
    text: TableSpec,
}

/// Looks at files. `raw` leaves the interpretation out.
pub fn inspect(
    place: &Place<'_>,
    pieces: &[Piece<'_>],
    spec: &Spec,
    raw: bool,
    work: Work<'_>,
) -> Result<Inspection, Fault> {
    // Columns that no query needs are looked at all the same.
    let choices = |header: &[String], rows: u64| {
        let choices = choose(header, spec, None, rows).0.into_iter();
        (choices.map(|c| if c == Choice::Leave { Choice::Any } else { c }).collect::<Vec<_>>(), None)
    };
    let mut text = load::table_spec(spec);
    let mut read = table::read(pieces, &text, &choices, work);
    // As it is written, a row that does not fit is shown, and counted; in a dataset it is an error unless declared.
    if raw && matches!(read, Err(Stop::Error(_))) {
        let mut lenient = text.clone();
        lenient.text.mend = true;
        if let Ok(table) = table::read(pieces, &lenient, &choices, work) {
            (text, read) = (lenient, Ok(table));
        }
    }
    let mut table = read.map_err(|s| load::fault_of(s, place))?;
    let mut out = Inspection {
        header: table.header.clone(),
        rows: table.rows,
        layout: "table".into(),
        origin: table.origin,
        separator: char::from(table.separator),
        header_line: table.header_line,
        declaration: Vec::new(),
        doubts: table.above.iter().chain(&table.doubts).cloned().collect(),
        info: None,
        notes: Vec::new(),
        cells: vec![Cells::Text; table.header.len()],
        markers: spec.missing.clone(),
        shape: table.shape(),
        text,
    };
    if raw {
        return Ok(out);
    }
    let refused = |r: Refusal| r.fault(place.span, place.file);
    let found = uses::understand(&mut table, spec, Evidence::default()).map_err(refused)?;
    out.cells = (0..out.header.len()).map(|at| cells_of(&table, at, &found)).collect();
    out.layout = if found.name.is_empty() { "table".into() } else { found.name.clone() };
    let has_numbers = found.uses.iter().any(|u| matches!(u, Use::Measure)) || found.spread.is_some();
    let has_time = found.period().is_some()
        || found.used_as(&Use::Year).is_some()
        || found.spread.as_ref().is_some_and(|s| matches!(s.across, Across::Periods(_)));
    match load::assemble(place, &mut table, found, (spec, Extent::Whole), work) {
        Ok(loaded) => {
            let info = loaded.info();
            out.layout = info.layout.clone();
            out.declaration = info.declaration.clone();
            out.notes = notes(info);
            out.info = Some(info.clone());
            out.doubts = loaded.doubts;
        }
        // A list of codes is a table, though no dataset; a file that is wrong is neither.
        Err(Refusal::File(e)) if e.code == &codes::BAD_DATA && (!has_numbers || !has_time) => {
            let mut doubt = Doubt::new(&codes::BAD_DECLARATION, e.line, e.message);
            doubt.advice = e.advice;
            out.doubts.push(doubt);
            out.declaration = out.best();
        }
        Err(r) => return Err(refused(r)),
    }
    Ok(out)
}

impl Inspection {
    /// A declaration to edit, where the file does not say enough.
    fn best(&self) -> Vec<String> {
        let mut out = vec!["period = ?".to_string()];
        for (name, cells) in self.header.iter().zip(&self.cells) {
            let (word, column) = (naming::series_name(name), crate::syntax::format::column_text(name));
            let word = crate::syntax::format::word(&word);
            out.push(match cells {
                Cells::Numbers(_) => format!("{word} from {column}: flow in ?"),
                _ => format!("{word} from {column}"),
            });
        }
        out
    }

    /// A cell of a column of numbers, without the mark or the label beside it.
    fn number(&self, text: &str, style: &Style) -> Option<String> {
        let read = |text: &str| number_forms::read(text, style, &self.markers);
        let bare = || number_marks::split(text).map(|(number, _)| number);
        let found = read(text).or_else(|| read(code_of(text)?)).or_else(|| read(bare()?));
        match found {
            Some(Read::Plain(plain)) => Some(plain),
            Some(Read::Missing | Read::Undefined) => None,
            None => Some(text.to_string()),
        }
    }

    /// The cells of all rows as understood, read once more; `None` is missing. `each` says whether to go on.
    pub fn rows(
        &self,
        pieces: &[Piece<'_>],
        budget: &Budget,
        each: &mut dyn FnMut(Vec<Option<String>>) -> bool,
    ) -> Result<(), Stop> {
        let cell = |(text, cells): (&&str, &Cells)| {
            if text.trim().is_empty() {
                return None;
            }
            match cells {
                Cells::Text => Some(text.to_string()),
                Cells::Numbers(style) => self.number(text, style),
                Cells::Periods(known) => {
                    let period = known.get(*text).or_else(|| known.get(code_of(text)?));
                    Some(period.map_or_else(|| text.to_string(), Period::to_string))
                }
            }
        };
        table::rows(pieces, &self.text, &self.shape, budget, &mut |row| {
            each(row.iter().zip(&self.cells).map(cell).collect())
        })
    }
}

/// The code of a cell that has a label behind it: `6: Millions`.
fn code_of(text: &str) -> Option<&str> {
    text.split_once(": ").map(|(code, _)| code)
}

fn cells_of(table: &Table, at: usize, found: &Understood) -> Cells {
    if let Some(read) = found.numbers.get(&at) {
        return Cells::Numbers(read.style.clone());
    }
    let name = table.header.get(at).map_or("", |h| h);
    let form = match found.uses.get(at) {
        Some(Use::Period(form)) => form.clone(),
        Some(Use::Skip) if roles::role_of(name).is_some_and(|(r, _)| r == roles::Role::Period) => None,
        _ => return Cells::Text,
    };
    let Some(Column::Words(words, _)) = table.columns.get(at) else { return Cells::Text };
    match period_forms::read_column(words.iter(), form.as_deref()) {
        Ok((_, periods)) => Cells::Periods(words.iter().map(String::from).zip(periods).collect()),
        Err(_) => Cells::Text,
    }
}

/// Gaps, and years of which only a part is there.
fn notes(info: &DatasetInfo) -> Vec<String> {
    let mut out = Vec::new();
    let months: Vec<Period> = info.periods.iter().copied().filter(|p| p.freq() == Some(Freq::Month)).collect();
    if months.len() < 2 || months.len() < info.periods.len() {
        return out;
    }
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return out };
    if first.first_month().1 > 1 {
        out.push(format!("{} begins in {first}", first.first_month().0));
    }
    if last.first_month().1 < 12 {
        out.push(format!("{} ends in {last}", last.first_month().0));
    }
    let all = first.span(*last).units(Freq::Month, 10_000);
    let gaps: Vec<String> = all.iter().filter(|p| months.binary_search(p).is_err()).map(|p| p.to_string()).collect();
    if !gaps.is_empty() {
        let some: Vec<&str> = gaps.iter().take(6).map(String::as_str).collect();
        let more = if gaps.len() > 6 { format!(" and {} more", gaps.len() - 6) } else { String::new() };
        out.push(format!("no row is for {}{more}", some.join(", ")));
    }
    out
}
