//! What has no meaning is refused here, before a number is read: dimensions, codes, units, kinds and steps of time.
//! Walks the plan with the same demand as the evaluation and collects all faults.

use super::gone::keys_gone;
use super::keys::misfits;
use super::names::{unknown_codes, unknown_dimensions};
use super::reach::{deeper_than_codes, finer_part, finer_than_data};
use super::shape::{self, finer_than_inside, no_axis, nothing_to_choose, number_beside_series, number_reduced};
use super::undeclared;
use crate::data::{DatasetInfo, MeasureInfo};
use crate::diagnostic::{Diagnostic, codes, words};
use crate::plan::catalogue::Catalogue;
use crate::plan::money::{self, ascii, index_base};
use crate::plan::operator::{Needs, Reduce};
use crate::plan::rules::{self, Type};
use crate::plan::*;
use crate::syntax::{Fault, format};
use crate::value::Kind;

/// Checks a plan; its type, or everything that is wrong with it.
pub fn check(catalogue: &Catalogue, plan: &Plan, demand: &Demand) -> Result<Type, Vec<Fault>> {
    let mut checker = Checker::new(catalogue);
    let found = checker.node(plan, demand);
    checker.done(found)
}

/// What is wrong so far.
pub(super) struct Checker<'a> {
    pub(super) catalogue: &'a Catalogue,
    faults: Vec<Fault>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(catalogue: &'a Catalogue) -> Checker<'a> {
        Checker { catalogue, faults: Vec::new() }
    }

    pub(super) fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    pub(super) fn done<T>(self, found: Option<T>) -> Result<T, Vec<Fault>> {
        match found {
            Some(found) if self.faults.is_empty() => Ok(found),
            _ => Err(self.faults),
        }
    }
}

impl Checker<'_> {
    pub(super) fn fail<T>(&mut self, fault: Diagnostic) -> Option<T> {
        if !self.faults.iter().any(|f| f.span() == fault.span() && f.code == fault.code) {
            self.faults.push(Box::new(fault));
        }
        None
    }

    pub(super) fn fail_all(&mut self, faults: Vec<Diagnostic>) -> Option<()> {
        let none = faults.is_empty();
        for fault in faults {
            self.fail::<()>(fault);
        }
        none.then_some(())
    }

    pub(super) fn fits(&mut self, fault: Option<Diagnostic>) -> Option<()> {
        self.fail_all(fault.into_iter().collect())
    }

    pub(super) fn node(&mut self, plan: &Plan, demand: &Demand) -> Option<Type> {
        match &plan.node {
            Node::Number(_, unit) => match money::changed(self.catalogue, unit, &demand.money, plan.span) {
                Ok(unit) => Some(Type::new(unit, Kind::Number)),
                Err(fault) => self.fail(*fault),
            },
            Node::Measure(source, measure) => self.measure(plan, source, *measure, demand),
            Node::Sum(terms) => self.sum(terms, demand),
            Node::Product(factors) => {
                self.fits(number_reduced(&factors.iter().map(|(_, p)| p).collect::<Vec<_>>()))?;
                let types: Vec<(Factor, Option<Type>)> =
                    factors.iter().map(|(f, p)| (*f, self.node(p, demand))).collect();
                let mut types = types.into_iter();
                let mut left = types.next()?.1?;
                for (how, right) in types {
                    let right = right?;
                    if how == Factor::Over && (left.kind == Kind::Truth || right.kind == Kind::Truth) {
                        let message = "yes or no cannot be divided, nor divide";
                        return self.fail(Diagnostic::new(&codes::UNIT_MISMATCH, plan.span, message));
                    }
                    left = rules::product(&left, how, &right).0;
                }
                self.fits(number_beside_series(&factors.iter().map(|(_, p)| p).collect::<Vec<_>>(), demand))?;
                Some(left)
            }
            Node::Call(call) => self.call(plan, call, demand),
            Node::Across(inner, dims) => {
                let named: Vec<_> = dims.iter().map(|d| Spanned::new(d.clone(), plan.span)).collect();
                self.fail_all(unknown_dimensions(inner, &named))?;
                self.node(inner, &demand.across(dims))
            }
            Node::Deflated(inner, by) => {
                let index = self.node(by, &Demand { mean_is_asked: true, ..Demand::whole() })?;
                if index.kind != Kind::Index || index_base(by).is_none() {
                    let message =
                        format!("the deflator is {}, not an index with a base", words::one(index.kind.word()));
                    let fault = Diagnostic::new(&codes::DEFLATOR_BASE, by.span, message);
                    return self.fail(
                        fault.advice("declare it as `index 2018 = 100`, or make one with `index of … with 2018 = 100`"),
                    );
                }
                let mut under = demand.clone();
                under.money.push(Transform::Deflate(Arc::clone(by)));
                let found = self.node(inner, &under)?;
                if inner.any(&|p| money::is_money(p)) {
                    return Some(found);
                }
                if found.unit.is_unknown() || inner.any(&undeclared::is_undeclared) {
                    return self.fail(undeclared::fault(&[inner], inner.span, "deflated"));
                }
                let message = format!("{} is no money, so there is nothing to deflate", named(&found));
                self.fail(Diagnostic::new(&codes::UNIT_MISMATCH, inner.span, message).here(named(&found)))
            }
            Node::ShareOf(part, whole) => {
                let (a, b) = (self.node(part, demand), self.node(whole, demand));
                let (a, b) = (a?, b?);
                self.fits(number_beside_series(&[part, whole], demand))?;
                if rules::share(&a, &b).is_none() {
                    if undeclared::between(&a, &b) {
                        let at = if a.unit.is_unknown() { part.span } else { whole.span };
                        return self.fail(undeclared::fault(&[part, whole], at, "a part or a whole of the other"));
                    }
                    let message = format!("{} is no part of {}", named(&a), named(&b));
                    let fault = Diagnostic::new(&codes::UNIT_MISMATCH, part.span, message).here(named(&a));
                    return self.fail(fault.label(whole.span, named(&b)));
                }
                Some(Type::percent(Kind::Share))
            }
            Node::Compare(_, left, right) => {
                let (a, b) = (self.node(left, demand), self.node(right, demand));
                let (a, b) = (a?, b?);
                self.fits(number_beside_series(&[left, right], demand))?;
                if rules::comparable(&a, &b, (is_zero(left), is_zero(right))).is_none() {
                    return self.mismatch("compared with", (left, &a), (right, &b));
                }
                Some(Type::new(Unit::plain(), Kind::Truth))
            }
            Node::Scoped(inner, scope) => self.scoped(plan, inner, scope, demand),
            Node::Held(inner) => self.node(inner, &demand.held(inner)),
            Node::Chosen(inner, choices) => self.chosen(inner, choices, demand),
        }
    }

    fn sum(&mut self, terms: &[(Sign, Plan)], demand: &Demand) -> Option<Type> {
        self.fits(number_reduced(&terms.iter().map(|(_, p)| p).collect::<Vec<_>>()))?;
        self.fits(number_beside_series(&terms.iter().map(|(_, p)| p).collect::<Vec<_>>(), demand))?;
        let types: Vec<Option<Type>> = terms.iter().map(|(_, p)| self.node(p, demand)).collect();
        let mut pairs = terms.iter().zip(types);
        let ((_, first), left) = pairs.next()?;
        let mut left = left?;
        for ((sign, term), right) in pairs {
            let right = right?;
            match rules::sum(&left, *sign, &right) {
                Some((sum, _)) => left = sum,
                None => {
                    return self.mismatch(
                        if *sign == Sign::Plus { "added to" } else { "taken from" },
                        (first, &left),
                        (term, &right),
                    );
                }
            }
        }
        Some(left)
    }

    fn mismatch(&mut self, how: &str, (a, left): (&Plan, &Type), (b, right): (&Plan, &Type)) -> Option<Type> {
        if undeclared::between(left, right) {
            let at = if left.unit.is_unknown() { a.span } else { b.span };
            return self.fail(undeclared::fault(
                &[a, b],
                at,
                &format!("{how} {}", named(if at == a.span { right } else { left })),
            ));
        }
        if left.kind == Kind::Truth || right.kind == Kind::Truth {
            let message =
                format!("yes or no cannot be {how} {}", named(if left.kind == Kind::Truth { right } else { left }));
            let at = if left.kind == Kind::Truth { a.span } else { b.span };
            let fault = Diagnostic::new(&codes::UNIT_MISMATCH, at, message).here("yes or no");
            return self.fail(fault.advice("yes or no times an amount keeps the amount where it holds"));
        }
        let message = format!("{} cannot be {how} {}", named(right), named(left));
        let mut fault =
            Diagnostic::new(&codes::UNIT_MISMATCH, a.span, message).here(named(left)).label(b.span, named(right));
        fault.edits.extend(shape::taken_in(a, b));
        let growing = left.kind == Kind::Growth && matches!(a.node, Node::Call(_));
        fault = match (left.unit.currency(), right.unit.currency()) {
            (Some(x), Some(y)) if x != y => {
                let (to, from) = (ascii(x), ascii(y));
                fault.advice(format!("`in {to}` converts both, if a table of {to}/{from} rates is loaded"))
            }
            (Some(_), Some(_)) => fault.advice("one side is at constant prices; deflate both, or neither"),
            _ if growing => fault.advice("an operator with `of` applies to what follows it directly; parentheses take in more: `growth of (a - b)`"),
            _ => fault,
        };
        self.fail(fault)
    }

    fn call(&mut self, plan: &Plan, call: &Call, demand: &Demand) -> Option<Type> {
        if !call.over.is_empty() {
            let over: Vec<Spanned<String>> = call
                .keys
                .iter()
                .filter(|k| k.step().is_none())
                .map(|k| Spanned::new(k.dim.clone(), k.name.span))
                .collect();
            self.fail_all(unknown_dimensions(call.operands.first()?, &over))?;
            self.fail_all(deeper_than_codes(call.operands.first()?, call.keys.iter()))?;
            self.fail_all(misfits(call.operands.first()?, &call.keys, None))?;
        }
        self.fits(number_reduced(&[plan]))?;
        let below = (call.entry.asks)(call, demand);
        let types: Vec<Option<Type>> = call.operands.iter().map(|o| self.node(o, &below)).collect();
        let types: Vec<Type> = types.into_iter().collect::<Option<_>>()?;
        self.fits(no_axis(call))?;
        if call.entry.needs == Needs::EndPoints && !matches!(demand.grid, Grid::Window(..)) {
            let fault = self.no_end_points(plan, call, demand);
            return self.fail(fault);
        }
        if call.entry.needs == Needs::Base && demand.base.is_none() {
            let fault =
                Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, format!("`{}` needs its base", call.entry.name));
            return self.fail(fault.advice("add `with 2018 = 100`"));
        }
        let whole = || call.keys.iter().all(|k| call.operands.iter().all(|o| parts::add_up(o, &k.dim)));
        if call.entry.reduce == Some(Reduce::Sum)
            && let ([part], false) = (types.as_slice(), call.over.is_empty())
            && !part.kind.adds_over_dimensions()
            && whole()
        {
            return Some(part.clone());
        }
        match (call.entry.result)(call, &types) {
            Ok(found) => Some(found),
            Err(refusal) => {
                let mut fault = Diagnostic::new(refusal.code, call.words, refusal.message).here("here");
                if let Some(operand) = call.operands.first() {
                    fault = fault.label(operand.span, types.first().map(named).unwrap_or_default());
                }
                if types.iter().any(|t| t.kind == Kind::Truth) && call.entry.reduce.is_some() {
                    fault.edits.push(vec![(call.words, "average".to_string())]);
                }
                fault.advice = refusal.advice;
                self.fail(fault)
            }
        }
    }

    fn no_end_points(&self, plan: &Plan, call: &Call, demand: &Demand) -> Diagnostic {
        let one = matches!(&demand.grid, Grid::At(p, _) if p.node.season().is_none());
        let message = match &demand.grid {
            Grid::At(..) if one => format!("`{}` compares two periods and is given one", call.entry.name),
            Grid::List(_) => {
                format!("`{}` gives one number from two periods, and a series is needed here", call.entry.name)
            }
            _ => format!("`{}` compares two periods and is given none", call.entry.name),
        };
        let mut fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, message).here("from when to when?");
        // Like with like: the year before a period, else the last two years that the data have whole.
        let before = |p: &Period| p.shift(-1, Freq::Year).map(|a| (a, *p));
        let ends = match &demand.grid {
            Grid::At(at, _) if one => match &at.node {
                PeriodText::Fixed(p) => before(p),
                _ => None,
            },
            _ => plan.leaves().first().and_then(|(s, _)| full::last_two_years(&s.info().periods)),
        };
        fault.range = ends.map(|(a, b)| (a.to_string(), b.to_string()));
        if let Some(change) = call.entry.change {
            fault.advice = Some(format!("`{} of …` gives a series", change.by_year()));
            if matches!(demand.grid, Grid::Every(_) | Grid::List(_) | Grid::At(..))
                || !one && demand.grid.season().is_some()
            {
                fault.edits.push(vec![(call.words, change.by_year().to_string())]);
            }
        }
        fault
    }

    fn scoped(&mut self, plan: &Plan, inner: &Plan, scope: &Scope, demand: &Demand) -> Option<Type> {
        match scope {
            Scope::Where(conditions) => {
                let dims: Vec<_> = conditions.iter().map(|c| c.dim.clone()).collect();
                self.fail_all(unknown_dimensions(inner, &dims))?;
                for condition in conditions {
                    self.fail_all(unknown_codes(inner, condition))?;
                }
            }
            Scope::By(keys, freq) => {
                let dims: Vec<_> = keys.iter().map(|k| Spanned::new(k.dim.clone(), k.name.span)).collect();
                self.fail_all(unknown_dimensions(inner, &dims))?;
                self.fail_all(deeper_than_codes(inner, keys.iter()))?;
                self.fail_all(misfits(inner, keys, *freq))?;
                self.fail_all(keys_gone(plan, inner, keys))?;
                self.fits(freq.and_then(|f| finer_than_data(inner, f, plan.span)))?;
            }
            Scope::With(period, _) => {
                if !inner.any(&|p| matches!(&p.node, Node::Call(c) if c.entry.needs == Needs::Base)) {
                    let message = "`with` gives the base of an index, and there is no `index of` on its left";
                    return self.fail(Diagnostic::new(&codes::WRONG_ARGUMENTS, period.span, message));
                }
            }
            Scope::Window(..) | Scope::At(_) | Scope::In(..) | Scope::Allowing(_) => {}
        }
        self.fits(nothing_to_choose(inner, scope))?;
        self.fits(finer_than_inside(inner, scope))?;
        self.fits(finer_part(inner, scope))?;
        let found = self.node(inner, &demand.under(scope))?;
        let Scope::In(unit, _) = scope else { return Some(found) };
        self.expressed(inner, unit, found)
    }

    /// The type of a value that is asked for in a unit.
    fn expressed(&mut self, inner: &Plan, unit: &Spanned<Unit>, found: Type) -> Option<Type> {
        if found.unit.power_to(&unit.node).is_some() {
            return Some(Type::new(unit.node.clone(), found.kind));
        }
        let unknown = inner.leaves().iter().any(|(s, m)| {
            s.info().measures.get(*m).is_some_and(|m| m.meaning.unit.is_unknown() && m.meaning.kind == Kind::Flow)
        });
        let converts = unit.node.currency().is_some();
        let money = inner.any(&|p| money::is_money(p));
        if found.unit.is_unknown() || (converts && unknown && !found.unit.has_money()) {
            return self.fail(undeclared::fault(&[inner], unit.span, &format!("expressed in {}", unit.node)));
        }
        // Growth in dollars: the money below is converted, the percentage stays one.
        if converts && money && !found.unit.has_money() {
            return Some(found);
        }
        let message = format!("{} cannot be expressed in {}", named(&found), asked_words(&unit.node));
        let mut fault = Diagnostic::new(&codes::UNIT_MISMATCH, unit.span, message).here("not its unit");
        if unit.node.is_plain() && unit.node.ten != 0 && !found.unit.num.is_empty() {
            let meant = Unit { ten: unit.node.ten, asked: false, ..found.unit.clone() };
            fault.edits.push(vec![(unit.span, meant.to_string())]);
        }
        let at_prices = Unit { prices: found.unit.prices, asked: false, ..unit.node.clone() };
        if unit.node.prices.is_none() && found.unit.power_to(&at_prices).is_some() {
            fault.edits.push(vec![(unit.span, at_prices.to_string())]);
        }
        self.fail(fault.label(inner.span, named(&found)))
    }

    fn measure(&mut self, plan: &Plan, source: &Arc<dyn Source>, measure: usize, demand: &Demand) -> Option<Type> {
        let info = source.info();
        let m = info.measures.get(measure)?;
        if !m.meaning.kind.adds_over_dimensions() {
            self.not_summed(plan, info, m, demand)?;
        }
        self.step(plan, source, m, demand)?;
        let kind = if m.meaning.kind == Kind::Cumulative { Kind::Flow } else { m.meaning.kind };
        let unit = match money::changed(self.catalogue, &m.meaning.unit, &demand.money, plan.span) {
            Ok(unit) => unit,
            Err(fault) => return self.fail(*fault),
        };
        Some(Type::new(unit, kind))
    }

    /// A share, price or index must have every dimension named or pinned to one code.
    fn not_summed(&mut self, plan: &Plan, info: &DatasetInfo, m: &MeasureInfo, demand: &Demand) -> Option<()> {
        let open = info.dims.iter().enumerate().find(|(place, d)| {
            let named = demand.keys.iter().any(|k| k.dim == d.name.as_ref() && k.is_codes());
            let pinned = demand
                .filters
                .iter()
                .any(|f| f.keep && f.rows.is_none() && f.codes.len() == 1 && f.dim.node == d.name.as_ref());
            d.codes.len() > 1 && !named && !pinned && !m.pinned.contains(place)
        });
        let Some((_, dim)) = open else { return Some(()) };
        let message = format!("{} do not add up over {}", m.meaning.kind.plural(), dim.name);
        let fault =
            Diagnostic::new(&codes::SUM_OF_NONADDITIVE, plan.span, message).here(words::one(m.meaning.kind.word()));
        let some: Vec<&str> = dim.codes.iter().map(|c| c.as_ref()).take(2).collect();
        let one = some.first().copied().unwrap_or("…");
        let query = format::dotted(&m.name);
        self.fail(
            fault
                .help(format!("{query} by {}", dim.name))
                .help(format!("{query} where {} = {}", dim.name, format::code(one)))
                .advice("compute the relation from the sums of its parts, or name one"),
        )
    }

    /// A share, price or index has no sum over time either.
    fn step(&mut self, plan: &Plan, source: &Arc<dyn Source>, m: &MeasureInfo, demand: &Demand) -> Option<()> {
        let averaged = demand.mean_is_asked
            || m.meaning.kind == Kind::Rate
            || matches!(m.meaning.kind, Kind::Stock | Kind::AnnualRate)
            || m.meaning.kind.adds_over_time();
        let periods = &source.info().periods;
        let freqs: Vec<Option<Freq>> = periods.iter().map(|p| p.freq()).collect();
        let native = freqs.first().copied().flatten().filter(|f| freqs.iter().all(|g| *g == Some(*f)));
        let wanted = match &demand.grid {
            Grid::Every(f) | Grid::Window(_, _, Some(f)) | Grid::At(_, Some(f)) => Some(*f),
            Grid::Window(p, _, None) | Grid::At(p, None) => match &p.node {
                PeriodText::Fixed(p) => p.freq(),
                _ => None,
            },
            Grid::Natural | Grid::List(_) => None,
        };
        let averaged = averaged || demand.calendar().is_some();
        let (Some(native), Some(wanted), false) = (native, wanted, averaged) else { return Some(()) };
        if native >= wanted {
            return Some(());
        }
        let (kinds, long, short) = (m.meaning.kind.plural(), words::one(wanted.word()), words::several(native.word()));
        let message = format!("the {kinds} of {long} are not the sum of those of its {short}");
        let here = format!("{} by {}", words::one(m.meaning.kind.word()), native.word());
        let fault = Diagnostic::new(&codes::SUM_OF_NONADDITIVE, plan.span, message).here(here);
        let query = format::dotted(&m.name);
        self.fail(fault.help(format!("average of {query} by {}", wanted.word())))
    }
}

/// `bn CNY`, `% (growth)`, `a plain number`.
pub fn named(t: &Type) -> String {
    match (t.unit.to_string(), t.kind) {
        (_, Kind::Truth) => "yes or no".into(),
        (_, _) if t.unit.is_unknown() => "an amount whose unit nothing says".into(),
        (unit, _) if unit.is_empty() => "a plain number".into(),
        (unit, Kind::Growth | Kind::Share | Kind::Points) => format!("{} in {unit}", t.kind.word()),
        (unit, _) => unit,
    }
}

/// The words of a unit that was asked for.
fn asked_words(unit: &Unit) -> String {
    let words = unit.to_string();
    if words.is_empty() { "a plain number".into() } else { words }
}

/// A bare zero, which fits every unit.
pub(super) fn is_zero(plan: &Plan) -> bool {
    matches!(&plan.node, Node::Number(x, unit) if *x == 0.0 && unit.is_plain())
}
