//! A story as a part of a page: its text with every figure marked, then what was found. In: a story, findings, what the
//! data say. Out: HTML that needs nothing from outside; whatever the story holds is escaped.

use super::figure::Role;
use super::finding::{Finding, Kind};
use super::marks::{Checked, mark};
use super::page::places;
use super::reading::Story;
use super::say;
use std::fmt::Write;

/// Text that means nothing but itself.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| *c != '\u{200B}') {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

const STYLE: &str = "<style>.story mark{padding:0 .2em;border-radius:.2em;background:#eee}.story mark.follows,.story mark.confirmed{background:#d6f0d6}\
.story mark.contradicts,.story mark.differs{background:#f8cfcf;text-decoration:underline wavy #b00}.story mark.unlike-periods{background:#fbe3b5}\
.story mark.doubtful,.story mark.unresolved{background:#e6e0f5}.story sup{font-size:.7em}</style>";

/// The part of a page.
pub fn section(name: &str, story: &Story, findings: &[Finding], checked: &[Checked]) -> String {
    let mut out = format!("<section class=\"story\">\n{STYLE}\n<h2>{}</h2>\n<p>", escaped(name));
    let mut at = 0;
    let between = |text: Option<&str>| escaped(text.unwrap_or("")).replace('\n', "</p>\n<p>");
    for (i, figure) in story.figures.iter().enumerate().filter(|(_, f)| f.role != Role::Other) {
        if figure.start < at {
            continue;
        }
        out.push_str(&between(story.plain.get(at..figure.start)));
        let (sign, word) = mark(i, figure, findings, checked);
        let text = escaped(story.plain.get(figure.start..figure.end).unwrap_or(""));
        let about = escaped(&format!("f{}: {}, {}", i + 1, figure.words(), say::taken(figure)));
        let _ = write!(out, "<mark class=\"{word}\" title=\"{about}\">{text}<sup>{sign}</sup></mark>");
        at = figure.end;
    }
    out.push_str(&between(story.plain.get(at..)));
    out.push_str("</p>\n");
    let titles: [(&[Kind], &str); 6] = [
        (&[Kind::Contradicts, Kind::Suspect], "Cannot all be printed"),
        (&[Kind::Unlike], "Unlike periods"),
        (&[Kind::Follows, Kind::Fits], "Follows"),
        (&[Kind::Rate], "Implied"),
        (&[Kind::Refused], "Not read"),
        (&[Kind::Doubtful], "Does not fit, or was read wrongly"),
    ];
    for (kinds, title) in titles {
        let these: Vec<&Finding> = findings.iter().filter(|f| kinds.contains(&f.kind)).collect();
        if these.is_empty() {
            continue;
        }
        let _ = writeln!(out, "<h3>{title}</h3>\n<ul>");
        for finding in these {
            let _ = writeln!(out, "<li>{} ({})</li>", escaped(&finding.message), places(finding, story));
        }
        out.push_str("</ul>\n");
    }
    if !checked.is_empty() {
        out.push_str("<h3>Against the data</h3>\n<ul>\n");
        for check in checked {
            let _ = writeln!(out, "<li><code>{}</code>: {}</li>", escaped(&check.query), escaped(&check.said));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</section>\n");
    out
}
