//! One client program for one database, kept between statements. In: SQL. Out: the rows of its answer, which is whole:
//! the client prints a word that nobody can foresee behind it. What fails ends the program; the next question starts it anew.

use super::child::{Output, Running};
use super::program;
use crate::data::sql::engine::Rows;
use crate::data::sql::{Address, DbFault, Dialect, Engine};
use crate::data::work::{Budget, Stopped};
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::io::{self, ErrorKind, Read};
use std::sync::{Mutex, PoisonError};

/// The largest row that is an answer.
const ROW: usize = 16 << 20;

/// The client of one database.
pub(super) struct Client {
    address: Address,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: Option<Running>,
    /// Whether a question is open, which sees one state of the data.
    is_open: bool,
    /// Statements put so far, for words that do not come twice.
    count: u64,
    /// Questions that were open so far.
    questions: u64,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("dialect", &self.dialect()).finish_non_exhaustive()
    }
}

/// What came of one statement.
enum Came {
    /// A whole answer.
    Whole,
    /// The program ended before.
    Ended,
}

impl Client {
    /// A client that is not started yet.
    pub(super) fn new(address: Address) -> Client {
        Client { address, state: Mutex::default() }
    }

    /// A question is answered.
    pub(super) fn settle(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.questions += 1;
        if !std::mem::take(&mut state.is_open) {
            return;
        }
        match (program::settle(self.dialect()), &state.running) {
            (Some(end), Some(running)) => running.write(end.to_string()),
            _ => state.running = None,
        }
    }

    /// Starts the program.
    fn start(&self) -> Result<Running, DbFault> {
        let name = program::name(self.dialect());
        Running::start(&mut program::command(&self.address)).map_err(|e| {
            DbFault::NoClient(match e.kind() {
                ErrorKind::NotFound => {
                    format!("`{name}`, the client program of {}, is not on the PATH", self.dialect().name())
                }
                _ => format!("`{name}` cannot be started: {e}"),
            })
        })
    }

    fn put(
        &self,
        state: &mut State,
        sql: &str,
        columns: usize,
        budget: &Budget,
        each: Rows<'_>,
    ) -> Result<Came, DbFault> {
        let dialect = self.dialect();
        state.count += 1;
        let word = format!("{:016x}", RandomState::new().hash_one(state.count));
        let begin = if state.is_open { "" } else { program::begin(dialect) };
        state.is_open = true;
        let Some(running) = &mut state.running else { return Ok(Came::Ended) };
        running.write(format!("{begin}{sql};\n{}", program::print(dialect, &word)));
        if program::reads_to_the_end(dialect) {
            running.close();
        }
        answer(running, word.as_bytes(), columns, budget, each)
    }
}

/// The rows up to the word that ends them.
fn answer(
    running: &mut Running,
    word: &[u8],
    columns: usize,
    budget: &Budget,
    each: Rows<'_>,
) -> Result<Came, DbFault> {
    let mut builder = csv::ReaderBuilder::new();
    let began = running.began;
    let limited = Limited { output: running.output(budget), left: std::rc::Rc::new(std::cell::Cell::new(ROW)) };
    let left = std::rc::Rc::clone(&limited.left);
    let mut reader = builder.has_headers(false).flexible(true).from_reader(limited);
    let mut record = csv::ByteRecord::new();
    let mut any = began;
    let came = loop {
        left.set(ROW);
        match reader.read_byte_record(&mut record) {
            Ok(true) if record.len() == 1 && record.get(0) == Some(word) => {
                any = true;
                break Came::Whole;
            }
            Ok(true) if record.len() == columns => {
                any = true;
                let row: smallvec::SmallVec<[&[u8]; 16]> = record.iter().collect();
                each(&row)?;
                budget.check()?;
            }
            Ok(true) => {
                // Half a row is what is left of a program that ended; it is no answer of its own.
                let here: String =
                    String::from_utf8_lossy(record.as_slice()).chars().filter(|c| !c.is_control()).take(60).collect();
                if reader.is_done() || matches!(reader.read_byte_record(&mut csv::ByteRecord::new()), Ok(false)) {
                    break Came::Ended;
                }
                let message = format!("a row of {} cells, not {columns}: `{here}`", record.len());
                return Err(DbFault::Garbled(message));
            }
            Ok(false) => break Came::Ended,
            Err(e) => return Err(broken(e)),
        }
    };
    drop(reader);
    running.began = any;
    Ok(came)
}

fn broken(error: csv::Error) -> DbFault {
    match error.into_kind() {
        csv::ErrorKind::Io(e) if Stopped::is_in(&e) => DbFault::Stopped,
        csv::ErrorKind::Io(e) => DbFault::Garbled(e.to_string()),
        other => DbFault::Garbled(format!("{other:?}")),
    }
}

/// Output of which no row is longer than may be.
struct Limited<'a> {
    output: Output<'a>,
    left: std::rc::Rc<std::cell::Cell<usize>>,
}

impl Read for Limited<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::other(format!("a row is longer than {} MB", ROW >> 20)));
        }
        let count = self.output.read(out)?;
        self.left.set(self.left.get().saturating_sub(count));
        Ok(count)
    }
}

impl Engine for Client {
    fn dialect(&self) -> Dialect {
        match &self.address {
            Address::File(dialect, _) | Address::Server(dialect, _) => *dialect,
        }
    }

    fn question(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).questions
    }

    fn ask(&self, sql: &str, columns: usize, budget: &Budget, each: Rows<'_>) -> Result<(), DbFault> {
        budget.check()?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // A client that was kept may have lost its server since: the first statement of a question is put again, once.
        for is_last in [state.running.is_none() || state.is_open, true] {
            if state.running.is_none() {
                state.is_open = false;
                state.running = Some(self.start()?);
            }
            let mut rows = 0usize;
            let put = self.put(&mut state, sql, columns, budget, &mut |row| {
                rows += 1;
                each(row)
            });
            match put {
                Ok(Came::Whole) => {
                    if program::reads_to_the_end(self.dialect()) {
                        (state.is_open, state.running) = (false, None);
                    }
                    return Ok(());
                }
                Ok(Came::Ended) => {
                    state.is_open = false;
                    let Some(mut ended) = state.running.take() else { continue };
                    let fault = program::fault(self.dialect(), &ended.words(), ended.began);
                    if is_last || rows > 0 || !matches!(fault, DbFault::Lost(_)) {
                        return Err(fault);
                    }
                }
                Err(fault) => {
                    state.is_open = false;
                    state.running = None;
                    return Err(fault);
                }
            }
        }
        Err(DbFault::Lost("its client ended without a word".into()))
    }
}
