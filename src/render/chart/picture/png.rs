//! A page as PNG: the same elements painted, its texts as outlines of a font that the program carries, so that it looks the
//! same on every machine. A sign that the font lacks is refused rather than left out.

use super::page::{Element, Hold, PAPER, Page, Paint, Style, WIDTH};
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint as Ink, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform,
};
use ttf_parser::{Face, OutlineBuilder};

/// Pixels of a unit of the page.
const SCALE: f32 = 2.0;

/// Why a page is not painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unpainted {
    /// The font has no such sign.
    Sign(char),
    /// It is too large, or something of it is no number.
    Size,
}

/// The two weights of the font.
struct Fonts<'a> {
    usual: Face<'a>,
    bold: Face<'a>,
}

/// Paints a page.
///
/// # Errors
/// A sign that the font does not have, or a page that is too large.
pub fn paint(page: &Page) -> Result<Vec<u8>, Unpainted> {
    let face = |bytes| Face::parse(bytes, 0).map_err(|_| Unpainted::Size);
    let fonts = Fonts { usual: face(dejavu::sans::regular())?, bold: face(dejavu::sans::bold())? };
    let pixels = |x: f64| whole(x * f64::from(SCALE));
    let mut sheet = Pixmap::new(pixels(WIDTH), pixels(page.height)).ok_or(Unpainted::Size)?;
    sheet.fill(colour(PAPER));
    for element in &page.elements {
        match element {
            Element::Text(at, text, hold, style) => write(&mut sheet, &fonts, *at, text, *hold, *style)?,
            Element::Path(points, closed, paint, _) => {
                let mut path = PathBuilder::new();
                for (i, (x, y)) in points.iter().enumerate() {
                    if i == 0 { path.move_to(single(*x), single(*y)) } else { path.line_to(single(*x), single(*y)) }
                }
                if *closed {
                    path.close();
                }
                draw(&mut sheet, path.finish(), paint);
            }
            Element::Circle((x, y), r, paint, _) => {
                draw(&mut sheet, PathBuilder::from_circle(single(*x), single(*y), single(*r)), paint);
            }
            Element::Field((x, y), (width, height), paint, _) => {
                let area = Rect::from_xywh(single(*x), single(*y), single(*width), single(*height));
                draw(&mut sheet, area.map(PathBuilder::from_rect), paint);
            }
        }
    }
    sheet.encode_png().map_err(|_| Unpainted::Size)
}

/// Fills and strokes an outline; what has no breadth is none.
fn draw(sheet: &mut Pixmap, path: Option<Path>, paint: &Paint) {
    let Some(path) = path else { return };
    let to = Transform::from_scale(SCALE, SCALE);
    if let Some(fill) = &paint.fill {
        sheet.fill_path(&path, &ink(fill), FillRule::Winding, to, None);
    }
    if let Some(stroke) = paint.stroke {
        let round = paint.fill.is_none() && paint.breadth >= 2.0;
        let how = Stroke {
            width: single(paint.breadth),
            line_cap: if round { LineCap::Round } else { LineCap::Butt },
            line_join: if round { LineJoin::Round } else { LineJoin::Miter },
            dash: StrokeDash::new(paint.dash.iter().map(|d| single(*d)).collect(), 0.0),
            ..Stroke::default()
        };
        sheet.stroke_path(&path, &ink(stroke), &how, to, None);
    }
}

/// Writes a text; a sign that the font lacks is an error.
fn write(
    sheet: &mut Pixmap,
    fonts: &Fonts<'_>,
    (x, y): (f64, f64),
    text: &str,
    hold: Hold,
    style: Style,
) -> Result<(), Unpainted> {
    let face = if style.bold { &fonts.bold } else { &fonts.usual };
    let size = single(style.size) / f32::from(face.units_per_em());
    let mut outline = Outline { path: PathBuilder::new(), at: 0.0 };
    for sign in text.chars() {
        let glyph = face.glyph_index(sign).ok_or(Unpainted::Sign(sign))?;
        face.outline_glyph(glyph, &mut outline);
        outline.at += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0));
    }
    let back = match hold {
        Hold::Start => 0.0,
        Hold::Middle => outline.at / 2.0,
        Hold::End => outline.at,
    };
    let Some(path) = outline.path.finish() else { return Ok(()) };
    // Fonts count upwards.
    let to = Transform::from_translate(-back, 0.0).post_scale(size, -size);
    let to = if style.upright { to.post_rotate(-90.0) } else { to };
    let to = to.post_translate(single(x), single(y)).post_scale(SCALE, SCALE);
    sheet.fill_path(&path, &ink(style.ink), FillRule::Winding, to, None);
    Ok(())
}

/// The outlines of a text, one sign behind the other.
struct Outline {
    path: PathBuilder,
    at: f32,
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.at + x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.at + x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.path.quad_to(self.at + x1, y1, self.at + x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.path.cubic_to(self.at + x1, y1, self.at + x2, y2, self.at + x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

fn ink(of: &str) -> Ink<'static> {
    let mut out = Ink::default();
    out.set_color(colour(of));
    out.anti_alias = true;
    out
}

/// A colour written as `#rrggbb`.
fn colour(text: &str) -> Color {
    let part = |at: usize| text.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
    Color::from_rgba8(part(1), part(3), part(5), 255)
}

#[expect(clippy::cast_possible_truncation, reason = "a place on a page needs no more digits")]
fn single(x: f64) -> f32 {
    x as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped to what a picture has")]
fn whole(x: f64) -> u32 {
    x.ceil().clamp(0.0, 30_000.0) as u32
}
