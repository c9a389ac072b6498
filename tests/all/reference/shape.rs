//! What an expression is before any number is known: whether it has an axis of time and in which steps, its unit and
//! kind; or the code with which the contract refuses it.

use super::evaluate::Refusal;
use super::panel::Panel;
use super::query::{Expr, Op, Query, Time};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Valid beside every period.
    Fixed,
    /// A number for each period.
    Series,
    /// One number for a range, one for each period that is asked for.
    Reduced,
    /// One number for two ends.
    Ends,
}

/// The axis of an expression.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    form: Form,
    /// The months of a step; 0 without an axis.
    pub step: i32,
}

impl Shape {
    pub fn is_one_number(self) -> bool {
        matches!(self.form, Form::Reduced | Form::Ends)
    }

    pub fn has_axis(self) -> bool {
        self.form == Form::Series
    }

    pub fn is_fixed(self) -> bool {
        self.form == Form::Fixed
    }

    pub fn needs_ends(self) -> bool {
        self.form == Form::Ends
    }
}

pub fn of(panel: &Panel, expr: &Expr) -> Result<Shape, Refusal> {
    let fixed = Shape { form: Form::Fixed, step: 0 };
    match expr {
        Expr::Number(_) | Expr::Param => Ok(fixed),
        Expr::Measure(_) => Ok(Shape { form: Form::Series, step: panel.step }),
        Expr::Sum(_, a, b) | Expr::Product(_, a, b) | Expr::ShareOf(a, b) => {
            let (a, b) = (of(panel, a)?, of(panel, b)?);
            if a.step != b.step && a.step * b.step > 0 {
                return Err(Refusal::Unsaid("series of different steps"));
            }
            let form = match (a.form, b.form) {
                (x, Form::Fixed) | (Form::Fixed, x) => x,
                (x, y) if x == y => x,
                (Form::Series, Form::Reduced) | (Form::Reduced, Form::Series) => {
                    return Err(Refusal::Unsaid("a series beside what is one number for a range"));
                }
                _ => return Err(Refusal::Code("wrong-arguments")),
            };
            Ok(Shape { form, step: a.step.max(b.step) })
        }
        Expr::Across(x, _) => of(panel, x),
        Expr::Call(op, over, _, x) => {
            let x = of(panel, x)?;
            if !over.is_empty() || *op == Op::Share {
                return Ok(x);
            }
            if !x.has_axis() {
                return if x.is_fixed() {
                    Err(Refusal::Code("wrong-arguments"))
                } else {
                    Err(Refusal::Unsaid("an operator over time of one number"))
                };
            }
            let form = match op {
                Op::Growth | Op::Change => Form::Ends,
                Op::Sum | Op::Average | Op::Min | Op::Max => Form::Reduced,
                _ => Form::Series,
            };
            Ok(Shape { form, ..x })
        }
        Expr::Inner(q) | Expr::Named(_, q) => of_query(panel, q),
        Expr::Defined(..) => of(panel, &expr.filled(None)),
    }
}

pub fn of_query(panel: &Panel, query: &Query) -> Result<Shape, Refusal> {
    let x = of(panel, &query.expr)?;
    let step = query.every.unwrap_or(0).max(x.step);
    if x.form == Form::Fixed && (query.time.is_some() || query.every.is_some()) {
        return Err(Refusal::Code("clause-given-twice"));
    }
    let asked = match (query.every, query.time) {
        (Some(step), _) => step,
        (None, Some(Time::For(p) | Time::FromTo(p, _))) => p.months(),
        (None, None) => step,
    };
    if x.form != Form::Fixed && asked < x.step {
        let told = panel.features.on("finer than inside");
        return Err(if told {
            Refusal::Code("wrong-arguments")
        } else {
            Refusal::Unsaid("steps finer than those inside")
        });
    }
    Ok(match (query.time, x.form) {
        (_, Form::Fixed) | (Some(Time::For(_)), _) => Shape { form: Form::Fixed, step: 0 },
        (Some(Time::FromTo(..)), Form::Reduced | Form::Ends) => Shape { form: Form::Fixed, step: 0 },
        (Some(Time::FromTo(a, _)), Form::Series) => Shape { form: Form::Series, step: step.max(a.months()) },
        (None, Form::Reduced) if query.every.is_some() => Shape { form: Form::Series, step },
        (None, form) => Shape { form, step },
    })
}

/// A unit, without its scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    Plain,
    Percent,
    Index,
    Known(String),
    /// Of a column, or of columns that differ only in the word for the flow; empty for a quotient.
    Unknown(&'static str),
}

impl Unit {
    fn is_unknown(&self) -> bool {
        matches!(self, Unit::Unknown(_))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Number,
    Flow,
    /// A quotient.
    Ratio,
    Share,
    Growth,
    Index,
}

pub fn unit(panel: &Panel, expr: &Expr) -> Result<(Unit, Kind), Refusal> {
    let undeclared = Err(Refusal::Code("unit-undeclared"));
    let mismatch = Err(Refusal::Code("unit-mismatch"));
    match expr {
        Expr::Number(_) => Ok((Unit::Plain, Kind::Number)),
        Expr::Measure(name) => match panel.measures.iter().find(|m| m.name == *name).map(|m| m.unit) {
            Some(Some(text)) => Ok((Unit::Known(base_of(text).0), Kind::Flow)),
            Some(None) if ["exports", "imports"].contains(name) => Ok((Unit::Unknown("trade"), Kind::Flow)),
            Some(None) => Ok((Unit::Unknown("weight"), Kind::Flow)),
            None => Err(Refusal::Code("unknown-name")),
        },
        Expr::Sum(_, a, b) => match (unit(panel, a)?, unit(panel, b)?) {
            ((x, Kind::Flow), (y, Kind::Flow)) if x == y => Ok((x, Kind::Flow)),
            ((x, Kind::Flow), (y, Kind::Flow)) if x.is_unknown() || y.is_unknown() => undeclared,
            ((x, _), (y, _)) if x.is_unknown() || y.is_unknown() => Err(Refusal::Unsaid("sums of unknown units")),
            ((x, _), (y, _)) if x != y => mismatch,
            ((x, k), (_, l)) if k == l && matches!(k, Kind::Ratio | Kind::Number) => Ok((x, k)),
            _ => Err(Refusal::Unsaid("sums of such kinds")),
        },
        Expr::Product(under, a, b) => match (unit(panel, a)?, unit(panel, b)?) {
            ((x, k), (Unit::Plain, Kind::Number)) => Ok((x, k)),
            ((Unit::Plain, Kind::Number), y) if !under => Ok(y),
            ((x, Kind::Flow), (y, Kind::Flow)) if *under && x == y => Ok((Unit::Plain, Kind::Ratio)),
            ((x, Kind::Flow), (y, Kind::Flow)) if *under && (x.is_unknown() || y.is_unknown()) => {
                Ok((Unit::Unknown(""), Kind::Ratio))
            }
            ((Unit::Known(x), Kind::Flow), (Unit::Known(y), Kind::Flow)) if *under => {
                Ok((Unit::Known(format!("{x}/{y}")), Kind::Ratio))
            }
            _ => Err(Refusal::Unsaid("products of such kinds")),
        },
        Expr::ShareOf(a, b) => match (unit(panel, a)?, unit(panel, b)?) {
            ((x, Kind::Flow), (y, Kind::Flow)) if x == y => Ok((Unit::Percent, Kind::Share)),
            ((x, Kind::Flow), (y, Kind::Flow)) if x.is_unknown() || y.is_unknown() => undeclared,
            ((Unit::Known(x), _), (Unit::Known(y), _)) if x != y => mismatch,
            _ => Err(Refusal::Unsaid("shares of such kinds")),
        },
        Expr::Across(x, _) => match unit(panel, x)? {
            (u, Kind::Flow) => Ok((u, Kind::Flow)),
            _ => Err(Refusal::Unsaid("`across` of what does not add up")),
        },
        Expr::Call(op, over, _, x) => called(*op, over.is_empty(), unit(panel, x)?),
        Expr::Inner(q) | Expr::Named(_, q) => unit(panel, &q.expr),
        Expr::Defined(..) | Expr::Param => Err(Refusal::Unsaid("a name that was not filled in")),
    }
}

fn called(op: Op, over_time: bool, (unit, kind): (Unit, Kind)) -> Result<(Unit, Kind), Refusal> {
    let adds = kind == Kind::Flow;
    match op {
        Op::Growth | Op::YoyGrowth => match kind {
            Kind::Flow | Kind::Ratio => Ok((Unit::Percent, Kind::Growth)),
            Kind::Share | Kind::Growth => Err(Refusal::Code("unit-mismatch")),
            Kind::Number | Kind::Index => Err(Refusal::Unsaid("growth of such kinds")),
        },
        Op::Share if adds => Ok((Unit::Percent, Kind::Share)),
        Op::Hhi if adds => Ok((Unit::Plain, Kind::Ratio)),
        Op::Rank => Ok((Unit::Plain, Kind::Ratio)),
        Op::Index if adds => Ok((Unit::Index, Kind::Index)),
        Op::Change | Op::YoyChange if adds => Ok((unit, kind)),
        Op::Sum | Op::YtdSum | Op::CumulativeSum | Op::WindowSum(_) if adds => Ok((unit, kind)),
        Op::Sum if kind == Kind::Growth || kind == Kind::Index => Err(Refusal::Code("sum-of-nonadditive")),
        Op::YtdSum | Op::CumulativeSum if kind != Kind::Number => Err(Refusal::Code("sum-of-nonadditive")),
        Op::Sum if over_time && kind != Kind::Number => Err(Refusal::Code("sum-of-nonadditive")),
        Op::Average | Op::Min | Op::Max | Op::YearLag | Op::WindowAverage(_) => Ok((unit, kind)),
        _ => Err(Refusal::Unsaid("an operator of such kinds")),
    }
}

/// A unit as printed: its base and how many of it.
pub fn base_of(text: &str) -> (String, f64) {
    if let Some((above, under)) = text.split_once('/') {
        let ((a, x), (b, y)) = (base_of(above), base_of(under));
        return (format!("{a}/{b}"), x / y);
    }
    let (mut factor, mut base) = (1.0, "");
    for word in text.split_whitespace() {
        match word {
            "thousand" => factor *= 1e3,
            "mn" => factor *= 1e6,
            "bn" => factor *= 1e9,
            "tn" => factor *= 1e12,
            "tonne" => (factor, base) = (factor * 1e3, "kg"),
            word if word.parse::<f64>().is_ok() => factor *= word.parse::<f64>().unwrap(),
            word => base = word,
        }
    }
    (base.to_string(), factor)
}
