//! Changes of parts and of their whole: exports and imports beside the balance, goods and services beside both. In: figures.
//! Out: relations.

use super::known::Known;
use super::relation::{Relation, amount, one, result, span};

/// The change of a balance from those of exports and imports.
pub(super) fn of_balance(known: &Known, i: usize) -> Option<Relation> {
    let change = known.get(i).filter(|c| c.subject.flow_word() == Some("balance"))?;
    let e = known.changes(change, |k| k.0 = "exports").first().copied()?;
    let m = known.changes(change, |k| k.0 = "imports").first().copied()?;
    let (x, y) = (known.get(e)?, known.get(m)?);
    Some(Relation {
        name: "change-of-balance",
        figures: vec![e, m, i],
        computed: span(x).minus(span(y)),
        printed: span(change),
        formula: format!("{} - {}", amount(x), amount(y)),
        result: result(change),
        one: one(change),
    })
}

/// The same where the change of the balance is not told, but both its levels are.
pub(super) fn balance(known: &Known, i: usize) -> Option<Relation> {
    let balance = known.get(i).filter(|c| c.subject.flow_word() == Some("balance"))?;
    let base = known.base_of_changes(balance)?;
    let find = |flow: &'static str| known.change_of(balance, base, flow);
    if find("balance").is_some() {
        return None;
    }
    let (e, m) = (find("exports")?, find("imports")?);
    let before = known.levels(balance, |k| k.5 = base).first().copied()?;
    let (x, y, b) = (known.get(e)?, known.get(m)?, known.get(before)?);
    Some(Relation {
        name: "change-of-balance",
        figures: vec![e, m, i, before],
        computed: span(x).minus(span(y)),
        printed: span(balance).minus(span(b)),
        formula: format!("{} - {}", amount(x), amount(y)),
        result: {
            let scale = one(balance);
            let value = crate::value::number::significant((balance.amount() - b.amount()) / scale, 12);
            format!("{value} {}", balance.unit())
        },
        one: one(balance),
    })
}

/// The change of goods and services from those of its parts.
pub(super) fn sum(known: &Known, i: usize) -> Option<Relation> {
    let change = known.get(i).filter(|c| c.subject.product == "goods_and_services")?;
    let g = known.changes(change, |k| k.1 = "goods").first().copied()?;
    let s = known.changes(change, |k| k.1 = "services").first().copied()?;
    let (x, y) = (known.get(g)?, known.get(s)?);
    Some(Relation {
        name: "sum-of-changes",
        figures: vec![g, s, i],
        computed: span(x).plus(span(y)),
        printed: span(change),
        formula: format!("{} + {}", amount(x), amount(y)),
        result: result(change),
        one: one(change),
    })
}
