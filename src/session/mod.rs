//! The one way into the library: a session holds what has been loaded and named and runs statements. A failed
//! statement leaves no trace. Prints nothing and reads only the files that statements name, through [`Files`].

use crate::data::Budget;
use crate::data::declare;
use crate::data::load::io_words;
use crate::data::meaning::asked::Asked;
use crate::diagnostic::{Diagnostic, Level, codes};
use crate::eval::{self, trace::Step};
use crate::plan::catalogue::{Catalogue, Definition};
use crate::plan::{Demand, Plan, check, forecast, resolve};
use crate::render::{self, Answer, Format};
use crate::span::{SourceId, Sources, Span};
use crate::syntax::ast::{Check, Query, Statement};
use crate::syntax::{self, Fault, Parsed};
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

mod checks;
mod loading;
mod look;
mod settings;

pub use checks::Verdict;
pub use loading::Progress;

/// How a session reaches files; a test or a web page may have none.
pub trait Files: Send + Sync {
    /// All bytes of a file.
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>>;

    /// A file to be read piece by piece.
    fn open(&self, path: &Path) -> std::io::Result<Box<dyn std::io::Read + Send>> {
        self.read(path).map(|bytes| Box::new(std::io::Cursor::new(bytes)) as Box<dyn std::io::Read + Send>)
    }

    /// How many bytes a file has, if that is known before it is read.
    fn size(&self, _path: &Path) -> Option<u64> {
        None
    }

    /// Whether it is a folder.
    fn is_folder(&self, _path: &Path) -> bool {
        false
    }

    /// The files that a pattern with `*` and `?` stands for, in order.
    fn matching(&self, pattern: &Path) -> std::io::Result<Vec<PathBuf>> {
        Ok(vec![pattern.to_path_buf()])
    }

    /// Puts a file in place, whole or not at all.
    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()>;
}

/// What a statement gives.
#[derive(Debug)]
pub enum Body {
    /// An answer.
    Value(Value),
    /// An answer and how it came about.
    Explained(Value, Vec<Step>),
    /// An answer checked against a printed one.
    Checked(Value, Verdict),
    /// Words.
    Text(String),
    /// Something was done; words for the prompt.
    Done(String),
}

/// What came of one statement.
#[derive(Debug)]
pub struct Response {
    /// Where the statement stands.
    pub span: Span,
    /// The 1-based line on which it begins.
    pub line: usize,
    /// The statement as it is written, its lines joined.
    pub query: String,
    /// What it gives; `None` when it failed.
    pub body: Option<Body>,
    /// The errors of a failed statement, and all warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that the answer comes from.
    pub files: Vec<String>,
}

impl Response {
    /// Whether the statement failed.
    pub fn failed(&self) -> bool {
        self.body.is_none()
    }

    /// Whether an assertion of it does not hold.
    pub fn assertion_failed(&self) -> bool {
        matches!(&self.body, Some(Body::Checked(_, v)) if v.must_hold && !v.holds)
    }

    /// Whether data could not be loaded.
    pub fn load_failed(&self) -> bool {
        let data = [&codes::BAD_DATA, &codes::NOT_LOADED, &codes::DUPLICATE_KEY, &codes::BAD_DECLARATION];
        self.failed() && self.diagnostics.iter().any(|d| d.level == Level::Error && data.contains(&d.code))
    }
}

/// Loaded data, names, settings.
pub struct Session {
    /// All texts that were run.
    pub sources: Sources,
    /// Everything that has a name.
    pub catalogue: Catalogue,
    /// Values for the parameters of scripts.
    pub arguments: BTreeMap<String, String>,
    /// Stops a statement from outside, and says how many threads it may take.
    pub budget: Budget,
    /// Told of long reading.
    pub progress: Option<Progress>,
    files: Arc<dyn Files>,
    /// Bytes that a dataset may take; a larger file is read anew for each question.
    pub max_memory: u64,
    /// What will be asked of data that are loaded from now on, if that is known: the rest is not read.
    pub asked: Option<Asked>,
    /// Whether a text that is run is all that will be asked, as a script is and a line at the prompt is not.
    pub foresees: bool,
    partial: Vec<loading::Partial>,
    base: PathBuf,
    using: Vec<PathBuf>,
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
            catalogue: Catalogue::default(),
            arguments: BTreeMap::new(),
            budget: Budget::default(),
            progress: None,
            files: files.into(),
            max_memory: u64::MAX,
            asked: None,
            foresees: false,
            partial: Vec::new(),
            base: base.to_path_buf(),
            using: Vec::new(),
        }
    }

    /// Takes relative paths from another folder from now on.
    pub fn set_base(&mut self, base: &Path) {
        self.base = base.to_path_buf();
    }

    /// What a text will ask is all that will be asked of data loaded before it.
    pub fn foresee(&mut self, text: &str) {
        let parsed = syntax::parse_script(SourceId(0), text).unwrap_or_default();
        let statements: Option<Vec<&Statement>> = parsed.iter().map(|p| p.statement.as_ref().ok()).collect();
        self.asked = statements.filter(|s| !s.is_empty()).and_then(|s| forecast::asked(s.into_iter()));
    }

    /// Parses a text and keeps it, so that its places can be shown.
    pub fn parse(&mut self, name: &str, text: &str) -> (SourceId, Result<Vec<Parsed>, Fault>) {
        let id = self.sources.add(name, text);
        (id, syntax::parse_script(id, text))
    }

    /// Runs all statements of a text; `each` sees every response and says whether to go on.
    pub fn run(&mut self, name: &str, text: &str, mode: Mode, each: &mut dyn FnMut(&Session, Response) -> bool) {
        let (id, parsed) = self.parse(name, text);
        match parsed {
            Err(fault) => {
                let response = Response {
                    span: Span::new(id, 0, text.len()),
                    line: 1,
                    query: String::new(),
                    body: None,
                    diagnostics: vec![*fault],
                    files: Vec::new(),
                };
                each(self, response);
            }
            Ok(statements) => {
                for (i, parsed) in statements.iter().enumerate() {
                    if self.foresees && matches!(parsed.statement, Ok(Statement::Load { .. })) {
                        let rest = statements.iter().skip(i).map(|p| p.statement.as_ref().ok());
                        let rest: Option<Vec<&Statement>> = rest.collect();
                        self.asked = rest.and_then(|rest| forecast::asked(rest.into_iter()));
                    }
                    let response = self.considered(parsed, mode);
                    if !each(self, response) {
                        return;
                    }
                }
            }
        }
    }

    /// Runs one statement. What fails, and what the data do not have, is only said of data that are read whole.
    fn considered(&mut self, parsed: &Parsed, mode: Mode) -> Response {
        let response = self.statement(parsed.clone(), mode);
        let absent = response.diagnostics.iter().any(|d| d.code == &codes::MISSING_OBSERVATION);
        if self.partial.is_empty() || !(absent || response.failed()) {
            return response;
        }
        match self.complete() {
            Ok(()) => self.statement(parsed.clone(), mode),
            Err(fault) => Response { body: None, diagnostics: vec![*fault], ..response },
        }
    }

    /// Runs one statement. What it changes is kept only if it succeeds.
    pub fn statement(&mut self, parsed: Parsed, mode: Mode) -> Response {
        let query = self.sources.snippet(parsed.span).split('\n').map(without_remark).collect::<Vec<_>>().join(" ");
        let query = if query.contains('"') {
            query.trim().to_string()
        } else {
            query.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let mut response = Response {
            span: parsed.span,
            line: parsed.line,
            query,
            body: None,
            diagnostics: Vec::new(),
            files: Vec::new(),
        };
        // Every statement changes the catalogue last, when nothing can fail any more, but for a script within the script
        // and for warnings that are errors.
        let risky = self.catalogue.settings.strict || matches!(parsed.statement, Ok(Statement::Use { .. }));
        let before = risky.then(|| self.catalogue.clone());
        match parsed.statement.map_err(|f| vec![f]).and_then(|s| self.perform(&s, parsed.span, mode, &mut response)) {
            Ok(body) => response.body = Some(body),
            Err(faults) => {
                let warnings = std::mem::take(&mut response.diagnostics);
                // What stops a statement is an error, whatever the code usually is.
                let errors = faults.into_iter().map(|f| f.at_level(Level::Error));
                response.diagnostics = errors.chain(warnings).collect();
            }
        }
        if self.catalogue.settings.strict {
            refuse_warnings(&mut response);
        }
        if let (true, Some(before)) = (response.failed(), before) {
            self.catalogue = before;
        }
        for diagnostic in &mut response.diagnostics {
            self.offer(diagnostic, parsed.span);
        }
        response
    }

    fn perform(
        &mut self,
        statement: &Statement,
        span: Span,
        mode: Mode,
        response: &mut Response,
    ) -> Result<Body, Vec<Fault>> {
        let one = |f: Fault| vec![f];
        match statement {
            Statement::Load { path, name, declaration } => {
                let spec = declaration.as_ref().map(|d| declare::check(d, span)).transpose().map_err(one)?;
                self.load(&path.node, &name.node, spec, span, &mut response.diagnostics).map_err(one)
            }
            Statement::Use { path } => self.use_script(&path.node, path.span, response),
            Statement::Let { name, query } => {
                self.name_is_free(&name.node, name.span).map_err(one)?;
                self.check_let(query)?;
                self.catalogue.lets.insert(name.node.clone(), Arc::new(query.clone()));
                Ok(Body::Done(format!("{} is named", name.node)))
            }
            Statement::LetSet { name, codes } => {
                self.catalogue.sets.insert(name.node.clone(), codes.clone());
                Ok(Body::Done(format!("{} is a set of {} codes", name.node, codes.len())))
            }
            Statement::Def { name, params, body } => {
                if crate::operators::lookup(&name.node).is_some() {
                    let message = format!("`{}` is already an operator", name.node);
                    return Err(one(Box::new(Diagnostic::new(&codes::AMBIGUOUS_NAME, name.span, message))));
                }
                let definition =
                    Definition { params: params.iter().map(|p| p.node.clone()).collect(), body: body.clone() };
                self.catalogue.definitions.insert(name.node.clone(), Arc::new(definition));
                Ok(Body::Done(format!("`{} of …` is defined", name.node)))
            }
            Statement::Query(query) => {
                let (value, _) = self.answer(query, mode, false, response)?;
                Ok(value.map_or(Body::Done(String::new()), Body::Value))
            }
            Statement::Explain(query) => {
                if let Some(text) = look::code_page(query) {
                    return Ok(Body::Text(text));
                }
                let (value, steps) = self.answer(query, mode, true, response)?;
                Ok(value.map_or(Body::Done(String::new()), |v| Body::Explained(v, steps)))
            }
            Statement::Plot { query, shape, into } => {
                let at = shape.as_ref().or(into.as_ref()).map_or(span, |s| s.span);
                self.answer(query, Mode::Check, false, response)?;
                let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, at, "this version draws no charts");
                Err(one(Box::new(fault.advice("`export … into \"f.csv\"` writes the numbers for another program"))))
            }
            Statement::Export { query, into } => self.export(query, &into.node, into.span, mode, response),
            Statement::Assert(check) => self.check(check, true, mode, response),
            Statement::Claim(check) => self.check(check, false, mode, response),
            Statement::Param { name, value } => {
                let given = self.arguments.get(&name.node).unwrap_or(&value.node).clone();
                let done = format!("{} is {given}", name.node);
                self.catalogue.params.insert(name.node.clone(), given);
                Ok(Body::Done(done))
            }
            Statement::Describe(name) => self.describe(name).map(Body::Text).map_err(one),
            Statement::List(word) => self.list(word).map(Body::Text).map_err(one),
            Statement::Help(words) => self.help(words.as_ref()).map(Body::Text).map_err(one),
            Statement::Set { name, value } => self.set(name, value).map_err(one),
        }
    }

    /// Looks a query up and checks it.
    fn plan(&self, query: &Query) -> Result<Plan, Vec<Fault>> {
        let plan = resolve::resolve(&self.catalogue, query)?;
        check::check(&self.catalogue, &plan, &Demand::whole())?;
        Ok(plan)
    }

    /// A named query is checked where it is named, but for what its use may still say: periods and dimensions.
    fn check_let(&self, query: &Query) -> Result<(), Vec<Fault>> {
        let plan = resolve::resolve(&self.catalogue, query)?;
        let late = [&codes::WRONG_ARGUMENTS, &codes::SUM_OF_NONADDITIVE];
        match check::check(&self.catalogue, &plan, &Demand::whole()) {
            Ok(_) => Ok(()),
            Err(faults) if faults.iter().all(|f| late.contains(&f.code)) => Ok(()),
            Err(faults) => Err(faults),
        }
    }

    /// Looks up, checks and evaluates a query.
    fn answer(
        &self,
        query: &Query,
        mode: Mode,
        explain: bool,
        response: &mut Response,
    ) -> Result<(Option<Value>, Vec<Step>), Vec<Fault>> {
        let plan = self.plan(query)?;
        let files: BTreeSet<String> = plan.leaves().iter().map(|(s, _)| s.info().file.clone()).collect();
        response.files = files.into_iter().collect();
        if mode == Mode::Check {
            return Ok((None, Vec::new()));
        }
        let outcome = eval::evaluate(&self.catalogue, &plan, &self.budget, explain).map_err(|f| vec![f])?;
        response.diagnostics.extend(outcome.diagnostics);
        Ok((Some(outcome.value), outcome.steps))
    }

    fn export(
        &mut self,
        query: &Query,
        into: &str,
        span: Span,
        mode: Mode,
        response: &mut Response,
    ) -> Result<Body, Vec<Fault>> {
        let fail = |message: String| vec![Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message))];
        let Some(format) = Format::of_path(into) else {
            return Err(fail(format!(
                "`{into}` does not say its format; names end in .csv, .tsv, .json, .md, .html or .sdmx.csv"
            )));
        };
        let (Some(value), _) = self.answer(query, mode, false, response)? else { return Ok(Body::Done(String::new())) };
        let text = self.text(&value, format, &response.query, &response.files);
        let path = self.base.join(into);
        self.files.write(&path, text.as_bytes()).map_err(|e| fail(format!("`{into}` cannot be written: {e}")))?;
        Ok(Body::Done(format!("wrote {into}: {} rows", value.rows.len())))
    }

    /// An answer in a format.
    pub fn text(&self, value: &Value, format: Format, title: &str, files: &[String]) -> String {
        match format {
            Format::Table => {
                let settings = &self.catalogue.settings;
                render::table::draw(&Answer { value, title, files, settings, colour: false })
            }
            Format::Csv => render::separated::separated(value, b','),
            Format::Tsv => render::separated::separated(value, b'\t'),
            Format::Markdown => render::separated::markdown(value),
            Format::Html => render::html::table(value, title),
            Format::Sdmx => render::sdmx::message(value),
            Format::Json => {
                let mut object = serde_json::Map::new();
                object.insert("query".into(), title.into());
                render::json::put(value, &mut object);
                format!("{}\n", serde_json::Value::Object(object))
            }
        }
    }

    fn name_is_free(&self, name: &str, span: Span) -> Result<(), Fault> {
        let series = self.catalogue.measures().any(|(_, _, m)| m.name.as_ref() == name);
        if series {
            let message = format!("`{name}` is already a series of a dataset");
            return Err(Box::new(Diagnostic::new(&codes::AMBIGUOUS_NAME, span, message).advice("choose another name")));
        }
        Ok(())
    }

    fn use_script(&mut self, path: &str, span: Span, response: &mut Response) -> Result<Body, Vec<Fault>> {
        let full = self.base.join(path);
        let fail = |message: String| vec![Box::new(Diagnostic::new(&codes::NOT_LOADED, span, message))];
        if self.using.contains(&full) || self.using.len() > 16 {
            return Err(fail(format!("`{path}` uses itself")));
        }
        let bytes = self.files.read(&full).map_err(|e| fail(format!("`{path}` cannot be read: {}", io_words(&e))))?;
        let text = String::from_utf8(bytes).map_err(|_| fail(format!("`{path}` is not UTF-8")))?;
        let (_, parsed) = self.parse(path, &text);
        let base = std::mem::replace(&mut self.base, full.parent().map(Path::to_path_buf).unwrap_or_default());
        self.using.push(full);
        let mut failed = None;
        for parsed in parsed.map_err(|f| vec![f])? {
            let names = matches!(
                parsed.statement,
                Err(_)
                    | Ok(Statement::Load { .. }
                        | Statement::Use { .. }
                        | Statement::Let { .. }
                        | Statement::LetSet { .. }
                        | Statement::Def { .. }
                        | Statement::Param { .. })
            );
            if !names {
                continue;
            }
            let inner = self.statement(parsed, Mode::Run);
            if inner.failed() {
                failed = Some(inner.diagnostics.into_iter().map(Box::new).collect());
                break;
            }
            response.diagnostics.extend(inner.diagnostics);
        }
        self.using.pop();
        self.base = base;
        match failed {
            Some(faults) => Err(faults),
            None => Ok(Body::Done(format!("used {path}"))),
        }
    }

    fn check(
        &mut self,
        check: &Check,
        must_hold: bool,
        mode: Mode,
        response: &mut Response,
    ) -> Result<Body, Vec<Fault>> {
        checks::run(self, check, must_hold, mode, response)
    }

    /// Turns the edits of a diagnostic into queries, as far as they parse.
    fn offer(&self, diagnostic: &mut Diagnostic, statement: Span) {
        let text = self.sources.snippet(statement);
        let inside = |s: &Span| s.source == statement.source && s.start >= statement.start && s.end <= statement.end;
        let mut found = Vec::new();
        for edit in std::mem::take(&mut diagnostic.edits) {
            if !edit.iter().all(|(s, _)| inside(s)) {
                continue;
            }
            let mut edit = edit;
            edit.sort_by_key(|(s, _)| std::cmp::Reverse(s.start));
            let mut changed = text.to_string();
            for (span, words) in edit {
                let (a, b) = (span.start - statement.start, span.end - statement.start);
                if changed.is_char_boundary(a) && changed.is_char_boundary(b) {
                    changed.replace_range(a..b, &words);
                }
            }
            found.push(query_of(&changed));
        }
        let short = if diagnostic.code == &codes::PARTIAL_PERIOD {
            Some("partial")
        } else if diagnostic.code == &codes::MISSING_OBSERVATION {
            Some("missing")
        } else {
            None
        };
        if let (Some(word), true) = (short, found.is_empty() && diagnostic.help.is_empty()) {
            found.push(query_of(text).map(|q| format!("{q} allowing {word}")));
        }
        for query in found.into_iter().flatten() {
            if syntax::parse_statement(&query).is_ok() && !diagnostic.help.contains(&query) {
                diagnostic.help.push(query);
            }
        }
    }
}

/// The query of a statement as canonical text: without `explain`, `assert … is …` and the like.
fn query_of(statement: &str) -> Option<String> {
    let parsed = syntax::parse_statement(statement).ok()?;
    let query = match &parsed {
        Statement::Query(q) | Statement::Explain(q) => q,
        Statement::Assert(c) | Statement::Claim(c) => &c.query,
        Statement::Plot { query, .. } | Statement::Export { query, .. } | Statement::Let { query, .. } => query,
        _ => return None,
    };
    Some(syntax::format::query(query))
}

/// A warning where warnings are errors makes the statement fail.
fn refuse_warnings(response: &mut Response) {
    let mut any = false;
    for diagnostic in response.diagnostics.iter_mut().filter(|d| d.level == Level::Warning) {
        diagnostic.level = Level::Error;
        any = true;
    }
    if any {
        response.body = None;
    }
}

/// A line without the remark at its end.
fn without_remark(line: &str) -> &str {
    let mut quote = None;
    for (i, c) in line.char_indices() {
        match (quote, c) {
            (None, '#') => return line.get(..i).unwrap_or(line),
            (None, '"' | '`') => quote = Some(c),
            (Some(q), c) if c == q => quote = None,
            _ => {}
        }
    }
    line
}
