//! An answer as SDMX-CSV 2.0, for other statistical programs. Units are split into measure and power of ten; marks
//! and missing values become codes of `CL_OBS_STATUS`. Numbers are never rounded.

use super::separated::finished;
use crate::pause::paced;
use crate::value::period::{Freq, Period};
use crate::value::{Cell, Flags, Value, number};
use std::io;

/// The whole message; of several values side by side, each is a series of its own.
///
/// # Errors
/// It cannot be written.
pub fn message(columns: &[(&str, &Value)], to: &mut dyn io::Write) -> io::Result<()> {
    let Some((_, first)) = columns.first() else { return Ok(()) };
    let several = columns.len() > 1;
    let timed = paced(&first.rows).any(|r| r.period().is_some());
    let mut header: Vec<String> = ["STRUCTURE", "STRUCTURE_ID", "ACTION"].map(String::from).to_vec();
    header.extend(several.then(|| "SERIES".to_string()));
    header.extend(first.dims.iter().map(|d| concept(&d.name)));
    header.extend(timed.then(|| "TIME_PERIOD".to_string()));
    header.extend(["OBS_VALUE", "UNIT_MEASURE", "UNIT_MULT", "OBS_STATUS"].map(String::from));
    let mut writer = csv::Writer::from_writer(to);
    let mut written = writer.write_record(&header);
    for (name, value) in columns {
        let mut base = value.unit.clone();
        base.ten = 0;
        for row in paced(&value.rows) {
            let mut line: Vec<String> = ["dataflow", "TRADEQL:ANSWER(1.0)", "I"].map(String::from).to_vec();
            line.extend(several.then(|| name.to_string()));
            line.extend(value.dims.iter().zip(row.key()).map(|(d, k)| d.label(*k).to_string()));
            line.extend(timed.then(|| row.period().map(time).unwrap_or_default()));
            line.push(row.datum().map(number::plain).unwrap_or_default());
            line.extend([base.to_string(), value.unit.ten.to_string(), status(&row.cell()).to_string()]);
            written = written.and_then(|()| writer.write_record(&line));
            if written.is_err() {
                break;
            }
        }
    }
    finished(written, writer)
}

/// The usual concept of a dimension.
fn concept(name: &str) -> String {
    match name {
        "reporter" => "REF_AREA".into(),
        "partner" => "COUNTERPART_AREA".into(),
        other => other.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
    }
}

/// A period as SDMX writes it: `2024`, `2024-S1`, `2024-Q1`, `2024-01`, `2024-01-15`, `2024-01-01/P11M`.
fn time(period: Period) -> String {
    let (year, month) = period.first_month();
    match (period.freq(), period.months()) {
        (Some(Freq::Year), _) => format!("{year:04}"),
        (Some(Freq::Half), _) => format!("{year:04}-S{}", (month - 1) / 6 + 1),
        (_, Some(months)) if months > 1 && period.freq().is_none() => format!("{year:04}-{month:02}-01/P{months}M"),
        _ => period.to_string(),
    }
}

fn status(cell: &Cell) -> &'static str {
    let has = |f: Flags| cell.flags.has(f);
    match cell.datum {
        Err(crate::value::Reason::Suppressed) => "Q",
        Err(_) => "O",
        // A break outranks the rest.
        Ok(_) if has(Flags::BREAK) => "B",
        Ok(_) if has(Flags::ESTIMATED) => "E",
        Ok(_) if has(Flags::PROVISIONAL) => "P",
        // Of some months only: the definition differs.
        Ok(_) if has(Flags::PARTIAL) => "D",
        Ok(_) => "A",
    }
}
