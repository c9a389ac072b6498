//! A sheet of characters. In: characters with a look, at a column and a line. Out: lines, with colours where they are
//! wanted. Knows no chart.

use crate::diagnostic::visible;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The screen that is drawn for.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Columns.
    pub width: usize,
    /// Only the characters of ASCII.
    pub ascii: bool,
    /// With ANSI colours.
    pub colour: bool,
}

/// Colours of the palette of 256 that people of any sight tell apart.
const COLOURS: [u8; 8] = [32, 166, 36, 175, 214, 75, 250, 243];

/// A sheet.
pub struct Canvas {
    /// Columns.
    pub width: usize,
    /// Lines.
    pub height: usize,
    cells: Vec<(char, Option<usize>)>,
}

impl Canvas {
    /// An empty one.
    pub fn new(width: usize, height: usize) -> Canvas {
        Canvas { width, height, cells: vec![(' ', None); width * height] }
    }

    /// Puts a character somewhere, if that is on the sheet.
    pub fn put(&mut self, x: usize, y: usize, c: char, look: Option<usize>) {
        let at = (x < self.width && y < self.height).then_some(y * self.width + x);
        if let Some(cell) = at.and_then(|at| self.cells.get_mut(at)) {
            *cell = (c, look);
        }
    }

    /// Puts a character where nothing is.
    pub fn put_below(&mut self, x: usize, y: usize, c: char) {
        if x < self.width && self.cells.get(y * self.width + x).is_some_and(|(c, _)| *c == ' ') {
            self.put(x, y, c, None);
        }
    }

    /// Puts a text on a line.
    pub fn text(&mut self, x: usize, y: usize, text: &str, look: Option<usize>) {
        let mut at = x;
        for c in text.chars() {
            let width = c.width().unwrap_or(0);
            if width > 0 && at + width <= self.width {
                self.put(at, y, c, look);
                // What a wide character covers is no character of its own.
                (1..width).for_each(|more| self.put(at + more, y, '\0', look));
            }
            at += width;
        }
    }

    /// Puts another sheet onto this one.
    pub fn paste(&mut self, x: usize, y: usize, other: &Canvas) {
        for (line, cells) in other.cells.chunks(other.width.max(1)).enumerate() {
            for (column, (c, look)) in cells.iter().enumerate() {
                self.put(x + column, y + line, *c, *look);
            }
        }
    }

    /// The lines, each ended.
    pub fn draw(&self, colour: bool) -> String {
        let mut out = String::new();
        for cells in self.cells.chunks(self.width.max(1)) {
            let used = cells.iter().rposition(|(c, _)| *c != ' ').map_or(0, |at| at + 1);
            let mut now = None;
            for (c, look) in cells.iter().take(used).filter(|(c, _)| *c != '\0') {
                if colour && now != *look {
                    out.push_str(&look.map_or("\x1b[0m".into(), |l| format!("\x1b[38;5;{}m", shade(l))));
                    now = *look;
                }
                out.push(*c);
            }
            if now.is_some() {
                out.push_str("\x1b[0m");
            }
            out.push('\n');
        }
        out
    }
}

fn shade(look: usize) -> u8 {
    COLOURS.get(look % COLOURS.len()).copied().unwrap_or(250)
}

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// A text that takes at most so many columns.
pub fn cut(text: &str, most: usize, ascii: bool) -> String {
    let text = visible::cut(text, most);
    if ascii { text.replace('…', "~") } else { text }
}
