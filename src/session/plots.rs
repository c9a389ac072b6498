//! `plot QUERY as SHAPE into "f.svg"`: an answer as a chart, at the terminal or in files. In: a query, a shape and the name
//! of a file. Out: the chart with its numbers, or what was written. What no shape can show is printed as a table.

use super::targets::{self, Target};
use super::{Body, Mode, Response, Session};
use crate::diagnostic::visible::visible;
use crate::diagnostic::{Diagnostic, Level, codes, suggest};
use crate::render::Format;
use crate::render::chart::{self, Asked, Chart, Shape, Unfit, picture};
use crate::span::{Span, Spanned};
use crate::syntax::ast::{FileName, Name, Query};
use crate::syntax::{Fault, format};
use crate::value::Named;
use std::path::PathBuf;

/// What a statement asks for beside its query.
pub(super) struct Plot<'a> {
    /// The word after `as`.
    pub shape: Option<&'a Name>,
    /// The file.
    pub into: Option<&'a Spanned<FileName>>,
    /// Whether it may replace one that is there.
    pub overwrite: bool,
}

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Picture {
    Svg,
    #[cfg(feature = "png")]
    Png,
}

impl Session {
    pub(super) fn plot(
        &mut self,
        query: &Query,
        plot: &Plot<'_>,
        mode: Mode,
        response: &mut Response,
    ) -> Result<Body, Vec<Fault>> {
        let shape = plot.shape.map(shape).transpose().map_err(|f| vec![f])?;
        let into = plot.into.map(|into| self.file_name(into)).transpose().map_err(|f| vec![f])?;
        let kind = into.as_ref().map(kind_of).transpose().map_err(|f| vec![f])?;
        if let Some(into) = into.as_ref().filter(|i| !targets::is_pattern(&i.node)) {
            self.may_write(into, &into.node, plot.overwrite).map_err(|f| vec![f])?;
        }
        let (Some(answer), _) = self.answer(query, mode, false, response)? else {
            return Ok(Body::Done(String::new()));
        };
        let (Some(into), Some(kind)) = (&into, kind) else {
            return match self.chart(query, &answer, shape, "", response) {
                Ok(chart) => Ok(Body::Plotted(answer, Box::new(chart))),
                Err(Unfit::Nothing(words)) => {
                    let span = query.expr.span;
                    response.diagnostics.push(Diagnostic::new(
                        &codes::NOTHING_DRAWN,
                        span,
                        format!("{words}, so it is printed"),
                    ));
                    Ok(Body::of(answer))
                }
                Err(unfit) => Err(vec![self.unfit(unfit, query, plot, &answer, response)]),
            };
        };
        let snippet = self.sources.snippet(into.span).to_string();
        let targets = targets::targets(answer, into, &snippet).map_err(|f| vec![f])?;
        let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
        for Target { name, label, columns } in &targets {
            let path = self.may_write(into, name, plot.overwrite).map_err(|f| vec![f])?;
            let chart = self.chart(query, columns, shape, label, response);
            let chart = chart.map_err(|u| vec![self.unfit(u, query, plot, columns, response)])?;
            files.push((path, kind.bytes(&chart, into).map_err(|f| vec![f])?));
        }
        self.write(into, &files)?;
        let rows = targets.iter().map(|t| t.columns.first().map_or(0, |c| c.value.rows.len())).sum();
        let names: Vec<String> = targets.into_iter().map(|t| t.name).collect();
        let text = format!("wrote {}: {}", into.node, targets::counted(names.len(), "file", rows));
        Ok(Body::Written(names, text))
    }

    /// The chart of an answer, with its words.
    fn chart(
        &self,
        query: &Query,
        answer: &[Named],
        shape: Option<Shape>,
        label: &str,
        response: &Response,
    ) -> Result<Chart, Unfit> {
        let columns = Named::columns(answer);
        let named = self.named(&columns, Format::Table);
        let columns = named.as_deref().map_or(columns, Named::columns);
        let settings = &self.catalogue.settings;
        let chart = chart::build(&Asked { columns: &columns, keys: &response.keys, shape, settings })?;
        let text = format::query(query);
        let title = if label.is_empty() { readable(&text) } else { format!("{}: {label}", readable(&text)) };
        let warnings = response.diagnostics.iter().filter(|d| d.level == Level::Warning);
        let warnings = warnings.map(|d| visible(&d.message).into_owned()).collect();
        let files = response.files.iter().map(|f| visible(f).into_owned()).collect();
        Ok(Chart { title: visible(&title).into(), query: visible(&text).into(), files, warnings, ..chart })
    }

    /// What is said of an answer that is not drawn, with the statement that would draw it.
    fn unfit(&self, unfit: Unfit, query: &Query, plot: &Plot<'_>, answer: &[Named], response: &Response) -> Fault {
        let at = plot.shape.map_or(query.expr.span, |s| s.span);
        let fault = |words: String, at: Span| Diagnostic::new(&codes::WRONG_ARGUMENTS, at, words);
        let end = query.clauses.iter().map(|c| c.span.end).fold(query.expr.span.end, usize::max);
        let end = Span { start: end, end, ..query.expr.span };
        Box::new(match unfit {
            Unfit::Nothing(words) => fault(words, query.expr.span)
                .advice("without `plot` the query prints it; `export` writes it into a file"),
            Unfit::Shape(words) => {
                let fits = |s: &Shape| self.chart(query, answer, Some(*s), "", response).is_ok();
                let mut fault = fault(words, at);
                if let Some(other) = Shape::ALL.into_iter().find(fits) {
                    fault = fault.advice(format!("`as {}` shows it", other.word()));
                    fault.edits.extend(plot.shape.map(|s| vec![(s.span, other.word().to_string())]));
                }
                fault
            }
            Unfit::TooMany(words, None) => fault(words, at).advice("`where`, or a key of fewer labels, makes it less"),
            Unfit::TooMany(words, Some(most)) => {
                let advice = format!("`top {most}` chooses the largest and keeps a rest; `where` chooses by name");
                let mut fault = fault(words, at).advice(advice);
                fault.edits.push(vec![(end, format!(" top {most}"))]);
                fault
            }
        })
    }
}

impl Picture {
    /// How names of pictures end.
    const SUFFIXES: &'static [(&'static str, Picture)] = &[
        (".svg", Picture::Svg),
        #[cfg(feature = "png")]
        (".png", Picture::Png),
    ];

    fn bytes(self, chart: &Chart, into: &Name) -> Result<Vec<u8>, Fault> {
        match self {
            Picture::Svg => Ok(picture::svg(chart).into_bytes()),
            #[cfg(feature = "png")]
            Picture::Png => picture::png(chart).map_err(|unpainted| {
                let words = match unpainted {
                    picture::Unpainted::Sign(sign) => format!("the font of PNG pictures has no `{sign}`"),
                    picture::Unpainted::Size => "this chart is too large for a PNG picture".to_string(),
                };
                let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, into.span, words);
                Box::new(fault.advice(as_svg(&into.node)))
            }),
        }
    }
}

/// What is said of a picture that can be written as SVG alone.
fn as_svg(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("`into {}` writes a picture that every browser shows", format::quoted(&format!("{stem}.svg")))
}

/// The shape that a word names.
fn shape(word: &Name) -> Result<Shape, Fault> {
    Shape::parse(&word.node).ok_or_else(|| {
        let words: Vec<&str> = Shape::ALL.iter().map(|s| s.word()).collect();
        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, word.span, format!("there is no chart `{}`", word.node));
        let mut fault = fault.advice(format!("a chart is drawn as {}", suggest::listed(&words, "or")));
        let near = suggest::nearest(&word.node, words);
        fault.edits.extend(near.iter().map(|w| vec![(word.span, w.to_string())]));
        Box::new(fault)
    })
}

/// What the name of a file says of its picture.
fn kind_of(into: &Name) -> Result<Picture, Fault> {
    let lower = into.node.to_ascii_lowercase();
    if let Some((_, found)) = Picture::SUFFIXES.iter().find(|(suffix, _)| lower.ends_with(suffix)) {
        return Ok(*found);
    }
    let suffixes: Vec<&str> = Picture::SUFFIXES.iter().map(|(suffix, _)| *suffix).collect();
    let words = format!("`{}` is no name of a picture; names end in {}", into.node, suggest::listed(&suffixes, "or"));
    let numbers = Format::of_path(&into.node).is_some();
    let advice = if numbers { "`export … into` writes the numbers".to_string() } else { as_svg(&into.node) };
    Err(Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, into.span, words).advice(advice)))
}

/// A query as a title: a capital at its beginning but for short words, which are often none, as `yoy` and `ic_exports`;
/// blanks in names of several words.
fn readable(query: &str) -> String {
    let begins_word = query.chars().take_while(|c| c.is_alphabetic()).count() > 3;
    let mut quote = None;
    let mut out = String::new();
    for c in query.chars() {
        match (quote, c) {
            (None, '"' | '`') => quote = Some(c),
            (Some(q), c) if c == q => quote = None,
            _ => {}
        }
        match c {
            '`' => {}
            '_' if quote.is_none() => out.push(' '),
            c if out.is_empty() && begins_word => out.extend(c.to_uppercase()),
            c => out.push(c),
        }
    }
    out
}
