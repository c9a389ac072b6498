//! Columns that are kept between runs, where that is asked for (`load … keep`, `set keep = on`). In: a dataset that was
//! read, or the wish to read one. Out: its columns in a file of our own, and the dataset from there as long as its file,
//! its declaration and the program are the same. Whatever is not surely the same is read anew.

use super::files::{Files, Shelf, Stamp};
use super::loading::{as_pieces, opens_at};
use super::watched::Watch;
use super::{Body, Session};
use crate::data::load::{self, Loaded, Place, io_words};
use crate::data::pages::whole;
use crate::data::saved::check;
use crate::data::saved::open::open;
use crate::data::saved::source::{Again, Saved};
use crate::data::saved::write::write;
use crate::data::work::Work;
use crate::data::{Budget, SourceError, declare};
use crate::diagnostic::{Diagnostic, codes, words};
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::ast::Name;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// Where columns are kept, and which program keeps them.
pub(super) struct Keeping {
    shelf: Arc<dyn Shelf>,
    program: Box<dyn Fn() -> String + Send + Sync>,
}

/// A dataset from its kept columns, so that it can be asked whether they were whole.
pub(super) struct FromShelf {
    name: String,
    file: String,
    entry: String,
    saved: Arc<Saved>,
}

/// What is known of the file of a dataset.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    path: PathBuf,
    stamp: Stamp,
    samples: u64,
    whole: u64,
}

/// What stands beside kept columns: of what they are, and when they are those of the same thing.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ticket {
    file: String,
    name: String,
    rows: usize,
    /// Program, name, path and declaration.
    identity: String,
    known: Vec<Known>,
    /// The checksum of the columns.
    columns: u64,
}

/// Places at which files are looked at, all together.
const SAMPLES: u64 = 64;
/// A ticket is no longer than this.
const LONGEST: u64 = 64 << 20;

/// Why kept columns are not used.
enum Lack {
    /// There are none, or not of these files as they are now.
    None,
    /// They are not as they were written.
    Damaged,
}

fn ticket_name(entry: &str) -> String {
    format!("{entry}.ticket")
}

fn columns_name(entry: &str) -> String {
    format!("{entry}.columns")
}

impl Keeping {
    fn ticket(&self, entry: &str) -> Result<Ticket, Lack> {
        let pages = self.shelf.open(&ticket_name(entry)).map_err(|_| Lack::None)?;
        let bytes = whole(&*pages, LONGEST).map_err(|_| Lack::Damaged)?;
        let (sum, text) = bytes.split_first_chunk::<8>().ok_or(Lack::Damaged)?;
        if u64::from_le_bytes(*sum) != check::of(text) {
            return Err(Lack::Damaged);
        }
        serde_json::from_slice(text).map_err(|_| Lack::Damaged)
    }

    fn put_ticket(&self, entry: &str, ticket: &Ticket) -> std::io::Result<()> {
        let text = serde_json::to_vec(ticket)?;
        let sum = check::of(&text).to_le_bytes();
        let content = |to: &mut dyn std::io::Write| to.write_all(&sum).and_then(|()| to.write_all(&text));
        self.shelf.put(&ticket_name(entry), Box::new(content))
    }

    fn forget(&self, entry: &str) {
        // The ticket goes first: columns without one are used by nobody.
        let _ = self.shelf.remove(&ticket_name(entry));
        let _ = self.shelf.remove(&columns_name(entry));
    }
}

fn samples(files: &dyn Files, path: &std::path::Path, count: usize) -> std::io::Result<u64> {
    check::of_samples(&*files.pages(path)?, SAMPLES / count.max(1) as u64)
}

/// Stamps of files; else why they cannot be known again.
fn stamps(files: &dyn Files, paths: &[PathBuf]) -> Result<Vec<Stamp>, &'static str> {
    let of = |path: &PathBuf| {
        if files.waits(path) {
            return Err("what comes through a pipe cannot be known again");
        }
        files.stamp(path).ok_or("it is no file of this machine")
    };
    paths.iter().map(of).collect()
}

/// Whether files are as they were.
fn are_same(files: &dyn Files, paths: &[PathBuf], before: &[Stamp]) -> bool {
    let same = |now: Vec<Stamp>| now.len() == before.len() && now.iter().zip(before).all(|(a, b)| a.is_same(b));
    stamps(files, paths).is_ok_and(same)
}

impl Session {
    /// Keeps columns on this shelf, when a statement asks for it; `program` tells one program from another that might
    /// understand a file otherwise, and is asked only where columns are kept.
    pub fn keep_on(&mut self, shelf: Arc<dyn Shelf>, program: Box<dyn Fn() -> String + Send + Sync>) {
        self.keeping = Some(Keeping { shelf, program });
    }

    /// A dataset from its kept columns; else from its file, and then they are kept.
    pub(super) fn read_kept(
        &mut self,
        path: &str,
        place: &Place<'_>,
        spec: &declare::Spec,
        said: &mut Vec<Diagnostic>,
    ) -> Result<Loaded, Fault> {
        let note = |message: String| Diagnostic::new(&codes::SAVED_COLUMNS, place.span, message);
        let not_kept = |why: &str| note(format!("the columns of `{}` are not kept: {why}", place.file));
        let Some(keeping) = &self.keeping else {
            said.push(not_kept("there is no folder for them"));
            return self.read(path, place, spec);
        };
        let paths: Vec<PathBuf> = self.found(path, place.span)?.1.iter().map(|path| self.files.real(path)).collect();
        let before = match stamps(&*self.files, &paths) {
            Ok(before) => before,
            Err(why) => {
                said.push(not_kept(why));
                return self.read(path, place, spec);
            }
        };
        let listed: Vec<String> = paths.iter().map(|p| p.to_string_lossy().into_owned()).collect();
        let identity = [&(keeping.program)(), place.name, place.file, &spec.said, &listed.join("\n")].join("\u{0}");
        let entry = format!("{:016x}", check::of(identity.split_once('\u{0}').map_or("", |(_, of)| of).as_bytes()));
        match self.fetched(place, (spec, &paths, &before), (&entry, &identity)) {
            Ok(loaded) => return Ok(loaded),
            Err(Lack::Damaged) => {
                said.push(note(format!("the kept columns of `{}` were damaged, so the file was read", place.file)));
            }
            Err(Lack::None) => {}
        }
        // All of it is read: what is kept answers all questions.
        let asked = self.asked.take();
        let loaded = self.read(path, place, spec);
        self.asked = asked;
        let loaded = loaded?;
        if let Err(why) = self.keep(place, &loaded, (&paths, before), (&entry, identity)) {
            said.push(not_kept(&why));
        }
        Ok(loaded)
    }

    /// Puts the columns of a dataset on the shelf; else says why not.
    fn keep(
        &self,
        place: &Place<'_>,
        loaded: &Loaded,
        (paths, before): (&[PathBuf], Vec<Stamp>),
        (entry, identity): (&str, String),
    ) -> Result<(), String> {
        let (Some(keeping), Some(store)) = (&self.keeping, &loaded.rows) else {
            return Err("it is larger than the memory it may take".into());
        };
        if before.iter().any(|stamp| !stamp.settled) {
            return Err("it was changed less than two seconds ago; they will be the next time".into());
        }
        let words = |e: std::io::Error| io_words(&e);
        let mut known = Vec::new();
        for (path, stamp) in paths.iter().zip(&before) {
            let pages = self.files.pages(path).map_err(words)?;
            let whole = check::of_file(&*pages, &self.budget).map_err(words)?;
            let samples = samples(&*self.files, path, paths.len()).map_err(words)?;
            known.push(Known { path: path.clone(), stamp: stamp.clone(), samples, whole });
        }
        // What was written to while it was read may be of two states.
        if !are_same(&*self.files, paths, &before) {
            return Err("it was changed while it was read".into());
        }
        let content = |to: &mut dyn std::io::Write| write(store, &loaded.doubts, to);
        keeping.shelf.put(&columns_name(entry), Box::new(content)).map_err(words)?;
        let columns = keeping.shelf.open(&columns_name(entry)).map_err(words)?;
        let columns = open(&columns).ok_or("they could not be read again")?.sum;
        let (file, name) = (place.file.to_string(), place.name.to_string());
        let ticket = Ticket { file, name, rows: loaded.info().rows, identity, known, columns };
        keeping.put_ticket(entry, &ticket).map_err(words)
    }

    /// A dataset from its kept columns, if they are of these files as they are now.
    fn fetched(
        &mut self,
        place: &Place<'_>,
        (spec, paths, now): (&declare::Spec, &[PathBuf], &[Stamp]),
        (entry, identity): (&str, &str),
    ) -> Result<Loaded, Lack> {
        let Some(keeping) = &self.keeping else { return Err(Lack::None) };
        let mut ticket = keeping.ticket(entry)?;
        if ticket.identity != identity || ticket.known.len() != paths.len() {
            return Err(Lack::None);
        }
        let mut renewed = false;
        for ((known, path), now) in ticket.known.iter_mut().zip(paths).zip(now) {
            if known.path != *path || known.stamp.size != now.size {
                return Err(Lack::None);
            }
            let samples = samples(&*self.files, path, paths.len()).map_err(|_| Lack::None)?;
            if samples != known.samples {
                return Err(Lack::None);
            }
            // Where anything speaks for a change, or nothing can speak against one, all of the file is looked at.
            if known.stamp.is_same(now) && now.changed.is_some() {
                continue;
            }
            let pages = self.files.pages(path).map_err(|_| Lack::None)?;
            if check::of_file(&*pages, &self.budget).map_err(|_| Lack::None)? != known.whole {
                return Err(Lack::None);
            }
            if now.settled && !known.stamp.is_same(now) {
                (known.stamp, renewed) = (now.clone(), true);
            }
        }
        if renewed && are_same(&*self.files, paths, now) {
            // If it cannot be written, the file is looked at again the next time.
            let _ = keeping.put_ticket(entry, &ticket);
        }
        let columns = keeping.shelf.open(&columns_name(entry)).map_err(|_| Lack::None)?;
        let opened = open(&columns).ok_or(Lack::Damaged)?;
        if opened.sum != ticket.columns {
            return Err(Lack::None);
        }
        let (saved, doubts) = Saved::new(opened, self.again(place, spec, paths, now));
        let saved = Arc::new(saved);
        let (name, file, entry) = (place.name.to_string(), place.file.to_string(), entry.to_string());
        self.from_shelf.retain(|other| other.name != name);
        self.from_shelf.push(FromShelf { name, file, entry, saved: Arc::clone(&saved) });
        Ok(Loaded::of(saved, doubts))
    }

    /// Reads the file of a dataset when its kept columns turn out to be damaged.
    fn again(&self, place: &Place<'_>, spec: &declare::Spec, paths: &[PathBuf], now: &[Stamp]) -> Again {
        let (name, file, span) = (place.name.to_string(), place.file.to_string(), place.span);
        let (files, spec, paths, now) = (Arc::clone(&self.files), spec.clone(), paths.to_vec(), now.to_vec());
        let most = self.max_memory;
        Box::new(move |budget: &Budget| {
            let changed = || SourceError::Failed(format!("`{file}` has changed since it was loaded; load it again"));
            let unchanged = || are_same(&*files, &paths, &now);
            if !unchanged() {
                return Err(changed());
            }
            let watch = |size| Watch { budget: budget.clone(), size, most };
            let sizes: Vec<Option<u64>> = now.iter().map(|stamp| Some(stamp.size)).collect();
            let opener = |path: PathBuf, size: Option<u64>| {
                let (files, watch) = (Arc::clone(&files), watch(size));
                let at = Some(opens_at(&files, &path));
                (Box::new(move || files.open(&path).map(|file| watch.over(file))) as _, at)
            };
            let pieces = as_pieces((&file, paths.len() > 1), (&paths, &sizes), most, opener);
            let work = Work { threads: budget.threads(), budget, progress: &|_| () };
            let place = Place { name: &name, file: &file, span };
            let loaded = load::load(&place, &pieces, &spec, None, work);
            let loaded = loaded.map_err(|fault| SourceError::Failed(fault.message.clone()))?;
            if unchanged() { Ok(loaded.source) } else { Err(changed()) }
        })
    }

    /// Notes on kept columns that turned out to be damaged in this statement; they are not used again.
    pub(super) fn say_damaged(&mut self, span: Span, said: &mut Vec<Diagnostic>) {
        for one in self.from_shelf.iter().filter(|one| one.saved.was_damaged()) {
            let message = format!("the kept columns of `{}` were damaged, so the file was read", one.file);
            said.push(Diagnostic::new(&codes::SAVED_COLUMNS, span, message));
            if let Some(keeping) = &self.keeping {
                keeping.forget(&one.entry);
            }
        }
    }

    /// `cache list`, `cache clear`.
    pub(super) fn cache(&mut self, word: &Name, clears: bool) -> Result<Body, Fault> {
        let none = "no columns are kept; `load … keep` or `set keep = on` keeps them\n";
        let fail = |message: String| Box::new(Diagnostic::new(&codes::NOT_LOADED, word.span, message));
        let list = word.node.eq_ignore_ascii_case("list");
        let Some(keeping) = &self.keeping else {
            return Err(fail("nothing is kept here: there is no folder for it".into()));
        };
        let unread = |e: std::io::Error| fail(format!("`{}` cannot be read: {}", keeping.shelf.place(), io_words(&e)));
        let all = keeping.shelf.list().map_err(unread)?;
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        if list {
            let mut out = String::new();
            for (entry, _) in all.iter().filter_map(|(name, size)| Some((name.strip_suffix(".ticket")?, size))) {
                let size = all.iter().find(|(name, _)| *name == columns_name(entry)).map_or(0, |(_, size)| *size);
                let line = match keeping.ticket(entry) {
                    Ok(Ticket { known, name, rows, .. }) => {
                        let of = known.first().map(|k| k.path.to_string_lossy().into_owned()).unwrap_or_default();
                        let more = known.len().saturating_sub(1);
                        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                        let rows = words::counted(rows, "row");
                        format!(
                            "{name}: {}{more}, {rows}, {}",
                            crate::diagnostic::visible::visible(&of),
                            megabytes(size)
                        )
                    }
                    Err(_) => format!("{entry}: damaged, {}", megabytes(size)),
                };
                out.push_str(&line);
                out.push('\n');
            }
            return Ok(Body::Text(if out.is_empty() { none.into() } else { out }));
        }
        let size: u64 = all.iter().map(|(_, size)| size).sum();
        if clears {
            for (name, _) in &all {
                keeping.shelf.remove(name).map_err(unread)?;
            }
        }
        Ok(Body::Done(format!("{} taken away, {}", words::counted(all.len(), "file"), megabytes(size))))
    }
}
