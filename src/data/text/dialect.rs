//! How a file writes its table: what stands between fields and around them. In: what is declared of it. Out: a reader of
//! records in that dialect. Knows nothing of what the records hold.

/// How fields and records are set apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between fields.
    pub separator: u8,
    /// Around fields that hold separators.
    pub quote: u8,
    /// Before a quote inside a field, if it is not written twice.
    pub escape: Option<u8>,
}

/// What a declaration says of the text of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextSpec {
    /// Between fields.
    pub separator: Option<u8>,
    /// Around fields.
    pub quote: Option<u8>,
    /// Lines before the header.
    pub skip_lines: Option<usize>,
    /// Whether there is a header.
    pub header: Option<bool>,
    /// Whether rows that do not fit are made to.
    pub mend: bool,
    /// Whether the text was made of a table, so that nobody need be told how it is written.
    pub is_ours: bool,
}

/// A reader of records in this dialect.
pub fn reader(dialect: Dialect) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(dialect.separator).quote(dialect.quote);
    builder.escape(dialect.escape).double_quote(dialect.escape.is_none());
    builder
}
