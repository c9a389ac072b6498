//! Who puts statements to a database. In: SQL that reads. Out: rows of text, or why there are none. Knows no tables.

use crate::data::sql::names::{Address, Dialect};
use crate::data::work::{Budget, Stopped};
use crate::diagnostic::{Code, codes};
use std::fmt;
use std::sync::Arc;

/// Why a database gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbFault {
    /// There is nobody to ask it: the program that would is not there, or this session has none.
    NoClient(String),
    /// Nobody answers at the address.
    Unreachable(String),
    /// It lets this user not in, or not read this.
    Denied(String),
    /// It went away while it answered.
    Lost(String),
    /// It refuses the statement, in its own words.
    Said(String),
    /// What came is no answer.
    Garbled(String),
    /// What it has is not what is needed.
    Unfit(String),
    /// The table is not what it was when it was loaded.
    Changed(String),
    /// The user asked to stop, or the time is over.
    Stopped,
}

impl DbFault {
    /// Which diagnostic it is.
    pub fn code(&self) -> &'static Code {
        match self {
            DbFault::Changed(_) => &codes::TABLE_CHANGED,
            DbFault::Stopped => &codes::INTERRUPTED,
            DbFault::NoClient(_)
            | DbFault::Unreachable(_)
            | DbFault::Denied(_)
            | DbFault::Lost(_)
            | DbFault::Said(_)
            | DbFault::Unfit(_)
            | DbFault::Garbled(_) => &codes::DATABASE,
        }
    }

    /// What to do.
    pub fn advice(&self) -> Option<&'static str> {
        Some(match self {
            DbFault::NoClient(_) => {
                "a database is asked through its own client program: psql, duckdb, sqlite3 or clickhouse"
            }
            DbFault::Unreachable(_) => "the same must work with the client program itself, such as `psql -d TARGET`",
            DbFault::Denied(_) => {
                "names and passwords stand where the client looks for them (`~/.pgpass`, PGUSER, PGSERVICE), and the role needs SELECT"
            }
            DbFault::Lost(_) => "no part of an answer is used; ask again once the database is back",
            DbFault::Changed(_) => "load it again",
            DbFault::Said(_) | DbFault::Garbled(_) | DbFault::Unfit(_) | DbFault::Stopped => return None,
        })
    }
}

impl fmt::Display for DbFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DbFault::NoClient(why) | DbFault::Changed(why) | DbFault::Unfit(why) => f.write_str(why),
            DbFault::Unreachable(why) => write!(f, "the database cannot be reached: {why}"),
            DbFault::Denied(why) => write!(f, "the database denies it: {why}"),
            DbFault::Lost(why) => write!(f, "the database went away while it answered: {why}"),
            DbFault::Said(why) => write!(f, "the database says: {why}"),
            DbFault::Garbled(why) => write!(f, "the database client gave no proper answer: {why}"),
            DbFault::Stopped => f.write_str("stopped before it was finished"),
        }
    }
}

impl From<Stopped> for DbFault {
    fn from(_: Stopped) -> DbFault {
        DbFault::Stopped
    }
}

/// Takes the rows of an answer, one after another, each a list of cells; what it refuses ends the answer.
pub type Rows<'a> = &'a mut dyn FnMut(&[&[u8]]) -> Result<(), DbFault>;

/// One database, and who asks it. All that is asked between two calls of [`Databases::settle`] sees one state of the data,
/// where the database has such a thing.
pub trait Engine: Send + Sync + fmt::Debug {
    /// How it writes SQL.
    fn dialect(&self) -> Dialect;

    /// The number of the question that is open: another one may see another state of the data.
    fn question(&self) -> u64;

    /// Puts one statement, whose answer has so many columns, at least two. NULL comes as the empty cell.
    ///
    /// # Errors
    /// Whatever keeps the answer from being whole; the rows that were handed out before are then none.
    fn ask(&self, sql: &str, columns: usize, budget: &Budget, each: Rows<'_>) -> Result<(), DbFault>;
}

/// The databases that a session may ask.
pub trait Databases: Send + Sync {
    /// The one at an address.
    ///
    /// # Errors
    /// There is nobody to ask it.
    fn engine(&self, address: &Address) -> Result<Arc<dyn Engine>, DbFault>;

    /// A question is answered: the next may see another state of the data.
    fn settle(&self);
}
