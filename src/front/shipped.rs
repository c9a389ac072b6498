//! The data of the examples, which come along with the program. In: any files. Out: the same, and what
//! `examples/data/…` names where no such file is there, so that pages and lessons can be tried anywhere.

use crate::data::pages::Shared;
use crate::session::{Content, Files, Stamp};
use std::io::{Cursor, Error, ErrorKind, Read, Result};
use std::path::{Path, PathBuf};

macro_rules! along {
    ($($name:literal),*) => { &[$(($name, include_bytes!(concat!("../../examples/", $name)))),*] };
}

/// What comes along, by its place below `examples`.
const ALONG: &[(&str, &[u8])] = along!(
    "data/china_ic_trade.csv",
    "data/china_ic_trade.csv.with",
    "data/china_trade_by_regime.csv",
    "data/china_trade_by_regime.csv.with",
    "data/made_up_panel.csv",
    "data/made_up_panel.csv.with",
    "data/made_up_rates.csv",
    "data/made_up_rates.csv.with",
    "data/made_up_economy.csv",
    "data/made_up_economy.csv.with",
    "data/made_up_mirror.csv",
    "data/made_up_mirror.csv.with",
    "groups.tql"
);

/// What comes along under a path, if anything does.
fn along(path: &Path) -> Option<&'static [u8]> {
    let named = |name: &str| path.ends_with(Path::new("examples").join(name));
    ALONG.iter().find(|(name, _)| named(name)).map(|(_, bytes)| *bytes)
}

/// Files, and what comes along.
pub struct Shipped<F>(pub F);

impl<F: Files> Shipped<F> {
    /// What comes along, where nothing of this name is there.
    fn own(&self, path: &Path) -> Option<&'static [u8]> {
        along(path).filter(|_| !self.0.exists(path))
    }
}

impl<F: Files> Files for Shipped<F> {
    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        self.own(path).map_or_else(|| self.0.read(path), |bytes| Ok(bytes.to_vec()))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn Read + Send>> {
        self.own(path).map_or_else(|| self.0.open(path), |bytes| Ok(Box::new(Cursor::new(bytes))))
    }

    fn size(&self, path: &Path) -> Option<u64> {
        self.own(path).map_or_else(|| self.0.size(path), |bytes| u64::try_from(bytes.len()).ok())
    }

    fn stamp(&self, path: &Path) -> Option<Stamp> {
        if self.own(path).is_some() { None } else { self.0.stamp(path) }
    }

    fn pages(&self, path: &Path) -> Result<Shared> {
        self.0.pages(path)
    }

    fn waits(&self, path: &Path) -> bool {
        self.own(path).is_none() && self.0.waits(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.0.is_folder(path)
    }

    fn matching(&self, pattern: &Path) -> Result<Vec<PathBuf>> {
        self.0.matching(pattern)
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.exists(path) || along(path).is_some()
    }

    fn real(&self, path: &Path) -> PathBuf {
        self.0.real(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        self.0.write(path, bytes)
    }

    fn write_all(&self, files: &[(PathBuf, Vec<u8>)]) -> std::result::Result<(), (PathBuf, Error)> {
        self.0.write_all(files)
    }

    fn put_all(&self, files: &[(PathBuf, Content<'_>)]) -> std::result::Result<(), (PathBuf, Error)> {
        self.0.put_all(files)
    }
}

/// No files but those that are handed in.
#[derive(Default)]
pub struct InMemory(pub Vec<(String, String)>);

impl Files for InMemory {
    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        let found = self.0.iter().find(|(name, _)| Path::new(name) == path);
        found.map(|(_, text)| text.clone().into_bytes()).ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn write(&self, _: &Path, _: &[u8]) -> Result<()> {
        Err(Error::other("nothing is written here"))
    }
}
