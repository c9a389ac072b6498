//! Two keys as fields of five shades. A field below zero has a minus before its shade; a missing one is a dash.

use super::canvas::{Canvas, Screen, cut, width};
use super::frame::{number, scaled_down};
use crate::render::chart::model::Panel;
use crate::render::chart::time::{self, Room};
use crate::value::number as digits;

/// Five shades, the lightest first.
const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];
const PLAIN: [char; 5] = ['.', ':', '+', 'o', '#'];

fn shade(class: usize, ascii: bool) -> char {
    let all = if ascii { PLAIN } else { SHADES };
    all.get(class.min(4)).copied().unwrap_or('#')
}

/// The class of a number, from 0 to 4, by its size.
fn class(x: f64, least: f64, largest: f64) -> usize {
    let part = if largest > least { (x.abs() - least) / (largest - least) } else { 1.0 };
    scaled_down((part * 5.0).floor()).min(4)
}

/// The least and the largest size; where there are both signs, from zero.
fn sizes(panel: &Panel) -> (f64, f64) {
    let (low, high) = panel.range;
    if low < 0.0 && high > 0.0 { (0.0, high.max(-low)) } else { (low.abs().min(high.abs()), low.abs().max(high.abs())) }
}

/// Draws a panel; none where its columns have no room.
pub fn draw(panel: &Panel, columns: usize, screen: Screen) -> Option<Canvas> {
    let names: Vec<String> =
        panel.series.iter().map(|s| cut(&s.name, (columns / 3).clamp(8, 36), screen.ascii)).collect();
    let left = names.iter().map(|n| width(n)).max().unwrap_or(0) + 1;
    let count = panel.across.len().max(1);
    let labels: Vec<&str> = panel.across.iter().map(|p| p.label.as_str()).collect();
    let longest = labels.iter().map(|l| width(l)).max().unwrap_or(0);
    let most = columns.saturating_sub(left) / count;
    if most == 0 {
        return None;
    }
    let upright = !panel.timed() && longest + 1 > most;
    let wide = if panel.timed() { most.min(6) } else { most.min(if upright { 4 } else { longest.max(3) + 1 }) };
    let head = if upright { longest.min(12) } else { 1 };
    let (least, largest) = sizes(panel);
    let signed = panel.range.0 < 0.0 && panel.range.1 > 0.0;
    let key = key(panel, (least, largest), signed, (columns, screen.ascii));
    let mut canvas = Canvas::new(columns, head + panel.series.len() + key.len());
    heads(&mut canvas, panel, (left, wide, head), upright, screen);
    for (y, (series, name)) in panel.series.iter().zip(&names).enumerate() {
        canvas.text(0, head + y, name, None);
        for (x, spot) in series.spots.iter().enumerate() {
            let from = left + x * wide;
            let drawn = wide.saturating_sub(usize::from(wide > 1)).max(1);
            match (spot.value, spot.missing) {
                (Some(v), _) => {
                    let sign = shade(class(v, least, largest), screen.ascii);
                    (0..drawn).for_each(|i| canvas.put(from + i, head + y, sign, Some(usize::from(v < 0.0))));
                    if let Some(mark) = spot.marks.chars().next().filter(|_| wide > 1 && spot.hollow) {
                        canvas.put(from + drawn, head + y, mark, None);
                    }
                    if v < 0.0 && signed {
                        canvas.put(from, head + y, '-', Some(1));
                    }
                }
                (None, true) => canvas.put(from, head + y, if screen.ascii { '?' } else { '×' }, None),
                (None, false) => {}
            }
        }
    }
    for (y, line) in key.iter().enumerate() {
        canvas.text(0, head + panel.series.len() + y, line, None);
    }
    Some(canvas)
}

/// Which shade is which size, in as many lines as it takes.
fn key(panel: &Panel, (least, largest): (f64, f64), signed: bool, (columns, ascii): (usize, bool)) -> Vec<String> {
    let edge = |class: usize| short(least + (largest - least) * number(class) / 5.0);
    let mut items: Vec<String> =
        (0..5).map(|c| format!("{0}{0} {1}..{2}", shade(c, ascii), edge(c), edge(c + 1))).collect();
    items.extend(signed.then(|| "- below zero".to_string()));
    items.extend(Some(panel.unit.clone()).filter(|u| !u.is_empty()));
    let mut out: Vec<String> = Vec::new();
    for item in items {
        match out.last_mut().filter(|line| width(line) + 2 + width(&item) <= columns) {
            Some(line) => {
                line.push_str("  ");
                line.push_str(&item);
            }
            None => out.push(item),
        }
    }
    out
}

/// A number of three digits.
fn short(x: f64) -> String {
    digits::grouped(&digits::significant(x, 3))
}

/// The labels across, upright where they are longer than a field is wide.
fn heads(canvas: &mut Canvas, panel: &Panel, (left, wide, head): (usize, usize, usize), upright: bool, screen: Screen) {
    if panel.timed() {
        let at: Vec<f64> =
            (0..panel.across.len()).map(|x| number(x * wide) + number(wide.saturating_sub(1)) / 2.0).collect();
        let to = number(canvas.width.saturating_sub(left));
        let room = Room { at: &at, from: 0.0, to, width: &|t| number(width(t)), gap: 1.0 };
        for tick in time::ticks(&panel.periods(), &room) {
            canvas.text(left + scaled_down(tick.start.round()), 0, &tick.text, None);
        }
        return;
    }
    for (x, place) in panel.across.iter().enumerate() {
        let from = left + x * wide;
        if upright {
            let text = cut(&place.label, head, screen.ascii);
            let count = text.chars().count();
            for (y, c) in text.chars().enumerate() {
                canvas.put(from, head - count + y, c, None);
            }
        } else {
            canvas.text(from, 0, &place.label, None);
        }
    }
}
