//! An answer as text: for people, or for programs. One model in, text out; the only place where numbers are rounded,
//! and only for people. Colours are added by the table alone, and only when asked for.

pub mod explain;
pub mod html;
pub mod json;
pub mod numbers;
pub mod sdmx;
pub mod separated;
pub mod table;

use crate::plan::catalogue::Settings;
use crate::value::Value;

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
    /// An HTML table.
    Html,
    /// SDMX-CSV 2.0.
    Sdmx,
}

impl Format {
    /// By the word after `--format`.
    pub fn parse(word: &str) -> Option<Format> {
        Some(match word {
            "table" => Format::Table,
            "csv" => Format::Csv,
            "tsv" => Format::Tsv,
            "json" => Format::Json,
            "md" | "markdown" => Format::Markdown,
            "html" => Format::Html,
            "sdmx" => Format::Sdmx,
            _ => return None,
        })
    }

    /// By the suffix of a file name.
    pub fn of_path(path: &str) -> Option<Format> {
        if path.to_ascii_lowercase().ends_with(".sdmx.csv") {
            return Some(Format::Sdmx);
        }
        let (_, suffix) = path.rsplit_once('.')?;
        match suffix.to_ascii_lowercase().as_str() {
            "table" | "sdmx" => None,
            word => Format::parse(word),
        }
    }
}

/// An answer with what is told of it.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The numbers.
    pub value: &'a Value,
    /// What they are called: the query.
    pub title: &'a str,
    /// The files they come from.
    pub files: &'a [String],
    /// Digits, rounding and width.
    pub settings: &'a Settings,
    /// With ANSI colours.
    pub colour: bool,
}
