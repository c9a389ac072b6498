//! A chart in characters, for a terminal. In: a chart and a screen. Out: lines. Meaning never lies in colour alone.

mod bars;
mod canvas;
mod columns;
mod frame;
mod heat;
mod lines;

use super::model::{Chart, Panel};
use super::shape::Shape;
use canvas::Canvas;
pub use canvas::Screen;

/// Columns of the narrowest and of the widest drawing.
const WIDTHS: (usize, usize) = (40, 200);
/// Lines of a panel that stands alone, of one of two, and of one of many.
const HEIGHTS: (usize, usize, usize) = (17, 12, 9);
/// Columns of one panel of many.
const SMALL: usize = 44;

/// Draws a chart; none where the screen has no room for it.
pub fn draw(chart: &Chart, screen: Screen) -> Option<String> {
    let width = screen.width.clamp(WIDTHS.0, WIDTHS.1);
    let panels: Vec<Canvas> = if chart.multiples {
        vec![multiples(chart, width, screen)?]
    } else {
        let height = if chart.panels.len() > 1 { HEIGHTS.1 } else { HEIGHTS.0 };
        let left = frame::left(&chart.panels, height);
        chart.panels.iter().map(|p| panel(chart.shape, p, (left, width, height), screen)).collect::<Option<_>>()?
    };
    let mut out = panels.iter().map(|p| p.draw(screen.colour)).collect::<Vec<_>>().join("\n");
    for note in &chart.notes {
        out.push_str(note);
        out.push('\n');
    }
    if !chart.files.is_empty() {
        out.push_str(&format!("source: {}\n", chart.files.join(", ")));
    }
    Some(if screen.ascii { out.replace('×', "x").replace('–', "-") } else { out })
}

fn panel(shape: Shape, panel: &Panel, room: (usize, usize, usize), screen: Screen) -> Option<Canvas> {
    match shape {
        Shape::Line => Some(lines::draw(panel, room, screen)),
        Shape::Bar if panel.timed() => columns::draw(panel, room, screen),
        Shape::Bar => Some(bars::draw(panel, room.1, screen)),
        Shape::Area => Some(columns::stacked(panel, room, screen)),
        Shape::Heat => heat::draw(panel, room.1, screen),
    }
}

/// Panels beside and below each other.
fn multiples(chart: &Chart, width: usize, screen: Screen) -> Option<Canvas> {
    let beside = (width / SMALL).clamp(1, 4);
    let wide = width / beside;
    let left = frame::left(&chart.panels, HEIGHTS.2);
    let room = (left, wide - 2, HEIGHTS.2);
    let drawn: Vec<Canvas> = chart.panels.iter().map(|p| panel(chart.shape, p, room, screen)).collect::<Option<_>>()?;
    let high = drawn.iter().map(|c| c.height).max().unwrap_or(0) + 1;
    let mut canvas = Canvas::new(width, (drawn.len().div_ceil(beside) * high).saturating_sub(1));
    for (at, one) in drawn.iter().enumerate() {
        canvas.paste(at % beside * wide, at / beside * high, one);
    }
    Some(canvas)
}
