//! The axes of a panel in a picture. In: a panel and the room it has. Out: where its field is, with unit, ticks and labels
//! drawn around it.

use super::page::{AXIS, FAINT, GREY, Hold, PLAIN, Page, Paint, SIZE, colour};
use super::text::{cut, width};
use crate::render::chart::model::{Panel, Series};
use crate::render::chart::ticks::Scale;
use crate::render::chart::time::{self, Room};
use crate::value::Period;

/// Room of a panel, or its field.
#[derive(Clone, Copy, Debug)]
pub struct Room2 {
    /// The left edge.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
    /// How wide.
    pub width: f64,
    /// How high.
    pub height: f64,
}

/// The field of a panel with its axis of numbers.
pub struct Axes {
    /// Where it is.
    pub field: Room2,
    /// The axis.
    pub scale: Scale,
    /// Whether numbers go across.
    lying: bool,
}

/// Height of the line with title and unit, and of that with labels.
pub const HEAD: f64 = 24.0;
/// The widest name of a series.
pub const NAME: f64 = 200.0;
/// Below the field.
pub const FOOT: f64 = 24.0;

impl Axes {
    /// An axis of numbers that stands, with so much room at its sides.
    pub fn standing(page: &mut Page, panel: &Panel, room: Room2, (left, right): (f64, f64)) -> Axes {
        let height = room.height - HEAD - FOOT;
        let scale = Scale::new(panel.range, steps(room));
        let field = Room2 { x: room.x + left, y: room.y + HEAD, width: room.width - left - right, height };
        let axes = Axes { field, scale, lying: false };
        head(page, panel, room);
        for (x, text) in &axes.scale.ticks {
            let y = axes.place(*x);
            page.line((field.x, y), (field.x + field.width, y), if *x == 0.0 { AXIS } else { FAINT });
            page.text((field.x - 6.0, y + 4.5), text, Hold::End, PLAIN);
        }
        if let Some(level) = panel.reference {
            let y = axes.place(level);
            let paint = Paint { dash: &[4.0, 3.0], ..Paint::line(AXIS, 1.0) };
            page.path(&[(field.x, y), (field.x + field.width, y)], false, paint, "");
        }
        axes
    }

    /// An axis of numbers that lies below a field.
    pub fn lying(page: &mut Page, panel: &Panel, field: Room2) -> Axes {
        let scale = Scale::new(panel.range, 6);
        let axes = Axes { field, scale, lying: true };
        let mut free = f64::NEG_INFINITY;
        for (value, text) in &axes.scale.ticks {
            let x = axes.place(*value);
            page.line((x, field.y), (x, field.y + field.height), if *value == 0.0 { AXIS } else { FAINT });
            let half = width(text, SIZE) / 2.0;
            if x - half > free {
                page.text((x, field.y + field.height + 16.0), text, Hold::Middle, PLAIN);
                free = x + half + 8.0;
            }
        }
        axes
    }

    /// Where a number stands.
    pub fn place(&self, x: f64) -> f64 {
        if self.lying {
            self.field.x + self.scale.part(x) * self.field.width
        } else {
            self.field.y + (1.0 - self.scale.part(x)) * self.field.height
        }
    }

    /// Labels of periods below the field; each stands at this place.
    pub fn periods(&self, page: &mut Page, periods: &[Period], places: &[f64], edge: f64) {
        let room = Room { at: places, from: self.field.x - 30.0, to: edge, width: &|t| width(t, SIZE), gap: 12.0 };
        let y = self.field.y + self.field.height;
        page.line((self.field.x, y), (self.field.x + self.field.width, y), AXIS);
        for tick in time::ticks(periods, &room) {
            page.line((tick.at, y), (tick.at, y + 4.0), AXIS);
            let middle = tick.start + width(&tick.text, SIZE) / 2.0;
            page.text((middle, y + 18.0), &tick.text, Hold::Middle, PLAIN);
        }
    }

    /// The signs of what is missing at a place, at the foot of the field: one if all is, else one for each.
    pub fn missing(&self, page: &mut Page, panel: &Panel, place: usize, x: f64) {
        let lacks = |s: &&Series| s.spots.get(place).is_some_and(|p| p.missing);
        let y = self.field.y + self.field.height - 9.0;
        let lacking: Vec<&Series> = panel.series.iter().filter(lacks).collect();
        if lacking.len() == panel.series.len() {
            page.cross((x, y), GREY, "missing");
            return;
        }
        for (series, i) in lacking.into_iter().zip(0u32..) {
            let said = format!("{} missing", series.name);
            page.cross((x + 8.0 * f64::from(i), y), colour(series.look), said.trim());
        }
    }
}

/// Title and unit above a field.
pub fn head(page: &mut Page, panel: &Panel, room: Room2) {
    let unit = if panel.unit.is_empty() { 0.0 } else { width(&panel.unit, SIZE) + 24.0 };
    // Bold text is wider.
    let title = cut(&panel.title, SIZE * 1.12, room.width - unit);
    page.head((room.x, room.y + 13.0), &title, &panel.unit);
}

/// What ticks and names of some panels need beside their fields, so that these stand in line.
pub fn beside(panels: &[Panel], room: Room2) -> (f64, f64) {
    let left = |p: &Panel| {
        let ticks = Scale::new(p.range, steps(room)).ticks;
        ticks.iter().map(|(_, t)| width(t, SIZE)).fold(0.0, f64::max) + 8.0
    };
    let most = NAME.min(room.width / 3.0);
    let named = panels.iter().flat_map(|p| &p.series).map(|s| width(&cut(&s.name, SIZE, most), SIZE));
    let widest = named.fold(0.0, f64::max);
    (panels.iter().map(left).fold(0.0, f64::max), if widest > 0.0 { widest + 26.0 } else { 10.0 })
}

/// About how many steps an axis of this height has.
fn steps(room: Room2) -> usize {
    match room.height - HEAD - FOOT {
        low if low < 130.0 => 3,
        middle if middle < 220.0 => 4,
        _ => 7,
    }
}
