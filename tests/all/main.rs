//! All integration tests in one binary, so that they link once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod arithmetic;
mod books;
mod cases;
mod charts;
mod clauses;
mod clickhouse;

mod cli;
mod codes;
mod conformance;
mod databases;
mod endings;
mod examples;
mod explain;
mod exports;
mod faults;
mod fuzz;
mod grammar;
mod guide;
mod hostile;
mod kept;
mod layers;
mod lessons;
mod library;
mod limits;
mod look;
mod mutations;
mod offers;
mod pages;
mod pollution;
#[cfg(unix)]
mod prompt;
mod reference;
mod registry;
mod reports;
mod rests;
mod scaling;
mod seasonal;
mod servers;
mod sources;
mod speed;
mod statements;
mod stories;
mod streams;
mod teach;
mod tool;
mod troubles;
