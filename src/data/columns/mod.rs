//! The columns of a table in memory: words and codes that are numbered once, decimals that stay exact, and the lines
//! of the file that the rows came from. Knows no file format and no roles.

pub mod amounts;
pub mod codes;
pub mod column;
pub mod decimals;
pub mod lines;
pub mod part;
pub mod words;
