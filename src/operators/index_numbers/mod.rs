//! Index numbers of prices and of volumes, over the products that two periods have in common. In: a value and a quantity
//! of each product, and the base. Out: an index for every period. The price is the value of a unit.

mod formulas;
mod matched;

use super::over::with_over;
use super::*;

/// The four of each formula: of prices and of volumes, against the base and chained. Their answers are those of
/// the formulas written out in another language, on the shipped panel.
macro_rules! indices {
    ($($word:literal, $formula:literal, $volume:literal, $source:literal: $base:literal $p:literal $q:literal $cp:literal $cq:literal;)*) => {
        /// The family.
        pub const ENTRIES: &[Entry] = &[$(
            entry(concat!($word, " price index"), PRICE, $formula, DIRECT, &[$source], &[(concat!($word, " price index", " over hs of exports and exports_weight where reporter = DEU with ", $base, " = 100 for 2020"), $p)]),
            entry(concat!($word, " volume index"), VOLUME, $volume, DIRECT, &[$source], &[(concat!($word, " volume index", " over hs of exports and exports_weight where reporter = DEU with ", $base, " = 100 for 2020"), $q)]),
            entry(concat!("chained ", $word, " price index"), PRICE, $formula, CHAINED, &[$source], &[(concat!("chained ", $word, " price index", " over hs of exports and exports_weight where reporter = DEU with ", $base, " = 100 for 2020"), $cp)]),
            entry(concat!("chained ", $word, " volume index"), VOLUME, $volume, CHAINED, &[$source], &[(concat!("chained ", $word, " volume index", " over hs of exports and exports_weight where reporter = DEU with ", $base, " = 100 for 2020"), $cq)]),
        )*];
    };
}

const PRICE: &str = "What the same products cost, in relation to the base.";
const VOLUME: &str = "How much of the products is traded, in relation to the base.";
const DIRECT: &str = "p and q of the products that have a value and a quantity above zero in both periods; 0 is the base, 1 the period of the result, the price p the value of a unit, with prices at hand `(price * quantity)` is the value. The part of the value that they make up is said where it is not all of it. Not a mean over time of finer periods: unit values are of the whole period.";
const CHAINED: &str = "The links of all periods since the base, each against the one before, multiplied. p and q of the products that have both in both periods of a link; 0 is the earlier. Prices that bounce make a chain drift away from the index against the base, which is said where the two differ by more than a twentieth.";

indices! {
    "laspeyres", "100 * sum of p1 * q0 / sum of p0 * q0", "100 * sum of q1 * p0 / sum of q0 * p0",
        "IMF, Export and Import Price Index Manual (2009), chapter 16": "2018" "99.01" "118.7" "99.00" "118.8";
    "paasche", "100 * sum of p1 * q1 / sum of p0 * q1", "100 * sum of q1 * p1 / sum of q0 * p1",
        "IMF, Export and Import Price Index Manual (2009), chapter 16": "2018" "98.94" "118.6" "98.90" "118.6";
    "fisher", "100 * square root of (Laspeyres * Paasche)", "100 * square root of (Laspeyres * Paasche), both of volume",
        "IMF, Export and Import Price Index Manual (2009), chapter 16": "2018" "98.97" "118.7" "98.95" "118.7";
    "tornqvist", "100 * product of (p1 / p0)^((s0 + s1) / 2), s the share in the value", "100 * product of (q1 / q0)^((s0 + s1) / 2), s the share in the value",
        "IMF, Export and Import Price Index Manual (2009), chapter 17": "2018" "98.97" "118.7" "98.95" "118.7";
    "walsh", "100 * sum of p1 * (q0 * q1)^(1 / 2) / sum of p0 * (q0 * q1)^(1 / 2)", "100 * sum of q1 * (p0 * p1)^(1 / 2) / sum of q0 * (p0 * p1)^(1 / 2)",
        "IMF, Export and Import Price Index Manual (2009), chapter 16": "2018" "98.97" "118.7" "98.95" "118.7";
    "marshall-edgeworth", "100 * sum of p1 * (q0 + q1) / sum of p0 * (q0 + q1)", "100 * sum of q1 * (p0 + p1) / sum of q0 * (p0 + p1)",
        "IMF, Export and Import Price Index Manual (2009), chapter 16": "2018" "98.97" "118.7" "98.95" "118.7";
    "jevons", "100 * product of (p1 / p0)^(1 / n)", "100 * product of (q1 / q0)^(1 / n)",
        "IMF, Export and Import Price Index Manual (2009), chapter 21": "2018" "99.21" "111.2" "99.21" "111.2";
    "carli", "100 * mean of p1 / p0", "100 * mean of q1 / q0",
        "IMF, Export and Import Price Index Manual (2009), chapter 21": "2018" "99.24" "111.7" "99.26" "111.9";
    "dutot", "100 * sum of p1 / sum of p0", "100 * sum of q1 / sum of q0",
        "IMF, Export and Import Price Index Manual (2009), chapter 21": "2018" "99.19" "113.5" "99.19" "113.5";
    "palgrave", "100 * sum of s1 * p1 / p0, s1 the share in the value now", "100 * sum of s1 * q1 / q0, s1 the share in the value now",
        "Balk (2008), Price and Quantity Index Numbers": "2018" "98.96" "119.8" "98.96" "119.7";
    "geometric laspeyres", "100 * product of (p1 / p0)^s0, s0 the share in the value of the base", "100 * product of (q1 / q0)^s0, s0 the share in the value of the base",
        "IMF, Export and Import Price Index Manual (2009), chapter 16": "2018" "99.00" "118.1" "98.97" "118.2";
    "geometric paasche", "100 * product of (p1 / p0)^s1, s1 the share in the value now", "100 * product of (q1 / q0)^s1, s1 the share in the value now",
        "IMF, Export and Import Price Index Manual (2009), chapter 16": "2018" "98.95" "119.2" "98.93" "119.1";
    "lowe", "100 * sum of p1 * qb / sum of p0 * qb, b the period before the base", "100 * sum of q1 * pb / sum of q0 * pb, b the period before the base",
        "IMF, Export and Import Price Index Manual (2009), chapter 16": "2019" "99.00" "108.8" "99.00" "108.8";
    "young", "100 * sum of sb * p1 / p0, sb the share in the value of the period before the base", "100 * sum of sb * q1 / q0, sb the share in the value of the period before the base",
        "IMF, Export and Import Price Index Manual (2009), chapter 16": "2019" "99.03" "108.7" "99.03" "108.7";
}

const fn entry(
    name: &'static str,
    summary: &'static str,
    formula: &'static str,
    notes: &'static str,
    cites: &'static [&'static str],
    examples: &'static [(&'static str, &'static str)],
) -> Entry {
    Entry {
        name,
        operands: 2,
        over: Over::Needed,
        needs: Needs::Base,
        summary,
        formula,
        notes,
        cites,
        examples,
        asks: asked_of,
        result: index_type,
        ..plain(matched::index)
    }
}

/// Periods are chosen by the operator, which also needs those of the base.
fn asked_of(call: &Call, demand: &Demand) -> Demand {
    Demand { base: None, ..with_over(call, demand) }
}

fn index_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    if let Some(x) = types.iter().find(|t| !t.kind.adds_over_dimensions()) {
        let message = format!("`{}` is of a value and a quantity, and {} are neither", call.said(), x.kind.plural());
        return refuse(&codes::WRONG_ARGUMENTS, message, "with prices at hand, `(price * quantity)` is the value");
    }
    Ok(Type::new(Unit::index(None), Kind::Index))
}
