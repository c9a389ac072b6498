//! Bars that lie: a line for each label, its name before the bar and its number behind it, what is negative to the left
//! of zero. Several series stand below each other in fills of their own.

use super::canvas::{Canvas, Screen, cut, width};
use super::frame::{number, scaled_down};
use crate::render::chart::model::{Panel, Spot};

/// The fills of series.
const FILLS: [char; 8] = ['█', '▒', '░', '▓', '▚', '▞', '#', '='];
const PLAIN: [char; 8] = ['#', '=', '-', '+', '*', 'o', '%', ':'];

/// The fill of a series.
pub fn fill(look: usize, ascii: bool) -> char {
    let all = if ascii { PLAIN } else { FILLS };
    all.get(look % all.len()).copied().unwrap_or('#')
}

/// Draws a panel.
pub fn draw(panel: &Panel, columns: usize, screen: Screen) -> Canvas {
    let several = panel.series.len() > 1;
    let head = usize::from(!panel.title.is_empty() || !panel.unit.is_empty()) + usize::from(several);
    let lines = panel.across.len() * panel.series.len();
    let between = if several { panel.across.len().saturating_sub(1) } else { 0 };
    let mut canvas = Canvas::new(columns, head + lines + between);
    let labels: Vec<String> =
        panel.across.iter().map(|p| cut(&p.label, (columns / 3).clamp(8, 36), screen.ascii)).collect();
    let left = labels.iter().map(|l| width(l)).max().unwrap_or(0) + 1;
    let texts = |negative: bool| {
        let of = move |s: &&Spot| (s.value.is_some_and(|x| x < 0.0)) == negative;
        let all = panel.series.iter().flat_map(|s| &s.spots).filter(of).map(|s| width(&said(s)));
        all.max().map_or(0, |w| w + 2)
    };
    let (before, behind) = (texts(true), texts(false));
    let room = columns.saturating_sub(left + 1 + before + behind).max(4);
    let (low, high) = panel.range;
    let span = if high > low { high - low } else { 1.0 };
    // The zero stands between two cells.
    let zero = scaled_down((number(room) * (-low / span)).round()).min(room);
    let axis = left + before + zero;
    head_lines(&mut canvas, panel, screen);
    let mut y = head;
    for (at, label) in labels.iter().enumerate() {
        canvas.text(0, y, label, None);
        for series in &panel.series {
            let spot = series.spots.get(at).cloned().unwrap_or_default();
            canvas.put(axis, y, if screen.ascii { '|' } else { '│' }, None);
            let cells = spot.value.map_or(0.0, |x| number(room) * x.abs() / span);
            let negative = spot.value.is_some_and(|x| x < 0.0);
            let drawn = bar(&mut canvas, (axis, y), cells, negative, series.look, screen);
            let text = said(&spot);
            let start = if negative { (axis - drawn).saturating_sub(1 + width(&text)) } else { axis + 2 + drawn };
            canvas.text(start, y, &text, None);
            y += 1;
        }
        y += usize::from(several);
    }
    canvas
}

/// Title and unit, and which fill is which series.
pub fn head_lines(canvas: &mut Canvas, panel: &Panel, screen: Screen) {
    let head = [panel.title.as_str(), panel.unit.as_str()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>();
    let mut y = 0;
    if !head.is_empty() {
        canvas.text(0, 0, &cut(&head.join("  "), canvas.width, screen.ascii), None);
        y = 1;
    }
    if panel.series.len() > 1 {
        legend(canvas, panel, y, 0, screen);
    }
}

/// Which fill is which series, on one line.
pub fn legend(canvas: &mut Canvas, panel: &Panel, y: usize, from: usize, screen: Screen) {
    let mut x = from;
    let most = (canvas.width.saturating_sub(from) / panel.series.len().max(1)).saturating_sub(5).max(3);
    for series in &panel.series {
        let sign = fill(series.look, screen.ascii);
        canvas.put(x, y, sign, Some(series.look));
        canvas.put(x + 1, y, sign, Some(series.look));
        let name = cut(&series.name, most, screen.ascii);
        canvas.text(x + 3, y, &name, None);
        x += width(&name) + 5;
    }
}

/// Draws a bar of so many cells, and says how many it took.
fn bar(
    canvas: &mut Canvas,
    (axis, y): (usize, usize),
    cells: f64,
    negative: bool,
    look: usize,
    screen: Screen,
) -> usize {
    let sign = fill(look, screen.ascii);
    let fine = !screen.ascii && look == 0;
    let whole = scaled_down(if fine { cells } else { cells.round() });
    for i in 0..whole {
        canvas.put(if negative { axis.saturating_sub(1 + i) } else { axis + 1 + i }, y, sign, Some(look));
    }
    let rest = cells - number(whole);
    let end = match scaled_down((rest * 8.0).round()) {
        _ if !fine => None,
        // To the left there are halves alone.
        4.. if negative => Some('▐'),
        eighths if !negative => ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'].get(eighths.wrapping_sub(1)).copied(),
        _ => None,
    };
    if let Some(end) = end {
        canvas.put(if negative { axis.saturating_sub(1 + whole) } else { axis + 1 + whole }, y, end, Some(look));
        return whole + 1;
    }
    whole
}

/// A number with its marks, or the dash of a missing one.
fn said(spot: &Spot) -> String {
    if spot.marks.is_empty() { spot.text.clone() } else { format!("{} {}", spot.text, spot.marks) }
}
