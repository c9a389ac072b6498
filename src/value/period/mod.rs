//! Periods are intervals of days with a calendar: what they are, and how they are written.

mod interval;
mod season;
mod text;

pub use interval::{Freq, MONTHS, Period, month_number};
pub use season::Season;
pub use text::{PeriodText, RangeEnd, month_to_year, parse, parse_fixed};
