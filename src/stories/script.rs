//! A story as a script of claims, which runs without any data. In: a story and its findings. Out: statements.

use super::finding::{Finding, Kind};
use super::page::places;
use super::reading::Story;
use crate::value::number;

/// Text in quotes of the language.
fn quoted(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c == '\n' || c == '\r' { ' ' } else { c }).collect();
    format!("\"{}\"", plain.replace('"', "\"\""))
}

/// The claim that a finding is, if it is one.
pub fn claim(name: &str, story: &Story, finding: &Finding) -> Option<String> {
    let (formula, result) = (finding.formula.as_ref()?, finding.result.as_ref()?);
    let figures = || finding.figures.iter().filter_map(|f| story.figures.get(*f));
    let last = finding.figures.last().and_then(|f| story.figures.get(*f))?;
    // What the number printed rounds from, and what the language does not know of the operands: `about`, `800 million`.
    let usual =
        |f: &super::Figure| f.half <= 0.5 * 10f64.powi(-i32::try_from(decimals(&f.number())).unwrap_or(0)) * 1.001;
    let printed = last.half;
    let loose = !figures().take(finding.figures.len().saturating_sub(1)).all(usual);
    let within = if loose { finding.within.unwrap_or(printed).max(printed) } else { printed };
    let unit = result.split_once(' ').map_or("", |(_, u)| u);
    let tolerance = format!("{} {unit}", number::significant(within, 3)).trim().replace(" %", "%");
    let result = result.replace(" %", "%");
    let cite = quoted(&format!("{name}, {}", places(finding, story)));
    let formula = formula.replace(" %", "%");
    if finding.relation == "multiple" && last.open == super::figure::Open::Up {
        return Some(format!("claim {formula} >= {result} citing {cite}"));
    }
    Some(format!("claim {formula} is {result} within {tolerance} citing {cite}"))
}

fn decimals(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, f)| f.len())
}

/// The script of a story.
pub fn script(name: &str, story: &Story, findings: &[Finding]) -> String {
    let day = story.date.map_or(String::new(), |(y, m, d)| format!(", read as of {y:04}-{m:02}-{d:02}"));
    let plain: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut out = format!("# {plain}{day}\n");
    let mut order: Vec<&Finding> = findings.iter().filter(|f| f.kind != Kind::Doubtful).collect();
    order.sort_by_key(|f| f.figures.iter().max().copied());
    let mut any = false;
    for finding in order {
        if let Some(claim) = claim(name, story, finding) {
            any = true;
            out.push_str(&claim);
            out.push('\n');
        }
    }
    if !any {
        out.push_str("# none of its figures follows from others\n");
    }
    out
}
