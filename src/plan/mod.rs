//! A query with its names looked up. In: the tree of [`crate::syntax::ast`] and the catalogue. Out: a plan whose
//! leaves are measures, and what is asked of each of its nodes ([`Demand`]). Evaluates nothing.

pub mod axis;
pub mod catalogue;
pub mod check;
pub mod choices;
pub mod composition;
pub mod definition;
pub mod evaluation;
pub mod full;
pub mod grouping;
mod keys;
pub mod lookup;
pub mod money;
pub mod operator;
pub mod parts;
pub mod rules;
pub mod trace;

use crate::data::Source;
use crate::diagnostic::Code;
use crate::span::{Span, Spanned};
use crate::syntax::ast::{Comparison, Factor, Sign};
use crate::value::period::{PeriodText, RangeEnd, Season};
use crate::value::{Freq, Period, Unit};
pub use keys::{Condition, Key};
pub use lookup::is_choice;
use operator::Entry;
use std::sync::Arc;

/// A node with its place in the query.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it is.
    pub node: Node,
    /// Where it was said.
    pub span: Span,
}

/// What gives another source for one.
pub type Instead<'a> = dyn FnMut(&Arc<dyn Source>) -> Arc<dyn Source> + 'a;

/// The nodes of a plan.
#[derive(Clone, Debug)]
pub enum Node {
    /// A number with its unit.
    Number(f64, Unit),
    /// A measure of a dataset, by its place.
    Measure(Arc<dyn Source>, usize),
    /// Terms with their signs.
    Sum(Vec<(Sign, Plan)>),
    /// Factors; the first is multiplied.
    Product(Vec<(Factor, Plan)>),
    /// An operator and its operands.
    Call(Box<Call>),
    /// The inner value with these dimensions summed out, whatever the filters on them.
    Across(Box<Plan>, Vec<String>),
    /// At constant prices.
    Deflated(Box<Plan>, Arc<Plan>),
    /// In percent of a whole.
    ShareOf(Box<Plan>, Box<Plan>),
    /// Whether it holds.
    Compare(Comparison, Box<Plan>, Box<Plan>),
    /// The inner value under a clause.
    Scoped(Box<Plan>, Scope),
    /// A query in parentheses or behind a name that says its own periods: nothing outside changes them.
    Held(Box<Plan>),
    /// What is chosen of the inner value; in parentheses, so that nothing is added to it.
    Chosen(Box<Plan>, Arc<choices::Choices>),
}

/// A call of an operator.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operator.
    pub entry: &'static Entry,
    /// The number of the words `N-month`.
    pub every: Option<(i32, Freq)>,
    /// The dimensions it uses up, as they are written.
    pub over: Vec<String>,
    /// The same, looked up.
    pub keys: Vec<Key>,
    /// What it is applied to.
    pub operands: Vec<Plan>,
    /// The words of the operator.
    pub words: Span,
}

/// A clause, looked up.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Only these codes.
    Where(Vec<Condition>),
    /// Dimensions that stay, and the step of time.
    By(Vec<Key>, Option<Freq>),
    /// From one period to another.
    Window(Spanned<PeriodText>, Spanned<PeriodText>),
    /// One period.
    At(Spanned<PeriodText>),
    /// In another unit, converted at a basis.
    In(Spanned<Unit>, RateBasis),
    /// The base of an index and its value there.
    With(Spanned<PeriodText>, f64),
    /// A warning that is known.
    Allowing(&'static Code),
}

/// How an exchange rate of a period is taken.
#[derive(Clone, Debug, PartialEq)]
pub enum RateBasis {
    /// The mean of the period.
    Average,
    /// The last of the period.
    End,
    /// The mean of a fixed period.
    At(Period),
}

impl RateBasis {
    /// As it is written after `at`.
    pub fn words(&self) -> String {
        match self {
            RateBasis::Average => "average".into(),
            RateBasis::End => "end".into(),
            RateBasis::At(p) => p.to_string(),
        }
    }
}

/// For which periods a value is wanted.
#[derive(Clone, Debug)]
pub enum Grid {
    /// Those of the data.
    Natural,
    /// All units of this step.
    Every(Freq),
    /// From one to another, in their own step or in this.
    Window(Spanned<PeriodText>, Spanned<PeriodText>, Option<Freq>),
    /// One, or its units of this step.
    At(Spanned<PeriodText>, Option<Freq>),
    /// These.
    List(Arc<[Period]>),
}

/// How amounts of money are changed where they are read.
#[derive(Clone, Debug)]
pub enum Transform {
    /// Into a currency.
    Convert([u8; 3], RateBasis, Span),
    /// Into prices of a base.
    Deflate(Arc<Plan>),
}

/// What is asked of a node: which periods, which dimensions, which codes, in which money.
#[derive(Clone, Debug)]
pub struct Demand {
    /// Periods.
    pub grid: Grid,
    /// Dimensions that stay.
    pub keys: Vec<Key>,
    /// Codes.
    pub filters: Vec<Condition>,
    /// Dimensions that are summed out, whatever a clause inside lists.
    pub ignored: Vec<String>,
    /// The base of an index.
    pub base: Option<(Spanned<PeriodText>, f64)>,
    /// Changes of money, outermost first.
    pub money: Vec<Transform>,
    /// Whether indices, prices and rates may be averaged over time, because the query asks for a mean.
    pub mean_is_asked: bool,
    /// Dimensions whose labels are taken one by one, so that what none of them accounts for is passed by.
    pub singly: Vec<String>,
    /// Dimensions whose labels are added up, so that they must not tell anything twice.
    pub added: Vec<String>,
    /// Whether periods are compared, so that each must be told by the same rows.
    pub compares: bool,
}

impl Grid {
    /// Whether nothing says from when to when the periods are.
    pub fn is_open(&self) -> bool {
        match self {
            Grid::Natural | Grid::Every(_) => true,
            Grid::At(p, None) => p.node.season().is_some(),
            Grid::At(..) | Grid::Window(..) | Grid::List(_) => false,
        }
    }

    /// The part of each year that the periods are, where a query names one.
    pub fn season(&self) -> Option<Season> {
        match self {
            Grid::At(p, None) | Grid::Window(p, _, None) => p.node.season(),
            Grid::Natural | Grid::Every(_) | Grid::At(..) | Grid::Window(..) | Grid::List(_) => None,
        }
    }

    /// A part of each year within a range.
    fn seasons(season: Season, from: &Spanned<PeriodText>, to: &Spanned<PeriodText>) -> Grid {
        let part = |of: &Spanned<PeriodText>, end| {
            Spanned::new(PeriodText::Part(season, Box::new(of.node.clone()), end), of.span)
        };
        Grid::Window(part(from, RangeEnd::First), part(to, RangeEnd::Last), None)
    }
}

impl Demand {
    /// The finest step of the calendar among its keys: the months of the year, its quarters.
    pub fn calendar(&self) -> Option<Freq> {
        self.keys.iter().filter_map(Key::step).min()
    }

    /// What the query itself is asked: everything, as the data have it.
    pub fn whole() -> Demand {
        Demand {
            grid: Grid::Natural,
            keys: Vec::new(),
            filters: Vec::new(),
            ignored: Vec::new(),
            base: None,
            money: Vec::new(),
            mean_is_asked: false,
            singly: Vec::new(),
            added: Vec::new(),
            compares: false,
        }
    }

    /// What a call passes on of how it takes what it is given: whether it adds the labels that it uses up or takes them
    /// one by one, and whether it compares periods.
    pub fn given_to(&self, call: &Call) -> Demand {
        let mut out = self.clone();
        let adds = call.entry.reduce == Some(operator::Reduce::Sum);
        let list = if adds { &mut out.added } else { &mut out.singly };
        list.extend(call.keys.iter().map(|k| k.dim.clone()));
        let by_base = matches!(call.entry.needs, operator::Needs::EndPoints | operator::Needs::Base);
        out.compares |= by_base || call.entry.change.is_some();
        out
    }

    /// The same for these periods.
    pub fn at(&self, periods: Vec<Period>) -> Demand {
        Demand { grid: Grid::List(periods.into()), ..self.clone() }
    }

    /// The same with these dimensions summed out, whatever the filters on them; what two of them are compared by is a
    /// condition on rows, not on either.
    pub fn across(&self, dims: &[String]) -> Demand {
        let mut out = self.clone();
        out.keys.retain(|k| !dims.contains(&k.dim) && !dims.contains(&k.name.node));
        out.filters.retain(|f| f.other.is_some() || !dims.contains(&f.dim.node));
        out.ignored.extend(dims.iter().cloned());
        out
    }

    /// Whether a dimension is among its keys, or held to one code.
    fn says_of(&self, dim: &str) -> bool {
        let one = |f: &Condition| f.keep && f.dim.node == dim && f.codes.len() == 1 && f.other.is_none();
        self.keys.iter().any(|k| k.dim == dim) || self.filters.iter().any(one)
    }

    /// What is asked of a query that says its own periods: they are its own, and so is a base that it names.
    pub fn held(&self, inner: &Plan) -> Demand {
        let base = if axis::names_base(inner) { None } else { self.base.clone() };
        Demand { grid: Grid::Natural, base, mean_is_asked: false, ..self.clone() }
    }

    /// What a clause asks of the value under it.
    pub fn under(&self, scope: &Scope) -> Demand {
        let mut out = self.clone();
        match scope {
            Scope::Where(conditions) => {
                out.filters.extend(conditions.iter().cloned());
            }
            Scope::By(keys, freq) => {
                for key in keys {
                    let known = out.keys.iter().any(|k| k.name.node == key.name.node);
                    let yields = key.yields && self.says_of(&key.dim);
                    if !known && !yields && !self.ignored.contains(&key.dim) {
                        out.keys.push(key.clone());
                    }
                }
                if let Some(freq) = freq {
                    out.grid = match out.grid {
                        Grid::Natural => Grid::Every(*freq),
                        Grid::Window(a, b, None) => Grid::Window(a, b, Some(*freq)),
                        Grid::At(p, None) => Grid::At(p, Some(*freq)),
                        other => other,
                    };
                }
            }
            Scope::Window(from, to) => {
                out.grid = match out.grid {
                    Grid::Natural => Grid::Window(from.clone(), to.clone(), None),
                    Grid::Every(f) => Grid::Window(from.clone(), to.clone(), Some(f)),
                    Grid::At(p, None) => match p.node {
                        PeriodText::Each(season) => Grid::seasons(season, from, to),
                        _ => Grid::At(p, None),
                    },
                    other => other,
                };
            }
            Scope::At(period) => {
                out.grid = match out.grid {
                    Grid::Natural => Grid::At(period.clone(), None),
                    Grid::Every(f) => Grid::At(period.clone(), Some(f)),
                    Grid::Window(from, to, None) => match period.node {
                        PeriodText::Each(season) => Grid::seasons(season, &from, &to),
                        _ => Grid::Window(from, to, None),
                    },
                    other => other,
                };
            }
            Scope::In(unit, basis) => {
                if let Some(code) = unit.node.num.iter().find_map(|b| match b {
                    crate::value::unit::Base::Currency(code) => Some(*code),
                    crate::value::unit::Base::Quantity(_) => None,
                }) {
                    out.money.push(Transform::Convert(code, basis.clone(), unit.span));
                }
            }
            Scope::With(period, number) => {
                if out.base.is_none() {
                    out.base = Some((period.clone(), *number));
                }
            }
            Scope::Allowing(_) => {}
        }
        out
    }
}

impl Plan {
    /// The nodes directly below.
    pub fn children(&self) -> Vec<&Plan> {
        match &self.node {
            Node::Number(..) | Node::Measure(..) => Vec::new(),
            Node::Sum(terms) => terms.iter().map(|(_, p)| p).collect(),
            Node::Product(factors) => factors.iter().map(|(_, p)| p).collect(),
            Node::Call(call) => call.operands.iter().collect(),
            Node::Across(inner, _) | Node::Scoped(inner, _) | Node::Held(inner) => vec![inner],
            Node::Chosen(inner, _) => vec![inner],
            Node::Deflated(inner, by) => vec![inner, by],
            Node::ShareOf(a, b) | Node::Compare(_, a, b) => vec![a, b],
        }
    }

    /// Whether this node or one below is so.
    pub fn any(&self, test: &dyn Fn(&Plan) -> bool) -> bool {
        test(self) || self.children().into_iter().any(|c| c.any(test))
    }

    /// The measures below, deflators left out.
    pub fn leaves(&self) -> Vec<(&Arc<dyn Source>, usize)> {
        match &self.node {
            Node::Measure(source, measure) => vec![(source, *measure)],
            Node::Deflated(inner, _) => inner.leaves(),
            _ => self.children().into_iter().flat_map(Plan::leaves).collect(),
        }
    }

    /// The plan with other sources in the place of those of its measures; deflators keep theirs.
    pub fn with_sources(&self, other: &mut Instead<'_>) -> Plan {
        let mut of = |p: &Plan| p.with_sources(other);
        let node = match &self.node {
            Node::Number(..) => self.node.clone(),
            Node::Measure(source, measure) => Node::Measure(other(source), *measure),
            Node::Sum(terms) => Node::Sum(terms.iter().map(|(sign, p)| (*sign, of(p))).collect()),
            Node::Product(factors) => Node::Product(factors.iter().map(|(factor, p)| (*factor, of(p))).collect()),
            Node::Call(call) => {
                let operands = call.operands.iter().map(of).collect();
                Node::Call(Box::new(Call { operands, ..call.as_ref().clone() }))
            }
            Node::Across(inner, dims) => Node::Across(of(inner).into(), dims.clone()),
            Node::Deflated(inner, by) => Node::Deflated(of(inner).into(), Arc::clone(by)),
            Node::ShareOf(a, b) => Node::ShareOf(of(a).into(), of(b).into()),
            Node::Compare(how, a, b) => Node::Compare(*how, of(a).into(), of(b).into()),
            Node::Scoped(inner, scope) => Node::Scoped(of(inner).into(), scope.clone()),
            Node::Held(inner) => Node::Held(of(inner).into()),
            Node::Chosen(inner, choices) => Node::Chosen(of(inner).into(), Arc::clone(choices)),
        };
        Plan { node, span: self.span }
    }
}
