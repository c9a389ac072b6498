//! A chart as SVG.
use super::model::Chart;
/// Draws a chart.
pub fn draw(chart: &Chart) -> String { chart.title.clone() }
