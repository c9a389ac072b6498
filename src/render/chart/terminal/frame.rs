//! The axes of a panel that is drawn in characters. In: a panel and a sheet. Out: where its field is, with ticks, unit
//! and labels drawn around it.

use super::canvas::{Canvas, Screen, cut, width};
use crate::render::chart::model::Panel;
use crate::render::chart::ticks::Scale;
use crate::render::chart::time::{self, Room};

/// The field of a panel.
pub struct Frame {
    /// Its first column.
    pub left: usize,
    /// Its first line.
    pub top: usize,
    /// Its columns.
    pub width: usize,
    /// Its lines.
    pub height: usize,
    /// Its axis.
    pub scale: Scale,
    /// Whether a number stands on the upper edge of its line.
    edges: bool,
}

/// An axis of numbers that a sheet has the right lines for.
pub struct Fit {
    scale: Scale,
    height: usize,
    edges: bool,
}

impl Fit {
    /// The axis of a panel on a sheet of about so many lines, each tick on a line of its own, evenly apart: in the middle
    /// of its line, or on its upper edge, where bars end.
    pub fn new(panel: &Panel, height: usize, edges: bool) -> Fit {
        let scale = Scale::new(panel.range, steps(height));
        let (count, more) = (scale.ticks.len().saturating_sub(1).max(1), usize::from(!edges));
        let wanted = height.saturating_sub(3 + more);
        let each = ((wanted + count / 2) / count).max(1);
        Fit { scale, height: count * each + more, edges }
    }

    /// A sheet for it.
    pub fn canvas(&self, width: usize) -> Canvas {
        Canvas::new(width, self.height + 3)
    }
}

impl Frame {
    /// Draws title, unit and the axis of numbers, and leaves so much room at its sides.
    pub fn new(canvas: &mut Canvas, panel: &Panel, (left, right): (usize, usize), fit: Fit, screen: Screen) -> Frame {
        let Fit { scale, height, edges } = fit;
        let width_of = canvas.width.saturating_sub(left + right).max(4);
        let frame = Frame { left, top: 1, width: width_of, height, scale, edges };
        let unit = if panel.unit.is_empty() { "" } else { panel.unit.as_str() };
        let head = [panel.title.as_str(), unit].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("  ");
        let start = if panel.title.is_empty() { left.saturating_sub(1 + width(&head)) } else { 0 };
        canvas.text(start, 0, &cut(&head, canvas.width, screen.ascii), None);
        let bar = if screen.ascii { '|' } else { '│' };
        (0..height).for_each(|y| canvas.put(left - 1, 1 + y, bar, None));
        for (x, text) in &frame.scale.ticks {
            let y = frame.line(*x);
            canvas.text(left - 2 - width(text), y, text, None);
            canvas.put(left - 1, y, if screen.ascii { '+' } else { '┤' }, None);
        }
        frame
    }

    /// The line of a number.
    pub fn line(&self, x: f64) -> usize {
        let of = if self.edges { self.height + 1 } else { self.height };
        self.top + scaled(1.0 - self.scale.part(x), of)
    }

    /// A level line through the empty cells of the field.
    pub fn level(&self, canvas: &mut Canvas, x: f64, screen: Screen) {
        let y = self.line(x);
        (0..self.width).for_each(|i| canvas.put_below(self.left + i, y, if screen.ascii { '-' } else { '┄' }));
    }

    /// Draws the axis of periods; each place stands at this column of the field.
    pub fn across(&self, canvas: &mut Canvas, panel: &Panel, at: &[usize], screen: Screen) {
        let y = self.top + self.height;
        let (corner, line, tick) = if screen.ascii { ('+', '-', '+') } else { ('└', '─', '┬') };
        canvas.put(self.left - 1, y, corner, None);
        (0..self.width).for_each(|i| canvas.put(self.left + i, y, line, None));
        let middles: Vec<f64> = at.iter().map(|x| number(*x) + 0.5).collect();
        let room = Room {
            at: &middles,
            from: 0.0 - number(self.left.min(3)),
            to: number(self.width).max(number(canvas.width - self.left)),
            width: &|t| number(width(t)),
            gap: 2.0,
        };
        for label in time::ticks(&panel.periods(), &room) {
            canvas.put(self.left + scaled_down(label.at), y, tick, None);
            let start = number(self.left) + label.start;
            canvas.text(scaled_down(start), y + 1, &label.text, None);
        }
    }
}

/// About how many steps an axis has on a sheet of so many lines.
fn steps(height: usize) -> usize {
    (height.saturating_sub(3) / 2).saturating_sub(1).clamp(2, 6)
}

/// The columns of the ticks of some panels, so that their fields stand in line.
pub fn left(panels: &[Panel], height: usize) -> usize {
    let ticks = panels.iter().flat_map(|p| Scale::new(p.range, steps(height)).ticks);
    ticks.map(|(_, t)| width(&t)).max().unwrap_or(0) + 2
}

/// The number of a count.
pub fn number(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// The cell of so many in which a part from 0 to 1 lies.
pub fn scaled(part: f64, of: usize) -> usize {
    let last = of.saturating_sub(1);
    scaled_down((part.clamp(0.0, 1.0) * number(last)).round()).min(last)
}

/// The count of a number, without what is behind its point.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped to what a screen has")]
pub fn scaled_down(x: f64) -> usize {
    x.clamp(0.0, 1e6) as usize
}
