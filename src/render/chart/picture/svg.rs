//! A page as SVG. Text stays text, and numbers are always written the same way, so that the same page has the same bytes.

use super::page::{Element, Hold, INK, Page, Paint, SIZE, Style, WIDTH};
use crate::render::markup::html as escaped;

/// The fonts of browsers that are like each other.
const SANS: &str = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const MONO: &str = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/// Writes a page with its title and what it shows.
pub fn write(page: &Page, title: &str, described: &str) -> String {
    let (width, height, title) = (number(WIDTH), number(page.height), escaped(title));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-label=\"{title}\" font-family=\"{SANS}\" font-size=\"{}\" fill=\"{INK}\">\n\
         <title>{title}</title>\n<desc>{}</desc>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
        number(SIZE),
        escaped(described),
        super::page::PAPER,
    );
    for element in &page.elements {
        out.push_str(&written(element));
        out.push('\n');
    }
    out + "</svg>\n"
}

/// A number with at most two decimals.
fn number(x: f64) -> String {
    let text = format!("{x:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.to_string() }
}

fn written(element: &Element) -> String {
    match element {
        Element::Text((x, y), text, hold, style) => {
            let style = styled(*style, (*x, *y), *hold);
            format!("<text x=\"{}\" y=\"{}\"{style}>{}</text>", number(*x), number(*y), escaped(text))
        }
        Element::Path(points, closed, paint, said) => match points.as_slice() {
            [(x1, y1), (x2, y2)] if !closed && paint.breadth < 2.0 => {
                let ends = [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)];
                let ends: String = ends.iter().map(|(name, x)| format!(" {name}=\"{}\"", number(**x))).collect();
                closed_by("line", &format!("{ends}{}", strokes(paint)), said)
            }
            _ => {
                let mut path = String::new();
                for (i, (x, y)) in points.iter().enumerate() {
                    path.push(if i == 0 { 'M' } else { 'L' });
                    path.push_str(&format!("{} {}", number(*x), number(*y)));
                }
                if *closed {
                    path.push('Z');
                }
                closed_by("path", &format!(" d=\"{path}\"{}", painted(paint)), said)
            }
        },
        Element::Circle((x, y), r, paint, said) => {
            let place = format!(" cx=\"{}\" cy=\"{}\" r=\"{}\"", number(*x), number(*y), number(*r));
            closed_by("circle", &(place + &painted(paint)), said)
        }
        Element::Field((x, y), (width, height), paint, said) => {
            let parts = [("x", x), ("y", y), ("width", width), ("height", height)];
            let place: String = parts.iter().map(|(name, x)| format!(" {name}=\"{}\"", number(**x))).collect();
            closed_by("rect", &(place + &painted(paint)), said)
        }
    }
}

/// An element; what stands over it says what it is.
fn closed_by(tag: &str, attributes: &str, said: &str) -> String {
    if said.is_empty() {
        format!("<{tag}{attributes}/>")
    } else {
        format!("<{tag}{attributes}><title>{}</title></{tag}>", escaped(said))
    }
}

fn styled(style: Style, (x, y): (f64, f64), hold: Hold) -> String {
    let mut out = String::new();
    out.push_str(match hold {
        Hold::Start => "",
        Hold::Middle => " text-anchor=\"middle\"",
        Hold::End => " text-anchor=\"end\"",
    });
    if style.size != SIZE {
        out.push_str(&format!(" font-size=\"{}\"", number(style.size)));
    }
    if style.bold {
        out.push_str(" font-weight=\"600\"");
    }
    if style.mono {
        out.push_str(&format!(" font-family=\"{MONO}\""));
    }
    if style.ink != INK {
        out.push_str(&format!(" fill=\"{}\"", style.ink));
    }
    if style.upright {
        out.push_str(&format!(" transform=\"rotate(-90 {} {})\"", number(x), number(y)));
    }
    out
}

fn painted(paint: &Paint) -> String {
    format!(" fill=\"{}\"{}", paint.fill.as_deref().unwrap_or("none"), strokes(paint))
}

fn strokes(paint: &Paint) -> String {
    let Some(stroke) = paint.stroke else { return String::new() };
    let mut out = format!(" stroke=\"{stroke}\"");
    if (paint.breadth - 1.0).abs() > 1e-9 {
        out.push_str(&format!(" stroke-width=\"{}\"", number(paint.breadth)));
    }
    if paint.fill.is_none() && paint.breadth >= 2.0 {
        out.push_str(" stroke-linejoin=\"round\" stroke-linecap=\"round\"");
    }
    if !paint.dash.is_empty() {
        let dash: Vec<String> = paint.dash.iter().map(|d| number(*d)).collect();
        out.push_str(&format!(" stroke-dasharray=\"{}\"", dash.join(" ")));
    }
    out
}
