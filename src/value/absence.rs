//! What a row that is not there stands for: no trade, or an observation that is missing. In: labels and a period. Out:
//! zero, or not. Knows no data; whoever reads them says where there were any.

use crate::pause;

use super::{Cell, Dimension, Period, Reason};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Labels, one for each of some dimensions.
pub type Names = Vec<Arc<str>>;

/// The labels that a label is put under.
pub type Relabel<'a> = Box<dyn Fn(&Arc<str>) -> Vec<Arc<str>> + 'a>;

/// The name that a dimension is called by then, and what its labels are put under.
pub type Under<'a> = (Arc<str>, Relabel<'a>);

/// What a row that is not there stands for.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Absence {
    /// Nothing is known of it.
    #[default]
    Missing,
    /// Zero.
    Zero,
    /// A choice has left it out.
    Outside,
    /// Zero where all of these were there, else nothing is known.
    Where(Vec<Arc<Present>>),
}

/// Which labels were there, and when: a reporter that reports at all has no trade where it has no row.
#[derive(Debug, PartialEq)]
pub struct Present {
    /// The dimensions of the labels.
    pub dims: Vec<Arc<str>>,
    /// Per labels, the periods.
    pub when: FxHashMap<Names, FxHashSet<Period>>,
}

impl Present {
    fn holds(&self, dims: &[Dimension], key: &[u32], period: Option<Period>) -> bool {
        let label = |name: &Arc<str>| {
            let (dim, place) = dims.iter().zip(key).find(|(d, _)| d.name == *name)?;
            dim.labels.get(*place as usize).cloned()
        };
        let Some(names) = self.dims.iter().map(label).collect::<Option<Names>>() else { return false };
        let Some(when) = self.when.get(&names) else { return false };
        period.map_or(!when.is_empty(), |p| when.contains(&p))
    }
}

impl Absence {
    /// The cell of a row that is not there: zero, or missing for this reason.
    pub fn cell(&self, dims: &[Dimension], key: &[u32], period: Option<Period>, reason: Reason) -> Cell {
        pause::turn();
        let zero = match self {
            Absence::Missing => false,
            Absence::Outside => return Cell::missing(Reason::OutsideFilter),
            Absence::Zero => true,
            Absence::Where(all) => all.iter().all(|p| p.holds(dims, key, period)),
        };
        if zero { Cell::number(0.0) } else { Cell::missing(reason) }
    }

    /// The same where labels stand for others: `under` gives the name of a dimension then, and what a label of it is under;
    /// none of a dimension that is summed out.
    pub fn under<'a>(self, under: &dyn Fn(&str) -> Option<Under<'a>>) -> Absence {
        let Absence::Where(all) = self else { return self };
        let mut out = Absence::Zero;
        for present in all {
            let of: Vec<Option<Under<'a>>> = present.dims.iter().map(|d| under(d)).collect();
            let dims: Vec<Arc<str>> = of.iter().flatten().map(|(name, _)| name.clone()).collect();
            if dims.is_empty() {
                continue;
            }
            let mut when: FxHashMap<Names, FxHashSet<Period>> = FxHashMap::default();
            for (names, periods) in &present.when {
                let mut keys = vec![Names::new()];
                for (label, (_, relabel)) in names.iter().zip(&of).filter_map(|(l, o)| Some((l, o.as_ref()?))) {
                    let labels = relabel(label);
                    let with = |key: &Names, l: &Arc<str>| key.iter().cloned().chain([l.clone()]).collect();
                    keys = keys.iter().flat_map(|key| labels.iter().map(|l| with(key, l))).collect();
                }
                for key in keys {
                    when.entry(key).or_default().extend(periods.iter().copied());
                }
            }
            out = out.and(Absence::Where(vec![Arc::new(Present { dims, when })]));
        }
        out
    }

    /// Of a part of a whole that is the same for all labels of some dimension: nothing of it is nothing, wherever it is
    /// known that the whole was there.
    pub fn of_part(&self, part: &[Dimension], whole: &[Dimension]) -> Absence {
        let judged = |d: &Dimension| match self {
            Absence::Where(all) => all.iter().any(|p| p.dims.contains(&d.name)),
            Absence::Missing | Absence::Zero | Absence::Outside => false,
        };
        let parts = part.iter().any(|d| whole.iter().all(|w| w.name != d.name));
        if parts && whole.iter().all(judged) { self.clone() } else { Absence::Missing }
    }

    /// Of what is made of two: zero where both are.
    pub fn and(self, other: Absence) -> Absence {
        match (self, other) {
            (Absence::Outside, _) | (_, Absence::Outside) => Absence::Outside,
            (Absence::Missing, _) | (_, Absence::Missing) => Absence::Missing,
            (Absence::Zero, other) | (other, Absence::Zero) => other,
            (Absence::Where(mut a), Absence::Where(b)) => {
                a.extend(b);
                Absence::Where(a)
            }
        }
    }
}
