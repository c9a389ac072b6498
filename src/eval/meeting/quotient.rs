//! Quotients whose two sides are sums over different labels: 180 of three countries divided by 3500 of four. In: two
//! plans and the cells of their quotient. Out: a warning where the quotient over the labels of both prints differently.

use crate::data::known::places;
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::plan::composition::{Membership, listed};
use crate::plan::{Condition, Demand, Grid, Plan};
use crate::span::{Span, Spanned};
use crate::syntax::Fault;
use crate::value::absence::Names;
use crate::value::{Period, Value, number};
use std::collections::BTreeSet;

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
            for period in wanted.iter() {
                if self.differ((a, l), (b, r), demand, *period, span)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether the labels of one period differ and the quotient over those of both is another; said if so.
    fn differ(
        &mut self,
        (a, l): (&Plan, &Membership),
        (b, r): (&Plan, &Membership),
        demand: &Demand,
        period: Period,
        span: Span,
    ) -> Result<bool, Fault> {
        let (left, right) = (l.within(period), r.within(period));
        let codes_of = |all: &BTreeSet<Names>| all.iter().map(canonical).collect::<BTreeSet<String>>();
        let (p, q) = (codes_of(&left), codes_of(&right));
        if p == q || p.is_empty() || q.is_empty() {
            return Ok(false);
        }
        let Some(dim) = l.dims.first() else { return Ok(false) };
        let of = |all: &BTreeSet<Names>, others: &BTreeSet<String>, both: bool| -> Vec<Names> {
            all.iter().filter(|n| others.contains(&canonical(n)) == both).cloned().collect()
        };
        let common: Vec<Names> = of(&left, &q, true).into_iter().chain(of(&right, &p, true)).collect();
        let at = demand.at(vec![period]);
        let whole = self.quotient((a, b), &at);
        let alike = if common.is_empty() {
            None
        } else {
            let label = |n: &Names| n.last().map(|l| Spanned::new(l.to_string(), Span::default()));
            let mut under = at.clone();
            let name = Spanned::new(dim.clone(), Span::default());
            under.filters.push(Condition { dim: name, keep: true, codes: common.iter().filter_map(label).collect() });
            self.quotient((a, b), &under)
        };
        let prints = |v: &Vec<f64>| v.iter().map(|x| number::significant(*x, 3)).collect::<Vec<_>>();
        if whole.is_none() || alike.as_ref().map(prints) == whole.as_ref().map(prints) {
            return Ok(false);
        }
        let side = |which: &str, labels: Vec<Names>| {
            (!labels.is_empty()).then(|| format!("only the {which} has {}", listed(&labels)))
        };
        let words = [side("numerator", of(&left, &q, false)), side("denominator", of(&right, &p, false))];
        let words = words.into_iter().flatten().collect::<Vec<_>>().join("; ");
        let over_both = match alike.as_deref() {
            Some([x]) => format!("; {} over the labels of both", number::significant(*x, 3)),
            _ => String::new(),
        };
        let message = format!("in {period} the two sides hold different labels of {dim}: {words}{over_both}");
        self.say(Diagnostic::new(&codes::COMPOSITION_CHANGED, span, message));
        Ok(true)
    }

    /// The quotients of all labels that stay, without their units.
    fn quotient(&mut self, (a, b): (&Plan, &Plan), demand: &Demand) -> Option<Vec<f64>> {
        self.quietly(|e| {
            let (x, y) = (e.eval(a, demand).ok()?, e.eval(b, demand).ok()?);
            let out = crate::eval::meeting::align::combine(x, &y, |p, q| {
                p.joined(q, p.datum.and_then(|p| q.datum.map(|q| p / q)))
            });
            let numbers: Vec<f64> = out.rows.iter().filter_map(|r| r.cell.datum.ok()).collect();
            (!numbers.is_empty()).then_some(numbers)
        })
    }
}
