//! What the program teaches, as text files that anybody can write: pages of help, the glossary of the field, lessons on
//! diagnostics, and lessons of several steps. In: those files, compiled in, or one of a teacher. Out: pages and steps, and
//! whether one answer is another. Knows values, and neither the session nor any data.

pub mod lesson;
pub mod page;
pub mod pages;
pub mod same;
