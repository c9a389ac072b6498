//! SDMX-CSV, 1.0 and 2.x: columns that describe the message, codes with labels in one cell or in pairs of columns,
//! attributes with several values. Written from the field guide of the SDMX technical working group.

use crate::data::columns::column::Column;
use crate::data::doubt::LoadError;
use crate::data::known::period_forms;
use crate::data::meaning::column_use::Use;
use crate::data::meaning::naming::series_name;
use crate::data::table::Table;
use crate::data::table::find::line_of;
use crate::value::{Flags, Reason};

/// Columns of the message that are no part of an observation.
const MESSAGE: &[&str] = &[
    "DATAFLOW",
    "KEY",
    "STRUCTURE",
    "STRUCTURE_ID",
    "STRUCTURE_NAME",
    "ACTION",
    "SERIES_KEY",
    "OBS_KEY",
    "LAST UPDATE",
    "UPDATED",
];
/// Attributes that many structures have.
const ATTRIBUTES: &[&str] = &[
    "DECIMALS",
    "TITLE",
    "TITLE_COMPL",
    "TIME_FORMAT",
    "COLLECTION",
    "AVAILABILITY",
    "OBS_PRE_BREAK",
    "OBS_COM",
    "COMMENT_OBS",
    "COMMENT_TS",
    "EMBARGO_TIME",
    "COMPILATION",
    "COVERAGE",
    "SOURCE_AGENCY",
    "SOURCE_PUB",
    "UNIT_INDEX_BASE",
    "DOM_SER_IDS",
    "NAT_TITLE",
    "PUBL_PUBLIC",
];

/// Whether a header is one of SDMX-CSV.
pub fn is_sdmx(header: &[String]) -> bool {
    let first = header.first().map(String::as_str).unwrap_or("");
    let structure = first == "STRUCTURE" || (first.starts_with("STRUCTURE[") && first.ends_with(']'));
    let holds = |name: &str| header.iter().any(|h| h == name);
    // The ECB and others: the key of the series first, or none.
    if holds("TIME_PERIOD") && holds("OBS_VALUE") {
        return true;
    }
    (first == "DATAFLOW" && header.len() > 2) || (structure && header.get(1).is_some_and(|h| h == "STRUCTURE_ID"))
}

/// Cuts labels off codes: `FREQ: Frequency` in the header, `M: Monthly` in the cells. Refuses deletions.
pub fn prepare(table: &mut Table) -> Result<(), LoadError> {
    if let Some(at) = table.header.iter().position(|h| h == "ACTION")
        && let Some(words) = table.columns.get(at).and_then(Column::words)
        && words.iter().any(|w| w == "D")
    {
        let line = line_of(table, at, "D").unwrap_or(1);
        return Err(LoadError::at(line, "the message deletes observations; it is no data to load"));
    }
    for (header, column) in table.header.iter_mut().zip(&mut table.columns) {
        let Some((code, _)) = header.split_once(':').filter(|(code, _)| is_id(code)) else { continue };
        *header = code.to_string();
        if matches!(header.as_str(), "TIME_PERIOD" | "OBS_VALUE") {
            continue;
        }
        column.relabelled(|cell| match cell.split_once(':') {
            Some((code, _)) if !code.contains(char::is_whitespace) => code.to_string(),
            _ => cell.to_string(),
        });
    }
    Ok(())
}

/// Whether a text may be the code of a component: capitals, digits and lines.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Gives the columns their uses; the name of the layout.
pub fn uses(table: &Table, uses: &mut [Use]) -> String {
    let header = &table.header;
    let first = header.first().map(String::as_str).unwrap_or("");
    let pairs = header.iter().any(|h| h == "STRUCTURE_NAME");
    let version = if first.starts_with("STRUCTURE") { "2.0" } else { "1.0" };
    let time = header.iter().position(|h| h == "TIME_PERIOD").or_else(|| {
        let whole = |at: &usize| {
            let words = table.columns.get(*at).and_then(Column::words);
            words.is_some_and(|w| !w.is_empty() && period_forms::read_column(w.iter(), None).is_ok())
        };
        let open = (0..header.len()).filter(|at| {
            uses.get(*at) == Some(&Use::Open)
                && !header.get(*at).is_some_and(|h| h.starts_with("OBS_") || h.starts_with("ATTR"))
        });
        let found: Vec<usize> = open.filter(whole).collect();
        match found.as_slice() {
            [only] => Some(*only),
            // The label of the time stands behind it.
            [first, ..] if pairs => Some(*first),
            _ => None,
        }
    });
    let value = header.iter().position(|h| h.starts_with("OBS_VALUE"));
    let mut label = false;
    // What is no dimension has its label behind it too.
    let mut marked = false;
    for (at, name) in header.iter().enumerate() {
        let Some(slot) = uses.get_mut(at).filter(|u| **u == Use::Open) else { continue };
        let message = MESSAGE.contains(&name.as_str()) || name.starts_with("STRUCTURE[");
        // Names stand behind their codes, in columns of their own.
        let named = (pairs && label || marked && !is_id(name)) && !message;
        label = pairs && !message && !named;
        *slot = if message || named || name.contains('[') || ATTRIBUTES.contains(&name.as_str()) {
            Use::Skip
        } else if Some(at) == time {
            Use::Period(None)
        } else if name.starts_with("OBS_VALUE") {
            Use::Measure
        } else {
            match name.to_uppercase().as_str() {
                "OBS_STATUS" | "OBS_FLAG" => Use::Status,
                "OBS_CONF" | "CONF_STATUS" => Use::Secrecy,
                "UNIT_MULT" => Use::Multiplier,
                "UNIT_MEASURE" | "UNIT" => Use::Unit,
                "REF_AREA" | "GEO" | "REPORTER" => Use::Dimension("reporter".into()),
                "COUNTERPART_AREA" | "PARTNER" => Use::Dimension("partner".into()),
                // Attributes stand behind the time or the value, dimensions before.
                _ if time.is_some_and(|t| at > t) && value.is_some_and(|v| at > v || first == "DATAFLOW") => Use::Skip,
                _ => Use::Dimension(series_name(name)),
            }
        };
        let mark = matches!(slot, Use::Multiplier | Use::Unit | Use::Status | Use::Secrecy);
        marked = is_id(name) && (mark || ATTRIBUTES.contains(&name.as_str()));
    }
    format!("SDMX-CSV {version}")
}

/// The mark, or the reason for a missing value, of a code of `CL_OBS_STATUS`, or of its words. Eurostat writes small
/// letters. In a column called as a mark, `yes` is that mark.
pub fn status(column: &str, code: &str) -> (Flags, Option<Reason>) {
    // Several marks in words, as this program writes them.
    let own = |word: &str| match word {
        "partial" => Flags::PARTIAL,
        "missing" => Flags::MISSING,
        "provisional" => Flags::PROVISIONAL,
        "estimated" | "extrapolated" => Flags::ESTIMATED,
        "break" => Flags::BREAK,
        _ => Flags::none(),
    };
    let own = code.split([' ', ',']).fold(Flags::none(), |flags, word| flags.with(own(word)));
    if own != Flags::none() {
        return (own, None);
    }
    let is_yes = ["yes", "true"].contains(&code.trim().to_lowercase().as_str());
    let upper = if is_yes { column } else { code }.trim().to_uppercase();
    let word = upper.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    match if word.len() > 3 { word } else { upper.as_str() } {
        "PROVISIONAL" | "PRELIMINARY" => (Flags::PROVISIONAL, None),
        "ESTIMATED" | "ESTIMATE" | "FORECAST" | "IMPUTED" => (Flags::ESTIMATED, None),
        "BREAK" => (Flags::BREAK, None),
        "CONFIDENTIAL" => (Flags::CONFIDENTIAL, Some(Reason::Suppressed)),
        "P" => (Flags::PROVISIONAL, None),
        "E" | "F" | "I" | "S" => (Flags::ESTIMATED, None),
        "B" => (Flags::BREAK, None),
        "C" => (Flags::CONFIDENTIAL, Some(Reason::Suppressed)),
        "Q" => (Flags::none(), Some(Reason::Suppressed)),
        _ => (Flags::none(), None),
    }
}

/// Whether a cell of such a column says that there is no mark.
pub fn is_no(code: &str) -> bool {
    ["no", "false"].contains(&code.trim().to_lowercase().as_str())
}

/// The mark of a code of `CL_CONF_STATUS`: anything but free.
pub fn secrecy(code: &str) -> Flags {
    match code.trim().to_uppercase().as_str() {
        "" | "F" | "A" => Flags::none(),
        _ => Flags::CONFIDENTIAL,
    }
}
