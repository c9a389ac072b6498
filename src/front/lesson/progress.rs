//! How far a learner has come, kept beside the history: a line for each lesson. What cannot be read or written is as if
//! nothing were kept; a half-written file never takes the place of a good one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Steps that are done, by lesson.
#[derive(Default)]
pub struct Progress {
    file: Option<PathBuf>,
    steps: BTreeMap<String, usize>,
}

impl Progress {
    /// What is kept beside a history; nothing, where there is none.
    pub fn beside(history: Option<&PathBuf>) -> Progress {
        let file = history.map(|h| h.with_file_name("lessons"));
        let text = file.as_ref().and_then(|f| std::fs::read_to_string(f).ok()).unwrap_or_default();
        let read = |line: &str| {
            let (steps, name) = line.split_once(' ')?;
            Some((name.to_string(), steps.parse().ok()?))
        };
        Progress { file, steps: text.lines().filter_map(read).collect() }
    }

    /// How many steps of a lesson are done.
    pub fn step(&self, lesson: &str) -> usize {
        self.steps.get(lesson).copied().unwrap_or(0)
    }

    /// Keeps how many steps are done, if that is more than before.
    pub fn keep(&mut self, lesson: &str, steps: usize) {
        if steps <= self.step(lesson) || lesson.contains('\n') {
            return;
        }
        self.steps.insert(lesson.to_string(), steps);
        if let Some(file) = &self.file {
            let text: String = self.steps.iter().map(|(name, steps)| format!("{steps} {name}\n")).collect();
            let _ = write(file, &text);
        }
    }
}

/// Whole or not at all.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let part = file.with_file_name(format!("lessons.{}.part", std::process::id()));
    let placed = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, file));
    if placed.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    placed
}
