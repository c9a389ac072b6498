//! The program, run as a user runs it.

use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// What came out of a run.
pub struct Ran {
    pub out: String,
    pub err: String,
    pub code: i32,
}

/// Runs the program in the project's root.
pub fn run(arguments: &[&str]) -> Ran {
    run_in(&root(), arguments)
}

/// Runs the program in a folder.
pub fn run_in(folder: &Path, arguments: &[&str]) -> Ran {
    let Output { stdout, stderr, status } = Command::new(env!("CARGO_BIN_EXE_tradeql"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    Ran {
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
        code: status.code().unwrap_or(-1),
    }
}

/// The last JSON line of statements run by `-e`; null when they have nothing to say.
pub fn json(statements: &str) -> Json {
    let ran = run(&["-e", statements, "--format", "json"]);
    assert!(ran.code <= 4, "{statements}: {}", ran.err);
    ran.out.lines().last().map_or(Json::Null, |last| serde_json::from_str(last).unwrap())
}

/// A folder of this test alone, removed when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("tradeql-test-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
