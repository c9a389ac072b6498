//! What the bytes of a file are: text in an encoding, a workbook, a Parquet file; packed or not.

use std::fmt;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text in this encoding.
    Text(&'static str),
    /// Text in a form of its own, which was respelled.
    Own(&'static str),
    /// The sheet of a workbook.
    Workbook,
    /// Columns of a Parquet file.
    Parquet,
    /// A table of this kind of database.
    Database(&'static str),
}

/// What the bytes of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What the file is.
    pub form: Form,
    /// Whether it is packed with gzip.
    pub packed: bool,
    /// Whether it had to be decoded as a whole before it could be read.
    pub decoded: bool,
}

impl Origin {
    /// Text that is read as it stands.
    pub const PLAIN: Origin = Origin { form: Form::Text("UTF-8"), packed: false, decoded: false };
    /// A Parquet file.
    pub const PARQUET: Origin = Origin { form: Form::Parquet, packed: false, decoded: true };
    /// A workbook.
    pub const WORKBOOK: Origin = Origin { form: Form::Workbook, packed: false, decoded: true };

    /// The encoding, if it is text in another than UTF-8.
    pub fn foreign(&self) -> Option<&'static str> {
        match self.form {
            Form::Text("UTF-8") | Form::Own(_) | Form::Workbook | Form::Parquet | Form::Database(_) => None,
            Form::Text(encoding) => Some(encoding),
        }
    }

    /// Whether it is text in UTF-8.
    pub fn is_utf8(&self) -> bool {
        self.form == Form::Text("UTF-8")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.form {
            Form::Text(encoding) => encoding,
            Form::Own(word) => word,
            Form::Workbook => "workbook",
            Form::Parquet => "Parquet",
            Form::Database(name) => return write!(f, "table of {name}"),
        })?;
        f.write_str(if self.packed { ", packed" } else { "" })
    }
}
