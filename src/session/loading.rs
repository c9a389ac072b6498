//! Files into datasets: which files a statement names, what declares them, and what the loader said of them.

use super::tables::{self, Table, Where};
use super::watched::{Spool, Watch};
use super::{Body, Files, Session};
use crate::data::declare;
use crate::data::load::inspect::{self, Inspection};
use crate::data::load::stream::Stream;
use crate::data::load::{self, Loaded, Place, io_words};
use crate::data::pages::Shared;
use crate::data::sifted::Beyond;
use crate::data::sql;
use crate::data::sql::copy::Copied;
use crate::data::table::Piece;
use crate::data::table::open::SAMPLE;
use crate::data::table::origin::{Form, Origin};
use crate::data::work::Work;
use crate::data::{Named, Source};
use crate::diagnostic::words::megabytes;
use crate::diagnostic::{Diagnostic, codes, words};
use crate::span::Span;
use crate::syntax::ast::Name;
use crate::syntax::limits::MAX_SCRIPT;
use crate::syntax::{self, Fault, format};
use std::io::{Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A dataset of which only what a script asks for was read.
#[derive(Clone, Debug)]
pub(super) struct Partial {
    base: PathBuf,
    path: String,
    name: String,
    span: Span,
    spec: declare::Spec,
    /// Whether more was asked of it than was read.
    beyond: Beyond,
}

impl Partial {
    /// Whether more was asked of it than was read.
    pub(super) fn is_beyond(&self) -> bool {
        self.beyond.load(Ordering::Relaxed)
    }
}

/// A name for a file that was given none: its stem, as a word.
fn dataset_name(path: &str) -> String {
    let stem = Path::new(path).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let word: String = stem.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let digit = word.starts_with(|c: char| c.is_ascii_digit());
    if word.is_empty() || digit { format!("data_{word}") } else { word }
}

/// Opens a file, as often as it is asked for.
pub(super) type Open = Box<dyn Fn() -> std::io::Result<Box<dyn Read + Send>> + Sync>;
/// Opens a file so that it is read at any place.
pub(super) type At = Box<dyn Fn() -> std::io::Result<Shared> + Sync>;

/// Opens a file at any place.
pub(super) fn opens_at(files: &Arc<dyn Files>, path: &Path) -> At {
    let (files, path) = (Arc::clone(files), path.to_path_buf());
    Box::new(move || files.pages(&path))
}

/// The files of a dataset as they are read; those of a pattern are called by their own names.
pub(super) fn as_pieces<'a>(
    (path, pattern): (&str, bool),
    (files, sizes): (&[PathBuf], &[Option<u64>]),
    most: u64,
    open: impl Fn(PathBuf, Option<u64>) -> (Open, Option<At>),
) -> Vec<Piece<'a>> {
    let own = |f: &Path| f.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let piece = |(f, size): (&PathBuf, &Option<u64>)| {
        let (open, pages) = open(f.clone(), *size);
        let pages = pages.map(|at| at as _);
        let name = if pattern { own(f) } else { path.to_string() };
        Piece { name, size: *size, most, in_parts: false, open, pages }
    };
    files.iter().zip(sizes).map(piece).collect()
}

/// Told how many bytes of how many are read; none before the first and after the last.
pub type Progress = Box<dyn Fn(u64, Option<u64>) + Send + Sync>;

impl Session {
    /// Reads files as a dataset. A file of the same name with `.with` added declares it, if the statement does not.
    ///
    /// # Errors
    /// The file is not there, is no table, or is not as it is declared; the session is as before.
    pub fn load(
        &mut self,
        path: &str,
        name: &str,
        spec: Option<declare::Spec>,
        span: Span,
        said: &mut Vec<Diagnostic>,
    ) -> Result<Body, Fault> {
        let keeps = self.catalogue.settings.keep;
        self.load_so((path, name), spec, keeps, span, said)
    }

    /// As [`Session::load`], with columns that are kept or not.
    pub(super) fn load_so(
        &mut self,
        (path, name): (&str, &str),
        spec: Option<declare::Spec>,
        keeps: bool,
        span: Span,
        said: &mut Vec<Diagnostic>,
    ) -> Result<Body, Fault> {
        let spec = self.declared(path, spec, span)?;
        if spec.table.is_some() {
            return self.load_codes(path, name, &spec, span);
        }
        let shown = self.shown(path, span)?;
        let place = Place { file: &shown, name, span };
        // A table stays where it is.
        let keeps = keeps && matches!(self.place_of(path, span)?, Where::Files(_));
        let loaded = if keeps { self.read_kept(path, &place, &spec, said)? } else { self.read(path, &place, &spec)? };
        said.extend(loaded.doubts.iter().map(|d| d.diagnostic(span, &shown)));
        let info = loaded.info();
        let series: Vec<String> = info.measures.iter().map(|m| m.name.to_string()).collect();
        let extent = info.periods.iter().copied().reduce(crate::value::Period::span);
        let text = format!(
            "{name}: {}, {}, series {}",
            words::counted(info.rows, "row"),
            extent.map(|e| e.to_string()).unwrap_or_default(),
            series.join(", ")
        );
        for file in self.found(path, span)?.1 {
            self.protect(&file);
        }
        let declaration = self.declaration_file(path);
        self.inputs.extend(declaration.map(|file| self.files.real(&file)));
        self.partial.retain(|p| p.name != name);
        if let Some(beyond) = loaded.partial {
            let base = self.base.clone();
            self.partial.push(Partial { base, path: path.to_string(), name: name.to_string(), span, spec, beyond });
            self.parts_read += 1;
        }
        self.catalogue.datasets.insert(name.to_string(), loaded.source);
        self.places.insert(name.to_string(), (self.base.clone(), path.to_string()));
        Ok(Body::Done(text))
    }

    /// The name of a file that was given none; another file of that name is not put away by chance.
    pub(super) fn free_dataset_name(&self, path: &Name) -> Result<String, Fault> {
        let name = dataset_name(&self.stem(&path.node).unwrap_or_else(|| path.node.clone()));
        let known = self.catalogue.datasets.get(&name).map(|s| s.info().file.clone());
        let shown = self.shown(&path.node, path.span)?;
        let Some(other) = known.filter(|file| *file != shown) else { return Ok(name) };
        let message = format!("`{name}` is already loaded, from `{other}`");
        let fault = Diagnostic::new(&codes::AMBIGUOUS_NAME, path.span, message);
        let as_text = format::quoted(&path.node);
        Err(Box::new(fault.advice(format!("`load {as_text} as NAME` gives it a name of its own"))))
    }

    /// Takes a source that is no file under a name, in place of what had the name.
    ///
    /// # Errors
    /// What the source says of itself cannot be: codes out of order, places that are not there.
    pub fn attach(&mut self, name: &str, source: Arc<dyn Source>) -> Result<(), Fault> {
        if let Some(flaw) = source.info().flaw() {
            let span = self.argument("attach", name);
            return Err(Box::new(Diagnostic::new(&codes::BAD_DATA, span, flaw)));
        }
        let called_so = source.info().name.as_ref() == name;
        let source = if called_so { source } else { Arc::new(Named::new(name, source)) };
        self.partial.retain(|p| p.name != name);
        self.catalogue.datasets.insert(name.to_string(), source);
        Ok(())
    }

    /// How often only a part of a file was read, at first.
    pub fn parts_read(&self) -> usize {
        self.parts_read
    }

    /// Reads whole what was read in part.
    pub(super) fn complete(&mut self) -> Result<(), Fault> {
        self.asked = None;
        let partial = std::mem::take(&mut self.partial);
        let base = self.base.clone();
        let done = partial.into_iter().try_for_each(|Partial { base, path, name, span, spec, .. }| {
            self.base = base;
            self.load(&path, &name, Some(spec), span, &mut Vec::new()).map(|_| ())
        });
        self.base = base;
        done
    }

    /// Into memory where that fits; else the source that reads the file for each question.
    pub(super) fn read(&self, path: &str, place: &Place<'_>, spec: &declare::Spec) -> Result<Loaded, Fault> {
        let files = match self.place_of(path, place.span)? {
            Where::Files(files) => files,
            Where::Table(table) => return self.read_table(&table, place, spec),
        };
        let full = self.base.join(&files);
        // A row takes less in memory than as text; while it is read, half as much again.
        let size = self.files.size(&full).filter(|_| files != "-" && !files.contains(['*', '?']));
        if size.is_none_or(|s| s <= self.max_memory.max(SAMPLE as u64)) {
            return self.with_files(path, place.span, |pieces, work| {
                // What comes through a pipe comes once: all of it is taken.
                let asked = self.asked.as_ref().filter(|_| pieces.iter().all(|p| p.size.is_some()));
                load::load(place, pieces, spec, asked, work)
            });
        }
        let files = self.files.clone();
        let progress = |read: u64| {
            if let Some(tell) = &self.progress {
                tell(read, size);
            }
        };
        let work = Work { threads: self.budget.threads(), budget: &self.budget, progress: &progress };
        progress(0);
        let watch = self.watch(size);
        let open = move || files.open(&full).map(|file| watch.over(file));
        let opened = Stream::open(place, Arc::new(open), spec, work, self.max_memory);
        progress(0);
        opened
    }

    /// A small table, through the loader of files.
    fn read_table(&self, table: &Table, place: &Place<'_>, spec: &declare::Spec) -> Result<Loaded, Fault> {
        let copied = self.copied(table, place.span)?;
        let spec = tables::of_a_table(spec, &copied.columns);
        if copied.rows == 0 {
            let fault = Diagnostic::new(&codes::BAD_DATA, place.span, "the table has no rows");
            return Err(Box::new(fault.at_file(place.file, None)));
        }
        if copied.rows > self.copied_rows || !copied.is_whole {
            let work = Work { threads: self.budget.threads(), budget: &self.budget, progress: &|_| () };
            return sql::load::load(place, (table.engine.clone(), &table.name), &copied, &spec, work);
        }
        self.with_copy(copied, place.file, |pieces, work| load::load(place, pieces, &spec, None, work))
    }

    /// The text of a table as the one file that it is.
    fn with_copy<T>(
        &self,
        copied: Copied,
        shown: &str,
        read: impl FnOnce(&[Piece<'_>], Work<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let text: Arc<[u8]> = copied.text.into();
        let open = Box::new(move || Ok(Box::new(Cursor::new(Arc::clone(&text))) as Box<dyn Read + Send>));
        let piece = Piece { name: shown.to_string(), size: None, most: u64::MAX, in_parts: false, open, pages: None };
        let work = Work { threads: self.budget.threads(), budget: &self.budget, progress: &|_| () };
        read(&[piece], work)
    }

    /// Looks at files without loading them; `each` is given the inspection, then every row as understood.
    ///
    /// # Errors
    /// The file is not there, or is no table at all; a table that is no dataset is understood as one.
    pub fn inspect(
        &mut self,
        path: &str,
        raw: bool,
        span: Span,
        begin: &mut dyn FnMut(&Inspection),
        each: &mut dyn FnMut(Vec<Option<String>>) -> bool,
    ) -> Result<Inspection, Fault> {
        let mut spec = self.declared(path, None, span)?;
        let shown = self.shown(path, span)?;
        let place = Place { file: &shown, name: "data", span };
        let copied = match self.place_of(path, span)? {
            Where::Files(_) => None,
            Where::Table(table) => Some((self.copied(&table, span)?, table.engine.dialect())),
        };
        self.settle();
        let rows = copied.as_ref().filter(|(c, _)| !c.is_whole).map(|(c, _)| c.rows);
        let dialect = copied.as_ref().map(|(_, dialect)| *dialect);
        if let Some((copied, _)) = &copied {
            spec = tables::of_a_table(&spec, &copied.columns);
        }
        let look = |pieces: &[Piece<'_>], work: Work<'_>| {
            let mut found = inspect::inspect(&place, pieces, &spec, raw, work)?;
            if let Some(dialect) = dialect {
                found.origin = Origin { form: Form::Database(dialect.name()), ..Origin::PLAIN };
            }
            if let Some(rows) = rows {
                found.notes.push(format!("the table has more rows than the {rows} that were looked at"));
            }
            begin(&found);
            found.rows(pieces, work.budget, each).map_err(|s| load::fault_of(s, &place))?;
            Ok(found)
        };
        match copied {
            Some((copied, _)) => self.with_copy(copied, &shown, look),
            None => self.with_files(path, span, look),
        }
    }

    pub(super) fn with_files<T>(
        &self,
        path: &str,
        span: Span,
        read: impl FnOnce(&[Piece<'_>], Work<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let (pattern, files) = self.found(path, span)?;
        if let (true, Where::Table(table)) = (files.is_empty(), self.place_of(path, span)?) {
            let copied = self.copied(&table, span)?;
            return self.with_copy(copied, &self.shown(path, span)?, read);
        }
        let sizes: Vec<Option<u64>> = files.iter().map(|f| self.files.size(f)).collect();
        let total = sizes.iter().copied().sum::<Option<u64>>();
        // One file is read part by part; several are held.
        if files.len() > 1
            && let Some(all) = total.filter(|all| *all > self.max_memory)
        {
            let message =
                format!("the {} files of `{path}` have {} MB, more than the limit", files.len(), megabytes(all));
            let fault = Diagnostic::new(&codes::NOT_LOADED, span, message);
            let advice =
                format!("`--max-memory` is {} MB; load fewer of them, or one larger file", megabytes(self.max_memory));
            return Err(Box::new(fault.advice(advice)));
        }
        let progress = |read: u64| {
            if let Some(tell) = &self.progress {
                tell(read, total);
            }
        };
        let pieces = as_pieces((path, pattern), (&files, &sizes), self.max_memory, |f, size| {
            let at = (!self.files.waits(&f)).then(|| opens_at(&self.files, &f));
            (self.opener(f, size), at)
        });
        progress(0);
        let done = read(&pieces, Work { threads: self.budget.threads(), budget: &self.budget, progress: &progress });
        progress(0);
        done
    }

    fn watch(&self, size: Option<u64>) -> Watch {
        Watch { budget: self.budget.clone(), size, most: self.max_memory }
    }

    /// Opens a file, as often as it is asked for.
    fn opener(&self, path: PathBuf, size: Option<u64>) -> Open {
        let (watch, files) = (self.watch(size), Arc::clone(&self.files));
        if !files.waits(&path) {
            return Box::new(move || files.open(&path).map(|file| watch.over(file)));
        }
        let spool = if path == Path::new("-") { Arc::clone(&self.stdin) } else { Arc::default() };
        Box::new(move || {
            let spool = spool.get_or_init(|| Spool::begin(Arc::clone(&files), path.clone()));
            Ok(watch.over(Spool::reader(spool, watch.budget.clone())))
        })
    }

    /// The bytes of a script or a declaration.
    pub(super) fn small_file(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let open = self.opener(path.to_path_buf(), self.files.size(path));
        open()?.take(MAX_SCRIPT as u64 + 1).read_to_end(&mut bytes)?;
        let too_long = || std::io::Error::other(format!("it is longer than {} MB", MAX_SCRIPT >> 20));
        if bytes.len() > MAX_SCRIPT { Err(too_long()) } else { Ok(bytes) }
    }

    /// The files that a name stands for, and whether it is a pattern or a folder.
    pub(super) fn found(&self, path: &str, span: Span) -> Result<(bool, Vec<PathBuf>), Fault> {
        let fail = |message: String| -> Fault { Box::new(Diagnostic::new(&codes::NOT_LOADED, span, message)) };
        let real = match self.place_of(path, span)? {
            Where::Files(files) => files,
            Where::Table(_) => return Ok((false, Vec::new())),
        };
        let path = real.as_str();
        let mut full = if path == "-" { PathBuf::from("-") } else { self.base.join(path) };
        let folder = self.files.is_folder(&full);
        if folder {
            full.push("*.parquet");
        }
        let pattern = folder || path.contains(['*', '?']);
        let files = if pattern {
            let found =
                self.files.matching(&full).map_err(|e| fail(format!("`{path}` cannot be read: {}", io_words(&e))))?;
            let data = |p: &PathBuf| p.extension().is_none_or(|e| e != "with");
            found.into_iter().filter(data).collect()
        } else {
            vec![full]
        };
        if files.is_empty() {
            let message = format!("no file is called `{path}`");
            return Err(fail(if folder { format!("the folder `{path}` holds no Parquet file") } else { message }));
        }
        Ok((pattern, files))
    }

    /// The file that declares what is in another, if there may be one.
    fn declaration_file(&self, path: &str) -> Option<PathBuf> {
        if let Some(of_table) = self.declaration_of_table(path) {
            return Some(self.base.join(of_table));
        }
        if path == "-" || path.contains(['*', '?']) {
            return None;
        }
        let mut file = self.base.join(path).into_os_string();
        file.push(".with");
        Some(file.into())
    }

    fn declared(&mut self, path: &str, spec: Option<declare::Spec>, span: Span) -> Result<declare::Spec, Fault> {
        if let Some(spec) = spec {
            return Ok(spec);
        }
        let Some(file) = self.declaration_file(path) else { return Ok(declare::Spec::default()) };
        let bytes = match self.small_file(&file) {
            Ok(bytes) => bytes,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(declare::Spec::default());
            }
            // What a declaration says is not left out in silence.
            Err(e) => {
                let message = format!("`{path}.with` cannot be read: {}", io_words(&e));
                return Err(Box::new(Diagnostic::new(&codes::BAD_DECLARATION, span, message)));
            }
        };
        let text = String::from_utf8(bytes).map_err(|_| {
            Box::new(Diagnostic::new(&codes::BAD_DECLARATION, span, format!("`{path}.with` is not UTF-8")))
        })?;
        let id = self.sources.add(&format!("{path}.with"), &text);
        let declaration = syntax::parse_declaration(id, &text)?;
        declare::check(&declaration, Span::new(id, 0, text.len()))
    }
}
