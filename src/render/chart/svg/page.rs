//! A page of SVG. In: strokes, fields and texts in its own coordinates. Out: elements, their numbers always written the
//! same way, so that the same chart has the same bytes. Knows no chart.

use super::text::escaped;

/// Columns of the page.
pub const WIDTH: f64 = 720.0;
/// Sizes of text.
pub const SIZE: f64 = 13.0;
/// Ink of text, of what is less important, of ticks and of the paper.
pub const INK: &str = "#222";
/// Less important.
pub const GREY: &str = "#595959";
/// Lines of ticks.
pub const FAINT: &str = "#d9d9d9";

/// Colours after Okabe and Ito, which people of any sight tell apart; their yellow is too light for white paper.
const COLOURS: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f"];
/// Strokes of lines, so that none is known by its colour alone.
const DASHES: [&str; 8] = ["", "", "", "", "7 3", "2 3", "9 3 2 3", "5 2"];

/// The colour of a series.
pub fn colour(look: usize) -> &'static str {
    COLOURS.get(look % COLOURS.len()).copied().unwrap_or("#000000")
}

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// At its beginning.
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

/// The elements of a page.
#[derive(Default)]
pub struct Page {
    out: String,
}

/// A coordinate with at most two decimals.
pub fn at(x: f64) -> String {
    let text = format!("{x:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.to_string() }
}

impl Page {
    /// An element as it is written.
    pub fn raw(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// The elements.
    pub fn into_text(self) -> String {
        self.out
    }

    /// A text at a place, on its line.
    pub fn text(&mut self, (x, y): (f64, f64), text: &str, hold: Hold, more: &str) {
        let anchor = match hold {
            Hold::Start => "",
            Hold::Middle => " text-anchor=\"middle\"",
            Hold::End => " text-anchor=\"end\"",
        };
        self.raw(&format!("<text x=\"{}\" y=\"{}\"{anchor}{more}>{}</text>", at(x), at(y), escaped(text)));
    }

    /// A straight line.
    pub fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), stroke: &str, more: &str) {
        let (x1, y1, x2, y2) = (at(x1), at(y1), at(x2), at(y2));
        self.raw(&format!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{stroke}\"{more}/>"));
    }

    /// A field; what stands over it says what it is.
    pub fn field(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), fill: &str, more: &str, said: &str) {
        let place = format!(
            "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"{more}",
            at(x),
            at(y),
            at(width.max(0.0)),
            at(height.max(0.0))
        );
        if said.is_empty() {
            self.raw(&format!("<rect {place}/>"));
        } else {
            self.raw(&format!("<rect {place}><title>{}</title></rect>", escaped(said)));
        }
    }

    /// A line through points, in the stroke of a series.
    pub fn stroke(&mut self, points: &[(f64, f64)], look: usize) {
        let dash = DASHES.get(look % DASHES.len()).copied().unwrap_or("");
        let dash = if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
        let path = path(points);
        let colour = colour(look);
        self.raw(&format!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-linejoin=\"round\" stroke-linecap=\"round\"{dash}/>"
        ));
    }

    /// The mark of a series: circle, square, triangle, diamond, and again.
    pub fn mark(&mut self, (x, y): (f64, f64), look: usize, hollow: bool, said: &str) {
        let colour = colour(look);
        let fill = if hollow { "#fff" } else { colour };
        let title = if said.is_empty() { String::new() } else { format!("<title>{}</title>", escaped(said)) };
        let paint = format!("fill=\"{fill}\" stroke=\"{colour}\" stroke-width=\"1.5\"");
        let corners = |points: &[(f64, f64)]| {
            let all: Vec<(f64, f64)> = points.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
            format!("<path d=\"{}Z\" {paint}>{title}</path>", path(&all))
        };
        let drawn = match look % 5 {
            0 => format!("<circle cx=\"{}\" cy=\"{}\" r=\"3.2\" {paint}>{title}</circle>", at(x), at(y)),
            1 => corners(&[(-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0)]),
            2 => corners(&[(0.0, -3.8), (3.8, 3.0), (-3.8, 3.0)]),
            3 => corners(&[(0.0, -4.2), (4.2, 0.0), (0.0, 4.2), (-4.2, 0.0)]),
            _ => corners(&[(0.0, 3.8), (3.8, -3.0), (-3.8, -3.0)]),
        };
        self.raw(&drawn);
    }
}

/// The words of a path through points.
pub fn path(points: &[(f64, f64)]) -> String {
    let mut out = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        out.push(if i == 0 { 'M' } else { 'L' });
        out.push_str(&format!("{} {}", at(*x), at(*y)));
    }
    out
}
