//! Readers that fail, stop or are stopped at each of their calls: an answer is the right one or there is none, and the
//! session is as good afterwards as it was before.

use super::pollution::Memory;
use std::io::{Cursor, Error, ErrorKind, Read};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tradeql::data::Budget;
use tradeql::render::Format;
use tradeql::session::{Body, Files, Mode, Session};
use tradeql::span::Span;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    /// The system says so.
    Fails,
    /// The file ends, though it has said that it is longer.
    Ends,
    /// The system was busy: to be tried again.
    Again,
    /// Somebody asks to stop.
    Stopped,
}

/// Files of which reading goes wrong at one call, if it is reached.
#[derive(Clone)]
struct Faulty {
    files: Memory,
    budget: Budget,
    wrong: Arc<Mutex<Option<Wrong>>>,
    at: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
    /// What is read at a time.
    chunk: usize,
}

struct Reader {
    inner: Cursor<Vec<u8>>,
    of: Faulty,
    ended: bool,
}

impl Read for Reader {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let reached = self.of.calls.fetch_add(1, Ordering::Relaxed) + 1 == self.of.at.load(Ordering::Relaxed);
        let wrong = *self.of.wrong.lock().unwrap();
        match wrong.filter(|_| reached) {
            Some(Wrong::Fails) => return Err(Error::other("the disk is broken")),
            Some(Wrong::Ends) => self.ended = true,
            Some(Wrong::Again) => return Err(ErrorKind::Interrupted.into()),
            Some(Wrong::Stopped) => self.of.budget.stop(),
            None => {}
        }
        if self.ended {
            return Ok(0);
        }
        let room = out.len().min(self.of.chunk);
        self.inner.read(&mut out[..room])
    }
}

impl Files for Faulty {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.files.read(path)
    }

    fn open(&self, path: &Path) -> std::io::Result<Box<dyn Read + Send>> {
        let inner = Cursor::new(self.files.read(path)?);
        Ok(Box::new(Reader { inner, of: self.clone(), ended: false }))
    }

    fn size(&self, path: &Path) -> Option<u64> {
        self.files.size(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        self.files.write(path, bytes)
    }
}

impl Faulty {
    fn new(name: &str, bytes: &[u8], chunk: usize) -> Faulty {
        let files = Memory::default();
        files.write(Path::new(name), bytes).unwrap();
        let (wrong, at, calls) = Default::default();
        Faulty { files, budget: Budget::default().with_threads(2), wrong, at, calls, chunk }
    }

    fn session(&self, max_memory: u64) -> Session {
        let mut session = Session::new(Box::new(self.clone()), Path::new(""));
        session.budget = self.budget.clone();
        session.set_max_memory(max_memory);
        session
    }

    /// From now on it goes wrong at a call.
    fn break_at(&self, wrong: Option<Wrong>, at: usize) {
        *self.wrong.lock().unwrap() = wrong;
        self.at.store(at, Ordering::Relaxed);
        self.calls.store(0, Ordering::Relaxed);
        self.budget.restart();
    }
}

/// The answers of a script, and whether all of it was answered; what fails says why.
fn answers(session: &mut Session, script: &str) -> (String, bool) {
    let (mut out, mut all) = (String::new(), true);
    session.run("test", script, Mode::Run, &mut |session, response| {
        if let Some(Body::Value(value)) = &response.body {
            out.push_str(&session.text(value, Format::Csv, "", &response.files));
        }
        assert!(!response.failed() || !response.diagnostics.is_empty());
        all &= !response.failed();
        true
    });
    (out, all)
}

/// All rows of a file as `inspect` reads them, or nothing.
fn inspected(session: &mut Session, name: &str) -> Option<Vec<Vec<Option<String>>>> {
    let here = session.sources.add("test", name);
    let mut rows = Vec::new();
    let mut each = |row| {
        rows.push(row);
        true
    };
    session.inspect(name, false, Span::new(here, 0, name.len()), &mut |_| (), &mut each).ok().map(|_| rows)
}

/// Breaks every `step`-th call of reading a file; how many times an answer was refused.
fn broken(name: &str, bytes: &[u8], with: &str, (chunk, step, max_memory): (usize, usize, u64)) -> usize {
    let files = Faulty::new(name, bytes, chunk);
    let script = format!("load \"{name}\" as t {with}\nexports by year\n");
    let (right, all) = answers(&mut files.session(max_memory), &script);
    let rows = inspected(&mut files.session(max_memory), name);
    assert!(all && right.lines().count() > 2 && rows.is_some(), "{name}: {right}");
    let mut refused = 0;
    for wrong in [Wrong::Fails, Wrong::Ends, Wrong::Again, Wrong::Stopped] {
        for at in (1..).step_by(step) {
            let mut session = files.session(max_memory);
            files.break_at(Some(wrong), at);
            let (found, all) = answers(&mut session, &script);
            let reached = files.calls.load(Ordering::Relaxed) >= at;
            assert!(found == right || !all, "{name}, {wrong:?} at {at}: {found} for {right}");
            assert!(found.is_empty() || found == right, "{name}, {wrong:?} at {at}: {found}");
            assert!(wrong != Wrong::Again || all, "{name}: a busy system is no fault, at {at}");
            refused += usize::from(!all);
            // The session lives: what it could not read it reads now.
            files.break_at(None, 0);
            assert_eq!(answers(&mut session, "1 + 1"), ("value,unit,flags,coverage,reason\n2,,,,\n".into(), true));
            assert_eq!(answers(&mut session, &script), (right.clone(), true), "{name}, {wrong:?} at {at}");
            if !reached {
                break;
            }
            if max_memory == u64::MAX {
                files.break_at(Some(wrong), at);
                let found = inspected(&mut session, name);
                assert!(found.is_none() || found == rows, "{name}, {wrong:?} at {at}: the rows are others");
                files.break_at(None, 0);
            }
        }
    }
    refused
}

/// Rows of 600 partners a year, with names as long as is said.
fn table(rows: usize, width: usize) -> String {
    let row = |i: usize| format!("{},partner {:0width$},{}.{}\n", 2000 + i / 600, i % 600, 17 + i * 31 % 9000, i % 10);
    "year,partner,exports\n".to_string() + &(0..rows).map(row).collect::<String>()
}

fn packed(text: &str) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut out, text.as_bytes()).unwrap();
    out.finish().unwrap()
}

fn sheet(text: &str) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (line, row) in text.lines().zip(0u32..) {
        for (cell, column) in line.split(',').zip(0u16..) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_reader_that_goes_wrong_gives_no_wrong_answer() {
    let text = table(900, 3);
    let json: String = text
        .lines()
        .skip(1)
        .map(|l| {
            let cells: Vec<&str> = l.split(',').collect();
            format!(",{{\"year\":{},\"partner\":\"{}\",\"exports\":{}}}\n", cells[0], cells[1], cells[2])
        })
        .collect();
    let json = format!("[{}]", json.trim_start_matches(','));
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let book = sheet(&text);
    let packed = packed(&text);
    for (name, bytes) in [
        ("t.csv", text.as_bytes()),
        ("t.csv.gz", packed.as_slice()),
        ("t.xlsx", book.as_slice()),
        ("t.json", json.as_bytes()),
        ("wide.csv", wide.as_slice()),
    ] {
        let refused = broken(name, bytes, "", (bytes.len() / 4 + 1, 1, u64::MAX));
        assert!(refused > 10, "{name}: {refused}");
    }
    let columns = std::fs::read(super::tool::root().join("tests/files/trade.parquet")).unwrap();
    let with = "with { period from t, reporter from i, partner from j, hs from k, exports from v: flow in USD, \
        skip q, price, cost, day }";
    let refused = broken("t.parquet", &columns, with, (columns.len() / 5 + 1, 1, u64::MAX));
    assert!(refused > 10, "{refused}");
}

#[test]
fn a_file_read_in_parts_gives_no_wrong_answer_when_a_part_goes_wrong() {
    let text = table(20_500, 95);
    assert!(text.len() > 2 << 20);
    let refused = broken("t.csv", text.as_bytes(), "", (512 << 10, 13, 1));
    assert!(refused > 10, "{refused}");
}

#[test]
fn an_interrupt_at_every_question_whether_to_go_on_leaves_no_half_answer() {
    let text = table(900, 3);
    let files = Faulty::new("t.csv", text.as_bytes(), usize::MAX);
    let script = "load \"t.csv\" as t\nexports by partner, year top 2\nrank over partner of exports by partner, year\n\
                  growth of exports by partner from 2000 to 2001\nexport exports by partner, year into \"o.csv\"";
    let out = Path::new("o.csv");
    let (right, all) = answers(&mut files.session(u64::MAX), script);
    let whole = files.read(out).unwrap();
    assert!(all && right.lines().count() > 600 && whole.len() > 1000);
    let mut stopped = 0;
    for times in 0.. {
        assert!(times < 5000, "it is asked without end");
        let fresh = Faulty::new("t.csv", text.as_bytes(), usize::MAX);
        let mut session = fresh.session(u64::MAX);
        session.budget = Budget::default().with_threads(1).asked_at_most(times);
        let (found, all) = answers(&mut session, script);
        assert!(right.starts_with(&found) || !all, "{times}: {found}");
        assert!(fresh.read(out).map_or(!all, |bytes| bytes == whole), "{times}: half a file");
        session.budget = Budget::default();
        assert_eq!(answers(&mut session, "1 + 1").0, "value,unit,flags,coverage,reason\n2,,,,\n");
        if all {
            break;
        }
        stopped += 1;
    }
    assert!(stopped > 10, "{stopped}");
}

/// Files that are written through a writer which goes wrong at one of its calls.
#[derive(Clone)]
struct Unwilling {
    files: Memory,
    /// What goes wrong, at which call.
    wrong: Arc<Mutex<Option<(Unwillingly, usize)>>>,
    calls: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Unwillingly {
    /// The system says so.
    Fails,
    /// There is no room for more.
    Full,
    /// The system was busy: to be tried again.
    Again,
    /// It takes a byte at a time from then on.
    Slowly,
    /// It takes everything, and says at the end that it could not.
    AtTheEnd,
}

struct Writer<'a>(&'a Unwilling, Vec<u8>);

impl std::io::Write for Writer<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let call = self.0.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let wrong = *self.0.wrong.lock().unwrap();
        let count = match wrong {
            Some((Unwillingly::Fails, at)) if call == at => return Err(Error::other("the disk is broken")),
            Some((Unwillingly::Full, at)) if call >= at => return Ok(0),
            Some((Unwillingly::Again, at)) if call == at => return Err(ErrorKind::Interrupted.into()),
            Some((Unwillingly::Slowly, at)) if call >= at => bytes.len().min(1),
            _ => bytes.len(),
        };
        self.1.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let wrong = *self.0.wrong.lock().unwrap();
        if matches!(wrong, Some((Unwillingly::AtTheEnd, _))) { Err(Error::other("no more room")) } else { Ok(()) }
    }
}

impl Files for Unwilling {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.files.read(path)
    }

    fn exists(&self, path: &Path) -> bool {
        self.files.exists(path)
    }

    fn put_all(
        &self,
        files: &[(std::path::PathBuf, tradeql::session::Content<'_>)],
    ) -> Result<(), (std::path::PathBuf, Error)> {
        let mut whole = Vec::new();
        for (path, content) in files {
            let mut to = Writer(self, Vec::new());
            content(&mut to).and_then(|()| std::io::Write::flush(&mut to)).map_err(|e| (path.clone(), e))?;
            whole.push((path.clone(), to.1));
        }
        self.files.write_all(&whole)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        self.files.write(path, bytes)
    }
}

#[test]
fn a_writer_that_goes_wrong_leaves_the_right_file_or_none() {
    let row = |i: usize| format!("{},P{:02},{}\n", 2020 + i % 3, i / 3, 17 + i * 31 % 90);
    let text = "year,partner,exports\n".to_string() + &(0..60).map(row).collect::<String>();
    // What a statement writes, and into which file.
    let statements = [
        ("export exports by partner, year", "o.csv"),
        ("export exports by partner, year", "o.tsv"),
        ("export exports by partner, year", "o.json"),
        ("export exports by partner, year", "o.md"),
        ("export exports by partner, year", "o.html"),
        ("export exports by partner, year", "o.tex"),
        ("export exports by partner, year", "o.xlsx"),
        ("plot exports by year", "o.svg"),
        ("export explain exports by year", "o.html"),
    ];
    let mut refused = 0;
    for (query, out) in statements {
        let script = format!("load \"t.csv\" as t\n{query} into \"{out}\"");
        let ran = |wrong: Option<(Unwillingly, usize)>| {
            let files = Memory::default();
            files.write(Path::new("t.csv"), text.as_bytes()).unwrap();
            let files = Unwilling { files, wrong: Arc::new(Mutex::new(wrong)), calls: Arc::default() };
            let mut session = Session::new(Box::new(files.clone()), Path::new(""));
            let (mut said, mut all) = (0, true);
            session.run("test", &script, Mode::Run, &mut |_, response| {
                all &= !response.failed();
                said += usize::from(response.failed() && !response.diagnostics.is_empty());
                true
            });
            assert!(all || said > 0, "{out}, {wrong:?}: it fails without a word");
            assert_eq!(answers(&mut session, "1 + 1").0, "value,unit,flags,coverage,reason\n2,,,,\n");
            (files.read(Path::new(out)).ok(), all, files.calls.load(Ordering::Relaxed))
        };
        let (right, all, calls) = ran(None);
        assert!(all && right.as_ref().is_some_and(|bytes| bytes.len() > 100), "{query} into {out}");
        let step = (calls / 8).max(1);
        let at_calls = (1..=calls).step_by(step).chain([calls]);
        let ways = [Unwillingly::Fails, Unwillingly::Full, Unwillingly::Again, Unwillingly::Slowly];
        let cases = at_calls.flat_map(|at| ways.map(|way| (way, at))).chain([(Unwillingly::AtTheEnd, 1)]);
        for (way, at) in cases {
            let (found, all, _) = ran(Some((way, at)));
            match way {
                Unwillingly::Again | Unwillingly::Slowly => {
                    assert!(all && found == right, "{query} into {out}, {way:?} at {at}: that is no fault");
                }
                _ => {
                    assert!(!all && found.is_none(), "{query} into {out}, {way:?} at {at}: a file is there");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 50, "{refused}");
}
