//! Data and the one question that may be asked of them. In: files and declarations. Out: sums and counts per group
//! and period, through [`Source`]. Knows nothing of queries: no averages, no shares, no growth.

pub mod columns;
pub mod declare;
pub mod doubt;
#[cfg(any(feature = "excel", feature = "parquet"))]
pub mod guard;
pub mod info;
pub mod known;
pub mod load;
pub mod meaning;
pub mod named;
pub mod pages;
pub mod pieces;
pub mod presence;
pub mod room;
pub mod saved;
pub mod seen;
pub mod sifted;
pub mod source;
pub mod sql;
pub mod store;
pub mod table;
pub mod text;
pub mod without;
pub mod work;

pub use info::{DatasetInfo, DimInfo, Meaning, MeasureInfo, Repeated, Valuation};
pub use named::Named;
pub use presence::Presence;
pub use seen::Seen;
pub use source::{
    Aggregate, AggregateRequest, AggregateRow, Filter, GroupKey, Groups, Observation, Paired, Source, SourceError,
    Total,
};
pub use work::{Budget, Stopped};
