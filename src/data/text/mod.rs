//! From bytes to text to fields: encodings, dialects, headers, quotes, and the cells of workbooks as text. Knows no
//! columns and no roles.

pub mod bytes;
pub mod dialect;
pub(crate) mod fields;
pub(crate) mod quotes;
#[cfg(feature = "excel")]
pub(crate) mod workbook;
