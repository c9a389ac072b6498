//! From files to one table of texts. In: files that can be opened, what is declared of their text. Out: a [`Table`]
//! with the line of every row, and all that was not beyond doubt on the way.

pub mod again;
pub mod blocks;
pub mod choice;
pub mod desk;
pub mod find;
pub(in crate::data) mod join;
pub mod one;
pub mod open;
pub mod origin;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
#[cfg(feature = "parquet")]
mod parquet_cells;
#[cfg(feature = "parquet")]
mod parquet_pages;
pub mod read;
pub mod read_blocks;
pub mod records;
pub(crate) mod rows;
pub mod sieve;
mod tail;

pub use again::{TableShape, rows};
pub use choice::{Choice, Choose};
pub use one::Table;
pub use open::{Piece, TableSpec};
pub use origin::Origin;
pub use read::{in_parts, read};
