//! An answer as text: for people, or for programs. One model in, text out; the only place where numbers are rounded,
//! and only for people. Colours are added by the table alone, and only when asked for.

pub mod beside;
pub mod chart;
pub mod explain;
mod explained;
mod format;
pub mod json;
pub mod markup;
mod notes;
pub mod numbers;
pub mod sdmx;
pub mod separated;
pub mod table;
pub mod xlsx;

use crate::plan::catalogue::Settings;
use crate::value::Value;
pub use format::Format;
use std::io::{self, Write};

/// What is written, as a text.
pub fn text_of(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut text = Vec::new();
    // Writing into memory cannot fail.
    let written = write(&mut text);
    written.ok().and_then(|()| String::from_utf8(text).ok()).unwrap_or_default()
}

/// An answer with what is told of it.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The numbers: one value, or several side by side that have the same rows; each with its name.
    pub columns: &'a [(&'a str, &'a Value)],
    /// What they are called: the query.
    pub title: &'a str,
    /// The keys of its rows in the order in which they are written, steps of time among them.
    pub keys: &'a [String],
    /// The files they come from.
    pub files: &'a [String],
    /// Digits, rounding and width.
    pub settings: &'a Settings,
    /// With ANSI colours.
    pub colour: bool,
}
