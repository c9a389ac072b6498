//! What is found in a story: relations that follow or cannot be, rates that are implied, times that are not alike. In:
//! figures. Out: findings, each judged with care: a wrong reading looks like a contradiction, so what may be one is only
//! called doubtful.

use super::figure::{Figure, Open, Role};
use super::finding::{Finding, Kind, simple};
use super::known::Known;
use super::relation::Relation;
use super::relations;
use super::{say, series};

/// All findings of a story, the worst first.
pub fn all(figures: &[Figure]) -> Vec<Finding> {
    let known = Known::new(figures);
    let mut out = Vec::new();
    for relation in relations::all(&known) {
        out.extend(judge(figures, relation));
    }
    series::twice(&known, &mut out);
    series::parts(&known, &mut out);
    series::rates(figures, &mut out);
    series::lengths(&known, &mut out);
    series::jumps(&known, &mut out);
    for (i, figure) in figures.iter().enumerate().filter(|(_, f)| f.role == Role::Refused) {
        out.push(simple(Kind::Refused, figure.reason.unwrap_or("unread"), vec![i], say::refused(figure)));
    }
    out.sort_by_key(|f| f.kind);
    out
}

/// Whether an operand has an open side, so that no number of it is known.
fn is_open(figures: &[Figure], relation: &Relation) -> bool {
    let open = |f: &&Figure| f.open != Open::None && f.role != Role::Multiple;
    relation.figures.iter().filter_map(|f| figures.get(*f)).any(|f| open(&f))
}

fn judge(figures: &[Figure], relation: Relation) -> Option<Finding> {
    let (computed, printed) = (relation.computed, relation.printed);
    let meets = computed.meets(printed);
    // What is open may be anything on one side.
    if is_open(figures, &relation) && !meets {
        return None;
    }
    let mend = if meets { None } else { super::gate::mend(figures, &relation) };
    let kind = match meets {
        true if computed.width() > 10.0 * printed.width() && printed.high.is_finite() => Kind::Fits,
        true => Kind::Follows,
        false if super::gate::passes(figures, &relation, mend.as_ref()) => Kind::Contradicts,
        false => Kind::Doubtful,
    };
    let message = say::relation(figures, &relation, kind, mend.as_ref());
    let width = (computed.width() + printed.width()) / 2.0 / relation.one;
    Some(Finding {
        kind,
        relation: relation.name,
        figures: relation.figures,
        computed: Some(computed),
        printed: Some(printed),
        unit: None,
        mend: mend.map(|m| m.words),
        message,
        formula: Some(relation.formula),
        result: Some(relation.result),
        within: width.is_finite().then_some(width),
    })
}
