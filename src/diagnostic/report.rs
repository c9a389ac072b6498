//! Diagnostics as text with the source underlined. The only file that names miette.
//! Control characters of the source are made visible first, so that a script cannot drive the terminal.

use super::visible::{visible, visible_in_place, wrapped};
use super::{Diagnostic, Label, Level};
use crate::span::Sources;
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, MietteError, MietteSpanContents, Report,
    Severity, SourceCode, SourceSpan, SpanContents,
};

/// How diagnostics are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub colour: bool,
    /// Columns to wrap at.
    pub width: usize,
}

/// Draws one diagnostic, ending in a line break.
pub fn draw(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let mut theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    // Yellow cannot be read on white: warnings are told in the first colour of what is underlined.
    if let Some(first) = theme.styles.highlights.first().copied() {
        theme.styles.warning = first;
        theme.styles.highlights = vec![first, theme.styles.advice];
    }
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width.clamp(24, 120))
        .with_links(false)
        .without_syntax_highlighting()
        .with_wrap_lines(true);
    let shown = MietteDiagnostic::new(visible(&headline(diagnostic)).into_owned())
        .with_code(diagnostic.code.slug)
        .with_severity(match diagnostic.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Note => Severity::Advice,
        });
    let main = diagnostic.span();
    let source = sources.get(main.source);
    let text = source.map(|s| s.text.as_ref()).unwrap_or("");
    let within = |l: &&Label| l.span.source == main.source && l.span.end <= text.len() && l.span.start <= l.span.end;
    let places = diagnostic.labels.iter().filter(within).map(|l| (l.span.start, l.span.end));
    let window = Window::of(text, (main.start, main.end), places);
    let labels: Vec<LabeledSpan> = diagnostic
        .labels
        .iter()
        .filter(within)
        .filter_map(|l| {
            let words = (!l.text.is_empty()).then(|| visible(&l.text).into_owned());
            let (from, to) = window.place(l.span.start, l.span.end)?;
            Some(LabeledSpan::new(words, from, to - from))
        })
        .collect();
    let report = if let (Some(source), false) = (source, labels.is_empty() || text.is_empty()) {
        let code = WholeLines { name: visible(&source.name).into_owned(), text: window.cut(text), window };
        Report::new(shown.with_labels(labels)).with_source_code(code)
    } else {
        Report::new(shown)
    };
    let mut out = String::new();
    if handler.render_report(&mut out, report.as_ref()).is_err() {
        out = format!("{}: {}: {}\n", diagnostic.level.word(), diagnostic.code.slug, visible(&diagnostic.message));
    }
    help(diagnostic, sources, style, &mut out);
    out
}

/// Words below a diagnostic, broken between words; a query is never broken, so that it can be pasted.
fn help(diagnostic: &Diagnostic, sources: &Sources, style: Style, out: &mut String) {
    let indent = " ".repeat("  help: ".len());
    let room = style.width.clamp(24, 120).saturating_sub(indent.len());
    let mut lines: Vec<String> = Vec::new();
    for (text, is_query) in help_lines(diagnostic, sources) {
        let text = visible(&text).into_owned();
        if is_query { lines.push(text) } else { lines.extend(wrapped(&text, room)) }
    }
    for (i, line) in lines.iter().enumerate() {
        let first = if style.colour { "\x1b[36m  help: \x1b[0m" } else { "  help: " };
        out.push_str(&format!("{}{line}\n", if i == 0 { first } else { &indent }));
    }
}

/// A text of which the lines that a label touches are shown, whole, and no others.
#[derive(Debug)]
struct WholeLines {
    name: String,
    text: String,
    window: Window,
}

/// Bytes of a line that are shown of a longer one, on both sides of what is underlined.
const AROUND: usize = 60;

/// The part of a text that is shown: the lines of some places, or a piece of a very long one.
#[derive(Clone, Copy, Debug)]
struct Window {
    start: usize,
    end: usize,
    /// The lines before it, and the bytes of its first line before it.
    before: (usize, usize),
    is_piece: bool,
}

impl Window {
    /// Around a place of a text and others.
    fn of(text: &str, (from, to): (usize, usize), others: impl Iterator<Item = (usize, usize)>) -> Window {
        let whole = Window { start: 0, end: text.len(), before: (0, 0), is_piece: false };
        let begins = |at: usize| text.get(..at).map(|before| before.rfind('\n').map_or(0, |i| i + 1));
        let ends = |at: usize| text.get(at..).map(|after| after.find('\n').map_or(text.len(), |i| at + i));
        let lines_before = |at: usize| text.get(..at).map_or(0, |before| before.matches('\n').count());
        let (Some(first), Some(last)) = (begins(from), ends(to)) else { return whole };
        if last - first <= 8 * AROUND {
            let (least, most) = others.fold((from, to), |(least, most), (a, b)| (least.min(a), most.max(b)));
            let (Some(start), Some(end)) = (begins(least), ends(most)) else { return whole };
            return Window { start, end, before: (lines_before(start), 0), is_piece: false };
        }
        // What is underlined may itself be long: its beginning is shown.
        let to = to.min(from + 4 * AROUND);
        let boundary = |at: usize| (at..=text.len()).find(|i| text.is_char_boundary(*i)).unwrap_or(text.len());
        let (start, end) = (boundary(from.saturating_sub(AROUND).max(first)), boundary((to + AROUND).min(last)));
        Window { start, end, before: (lines_before(from), start - first), is_piece: true }
    }

    /// What stands for the beginning of its first line.
    fn dots(&self) -> &'static str {
        if self.is_piece && self.before.1 > 0 { "…" } else { "" }
    }

    /// The part as it can be seen, with dots where it was cut.
    fn cut(&self, text: &str) -> String {
        let part = visible_in_place(text.get(self.start..self.end).unwrap_or_default());
        if self.is_piece { format!("{}{part}…", self.dots()) } else { part }
    }

    /// A place of the text as one of the part.
    fn place(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let shift = |at: usize| at.min(self.end) + self.dots().len() - self.start;
        (from >= self.start && from <= self.end).then(|| (shift(from), shift(to)))
    }
}

impl SourceCode for WholeLines {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (from, to) = (span.offset(), span.offset() + span.len());
        let before = self.text.get(..from).ok_or(MietteError::OutOfBounds)?;
        let after = self.text.get(to..).ok_or(MietteError::OutOfBounds)?;
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let end = after.find('\n').map_or(self.text.len(), |i| to + i);
        let lines = self.text.get(start..end).ok_or(MietteError::OutOfBounds)?;
        let line = before.matches('\n').count() + self.window.before.0;
        let column = from + self.window.before.1 - start - self.window.dots().len();
        let shown = SourceSpan::new(start.into(), end - start);
        let count = lines.matches('\n').count() + 1;
        let contents = MietteSpanContents::new_named(self.name.clone(), lines.as_bytes(), shown, line, column, count);
        Ok(Box::new(contents))
    }
}

fn headline(d: &Diagnostic) -> String {
    let place = match &d.place {
        Some(p) => match p.line {
            Some(line) => format!("{}, line {line}: ", p.file),
            None => format!("{}: ", p.file),
        },
        None => String::new(),
    };
    format!("{place}{}", d.message)
}

/// What is said below, line by line, and whether each is a query.
fn help_lines(d: &Diagnostic, sources: &Sources) -> Vec<(String, bool)> {
    let mut lines: Vec<(String, bool)> = d.advice.iter().map(|a| (a.clone(), false)).collect();
    // A place in another text than the main one cannot be underlined.
    for label in d.labels.iter().filter(|l| l.span.source != d.span().source && !l.text.is_empty()) {
        let name = sources.get(label.span.source).map(|s| s.name.to_string()).unwrap_or_default();
        lines.push((format!("{}: {name} {}", label.text, sources.snippet(label.span)), false));
    }
    match d.help.as_slice() {
        [] => {}
        [one] => lines.push((format!("try: {one}"), true)),
        many => {
            lines.push(("try one of:".into(), false));
            lines.extend(many.iter().map(|q| (format!("  {q}"), true)));
        }
    }
    lines
}
