//! Change between two end points: growth, its compound, logarithmic and like-for-like forms, and what contributed.

use super::ends::{Computed, Seen, ends, ends_asked, from_ends};
use super::formulas::{base, decimal_difference, percent_change};
use super::parts;
use super::*;
use crate::diagnostic::{Diagnostic, words};
use crate::eval::trace::put;
use crate::value::{Period, Reason};

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        name: "growth",
        needs: Needs::EndPoints,
        change: Some(Change::Growth),
        instead: Some("change"),
        summary: "Growth between two periods, in percent.",
        formula: "100 * (x[b] / x[a] - 1)",
        notes: "Undefined for a base that is zero or negative: ask for `change`. Both ends must cover the same months.",
        cites: &["Eurostat, Handbook on Rapid Estimates: growth rates"],
        examples: &[("growth of ic_exports from 2018 to 2023", "71.2 %")],
        asks: ends_asked,
        result: growth_type,
        ..plain(growth)
    },
    Entry {
        name: "change",
        needs: Needs::EndPoints,
        change: Some(Change::Difference),
        parts: Parts::AsOperand,
        summary: "Change between two periods, in the unit of the series; points for percentages.",
        formula: "x[b] - x[a]",
        notes: "Defined for zero and negative bases too.",
        cites: &["Eurostat, Handbook on Rapid Estimates: growth rates"],
        examples: &[("change of ic_exports from 2018 to 2023", "397.77 bn CNY")],
        asks: ends_asked,
        result: change_type,
        ..plain(change)
    },
    Entry {
        name: "log growth",
        needs: Needs::EndPoints,
        instead: Some("change"),
        summary: "Logarithmic growth between two periods, in percent.",
        formula: "100 * ln(x[b] / x[a])",
        notes: "Adds up over time. Undefined for values that are zero or negative.",
        cites: &["Törnqvist, Vartia & Vartia 1985, How should relative changes be measured?"],
        examples: &[("log growth of ic_exports from 2018 to 2023", "53.7 %")],
        asks: ends_asked,
        result: growth_type,
        ..plain(log_growth)
    },
    Entry {
        name: "cagr",
        needs: Needs::EndPoints,
        instead: Some("change"),
        summary: "Compound annual growth rate between two periods.",
        formula: "100 * ((x[b] / x[a])^(1/n) - 1), n = years from a to b",
        notes: "n counts the intervals, not the observations. Undefined for a base that is zero or negative.",
        cites: &["World Bank WITS, Trade Indicators: compound annual growth rate"],
        examples: &[("cagr of ic_exports from 2018 to 2023", "11.3 % a year")],
        asks: ends_asked,
        result: yearly_type,
        ..plain(cagr)
    },
    Entry {
        name: "annualised growth",
        needs: Needs::EndPoints,
        instead: Some("change"),
        summary: "Growth between two periods, as if it went on for a year.",
        formula: "100 * ((x[b] / x[a])^(p/n) - 1), n = steps from a to b, p = steps in a year",
        notes: "Amplifies noise and season; the steps are those of the end points (months, quarters, years).",
        cites: &["OECD, Data and Metadata Reporting Handbook: annualised rates"],
        examples: &[("annualised growth of exports where reporter = CHN from 2019-Q1 to 2019-Q3", "-23.0 % a year")],
        asks: ends_asked,
        result: yearly_type,
        ..plain(annualised)
    },
    Entry {
        name: "trend growth",
        needs: Needs::EndPoints,
        instead: Some("change"),
        summary: "Growth per step by least squares through all periods of the range.",
        formula: "100 * (exp(b) - 1), ln x[t] = a + b * t",
        notes: "Needs at least three values, all above zero. The step is that of the end points.",
        cites: &["UNCTAD Handbook of Statistics, Calculation methods: average annual growth (exp form)"],
        examples: &[("trend growth of exports where reporter = CHN from 2018 to 2020", "7.29 %")],
        asks: ends_asked,
        result: growth_type,
        ..plain(parts::trend)
    },
    Entry {
        name: "growth contributions",
        needs: Needs::EndPoints,
        compares: true,
        parts: Parts::OfWhole,
        summary: "What each part adds to the growth of the whole, in percentage points.",
        formula: "100 * (x[k,b] - x[k,a]) / X[a], X = sum of x over k",
        notes: "The parts are those named by `by`. They add up to the growth of the whole; a part without a row counts as nothing, as it does in the whole.",
        cites: &["INSEE, definition c1207: contribution to growth"],
        examples: &[("growth contributions of exports where reporter = CHN by partner from 2018 to 2020", "JPN 3.91")],
        asks: ends_asked,
        result: points_type,
        ..plain(parts::contributions)
    },
    Entry {
        name: "contribution shares",
        needs: Needs::EndPoints,
        compares: true,
        parts: Parts::OfWhole,
        summary: "What part of the change of the whole each part makes, in percent.",
        formula: "100 * (x[k,b] - x[k,a]) / (X[b] - X[a]), X = sum of x over k",
        notes: "The parts are those named by `by`, and add up to 100. Where the whole hardly changes, shares are large and of both signs: `growth contributions` tell more. Without a change they are undefined.",
        cites: &["INSEE, definition c1207: contribution to growth"],
        examples: &[("contribution shares of exports where reporter = CHN by partner from 2018 to 2020", "JPN 25.9")],
        asks: ends_asked,
        result: parts_type,
        ..plain(parts::contributions)
    },
];

fn parts_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    points_type(call, types).map(|_| Type::percent(Kind::Share))
}

fn yearly_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    growth_type(call, types).map(|t| Type::new(Unit::percent_per_year(), t.kind))
}

fn points_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    growth_type(call, types)?;
    let x = first(types);
    if !x.kind.adds_over_dimensions() {
        return refuse(
            &codes::SUM_OF_NONADDITIVE,
            format!("{} do not add up, so no part contributes", x.kind.plural()),
            "",
        );
    }
    Ok(Type::new(Unit::points(), Kind::Points))
}
fn growth(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let ends = ends(ev, call, demand, span)?;
    let words = |x: &str, y: &str| format!("100 * ({y} / {x} - 1)");
    let out = |_: &Value| Type::percent(Kind::Growth);
    from_ends(
        ev,
        call,
        demand,
        &ends,
        &Computed { formula: &percent_change, words: &words, out: &out, first: &nothing },
    )
}

fn nothing(_: &mut dyn Evaluation, _: &Seen) -> Result<(), Fault> {
    Ok(())
}

fn change(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let ends = ends(ev, call, demand, span)?;
    let out = |x: &Value| {
        let x = Type::new(x.unit.clone(), x.kind);
        change_type(call, &[x]).unwrap_or(Type::percent(Kind::Points))
    };
    let formula = |x: f64, y: f64| Ok(decimal_difference(y, x));
    let words = |x: &str, y: &str| format!("{y} - {x}");
    from_ends(ev, call, demand, &ends, &Computed { formula: &formula, words: &words, out: &out, first: &nothing })
}

fn log_growth(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let ends = ends(ev, call, demand, span)?;
    let first = |ev: &mut dyn Evaluation, seen: &Seen| {
        if seen.low && demand.keys.is_empty() {
            return ev.fault(
                &codes::NONPOSITIVE_MULTIPLICATIVE,
                call.words,
                "an end of the range is zero or negative, and has no logarithm",
            );
        }
        Ok(())
    };
    let formula = |x: f64, y: f64| if y > 0.0 { base(x).map(|x| 100.0 * (y / x).ln()) } else { Err(Reason::Undefined) };
    let words = |x: &str, y: &str| format!("100 * ln({y} / {x})");
    let out = |_: &Value| Type::percent(Kind::Growth);
    from_ends(ev, call, demand, &ends, &Computed { formula: &formula, words: &words, out: &out, first: &first })
}

fn cagr(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let ends = ends(ev, call, demand, span)?;
    let months = months_between(ends.a, ends.b);
    let years = f64::from(months) / 12.0;
    let first = |ev: &mut dyn Evaluation, _: &Seen| {
        if months % 12 != 0 {
            let message = format!(
                "{} and {} are {} apart, not a whole number of years",
                ends.a,
                ends.b,
                words::counted(months.unsigned_abs() as usize, "month")
            );
            ev.say(Diagnostic::new(&codes::CAGR_INTERVAL, ends.from.to(ends.to), message));
        }
        Ok(())
    };
    let formula = |x: f64, y: f64| {
        if y >= 0.0 { base(x).map(|x| 100.0 * ((y / x).powf(1.0 / years) - 1.0)) } else { Err(Reason::Undefined) }
    };
    let words = |x: &str, y: &str| format!("100 * (({y} / {x})^(1 / {}) - 1)", put(years));
    let out = |_: &Value| Type::new(Unit::percent_per_year(), Kind::Growth);
    from_ends(ev, call, demand, &ends, &Computed { formula: &formula, words: &words, out: &out, first: &first })
}

fn months_between(a: Period, b: Period) -> i32 {
    let (x, y) = (a.first_month(), b.first_month());
    (y.0 - x.0) * 12 + y.1 as i32 - x.1 as i32
}

fn annualised(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let ends = ends(ev, call, demand, span)?;
    let step = ends.a.freq().filter(|f| f.months().is_some() && ends.b.freq() == Some(*f));
    let Some(step) = step else {
        let message = "the ends must be months, quarters, halves or years";
        return ev.fault(&codes::WRONG_ARGUMENTS, ends.from.to(ends.to), message);
    };
    let n = f64::from(months_between(ends.a, ends.b)) / f64::from(step.months().unwrap_or(12));
    let p = step.per_year();
    let first = |ev: &mut dyn Evaluation, seen: &Seen| {
        if seen.part {
            ev.say(Diagnostic::new(
                &codes::ANNUALISED_PARTIAL,
                call.words,
                "an end of the range is not a whole period",
            ));
        }
        Ok(())
    };
    let formula = |x: f64, y: f64| {
        if y >= 0.0 { base(x).map(|x| 100.0 * ((y / x).powf(p / n) - 1.0)) } else { Err(Reason::Undefined) }
    };
    let words = |x: &str, y: &str| format!("100 * (({y} / {x})^({} / {}) - 1)", put(p), put(n));
    let out = |_: &Value| Type::new(Unit::percent_per_year(), Kind::Growth);
    from_ends(ev, call, demand, &ends, &Computed { formula: &formula, words: &words, out: &out, first: &first })
}
