//! Money changed where it is read, period by period: converted at the rates of a loaded table, deflated by an index.

use crate::data::Source;
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::trace::{self, Line, Step};
use crate::eval::{Evaluator, datum};
use crate::pause::paced;
use crate::plan::money::{ascii, index_base};
use crate::plan::rules::Type;
use crate::plan::{Demand, Grid, Node, Plan, RateBasis, Transform};
use crate::span::Span;
use crate::syntax::Fault;
use crate::syntax::ast::{Factor, Sign};
use crate::value::unit::Base;
use crate::value::{Freq, Kind, Period, Reason, Row, Unit};
use std::sync::Arc;

/// So many days before the end of a period the last rate in it may be: over holidays none are made.
const DAYS_WITHOUT: i32 = 10;

/// A factor with the words of its arithmetic, or why there is none.
type Rate = Result<(f64, String), Reason>;

/// The unit of money after all changes.
pub fn unit_after(unit: &Unit, transforms: &[Transform]) -> Unit {
    let mut unit = unit.clone();
    for transform in transforms.iter().rev() {
        if unit.exchange().is_some() || !unit.num.iter().any(|b| matches!(b, Base::Currency(_))) {
            continue;
        }
        match transform {
            Transform::Convert(to, _, _) => {
                for base in &mut unit.num {
                    if matches!(base, Base::Currency(_)) {
                        *base = Base::Currency(*to);
                    }
                }
            }
            Transform::Deflate(index) => unit.prices = index_base(index),
        }
    }
    unit
}

/// Under which the rate of a period is remembered.
fn rate_key(source: &Arc<dyn Source>, measure: usize, period: Period, basis: &RateBasis) -> String {
    format!("{} {measure} {period} {basis:?}", source.info().name)
}

/// Under which the level of a deflator is remembered.
fn index_key(index: &Arc<Plan>, period: Period) -> String {
    format!("deflator {:p} {period}", Arc::as_ptr(index))
}

impl Evaluator<'_> {
    /// The factor by which an amount observed in `period` is multiplied; with the words of its arithmetic.
    pub(super) fn factor(
        &mut self,
        unit: &Unit,
        transforms: &[Transform],
        period: Period,
        span: Span,
    ) -> Result<Rate, Fault> {
        let mut from = unit.num.iter().find_map(|b| if let Base::Currency(c) = b { Some(*c) } else { None });
        let (mut factor, mut words) = (1.0, String::new());
        for transform in transforms.iter().rev() {
            let Some(currency) = from.filter(|_| unit.exchange().is_none()) else { continue };
            match transform {
                Transform::Convert(to, basis, at) => {
                    if *to == currency {
                        continue;
                    }
                    match self.rate(currency, *to, period, basis, *at)? {
                        Ok((rate, text)) => {
                            factor *= rate;
                            words.push_str(&text);
                        }
                        Err(reason) => return Ok(Err(reason)),
                    }
                    from = Some(*to);
                }
                Transform::Deflate(index) => match self.index_at(index, period, span)? {
                    Ok(level) => {
                        factor *= 100.0 / level;
                        words.push_str(&format!(" * 100 / {}", trace::put(level)));
                    }
                    Err(reason) => return Ok(Err(reason)),
                },
            }
        }
        Ok(Ok((factor, words)))
    }

    /// Asks at once for the rates and levels of all periods that will be needed, so that tables are gone through once.
    pub(super) fn ask_rates(&mut self, unit: &Unit, transforms: &[Transform], periods: &[Period]) -> Result<(), Fault> {
        let mut from = unit.num.iter().find_map(|b| if let Base::Currency(c) = b { Some(*c) } else { None });
        if periods.len() < 2 || unit.exchange().is_some() {
            return Ok(());
        }
        for transform in transforms.iter().rev() {
            let Some(currency) = from else { return Ok(()) };
            match transform {
                Transform::Convert(to, RateBasis::Average, span) if *to != currency => {
                    for (source, measure) in self.tables(currency, *to) {
                        let plan = Plan { node: Node::Measure(Arc::clone(&source), measure), span: *span };
                        let key = |p: Period| rate_key(&source, measure, p, &RateBasis::Average);
                        self.ask_levels(&plan, &Demand::whole(), periods, &key)?;
                    }
                }
                Transform::Convert(..) => {}
                Transform::Deflate(index) => {
                    let demand = Demand { mean_is_asked: true, ..Demand::whole() };
                    self.ask_levels(index, &demand, periods, &|p| index_key(index, p))?;
                }
            }
            if let Transform::Convert(to, ..) = transform {
                from = Some(*to);
            }
        }
        Ok(())
    }

    /// The tables by which one currency becomes another: one, or two by way of a third.
    fn tables(&self, from: [u8; 3], to: [u8; 3]) -> Vec<(Arc<dyn Source>, usize)> {
        let direct = |a, b| self.table_of(a, b).map(|(source, measure, _)| (source, measure));
        if let Some(found) = direct(from, to) {
            return vec![found];
        }
        let pairs = self.catalogue.exchange_pairs();
        let thirds = pairs.iter().flat_map(|(a, b)| [*a, *b]).filter(|t| *t != from && *t != to);
        let both = thirds.into_iter().find_map(|third| Some(vec![direct(from, third)?, direct(third, to)?]));
        both.unwrap_or_default()
    }

    /// Remembers the levels of a plan in several periods; what is missing or partial is asked again when it is needed.
    fn ask_levels(
        &mut self,
        plan: &Plan,
        demand: &Demand,
        periods: &[Period],
        key: &dyn Fn(Period) -> String,
    ) -> Result<(), Fault> {
        let wanted: Vec<Period> = periods.iter().copied().filter(|p| !self.rates.contains_key(&key(*p))).collect();
        if wanted.len() < 2 {
            return Ok(());
        }
        let demand = Demand { grid: Grid::List(wanted.into()), ..demand.clone() };
        // What cannot be asked at once is asked one by one, and says then what is wrong.
        let Ok(value) = self.quietly(|e| e.eval(plan, &demand)) else {
            return self.budget.check().map_err(|e| self.stopped(&e.into(), plan.span));
        };
        for row in paced(&value.rows).filter(|r| r.coverage().is_none_or(|c| c.is_full())) {
            if let (Some(period), Ok(level)) = (row.period(), row.datum())
                && level > 0.0
            {
                self.rates.insert(key(period), Ok(level));
            }
        }
        Ok(())
    }

    /// How much of `to` one of `from` is worth.
    fn rate(
        &mut self,
        from: [u8; 3],
        to: [u8; 3],
        period: Period,
        basis: &RateBasis,
        span: Span,
    ) -> Result<Rate, Fault> {
        if let Some(found) = self.direct(from, to, period, basis, span)? {
            return Ok(found);
        }
        let pairs = self.catalogue.exchange_pairs();
        for third in pairs.iter().flat_map(|(a, b)| [*a, *b]).filter(|t| *t != from && *t != to) {
            let Some(first) = self.direct(from, third, period, basis, span)? else { continue };
            let Some(second) = self.direct(third, to, period, basis, span)? else { continue };
            return Ok(first.and_then(|(x, a)| second.map(|(y, b)| (x * y, a + &b))));
        }
        let message = format!("no loaded table has rates between {} and {}", ascii(from), ascii(to));
        self.fault(&codes::NO_RATE, span, message)
    }

    fn direct(
        &mut self,
        from: [u8; 3],
        to: [u8; 3],
        period: Period,
        basis: &RateBasis,
        span: Span,
    ) -> Result<Option<Rate>, Fault> {
        let Some((source, measure, times)) = self.table_of(from, to) else { return Ok(None) };
        let key = rate_key(&source, measure, period, basis);
        let level = match self.rates.get(&key) {
            Some(known) => *known,
            None => {
                let level = self.rate_level(&source, measure, period, basis, span)?;
                if let Err(reason) = level {
                    let message = format!(
                        "there is no rate of {} and {} for {period} ({})",
                        ascii(from),
                        ascii(to),
                        reason.words()
                    );
                    self.say(Diagnostic::new(&codes::MISSING_OBSERVATION, span, message));
                }
                self.rates.insert(key, level);
                level
            }
        };
        let unit = source.info().measures.get(measure).map(|m| m.meaning.unit.ten).unwrap_or(0);
        Ok(Some(level.map(|x| {
            let x = crate::value::times_ten(x, unit);
            if times { (x, format!(" * {}", trace::put(x))) } else { (1.0 / x, format!(" / {}", trace::put(x))) }
        })))
    }

    /// The table of rates between two currencies, and whether its rates are multiplied.
    fn table_of(&self, from: [u8; 3], to: [u8; 3]) -> Option<(Arc<dyn Source>, usize, bool)> {
        self.catalogue.measures().filter(|(_, _, m)| m.meaning.kind == Kind::Rate).find_map(|(s, i, m)| {
            match m.meaning.unit.exchange() {
                Some(pair) if pair == (to, from) => Some((Arc::clone(s), i, true)),
                Some(pair) if pair == (from, to) => Some((Arc::clone(s), i, false)),
                _ => None,
            }
        })
    }

    fn rate_level(
        &mut self,
        source: &Arc<dyn Source>,
        measure: usize,
        period: Period,
        basis: &RateBasis,
        span: Span,
    ) -> Result<Result<f64, Reason>, Fault> {
        let plan = Plan { node: Node::Measure(Arc::clone(source), measure), span };
        let wanted = match basis {
            RateBasis::Average => period,
            RateBasis::At(fixed) => *fixed,
            RateBasis::End => {
                let spans = self.spans(source, measure, &Demand::whole(), span)?;
                match spans.last(period).ok().and_then(|p| p.steps.first().map(|(_, p)| *p)) {
                    // One from before the end is none of it, but for days on which no rates are made.
                    Some(last) if last.last() + DAYS_WITHOUT >= period.last() => last,
                    Some(_) | None => return Ok(Err(Reason::NotReported)),
                }
            }
        };
        let value = self.quietly(|e| e.eval(&plan, &Demand::whole().at(vec![wanted])))?;
        let level = datum(value.rows.first().map(Row::cell), Reason::NotReported);
        let partial = value.rows.first().and_then(|r| r.coverage()).is_some_and(|c| !c.is_full());
        Ok(if partial {
            Err(Reason::NotReported)
        } else {
            level.and_then(|x| if x > 0.0 { Ok(x) } else { Err(Reason::Undefined) })
        })
    }

    /// The level of a deflator in a period.
    fn index_at(&mut self, index: &Arc<Plan>, period: Period, span: Span) -> Result<Result<f64, Reason>, Fault> {
        let key = index_key(index, period);
        if let Some(known) = self.rates.get(&key) {
            return Ok(*known);
        }
        let demand = Demand { grid: Grid::List(vec![period].into()), mean_is_asked: true, ..Demand::whole() };
        let value = self.quietly(|e| e.eval(index, &demand))?;
        // A mean of a part of the period is no level of it.
        let partial = value.rows.first().and_then(|r| r.coverage()).is_some_and(|c| !c.is_full());
        let level = datum(value.rows.first().map(Row::cell).filter(|_| !partial), Reason::NotReported)
            .and_then(|x| if x > 0.0 { Ok(x) } else { Err(Reason::Undefined) });
        if let Err(reason) = level {
            let message = format!("the deflator is {} for {period}", reason.words());
            self.say(Diagnostic::new(&codes::MISSING_OBSERVATION, index.span, message).label(span, "to be deflated"));
        }
        self.rates.insert(key, level);
        Ok(level)
    }

    /// Tells of the rates and deflators that were used.
    pub fn tell_money(&mut self, lines: Vec<Line>, transforms: &[Transform]) {
        let words: Vec<String> = transforms
            .iter()
            .rev()
            .map(|t| match t {
                Transform::Convert(to, basis, _) => format!("converted into {} at {}", ascii(*to), basis.words()),
                Transform::Deflate(index) => {
                    format!("deflated to prices of {}", index_base(index).map(|p| p.to_string()).unwrap_or_default())
                }
            })
            .collect();
        let deflates = |t: &Transform| matches!(t, Transform::Deflate(_));
        let formula = match (transforms.iter().any(deflates), transforms.iter().all(deflates)) {
            (_, true) => "x * 100 / index",
            (true, false) => "x * rate * 100 / index",
            (false, _) => "x * rate",
        };
        self.trace.begin();
        self.trace.end(|| Step {
            say: format!("{}, observation by observation", words.join(", then ")),
            formula: formula.into(),
            lines,
            ..Step::default()
        });
    }

    /// A flow times a rate, taken over periods longer than the data's: converted after summing.
    pub fn fx_product(&mut self, a: &Type, how: Factor, b: &Type, factor: &Plan, demand: &Demand) {
        let converts = b.unit.exchange().is_some() && a.unit.currency().is_some() && a.kind == Kind::Flow;
        let Grid::List(periods) = &demand.grid else { return };
        if !converts || !factor.any(&|p| matches!(p.node, Node::Measure(..))) {
            return;
        }
        let finest = factor.leaves().first().and_then(|(s, _)| s.info().periods.iter().map(|p| p.len_days()).min());
        let longest = periods.iter().map(|p| p.len_days()).max();
        if finest.zip(longest).is_some_and(|(f, l)| f < l) {
            let to =
                b.unit.exchange().map(|(x, y)| if how == Factor::Times { x } else { y }).map(ascii).unwrap_or_default();
            let message = "the sum is converted at the mean rate";
            let warning = Diagnostic::new(&codes::FX_AVERAGE, factor.span, message);
            self.say(warning.advice(format!("`in {to}` converts period by period before summing")));
        }
    }

    /// A balance of a CIF and an FOB figure.
    pub fn cif_fob(&mut self, terms: &[(Sign, Plan)]) {
        // The total of trade is no balance, and what one term mixes by itself is another relation.
        if terms.iter().all(|(sign, _)| *sign == Sign::Plus) {
            return;
        }
        let of_term = |(_, p): &(Sign, Plan)| {
            let measures = p.leaves().into_iter();
            let mut known = measures.filter_map(|(s, m)| s.info().measures.get(m).and_then(|m| m.meaning.valuation));
            let first = known.next()?;
            known.all(|v| v == first).then_some((p.span, first))
        };
        let valuations: Vec<_> = terms.iter().filter_map(of_term).collect();
        // The two valuations of one flow are compared for just that.
        let same = terms
            .windows(2)
            .any(|w| matches!(w, [(_, a), (_, b)] if crate::eval::remarks::relations::cif_and_fob(a, b).is_some()));
        let other = valuations.iter().filter(|_| !same).find(|(_, v)| valuations.first().is_some_and(|(_, w)| w != v));
        if let (Some((a, _)), Some((b, _))) = (valuations.first(), other) {
            let message = "one side is valued CIF, the other FOB: the balance includes the cost of freight";
            self.say(Diagnostic::new(&codes::CIF_FOB, *a, message).label(*b, ""));
        }
    }

    /// Current prices compared over more than three years.
    pub fn nominal(&mut self, plan: &Plan, unit: &Unit, from: Period, to: Period, demand: &Demand) {
        let deflated = demand.money.iter().any(|t| matches!(t, Transform::Deflate(_)));
        let years = to.first_month().0 - from.first_month().0;
        // Without a deflator at hand the note could not be acted on.
        let deflatable = self.catalogue.measures().any(|(_, _, m)| m.meaning.kind == Kind::Index);
        if deflatable
            && unit.currency().is_some()
            && unit.prices.is_none()
            && !deflated
            && years > 3
            && to.freq() != Some(Freq::Day)
        {
            let message = format!("{years} years of change at current prices");
            self.say(Diagnostic::new(&codes::NOMINAL_COMPARISON, plan.span, message));
        }
    }
}
