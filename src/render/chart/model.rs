//! What a chart shows, whoever draws it: panels with places along them and series over these, in one unit each. Every
//! number stands here twice, as it is measured and as it is written. Knows no canvas.

use super::shape::Shape;
use crate::value::Period;

/// A chart.
#[derive(Clone, Debug)]
pub struct Chart {
    /// How it is drawn.
    pub shape: Shape,
    /// What it is called, for people.
    pub title: String,
    /// The query.
    pub query: String,
    /// One, or several of which each has its own unit or its own label.
    pub panels: Vec<Panel>,
    /// Whether the panels are of one unit and share their scale.
    pub multiples: bool,
    /// The files that the numbers come from.
    pub files: Vec<String>,
    /// What a careful reader must be told.
    pub warnings: Vec<String>,
    /// What the marks mean.
    pub notes: Vec<String>,
}

/// One field with its axes.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What it is of, beside others; empty where it is the only one.
    pub title: String,
    /// Unit and scale: `bn USD`, `2018 = 100`.
    pub unit: String,
    /// The places along it, periods in their order or labels in that of the answer.
    pub across: Vec<Place>,
    /// Lines, bars of one colour, layers of a stack, or lines of fields.
    pub series: Vec<Series>,
    /// The least and the largest number that its axis must hold.
    pub range: (f64, f64),
    /// A number that others are read against: the base of an index.
    pub reference: Option<f64>,
}

/// A place along a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// As it is written.
    pub label: String,
    /// When it is, if it is a time.
    pub period: Option<Period>,
}

/// Numbers that belong together.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it is called; empty for the only one.
    pub name: String,
    /// Which of the looks it has.
    pub look: usize,
    /// One for each place of the panel.
    pub spots: Vec<Spot>,
}

/// A number of a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spot {
    /// In the unit of the panel; none where there is no row, or none in it.
    pub value: Option<f64>,
    /// As it is written.
    pub text: String,
    /// The letters of its marks.
    pub marks: String,
    /// Whether it is there and is not to be taken as it stands: partial, estimated.
    pub hollow: bool,
    /// Whether there is a row without a number.
    pub missing: bool,
}

impl Panel {
    /// Whether its places are periods.
    pub fn timed(&self) -> bool {
        self.across.iter().all(|p| p.period.is_some())
    }

    /// Its periods, in order.
    pub fn periods(&self) -> Vec<Period> {
        self.across.iter().filter_map(|p| p.period).collect()
    }

    /// The places at which some series has a row without a number.
    pub fn missing(&self) -> Vec<usize> {
        let is = |at: &usize| self.series.iter().any(|s| s.spots.get(*at).is_some_and(|p| p.missing));
        (0..self.across.len()).filter(is).collect()
    }

    /// What each series adds up to below its own layer, place by place; none where a part is not known.
    pub fn stacked(&self) -> Vec<Vec<Option<(f64, f64)>>> {
        let mut below: Vec<Option<f64>> = vec![Some(0.0); self.across.len()];
        let unknown = self.missing();
        unknown.iter().for_each(|at| below.iter_mut().skip(*at).take(1).for_each(|b| *b = None));
        let layer = |series: &Series| {
            let mut out = Vec::new();
            for (spot, base) in series.spots.iter().zip(&mut below) {
                let top = base.map(|b| b + spot.value.unwrap_or(0.0));
                out.push(base.zip(top));
                *base = top;
            }
            out
        };
        self.series.iter().map(layer).collect()
    }
}

/// Runs of places that a line joins: a number that is missing, or a period that is not there, ends one.
pub fn runs(panel: &Panel, has: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let periods = panel.periods();
    let middles: Vec<f64> = periods.iter().map(|p| super::time::middle(*p)).collect();
    let mut steps: Vec<f64> = middles.windows(2).filter_map(|w| Some(w.last()? - w.first()?)).collect();
    let far = |step: f64, usual: f64| step > usual * 1.6 && step > 4.5;
    let between = steps.clone();
    steps.sort_by(f64::total_cmp);
    let usual = steps.get(steps.len() / 2).copied().unwrap_or(f64::INFINITY);
    let mut out: Vec<Vec<usize>> = Vec::new();
    for at in 0..panel.across.len() {
        if !has(at) {
            continue;
        }
        let joined = at.checked_sub(1).filter(|before| has(*before));
        let near = joined.and_then(|before| between.get(before)).is_some_and(|step| !far(*step, usual));
        match out.last_mut().filter(|_| near) {
            Some(run) => run.push(at),
            None => out.push(vec![at]),
        }
    }
    out
}
