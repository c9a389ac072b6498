//! Quotients whose two sides are sums over different labels: 180 of three countries divided by 3500 of four. In: two
//! plans and the cells of their quotient. Out: a warning where the quotient over the labels of both prints differently.

use crate::data::known::places;
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::eval::meeting::align::combine;
use crate::pause::paced;
use crate::plan::composition::{Membership, listed};
use crate::plan::{Condition, Demand, Grid, Plan};
use crate::span::{Span, Spanned};
use crate::syntax::Fault;
use crate::value::absence::Names;
use crate::value::{Period, Unit, Value, number, times_ten};
use std::collections::{BTreeMap, BTreeSet};

/// Labels of countries by their code, so that two spellings are one.
fn canonical(names: &Names) -> String {
    let one = |n: &std::sync::Arc<str>| places::iso3(n).map_or_else(|| n.to_string(), str::to_string);
    names.iter().map(one).collect::<Vec<_>>().join("/")
}

impl Evaluator<'_> {
    /// Warns where numerator and denominator are made of different labels, and it shows.
    pub(in crate::eval) fn same_labels(
        &mut self,
        (a, x): (&Plan, &Value),
        (b, y): (&Plan, &Value),
        demand: &Demand,
        span: Span,
    ) -> Result<(), Fault> {
        let Grid::List(wanted) = &demand.grid else { return Ok(()) };
        if !x.kind.is_level() || !y.kind.is_level() {
            return Ok(());
        }
        let (left, right) = (self.all_memberships(a, demand)?, self.all_memberships(b, demand)?);
        let pairs = left.iter().flat_map(|l| right.iter().map(move |r| (l, r)));
        for (l, r) in pairs.filter(|(l, r)| l.dims.len() == 1 && l.dims == r.dims) {
            // Periods of the same labels are asked together.
            let mut asked: BTreeMap<Common, Vec<Period>> = BTreeMap::new();
            for period in wanted.iter() {
                if let Some(common) = Common::of(l, r, *period) {
                    asked.entry(common).or_default().push(*period);
                }
            }
            let mut told: Vec<(Period, String)> = Vec::new();
            for (common, periods) in asked {
                told.extend(self.told_otherwise((a, x), (b, y), demand, (&common, &periods)));
            }
            if let Some((_, message)) = told.into_iter().min() {
                self.say(Diagnostic::new(&codes::COMPOSITION_CHANGED, span, message));
                return Ok(());
            }
        }
        Ok(())
    }

    /// The first of these periods in which the quotient over the labels of both prints differently, and its words.
    fn told_otherwise(
        &mut self,
        (a, x): (&Plan, &Value),
        (b, y): (&Plan, &Value),
        demand: &Demand,
        (common, periods): (&Common, &[Period]),
    ) -> Option<(Period, String)> {
        let whole = quotients(x.clone(), y);
        let alike = if common.both.is_empty() {
            BTreeMap::new()
        } else {
            let label = |n: &Names| n.last().map(|l| Spanned::new(l.to_string(), Span::default()));
            let codes = common.both.iter().filter_map(label).collect();
            let mut under = demand.at(periods.to_vec());
            let dim = Spanned::new(common.dim.clone(), Span::default());
            under.filters.push(Condition::on_codes(dim, true, codes));
            self.quietly(|e| Some(quotients(e.eval(a, &under).ok()?, &e.eval(b, &under).ok()?))).unwrap_or_default()
        };
        let printed = |all: &BTreeMap<Period, Vec<f64>>, period: Period| -> Vec<String> {
            all.get(&period).into_iter().flatten().map(|x| number::significant(*x, 3)).collect()
        };
        let otherwise =
            |period: &&Period| whole.contains_key(period) && printed(&whole, **period) != printed(&alike, **period);
        let period = periods.iter().find(otherwise)?;
        let over_both = match alike.get(period).map(Vec::as_slice) {
            // Without a unit only what has none is a number.
            Some([ratio]) if x.unit == (Unit { ten: x.unit.ten, ..y.unit.clone() }) => {
                let ratio = times_ten(*ratio, x.unit.ten - y.unit.ten);
                format!("; {} over the labels of both", number::significant(ratio, 3))
            }
            _ => String::new(),
        };
        let (dim, words) = (&common.dim, common.words());
        Some((*period, format!("in {period} the two sides hold different labels of {dim}: {words}{over_both}")))
    }
}

/// The labels of a dimension that both sides of a quotient hold in a period, and those that one of them holds alone.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Common {
    dim: String,
    both: Vec<Names>,
    above: Vec<Names>,
    below: Vec<Names>,
}

impl Common {
    /// Of a period in which the labels differ.
    fn of(l: &Membership, r: &Membership, period: Period) -> Option<Common> {
        let (left, right) = (l.within(period), r.within(period));
        let codes_of = |all: &BTreeSet<Names>| all.iter().map(canonical).collect::<BTreeSet<String>>();
        let (p, q) = (codes_of(&left), codes_of(&right));
        if p == q || p.is_empty() || q.is_empty() {
            return None;
        }
        let of = |all: &BTreeSet<Names>, others: &BTreeSet<String>, both: bool| -> Vec<Names> {
            all.iter().filter(|n| others.contains(&canonical(n)) == both).cloned().collect()
        };
        let both = of(&left, &q, true).into_iter().chain(of(&right, &p, true)).collect();
        Some(Common { dim: l.dims.first()?.clone(), both, above: of(&left, &q, false), below: of(&right, &p, false) })
    }

    fn words(&self) -> String {
        let side = |which: &str, labels: &[Names]| {
            (!labels.is_empty()).then(|| format!("only the {which} has {}", listed(labels)))
        };
        let words = [side("numerator", &self.above), side("denominator", &self.below)];
        words.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

/// The quotients of all labels that stay, by period, without their units.
fn quotients(x: Value, y: &Value) -> BTreeMap<Period, Vec<f64>> {
    let out = combine(x, y, |p, q| p.joined(q, p.datum.and_then(|p| q.datum.map(|q| p / q))));
    let mut all: BTreeMap<Period, Vec<f64>> = BTreeMap::new();
    for row in paced(&out.rows) {
        if let (Some(period), Ok(x)) = (row.period(), row.datum()) {
            all.entry(period).or_default().push(x);
        }
    }
    all
}
