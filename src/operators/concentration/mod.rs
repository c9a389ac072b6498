//! How concentrated a value is over the labels of a dimension.

mod indices;
mod wholes;

use super::over::with_over;
use super::*;
use crate::data::DimInfo;
use crate::diagnostic::Diagnostic;
use crate::eval::trace::{Line, Step, put, result};
use crate::pause::paced;
use crate::plan::parts;
use crate::value::{Absence, Cell, Dimension, Flags, Labels, Period, Reason, Row, about, number};
use indices::{Index, normal, told};
use rustc_hash::FxHashMap;
use wholes::{SHOWN, Whole, Wholes};

const fn entry(
    name: &'static str,
    summary: &'static str,
    formula: &'static str,
    notes: &'static str,
    cites: &'static [&'static str],
) -> Entry {
    Entry {
        name,
        over: Over::Needed,
        summary,
        formula,
        notes,
        cites,
        asks: with_over,
        result: ratio_type,
        ..plain(concentration)
    }
}

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        examples: &[("hhi over partner of exports where reporter = CHN for 2019", "0.255")],
        ..entry(
            "hhi",
            "The Herfindahl–Hirschman index of concentration, 1/n to 1.",
            "sum of (x[k] / X)^2, X = sum of x over k",
            "On shares from 0 to 1; some publish it times 10 000. Totals among the labels are left out; X is the published total where there is one, so that parts of a whole give the lower bound.",
            &["World Bank WITS, Trade Indicators: Hirschman–Herfindahl index"],
        )
    },
    Entry {
        examples: &[("normalised hhi over partner of exports where reporter = CHN for 2019", "0.00701")],
        ..entry(
            "normalised hhi",
            "The Herfindahl–Hirschman index between 0 and 1 whatever the number of labels.",
            "(H - 1/n) / (1 - 1/n), H = sum of (x[k] / X)^2, n = labels with x[k] > 0",
            "A label with zero is none of the n. Undefined for a single label.",
            &["World Bank WITS, Trade Indicators: Hirschman–Herfindahl index, normalised"],
        )
    },
    Entry {
        examples: &[("theil over partner of exports where reporter = CHN for 2019", "0.0101")],
        ..entry(
            "theil",
            "Theil's index of inequality, 0 to ln n.",
            "sum of s[k] * ln(n * s[k]), s[k] = x[k] / X",
            "0 where all labels are alike. A label with zero counts in n and adds nothing; one below zero leaves it undefined. It is of the listed labels, whatever the whole.",
            &["Theil (1967), Economics and Information Theory"],
        )
    },
    Entry {
        examples: &[("entropy over partner of exports where reporter = CHN for 2019", "1.38")],
        ..entry(
            "entropy",
            "The entropy of the shares, 0 for one label to ln n for n alike.",
            "- sum of s[k] * ln s[k], s[k] = x[k] / X",
            "ln n less Theil's index. A label with zero adds nothing; one below zero leaves it undefined. It is of the listed labels, whatever the whole.",
            &["ESCAP, Trade Statistics in Policymaking (2007): trade entropy"],
        )
    },
    Entry {
        examples: &[("gini over partner of exports where reporter = CHN for 2019", "0.0742")],
        ..entry(
            "gini",
            "Gini's coefficient of inequality, 0 to (n - 1) / n.",
            "sum of (2 i - n - 1) * x[i] / (n * X), x[i] in ascending order",
            "Labels with zero count; one below zero leaves it undefined. It is of the listed labels, whatever the whole.",
            &["Gini (1912), Variabilità e mutabilità", "R package ineq: Gini"],
        )
    },
    Entry {
        examples: &[("corrected gini over partner of exports where reporter = CHN for 2019", "0.0989")],
        ..entry(
            "corrected gini",
            "Gini's coefficient between 0 and 1 whatever the number of labels.",
            "sum of (2 i - n - 1) * x[i] / ((n - 1) * X), x[i] in ascending order",
            "n / (n - 1) times `gini`. Undefined for a single label.",
            &["Deltas (2003), The small-sample bias of the Gini coefficient", "R package ineq: Gini, corrected"],
        )
    },
];

fn ratio_type(_: &Call, types: &[Type]) -> Result<Type, Refusal> {
    let x = first(types);
    if !x.kind.adds_over_dimensions() {
        return refuse(&codes::SUM_OF_NONADDITIVE, format!("{} have no sum to be a share of", x.kind.plural()), "");
    }
    Ok(Type::new(Unit::plain(), Kind::Ratio))
}

/// The published totals of what the labels are parts of, by what is left of the keys; none where nothing is a total.
fn totals(
    ev: &mut dyn Evaluation,
    call: &Call,
    plan: &Plan,
    below: &Demand,
) -> Result<FxHashMap<(String, Option<Period>), f64>, Fault> {
    let over: Vec<String> = call.keys.iter().map(|k| k.dim.clone()).collect();
    // What has no sum is no part of a published total.
    if !over.iter().all(|d| parts::add_up(plan, d)) {
        return Ok(FxHashMap::default());
    }
    let stand = |d: &DimInfo| over.iter().any(|o| o == d.name.as_ref()) && d.is_mixed();
    if !plan.leaves().iter().any(|(source, _)| source.info().dims.iter().any(stand)) {
        return Ok(FxHashMap::default());
    }
    let mut asked = below.clone();
    asked.keys.retain(|k| !over.contains(&k.dim));
    asked.ignored.extend(over);
    let whole = ev.eval_quietly(plan, &asked)?;
    let number = |r: &Row| r.datum().ok().map(|x| ((labels(&whole.dims, r.key()), r.period()), x));
    Ok(paced(&whole.rows).filter_map(number).collect())
}

/// How many observations of how many are there, by the labels and the period of a cell.
type Counted = FxHashMap<(String, Option<Period>), (u32, u32)>;

/// The cells in which not all labels are there that are expected, where an absent label is a missing observation: how
/// many observations of how many are.
fn lacking(ev: &mut dyn Evaluation, call: &Call, plan: &Plan, below: &Demand) -> Result<Counted, Fault> {
    let over: Vec<&str> = call.keys.iter().map(|k| k.dim.as_str()).collect();
    let open = |(source, measure): &(&std::sync::Arc<dyn crate::data::Source>, usize)| {
        let info = source.info();
        let flow = info.measures.get(*measure).is_some_and(|m| m.meaning.kind == Kind::Flow);
        info.dims.iter().any(|d| over.contains(&d.name.as_ref()) && !(flow && d.absent_is_zero))
    };
    if !plan.leaves().iter().any(open) || !over.iter().all(|dim| parts::add_up(plan, dim)) {
        return Ok(Counted::default());
    }
    let mut asked = below.clone();
    asked.keys.retain(|k| !over.contains(&k.dim.as_str()));
    let whole = ev.eval_quietly(plan, &asked)?;
    let lacks = |r: &Row| {
        let counted = r.coverage().and_then(|c| c.observed).unwrap_or_default();
        r.flags().has(Flags::MISSING).then(|| ((labels(&whole.dims, r.key()), r.period()), counted))
    };
    Ok(paced(&whole.rows).filter_map(lacks).collect())
}

fn labels(dims: &[Dimension], key: &[u32]) -> String {
    dims.iter().zip(key).map(|(d, k)| d.label(*k)).collect::<Vec<_>>().join(", ")
}

/// Says between which bounds the index lies where the labels are a part of the whole, if that can be seen.
fn say_bounds(ev: &mut dyn Evaluation, call: &Call, whole: &Whole, all: f64, index: Index) {
    let rest = 1.0 - whole.sum / all;
    if !index.of_whole() {
        let part = number::significant(100.0 * (1.0 - rest), 3);
        if rest >= 1e-3 && !ev.has_said(&codes::CONCENTRATION_OF_A_PART, call.words) {
            let message = format!("the listed labels are {part} % of the whole, and the index is of them alone");
            ev.say(Diagnostic::new(&codes::CONCENTRATION_OF_A_PART, call.words, message));
        }
        return;
    }
    let normalised = index == Index::Normalised;
    let (low, n) = (whole.squares / (all * all), f64::from(whole.traded));
    let high = low + rest * rest;
    let (low, high) = if normalised { (normal(low, n), normal(high, n + 1.0)) } else { (low, high) };
    let show = |x: f64| number::significant(x, 3);
    if rest < 1e-9 || show(low) == show(high) || ev.has_said(&codes::CONCENTRATION_OF_A_PART, call.words) {
        return;
    }
    let message = format!(
        "the listed labels are {} % of the whole: the index lies between {} and {}",
        number::significant(100.0 * (1.0 - rest), 3),
        show(low),
        show(high)
    );
    let warning = Diagnostic::new(&codes::CONCENTRATION_OF_A_PART, call.words, message);
    ev.say(warning.advice("the lower bound spreads the rest over very many labels, the upper one gives it to one"));
}

fn concentration(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let index = Index::of(call);
    let Some(plan) = call.operands.first() else { return ev.fault(&codes::BUG, span, "the operator has no operand") };
    let below = ev.listed(plan, &with_over(call, demand))?;
    let mut wholes = Wholes {
        over: &call.over,
        keeps: match (index.ranks(), ev.is_telling()) {
            (true, _) => usize::MAX,
            (false, true) => SHOWN + 1,
            (false, false) => 0,
        },
        logarithms: matches!(index, Index::Theil | Index::Entropy),
        dims: Vec::new(),
        stays: Vec::new(),
        known: FxHashMap::default(),
        list: Vec::new(),
        recent: (Labels::new(), Vec::new()),
        next: 0,
    };
    ev.each_cell(plan, &below, (&mut wholes, !index.counts()))?;
    let Wholes { dims, list, .. } = wholes;
    let totals = totals(ev, call, plan, &below)?;
    let lacking = lacking(ev, call, plan, &below)?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let mut of_both_signs = None;
    for (key, period, mut whole) in list {
        let known = (!totals.is_empty()).then(|| totals.get(&(labels(&dims, &key), period))).flatten();
        let total = known.filter(|t| **t > 0.0).copied();
        let all = total.filter(|_| index.of_whole()).unwrap_or(whole.sum);
        let datum = whole.index(all, index);
        if whole.has_negative && datum == Err(Reason::Undefined) {
            of_both_signs.get_or_insert_with(|| about(&dims, &key, period));
        }
        if total.is_some() && datum.is_ok() {
            say_bounds(ev, call, &whole, total.unwrap_or(all), index);
        }
        let mut flags = whole.flags;
        let counted = (!lacking.is_empty()).then(|| lacking.get(&(labels(&dims, &key), period))).flatten();
        if let Some((have, of)) = counted {
            flags = flags.with(Flags::MISSING);
            if !ev.has_said(&codes::MISSING_OBSERVATION, call.words) {
                let about = about(&dims, &key, period);
                let message = format!("{have} of {of} observations of {about} are present");
                ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message));
            }
        }
        if whole.present < whole.members {
            flags = flags.with(Flags::MISSING);
            if !ev.has_said(&codes::MISSING_OBSERVATION, call.words) {
                let message = format!("{} of {} are present", whole.present, whole.members);
                ev.say(Diagnostic::new(&codes::MISSING_OBSERVATION, call.words, message));
            }
        }
        let count = whole.parts.len();
        if let (Ok(z), true) = (datum, ev.is_telling() && count <= SHOWN) {
            let about = about(&dims, &key, period);
            let part = total.filter(|t| index.of_whole() && (t - whole.sum).abs() > 1e-9 * t.abs());
            let sum = match part {
                Some(total) => put(total),
                None => whole.parts.iter().map(|x| put(*x)).collect::<Vec<_>>().join(" + "),
            };
            let arithmetic = told(&whole.parts, &sum, index);
            lines.push(Line { about, arithmetic, result: result(z), unit: String::new() });
        }
        rows.push(Row::new(key, period, Cell { datum, coverage: whole.coverage, flags }));
    }
    if rows.iter().any(|r| r.datum() == Err(Reason::NonpositiveDenominator)) {
        ev.say(Diagnostic::new(
            &codes::NONPOSITIVE_DENOMINATOR,
            call.words,
            "the whole is zero or negative in some cells; they are missing",
        ));
    }
    if let Some(of) = of_both_signs {
        let of = if of.is_empty() { of } else { format!("of {of}, ") };
        let message = format!("{of}some parts are below zero, so there is no index of their shares");
        ev.say(Diagnostic::new(&codes::PARTS_OF_BOTH_SIGNS, call.words, message));
    }
    ev.tell(|| Step {
        say: format!("concentration over {}", call.over.join(", ")),
        formula: call.entry.formula.into(),
        lines,
        ..Step::default()
    });
    let mut value =
        Value { dims, unit: Unit::plain(), kind: Kind::Ratio, rows, absent: Absence::Missing, fixed: false };
    value.sort();
    Ok(value)
}
