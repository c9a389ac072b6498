//! A chart as a picture, on white paper, its series told apart by more than colour. In: a chart. Out: a page, written
//! down as SVG whose text stays text, or painted as PNG; the same bytes for the same chart.

mod axes;
mod bars;
mod heat;
mod lines;
mod page;
#[cfg(feature = "png")]
mod png;
mod svg;
mod text;

#[cfg(feature = "png")]
pub use self::png::Unpainted;
use super::model::{Chart, Panel};
use super::shape::Shape;
use axes::Room2;
use page::{Hold, PLAIN, Page, REMARK, Style, WIDTH};
use text::lines as wrapped;

/// What stays free at the edges.
const MARGIN: f64 = 18.0;
/// Heights of a panel that stands alone, of one of two, and of one of many.
const HEIGHTS: (f64, f64, f64) = (340.0, 240.0, 170.0);
/// Panels of many beside each other.
const BESIDE: usize = 3;

/// A chart as SVG.
pub fn svg(chart: &Chart) -> String {
    svg::write(&drawn(chart), &chart.title, &described(chart))
}

/// A chart as PNG.
///
/// # Errors
/// What cannot be painted.
#[cfg(feature = "png")]
pub fn png(chart: &Chart) -> Result<Vec<u8>, Unpainted> {
    png::paint(&drawn(chart))
}

/// Everything in its place.
fn drawn(chart: &Chart) -> Page {
    let mut page = Page::default();
    let inner = WIDTH - 2.0 * MARGIN;
    let mut y = header(&mut page, chart, inner);
    if chart.multiples {
        let wide = (inner - 16.0 * 2.0) / 3.0;
        let unit = chart.panels.first().map(|p| format!("{}  one scale for all", p.unit)).unwrap_or_default();
        page.head((MARGIN, y + 13.0), "", unit.trim());
        y += 26.0;
        for (i, panel) in chart.panels.iter().enumerate() {
            let (column, row) = (super::number(i % BESIDE), super::number(i / BESIDE));
            let (x, y) = (MARGIN + column * (wide + 16.0), y + row * (HEIGHTS.2 + 8.0));
            let room = Room2 { x, y, width: wide, height: HEIGHTS.2 };
            // What all share is said once.
            let panel = Panel { unit: String::new(), ..panel.clone() };
            one(&mut page, chart.shape, &panel, room, axes::beside(&chart.panels, room));
        }
        y += super::number(chart.panels.len().div_ceil(BESIDE)) * (HEIGHTS.2 + 8.0);
    } else {
        for panel in &chart.panels {
            let height = match chart.shape {
                Shape::Bar if !panel.timed() => bars::height(panel),
                Shape::Heat => heat::height(panel, inner),
                _ if chart.panels.len() > 1 => HEIGHTS.1,
                _ => HEIGHTS.0,
            };
            let room = Room2 { x: MARGIN, y, width: inner, height };
            one(&mut page, chart.shape, panel, room, axes::beside(&chart.panels, room));
            y += height + 8.0;
        }
    }
    page.height = (footer(&mut page, chart, inner, y) + MARGIN).ceil();
    page
}

fn one(page: &mut Page, shape: Shape, panel: &Panel, room: Room2, sides: (f64, f64)) {
    match shape {
        Shape::Line => lines::lines(page, panel, room, sides),
        Shape::Area => lines::area(page, panel, room, sides),
        Shape::Bar if panel.timed() => lines::columns(page, panel, room, sides),
        Shape::Bar => bars::draw(page, panel, room),
        Shape::Heat => heat::draw(page, panel, room),
    }
}

/// Title and query; says where what follows begins.
fn header(page: &mut Page, chart: &Chart, inner: f64) -> f64 {
    let mut y = MARGIN + 14.0;
    for line in wrapped(&chart.title, 17.0, inner).iter().take(3) {
        page.text((MARGIN, y), line, Hold::Start, Style { size: 17.0, bold: true, ..PLAIN });
        y += 22.0;
    }
    for line in wrapped(&chart.query, 12.5, inner).iter().take(4) {
        page.text((MARGIN, y), line, Hold::Start, Style { mono: true, ..REMARK });
        y += 15.0;
    }
    y + 2.0
}

/// Marks, warnings and files; says where the page ends.
fn footer(page: &mut Page, chart: &Chart, inner: f64, mut y: f64) -> f64 {
    let source = (!chart.files.is_empty()).then(|| format!("source: {}", chart.files.join(", ")));
    let warned = chart.warnings.iter().map(|w| format!("⚠ {w}"));
    for text in chart.notes.iter().cloned().chain(warned).chain(source) {
        for line in wrapped(&text, 11.0, inner) {
            y += 15.0;
            page.text((MARGIN, y), &line, Hold::Start, REMARK);
        }
    }
    y
}

/// What the picture shows, for those who do not see it.
fn described(chart: &Chart) -> String {
    let panel = |p: &Panel| {
        let title = if p.title.is_empty() { String::new() } else { format!("{}: ", p.title) };
        let names: Vec<&str> = p.series.iter().map(|s| s.name.as_str()).filter(|n| !n.is_empty()).collect();
        let ends = p.across.first().zip(p.across.last()).map(|(a, b)| format!("from {} to {}", a.label, b.label));
        let unit = if p.unit.is_empty() { String::new() } else { format!(" in {}", p.unit) };
        let names = if names.is_empty() { String::new() } else { format!(" of {}", names.join(", ")) };
        format!("{title}{}{names}{unit}, {}", chart.shape.word(), ends.unwrap_or_default())
    };
    let all: Vec<String> = chart.panels.iter().map(panel).collect();
    format!("{}. Query: {}", all.join("; "), chart.query)
}
