//! Lines in dots of braille, or in points of ASCII: eight dots a character, so that a curve is a curve. Each series has
//! marks of its own and its name at its end.

use super::canvas::{Canvas, Screen, cut, width};
use super::frame::{Fit, Frame, number, scaled, scaled_down};
use crate::render::chart::model::{Panel, Series, runs};
use crate::render::chart::spread::spread;
use crate::render::chart::time;

/// The marks of series, full and hollow.
const MARKS: [(char, char); 8] =
    [('●', '○'), ('■', '□'), ('▲', '△'), ('◆', '◇'), ('▼', '▽'), ('★', '☆'), ('◼', '◻'), ('◉', '◎')];
const PLAIN: [(char, char); 8] =
    [('*', 'o'), ('A', 'a'), ('B', 'b'), ('C', 'c'), ('D', 'd'), ('E', 'e'), ('F', 'f'), ('G', 'g')];

/// The mark of a series.
fn mark(look: usize, hollow: bool, ascii: bool) -> char {
    let all = if ascii { PLAIN } else { MARKS };
    let (full, open) = all.get(look % all.len()).copied().unwrap_or(('*', 'o'));
    if hollow { open } else { full }
}

/// Draws a panel onto a sheet of its size.
pub fn draw(panel: &Panel, (left, width_of, height): (usize, usize, usize), screen: Screen) -> Canvas {
    let fit = Fit::new(panel, height, false);
    let mut canvas = fit.canvas(width_of);
    let names: Vec<String> =
        panel.series.iter().map(|s| cut(&s.name, (width_of / 4).clamp(8, 28), screen.ascii)).collect();
    let named = names.iter().map(|n| width(n)).max().filter(|w| *w > 0);
    let frame = Frame::new(&mut canvas, panel, (left, named.map_or(0, |w| w + 3)), fit, screen);
    let middles: Vec<f64> = panel.periods().iter().map(|p| time::middle(*p)).collect();
    let (first, last) = (middles.first().copied().unwrap_or(0.0), middles.last().copied().unwrap_or(1.0));
    let parts: Vec<f64> = middles.iter().map(|m| (m - first) / (last - first).max(1.0)).collect();
    let fine = if screen.ascii { (1, 1) } else { (2, 4) };
    let columns: Vec<usize> = parts.iter().map(|p| scaled(*p, frame.width * fine.0) / fine.0).collect();
    let mut dots = Dots { canvas: &mut canvas, frame: &frame, fine, seen: Default::default() };
    for series in &panel.series {
        dots.curve(panel, series, &parts);
    }
    for series in &panel.series {
        marks(&mut canvas, &frame, panel, series, &columns, screen);
    }
    let zero = (frame.scale.low < 0.0 && frame.scale.high > 0.0).then_some(0.0);
    if let Some(level) = panel.reference.or(zero) {
        frame.level(&mut canvas, level, screen);
    }
    for at in panel.missing() {
        if let Some(x) = columns.get(at) {
            let sign = if screen.ascii { 'x' } else { '×' };
            canvas.put(frame.left + x, frame.top + frame.height - 1, sign, None);
        }
    }
    frame.across(&mut canvas, panel, &columns, screen);
    if named.is_some() {
        ends(&mut canvas, &frame, panel, &names, screen);
    }
    canvas
}

/// Names at the ends of their lines, each with its mark.
fn ends(canvas: &mut Canvas, frame: &Frame, panel: &Panel, names: &[String], screen: Screen) {
    let last = |s: &Series| s.spots.iter().rev().find_map(|p| p.value);
    let wanted: Vec<f64> =
        panel.series.iter().map(|s| last(s).map_or(number(frame.top), |x| number(frame.line(x)))).collect();
    let placed = spread(&wanted, 1.0, number(frame.top), number(frame.top + frame.height - 1));
    for ((series, name), y) in panel.series.iter().zip(names).zip(placed) {
        let y = scaled_down(y.round());
        let x = frame.left + frame.width + 1;
        canvas.put(x, y, mark(series.look, false, screen.ascii), Some(series.look));
        canvas.text(x + 2, y, name, None);
    }
}

/// Marks at points: at all where there is room, else at a few, at what is hollow and at what stands alone.
fn marks(canvas: &mut Canvas, frame: &Frame, panel: &Panel, series: &Series, columns: &[usize], screen: Screen) {
    let sparse = panel.across.len() * 3 <= frame.width;
    let every = (panel.across.len() / 5).max(1);
    let alone: Vec<usize> = runs(panel, |at| has(series, at)).into_iter().filter(|r| r.len() == 1).flatten().collect();
    for (at, (spot, x)) in series.spots.iter().zip(columns).enumerate() {
        let some = panel.series.len() > 1 && at % every == (series.look * every / 8) % every;
        if let Some(value) = spot.value.filter(|_| sparse || spot.hollow || some || alone.contains(&at)) {
            let sign = mark(series.look, spot.hollow, screen.ascii);
            canvas.put(frame.left + x, frame.line(value), sign, Some(series.look));
        }
    }
}

fn has(series: &Series, at: usize) -> bool {
    series.spots.get(at).is_some_and(|s| s.value.is_some())
}

/// A field of dots, several in a character.
struct Dots<'a> {
    canvas: &'a mut Canvas,
    frame: &'a Frame,
    fine: (usize, usize),
    seen: std::collections::BTreeMap<(usize, usize), u8>,
}

impl Dots<'_> {
    fn curve(&mut self, panel: &Panel, series: &Series, parts: &[f64]) {
        let columns = self.frame.width * self.fine.0;
        // A tick stands in the middle of its line.
        let (lines, middle) = ((self.frame.height - 1) * self.fine.1, number(self.fine.1 - 1) / 2.0);
        let place = |at: usize| {
            let value = series.spots.get(at)?.value?;
            Some((
                scaled(*parts.get(at)?, columns),
                scaled_down(((1.0 - self.frame.scale.part(value)) * number(lines) + middle).round()),
            ))
        };
        let mut strokes = Vec::new();
        for run in runs(panel, |at| has(series, at)) {
            let points: Vec<(usize, usize)> = run.into_iter().filter_map(place).collect();
            strokes.extend(points.windows(2).filter_map(|w| w.first().copied().zip(w.last().copied())));
            strokes.extend(points.first().filter(|_| points.len() == 1).map(|p| (*p, *p)));
        }
        for ((x0, y0), (x1, y1)) in strokes {
            let steps = x0.abs_diff(x1).max(y0.abs_diff(y1)).max(1);
            for step in 0..=steps {
                let part = number(step) / number(steps);
                let between = |a: usize, b: usize| scaled_down((number(a) + (number(b) - number(a)) * part).round());
                self.dot(between(x0, x1), between(y0, y1), series.look);
            }
        }
    }

    fn dot(&mut self, x: usize, y: usize, look: usize) {
        let cell = (x / self.fine.0, y / self.fine.1);
        let sign = if self.fine == (1, 1) {
            '.'
        } else {
            let bit = match (x % 2, y % 4) {
                (0, 3) => 0x40,
                (1, 3) => 0x80,
                (0, row) => 1u8 << row,
                (_, row) => 8u8 << row,
            };
            let bits = self.seen.entry(cell).or_default();
            *bits |= bit;
            char::from_u32(0x2800 + u32::from(*bits)).unwrap_or('.')
        };
        self.canvas.put(self.frame.left + cell.0, self.frame.top + cell.1, sign, Some(look));
    }
}
