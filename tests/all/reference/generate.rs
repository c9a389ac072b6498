//! Random queries. In: a panel, a generator, the features in use. Out: trees of which most have an answer.

use super::features::Features;
use super::panel::{Panel, Span};
use super::query::{Expr, Filter, Op, Query, Time, step_word};
use fastrand::Rng;

pub struct Maker<'a> {
    pub panel: &'a Panel,
    pub rng: &'a mut Rng,
    pub features: &'a Features,
    /// How many names were given so far.
    pub names: usize,
}

impl Maker<'_> {
    fn chance(&mut self, percent: u8) -> bool {
        self.rng.u8(0..100) < percent
    }

    fn years(&self) -> Vec<Span> {
        let range = self.panel.range().unwrap();
        (range.first.div_euclid(12)..=range.last.div_euclid(12)).map(Span::year).collect()
    }

    /// A period of the data: a year, or one of their steps.
    fn period(&mut self) -> Span {
        let range = self.panel.range().unwrap();
        let choices = if self.chance(60) { self.years() } else { range.steps(self.panel.step) };
        let mut found = *self.rng.choice(&choices).unwrap();
        if self.chance(4) {
            found = found.back(36);
        }
        found
    }

    fn ends(&mut self) -> (Span, Span) {
        let a = self.period();
        let step = a.months();
        let to = a.back(-step * self.rng.i32(1..4));
        if self.chance(30) && step < 12 { (a, a.back(-12)) } else { (a, to) }
    }

    fn dim(&mut self) -> Option<usize> {
        (!self.panel.dims.is_empty()).then(|| self.rng.usize(0..self.panel.dims.len()))
    }

    fn filter(&mut self) -> Option<Filter> {
        let dim = self.dim()?;
        let dim = &self.panel.dims[dim];
        let code = *self.rng.choice(&dim.labels).unwrap();
        let other = *self.rng.choice(&dim.labels).unwrap();
        let set = if code == other { vec![code] } else { vec![code, other] };
        let odd = self.features.on("odd filters");
        Some(match self.rng.u8(0..6) {
            0 if odd => Filter::Not(dim.name, code),
            1 if odd && set.len() < dim.labels.len() => Filter::NotAmong(dim.name, set),
            2 => Filter::Among(dim.name, set),
            _ => Filter::Is(dim.name, code),
        })
    }

    fn measure(&mut self) -> Expr {
        Expr::Measure(self.rng.choice(&["exports", "exports", "exports", "imports", "weight"]).unwrap())
    }

    fn money(&mut self) -> Expr {
        Expr::Measure(self.rng.choice(&["exports", "imports"]).unwrap())
    }

    /// What adds up over every dimension: sums and multiples of measures.
    pub fn part(&mut self, depth: u8) -> Expr {
        if depth == 0 || self.chance(40) {
            return self.money();
        }
        match self.rng.u8(0..3) {
            0 => Expr::Product(self.rng.bool(), self.part(depth - 1).into(), Expr::Number(self.rng.i64(2..9)).into()),
            _ => Expr::Sum(self.rng.bool(), self.part(depth - 1).into(), self.part(depth - 1).into()),
        }
    }

    /// What adds up, in money where a unit matters.
    fn flow(&mut self, depth: u8, money: bool) -> Expr {
        if depth == 0 || self.chance(35) {
            return if money { self.money() } else { self.measure() };
        }
        let below = depth - 1;
        match self.rng.u8(0..9) {
            0 | 1 => Expr::Sum(self.rng.bool(), self.flow(below, true).into(), self.flow(below, true).into()),
            2 => {
                Expr::Product(self.rng.bool(), self.flow(below, money).into(), Expr::Number(self.rng.i64(2..9)).into())
            }
            3 => match self.dim() {
                Some(dim) => Expr::Across(self.flow(below, money).into(), vec![self.panel.dims[dim].name]),
                None => self.money(),
            },
            4 if self.features.on("names") => {
                let body = Query::bare(Expr::Sum(true, Expr::Param.into(), Expr::Measure("imports").into()));
                self.names += 1;
                Expr::Defined(format!("twist{}", self.names), body.into(), self.flow(below, true).into())
            }
            5 => match self.dim() {
                Some(dim) if money => {
                    let op = *self.rng.choice(&[Op::Sum, Op::Sum, Op::Max, Op::Min, Op::Average]).unwrap();
                    let x = self.flow(below, true);
                    over(op, self.panel.dims[dim].name, x)
                }
                _ => self.money(),
            },
            _ => self.nested(below, money),
        }
    }

    /// In parentheses or behind a name, with clauses of its own.
    fn nested(&mut self, depth: u8, money: bool) -> Expr {
        let mut query = Query::bare(self.flow(depth, money));
        if self.features.on("inner where") && self.chance(60) {
            query.filters.extend(self.filter());
        }
        if self.features.on("inner for") && self.chance(25) {
            query.time = Some(Time::For(self.period()));
        } else if self.features.on("inner range") && self.chance(15) {
            let (a, b) = self.ends();
            query.time = Some(Time::FromTo(a, b));
        } else if self.features.on("inner by") && self.chance(15) {
            query.every = Some(12);
        }
        if self.features.on("names") && self.chance(40) {
            self.names += 1;
            return Expr::Named(format!("name{}", self.names), query.into());
        }
        Expr::Inner(query.into())
    }

    fn series(&mut self, depth: u8) -> Expr {
        let flow = |s: &mut Self| s.flow(depth, true);
        let step = step_word(self.panel.step);
        match self.rng.u8(0..16) {
            0 | 1 => Expr::Product(true, flow(self).into(), flow(self).into()),
            2 => Expr::Product(true, flow(self).into(), Expr::Measure("weight").into()),
            3 | 4 => Expr::ShareOf(flow(self).into(), flow(self).into()),
            5 => Expr::Call(Op::YoyGrowth, vec![], "", flow(self).into()),
            6 => Expr::Call(Op::YoyChange, vec![], "", flow(self).into()),
            7 => Expr::Call(Op::YearLag, vec![], "", flow(self).into()),
            8 if self.features.on("windows") => {
                let n = self.rng.i32(2..5);
                let op = if self.rng.bool() { Op::WindowSum(n) } else { Op::WindowAverage(n) };
                Expr::Call(op, vec![], step, flow(self).into())
            }
            9 => Expr::Call(Op::YtdSum, vec![], "", flow(self).into()),
            10 => match self.dim() {
                Some(dim) => over(Op::Hhi, self.panel.dims[dim].name, flow(self)),
                None => flow(self),
            },
            11 => {
                let op = *self.rng.choice(&[Op::Average, Op::Max, Op::Min, Op::Sum]).unwrap();
                Expr::Call(op, vec![], "", flow(self).into())
            }
            12 if !self.panel.dims.is_empty() => Expr::Call(Op::Share, vec![], "", flow(self).into()),
            13 => {
                let ratio = Expr::Product(true, flow(self).into(), flow(self).into());
                Expr::Call(Op::YoyGrowth, vec![], "", ratio.into())
            }
            _ => self.flow(depth, false),
        }
    }

    /// A query as a statement holds it.
    pub fn query(&mut self) -> Query {
        let depth = self.rng.u8(0..4);
        if self.features.on("refusals") && self.chance(4) {
            return self.refused(depth);
        }
        if self.chance(20) {
            let x = self.flow(depth, true);
            let op = if self.rng.bool() { Op::Growth } else { Op::Change };
            let mut query = Query::bare(Expr::Call(op, vec![], "", x.into()));
            let (a, b) = self.ends();
            query.time = Some(Time::FromTo(a, b));
            self.keys_and_filters(&mut query);
            return query;
        }
        if self.chance(8) {
            return self.indexed(depth);
        }
        let mut query = Query::bare(self.series(depth));
        if let (Some(dim), true) = (self.dim(), self.chance(8)) {
            query.expr = over(Op::Rank, self.panel.dims[dim].name, self.flow(depth, true));
        } else if self.chance(5) {
            query.expr = Expr::Call(Op::CumulativeSum, vec![], "", self.flow(depth, true).into());
        }
        self.keys_and_filters(&mut query);
        match self.rng.u8(0..6) {
            0 => query.every = Some(12),
            1 => query.every = Some(self.panel.step),
            2 | 3 => query.time = Some(Time::For(self.period())),
            4 => {
                let (a, b) = self.ends();
                query.time = Some(Time::FromTo(a, b));
            }
            _ => {}
        }
        if matches!(&query.expr, Expr::Call(Op::Share, ..)) && query.by.is_empty() {
            query.by.push(self.panel.dims[0].name);
        }
        query
    }

    /// What has no meaning.
    fn refused(&mut self, depth: u8) -> Query {
        let mut x = self.flow(depth, true);
        let mut query = Query::bare(Expr::Number(0));
        let period = self.period();
        let fixed = |x: Expr| Expr::Inner(Query { time: Some(Time::For(period)), ..Query::bare(x) }.into());
        let weight = || Expr::Measure("weight").into();
        query.expr = match self.rng.u8(0..8) {
            0 => Expr::Sum(self.rng.bool(), x.into(), weight()),
            1 => Expr::ShareOf(x.into(), weight()),
            2 => Expr::Call(Op::YoyGrowth, vec![], "", fixed(x).into()),
            3 => {
                let (a, b) = self.ends();
                query.time = Some(Time::FromTo(a, b));
                Expr::Call(Op::Growth, vec![], "", fixed(x).into())
            }
            4 => {
                query.time = Some(Time::For(period.back(12)));
                fixed(x)
            }
            5 => {
                x = Expr::ShareOf(x.into(), self.money().into());
                Expr::Call(Op::Sum, vec![], "", Expr::Inner(Query::bare(x).into()).into())
            }
            6 => {
                x = Expr::Call(Op::YoyGrowth, vec![], "", x.into());
                Expr::Call(Op::YtdSum, vec![], "", Expr::Inner(Query::bare(x).into()).into())
            }
            _ => {
                let (a, b) = self.ends();
                query.time = Some(Time::FromTo(a, b));
                let growth = Expr::Call(Op::Change, vec![], "", x.into());
                Expr::Sum(self.rng.bool(), growth.into(), self.money().into())
            }
        };
        query
    }

    /// An index: its base is a period as those of the result.
    fn indexed(&mut self, depth: u8) -> Query {
        let x = self.flow(depth, true);
        let mut query = Query::bare(Expr::Call(Op::Index, vec![], "", x.into()));
        self.keys_and_filters(&mut query);
        let base = self.period();
        query.base = Some(base);
        query.every = Some(base.months());
        query
    }

    fn keys_and_filters(&mut self, query: &mut Query) {
        if self.chance(50) {
            query.filters.extend(self.filter());
        }
        if self.chance(50) {
            let dim = self.dim().map(|d| self.panel.dims[d].name);
            query.by.extend(dim);
        }
        // What an operator uses up cannot stay.
        let mut used = Vec::new();
        used_up(&query.expr, &mut used);
        query.by.retain(|d| !used.contains(d));
    }
}

/// An operator over a dimension, if the operand still has it.
fn over(op: Op, dim: &'static str, x: Expr) -> Expr {
    let mut used = Vec::new();
    used_up(&x, &mut used);
    if used.contains(&dim) { x } else { Expr::Call(op, vec![dim], "", x.into()) }
}

fn used_up(expr: &Expr, out: &mut Vec<&'static str>) {
    if let Expr::Call(_, over, _, _) | Expr::Across(_, over) = expr {
        out.extend(over);
    }
    expr.parts().into_iter().for_each(|p| used_up(p, out));
}
