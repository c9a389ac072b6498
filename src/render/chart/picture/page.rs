//! A page of strokes, fields and texts, whoever writes it down. In: elements in its own coordinates. Out: a list of them.
//! Knows no chart and no format of files.

use super::text::width;

/// Columns of the page.
pub const WIDTH: f64 = 720.0;
/// Sizes of text: usual, and of what is less important.
pub const SIZE: f64 = 13.0;
pub const SMALL: f64 = 11.0;
/// Ink of text, of what is less important, of the axis, of ticks and of the paper.
pub const INK: &str = "#222222";
pub const GREY: &str = "#595959";
pub const AXIS: &str = "#8c8c8c";
pub const FAINT: &str = "#d9d9d9";
pub const PAPER: &str = "#ffffff";

/// Colours after Okabe and Ito, which people of any sight tell apart; their yellow is too light for white paper.
const COLOURS: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f"];
/// Strokes of lines, so that none is known by its colour alone.
const DASHES: [&[f64]; 8] = [&[], &[], &[], &[], &[7.0, 3.0], &[2.0, 3.0], &[9.0, 3.0, 2.0, 3.0], &[5.0, 2.0]];

/// The colour of a series.
pub fn colour(look: usize) -> &'static str {
    COLOURS.get(look % COLOURS.len()).copied().unwrap_or(INK)
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

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Its size.
    pub size: f64,
    /// Its ink.
    pub ink: &'static str,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether its characters are equally wide.
    pub mono: bool,
    /// Whether it runs upwards.
    pub upright: bool,
}

/// The usual text.
pub const PLAIN: Style = Style { size: SIZE, ink: INK, bold: false, mono: false, upright: false };
/// What is less important.
pub const REMARK: Style = Style { size: SMALL, ink: GREY, ..PLAIN };

/// How an outline is drawn and filled.
#[derive(Clone, Debug, PartialEq)]
pub struct Paint {
    /// The colour within; none where nothing is filled.
    pub fill: Option<String>,
    /// The colour of the outline.
    pub stroke: Option<&'static str>,
    /// Its breadth.
    pub breadth: f64,
    /// Lengths of dashes and of what is between them.
    pub dash: &'static [f64],
}

impl Paint {
    /// A field of one colour.
    pub fn field(fill: &str) -> Paint {
        Paint { fill: Some(fill.into()), stroke: None, breadth: 1.0, dash: &[] }
    }

    /// A line.
    pub fn line(stroke: &'static str, breadth: f64) -> Paint {
        Paint { fill: None, stroke: Some(stroke), breadth, dash: &[] }
    }
}

/// A point.
pub type Point = (f64, f64);

/// What stands on a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// A text on its line.
    Text(Point, String, Hold, Style),
    /// A line through points, which may be closed.
    Path(Vec<Point>, bool, Paint, String),
    /// A circle with its radius.
    Circle(Point, f64, Paint, String),
    /// A rectangle with its size.
    Field(Point, Point, Paint, String),
}

/// The elements of a page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// In the order in which they are drawn.
    pub elements: Vec<Element>,
    /// How high it is.
    pub height: f64,
}

impl Page {
    /// A text at a place, on its line.
    pub fn text(&mut self, at: Point, text: &str, hold: Hold, style: Style) {
        if !text.is_empty() {
            self.elements.push(Element::Text(at, text.to_string(), hold, style));
        }
    }

    /// A title and a remark behind it.
    pub fn head(&mut self, at: Point, title: &str, remark: &str) {
        let grey = Style { ink: GREY, ..PLAIN };
        if title.is_empty() {
            return self.text(at, remark, Hold::Start, grey);
        }
        let bold = Style { bold: true, ..PLAIN };
        self.text(at, title, Hold::Start, bold);
        self.text((at.0 + width(title, SIZE) * 1.12 + 8.0, at.1), remark, Hold::Start, grey);
    }

    /// A straight line.
    pub fn line(&mut self, from: Point, to: Point, stroke: &'static str) {
        self.path(&[from, to], false, Paint::line(stroke, 1.0), "");
    }

    /// A line through points.
    pub fn path(&mut self, points: &[Point], closed: bool, paint: Paint, said: &str) {
        self.elements.push(Element::Path(points.to_vec(), closed, paint, said.to_string()));
    }

    /// A field; what stands over it says what it is.
    pub fn field(&mut self, at: Point, (width, height): Point, paint: Paint, said: &str) {
        let size = (width.max(0.0), height.max(0.0));
        self.elements.push(Element::Field(at, size, paint, said.to_string()));
    }

    /// A line through points, in the stroke of a series.
    pub fn stroke(&mut self, points: &[Point], look: usize) {
        let dash = DASHES.get(look % DASHES.len()).copied().unwrap_or(&[]);
        self.path(points, false, Paint { dash, ..Paint::line(colour(look), 2.0) }, "");
    }

    /// The mark of a series: circle, square, triangle, diamond, and again.
    pub fn mark(&mut self, (x, y): Point, look: usize, hollow: bool, said: &str) {
        let fill = if hollow { PAPER } else { colour(look) };
        let paint = Paint { stroke: Some(colour(look)), breadth: 1.5, ..Paint::field(fill) };
        let corners: &[Point] = match look % 5 {
            0 => {
                self.elements.push(Element::Circle((x, y), 3.2, paint, said.to_string()));
                return;
            }
            1 => &[(-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0)],
            2 => &[(0.0, -3.8), (3.8, 3.0), (-3.8, 3.0)],
            3 => &[(0.0, -4.2), (4.2, 0.0), (0.0, 4.2), (-4.2, 0.0)],
            _ => &[(0.0, 3.8), (3.8, -3.0), (-3.8, -3.0)],
        };
        let all: Vec<Point> = corners.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
        self.path(&all, true, paint, said);
    }

    /// The sign of what is missing.
    pub fn cross(&mut self, (x, y): Point, stroke: &'static str, said: &str) {
        self.path(&[(x - 3.0, y - 3.0), (x + 3.0, y + 3.0)], false, Paint::line(stroke, 1.3), said);
        self.path(&[(x - 3.0, y + 3.0), (x + 3.0, y - 3.0)], false, Paint::line(stroke, 1.3), "");
    }
}
