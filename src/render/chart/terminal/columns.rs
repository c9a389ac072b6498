//! Bars that stand over periods, in eighths of a line, and layers on each other; both have the axes of lines. What is
//! partial is marked above its bar.

use super::bars::{fill, legend};
use super::canvas::{self, Canvas, Screen};
use super::frame::{Fit, Frame, number, scaled, scaled_down};
use crate::render::chart::model::{Panel, Spot};
use crate::render::chart::time;

/// Draws bars over periods; none where they have no room.
pub fn draw(panel: &Panel, (left, width, height): (usize, usize, usize), screen: Screen) -> Option<Canvas> {
    let several = usize::from(panel.series.len() > 1);
    let fit = Fit::new(panel, height, true);
    let mut canvas = fit.canvas(width);
    let frame = Frame::new(&mut canvas, panel, (left, 0), fit, screen);
    let slots = slots(panel);
    let count = slots.last().map_or(1, |s| s + 1);
    let room = frame.width / count;
    let wide = match room {
        0 => return None,
        1 => 1,
        more => (more - 1).min(8 * panel.series.len()) / panel.series.len(),
    };
    if wide == 0 || (room < 2 && panel.series.len() > 1) {
        return None;
    }
    let taken = wide * panel.series.len();
    let zero = 1.0 - frame.scale.part(0.0);
    let base = number(frame.height) * zero;
    let mut middles = Vec::new();
    for (at, slot) in slots.iter().enumerate() {
        let left = frame.left + slot * room + (room - taken) / 2;
        middles.push(left - frame.left + taken.saturating_sub(1) / 2);
        for (nth, series) in panel.series.iter().enumerate() {
            let spot = series.spots.get(at).cloned().unwrap_or_default();
            for x in 0..wide {
                column(&mut canvas, &frame, left + nth * wide + x, base, &spot, series.look, screen);
            }
            sign(&mut canvas, &frame, left + nth * wide + (wide - 1) / 2, &spot, screen);
        }
    }
    frame.across(&mut canvas, panel, &middles, screen);
    if several > 0 {
        legend(&mut canvas, panel, 0, beside_unit(panel, &frame), screen);
    }
    Some(canvas)
}

/// Where the legend begins, behind the unit.
fn beside_unit(panel: &Panel, frame: &Frame) -> usize {
    let head = if panel.title.is_empty() { panel.unit.clone() } else { format!("{}  {}", panel.title, panel.unit) };
    frame.left.max(canvas::width(&head)) + 2
}

/// The slot of each period: time runs evenly, so that what is not there leaves its room.
fn slots(panel: &Panel) -> Vec<usize> {
    let middles: Vec<f64> = panel.periods().iter().map(|p| time::middle(*p)).collect();
    let steps = middles.windows(2).filter_map(|w| Some(w.last()? - w.first()?));
    let step = steps.fold(f64::INFINITY, f64::min);
    let first = middles.first().copied().unwrap_or(0.0);
    let even: Vec<usize> = middles.iter().map(|m| scaled_down(((m - first) / step).round())).collect();
    let apart = even.windows(2).all(|w| w.first() < w.last());
    if apart { even } else { (0..middles.len()).collect() }
}

/// One character wide of a bar.
fn column(canvas: &mut Canvas, frame: &Frame, x: usize, base: f64, spot: &Spot, look: usize, screen: Screen) {
    let Some(value) = spot.value else { return };
    let end = number(frame.height) * (1.0 - frame.scale.part(value));
    let (top, bottom) = (end.min(base), end.max(base));
    let fine = !screen.ascii && look == 0 && value > 0.0;
    for y in 0..frame.height {
        let (from, to) = (number(y), number(y) + 1.0);
        let part = (to.min(bottom) - from.max(top)).clamp(0.0, 1.0);
        let eighths = scaled_down((part * 8.0).round());
        let c = match eighths {
            0 => continue,
            8 => fill(look, screen.ascii),
            n if fine && bottom >= to => ['▁', '▂', '▃', '▄', '▅', '▆', '▇'].get(n - 1).copied().unwrap_or(' '),
            n if n >= 4 => fill(look, screen.ascii),
            _ => continue,
        };
        canvas.put(x, frame.top + y, c, Some(look));
    }
}

/// What is to be known of a bar stands above it.
fn sign(canvas: &mut Canvas, frame: &Frame, x: usize, spot: &Spot, screen: Screen) {
    let bottom = frame.top + frame.height - 1;
    if spot.missing {
        canvas.put(x, bottom, if screen.ascii { 'x' } else { '×' }, None);
    } else if spot.hollow {
        let end = |v: f64| number(frame.height) * (1.0 - frame.scale.part(v.max(0.0)));
        let top = spot.value.map_or(bottom, |v| frame.top + scaled_down(end(v)));
        let c = spot.marks.chars().next().unwrap_or('p');
        canvas.put(x, top.saturating_sub(1).max(1), c, None);
    }
}

/// Draws layers on each other.
pub fn stacked(panel: &Panel, (left, width, height): (usize, usize, usize), screen: Screen) -> Canvas {
    let fit = Fit::new(panel, height, true);
    let mut canvas = fit.canvas(width);
    let frame = Frame::new(&mut canvas, panel, (left, 0), fit, screen);
    let middles: Vec<f64> = panel.periods().iter().map(|p| time::middle(*p)).collect();
    let (first, last) = (middles.first().copied().unwrap_or(0.0), middles.last().copied().unwrap_or(1.0));
    let parts: Vec<f64> = middles.iter().map(|m| (m - first) / (last - first).max(1.0)).collect();
    let columns: Vec<usize> = parts.iter().map(|p| scaled(*p, frame.width)).collect();
    for (series, layer) in panel.series.iter().zip(panel.stacked()) {
        for (at, pair) in columns.windows(2).enumerate() {
            let (Some(a), Some(b)) = (layer.get(at).copied().flatten(), layer.get(at + 1).copied().flatten()) else {
                continue;
            };
            let (&[from, to] | &[from, .., to]) = pair else { continue };
            for x in from..=to {
                let part = number(x - from) / number((to - from).max(1));
                let between = |p: f64, q: f64| frame.scale.part(p + (q - p) * part) * number(frame.height);
                let (low, high) = (between(a.0, b.0), between(a.1, b.1));
                for y in 0..frame.height {
                    let middle = number(frame.height - 1 - y) + 0.5;
                    if low <= middle && middle < high {
                        canvas.put(frame.left + x, frame.top + y, fill(series.look, screen.ascii), Some(series.look));
                    }
                }
            }
        }
    }
    for (at, x) in columns.iter().enumerate() {
        let hollow = panel.series.iter().filter_map(|s| s.spots.get(at)).find(|s| s.hollow);
        let missing = panel.missing().contains(&at);
        if missing {
            canvas.put(frame.left + x, frame.top + frame.height - 1, if screen.ascii { 'x' } else { '×' }, None);
        } else if let Some(spot) = hollow {
            let sum: f64 = panel.series.iter().filter_map(|s| s.spots.get(at)?.value).sum();
            let y = frame.top + scaled(1.0 - frame.scale.part(sum), frame.height);
            canvas.put(frame.left + x, y.saturating_sub(1).max(1), spot.marks.chars().next().unwrap_or('p'), None);
        }
    }
    frame.across(&mut canvas, panel, &columns, screen);
    if panel.series.len() > 1 {
        legend(&mut canvas, panel, 0, beside_unit(panel, &frame), screen);
    }
    canvas
}
