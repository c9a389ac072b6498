//! Queries as a tree of their own, and as text. Knows neither the grammar of the program nor any number.

use super::panel::Span;
use std::fmt::{Display, Formatter, Result as Written};

/// The operators that the reference knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Growth,
    Change,
    YoyGrowth,
    YoyChange,
    YearLag,
    WindowSum(i32),
    WindowAverage(i32),
    YtdSum,
    CumulativeSum,
    Index,
    Share,
    Sum,
    Average,
    Min,
    Max,
    Hhi,
    Rank,
}

impl Op {
    /// Takes two ends.
    pub fn ends(self) -> bool {
        matches!(self, Op::Growth | Op::Change)
    }

    /// Makes one number of many, over time or over a dimension.
    pub fn reduces(self) -> bool {
        matches!(self, Op::Sum | Op::Average | Op::Min | Op::Max)
    }
}

#[derive(Clone, Debug)]
pub enum Expr {
    Measure(&'static str),
    Number(i64),
    /// `+`, or `-`.
    Sum(bool, Box<Expr>, Box<Expr>),
    /// `*`, or `/`.
    Product(bool, Box<Expr>, Box<Expr>),
    ShareOf(Box<Expr>, Box<Expr>),
    Across(Box<Expr>, Vec<&'static str>),
    /// An operator; the dimensions that it uses up; the words of its step.
    Call(Op, Vec<&'static str>, &'static str, Box<Expr>),
    /// In parentheses.
    Inner(Box<Query>),
    /// Behind a name.
    Named(String, Box<Query>),
    /// An operator of the query's own, its body, what it is applied to.
    Defined(String, Box<Query>, Box<Expr>),
    /// The operand in such a body.
    Param,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    Is(&'static str, &'static str),
    Not(&'static str, &'static str),
    Among(&'static str, Vec<&'static str>),
    NotAmong(&'static str, Vec<&'static str>),
}

impl Filter {
    pub fn dim(&self) -> &'static str {
        match self {
            Filter::Is(d, _) | Filter::Not(d, _) | Filter::Among(d, _) | Filter::NotAmong(d, _) => d,
        }
    }

    pub fn codes(&self) -> Vec<&'static str> {
        match self {
            Filter::Is(_, c) | Filter::Not(_, c) => vec![*c],
            Filter::Among(_, set) | Filter::NotAmong(_, set) => set.clone(),
        }
    }

    pub fn takes(&self, label: &str) -> bool {
        match self {
            Filter::Is(_, c) => *c == label,
            Filter::Not(_, c) => *c != label,
            Filter::Among(_, set) => set.contains(&label),
            Filter::NotAmong(_, set) => !set.contains(&label),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    For(Span),
    FromTo(Span, Span),
}

#[derive(Clone, Debug)]
pub struct Query {
    pub expr: Expr,
    pub filters: Vec<Filter>,
    pub by: Vec<&'static str>,
    /// `by year`: the months of a step.
    pub every: Option<i32>,
    pub time: Option<Time>,
    /// `with 2021 = 100`.
    pub base: Option<Span>,
}

impl Query {
    pub fn bare(expr: Expr) -> Query {
        Query { expr, filters: Vec::new(), by: Vec::new(), every: None, time: None, base: None }
    }
}

impl Expr {
    /// The operands.
    pub fn parts(&self) -> Vec<&Expr> {
        match self {
            Expr::Measure(_) | Expr::Number(_) | Expr::Param => Vec::new(),
            Expr::Sum(_, a, b) | Expr::Product(_, a, b) | Expr::ShareOf(a, b) => vec![a, b],
            Expr::Across(x, _) | Expr::Call(_, _, _, x) => vec![x],
            Expr::Inner(q) | Expr::Named(_, q) => vec![&q.expr],
            Expr::Defined(_, body, x) => vec![&body.expr, x],
        }
    }

    /// The `let`s and `def`s that it needs, those first that others use.
    pub fn names(&self, out: &mut Vec<String>) {
        self.parts().iter().for_each(|p| p.names(out));
        let line = match self {
            Expr::Named(name, query) => format!("let {name} = {query}"),
            Expr::Defined(name, body, _) => format!("def {name} of x = {body}"),
            _ => return,
        };
        if !out.contains(&line) {
            out.push(line);
        }
    }

    /// With the operand put into the bodies of operators of the query's own.
    pub fn filled(&self, with: Option<&Expr>) -> Expr {
        let of = |x: &Expr| Box::new(x.filled(with));
        let within = |q: &Query| Box::new(Query { expr: q.expr.filled(with), ..q.clone() });
        match self {
            Expr::Param => Expr::Inner(Box::new(Query::bare(with.expect("an operand").clone()))),
            Expr::Measure(_) | Expr::Number(_) => self.clone(),
            Expr::Sum(minus, a, b) => Expr::Sum(*minus, of(a), of(b)),
            Expr::Product(under, a, b) => Expr::Product(*under, of(a), of(b)),
            Expr::ShareOf(a, b) => Expr::ShareOf(of(a), of(b)),
            Expr::Across(x, dims) => Expr::Across(of(x), dims.clone()),
            Expr::Call(op, over, step, x) => Expr::Call(*op, over.clone(), step, of(x)),
            Expr::Inner(q) | Expr::Named(_, q) => Expr::Inner(within(q)),
            Expr::Defined(_, body, x) => {
                let x = x.filled(with);
                Expr::Inner(Box::new(Query { expr: body.expr.filled(Some(&x)), ..(**body).clone() }))
            }
        }
    }

    /// As an operand that binds tightest.
    fn tight(&self) -> String {
        match self {
            Expr::Measure(_) | Expr::Number(_) | Expr::Inner(_) | Expr::Named(..) | Expr::Param => self.to_string(),
            _ => format!("({self})"),
        }
    }

    fn factor(&self) -> String {
        match self {
            Expr::Call(..) | Expr::Across(..) | Expr::Defined(..) => self.to_string(),
            _ => self.tight(),
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        match self {
            Expr::Measure(name) => f.write_str(name),
            Expr::Number(n) => write!(f, "{n}"),
            Expr::Param => f.write_str("x"),
            Expr::Sum(minus, a, b) => write!(f, "{} {} {}", a.factor(), if *minus { "-" } else { "+" }, b.factor()),
            Expr::Product(under, a, b) => {
                write!(f, "{} {} {}", a.factor(), if *under { "/" } else { "*" }, b.factor())
            }
            Expr::ShareOf(a, b) => write!(f, "{} as share of {}", a.factor(), b.factor()),
            Expr::Across(x, dims) => write!(f, "{} across {}", x.tight(), dims.join(", ")),
            Expr::Call(op, over, step, x) => {
                let words = match op {
                    Op::Growth => "growth".to_string(),
                    Op::Change => "change".to_string(),
                    Op::YoyGrowth => "yoy growth".to_string(),
                    Op::YoyChange => "yoy change".to_string(),
                    Op::YearLag => "1-year lag".to_string(),
                    Op::WindowSum(n) => format!("{n}-{step} sum"),
                    Op::WindowAverage(n) => format!("{n}-{step} average"),
                    Op::YtdSum => "ytd sum".to_string(),
                    Op::CumulativeSum => "cumulative sum".to_string(),
                    other => format!("{other:?}").to_lowercase(),
                };
                let over = if over.is_empty() { String::new() } else { format!(" over {}", over.join(", ")) };
                write!(f, "{words}{over} of {}", x.tight())
            }
            Expr::Inner(q) => write!(f, "({q})"),
            Expr::Named(name, _) => f.write_str(name),
            Expr::Defined(name, _, x) => write!(f, "{name} of {}", x.tight()),
        }
    }
}

/// The word for a step of so many months.
pub fn step_word(months: i32) -> &'static str {
    match months {
        1 => "month",
        3 => "quarter",
        _ => "year",
    }
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        write!(f, "{}", self.expr)?;
        for (i, filter) in self.filters.iter().enumerate() {
            f.write_str(if i == 0 { " where " } else { " and " })?;
            match filter {
                Filter::Is(d, c) => write!(f, "{d} = {c}"),
                Filter::Not(d, c) => write!(f, "{d} != {c}"),
                Filter::Among(d, set) => write!(f, "{d} among {{{}}}", set.join(", ")),
                Filter::NotAmong(d, set) => write!(f, "{d} not among {{{}}}", set.join(", ")),
            }?;
        }
        let mut keys: Vec<&str> = self.by.clone();
        keys.extend(self.every.map(step_word));
        if !keys.is_empty() {
            write!(f, " by {}", keys.join(", "))?;
        }
        match self.time {
            Some(Time::For(p)) => write!(f, " for {p}")?,
            Some(Time::FromTo(a, b)) => write!(f, " from {a} to {b}")?,
            None => {}
        }
        if let Some(base) = self.base {
            write!(f, " with {base} = 100")?;
        }
        Ok(())
    }
}
