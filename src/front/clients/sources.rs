//! The names that a user gives to databases and folders: `--source office=TARGET`, and lines of the file `sources`. In:
//! text. Out: names and what they stand for.

use std::path::{Path, PathBuf};

/// Names and what they stand for, in the order in which they were given; the last counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sources(pub Vec<(String, String)>);

/// Where the user's file is.
pub fn sources_file(config: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let folder = config.or_else(|| home.map(|h| h.join(".config")))?;
    Some(folder.join("tradeql").join("sources")).filter(|p| p.is_file())
}

/// `office = postgresql://stats.example/trade`: a name, and what it stands for; files are looked for from a folder.
fn line(text: &str, folder: &Path) -> Result<(String, String), String> {
    let Some((name, target)) = text.split_once('=') else { return Err(format!("`{text}` needs NAME=TARGET")) };
    let (name, target) = (name.trim(), target.trim());
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    if name.is_empty() || !name.chars().all(word) {
        return Err(format!("`{name}` is no name of a source: letters, digits, `_` and `-`"));
    }
    if target.is_empty() {
        return Err(format!("`{name}` stands for nothing: `{name}=TARGET`"));
    }
    // What is no address is a file or a folder.
    let target = if target.contains("://") { target.to_string() } else { folder.join(target).to_string_lossy().into() };
    Ok((name.to_string(), target))
}

impl Sources {
    /// Adds what `--source` says; files are looked for from the working folder.
    ///
    /// # Errors
    /// One sentence on what makes no sense.
    pub fn add(&mut self, said: &str) -> Result<(), String> {
        let here = std::env::current_dir().unwrap_or_default();
        self.0.push(line(said, &here)?);
        Ok(())
    }

    /// Adds the lines of a file; files are looked for from its folder.
    ///
    /// # Errors
    /// One sentence on the first line that makes no sense.
    pub fn add_file(&mut self, path: &Path) -> Result<(), String> {
        let name = path.display();
        let text = std::fs::read_to_string(path).map_err(|e| format!("`{name}` cannot be read: {e}"))?;
        let folder = std::path::absolute(path).ok().and_then(|p| p.parent().map(Path::to_path_buf)).unwrap_or_default();
        for (at, text) in text.lines().enumerate() {
            let text = text.trim();
            if !text.is_empty() && !text.starts_with('#') {
                self.0.push(line(text, &folder).map_err(|why| format!("line {} of `{name}`: {why}", at + 1))?);
            }
        }
        Ok(())
    }
}
