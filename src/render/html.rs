//! A table in HTML, to be put into a page.

use super::separated::filled;
use crate::value::Value;

/// The table.
pub fn table(columns: &[(&str, &Value)], caption: &str) -> String {
    let (names, lines) = filled(columns);
    let row = |cells: &[String], tag: &str| {
        let cells: String = cells.iter().map(|c| format!("<{tag}>{}</{tag}>", escaped(c))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let body: String = lines.iter().map(|l| row(l, "td")).collect();
    format!(
        "<table>\n<caption>{}</caption>\n<thead>\n{}</thead>\n<tbody>\n{body}</tbody>\n</table>\n",
        escaped(caption),
        row(&names, "th")
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
