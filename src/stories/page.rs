//! A story for people: sentence by sentence with its figures in brackets and a mark at each, then what was found, the worst
//! first. In: a story, findings, what the data say. Out: text.

use super::figure::{Figure, Role, Source};
use super::finding::{Finding, Kind};
use super::marks::{Checked, best, mark};
use super::reading::Story;
use super::say;
use std::fmt::Write;

/// The line above all: who reports, what day, how many of what.
pub fn head(name: &str, story: &Story, findings: &[Finding]) -> String {
    let day = story.date.map_or("without a date".into(), |(y, m, d)| format!("read as of {y:04}-{m:02}-{d:02}"));
    let who = story.reporter.as_deref().unwrap_or("reporter unknown");
    let count = |kinds: &[Kind]| findings.iter().filter(|f| kinds.contains(&f.kind)).count();
    let plural = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let figures = story.figures.iter().filter(|f| f.role != Role::Other).count();
    let mut out = format!("{name}  {who}, {day}: {}", plural(figures, "figure", "figures"));
    for (kinds, one, many) in [
        (&[Kind::Contradicts][..], "finding that cannot all be printed", "findings that cannot all be printed"),
        (&[Kind::Suspect], "suspect scale", "suspect scales"),
        (&[Kind::Unlike], "comparison of unlike periods", "comparisons of unlike periods"),
        (&[Kind::Doubtful], "doubt", "doubts"),
        (&[Kind::Follows, Kind::Fits], "follows", "follow"),
    ] {
        let n = count(kinds);
        if n > 0 {
            let _ = write!(out, ", {}", plural(n, one, many));
        }
    }
    out
}

/// The sentence with its figures in brackets.
fn bracketed(story: &Story, from: usize, to: usize, figures: &[(usize, &Figure)]) -> String {
    let mut out = String::new();
    let mut at = from;
    for (_, figure) in figures {
        out.push_str(story.plain.get(at..figure.start).unwrap_or(""));
        let _ = write!(out, "[{}]", story.plain.get(figure.start..figure.end).unwrap_or("").trim());
        at = figure.end;
    }
    out.push_str(story.plain.get(at..to).unwrap_or(""));
    let visible = out.chars().filter(|c| *c != '\u{200B}').collect::<String>();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The whole page.
pub fn page(name: &str, story: &Story, findings: &[Finding], checked: &[Checked]) -> String {
    let mut out = format!("{}\n\n", head(name, story, findings));
    for (n, (from, to)) in story.sentences.iter().enumerate() {
        let here: Vec<(usize, &Figure)> =
            story.figures.iter().enumerate().filter(|(_, f)| f.sentence == n + 1 && f.role != Role::Other).collect();
        if here.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{:>3} {}", n + 1, bracketed(story, *from, *to, &here));
        for (i, figure) in here {
            let (sign, _) = mark(i, figure, findings, checked);
            let _ = writeln!(out, "      {sign} {:<18} {}", figure.words(), say::taken(figure));
            for (_, reason) in &figure.unresolved {
                let _ = writeln!(out, "        {:<18} not read: {reason}", "");
            }
            if let Some(check) = checked.iter().find(|c| c.figure == i) {
                let _ = writeln!(out, "        {:<18} {}: {}", "", check.query, check.said);
            }
        }
    }
    if story.figures.is_empty() {
        out.push_str("    no figure of trade was found\n");
    }
    findings_text(findings, story, &mut out);
    if story.cut {
        let _ = writeln!(out, "\nonly the first {} figures are read", super::reading::MOST_FIGURES);
    }
    out
}

fn findings_text(findings: &[Finding], story: &Story, out: &mut String) {
    if findings.is_empty() {
        out.push_str("\nnothing in it can be checked by its own figures\n");
        return;
    }
    let titles: [(&[Kind], &str); 6] = [
        (&[Kind::Contradicts, Kind::Suspect], "✗ cannot all be printed"),
        (&[Kind::Unlike], "≠ unlike periods"),
        (&[Kind::Follows, Kind::Fits], "✓ follows"),
        (&[Kind::Rate], "  implied"),
        (&[Kind::Refused], "? not read"),
        (&[Kind::Doubtful], "? does not fit, or was read wrongly"),
    ];
    for (kinds, title) in titles {
        let these: Vec<&Finding> = findings.iter().filter(|f| kinds.contains(&f.kind)).collect();
        if these.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{title}");
        for finding in these {
            let _ = writeln!(out, "    {} ({})", finding.message, places(finding, story));
        }
    }
}

/// `sentences 1 and 2`
pub fn places(finding: &Finding, story: &Story) -> String {
    let mut all: Vec<usize> =
        finding.figures.iter().filter_map(|f| story.figures.get(*f)).map(|f| f.sentence).collect();
    all.sort_unstable();
    all.dedup();
    let words: Vec<String> = all.iter().map(usize::to_string).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => format!("sentence {one}"),
        [rest @ .., last] => format!("sentences {} and {last}", rest.join(", ")),
    }
}

/// How each figure was read: each attribute with the way in which it is known.
pub fn explained(name: &str, story: &Story, findings: &[Finding], checked: &[Checked]) -> String {
    let mut out = format!("{}\n", head(name, story, findings));
    let way = |source: Source| match source {
        Source::Said => "said in the clause".to_string(),
        Source::Beside => "as the level beside".to_string(),
        Source::Carried(0 | 1) => "carried from the sentence before".to_string(),
        Source::Carried(n) => format!("carried over {n} sentences"),
        Source::Default => "meant where nothing is said".to_string(),
    };
    for (i, figure) in story.figures.iter().enumerate() {
        let text = story.plain.get(figure.start..figure.end).unwrap_or("").replace('\u{200B}', "");
        let (sign, _) = mark(i, figure, findings, checked);
        let _ = writeln!(out, "\n{sign} f{} `{text}` in sentence {}: {}", i + 1, figure.sentence, say::taken(figure));
        if figure.role == Role::Other {
            continue;
        }
        let one = 10f64.powi(figure.ten);
        let side = |x: Option<f64>| x.map_or("open".into(), |x| crate::value::number::significant(x / one, 9));
        let (low, high) = figure.bounds();
        let _ = writeln!(
            out,
            "    number    {} rounds from {} to {} {}",
            figure.words(),
            side(low),
            side(high),
            figure.unit()
        );
        for (what, value, source) in [
            ("flow", figure.subject.flow_word().unwrap_or("unknown"), figure.from_subject[0]),
            ("product", figure.subject.product.as_str(), figure.from_subject[1]),
            ("partner", figure.subject.partner.as_str(), figure.from_subject[2]),
        ] {
            let _ = writeln!(out, "    {what:<9} {}, {}", value.replace('_', " "), way(source));
        }
        let period = figure.period.map_or("unknown".into(), |p| p.to_string());
        let _ = writeln!(out, "    period    {period}, {}", way(figure.from_period));
        if let Some(base) = figure.base.filter(|_| figure.role != Role::Level) {
            let how = if figure.compared { "said" } else { "meant where nothing is said" };
            let _ = writeln!(out, "    compared  with {base}, {how}");
        }
        for (what, reason) in &figure.unresolved {
            let _ = writeln!(out, "    {what:<9} not decided: {reason}");
        }
        if let Some(finding) = best(i, findings) {
            let _ = writeln!(out, "    finding   {}", finding.message);
        }
    }
    out
}
