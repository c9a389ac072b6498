//! A table of which the loader is shown some rows and every text, so that it says what each text means while the rows stay
//! where they are. In: the text of these rows. Out: what the columns are for, and the dataset of these rows.

use crate::data::declare::Spec;
use crate::data::doubt::{Doubt, Refusal};
use crate::data::load::{self, Extent, Place};
use crate::data::meaning::choose::choose;
use crate::data::meaning::column_use::Use;
use crate::data::meaning::evidence::Evidence;
use crate::data::meaning::uses;
use crate::data::store::Store;
use crate::data::table::{self, Piece};
use crate::data::work::Work;
use crate::syntax::Fault;

/// What some rows and every text of a table turned out to be.
pub struct Skeleton {
    /// The dataset of these rows.
    pub store: Store,
    /// What is doubtful in them.
    pub doubts: Vec<Doubt>,
    /// What each column is for.
    pub uses: Vec<Use>,
    /// Whether the numbers of one period or code stand in columns of their own.
    pub is_wide: bool,
    /// Whether periods have marks beside them.
    pub marks_periods: bool,
}

/// Reads them as a file would be; the rows are not checked against themselves.
pub fn skeleton(place: &Place<'_>, pieces: &[Piece<'_>], spec: &Spec, work: Work<'_>) -> Result<Skeleton, Fault> {
    let choices = |header: &[String], rows: u64| choose(header, spec, None, rows);
    let read = table::read(pieces, &load::table_spec(spec), &choices, work);
    let mut table = read.map_err(|s| load::fault_of(s, place))?;
    let refused = |r: Refusal| r.fault(place.span, place.file);
    let found = uses::understand(&mut table, spec, Evidence::default()).map_err(refused)?;
    let is_wide = found.spread.is_some();
    let extent = Extent::Part { keys: false };
    let (store, doubts, told) = load::put_together(place, &mut table, found, (spec, extent), work).map_err(refused)?;
    let uses = told.decided.uses().iter().map(|u| u.clone().unwrap_or(Use::Skip)).collect();
    let marks_periods = told.decided.marks_periods;
    Ok(Skeleton { store, doubts, uses, is_wide, marks_periods })
}
