//! The indices of a whole and its parts, and the arithmetic that gives them.

use super::wholes::Whole;
use crate::eval::trace::put;
use crate::plan::Call;
use crate::value::Reason;

/// Which index of some parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Index {
    Herfindahl,
    Normalised,
    Theil,
    Entropy,
    Gini,
    Corrected,
}

impl Index {
    pub(super) fn of(call: &Call) -> Index {
        match call.entry.name {
            "normalised hhi" => Index::Normalised,
            "theil" => Index::Theil,
            "entropy" => Index::Entropy,
            "gini" => Index::Gini,
            "corrected gini" => Index::Corrected,
            _ => Index::Herfindahl,
        }
    }

    /// Whether it needs the parts in order.
    pub(super) fn ranks(self) -> bool {
        matches!(self, Index::Gini | Index::Corrected)
    }

    /// Whether it depends on how many labels there are, those with nothing, too.
    pub(super) fn counts(self) -> bool {
        matches!(self, Index::Theil | Index::Gini | Index::Corrected)
    }

    /// Whether its shares are those in the whole, rather than in the sum of the listed labels.
    pub(super) fn of_whole(self) -> bool {
        matches!(self, Index::Herfindahl | Index::Normalised)
    }
}

impl Whole {
    /// The index of the parts in a whole, which may hold more than they.
    pub(super) fn index(&mut self, all: f64, index: Index) -> Result<f64, Reason> {
        let (traded, n) = (f64::from(self.traded), f64::from(self.present));
        let single = match index {
            Index::Normalised => self.traded < 2,
            Index::Corrected => self.present < 2,
            Index::Herfindahl | Index::Theil | Index::Entropy | Index::Gini => false,
        };
        if self.present == 0 {
            return Err(self.reason.unwrap_or(Reason::NotReported));
        }
        if all <= 0.0 {
            return Err(Reason::NonpositiveDenominator);
        }
        if self.has_negative || single {
            return Err(Reason::Undefined);
        }
        let entropy = || (all.ln() - self.logarithms / all).max(0.0);
        Ok(match index {
            Index::Herfindahl => self.squares / (all * all),
            Index::Normalised => normal(self.squares / (all * all), traded),
            Index::Theil => (n.ln() - entropy()).max(0.0),
            Index::Entropy => entropy(),
            Index::Gini => self.gini(all) / n,
            Index::Corrected => self.gini(all) / (n - 1.0),
        })
    }

    /// Gini's coefficient times the number of parts.
    fn gini(&mut self, all: f64) -> f64 {
        self.parts.sort_by(f64::total_cmp);
        let n = self.parts.len() as f64;
        let weighted = (1..).zip(&self.parts).map(|(i, x)| (2.0 * f64::from(i) - n - 1.0) * x).sum::<f64>();
        weighted / all
    }
}

pub(super) fn normal(h: f64, n: f64) -> f64 {
    (h - 1.0 / n) / (1.0 - 1.0 / n)
}

/// The arithmetic of an index of parts, whose sum is a text.
pub(super) fn told(parts: &[f64], sum: &str, index: Index) -> String {
    let count = parts.len();
    let terms = |of: &dyn Fn(&str) -> String| parts.iter().map(|x| of(&put(*x))).collect::<Vec<_>>().join(" + ");
    let traded = |of: &dyn Fn(&str) -> String| {
        parts.iter().filter(|x| **x > 0.0).map(|x| of(&put(*x))).collect::<Vec<_>>().join(" + ")
    };
    // The place times two, less one more than there are.
    let ranked = || {
        let term = |(i, x): (usize, &f64)| format!("({} - {count}) * {}", 2 * i + 1, put(*x));
        parts.iter().enumerate().map(term).collect::<Vec<_>>().join(" + ")
    };
    match index {
        Index::Herfindahl => terms(&|x| format!("({x} / ({sum}))^2")),
        Index::Normalised => {
            let count = parts.iter().filter(|x| **x > 0.0).count();
            format!("({} - 1 / {count}) / (1 - 1 / {count})", terms(&|x| format!("({x} / ({sum}))^2")))
        }
        Index::Theil => traded(&|x| format!("{x} / ({sum}) * ln({count} * {x} / ({sum}))")),
        Index::Entropy => format!("0 - ({})", traded(&|x| format!("{x} / ({sum}) * ln({x} / ({sum}))"))),
        Index::Gini => format!("({}) / ({count} * ({sum}))", ranked()),
        Index::Corrected => format!("({}) / ({} * ({sum}))", ranked(), count - 1),
    }
}
