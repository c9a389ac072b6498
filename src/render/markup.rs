//! The table for people in documents: Markdown, HTML and LaTeX, ready to paste. Each answer stands apart, titled by its
//! query, with the unit, the notes and the source that the terminal shows. What is in the data is text, never markup.

use super::Answer;
use super::table::{self, Grid, Laid, Page, Text};
use crate::diagnostic::visible::{visible, visible_lines};
use std::io::{self, Write};

/// How a document says things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// GitHub's tables.
    Markdown,
    /// A page that opens without anything else.
    Html,
    /// `tabular` with `booktabs`.
    Latex,
}

/// Of a page of HTML, readable on light and dark.
const STYLE: &str = ":root{color-scheme:light dark}body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:72em;\
padding:0 1em}table{border-collapse:collapse;margin:.3em 0}caption{text-align:left;font-weight:600;padding:.3em 0}\
th,td{padding:.15em .8em .15em 0;text-align:left;vertical-align:baseline}th{border-bottom:1px solid}\
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.u,.s,.note{color:GrayText;font-weight:400}\
.added td{border-top:1px solid GrayText;font-weight:600}.neg{color:#c0392b}sup{color:#8e44ad}section{margin:1.6em 0}\
pre{overflow-x:auto}p{margin:.2em 0}code{font-size:.95em;overflow-wrap:anywhere}.steps ul{padding-left:1.1em;margin:.2em 0}\
.steps .lines,.steps .cells{list-style:none}.lines li{font-family:ui-monospace,monospace;font-size:.92em;overflow-wrap:anywhere}\
.cells li{color:GrayText;font-size:.92em}.said{padding-left:1.1em}figure{margin:1em 0}svg{max-width:100%;min-width:30em;height:auto}.scroll{overflow-x:auto}\
.fails{color:#c0392b;font-weight:600}footer{margin-top:2.5em;border-top:1px solid GrayText;font-size:.9em;overflow-wrap:anywhere}\
@media print{:root{color-scheme:light}body{margin:0;max-width:none;font-size:11pt}section,table,figure,li{break-inside:avoid}\
h1,h2,h3{break-after:avoid}pre{white-space:pre-wrap}thead{display:table-header-group}a{color:inherit}}";

impl Markup {
    /// What a document begins with.
    pub fn head(self, title: &str) -> String {
        match self {
            Markup::Html => format!(
                "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>{STYLE}</style>\n",
                html(title)
            ),
            Markup::Markdown | Markup::Latex => String::new(),
        }
    }

    /// Writes a whole document of one answer.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn document(self, answer: &Answer<'_>, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(self.head(answer.title).as_bytes())?;
        self.write(answer, to)
    }

    /// One answer, set apart.
    pub fn answer(self, answer: &Answer<'_>) -> String {
        super::text_of(|to| self.write(answer, to))
    }

    /// Writes the same, line by line.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(self, answer: &Answer<'_>, to: &mut dyn Write) -> io::Result<()> {
        let mut page = table::page(answer);
        let laid = page.ways.next();
        match self {
            Markup::Markdown => markdown(&page, laid.as_ref(), answer.title, to),
            Markup::Html => html_section(&page, laid.as_ref(), answer.title, to),
            Markup::Latex => latex(&page, laid.as_ref(), answer.title, to),
        }
    }

    /// Words as they are, with their lines, under a title if there is one.
    pub fn words(self, title: &str, text: &str) -> String {
        let text = visible_lines(text);
        let text = text.trim_end();
        match self {
            Markup::Markdown => {
                let title = if title.is_empty() { String::new() } else { md_code(title) };
                let fence = "`".repeat(ticks(text).max(2) + 1);
                format!("{title}{fence}text\n{text}\n{fence}\n\n")
            }
            Markup::Html => {
                let title = if title.is_empty() { String::new() } else { format!("<h3>{}</h3>\n", html(title)) };
                format!("<section>\n{title}<pre>{}</pre>\n</section>\n", html_lines(text))
            }
            Markup::Latex => {
                let title = if title.is_empty() { String::new() } else { format!("\\paragraph{{{}}}\n", tex(title)) };
                let lines: Vec<String> = text.lines().map(|l| format!("\\mbox{{}}{}\\\\", tex(l))).collect();
                format!("{title}{{\\ttfamily\\obeyspaces\n{}\n}}\n\n", lines.join("\n"))
            }
        }
    }
}

/// The lines under a table.
fn notes<'p>(page: &'p Page<'_>) -> impl Iterator<Item = &'p String> {
    page.notes.iter().chain(&page.source)
}

/// A single number in a line: the number, its period, its marks.
fn line_of(page: &Page<'_>) -> Option<(String, String)> {
    let single = page.single.as_ref()?;
    let period = single.period.map(|p| format!(" ({p})")).unwrap_or_default();
    let marks = if single.marks.is_empty() { String::new() } else { format!(" {}", single.marks) };
    Some((single.text.clone(), format!("{period}{marks}")))
}

/// The heads of the columns with the unit of each.
fn heads(grid: &Grid) -> Vec<(String, String)> {
    let unit = |i: usize| grid.units.get(i).cloned().unwrap_or_default();
    grid.header.iter().enumerate().map(|(i, h)| (h.clone(), unit(i))).collect()
}

pub(super) fn md(text: &str) -> String {
    let text: Vec<char> = visible(text).chars().collect();
    let mut out = String::new();
    for (i, c) in text.iter().enumerate() {
        // Within a word an underscore is one.
        let word = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|c| c.is_alphanumeric());
        let inside = *c == '_' && word(i.checked_sub(1)) && word(Some(i + 1));
        let link = *c == ']' && matches!(text.get(i + 1), Some('(' | '[' | ':'));
        if link || matches!(c, '\\' | '`' | '*' | '_' | '<' | '>' | '|' | '#' | '~' | '&' | '$') && !inside {
            out.push('\\');
        }
        out.push(*c);
    }
    out
}

/// How many backticks stand together.
fn ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A query, as it is typed.
pub(super) fn md_code(text: &str) -> String {
    let text = visible(text);
    let longest = ticks(&text);
    let (fence, blank) = ("`".repeat(longest + 1), if longest > 0 { " " } else { "" });
    format!("**{fence}{blank}{text}{blank}{fence}**\n\n")
}

fn markdown(page: &Page<'_>, laid: Option<&Laid<'_>>, title: &str, to: &mut dyn Write) -> io::Result<()> {
    to.write_all(md_code(title).as_bytes())?;
    match (line_of(page), laid) {
        (Some((number, rest)), _) => write!(to, "{}{}\n\n", md(&number), md(&rest))?,
        (None, Some(laid)) if laid.count > 0 => markdown_table(laid, to)?,
        (None, _) => to.write_all(b"no rows\n\n")?,
    }
    let notes: Vec<String> = notes(page).map(|n| md(n)).collect();
    if notes.is_empty() { Ok(()) } else { write!(to, "{}\n\n", notes.join("  \n")) }
}

fn markdown_table(laid: &Laid<'_>, to: &mut dyn Write) -> io::Result<()> {
    let grid = &laid.frame;
    if !grid.caption.is_empty() {
        write!(to, "{}\n\n", md(&grid.caption))?;
    }
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let head =
        |(name, unit): (String, String)| if unit.is_empty() { md(&name) } else { md(&format!("{name} [{unit}]")) };
    to.write_all(row(heads(grid).into_iter().map(head).collect()).as_bytes())?;
    let rule = |i: usize| if i < grid.labels { "---".to_string() } else { "---:".to_string() };
    to.write_all(row((0..grid.header.len()).map(rule).collect()).as_bytes())?;
    for line in laid.lines() {
        let cell = |(i, c): (usize, &Text)| {
            let marks = if c.marks.is_empty() { String::new() } else { format!(" {}", c.marks) };
            let text = md(&format!("{}{marks}", c.text));
            if line.added && i < grid.labels { format!("**{text}**") } else { text }
        };
        to.write_all(row(line.cells.iter().enumerate().map(cell).collect()).as_bytes())?;
    }
    to.write_all(b"\n")
}

/// A text as it stands between tags and in attributes, of HTML and of SVG.
pub(super) fn html(text: &str) -> String {
    html_lines(&visible(text))
}

fn html_lines(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn html_section(page: &Page<'_>, laid: Option<&Laid<'_>>, title: &str, to: &mut dyn Write) -> io::Result<()> {
    to.write_all(b"<section>\n")?;
    match (line_of(page), laid) {
        (Some((number, rest)), _) => {
            let (title, number, rest) = (html(title), html(&number), html(&rest));
            write!(to, "<h3>{title}</h3>\n<p><strong>{number}</strong>{rest}</p>\n")?;
        }
        (None, Some(laid)) if laid.count > 0 => html_table(laid, title, to)?,
        (None, _) => write!(to, "<h3>{}</h3>\n<p>no rows</p>\n", html(title))?,
    }
    for note in notes(page) {
        writeln!(to, "<p class=\"note\">{}</p>", html(note))?;
    }
    to.write_all(b"</section>\n")
}

fn html_table(laid: &Laid<'_>, title: &str, to: &mut dyn Write) -> io::Result<()> {
    let grid = &laid.frame;
    let caption = if grid.caption.is_empty() {
        String::new()
    } else {
        format!("<br><span class=\"u\">{}</span>", html(&grid.caption))
    };
    write!(to, "<table>\n<caption>{}{caption}</caption>\n<thead>\n<tr>", html(title))?;
    let class = |i: usize| if i < grid.labels { "" } else { " class=\"n\"" };
    for (i, (name, unit)) in heads(grid).into_iter().enumerate() {
        let unit =
            if unit.is_empty() { String::new() } else { format!("<br><span class=\"u\">{}</span>", html(&unit)) };
        write!(to, "<th scope=\"col\"{}>{}{unit}</th>", class(i), html(&name))?;
    }
    to.write_all(b"</tr>\n</thead>\n<tbody>\n")?;
    for line in laid.lines() {
        to.write_all(if line.added { b"<tr class=\"added\">" } else { b"<tr>" })?;
        for (i, cell) in line.cells.iter().enumerate() {
            let marks =
                if cell.marks.is_empty() { String::new() } else { format!(" <sup>{}</sup>", html(&cell.marks)) };
            let text = html(&cell.text);
            let text =
                if cell.tone == table::Tone::Negative { format!("<span class=\"neg\">{text}</span>") } else { text };
            write!(to, "<td{}>{text}{marks}</td>", class(i))?;
        }
        to.write_all(b"</tr>\n")?;
    }
    to.write_all(b"</tbody>\n</table>\n")
}

pub(super) fn tex(text: &str) -> String {
    let mut out = String::new();
    for c in visible(text).chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', c]),
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '<' => out.push_str("\\textless{}"),
            '>' => out.push_str("\\textgreater{}"),
            '–' => out.push_str("--"),
            '…' => out.push_str("\\dots{}"),
            c => out.push(c),
        }
    }
    out
}

fn latex(page: &Page<'_>, laid: Option<&Laid<'_>>, title: &str, to: &mut dyn Write) -> io::Result<()> {
    let mut under: Vec<String> = notes(page).map(|n| tex(n)).collect();
    if let Some((number, rest)) = line_of(page) {
        under.insert(0, format!("\\textbf{{{}}}{}", tex(&number), tex(&rest)));
        return write!(to, "\\paragraph{{{}}}\n{}\n\n", tex(title), under.join("\\\\\n"));
    }
    let none = Grid::default();
    let grid = laid.map_or(&none, |laid| &laid.frame);
    if !grid.caption.is_empty() {
        under.insert(0, tex(&grid.caption));
    }
    let columns: String = (0..grid.header.len()).map(|i| if i < grid.labels { 'l' } else { 'r' }).collect();
    write!(to, "% needs \\usepackage{{booktabs}}\n\\begin{{table}}\n\\caption{{{}}}\n", tex(title))?;
    write!(to, "\\begin{{tabular}}{{{columns}}}\n\\toprule\n")?;
    let row = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
    let (names, units): (Vec<String>, Vec<String>) = heads(grid).into_iter().map(|(n, u)| (tex(&n), tex(&u))).unzip();
    to.write_all(row(names).as_bytes())?;
    if units.iter().any(|u| !u.is_empty()) {
        to.write_all(row(units).as_bytes())?;
    }
    to.write_all(b"\\midrule\n")?;
    let mut before_added = true;
    for line in laid.into_iter().flat_map(Laid::lines) {
        if line.added && before_added && grid.labels == 1 {
            to.write_all(b"\\midrule\n")?;
            before_added = false;
        }
        let cell = |c: &Text| {
            let marks =
                if c.marks.is_empty() { String::new() } else { format!("\\textsuperscript{{{}}}", tex(&c.marks)) };
            let number = if c.tone == table::Tone::Negative {
                format!("${}$", c.text.replace(',', "{,}"))
            } else {
                tex(&c.text)
            };
            format!("{number}{marks}")
        };
        to.write_all(row(line.cells.iter().map(cell).collect()).as_bytes())?;
    }
    to.write_all(b"\\bottomrule\n\\end{tabular}\n")?;
    if !under.is_empty() {
        write!(to, "\n\\footnotesize {}\n", under.join("\\\\\n"))?;
    }
    to.write_all(b"\\end{table}\n\n")
}
