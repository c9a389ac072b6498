//! Data that stay in a database. In: a target, and an [`Engine`] that the front end has. Out: a small table as text, for
//! the loader of files; a large one as a source that is asked. Knows no programs and no network.

mod answers;
pub mod asked;
mod catalogue;
pub mod copy;
mod derived;
pub mod dialect;
pub mod engine;
mod keys;
pub mod load;
pub mod names;
mod numbers;
mod statement;
pub mod target;

pub use engine::{Databases, DbFault, Engine};
pub use names::{Address, Dialect, TableName};
pub use target::Target;
