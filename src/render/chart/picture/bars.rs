//! Bars that lie, in a picture: the name before each, its number behind its end, what is negative to the left of zero.

use super::axes::{Axes, HEAD, Room2, head};
use super::lines::bar;
use super::page::{Hold, PLAIN, Page, Paint, SIZE, colour};
use super::text::{cut, width};
use crate::render::chart::model::{Panel, Spot};

/// Height of a bar, and of the space between two labels.
const BAR: f64 = 18.0;
const BETWEEN: f64 = 8.0;
/// The widest label.
const NAME: f64 = 300.0;

/// How high a panel is.
pub fn height(panel: &Panel) -> f64 {
    let count = crate::render::chart::number;
    let one = BAR * count(panel.series.len()) + BETWEEN;
    HEAD + one * count(panel.across.len()) + 24.0 + if panel.series.len() > 1 { 22.0 } else { 0.0 }
}

fn said(spot: &Spot) -> String {
    if spot.marks.is_empty() { spot.text.clone() } else { format!("{} {}", spot.text, spot.marks) }
}

/// Draws a panel.
pub fn draw(page: &mut Page, panel: &Panel, room: Room2) {
    head(page, panel, room);
    let labels: Vec<String> = panel.across.iter().map(|p| cut(&p.label, SIZE, NAME)).collect();
    let left = labels.iter().map(|l| width(l, SIZE)).fold(0.0, f64::max) + 10.0;
    let texts = |negative: bool| {
        let of = move |s: &&Spot| s.value.is_some_and(|x| x < 0.0) == negative;
        let all = panel.series.iter().flat_map(|s| &s.spots).filter(of).map(|s| width(&said(s), SIZE));
        all.fold(0.0, f64::max) + 8.0
    };
    let before = if panel.range.0 < 0.0 { texts(true) } else { 0.0 };
    let legend = if panel.series.len() > 1 { 22.0 } else { 0.0 };
    let field = Room2 {
        x: room.x + left + before,
        y: room.y + HEAD + legend,
        width: room.width - left - before - texts(false),
        height: room.height - HEAD - legend - 24.0,
    };
    let axes = Axes::lying(page, panel, field);
    let mut x = room.x;
    for series in panel.series.iter().filter(|_| legend > 0.0) {
        page.field((x, room.y + HEAD), (10.0, 10.0), Paint::field(colour(series.look)), "");
        page.text((x + 15.0, room.y + HEAD + 10.0), &series.name, Hold::Start, PLAIN);
        x += width(&series.name, SIZE) + 36.0;
    }
    let zero = axes.place(0.0);
    let mut y = field.y + BETWEEN / 2.0;
    let count = crate::render::chart::number(panel.series.len());
    for (at, label) in labels.iter().enumerate() {
        page.text((room.x + left - 8.0, y + BAR * count / 2.0 + 4.5), label, Hold::End, PLAIN);
        for series in &panel.series {
            let spot = series.spots.get(at).cloned().unwrap_or_default();
            let value = spot.value.unwrap_or(0.0);
            let end = axes.place(value);
            if spot.value.is_some() {
                let area = ((zero.min(end), y + 1.0), ((end - zero).abs(), BAR - 2.0));
                bar(page, area, series.look, spot.hollow, "");
            }
            let (place, hold) = if value < 0.0 { (end - 5.0, Hold::End) } else { (end + 5.0, Hold::Start) };
            page.text((place, y + BAR / 2.0 + 4.5), &said(&spot), hold, PLAIN);
            y += BAR;
        }
        y += BETWEEN;
    }
}
