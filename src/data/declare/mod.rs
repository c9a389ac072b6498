//! What a declaration says of a file: roles of columns, kinds and units of measures, constants, missing markers.
//! In: the items of `with { … }`. Out: the same, checked word by word, and the items that would say what was understood.
//! Knows nothing of the cells.

mod check;
mod keys;
mod meaning;
mod said;
mod spec;

pub use check::check;
pub use keys::{Key, duplicates_word, system_word};
pub use meaning::{meaning_text, parse_meaning};
pub use said::Said;
pub use spec::{Duplicates, MeasureSpec, Range, Spec};
