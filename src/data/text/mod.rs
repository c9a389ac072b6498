//! From bytes to text to fields: encodings, dialects, headers, quotes, and the cells of workbooks as text. Knows no
//! columns and no roles.

#[cfg(feature = "excel")]
pub(crate) mod archive;
pub mod bytes;
mod chunk;
pub mod dialect;
pub(crate) mod fields;
pub mod head;
mod json;
pub mod mended;
pub(crate) mod quotes;
pub(crate) mod respelled;
mod sample;
mod shape;
#[cfg(feature = "excel")]
mod shown;
#[cfg(feature = "excel")]
pub(crate) mod workbook;
