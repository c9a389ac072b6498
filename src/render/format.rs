//! The forms of output, one table: their words, the suffixes of their files, and who draws them. Arguments, `export`,
//! the help and the messages all read it; a new form is a variant, a row here, and the function that draws it.

use super::markup::Markup;
use super::{Answer, json, sdmx, separated, table};
use std::io::{self, Write};

/// What is written at a time of a text that is made as a whole.
const PIECE: usize = 64 << 10;

/// The forms of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Lines for people.
    Table,
    /// Comma-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// One object a line.
    Json,
    /// A Markdown table.
    Markdown,
    /// A page of HTML.
    Html,
    /// A LaTeX table.
    Latex,
    /// SDMX-CSV 2.0.
    Sdmx,
    /// A workbook, which is no text: `xlsx` draws it.
    Xlsx,
}

/// One form of output.
struct Form {
    format: Format,
    /// The words after `--format`; the first is the one that is shown.
    words: &'static [&'static str],
    /// How names of its files end; the first is the one that is shown, and none is for what is no file.
    suffixes: &'static [&'static str],
    /// Who draws it; none for what is no text.
    draw: Option<Draw>,
}

/// Draws an answer: all rows as they are written, the page of a terminal as a whole.
enum Draw {
    Streamed(fn(&Answer<'_>, &mut dyn Write) -> io::Result<()>),
    Whole(fn(&Answer<'_>) -> String),
}

const FORMS: &[Form] = &[
    Form { format: Format::Table, words: &["table"], suffixes: &[], draw: Some(Draw::Whole(table::draw)) },
    Form {
        format: Format::Csv,
        words: &["csv"],
        suffixes: &[".csv"],
        draw: Some(Draw::Streamed(|answer, to| separated::separated(answer, b',', to))),
    },
    Form {
        format: Format::Tsv,
        words: &["tsv"],
        suffixes: &[".tsv"],
        draw: Some(Draw::Streamed(|answer, to| separated::separated(answer, b'\t', to))),
    },
    Form { format: Format::Json, words: &["json"], suffixes: &[".json"], draw: Some(Draw::Streamed(json::object)) },
    Form {
        format: Format::Markdown,
        words: &["md", "markdown"],
        suffixes: &[".md", ".markdown"],
        draw: Some(Draw::Streamed(|answer, to| Markup::Markdown.document(answer, to))),
    },
    Form {
        format: Format::Html,
        words: &["html"],
        suffixes: &[".html"],
        draw: Some(Draw::Streamed(|answer, to| Markup::Html.document(answer, to))),
    },
    Form {
        format: Format::Latex,
        words: &["latex", "tex"],
        suffixes: &[".tex"],
        draw: Some(Draw::Streamed(|answer, to| Markup::Latex.document(answer, to))),
    },
    Form {
        format: Format::Sdmx,
        words: &["sdmx"],
        suffixes: &[".sdmx.csv"],
        draw: Some(Draw::Streamed(|answer, to| sdmx::message(answer.columns, to))),
    },
    #[cfg(feature = "excel")]
    Form { format: Format::Xlsx, words: &[], suffixes: &[".xlsx"], draw: None },
];

impl Format {
    /// By the word after `--format`.
    pub fn parse(word: &str) -> Option<Format> {
        FORMS.iter().find(|f| f.words.contains(&word)).map(|f| f.format)
    }

    /// Its word.
    pub fn word(self) -> Option<&'static str> {
        FORMS.iter().find(|f| f.format == self).and_then(|f| f.words.first().copied())
    }

    /// By how the name of a file ends: the longest suffix that fits.
    pub fn of_path(path: &str) -> Option<Format> {
        let lower = path.to_ascii_lowercase();
        let fits = |f: &'static Form| f.suffixes.iter().map(move |s| (s.len(), *s, f.format));
        let best = FORMS.iter().flat_map(fits).filter(|(_, s, _)| lower.ends_with(s)).max_by_key(|(len, _, _)| *len);
        best.map(|(_, _, format)| format)
    }

    /// The word of each.
    pub fn words() -> impl Iterator<Item = &'static str> {
        FORMS.iter().filter_map(|f| f.words.first().copied())
    }

    /// How names of files end: `.csv`, …
    pub fn suffixes() -> impl Iterator<Item = &'static str> {
        FORMS.iter().filter_map(|f| f.suffixes.first().copied())
    }

    /// Whether it is for people, who read names rather than codes.
    pub fn is_for_people(self) -> bool {
        self == Format::Table || self.markup().is_some()
    }

    /// How it says things, if it is a document.
    pub fn markup(self) -> Option<Markup> {
        match self {
            Format::Markdown => Some(Markup::Markdown),
            Format::Html => Some(Markup::Html),
            Format::Latex => Some(Markup::Latex),
            _ => None,
        }
    }

    /// Writes an answer in this form, if it is one of texts.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(self, answer: &Answer<'_>, to: &mut dyn Write) -> io::Result<()> {
        match FORMS.iter().find(|f| f.format == self).and_then(|f| f.draw.as_ref()) {
            Some(Draw::Streamed(write)) => write(answer, to),
            Some(Draw::Whole(draw)) => draw(answer).as_bytes().chunks(PIECE).try_for_each(|piece| to.write_all(piece)),
            None => Ok(()),
        }
    }

    /// An answer in this form as a text.
    pub fn text(self, answer: &Answer<'_>) -> String {
        super::text_of(|to| self.write(answer, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::catalogue::Settings;
    use crate::value::{Cell, Dimension, Kind, Period, Row, Unit, Value};
    use std::sync::Arc;

    #[test]
    fn a_long_answer_is_written_without_being_held_as_text() {
        let (labels, years) = (5_000u32, 2015..2025);
        let dim = |name: &str, prefix: char, count: u32| {
            let labels = (0..count).map(|at| format!("{prefix}{at:05}").into()).collect();
            Dimension { name: name.into(), labels: Arc::new(labels) }
        };
        let (one, two) = ([dim("product", 'P', labels)], [dim("product", 'P', labels), dim("port", 'Q', 10)]);
        let value = |dims: &[Dimension], rows| Value {
            dims: dims.to_vec(),
            rows,
            ..Value::scalar(0.0, Unit::plain(), Kind::Number)
        };
        // Periods across, ports across, and a line for each cell.
        let by_year =
            |p: u32| years.clone().map(move |y| Row::new([p], Period::year(y), Cell::number(f64::from(p) + 0.5)));
        let by_port = |p: u32| (0..10).map(move |q| Row::new([p, q], None, Cell::number(f64::from(p * q) + 0.5)));
        let both = |p: u32| (0..10).map(move |q| Row::new([p, q], Period::year(2015), Cell::number(f64::from(q))));
        let values = [
            (value(&one, (0..labels).flat_map(by_year).collect()), vec![]),
            (value(&two, (0..labels).flat_map(by_port).collect()), vec!["product".to_string(), "port".to_string()]),
            (value(&two, (0..labels).flat_map(both).collect()), vec![]),
        ];
        for (value, keys) in &values {
            let settings = Settings::default();
            let columns = [("x", value)];
            let answer = Answer { columns: &columns, title: "x", keys, files: &[], settings: &settings, colour: false };
            for form in FORMS.iter().filter(|f| f.draw.is_some()) {
                let mut written = Ok(());
                let memory = allocation_counter::measure(|| written = form.format.write(&answer, &mut io::sink()));
                assert!(written.is_ok(), "{:?}", form.words);
                // Numbers are looked through for their size; the text of a cell and its markup take more than this.
                let each = memory.bytes_max / value.rows.len() as u64;
                assert!(each <= 100, "{:?}: {each} bytes for each of {} cells", form.words, value.rows.len());
            }
        }
    }

    #[test]
    fn every_form_has_its_row_and_its_suffix() {
        use Format::{Csv, Html, Json, Latex, Markdown, Sdmx, Table, Tsv};
        for format in [Table, Csv, Tsv, Json, Markdown, Html, Latex, Sdmx] {
            let rows: Vec<&Form> = FORMS.iter().filter(|f| f.format == format).collect();
            assert!(matches!(rows.as_slice(), [f] if f.words.iter().all(|w| Format::parse(w) == Some(format))));
        }
        assert_eq!(Format::of_path("a/b.SDMX.csv"), Some(Sdmx));
        assert_eq!(Format::of_path("a.b.csv"), Some(Csv));
        assert_eq!(Format::of_path("a.markdown"), Some(Markdown));
        assert_eq!(Format::of_path("a.table"), None);
        assert_eq!(Format::of_path("csv"), None);
    }
}
