//! How many digits are printed. In: a column of numbers with their unit and kind. Out: their texts, in one scale.
//! Levels keep the digits they have, up to five or six; percentages and rates get as many as say something.

use crate::pause::{paced, turn};
use crate::plan::catalogue::Settings;
use crate::value::number::{self, Rounding};
use crate::value::unit::Base;
use crate::value::{Kind, Unit, times_ten};

/// How the numbers of one column are printed.
#[derive(Clone, Debug)]
pub struct Column {
    /// The unit of the print.
    pub unit: Unit,
    /// The power of ten that was taken out.
    shift: i32,
    decimals: usize,
    kind: Kind,
    digits: Option<usize>,
    rounding: Rounding,
}

/// Decides how a column is printed.
pub fn column(values: &[f64], unit: &Unit, kind: Kind, settings: &Settings) -> Column {
    let (unit, shift) = scaled(values, unit, kind);
    let column = Column { unit, shift, decimals: 0, kind, digits: settings.digits, rounding: settings.rounding };
    column.of_part(values)
}

impl Column {
    /// The same scale with as many decimals as these of its numbers need.
    pub fn of_part(&self, values: &[f64]) -> Column {
        let shown: Vec<f64> = paced(values).map(|x| times_ten(*x, -self.shift)).collect();
        Column { decimals: self.decimals_for(&shown), ..self.clone() }
    }

    fn decimals_for(&self, shown: &[f64]) -> usize {
        let mut sizes: Vec<f64> = sizes(shown);
        let mut at = |place: usize| number::magnitude(ranked(&mut sizes, place));
        let count = shown.iter().filter(|x| x.abs() > 0.0).count();
        let (smallest, largest) = (at(0), at(count.saturating_sub(1)));
        let own = paced(shown).map(|x| decimals_of(*x)).max().unwrap_or(0);
        let places = |digits: i32, magnitude: i32| usize::try_from((digits - 1 - magnitude).clamp(0, 12)).unwrap_or(0);
        let whole = own == 0;
        // Of amounts and numbers as many as some number of the column needs, once rounded.
        let needed = |most: usize| {
            let used = |x: &f64| {
                let text = number::round_to(*x, most, self.rounding);
                let shown = decimals_of_text(number::trim_zeros(&text));
                // What is too small for any of them is told with three.
                if *x != 0.0 && !is_seen(&text) { most.min(3) } else { shown }
            };
            let mut needed = 0;
            let mut rest = paced(shown);
            while needed < most
                && let Some(x) = rest.next()
            {
                needed = needed.max(used(x));
            }
            needed
        };
        match (self.digits, self.kind) {
            (Some(digits), kind) => {
                let most = places(i32::try_from(digits).unwrap_or(12), largest);
                if kind.is_level() { needed(most) } else { most }
            }
            (None, Kind::Growth | Kind::Share | Kind::Points) => {
                let usual = places(3, largest).clamp(1, 2);
                let seen = if smallest < 0 { places(1, smallest).min(3) } else { 1 };
                if whole && self.kind == Kind::Share { needed(usual) } else { usual.max(seen) }
            }
            (None, Kind::Rate) => places(4, largest).max(places(3, smallest).min(places(7, largest))),
            (None, Kind::UnitValue | Kind::Price) => {
                places(3, largest).max(places(3, smallest).min(places(6, largest)))
            }
            (None, Kind::Index) => places(4, largest).max(1),
            (None, Kind::Ratio) if whole => 0,
            (None, Kind::Ratio) => places(3, largest).max(places(3, smallest).min(places(6, largest))),
            // A mean of counts is none itself.
            (None, Kind::Count) if !whole => places(3, largest).max(1),
            (None, Kind::Number | Kind::Truth | Kind::Count) => needed(places(10, largest).min(own)),
            (None, Kind::Flow | Kind::Cumulative | Kind::AnnualRate | Kind::Stock) if count < 2 => {
                needed(places(5, smallest).min(places(7, largest)).min(own))
            }
            // Four digits of most, no more than five of the largest; two of the small ones, or six of the largest.
            (None, Kind::Flow | Kind::Cumulative | Kind::AnnualRate | Kind::Stock) => {
                let (most, small) = (at((count - 1) / 4), at(count / 10));
                let usual = places(4, most).min(places(5, largest));
                // One decimal that the data have is no burden.
                let usual = if own == 1 && largest < 5 { usual.max(1) } else { usual };
                needed(usual.max(places(2, small).min(places(6, largest))).min(own))
            }
        }
    }
}

/// Whether a text shows another digit than zero.
fn is_seen(text: &str) -> bool {
    text.contains(|c: char| ('1'..='9').contains(&c))
}

fn decimals_of_text(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, f)| f.len())
}

/// The numbers that are not zero, without their signs.
fn sizes(values: &[f64]) -> Vec<f64> {
    paced(values).map(|x| x.abs()).filter(|x| *x > 0.0).collect()
}

/// The size in this place, were they in order; 0 of none.
fn ranked(sizes: &mut [f64], place: usize) -> f64 {
    if place >= sizes.len() {
        return 0.0;
    }
    let order = |a: &f64, b: &f64| {
        turn();
        a.total_cmp(b)
    };
    *sizes.select_nth_unstable_by(place, order).1
}

/// The decimals of the shortest decimal form.
fn decimals_of(x: f64) -> usize {
    if x.fract() == 0.0 {
        return 0;
    }
    number::plain(x).split_once('.').map_or(0, |(_, f)| f.len())
}

/// Money and quantities are printed in the largest scale in which the middle one does not fall below one: a single small
/// cell makes no column unreadable. Where others of its size would, and the next scale down is no harder to read, that.
fn scaled(values: &[f64], unit: &Unit, kind: Kind) -> (Unit, i32) {
    let a_day = unit.den.iter().all(|b| Some(*b) == Base::parse("day"));
    let amount = !unit.asked && (kind.is_level() || !unit.den.is_empty()) && a_day && !unit.num.is_empty();
    let as_is = (unit.clone(), 0);
    if !amount {
        return as_is;
    }
    let mut sizes = sizes(values);
    let half = sizes.len().saturating_sub(1) / 2;
    let middle = ranked(&mut sizes, half);
    if middle < 1000.0 {
        return as_is;
    }
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    // How far a scale is above the unit; thousands are as they are declared.
    let steps = [0, 6 - unit.ten, 9 - unit.ten, 12 - unit.ten];
    let mut fitting = steps.into_iter().filter(|t| *t >= 0 && number::magnitude(middle) >= *t).rev();
    let (Some(best), next) = (fitting.next(), fitting.next()) else { return as_is };
    let below_one = |x: &f64| *x * 10.0 >= middle && *x < 10f64.powi(best);
    let readable = |t: i32| number::magnitude(largest) < t + 4;
    let shift = next.filter(|t| paced(&sizes).any(below_one) && readable(*t)).unwrap_or(best);
    if shift == 0 { as_is } else { (Unit { ten: unit.ten + shift, ..unit.clone() }, shift) }
}

impl Column {
    /// One number in the scale of the print, not rounded.
    pub fn shown(&self, x: f64) -> f64 {
        times_ten(x, -self.shift)
    }

    /// One number of the column.
    pub fn text(&self, x: f64) -> String {
        if self.kind == Kind::Truth {
            return if x != 0.0 { "yes".into() } else { "no".into() };
        }
        let exact = number::plain(x);
        let text = if self.shift == 0 {
            number::round_decimal(&exact, self.decimals, self.rounding)
        } else {
            number::round_decimal(&shifted(&exact, self.shift), self.decimals, self.rounding)
        };
        // What is not zero is never printed as zero.
        if x != 0.0 && !is_seen(&text) {
            let least =
                if self.decimals == 0 { "1".to_string() } else { format!("0.{:0>width$}", 1, width = self.decimals) };
            return if x > 0.0 { format!("<{least}") } else { format!(">-{least}") };
        }
        number::grouped(&text)
    }

    /// One number with its unit: `84.3 %`.
    pub fn with_unit(&self, x: f64) -> String {
        let unit = match self.unit.form {
            crate::value::unit::Form::Index(_) => String::new(),
            _ => self.unit.to_string(),
        };
        format!("{} {unit}", self.text(x)).trim_end().to_string()
    }
}

/// The decimal text divided by a power of ten, digit for digit.
fn shifted(text: &str, power: i32) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |d| ("-", d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let power = usize::try_from(power).unwrap_or(0);
    let padded = format!("{whole:0>width$}", width = power + 1);
    let (head, tail) = padded.split_at(padded.len() - power);
    format!("{sign}{head}.{tail}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(x: f64, unit: &str, kind: Kind) -> String {
        let unit = Unit::parse(unit).unwrap_or_default();
        column(&[x], &unit, kind, &Settings::default()).with_unit(x)
    }

    #[test]
    fn a_number_alone_says_what_it_can() {
        assert_eq!(one(84.257_602_862_254_03, "%", Kind::Growth), "84.3 %");
        assert_eq!(one(1030.0, "bn CNY", Kind::Flow), "1.03 tn CNY");
        assert_eq!(one(194.53, "bn CNY", Kind::Flow), "194.53 bn CNY");
        assert_eq!(one(4.470_486, "%", Kind::Share), "4.47 %");
        assert_eq!(one(7.304_964, "CNY/USD", Kind::Rate), "7.305 CNY/USD");
        assert_eq!(one(3.572_303, "CNY/piece", Kind::UnitValue), "3.57 CNY/piece");
        assert_eq!(one(2_037_923_161.0, "thousand USD", Kind::Flow), "2.0379 tn USD");
        assert_eq!(one(-0.04, "%", Kind::Growth), "-0.04 %");
        assert_eq!(one(50.0, "%", Kind::Share), "50 %");
        assert_eq!(one(1e-30, "USD", Kind::Flow), "<0.001 USD");
        assert_eq!(one(-0.0, "USD", Kind::Flow), "0 USD");
    }

    fn all(xs: &[f64], unit: &str, kind: Kind) -> Vec<String> {
        let unit = Unit::parse(unit).unwrap_or_default();
        let column = column(xs, &unit, kind, &Settings::default());
        xs.iter().map(|x| column.text(*x)).collect()
    }

    #[test]
    fn a_column_has_one_number_of_decimals_and_shows_nothing_as_zero() {
        assert_eq!(all(&[1.36, 1.89, 223.5, 200.1], "USD/kg", Kind::UnitValue), ["1.36", "1.89", "223.50", "200.10"]);
        assert_eq!(all(&[542.38, 816.3, 1665.0], "mn USD", Kind::Flow), ["542.4", "816.3", "1,665.0"]);
        assert_eq!(all(&[0.000_04, 31.2], "%", Kind::Share), ["<0.001", "31.200"]);
        assert_eq!(all(&[-0.000_04, 31.2], "%", Kind::Growth), [">-0.001", "31.200"]);
        assert_eq!(all(&[12.0, 500.0], "mn USD", Kind::Flow), ["12", "500"]);
    }
}
