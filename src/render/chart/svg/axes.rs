//! The axes of a panel in a picture. In: a panel and the room it has. Out: where its field is, with unit, ticks and labels
//! drawn around it.

use super::page::{FAINT, GREY, Hold, Page, SIZE};
use super::text::{cut, width};
use crate::render::chart::model::Panel;
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
/// Below the field.
pub const FOOT: f64 = 24.0;

impl Axes {
    /// An axis of numbers that stands, with so much room at the right.
    pub fn standing(page: &mut Page, panel: &Panel, room: Room2, right: f64) -> Axes {
        let height = room.height - HEAD - FOOT;
        let steps = if height < 120.0 { 3 } else { 5 };
        let scale = Scale::new(panel.range, steps);
        let left = scale.ticks.iter().map(|(_, t)| width(t, SIZE)).fold(0.0, f64::max) + 8.0;
        let field = Room2 { x: room.x + left, y: room.y + HEAD, width: room.width - left - right, height };
        let axes = Axes { field, scale, lying: false };
        head(page, panel, room);
        for (x, text) in &axes.scale.ticks {
            let y = axes.place(*x);
            page.line((field.x, y), (field.x + field.width, y), if *x == 0.0 { "#8c8c8c" } else { FAINT }, "");
            page.text((field.x - 6.0, y + 4.5), text, Hold::End, "");
        }
        if let Some(level) = panel.reference {
            let y = axes.place(level);
            page.line((field.x, y), (field.x + field.width, y), "#8c8c8c", " stroke-dasharray=\"4 3\"");
        }
        axes
    }

    /// An axis of numbers that lies below a field.
    pub fn lying(page: &mut Page, panel: &Panel, field: Room2) -> Axes {
        let scale = Scale::new(panel.range, 4);
        let axes = Axes { field, scale, lying: true };
        let mut free = f64::NEG_INFINITY;
        for (value, text) in &axes.scale.ticks {
            let x = axes.place(*value);
            page.line((x, field.y), (x, field.y + field.height), if *value == 0.0 { "#8c8c8c" } else { FAINT }, "");
            let half = width(text, SIZE) / 2.0;
            if x - half > free {
                page.text((x, field.y + field.height + 16.0), text, Hold::Middle, "");
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
        page.line((self.field.x, y), (self.field.x + self.field.width, y), "#8c8c8c", "");
        for tick in time::ticks(periods, &room) {
            page.line((tick.at, y), (tick.at, y + 4.0), "#8c8c8c", "");
            let middle = tick.start + width(&tick.text, SIZE) / 2.0;
            page.text((middle, y + 18.0), &tick.text, Hold::Middle, "");
        }
    }

    /// The sign of what is missing, at the foot of the field.
    pub fn missing(&self, page: &mut Page, x: f64) {
        let y = self.field.y + self.field.height - 6.0;
        let said = "<title>missing</title>";
        let arms = format!("M{} {}l6 6m0 -6l-6 6", super::page::at(x - 3.0), super::page::at(y - 3.0));
        page.raw(&format!("<path d=\"{arms}\" fill=\"none\" stroke=\"{GREY}\" stroke-width=\"1.3\">{said}</path>"));
    }
}

/// Title and unit above a field.
pub fn head(page: &mut Page, panel: &Panel, room: Room2) {
    let unit = width(&panel.unit, SIZE);
    let title = cut(&panel.title, SIZE, room.width - unit - 12.0);
    let y = room.y + 13.0;
    if title.is_empty() {
        page.text((room.x, y), &panel.unit, Hold::Start, &format!(" fill=\"{GREY}\""));
    } else {
        page.text((room.x, y), &title, Hold::Start, " font-weight=\"600\"");
        page.text(
            (room.x + width(&title, SIZE) * 1.06 + 10.0, y),
            &panel.unit,
            Hold::Start,
            &format!(" fill=\"{GREY}\""),
        );
    }
}
