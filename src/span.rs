//! Where something stands in a text. In: texts with names (a script, a REPL line, a `-e` argument).
//! Out: spans that diagnostics point with. Knows nothing of the language.

use std::sync::Arc;

/// Which of the session's texts a span points into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A half-open range of bytes in one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A place in no text at all.
    pub const NOWHERE: Span = Span { source: SourceId(u32::MAX), start: 0, end: 0 };

    /// A span from its parts.
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        Span { source, start, end }
    }

    /// The smallest span that holds both; `other` is left out when it is in another text.
    pub fn to(self, other: Span) -> Span {
        if self.source != other.source {
            return self;
        }
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A thing and where it was said. Two of them are equal if the things are: place is not meaning.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The thing.
    pub node: T,
    /// Where it was said.
    pub span: Span,
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T> Spanned<T> {
    /// Joins a thing to its place.
    pub fn new(node: T, span: Span) -> Self {
        Spanned { node, span }
    }
}

impl Spanned<String> {
    /// The place of a part of a text, where it is kept as it was written; else of all of it.
    pub fn part(&self, part: &str) -> Span {
        let as_written = self.span.end - self.span.start == self.node.len();
        match self.node.rfind(part).filter(|_| as_written) {
            Some(at) => {
                let start = self.span.start + at;
                Span { start, end: start + part.len(), ..self.span }
            }
            None => self.span,
        }
    }
}

/// One text of the session.
#[derive(Clone, Debug)]
pub struct Source {
    /// What to call it: a path, `<prompt>`, `-e`.
    pub name: Arc<str>,
    /// The text itself.
    pub text: Arc<str>,
}

/// All texts of a session, so that a span can be shown.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// Adds a text and gives its id.
    pub fn add(&mut self, name: &str, text: &str) -> SourceId {
        self.list.push(Source { name: name.into(), text: text.into() });
        SourceId(u32::try_from(self.list.len() - 1).unwrap_or(u32::MAX))
    }

    /// The text with this id.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.list.get(id.0 as usize)
    }

    /// The words that a span covers; empty when it points nowhere.
    pub fn snippet(&self, span: Span) -> &str {
        self.get(span.source).and_then(|s| s.text.get(span.start..span.end)).unwrap_or("")
    }

    /// The 1-based line on which a span begins.
    pub fn line(&self, span: Span) -> usize {
        let text = self.get(span.source).map(|s| s.text.as_ref()).unwrap_or("");
        let end = span.start.min(text.len());
        text.bytes().take(end).filter(|&b| b == b'\n').count() + 1
    }
}
