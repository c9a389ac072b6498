//! How many digits are printed. In: a column of numbers with their unit and kind. Out: their texts, in one scale.
//! Levels keep the digits they have, up to five or six; percentages and rates get as many as say something.

use crate::plan::catalogue::Settings;
use crate::value::number::{self, Rounding};
use crate::value::{Kind, Unit, times_ten};

/// How the numbers of one column are printed.
#[derive(Clone, Debug)]
pub struct Column {
    /// The unit of the print.
    pub unit: Unit,
    /// The power of ten that was taken out.
    shift: i32,
    decimals: usize,
    /// Whether zeros at the end of the decimals are left out.
    trim: bool,
    truth: bool,
    rounding: Rounding,
}

/// Decides how a column is printed.
pub fn column(values: &[f64], unit: &Unit, kind: Kind, settings: &Settings) -> Column {
    let (unit, shift) = scaled(values, unit, kind);
    let shown: Vec<f64> = values.iter().map(|x| times_ten(*x, -shift)).collect();
    let nonzero = || shown.iter().map(|x| x.abs()).filter(|x| *x > 0.0);
    let largest = number::magnitude(nonzero().fold(0.0, f64::max));
    let smallest = number::magnitude(nonzero().fold(f64::INFINITY, f64::min));
    let own = shown.iter().map(|x| decimals_of(*x)).max().unwrap_or(0);
    let places = |digits: i32, magnitude: i32| usize::try_from((digits - 1 - magnitude).clamp(0, 12)).unwrap_or(0);
    let whole = own == 0;
    let (decimals, trim) = match (settings.digits, kind) {
        (Some(digits), _) => (places(i32::try_from(digits).unwrap_or(12), largest), kind.is_level()),
        (None, Kind::Growth | Kind::Share | Kind::Points) => {
            let usual = places(3, largest).clamp(1, 2);
            let seen = if smallest < 0 { places(1, smallest).min(3) } else { 1 };
            (usual.max(seen), false)
        }
        (None, Kind::Rate) => (places(4, largest), false),
        (None, Kind::UnitValue | Kind::Price) => (places(3, largest), false),
        (None, Kind::Index) => (places(4, largest).max(1), false),
        (None, Kind::Ratio) if whole => (0, true),
        (None, Kind::Ratio) => (places(3, largest), false),
        (None, Kind::Number | Kind::Truth) => (places(10, largest).min(own), true),
        (None, Kind::Flow | Kind::Cumulative | Kind::Stock) => {
            (places(5, smallest).min(places(7, largest)).min(own), true)
        }
    };
    Column { unit, shift, decimals, trim, truth: kind == Kind::Truth, rounding: settings.rounding }
}

/// The decimals of the shortest decimal form.
fn decimals_of(x: f64) -> usize {
    number::plain(x).split_once('.').map_or(0, |(_, f)| f.len())
}

/// Money and quantities are printed in the largest scale in which no number falls below one.
fn scaled(values: &[f64], unit: &Unit, kind: Kind) -> (Unit, i32) {
    let amount = !unit.asked && kind.is_level() && unit.den.is_empty() && !unit.num.is_empty();
    let smallest = values.iter().map(|x| x.abs()).filter(|x| *x > 0.0).fold(f64::INFINITY, f64::min);
    if !amount || !smallest.is_finite() || smallest < 1000.0 {
        return (unit.clone(), 0);
    }
    let steps: [i32; 4] = [3, 6, 9, 12];
    let best = steps.into_iter().filter(|t| *t > unit.ten && number::magnitude(smallest) >= t - unit.ten).max();
    match best {
        Some(ten) if ten > 3 => (Unit { ten, ..unit.clone() }, ten - unit.ten),
        _ => (unit.clone(), 0),
    }
}

impl Column {
    /// One number of the column.
    pub fn text(&self, x: f64) -> String {
        if self.truth {
            return if x != 0.0 { "yes".into() } else { "no".into() };
        }
        let exact = number::plain(x);
        let text = if self.shift == 0 {
            number::round_decimal(&exact, self.decimals, self.rounding)
        } else {
            number::round_decimal(&shifted(&exact, self.shift), self.decimals, self.rounding)
        };
        let text = if self.trim { number::trim_zeros(&text) } else { &text };
        number::grouped(text)
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
    }
}
