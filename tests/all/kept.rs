//! Columns that are kept between runs: the same bytes with and without them, used only while they are those of the file,
//! and never wrong when they are damaged.

use super::cases::{sections, setup};
use super::tool::{Folder, Ran, root};
use std::collections::BTreeMap;
use std::io::{Cursor, ErrorKind, Read, Result};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tradeql::data::pages::{Pages, Shared};
use tradeql::session::{Body, Content, Files, Mode, Session, Shelf, Stamp};

/// One file, with a stamp as a test wants it, that counts how often it is read as text and as bytes.
struct One {
    text: Mutex<Vec<u8>>,
    stamp: Mutex<Option<Stamp>>,
    opened: AtomicUsize,
    looked_at: AtomicUsize,
}

impl One {
    fn new(text: &str) -> Arc<One> {
        let stamp =
            Stamp { size: text.len() as u64, modified: 5, changed: Some(5), number: Some((1, 1)), settled: true };
        Arc::new(One {
            text: Mutex::new(text.as_bytes().to_vec()),
            stamp: Mutex::new(Some(stamp)),
            opened: AtomicUsize::new(0),
            looked_at: AtomicUsize::new(0),
        })
    }

    fn stamp(&self, change: impl Fn(&mut Stamp)) {
        change(self.stamp.lock().unwrap().as_mut().unwrap());
    }

    /// How often the text was opened, and how many bytes were looked at, since this was asked last.
    fn counts(&self) -> (usize, usize) {
        (self.opened.swap(0, Ordering::Relaxed), self.looked_at.swap(0, Ordering::Relaxed))
    }
}

/// The file, as a session has it.
struct Held(Arc<One>);

struct Looked(Vec<u8>, Arc<One>);

impl Pages for Looked {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        self.1.looked_at.fetch_add(out.len(), Ordering::Relaxed);
        self.0.read_at(at, out)
    }
}

impl Files for Held {
    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        if path != Path::new("f.csv") {
            return Err(ErrorKind::NotFound.into());
        }
        self.0.opened.fetch_add(1, Ordering::Relaxed);
        Ok(self.0.text.lock().unwrap().clone())
    }

    fn open(&self, path: &Path) -> Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.read(path)?)))
    }

    fn size(&self, _: &Path) -> Option<u64> {
        Some(self.0.text.lock().unwrap().len() as u64)
    }

    fn stamp(&self, _: &Path) -> Option<Stamp> {
        self.0.stamp.lock().unwrap().clone()
    }

    fn pages(&self, _: &Path) -> Result<Shared> {
        Ok(Arc::new(Looked(self.0.text.lock().unwrap().clone(), Arc::clone(&self.0))))
    }

    fn write(&self, _: &Path, _: &[u8]) -> Result<()> {
        Err(ErrorKind::Unsupported.into())
    }
}

/// A shelf in memory that counts the bytes that are read from it.
#[derive(Default)]
struct Board(Mutex<BTreeMap<String, Vec<u8>>>, Arc<AtomicUsize>);

struct Counted(Vec<u8>, Arc<AtomicUsize>);

impl Pages for Counted {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        self.1.fetch_add(out.len(), Ordering::Relaxed);
        self.0.read_at(at, out)
    }
}

impl Board {
    fn named(&self, end: &str) -> (String, Vec<u8>) {
        let all = self.0.lock().unwrap();
        let (name, bytes) = all.iter().find(|(name, _)| name.ends_with(end)).unwrap();
        (name.clone(), bytes.clone())
    }
}

impl Shelf for Board {
    fn open(&self, name: &str) -> Result<Shared> {
        let bytes = self.0.lock().unwrap().get(name).cloned().ok_or(ErrorKind::NotFound)?;
        Ok(Arc::new(Counted(bytes, Arc::clone(&self.1))))
    }

    fn put(&self, name: &str, content: Content<'_>) -> Result<()> {
        let mut bytes = Vec::new();
        content(&mut bytes)?;
        self.0.lock().unwrap().insert(name.into(), bytes);
        Ok(())
    }

    fn list(&self) -> Result<Vec<(String, u64)>> {
        Ok(self.0.lock().unwrap().iter().map(|(name, bytes)| (name.clone(), bytes.len() as u64)).collect())
    }

    fn remove(&self, name: &str) -> Result<()> {
        self.0.lock().unwrap().remove(name).map(drop).ok_or(ErrorKind::NotFound.into())
    }

    fn place(&self) -> String {
        "a board".into()
    }
}

/// All that a script gives in a new session: answers and what is said, but for what is said of the keeping; and that.
fn told_by(program: &'static str, file: &Arc<One>, board: &Arc<Board>, script: &str) -> (Vec<String>, Vec<String>) {
    let mut session = Session::new(Box::new(Held(Arc::clone(file))), Path::new(""));
    session.keep_on(Arc::clone(board) as _, Box::new(|| program.into()));
    let (mut out, mut of_keeping) = (Vec::new(), Vec::new());
    session.run("test", script, Mode::Run, &mut |_, response| {
        for diagnostic in &response.diagnostics {
            let kept = diagnostic.code.slug == "saved-columns";
            let place = if kept { &mut of_keeping } else { &mut out };
            place.push(format!("{}: {}", diagnostic.code.slug, diagnostic.message));
        }
        match response.body {
            Some(Body::Value(value)) => out.push(format!("{value:?}")),
            Some(Body::Explained(all, steps)) => out.push(format!("{all:?} {steps:?}")),
            Some(Body::Done(text) | Body::Text(text)) => out.push(text),
            Some(_) => out.push("another body".into()),
            None => out.push("failed".into()),
        }
        true
    });
    (out, of_keeping)
}

fn told(file: &Arc<One>, board: &Arc<Board>, script: &str) -> (Vec<String>, Vec<String>) {
    told_by("one program", file, board, script)
}

const TEXT: &str = "year,reporter,hs,exports,weight,OBS_STATUS\n2018,CHN,8541,10.5,1,\n2018,DEU,8541,20,..,p\n\
    2019,CHN,8542,30.25,3,\n2019,DEU,0101,40,:,\n2020,CHN,8541,55,7,e\n2020,DEU,8541,60,8,\n";

const SCRIPT: &str = "load \"f.csv\" as t with { exports from exports: flow in mn USD, weight from weight: flow in kg } keep\n\
    exports by reporter for 2018\nexports where hs = 8541 by year\nweight for 2018\nunit value of exports and weight for 2020\n\
    explain exports for 2019\ndescribe t\n";

#[test]
fn the_next_start_reads_the_columns_and_not_the_text() {
    let (file, board) = (One::new(TEXT), Arc::new(Board::default()));
    let (plain, _) = told(&file, &Arc::default(), &SCRIPT.replace(" keep\n", "\n"));
    assert!(plain.len() > 6 && !plain.iter().any(|line| line == "failed"), "{plain:?}");
    file.counts();
    let (first, notes) = told(&file, &board, SCRIPT);
    assert_eq!((&first, notes.len()), (&plain, 0));
    assert!(file.counts().0 > 0);
    let (second, notes) = told(&file, &board, SCRIPT);
    assert_eq!((&second, notes.len()), (&plain, 0));
    // Only the file of declarations was looked for.
    assert_eq!(file.counts().0, 0);
}

#[test]
fn what_is_not_surely_the_same_is_read_anew() {
    let (file, board) = (One::new(TEXT), Arc::new(Board::default()));
    let (first, _) = told(&file, &board, SCRIPT);
    file.counts();
    // Another time of change alone: all bytes are looked at, they are the same, and the next time that is known.
    file.stamp(|stamp| stamp.changed = Some(6));
    assert_eq!(told(&file, &board, SCRIPT).0, first);
    let (opened, looked_at) = file.counts();
    assert!(opened == 0 && looked_at >= 2 * TEXT.len(), "{opened} {looked_at}");
    assert_eq!(told(&file, &board, SCRIPT).0, first);
    assert_eq!(file.counts(), (0, TEXT.len()));
    // A byte is changed: its size and the time that a program can set stay, the time that it cannot set does not.
    let changed = TEXT.replace("10.5", "11.5");
    *file.text.lock().unwrap() = changed.clone().into_bytes();
    file.stamp(|stamp| stamp.changed = Some(7));
    let (second, notes) = told(&file, &board, SCRIPT);
    assert!(file.counts().0 > 0 && notes.is_empty());
    assert_eq!(second, told(&One::new(&changed), &Arc::default(), &SCRIPT.replace(" keep\n", "\n")).0);
    assert_ne!(second, first);
    assert_eq!(told(&file, &board, SCRIPT).0, second);
    assert_eq!(file.counts().0, 0);
    // Another program, another name, another declaration.
    told_by("another program", &file, &board, SCRIPT);
    assert!(file.counts().0 > 0);
    told_by("another program", &file, &board, SCRIPT);
    assert_eq!(file.counts().0, 0);
    told_by("another program", &file, &board, &SCRIPT.replace("mn USD", "bn USD"));
    assert!(file.counts().0 > 0);
    told_by("another program", &file, &board, "load \"f.csv\" as u keep");
    assert!(file.counts().0 > 0);
}

#[test]
fn where_the_system_tells_no_time_of_change_all_bytes_are_looked_at() {
    let (file, board) = (One::new(TEXT), Arc::new(Board::default()));
    file.stamp(|stamp| (stamp.changed, stamp.number) = (None, None));
    let (first, _) = told(&file, &board, SCRIPT);
    file.counts();
    assert_eq!(told(&file, &board, SCRIPT).0, first);
    let (opened, looked_at) = file.counts();
    assert!(opened == 0 && looked_at >= 2 * TEXT.len(), "{opened} {looked_at}");
    *file.text.lock().unwrap() = TEXT.replace("10.5", "11.5").into_bytes();
    assert_ne!(told(&file, &board, SCRIPT).0, first);
    assert!(file.counts().0 > 0);
}

#[test]
fn what_cannot_be_known_again_is_not_kept() {
    let (file, board) = (One::new(TEXT), Arc::new(Board::default()));
    let (plain, _) = told(&file, &board, &SCRIPT.replace(" keep\n", "\n"));
    file.stamp(|stamp| stamp.settled = false);
    let (told_so, notes) = told(&file, &board, SCRIPT);
    assert!(told_so == plain && notes.len() == 1 && notes[0].contains("two seconds"), "{notes:?}");
    *file.stamp.lock().unwrap() = None;
    let (told_so, notes) = told(&file, &board, SCRIPT);
    assert!(told_so == plain && notes.len() == 1 && notes[0].contains("no file of this machine"), "{notes:?}");
    assert!(board.list().unwrap().is_empty());
}

#[test]
fn no_damaged_byte_gives_a_wrong_answer() {
    let (file, board) = (One::new(TEXT), Arc::new(Board::default()));
    let (right, _) = told(&file, &board, SCRIPT);
    let mut random = fastrand::Rng::with_seed(18);
    let mut said = 0;
    for end in [".columns", ".ticket"] {
        let (name, whole) = board.named(end);
        let flipped = (0..whole.len()).map(|at| {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << random.u8(0..8);
            bytes
        });
        let mut damaged: Vec<Vec<u8>> = flipped.collect();
        damaged.extend((0..40).map(|_| whole[..random.usize(0..whole.len())].to_vec()));
        damaged.extend((0..40).map(|n| [&whole[..], &vec![0; n + 1]].concat()));
        damaged.extend((0..40).map(|_| (0..whole.len()).map(|_| random.u8(..)).collect::<Vec<u8>>()));
        let others = board.0.lock().unwrap().clone();
        for bytes in damaged {
            *board.0.lock().unwrap() = others.clone();
            board.0.lock().unwrap().insert(name.clone(), bytes);
            let (answers, notes) = told(&file, &board, SCRIPT);
            assert_eq!(answers, right);
            said += usize::from(!notes.is_empty());
            // It is right the next time.
            let again = told(&file, &board, SCRIPT);
            assert!(again.0 == right, "{:?}", again.0);
        }
        *board.0.lock().unwrap() = others;
    }
    assert!(said > 1000, "{said}");
}

#[test]
fn a_question_reads_its_blocks_and_the_whole_is_read_once() {
    let mut text = String::from("year,reporter,partner,exports\n");
    let reporters = ["CHN", "DEU", "FRA", "GBR", "IND", "JPN", "KOR", "USA"];
    for (at, reporter) in reporters.iter().enumerate() {
        for year in 2015..2025 {
            for partner in 0..1500 {
                text.push_str(&format!("{year},{reporter},P{partner},{}.25\n", (partner * 37 + at * 11 + year) % 9973));
            }
        }
    }
    let (file, board) = (One::new(&text), Arc::new(Board::default()));
    let load = "load \"f.csv\" as t with { exports from exports: flow in mn USD }";
    let query = "exports where reporter = JPN and partner = P77 for 2019";
    let plain = |query: &str| told(&file, &Arc::default(), &format!("{load}\n{query}\n")).0;
    let kept = |query: &str| {
        board.1.store(0, Ordering::Relaxed);
        let answer = told(&file, &board, &format!("{load} keep\n{query}\n")).0;
        (answer, board.1.load(Ordering::Relaxed))
    };
    kept(query);
    let size = board.named(".columns").1.len();
    let head = kept("list settings").1;
    let (answer, read) = kept(query);
    assert_eq!(answer, plain(query));
    assert!(read - head < (size - head) / 4, "{read} of {size}, {head} of them the head");
    let all = "exports by reporter, year";
    let twice = format!("{all}\n{all}\ngrowth of exports from 2015 to 2024 by reporter");
    let (answer, read) = kept(&twice);
    assert_eq!(answer, plain(&twice));
    assert!(read < head + 2 * size, "{read} of {size}");
    // The same question many times reads the whole at last, and not again and again.
    let many = vec![query; 200].join("\n");
    let (answer, read) = kept(&many);
    assert_eq!(answer, plain(&many));
    assert!(read < head + 4 * size, "{read} of {size}");
}

fn run(cache: &Path, arguments: &[&str]) -> Ran {
    let done = Command::new(env!("CARGO_BIN_EXE_tradeql"))
        .args(arguments)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .env("XDG_CACHE_HOME", cache)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { out: text(done.stdout), err: text(done.stderr), code: done.status.code().unwrap_or(-1) }
}

#[test]
fn keeping_changes_no_byte_of_any_case() {
    let cache = Folder::new("kept-cases");
    let mut compared = 0;
    for (file, _, section) in sections() {
        let setup = setup(&section);
        run(&cache.0, &["-e", &format!("set keep = on \n{setup}")]);
        // The setting itself is another.
        let queries = section.lines().filter_map(|l| l.strip_prefix("> ")).filter(|q| *q != "list settings");
        for query in queries {
            let answer = |word: &str| {
                let ran = run(&cache.0, &["-e", &format!("set keep = {word}\n{setup}\n{query}"), "--format", "json"]);
                (ran.out, ran.err, ran.code)
            };
            assert_eq!(answer("on "), answer("off"), "{file}: {query}");
            compared += 1;
        }
    }
    assert!(compared > 60, "only {compared} cases were compared");
    let kept = std::fs::read_dir(cache.0.join("tradeql")).unwrap().count();
    assert!(kept > 40, "only {kept} files are kept");
}

#[test]
fn the_program_keeps_columns_in_the_folder_of_the_user_and_lists_and_clears_them() {
    let cache = Folder::new("kept-program");
    let load = "load \"examples/data/made_up_panel.csv\" as p";
    assert!(run(&cache.0, &["-e", &format!("{load}\np.exports for 2023")]).err.is_empty());
    assert!(!cache.0.join("tradeql").exists(), "nothing was asked to be kept");
    let sandbox = run(&cache.0, &["-e", &format!("{load} keep\np.exports for 2023"), "--sandbox", "."]);
    assert!(sandbox.code == 0 && sandbox.err.contains("there is no folder for them"), "{}", sandbox.err);
    assert!(!cache.0.join("tradeql").exists(), "a sandbox writes nothing");
    let refused = run(&cache.0, &["cache", "clear", "--sandbox", "."]);
    assert!(refused.code != 0 && refused.err.contains("nothing is kept here"), "{}", refused.err);
    assert_eq!(run(&cache.0, &["cache", "list"]).out.lines().count(), 1);
    let first = run(&cache.0, &["-e", &format!("{load} keep\np.exports for 2023")]);
    assert_eq!((first.code, first.err.as_str()), (0, ""));
    let listed = run(&cache.0, &["cache", "list"]).out;
    assert!(listed.starts_with("p: ") && listed.contains("made_up_panel.csv, 9699 rows, 0."), "{listed}");
    assert!(!root().join("examples/data").join("tradeql").exists());
    // Checking a script changes nothing.
    let script = cache.write("clear.tql", "cache clear\n");
    assert_eq!(run(&cache.0, &["check", &script]).code, 0);
    assert_eq!(run(&cache.0, &["cache", "list"]).out, listed);
    std::fs::write(cache.0.join("tradeql/notes.txt"), "somebody else's").unwrap();
    assert_eq!(run(&cache.0, &["cache", "clear"]).code, 0);
    let left: Vec<_> = std::fs::read_dir(cache.0.join("tradeql")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.txt"]);
    assert_eq!(run(&cache.0, &["cache", "remove"]).code, 2);
}
