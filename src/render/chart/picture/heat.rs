//! Fields of two keys in a picture: from light to dark by size, blue above zero and orange below, with the number in each
//! where it has room. A missing field is grey and has a dash.

use super::axes::{HEAD, Room2, head};
use super::page::{FAINT, GREY, Hold, INK, PAPER, PLAIN, Page, Paint, REMARK, SIZE, Style};
use super::text::{cut, width};
use crate::render::chart::model::Panel;
use crate::render::chart::ticks::Scale;
use crate::render::chart::time::{self, Room};

/// Height of a field.
const FIELD: f64 = 24.0;
/// The widest label down, and the longest across.
const NAME: f64 = 240.0;
const UPRIGHT: f64 = 110.0;

/// Room for labels across, and whether these stand upright.
fn across(panel: &Panel, field: f64) -> (f64, bool) {
    let widest = panel.across.iter().map(|p| width(&p.label, SIZE)).fold(0.0, f64::max);
    if panel.timed() || widest + 4.0 <= field { (20.0, false) } else { (widest.min(UPRIGHT) + 8.0, true) }
}

fn left(panel: &Panel) -> f64 {
    panel.series.iter().map(|s| width(&cut(&s.name, SIZE, NAME), SIZE)).fold(0.0, f64::max) + 10.0
}

fn wide(panel: &Panel, room: f64) -> f64 {
    ((room - left(panel)) / crate::render::chart::number(panel.across.len().max(1))).min(90.0)
}

/// How high a panel is in a room of this width.
pub fn height(panel: &Panel, room: f64) -> f64 {
    let lines = crate::render::chart::number(panel.series.len());
    HEAD + across(panel, wide(panel, room)).0 + lines * FIELD + 52.0
}

/// Draws a panel.
pub fn draw(page: &mut Page, panel: &Panel, room: Room2) {
    head(page, panel, room);
    let (left, wide) = (left(panel), wide(panel, room.width));
    let (high, upright) = across(panel, wide);
    let (x0, y0) = (room.x + left, room.y + HEAD + high);
    let middles: Vec<f64> =
        (0..panel.across.len()).map(|i| x0 + wide * (crate::render::chart::number(i) + 0.5)).collect();
    if panel.timed() {
        let to = room.x + room.width;
        let space = Room { at: &middles, from: x0 - 20.0, to, width: &|t| width(t, SIZE), gap: 8.0 };
        for tick in time::ticks(&panel.periods(), &space) {
            page.text((tick.start + width(&tick.text, SIZE) / 2.0, y0 - 6.0), &tick.text, Hold::Middle, PLAIN);
        }
    } else {
        for (place, x) in panel.across.iter().zip(&middles) {
            if upright {
                let text = cut(&place.label, SIZE, UPRIGHT);
                page.text((x + 4.5, y0 - 6.0), &text, Hold::Start, Style { upright: true, ..PLAIN });
            } else {
                page.text((*x, y0 - 6.0), &place.label, Hold::Middle, PLAIN);
            }
        }
    }
    let size = panel.range.0.abs().max(panel.range.1.abs());
    let least =
        if panel.range.0 < 0.0 && panel.range.1 > 0.0 { 0.0 } else { panel.range.0.abs().min(panel.range.1.abs()) };
    let part = |x: f64| if size > least { ((x.abs() - least) / (size - least)).clamp(0.0, 1.0) } else { 1.0 };
    let texts = || panel.series.iter().flat_map(|s| &s.spots).map(|s| width(&s.text, 11.0));
    let fits = texts().fold(0.0, f64::max) + 4.0 <= wide;
    for (series, line) in panel.series.iter().zip(0u32..) {
        let y = y0 + FIELD * f64::from(line);
        page.text((x0 - 6.0, y + FIELD / 2.0 + 4.5), &cut(&series.name, SIZE, NAME), Hold::End, PLAIN);
        for ((spot, place), x) in series.spots.iter().zip(&panel.across).zip(&middles) {
            let said = format!("{}, {}: {} {} {}", series.name, place.label, spot.text, panel.unit, spot.marks);
            let area = ((x - wide / 2.0 + 0.5, y + 0.5), (wide - 1.0, FIELD - 1.0));
            match spot.value {
                Some(value) => {
                    page.field(area.0, area.1, Paint::field(&shade(part(value), value < 0.0)), said.trim());
                    if fits {
                        let ink = if part(value) > 0.55 { PAPER } else { INK };
                        let text = if spot.marks.is_empty() || width(&spot.text, 11.0) + 14.0 > wide {
                            spot.text.clone()
                        } else {
                            format!("{} {}", spot.text, spot.marks)
                        };
                        page.text((*x, y + FIELD / 2.0 + 4.0), &text, Hold::Middle, Style { ink, ..REMARK });
                    }
                }
                None if spot.missing => {
                    let paint = Paint { stroke: Some(FAINT), ..Paint::field("#f2f2f2") };
                    page.field(area.0, area.1, paint, said.trim());
                    page.text((*x, y + FIELD / 2.0 + 4.0), "–", Hold::Middle, Style { ink: GREY, ..PLAIN });
                }
                None => {}
            }
        }
    }
    key(page, panel, (x0, y0 + FIELD * crate::render::chart::number(panel.series.len()) + 12.0), (least, size));
}

/// Which shade is which size.
fn key(page: &mut Page, panel: &Panel, (x, y): (f64, f64), (least, size): (f64, f64)) {
    let (low, high) = panel.range;
    let from = if low < 0.0 { if high > 0.0 { -size } else { -size.max(least) } } else { least };
    let to = if high > 0.0 { size } else { -least };
    let steps = 40u32;
    let value = |i: f64| from + (to - from) * i / f64::from(steps);
    let part = |v: f64| if size > least { ((v.abs() - least) / (size - least)).clamp(0.0, 1.0) } else { 1.0 };
    for i in 0..steps {
        let v = value(f64::from(i) + 0.5);
        page.field((x + 5.0 * f64::from(i), y), (5.5, 10.0), Paint::field(&shade(part(v), v < 0.0)), "");
    }
    let scale = Scale::new((from, to), 3);
    for (v, text) in scale.ticks.iter().filter(|(v, _)| (from..=to).contains(v)) {
        let place = x + 200.0 * (v - from) / (to - from).max(f64::MIN_POSITIVE);
        page.line((place, y + 10.0), (place, y + 14.0), GREY);
        page.text((place, y + 26.0), text, Hold::Middle, Style { ink: INK, ..REMARK });
    }
    page.text((x + 212.0, y + 10.0), &panel.unit, Hold::Start, REMARK);
}

/// From nearly white to dark blue, or to dark orange.
fn shade(part: f64, negative: bool) -> String {
    let ends = if negative {
        [(252.0, 130.0), (238.0, 50.0), (226.0, 0.0)]
    } else {
        [(236.0, 8.0), (243.0, 69.0), (250.0, 122.0)]
    };
    let byte = |(a, b): (f64, f64)| format!("{:02x}", rounded(a + (b - a) * part));
    format!("#{}", ends.map(byte).concat())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a part of a colour")]
fn rounded(x: f64) -> u8 {
    x.round().clamp(0.0, 255.0) as u8
}
