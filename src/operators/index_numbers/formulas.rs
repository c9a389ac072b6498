//! The formulas of index numbers. In: prices and quantities of the products that two periods have in common. Out: by how
//! much prices, or quantities, differ, and the arithmetic that gives it.

use crate::eval::trace::put;

/// One product in two periods; of an index of volume, with prices and quantities in each other's place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product {
    /// Price in the base.
    pub p0: f64,
    /// Quantity in the base.
    pub q0: f64,
    /// Price now.
    pub p1: f64,
    /// Quantity now.
    pub q1: f64,
    /// Price and quantity in the period before the base, for what takes its weights from there.
    pub before: Option<(f64, f64)>,
}

/// How products are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Formula {
    Laspeyres,
    Paasche,
    Fisher,
    Tornqvist,
    Walsh,
    MarshallEdgeworth,
    Jevons,
    Carli,
    Dutot,
    Palgrave,
    GeometricLaspeyres,
    GeometricPaasche,
    Lowe,
    Young,
}

/// The words of each formula.
const WORDS: &[(&str, Formula)] = &[
    ("laspeyres", Formula::Laspeyres),
    ("paasche", Formula::Paasche),
    ("fisher", Formula::Fisher),
    ("tornqvist", Formula::Tornqvist),
    ("walsh", Formula::Walsh),
    ("marshall-edgeworth", Formula::MarshallEdgeworth),
    ("jevons", Formula::Jevons),
    ("carli", Formula::Carli),
    ("dutot", Formula::Dutot),
    ("palgrave", Formula::Palgrave),
    ("geometric laspeyres", Formula::GeometricLaspeyres),
    ("geometric paasche", Formula::GeometricPaasche),
    ("lowe", Formula::Lowe),
    ("young", Formula::Young),
];

/// A mean of what is now over what was in the base, of each product with a weight.
enum Mean {
    /// The sum of now times weight over the sum of base times weight.
    OfSums,
    /// The weighted arithmetic mean of the relatives.
    OfRelatives,
    /// The weighted geometric mean of the relatives.
    Geometric,
}

impl Formula {
    pub(super) fn named(words: &str) -> Option<Formula> {
        WORDS.iter().find(|(known, _)| *known == words).map(|(_, formula)| *formula)
    }

    /// Whether its weights are of the period before the base.
    pub(super) fn needs_before(self) -> bool {
        matches!(self, Formula::Lowe | Formula::Young)
    }

    fn mean(self) -> Mean {
        match self {
            Formula::Laspeyres | Formula::Paasche | Formula::Fisher | Formula::Walsh => Mean::OfSums,
            Formula::MarshallEdgeworth | Formula::Dutot | Formula::Lowe => Mean::OfSums,
            Formula::Carli | Formula::Palgrave | Formula::Young => Mean::OfRelatives,
            Formula::Tornqvist | Formula::Jevons => Mean::Geometric,
            Formula::GeometricLaspeyres | Formula::GeometricPaasche => Mean::Geometric,
        }
    }

    /// The products with the weight of each.
    fn weighted(self, products: &[Product]) -> Vec<(Product, f64)> {
        let sum = |of: &dyn Fn(&Product) -> f64| products.iter().map(of).sum::<f64>();
        let (all0, all1) = (sum(&|k| k.p0 * k.q0), sum(&|k| k.p1 * k.q1));
        let weight = |k: &Product| {
            Some(match self {
                Formula::Laspeyres | Formula::Fisher => k.q0,
                Formula::Paasche => k.q1,
                Formula::Walsh => (k.q0 * k.q1).sqrt(),
                Formula::MarshallEdgeworth => k.q0 + k.q1,
                Formula::Dutot | Formula::Jevons | Formula::Carli => 1.0,
                Formula::Palgrave | Formula::GeometricPaasche => k.p1 * k.q1,
                Formula::GeometricLaspeyres => k.p0 * k.q0,
                Formula::Tornqvist => k.p0 * k.q0 / all0 + k.p1 * k.q1 / all1,
                Formula::Lowe => k.before?.1,
                Formula::Young => k.before.map(|(p, q)| p * q)?,
            })
        };
        products.iter().filter_map(|k| Some((*k, weight(k)?))).collect()
    }

    /// The index of products as a factor; nothing where there are none.
    pub(super) fn of(self, products: &[Product]) -> Option<f64> {
        if self == Formula::Fisher {
            let (laspeyres, paasche) = (Formula::Laspeyres.of(products)?, Formula::Paasche.of(products)?);
            return Some((laspeyres * paasche).sqrt());
        }
        let weighted = self.weighted(products);
        if weighted.is_empty() {
            return None;
        }
        let total = |of: &dyn Fn(&Product, f64) -> f64| weighted.iter().map(|(k, w)| of(k, *w)).sum::<f64>();
        let value = match self.mean() {
            Mean::OfSums => total(&|k, w| k.p1 * w) / total(&|k, w| k.p0 * w),
            Mean::OfRelatives => total(&|k, w| k.p1 / k.p0 * w) / total(&|_, w| w),
            Mean::Geometric => (total(&|k, w| (k.p1 / k.p0).ln() * w) / total(&|_, w| w)).exp(),
        };
        (value.is_finite() && value > 0.0).then_some(value)
    }

    /// The arithmetic of that factor, for `explain`.
    pub(super) fn told(self, products: &[Product]) -> String {
        if self == Formula::Fisher {
            let (laspeyres, paasche) = (Formula::Laspeyres.told(products), Formula::Paasche.told(products));
            return format!("({laspeyres} * ({paasche}))^(1 / 2)");
        }
        let weighted = self.weighted(products);
        let listed = |of: &dyn Fn(&Product, f64) -> String| {
            weighted.iter().map(|(k, w)| of(k, *w)).collect::<Vec<_>>().join(" + ")
        };
        match self.mean() {
            Mean::OfSums => {
                let now = listed(&|k, w| format!("{} * {}", put(k.p1), put(w)));
                format!("({now}) / ({})", listed(&|k, w| format!("{} * {}", put(k.p0), put(w))))
            }
            Mean::OfRelatives => {
                let sum = listed(&|k, w| format!("{} * {} / {}", put(w), put(k.p1), put(k.p0)));
                format!("({sum}) / ({})", listed(&|_, w| put(w)))
            }
            Mean::Geometric => {
                let sum = listed(&|k, w| format!("{} * ln({} / {})", put(w), put(k.p1), put(k.p0)));
                format!("exp(({sum}) / ({}))", listed(&|_, w| put(w)))
            }
        }
    }
}
