//! `read "story.txt"`: a story, its findings, and what the data say of its figures. In: the name of a file or a text. Out:
//! a page, an object, a script. Reads no word of it: [`stories`](crate::stories) does.

use super::{Body, Mode, Response, Session};
use crate::data::load::io_words;
use crate::data::room::Room;
use crate::data::text::bytes;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::span::{Span, Spanned};
use crate::stories::finding::{Finding, Kind};
use crate::stories::findings;
use crate::stories::marks::Checked;
use crate::stories::{Asked, Story, html, json, page, script};
use crate::syntax::ast::Read;
use crate::syntax::{Fault, format};

/// The most bytes of a story.
const LONGEST: usize = 1 << 20;

/// A story that was read.
#[derive(Debug)]
pub struct StoryRead {
    /// What it is called.
    pub name: String,
    /// What stands in it.
    pub story: Story,
    /// What is found of that, the worst first.
    pub findings: Vec<Finding>,
    /// What the data say.
    pub checked: Vec<Checked>,
    /// Whether it is told how each figure was read.
    pub explain: bool,
}

impl StoryRead {
    /// For people.
    pub fn page(&self) -> String {
        let of = if self.explain { page::explained } else { page::page };
        of(&self.name, &self.story, &self.findings, &self.checked)
    }

    /// For programs.
    pub fn json(&self) -> json::Read<'_> {
        json::of(&self.name, &self.story, &self.findings, &self.checked)
    }

    /// As a part of a page.
    pub fn html(&self) -> String {
        html::section(&self.name, &self.story, &self.findings, &self.checked)
    }

    /// The claims that it makes.
    pub fn script(&self) -> String {
        script::script(&self.name, &self.story, &self.findings)
    }
}

/// What is said of a story from outside, as it is written.
#[derive(Clone, Debug, Default)]
pub struct StoryAsked {
    /// `2024-12-20`
    pub date: Option<String>,
    /// A country.
    pub reporter: Option<String>,
    /// A dataset.
    pub against: Option<String>,
}

impl Session {
    pub(super) fn read_story(
        &mut self,
        read: &Read,
        span: Span,
        mode: Mode,
        response: &mut Response,
    ) -> Result<Body, Vec<Fault>> {
        let one = |f: Fault| vec![f];
        let into = read.into.as_ref().map(|into| self.file_name(into)).transpose().map_err(one)?;
        let place = match &into {
            Some(into) => Some(self.may_write(into, &into.node, read.overwrite).map_err(one)?),
            None => None,
        };
        let text = self.story_text(&read.path.node, read.path.span).map_err(one)?;
        let word = |w: &Option<Spanned<String>>| w.as_ref().map(|w| w.node.clone());
        let asked = StoryAsked { date: word(&read.date), reporter: word(&read.reporter), against: word(&read.against) };
        let places = [&read.date, &read.reporter, &read.against].map(|w| w.as_ref().map_or(span, |w| w.span));
        let mut found = self.story(&read.path.node, &text, &asked, places, response).map_err(one)?;
        found.explain = read.explain;
        if mode == Mode::Check {
            return Ok(Body::Done(String::new()));
        }
        if let (Some(into), Some(place)) = (&into, place) {
            self.write(into, &[(place, found.script().into_bytes())])?;
            let text = format!("wrote {}: the claims of {}", into.node, read.path.node);
            response.files.push(into.node.clone());
            return Ok(Body::Written(vec![into.node.clone()], text));
        }
        Ok(Body::Story(Box::new(found)))
    }

    /// Reads a story that the program was handed: the name of a file, or a text under a name.
    pub fn read_argument(&mut self, name: &str, text: Option<&str>, asked: &StoryAsked) -> Response {
        let span = self.argument("read", name);
        let mut response = Response::begun(span, 1, format!("read {}", format::quoted(name)));
        let text = text.map_or_else(|| self.story_text(name, span), |text| Ok(text.to_string()));
        match text.and_then(|text| self.story(name, &text, asked, [span; 3], &mut response)) {
            Ok(found) => response.body = Some(Body::Story(Box::new(found))),
            Err(fault) => response.diagnostics = vec![*fault],
        }
        if self.catalogue.settings.strict {
            response.refuse_warnings();
        }
        response
    }

    /// The text of a file.
    fn story_text(&mut self, path: &str, span: Span) -> Result<String, Fault> {
        let full = self.base.join(path);
        let fail = |code: &'static Code, words: String| Box::new(Diagnostic::new(code, span, words));
        let too_long = || fail(&codes::TOO_LARGE, format!("`{path}` is longer than a story, which has at most 1 MB"));
        if self.files.size(&full).is_some_and(|n| n > LONGEST as u64) {
            return Err(too_long());
        }
        let found = self.files.read(&full);
        let bytes =
            found.map_err(|e| fail(&codes::NOT_LOADED, format!("`{path}` cannot be read: {}", io_words(&e))))?;
        if bytes.len() > LONGEST {
            return Err(too_long());
        }
        self.protect(&full);
        let decoded = bytes::decode(bytes, None, Room::of(u64::MAX));
        decoded.map(|d| d.text).map_err(|e| fail(&codes::BAD_DATA, format!("`{path}`: {}", e.message)))
    }

    /// A story with its findings; what is said of it is told in the response.
    fn story(
        &mut self,
        name: &str,
        text: &str,
        asked: &StoryAsked,
        places: [Span; 3],
        response: &mut Response,
    ) -> Result<StoryRead, Fault> {
        let [at_date, at_reporter, at_against] = places;
        if text.len() > LONGEST {
            let message = format!("`{name}` is longer than a story, which has at most 1 MB");
            return Err(Box::new(Diagnostic::new(&codes::TOO_LARGE, at_date, message)));
        }
        let date = asked.date.as_deref().map(|d| day(d, at_date)).transpose()?;
        let reporter = asked.reporter.as_deref().map(|r| country(r, at_reporter)).transpose()?;
        let story = crate::stories::read(text, &Asked { date, reporter });
        let findings = findings::all(&story.figures);
        let source = self.sources.add(name, &story.plain);
        let at = |f: usize| story.figures.get(f).map_or(Span::NOWHERE, |f| Span::new(source, f.start, f.end));
        for finding in &findings {
            let code = match (finding.kind, finding.relation) {
                (Kind::Contradicts, _) => &codes::CLAIM_INCONSISTENT,
                (Kind::Suspect, _) => &codes::LEVEL_JUMP,
                (Kind::Unlike, _) => &codes::PARTIAL_PERIOD,
                (Kind::Refused, "missing-scale") => &codes::MISSING_SCALE,
                (Kind::Refused, _) => &codes::AMBIGUOUS_THOUSANDS,
                (Kind::Doubtful, _) => &codes::READING_DOUBTFUL,
                _ => continue,
            };
            let last = finding.figures.last().map_or(Span::NOWHERE, |f| at(*f));
            let mut said = Diagnostic::new(code, last, finding.message.clone());
            for f in finding.figures.iter().rev().skip(1) {
                said = said.label(at(*f), "");
            }
            response.diagnostics.push(said);
        }
        let undated =
            story.date.is_none() && story.figures.iter().any(|f| f.unresolved.iter().any(|(w, _)| *w == "period"));
        if undated {
            let message = format!("the day of `{name}` is not known, so months without a year are not read");
            response.diagnostics.push(Diagnostic::new(&codes::STORY_WITHOUT_DATE, at_date, message));
        }
        let dataset = match &asked.against {
            Some(against) => Some(self.dataset_of_story(against, at_against)?),
            None => None,
        };
        let mut found = StoryRead { name: name.to_string(), story, findings, checked: Vec::new(), explain: false };
        if let Some(dataset) = dataset {
            found.checked = self.beside_data(&found.story, &dataset);
        }
        Ok(found)
    }

    fn dataset_of_story(&self, name: &str, span: Span) -> Result<String, Fault> {
        if self.catalogue.datasets.contains_key(name) {
            return Ok(name.to_string());
        }
        let known: Vec<&str> = self.catalogue.datasets.keys().map(String::as_str).collect();
        let message = format!("no dataset is named `{name}`");
        let fault = Diagnostic::new(&codes::UNKNOWN_NAME, span, message).here("unknown");
        Err(Box::new(match known.as_slice() {
            [] => fault.advice("load one first"),
            known => fault.advice(format!("loaded: {}", known.join(", "))),
        }))
    }
}

fn day(text: &str, span: Span) -> Result<(i32, u32, u32), Fault> {
    let parts: Vec<&str> = text.split('-').collect();
    let found = match parts.as_slice() {
        [y, m, d] => y.parse().ok().zip(m.parse().ok()).zip(d.parse().ok()),
        _ => None,
    };
    let day =
        found.map(|((y, m), d)| (y, m, d)).filter(|(y, m, d)| crate::value::calendar::day_of(*y, *m, *d).is_some());
    let message = || format!("`{text}` is no day: it is written as 2024-12-20");
    day.ok_or_else(|| Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message())))
}

fn country(text: &str, span: Span) -> Result<String, Fault> {
    let found = crate::data::known::places::iso3(text).map(str::to_string);
    let bloc = ["EU", "EA", "ASEAN", "WLD"].contains(&text).then(|| text.to_string());
    let message = || format!("`{text}` is no country that is known here");
    found.or(bloc).ok_or_else(|| Box::new(Diagnostic::new(&codes::UNKNOWN_CODE, span, message())))
}
