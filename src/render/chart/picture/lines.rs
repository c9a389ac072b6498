//! Lines, layers and standing bars over periods, in a picture.

use super::axes::{Axes, NAME, Room2};
use super::page::{Hold, PAPER, PLAIN, Page, Paint, REMARK, SIZE, colour};
use super::text::cut;
use crate::render::chart::model::{Panel, Series, Spot, runs};
use crate::render::chart::spread::spread;
use crate::render::chart::time;

/// Where each period stands in a field, its ends in the middle of the first and the last.
fn along(panel: &Panel, field: Room2) -> Vec<f64> {
    let middles: Vec<f64> = panel.periods().iter().map(|p| time::middle(*p)).collect();
    let (first, last) = (middles.first().copied().unwrap_or(0.0), middles.last().copied().unwrap_or(1.0));
    let span = (last - first).max(1.0);
    middles.iter().map(|m| field.x + 6.0 + (m - first) / span * (field.width - 12.0)).collect()
}

fn has(series: &Series, at: usize) -> bool {
    series.spots.get(at).is_some_and(|s| s.value.is_some())
}

/// What stands over a mark.
fn said(panel: &Panel, series: &Series, at: usize, spot: &Spot) -> String {
    let place = panel.across.get(at).map(|p| p.label.as_str()).unwrap_or_default();
    let parts = [series.name.as_str(), place, &format!("{} {}", spot.text, panel.unit)];
    let marks = if spot.marks.is_empty() { String::new() } else { format!(" ({})", spot.marks) };
    parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ").trim_end().to_string() + &marks
}

fn names(panel: &Panel, room: Room2) -> Vec<String> {
    panel.series.iter().map(|s| cut(&s.name, SIZE, NAME.min(room.width / 3.0))).collect()
}

/// Lines over time.
pub fn lines(page: &mut Page, panel: &Panel, room: Room2, sides: (f64, f64)) {
    let names = names(panel, room);
    let axes = Axes::standing(page, panel, room, sides);
    let places = along(panel, axes.field);
    for at in panel.missing() {
        places.get(at).into_iter().for_each(|x| axes.missing(page, panel, at, *x));
    }
    let point = |series: &Series, at: usize| Some((*places.get(at)?, axes.place(series.spots.get(at)?.value?)));
    let sparse = crate::render::chart::number(panel.across.len()) * 12.0 <= axes.field.width;
    for series in &panel.series {
        let runs = runs(panel, |at| has(series, at));
        for run in &runs {
            let points: Vec<(f64, f64)> = run.iter().filter_map(|at| point(series, *at)).collect();
            if points.len() > 1 {
                page.stroke(&points, series.look);
            }
        }
        let alone: Vec<usize> = runs.into_iter().filter(|r| r.len() == 1).flatten().collect();
        for (at, spot) in series.spots.iter().enumerate() {
            if let Some(place) = point(series, at).filter(|_| sparse || spot.hollow || alone.contains(&at)) {
                page.mark(place, series.look, spot.hollow, &said(panel, series, at, spot));
            }
        }
    }
    axes.periods(page, &panel.periods(), &places, room.x + room.width);
    let ends: Vec<f64> = panel
        .series
        .iter()
        .map(|s| s.spots.iter().rev().find_map(|p| p.value).map_or(axes.field.y, |x| axes.place(x)))
        .collect();
    let ends: Vec<(f64, f64)> = ends.into_iter().map(|y| (y, axes.field.x + axes.field.width)).collect();
    labels(page, panel, &names, &ends, axes.field, true);
}

/// Names at the right, each beside where its series ends, none over another.
fn labels(page: &mut Page, panel: &Panel, names: &[String], ends: &[(f64, f64)], field: Room2, marks: bool) {
    if names.iter().all(String::is_empty) {
        return;
    }
    let wanted: Vec<f64> = ends.iter().map(|(y, _)| *y).collect();
    let placed = spread(&wanted, SIZE + 3.0, field.y + 4.0, field.y + field.height);
    for (((series, name), y), (from, x)) in panel.series.iter().zip(names).zip(placed).zip(ends) {
        if (y - from).abs() > 2.0 {
            page.line((x - 4.0, *from), (x + 8.0, y), "#bfbfbf");
        }
        let sign = (field.x + field.width + 13.0, y);
        if marks {
            page.mark(sign, series.look, false, "");
        } else {
            page.field((sign.0 - 4.0, sign.1 - 4.0), (8.0, 8.0), Paint::field(colour(series.look)), "");
        }
        page.text((sign.0 + 8.0, y + 4.5), name, Hold::Start, PLAIN);
    }
}

/// Layers on each other.
pub fn area(page: &mut Page, panel: &Panel, room: Room2, sides: (f64, f64)) {
    let names = names(panel, room);
    let axes = Axes::standing(page, panel, room, sides);
    let places = along(panel, axes.field);
    let layers = panel.stacked();
    let mut ends = Vec::new();
    for (series, layer) in panel.series.iter().zip(&layers) {
        let known = |at: usize| layer.get(at).copied().flatten();
        for run in runs(panel, |at| known(at).is_some()) {
            let edge = |upper: bool| {
                let of = |at: &usize| {
                    let (low, high) = known(*at)?;
                    Some((*places.get(*at)?, axes.place(if upper { high } else { low })))
                };
                run.iter().filter_map(of).collect::<Vec<(f64, f64)>>()
            };
            let mut points = edge(true);
            points.extend(edge(false).into_iter().rev());
            // A period alone has no breadth of its own.
            if let ([(x, top), (_, low)], true) = (points.as_slice(), run.len() == 1) {
                points = vec![(x - 3.0, *top), (x + 3.0, *top), (x + 3.0, *low), (x - 3.0, *low)];
            }
            let paint = Paint { stroke: Some(PAPER), ..Paint::field(colour(series.look)) };
            page.path(&points, true, paint, &series.name);
        }
        let last = layer.iter().rev().flatten().next().copied().unwrap_or_default();
        ends.push((axes.place(f64::midpoint(last.0, last.1)), axes.field.x + axes.field.width));
    }
    for at in panel.missing() {
        places.get(at).into_iter().for_each(|x| axes.missing(page, panel, at, *x));
    }
    for (at, x) in places.iter().enumerate() {
        let marks = panel.series.iter().filter_map(|s| s.spots.get(at)).find(|s| s.hollow).map(|s| s.marks.clone());
        let top = layers.last().and_then(|l| l.get(at).copied().flatten());
        if let (Some(marks), Some((_, top))) = (marks, top) {
            page.text((*x, axes.place(top) - 4.0), &marks, Hold::Middle, REMARK);
        }
    }
    axes.periods(page, &panel.periods(), &places, room.x + room.width);
    labels(page, panel, &names, &ends, axes.field, false);
}

/// Bars over periods.
pub fn columns(page: &mut Page, panel: &Panel, room: Room2, sides: (f64, f64)) {
    let names = names(panel, room);
    let axes = Axes::standing(page, panel, room, sides);
    let periods = panel.periods();
    let first = periods.first().map_or(0.0, |p| f64::from(p.first()));
    let last = periods.last().map_or(1.0, |p| f64::from(p.last()) + 1.0);
    let scale = axes.field.width / (last - first).max(1.0);
    let places: Vec<f64> = periods.iter().map(|p| axes.field.x + (time::middle(*p) - first) * scale).collect();
    let step = places.windows(2).filter_map(|w| Some(w.last()? - w.first()?)).fold(axes.field.width, f64::min);
    let count = crate::render::chart::number(panel.series.len());
    let wide = (step * 0.8).min(70.0 * count) / count;
    for (at, middle) in places.iter().enumerate() {
        let mut x = middle - wide * count / 2.0;
        for series in &panel.series {
            let spot = series.spots.get(at).cloned().unwrap_or_default();
            if let Some(value) = spot.value {
                let (zero, end) = (axes.place(0.0), axes.place(value));
                let gap = if wide > 6.0 { 1.0 } else { wide * 0.1 };
                let said = said(panel, series, at, &spot);
                let area = ((x + gap / 2.0, zero.min(end)), (wide - gap, (zero - end).abs()));
                bar(page, area, series.look, spot.hollow, &said);
            }
            x += wide;
        }
        axes.missing(page, panel, at, *middle);
    }
    axes.periods(page, &periods, &places, room.x + room.width);
    let last = places.len().saturating_sub(1);
    let ends: Vec<(f64, f64)> = panel
        .series
        .iter()
        .map(|s| s.spots.get(last).and_then(|p| p.value).map_or(axes.field.y, |x| axes.place(x)))
        .map(|y| (y, axes.field.x + axes.field.width))
        .collect();
    legend(page, panel, &names, &ends, axes.field);
}

/// Which colour is which bar: below each other at the right.
fn legend(page: &mut Page, panel: &Panel, names: &[String], ends: &[(f64, f64)], field: Room2) {
    let top: Vec<(f64, f64)> =
        ends.iter().zip(0u32..).map(|((_, x), i)| (field.y + 6.0 + 17.0 * f64::from(i), *x)).collect();
    labels(page, panel, names, &top, field, false);
}

/// A bar; one that is not to be taken as it stands is open.
pub fn bar(page: &mut Page, (place, size): ((f64, f64), (f64, f64)), look: usize, hollow: bool, said: &str) {
    let colour = colour(look);
    if hollow {
        let open = Paint::field(PAPER);
        let paint = Paint { stroke: Some(colour), breadth: 1.5, dash: &[4.0, 2.0], ..open };
        page.field((place.0 + 0.75, place.1 + 0.75), (size.0 - 1.5, size.1 - 0.75), paint, said);
    } else {
        page.field(place, size, Paint::field(colour), said);
    }
}
