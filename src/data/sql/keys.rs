//! The columns that say what a row is of, with every text that stands in them, and which code, period or flow each text
//! means. In: a catalogue of texts and a skeleton. Out: conditions in SQL, places of texts. Knows no sums.

use crate::data::meaning::column_use::Use;
use crate::data::sql::dialect::ColumnOf;
use crate::data::sql::names::Dialect;
use rustc_hash::FxHashMap;

/// A column that says what a row is of.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// Its place in the table.
    pub(super) at: usize,
    pub(super) column: ColumnOf,
    pub(super) what: Use,
    /// All texts that stand in it, sorted; NULL and the empty text are one.
    pub(super) texts: Vec<String>,
    /// What each text means; those that are left out mean nothing.
    pub(super) places: FxHashMap<String, u32>,
}

/// Whether a column may say what a row is of.
pub(super) fn is_key(what: &Use) -> bool {
    match what {
        Use::Period(_) | Use::Year | Use::Month | Use::Quarter | Use::Dimension(_) | Use::Flow | Use::TotalOnly => true,
        Use::Status | Use::Secrecy | Use::Multiplier | Use::Unit => true,
        Use::Measure | Use::Spread | Use::Skip | Use::Open => false,
    }
}

/// Whether a column says when a row is.
pub(super) fn is_time(what: &Use) -> bool {
    matches!(what, Use::Period(_) | Use::Year | Use::Month | Use::Quarter)
}

impl Key {
    /// Whether its cells are texts, so that the empty text is one.
    fn is_text(&self) -> bool {
        let kind = self.column.kind.as_str();
        kind.is_empty() || kind == "enum" || ["char", "text", "clob", "string"].iter().any(|k| kind.contains(k))
    }

    /// Rows with one of these texts, which are all in the table; nothing where no row is left out by that.
    pub(super) fn condition(&self, dialect: Dialect, texts: &[&str]) -> Option<String> {
        if texts.len() == self.texts.len() {
            return None;
        }
        let name = dialect.quoted(&self.column.name);
        let whole = self.column.kind.contains("int");
        // What SQLite holds is compared as it is written where the column has no type that makes it one of that type.
        let of_any = dialect == Dialect::Sqlite && !whole && !self.is_text() || self.column.kind.is_empty();
        let cell = match dialect {
            Dialect::ClickHouse => dialect.cell(&self.column),
            _ if of_any => format!("CAST({name} AS TEXT)"),
            _ => name.clone(),
        };
        let one = |text: &&&str| {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let plain = whole && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            if plain { (**text).to_string() } else { dialect.literal(text) }
        };
        let list: Vec<String> = texts.iter().filter(|t| !t.is_empty() || self.is_text()).map(|t| one(&t)).collect();
        let within = (!list.is_empty()).then(|| format!("{cell} IN ({})", list.join(", ")));
        let none = texts.iter().any(|t| t.is_empty()).then(|| format!("{name} IS NULL"));
        match (within, none) {
            (Some(within), Some(none)) => Some(format!("({within} OR {none})")),
            (only, None) | (None, only) => only,
        }
    }

    /// The texts that mean something, and of these what passes.
    pub(super) fn passing(&self, pass: impl Fn(u32) -> bool) -> Vec<&str> {
        let meant = |t: &&String| self.places.get(*t).is_some_and(|place| pass(*place));
        self.texts.iter().filter(meant).map(String::as_str).collect()
    }
}
