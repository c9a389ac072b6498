//! Archives that hold one table: in, the bytes of a `.zip`; out, those of the table, or which tables there are.

use crate::data::doubt::LoadError;
use crate::pause::Paced;
use std::io::{Cursor, Read};

/// How much larger than itself an archive may become, and how much it may always be.
const MAX_RATIO: u64 = 200;
const ALWAYS_ALLOWED: u64 = 64 << 20;
/// Suffixes of tables.
const TABLES: &[&str] = &["csv", "tsv", "txt", "tab", "json", "xlsx", "xls", "ods", "parquet"];
/// How the names of what describes a table begin.
const ABOUT: &[&str] = &["metadata", "readme", "license", "licence", "legend", "notes"];

/// Whether an archive is a workbook.
fn is_workbook(names: &[String]) -> bool {
    names.iter().any(|n| n == "[Content_Types].xml" || n == "mimetype")
}

/// The one table of an archive; `None` if it is a workbook, or no archive that can be opened.
pub fn table(bytes: &[u8]) -> Result<Option<Vec<u8>>, LoadError> {
    let Ok(mut archive) = zip::ZipArchive::new(Paced(Cursor::new(bytes))) else { return Ok(None) };
    let names: Vec<String> = archive.file_names().filter_map(|n| Some(n.ok()?.into_owned())).collect();
    if is_workbook(&names) {
        return Ok(None);
    }
    let base = |n: &str| n.rsplit('/').next().unwrap_or(n).to_lowercase();
    let suffix = |n: &str| n.rsplit_once('.').is_some_and(|(_, s)| TABLES.contains(&s.to_lowercase().as_str()));
    let tables: Vec<&String> = names
        .iter()
        .filter(|n| suffix(n) && !n.starts_with("__MACOSX") && !ABOUT.iter().any(|a| base(n).starts_with(a)))
        .collect();
    let name = match tables.as_slice() {
        [one] => (*one).clone(),
        [] => return Err(LoadError::new("the archive holds no table")),
        several => {
            let list: Vec<&str> = several.iter().take(4).map(|n| n.as_str()).collect();
            let more = if several.len() > list.len() { ", …" } else { "" };
            let message = format!("the archive holds {} tables: {}{more}", several.len(), list.join(", "));
            return Err(LoadError::new(message).advice("unpack the one that is meant"));
        }
    };
    let broken = |why: String| LoadError::new(format!("`{name}` in the archive cannot be read: {why}"));
    let file = archive.by_name(&name).map_err(|e| broken(e.to_string()))?;
    let most = (bytes.len() as u64).saturating_mul(MAX_RATIO).max(ALWAYS_ALLOWED);
    let mut out = Vec::new();
    file.take(most + 1).read_to_end(&mut out).map_err(|e| broken(e.to_string()))?;
    if out.len() as u64 > most {
        return Err(broken(format!("unpacked it is more than {MAX_RATIO} times its size")));
    }
    Ok(Some(out))
}
