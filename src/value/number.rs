//! Numbers as text, and exact decimals. Rounding is done on the decimal digits, half away from zero (or half to even
//! on request), so that what is printed is right to the last digit. In: f64 or scaled integers. Out: digits.

use std::fmt;

/// How a tie is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rounding {
    /// 0.5 becomes 1, −0.5 becomes −1.
    #[default]
    HalfAway,
    /// 0.5 becomes 0, 1.5 becomes 2.
    HalfEven,
}

/// The shortest decimal that reads back as `x`, without exponent: `0.1`, `1030`, `-0.000001`.
pub fn plain(x: f64) -> String {
    if x == 0.0 { "0".into() } else { format!("{x}") }
}

/// `x` with exactly `places` decimals, rounded on its shortest decimal form.
pub fn round_to(x: f64, places: usize, rounding: Rounding) -> String {
    round_decimal(&plain(x), places, rounding)
}

/// The decimal `text` (digits, at most one point, perhaps a leading minus) with exactly `places` decimals.
pub fn round_decimal(text: &str, places: usize, rounding: Rounding) -> String {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let kept: String = fraction.chars().take(places).collect();
    let rest = fraction.get(kept.len()..).unwrap_or("");
    let mut out: Vec<u8> = whole.bytes().chain(kept.bytes()).collect();
    out.resize(whole.len() + places, b'0');
    let first = rest.bytes().next().unwrap_or(b'0');
    let beyond = rest.bytes().skip(1).any(|b| b != b'0');
    let last_is_odd = out.last().is_some_and(|b| b % 2 == 1);
    let up = match rounding {
        Rounding::HalfAway => first >= b'5',
        Rounding::HalfEven => first > b'5' || (first == b'5' && (beyond || last_is_odd)),
    };
    if up {
        let mut carry = true;
        for digit in out.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                carry = false;
                break;
            }
        }
        if carry {
            out.insert(0, b'1');
        }
    }
    let split = out.len() - places;
    let mut text = String::with_capacity(out.len() + 2);
    if negative && out.iter().any(|&b| b != b'0') {
        text.push('-');
    }
    for (i, digit) in out.iter().enumerate() {
        if i == split && places > 0 {
            text.push('.');
        }
        text.push(char::from(*digit));
    }
    text
}

/// The power of ten of the first digit: 0 for 5.2, 2 for 559, −2 for 0.03. Zero gives 0.
pub fn magnitude(x: f64) -> i32 {
    if x == 0.0 || !x.is_finite() {
        return 0;
    }
    let text = format!("{:e}", x.abs());
    text.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0)
}

/// `x` rounded to so many significant digits, without exponent.
pub fn significant(x: f64, digits: i32) -> String {
    let places = (digits - 1 - magnitude(x)).max(0);
    let text = round_to(x, usize::try_from(places).unwrap_or(0), Rounding::HalfAway);
    trim_zeros(&text).to_string()
}

/// Without the zeros that end the decimals.
pub fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// With a comma between groups of three digits of the whole part.
pub fn grouped(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').map(|(w, f)| (w, Some(f))).unwrap_or((digits, None));
    let mut out = String::from(sign);
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if let Some(f) = fraction {
        out.push('.');
        out.push_str(f);
    }
    out
}

/// A decimal number held exactly: `mantissa × 10^-places`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decimal {
    /// All digits as one integer.
    pub mantissa: i64,
    /// How many of them are behind the point.
    pub places: u8,
}

impl Decimal {
    /// Reads a plain decimal such as `-1030.25`; `None` if it is not one, or has more than 18 digits or 9 decimals.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let mut mantissa: i64 = 0;
        let mut places: Option<u8> = None;
        let mut count = 0u32;
        for &b in digits {
            match b {
                b'0'..=b'9' => {
                    mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(b - b'0'))?;
                    count += 1;
                    if let Some(p) = &mut places {
                        *p += 1;
                        if *p > 9 {
                            return None;
                        }
                    }
                }
                b'.' if places.is_none() => places = Some(0),
                _ => return None,
            }
        }
        if count == 0 {
            return None;
        }
        Some(Decimal { mantissa: if negative { -mantissa } else { mantissa }, places: places.unwrap_or(0) })
    }

    /// The same with more places; `None` when that does not fit.
    pub fn rescale(self, places: u8) -> Option<i64> {
        let by = places.checked_sub(self.places)?;
        self.mantissa.checked_mul(10i64.checked_pow(u32::from(by))?)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&scaled(i128::from(self.mantissa), u32::from(self.places)))
    }
}

/// A decimal of up to 38 digits held exactly: `mantissa × 10^-places`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wide {
    /// All digits as one integer.
    pub mantissa: i128,
    /// How many of them are behind the point.
    pub places: u8,
}

/// The largest number of 38 digits.
const MAX_WIDE: i128 = 10i128.pow(38) - 1;

impl Wide {
    /// Reads a plain decimal such as `-99999999999.123456789`; `None` if it is not one, or has more than 38 digits.
    pub fn parse(text: &str) -> Option<Wide> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let places = u8::try_from(fraction.len()).ok().filter(|p| *p <= 38)?;
        let mut mantissa: i128 = 0;
        for b in whole.bytes().chain(fraction.bytes()) {
            let digit = b.is_ascii_digit().then(|| i128::from(b - b'0'))?;
            mantissa = mantissa.checked_mul(10)?.checked_add(digit).filter(|m| *m <= MAX_WIDE)?;
        }
        Some(Wide { mantissa: if negative { -mantissa } else { mantissa }, places })
    }

    /// The mantissa at more places; `None` when that does not fit 38 digits.
    pub fn rescale(self, places: u8) -> Option<i128> {
        if self.mantissa == 0 {
            return Some(0);
        }
        let by = places.checked_sub(self.places)?;
        let scaled = self.mantissa.checked_mul(10i128.checked_pow(u32::from(by))?)?;
        (-MAX_WIDE..=MAX_WIDE).contains(&scaled).then_some(scaled)
    }
}

/// `mantissa × 10^-places` as text.
pub fn scaled(mantissa: i128, places: u32) -> String {
    let digits = mantissa.unsigned_abs().to_string();
    let places = places as usize;
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let sign = if mantissa < 0 { "-" } else { "" };
    if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Powers of ten that are exact as f64.
const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// `mantissa × 10^-places` as the nearest f64.
pub fn scaled_to_f64(mantissa: i128, places: u32) -> f64 {
    // Both parts are exact below 2^53 and 10^22, so one division rounds once, and right.
    if let (Ok(mantissa), Some(power)) = (i64::try_from(mantissa), POWERS_OF_TEN.get(places as usize))
        && mantissa.unsigned_abs() < (1u64 << 53)
    {
        return mantissa as f64 / power;
    }
    scaled(mantissa, places).parse().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_are_rounded_on_the_decimal_digits() {
        // 2.675 is 2.67499999… in binary; its decimal form is the tie.
        assert_eq!(round_to(2.675, 2, Rounding::HalfAway), "2.68");
        assert_eq!(round_to(-20.25, 1, Rounding::HalfAway), "-20.3");
        assert_eq!(round_to(0.5, 0, Rounding::HalfEven), "0");
        assert_eq!(round_to(1.5, 0, Rounding::HalfEven), "2");
        assert_eq!(round_to(2.51, 0, Rounding::HalfEven), "3");
        assert_eq!(round_to(999.96, 1, Rounding::HalfAway), "1000.0");
        assert_eq!(round_to(-0.04, 1, Rounding::HalfAway), "0.0");
        assert_eq!(round_to(84.257_602_862_254_03, 1, Rounding::HalfAway), "84.3");
        assert_eq!(round_to(1e21, 0, Rounding::HalfAway), "1000000000000000000000");
    }

    #[test]
    fn decimals_are_exact() {
        // 355.24 - 160.71 - 91.94 = 102.59
        let d = |t: &str| Decimal::parse(t).map(|d| i128::from(d.mantissa)).unwrap_or(0);
        assert_eq!(scaled_to_f64(d("355.24") - d("160.71") - d("91.94"), 2), 102.59);
        assert_eq!(scaled(-5, 3), "-0.005");
        assert_eq!(Decimal::parse("1e3"), None);
        assert_eq!(Decimal::parse(""), None);
        assert_eq!(Decimal::parse("-"), None);
    }

    #[test]
    fn wide_decimals_have_38_digits() {
        let sum = ["99999999999.123456789", "0.1", "-99999999999.123456789"]
            .iter()
            .filter_map(|t| Wide::parse(t)?.rescale(9))
            .sum::<i128>();
        assert_eq!(scaled(sum, 9), "0.100000000");
        assert_eq!(Wide::parse("-9223372036854775808"), Some(Wide { mantissa: i128::from(i64::MIN), places: 0 }));
        assert_eq!(Wide::parse("1.500"), Some(Wide { mantissa: 15, places: 1 }));
        assert!(Wide::parse(&"9".repeat(38)).is_some() && Wide::parse(&"9".repeat(39)).is_none());
        assert!(Wide::parse("").is_none() && Wide::parse("-").is_none() && Wide::parse("1e5").is_none());
        assert_eq!(Wide { mantissa: 1, places: 0 }.rescale(38), None);
        assert_eq!(Wide { mantissa: 1, places: 0 }.rescale(37), Some(10i128.pow(37)));
    }

    #[test]
    fn text_forms() {
        assert_eq!(grouped("-1234567.5"), "-1,234,567.5");
        assert_eq!(grouped("123"), "123");
        assert_eq!(significant(84.2576, 3), "84.3");
        assert_eq!(significant(0.001_234_5, 3), "0.00123");
        assert_eq!(magnitude(0.03), -2);
        assert_eq!(magnitude(1000.0), 3);
    }
}
