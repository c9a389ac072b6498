//! Text in a picture. In: a text. Out: how wide it is, cut or broken where it is too long.

use unicode_width::UnicodeWidthChar;

/// Widths of the characters from blank to tilde in Helvetica, in thousandths of the size.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];
/// Other fonts are wider than Helvetica by up to this.
const ROOM: f64 = 1.12;

/// About how wide a text is, with room for wider fonts.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| of(c) * size * ROOM).sum()
}

fn of(c: char) -> f64 {
    let known = u32::from(c).checked_sub(32).and_then(|at| WIDTHS.get(usize::try_from(at).ok()?));
    let wide = || if c.width().unwrap_or(0) > 1 { 1000 } else { 600 };
    f64::from(known.copied().unwrap_or_else(wide)) / 1000.0
}

/// A text that is at most so wide.
pub fn cut(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_string();
    }
    let mut out = String::new();
    let mut used = of('…') * size * ROOM;
    for c in text.chars() {
        used += of(c) * size * ROOM;
        if used > most {
            break;
        }
        out.push(c);
    }
    format!("{}…", out.trim_end())
}

/// A text in lines that are at most so wide, broken at blanks.
pub fn lines(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = cut(word, size, most);
        match out.last_mut().filter(|line| width(&format!("{line} {word}"), size) <= most) {
            Some(line) => {
                line.push(' ');
                line.push_str(&word);
            }
            None => out.push(word),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured_and_cut() {
        // Two characters of 0.556 at a size of 10, with an eighth of room.
        assert!((width("10", 10.0) - 2.0 * 5.56 * 1.12).abs() < 1e-9);
        assert_eq!(cut("Viet Nam", 10.0, 1000.0), "Viet Nam");
        assert!(width(&cut("United Kingdom of Great Britain", 10.0, 80.0), 10.0) <= 80.0);
        assert!(cut("United Kingdom of Great Britain", 10.0, 80.0).ends_with('…'));
        assert_eq!(lines("one two three", 10.0, width("one two", 10.0)), ["one two", "three"]);
    }
}
