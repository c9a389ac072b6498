//! The one way into the library: a session holds what has been loaded and named and runs statements. A failed
//! statement leaves no trace. Prints nothing and reads only the files that statements name, through [`Files`].

use self::plots::Plot;
use crate::data::Budget;
use crate::data::declare;
use crate::data::meaning::asked::{Asked, LEAST_ROWS};
use crate::data::sql::Databases;
use crate::diagnostic::words;
use crate::plan::catalogue::Catalogue;
use crate::span::{SourceId, Sources, Span};
use crate::syntax::ast::Statement;
use crate::syntax::{self, Fault, Parsed};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

mod answers;
mod books;
mod checks;
mod code_tables;
mod declaring;
mod defining;
mod exports;
mod files;
mod handouts;
mod indicators;
mod keeping;
pub mod lists;
mod loading;
mod look;
mod meant;
mod named;
mod offers;
mod params;
mod plots;
mod response;
mod rewrites;
mod running;
mod scripts;
pub mod settings;
mod stories;
mod story_data;
mod tables;
mod targets;
pub mod topics;
mod typed;
mod verdict;
mod watched;

pub use files::{Content, Files, Shelf, Stamp};
pub use loading::Progress;
pub use response::{Body, Response};
pub use stories::{StoryAsked, StoryRead};
pub use verdict::{Failed, Verdict};

/// Loaded data, names, settings.
///
/// Load and ask:
///
/// ```
/// use std::path::Path;
/// use tradeql::session::{Body, Files, Mode, Session};
///
/// /// One small file in memory.
/// struct One;
///
/// impl Files for One {
///     fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
///         let text = "year,exports\n2018,846.4\n2019,1015.2\n";
///         if path.ends_with("ic.csv") { Ok(text.into()) } else { Err(std::io::ErrorKind::NotFound.into()) }
///     }
///
///     fn write(&self, _: &Path, _: &[u8]) -> std::io::Result<()> {
///         Err(std::io::ErrorKind::Unsupported.into())
///     }
/// }
///
/// let mut session = Session::new(Box::new(One), Path::new(""));
/// let script = "load \"ic.csv\" as ic with { period from year, exports from exports: flow in bn CNY }\n\
///               growth of exports from 2018 to 2019";
/// let mut answers = Vec::new();
/// session.run("example", script, Mode::Run, &mut |_, response| {
///     assert!(!response.failed(), "{:?}", response.diagnostics);
///     if let Some(Body::Value(value)) = response.body {
///         answers.extend(value.rows.iter().map(|row| row.datum()));
///     }
///     true
/// });
/// assert!(matches!(answers.as_slice(), [Ok(percent)] if (percent - 19.94).abs() < 0.01));
/// ```
///
/// Attach a source, that is, whatever answers the one question:
///
/// ```
/// # use std::path::{Path, PathBuf};
/// # use std::sync::Arc;
/// # use tradeql::data::{
/// #     Aggregate, AggregateRequest, AggregateRow, Budget, DatasetInfo, Meaning, MeasureInfo, Observation, Source,
/// #     SourceError, Total,
/// # };
/// # use tradeql::session::{Body, Mode, Session};
/// # use tradeql::value::{Flags, Kind, Unit, period};
/// /// One number for each year, and no dimension.
/// #[derive(Debug)]
/// struct Doubling(DatasetInfo);
///
/// impl Source for Doubling {
///     fn info(&self) -> &DatasetInfo {
///         &self.0
///     }
///
///     fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
///         budget.check()?;
///         let asked = self.0.periods.iter().zip(0u32..).filter(|(p, _)| request.within.is_none_or(|w| w.contains(**p)));
///         let row = |(period, power): (&period::Period, u32)| AggregateRow {
///             key: Default::default(),
///             period: *period,
///             total: Total::Exact(1 << power),
///             count: 1,
///             rows: 1,
///             reason: None,
///             flags: Flags::default(),
///         };
///         Ok(Aggregate { dims: Vec::new(), rows: asked.map(row).collect(), places: 0 })
///     }
///
///     fn explain(&self, _: &AggregateRequest, _: usize, _: &Budget) -> Result<Vec<Observation>, SourceError> {
///         Ok(Vec::new())
///     }
/// }
///
/// let years = ["2018", "2019", "2020"].into_iter().filter_map(period::parse_fixed);
/// let measure = MeasureInfo::new("chips", Meaning::new(Kind::Flow, Unit::parse("mn USD").unwrap_or_default()));
/// let info = DatasetInfo::new("doubling", Vec::new(), vec![measure], years);
///
/// # struct NoFiles;
/// # impl tradeql::session::Files for NoFiles {
/// #     fn read(&self, _: &Path) -> std::io::Result<Vec<u8>> {
/// #         Err(std::io::ErrorKind::NotFound.into())
/// #     }
/// #     fn write(&self, _: &Path, _: &[u8]) -> std::io::Result<()> {
/// #         Err(std::io::ErrorKind::Unsupported.into())
/// #     }
/// # }
/// let mut session = Session::new(Box::new(NoFiles), Path::new(""));
/// session.attach("d", Arc::new(Doubling(info))).expect("it says nothing that cannot be");
/// session.run("example", "growth of d.chips from 2018 to 2020", Mode::Run, &mut |_, response| {
///     let Some(Body::Value(value)) = response.body else { panic!("{:?}", response.diagnostics) };
///     assert!(value.rows.iter().all(|row| row.datum() == Ok(300.0)));
///     true
/// });
/// ```
pub struct Session {
    /// All texts that were run.
    pub sources: Sources,
    /// Everything that has a name.
    pub catalogue: Catalogue,
    /// Values for the parameters of scripts.
    pub arguments: BTreeMap<String, String>,
    /// Stops a statement from outside, and says how many threads it may take.
    pub budget: Budget,
    /// Whether an export may replace a file that is there.
    pub overwrite: bool,
    /// Whether it writes nothing.
    reads_only: bool,
    /// What was read, so that no export replaces it.
    inputs: BTreeSet<PathBuf>,
    /// Workbooks that were written, which may take sheets more.
    books: BTreeMap<PathBuf, books::Book>,
    progress: Option<Progress>,
    /// Where columns are kept, if anywhere.
    keeping: Option<keeping::Keeping>,
    /// The datasets that come from there.
    from_shelf: Vec<keeping::FromShelf>,
    files: Arc<dyn Files>,
    /// The databases that statements may name, if there are any.
    databases: Option<Arc<dyn Databases>>,
    /// The names that the user gave to databases and folders.
    named: BTreeMap<String, String>,
    copied_rows: usize,
    max_memory: u64,
    /// What will be asked of data that are loaded from now on, if that is known: the rest is not read.
    asked: Option<Asked>,
    /// Whether a text that is run is all that will be asked, as a script is and a line at the prompt is not.
    foresees: bool,
    /// Files of fewer rows are read whole, whatever is asked.
    least_rows: u64,
    partial: Vec<loading::Partial>,
    parts_read: usize,
    /// Where each dataset was loaded from: the folder that paths began at, and the path.
    places: BTreeMap<String, (PathBuf, String)>,
    base: PathBuf,
    using: Vec<PathBuf>,
    /// What came in on stdin, which can be loaded more than once.
    stdin: Arc<OnceLock<Arc<watched::Spool>>>,
}

/// Whether a statement is evaluated or only checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Answers are computed.
    Run,
    /// Only what needs no numbers.
    Check,
}

impl Session {
    /// An empty session; relative paths are taken from `base`.
    pub fn new(files: Box<dyn Files>, base: &Path) -> Session {
        Session {
            sources: Sources::default(),
            catalogue: Catalogue {
                operators: crate::operators::REGISTRY,
                library: crate::library::LIBRARY,
                ..Catalogue::default()
            },
            arguments: BTreeMap::new(),
            budget: Budget::default(),
            overwrite: false,
            reads_only: false,
            inputs: BTreeSet::new(),
            books: BTreeMap::new(),
            progress: None,
            keeping: None,
            from_shelf: Vec::new(),
            files: files.into(),
            databases: None,
            named: BTreeMap::new(),
            copied_rows: tables::COPIED_ROWS,
            max_memory: u64::MAX,
            asked: None,
            foresees: false,
            least_rows: LEAST_ROWS,
            partial: Vec::new(),
            parts_read: 0,
            places: BTreeMap::new(),
            base: base.to_path_buf(),
            using: Vec::new(),
            stdin: Arc::default(),
        }
    }

    /// Takes relative paths from another folder from now on.
    pub fn set_base(&mut self, base: &Path) {
        self.base = base.to_path_buf();
    }

    /// Tells of long reading.
    pub fn on_progress(&mut self, progress: Progress) {
        self.progress = Some(progress);
    }

    /// Bytes that a dataset may take; a larger file is read anew for each question.
    pub fn set_max_memory(&mut self, bytes: u64) {
        self.max_memory = bytes;
    }

    /// Whatever is run from now on is all that will be asked of what it loads, as in a script: the rest is not read.
    pub fn foresee_scripts(&mut self) {
        self.foresees = true;
    }

    /// Of how many rows a file must be to be read in part: smaller ones are read as fast whole.
    pub fn set_least_rows(&mut self, rows: u64) {
        self.least_rows = rows;
    }

    /// What a script will ask is all that will be asked of data loaded before it and by it.
    pub fn foresee(&mut self, text: &str) {
        self.foresees = true;
        let parsed = syntax::parse_script(SourceId(0), text).unwrap_or_default();
        self.asked = if parsed.is_empty() { None } else { self.foreseen(&parsed) };
    }

    /// Parses a text and keeps it, so that its places can be shown.
    pub fn parse(&mut self, name: &str, text: &str) -> (SourceId, Result<Vec<Parsed>, Fault>) {
        let id = self.sources.add(name, text);
        (id, syntax::parse_script(id, text))
    }

    /// Performs a statement; what it changes is undone by the caller if it fails.
    fn perform(
        &mut self,
        statement: &Statement,
        span: Span,
        mode: Mode,
        response: &mut Response,
    ) -> Result<Body, Vec<Fault>> {
        let one = |f: Fault| vec![f];
        match statement {
            Statement::Load { path, name, declaration, keep } => {
                let spec = declaration.as_ref().map(|d| declare::check(d, span)).transpose().map_err(one)?;
                let path = self.file_name(path).map_err(one)?;
                self.without_secret(&path.node).map_err(one)?;
                let name = match name {
                    Some(name) => name.node.clone(),
                    None => self.free_dataset_name(&path).map_err(one)?,
                };
                let keeps = *keep || self.catalogue.settings.keep;
                self.load_so((&path.node, &name), spec, keeps, span, &mut response.diagnostics).map_err(one)
            }
            Statement::Read(read) => self.read_story(read, span, mode, response),
            Statement::Declare { name, declaration } => {
                self.declare(name, declaration, span, &mut response.diagnostics).map_err(one)
            }
            Statement::Use { path } => self.use_script(&path.node, path.span, response),
            Statement::Let { name, query } => {
                self.name_is_free(&name.node, name.span).map_err(one)?;
                self.check_let(query)?;
                self.name_series(name, query).map_err(one)?;
                Ok(Body::Done(format!("{} is named", name.node)))
            }
            Statement::LetSet { name, codes } => {
                self.catalogue.sets.insert(name.node.clone(), codes.clone());
                Ok(Body::Done(format!("{} is a set of {}", name.node, words::counted(codes.len(), "code"))))
            }
            Statement::Def { .. } => self.define(statement, span).map_err(one),
            Statement::Query(query) => {
                let (answer, _) = self.answer(query, mode, false, response)?;
                if let Some([one]) = answer.as_deref() {
                    response.name.clone_from(&one.name);
                }
                Ok(answer.map_or(Body::Done(String::new()), Body::of))
            }
            Statement::Explain(query) => {
                if let Some(text) = look::code_page(query) {
                    return Ok(Body::Text(text));
                }
                if let Some(page) = self.explained_word(query) {
                    return Ok(Body::Text(page));
                }
                let (answer, steps) = self.told_how(query, mode, response)?;
                Ok(answer.map_or(Body::Done(String::new()), |a| Body::Explained(a, steps)))
            }
            Statement::Plot { query, shape, into, overwrite } => {
                let plot = Plot { shape: shape.as_ref(), into: into.as_ref(), overwrite: *overwrite };
                self.plot(query, &plot, mode, response)
            }
            Statement::Export { query, explained: true, into, overwrite } => {
                self.handout(query, into, *overwrite, mode, response)
            }
            Statement::Export { query, into, overwrite, .. } => self.export(query, into, *overwrite, mode, response),
            Statement::Assert(check) => checks::run(self, check, true, mode, response),
            Statement::Claim(check) => checks::run(self, check, false, mode, response),
            Statement::Param { name, value } => self.parameter(name, value.as_ref()).map_err(one),
            Statement::Describe(name) => self.describe(name).map(Body::Text).map_err(one),
            Statement::List(word, of) => self.list(word, of.as_ref()).map(Body::Text).map_err(one),
            Statement::Cache(word) => self.cache(word, mode == Mode::Run).map_err(one),
            Statement::Help(words) => self.help(words.as_ref()).map(Body::Text).map_err(one),
            Statement::Set { name, value } => self.set(name, value).map_err(one),
        }
    }
}
