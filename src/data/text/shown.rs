//! Numbers of a workbook as they are shown. In: the code of a format, the scales that headings say. Out: the text of a number.

use crate::value::number::{self, Decimal};
use std::collections::BTreeSet;

/// The power of ten that a heading says its numbers are to be multiplied with, as that of a format that shows them so.
pub(super) fn scale_of(text: &str) -> Option<i32> {
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric() || c.is_ascii_digit()).filter(|w| !w.is_empty());
    let word = words.find_map(|w| match w {
        "k" | "thousand" | "thousands" | "tsd" | "千" => Some(-3),
        "mn" | "mln" | "mio" | "mill" | "million" | "millions" | "m" => Some(-6),
        "bn" | "bln" | "mrd" | "billion" | "billions" => Some(-9),
        _ => None,
    });
    word.or_else(|| (lower.contains("1,000") || lower.contains("'000")).then_some(-3))
}

/// How a number is shown that is kept as another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Shown {
    /// As it is kept.
    Plain,
    /// A power of ten as large, with a `%` or without.
    Scaled(i32, bool),
    /// A power of ten as large, with words behind it that may say so, as a heading may: `#,##0,,"mn"`.
    Worded(i32),
    /// With zeros in front, of so many digits, and so many decimals: a code.
    Padded(usize, usize),
}

impl Shown {
    /// By the code of a format: `0.0%`, `000000`.
    pub(super) fn of(code: &str) -> Shown {
        let first = code.split(';').next().unwrap_or("").trim();
        // What is quoted or behind a backslash is written as it is.
        let (mut quoted, mut escaped, mut percent, mut literal) = (false, false, false, false);
        let (mut commas, mut ended, mut words) = (0, false, false);
        for c in first.chars() {
            words |= (escaped || quoted) && c.is_alphabetic();
            match c {
                '%' if escaped || quoted => literal = true,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = !quoted,
                _ if quoted => {}
                '%' => percent = true,
                // A comma behind the last digit is three digits that are not shown.
                ',' if !ended => commas += 1,
                '0' | '#' | '?' if !ended => commas = 0,
                _ => ended |= commas > 0,
            }
            escaped &= c == '\\';
        }
        match () {
            // `#,##0,"k"` shows its scale, and so the number itself.
            () if words && commas > 0 => Shown::Worded(-3 * commas),
            () if percent || literal || commas > 0 => {
                Shown::Scaled(2 * i32::from(percent) - 3 * commas, percent || literal)
            }
            () => {
                let (front, behind) = first.split_once('.').unwrap_or((first, ""));
                let zeros = front.len() > 1 && front.bytes().chain(behind.bytes()).all(|b| b == b'0');
                if zeros { Shown::Padded(front.len(), behind.len()) } else { Shown::Plain }
            }
        }
    }

    /// As a number is shown under headings that say these scales: one that says the scale of the format too is about
    /// what is shown, any other about the number itself.
    pub(super) fn under(self, scales: &BTreeSet<i32>) -> Shown {
        match self {
            Shown::Worded(power) if scales.contains(&power) => Shown::Scaled(power, false),
            Shown::Worded(_) => Shown::Plain,
            other => other,
        }
    }

    pub(super) fn number(self, x: f64, to: &mut String) {
        let plain = number::plain(x);
        match (self, Decimal::parse(&plain)) {
            (Shown::Scaled(power, percent), Some(d)) => {
                let (mantissa, places) = (i128::from(d.mantissa), i32::from(d.places) - power);
                let (mantissa, places) = match u32::try_from(places) {
                    Ok(places) => (mantissa, places),
                    Err(_) => (mantissa * 10i128.pow(places.unsigned_abs()), 0),
                };
                let text = number::scaled(mantissa, places);
                let short = if places > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
                to.push_str(short);
                to.extend(percent.then_some('%'));
            }
            (Shown::Padded(digits, decimals), _) if plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
                let (front, behind) = plain.split_once('.').unwrap_or((&plain, ""));
                // What would be rounded is an amount.
                if behind.len() > decimals {
                    return to.push_str(&plain);
                }
                to.push_str(&format!("{front:0>digits$}"));
                if decimals > 0 {
                    to.push_str(&format!(".{behind:0<decimals$}"));
                }
            }
            _ => to.push_str(&plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_shown() {
        let shown = |code: &str, x: f64| {
            let mut out = String::new();
            Shown::of(code).under(&BTreeSet::new()).number(x, &mut out);
            out
        };
        for (code, x, text) in [
            ("0.0%", 0.05, "5%"),
            ("0%;[Red]-0%", -0.123456, "-12.3456%"),
            ("0.0\"%\"", 0.75, "0.75%"),
            ("0.0\\%", 0.75, "0.75%"),
            ("#,##0.0,,", 1_234_567_890.0, "1234.56789"),
            ("#,##0,", 1500.0, "1.5"),
            ("#,##0,\"k\"", 1500.0, "1500"),
            ("#,##0.00_);(#,##0.00)", 1500.0, "1500"),
            ("000000", 10121.0, "010121"),
            ("00000", -7.0, "-7"),
            ("0000.00", 8542.3, "8542.30"),
            ("00.00", 1.01, "01.01"),
            ("00.0", 1.01, "1.01"),
            ("0.00", 8542.3, "8542.3"),
            ("General", 0.05, "0.05"),
            ("\"100%\" 0", 3.0, "3%"),
        ] {
            assert_eq!(shown(code, x), text, "{code}");
        }
    }

    #[test]
    fn a_scale_that_a_heading_says_too_is_that_of_the_numbers() {
        for (code, heading, text) in [
            ("#,##0.0,,\"mn\"", "Exports (mn USD)", "1234.56789"),
            ("#,##0.0,,\\m", "Exports, USD million", "1234.56789"),
            ("#,##0,\"k\"", "Exports (thousand USD)", "1234567.89"),
            ("#,##0,\"k\"", "Exports (mn USD)", "1234567890"),
            ("#,##0.0,,\"mn\"", "Exports (USD)", "1234567890"),
            ("#,##0.0\" mn\"", "Exports (mn USD)", "1234567890"),
        ] {
            let (mut out, scales) = (String::new(), scale_of(heading).into_iter().collect());
            Shown::of(code).under(&scales).number(1_234_567_890.0, &mut out);
            assert_eq!(out, text, "{code} under {heading}");
        }
    }
}
