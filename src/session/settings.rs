//! `set NAME = VALUE`.

use super::{Body, Fault, Session};
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::render::Format;
use crate::syntax::ast::Name;
use crate::value::number::Rounding;

/// A setting: its name, what it is for, and the words that it takes beside numbers.
type Setting = (&'static str, &'static str, &'static [&'static str]);

const SWITCH: &[&str] = &["on", "off"];

/// What `set` can change.
const SETTINGS: &[Setting] = &[
    ("strict", "on or off: warnings are errors", SWITCH),
    ("rounding", "half_away or half_even: how a tie is rounded in print", &["half_away", "half_even"]),
    ("digits", "1 to 15, or auto: significant digits in print", &["auto"]),
    ("width", "40 to 1000, or auto: columns of the page; auto is as wide as the terminal", &["auto"]),
    ("format", "table, csv, tsv, json, md, html, latex or sdmx, or auto: how results are printed", &["auto"]),
    ("timing", "on or off: say how long each statement took", SWITCH),
    ("pager", "on or off: what is longer than the screen is shown by the pager", SWITCH),
    ("timeout", "1 to 86400, or off: seconds after which a statement is stopped", &["off"]),
    ("keep", "on or off: the columns of files are kept for the next start, in a folder of the user", SWITCH),
    ("labels", "on or off: names beside codes, where people read", SWITCH),
];

/// All settings, and what each is for.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    SETTINGS.iter().map(|(name, about, _)| (*name, *about))
}

/// The names of all settings.
pub fn names() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|(name, ..)| *name)
}

/// The words that a setting takes.
pub fn values(name: &str) -> Vec<&'static str> {
    let own = SETTINGS.iter().find(|(n, ..)| *n == name).map_or(&[][..], |(_, _, values)| values);
    let formats = Format::words().filter(|_| name == "format");
    own.iter().copied().chain(formats).collect()
}

impl Session {
    /// Each setting, what it is now and what it is for.
    pub(super) fn settings(&self) -> String {
        let now = &self.catalogue.settings;
        let switch = |on: bool| if on { "on".to_string() } else { "off".to_string() };
        let value = |name: &str| match name {
            "strict" => switch(now.strict),
            "timing" => switch(now.timing),
            "labels" => switch(now.labels),
            "keep" => switch(now.keep),
            "pager" => switch(now.pager),
            "timeout" => now.timeout.map_or("off".into(), |n| n.to_string()),
            "format" => now.format.unwrap_or("auto").into(),
            "rounding" if now.rounding == Rounding::HalfEven => "half_even".into(),
            "rounding" => "half_away".into(),
            "digits" => now.digits.map_or("auto".into(), |n| n.to_string()),
            _ => now.width.map_or("auto".into(), |n| n.to_string()),
        };
        all().map(|(name, of)| format!("{name} = {}: {of}\n", value(name))).collect()
    }

    pub(super) fn set(&mut self, name: &Name, value: &Name) -> Result<Body, Fault> {
        let settings = &mut self.catalogue.settings;
        let refuse = |message: String| Box::new(Diagnostic::new(&codes::WRONG_ARGUMENTS, value.span, message));
        let switch = || match value.node.as_str() {
            "on" => Ok(true),
            "off" => Ok(false),
            other => Err(refuse(format!("`{}` is `on` or `off`, not `{other}`", name.node))),
        };
        let count = |from: usize, to: usize| {
            value
                .node
                .parse()
                .ok()
                .filter(|n| (from..=to).contains(n))
                .ok_or_else(|| refuse(format!("`{}` is a number from {from} to {to}", name.node)))
        };
        match name.node.as_str() {
            "strict" => settings.strict = switch()?,
            "timing" => settings.timing = switch()?,
            "labels" => settings.labels = switch()?,
            "keep" => settings.keep = switch()?,
            "pager" => settings.pager = switch()?,
            "timeout" if value.node == "off" => settings.timeout = None,
            "timeout" => settings.timeout = Some(count(1, 86_400)?),
            "rounding" => {
                settings.rounding = match value.node.as_str() {
                    "half_away" => Rounding::HalfAway,
                    "half_even" => Rounding::HalfEven,
                    other => return Err(refuse(format!("`rounding` is `half_away` or `half_even`, not `{other}`"))),
                }
            }
            "format" if value.node == "auto" => settings.format = None,
            "format" => {
                let found = Format::parse(&value.node).and_then(Format::word);
                let known = || suggest::listed(&Format::words().collect::<Vec<_>>(), "or");
                settings.format =
                    Some(found.ok_or_else(|| refuse(format!("`format` is {}, not `{}`", known(), value.node)))?);
            }
            "digits" if value.node == "auto" => settings.digits = None,
            "digits" => settings.digits = Some(count(1, 15)?),
            "width" if value.node == "auto" => settings.width = None,
            "width" => settings.width = Some(count(40, 1000)?),
            other => {
                let near = suggest::nearest(other, names());
                let fault = Diagnostic::new(&codes::UNKNOWN_NAME, name.span, format!("there is no setting `{other}`"));
                let words = if near.is_empty() {
                    format!("the settings are {}", names().collect::<Vec<_>>().join(", "))
                } else {
                    format!("did you mean {}?", suggest::either(&near))
                };
                return Err(Box::new(fault.advice(words)));
            }
        }
        Ok(Body::Done(format!("{} is {}", name.node, value.node)))
    }
}
