//! Databases through the client programs that the user has: `psql`, `duckdb`, `sqlite3`, `clickhouse`. In: an address.
//! Out: an engine. These are the only programs that a query starts; none is started by a shell, and none in a sandbox.

mod child;
mod client;
mod program;
mod sources;

use crate::data::sql::{Address, Databases, DbFault, Engine};
use client::Client;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

pub use sources::{Sources, sources_file};

/// The databases of this machine and those that it reaches; one client for each, kept as long as the session.
pub struct Clients {
    kept: Mutex<BTreeMap<Address, Arc<Client>>>,
    /// What is done before the first is asked.
    begin: Begin,
}

/// What is done before the first program is started.
pub type Begin = Box<dyn Fn() + Send + Sync>;

impl Clients {
    /// No program yet.
    pub fn new(begin: Begin) -> Clients {
        Clients { kept: Mutex::default(), begin }
    }
}

impl Databases for Clients {
    fn engine(&self, address: &Address) -> Result<Arc<dyn Engine>, DbFault> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.is_empty() {
            (self.begin)();
        }
        let client = kept.entry(address.clone()).or_insert_with(|| Arc::new(Client::new(address.clone())));
        Ok(Arc::clone(client) as Arc<dyn Engine>)
    }

    fn settle(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(|client| client.settle());
    }
}
