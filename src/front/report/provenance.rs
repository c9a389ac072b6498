//! What a report is made from: its files with their hashes, what was understood of them, what was said of its answers, and
//! the version that made it. No clock is read, so the same report has the same bytes.

use crate::diagnostic::{Diagnostic, words};
use crate::render::markup::Markup;
use crate::session::Session;
use sha2::{Digest, Sha256};
use std::path::Path;

/// The end of a report.
pub fn told(session: &Session, markup: Markup, report: &str, said: &[Diagnostic]) -> String {
    let mut out = markup.heading(2, "Where the numbers come from");
    for source in session.catalogue.datasets.values() {
        let info = source.info();
        out.push_str(&markup.heading(3, &format!("{}: {}", info.name, info.file)));
        let extent = info.periods.iter().copied().reduce(crate::value::Period::span);
        let extent = extent.map(|e| format!(", {e}")).unwrap_or_default();
        out.push_str(&markup.paragraph(&format!("{}{extent}, {}", words::counted(info.rows, "row"), info.layout)));
        let all: Vec<String> = info.provenance.iter().map(|(what, text)| format!("{what}: {text}")).collect();
        if !all.is_empty() {
            out.push_str(&markup.paragraph(&all.join("; ")));
        }
        if !info.declaration.is_empty() {
            out.push_str(&markup.words("", &info.declaration.join("\n")));
        }
    }
    let mut files: Vec<String> = Vec::new();
    for (path, bytes) in session.files_read() {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        // The report itself changes with each word of its prose.
        // A declaration beside a file is looked for, and mostly there is none.
        if path.ends_with(Path::new(report)) || (bytes.is_err() && path.extension().is_some_and(|e| e == "with")) {
            continue;
        }
        let hash =
            bytes.map_or("is not there any more".to_string(), |b| format!("sha256 {}", hex(&Sha256::digest(&b))));
        files.push(format!("{name}  {hash}"));
    }
    if !files.is_empty() {
        out.push_str(&markup.heading(3, "Files"));
        out.push_str(&markup.words("", &files.join("\n")));
    }
    if !said.is_empty() {
        out.push_str(&markup.heading(3, "What was said of the answers"));
        out.push_str(&markup.said(&said.iter().collect::<Vec<_>>(), true));
    }
    out.push_str(&markup.paragraph(&format!("Made by tradeql {} from {report}.", env!("CARGO_PKG_VERSION"))));
    if markup == Markup::Html { format!("<footer>\n{out}</footer>\n") } else { format!("---\n\n{out}") }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
