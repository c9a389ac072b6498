//! What a column may be used as. In: the role that its name has in the trade world. Out: a use. Knows no table.

use crate::data::known::roles::Role;
use crate::data::known::year_parts::YearPart;
use crate::value::Period;

/// What a column is used as.
#[derive(Clone, Debug, PartialEq)]
pub enum Use {
    /// The period, perhaps in a declared form.
    Period(Option<String>),
    /// The year, where the month stands apart.
    Year,
    /// The month.
    Month,
    /// The quarter, where the year stands apart.
    Quarter,
    /// A dimension.
    Dimension(String),
    /// Exports or imports.
    Flow,
    /// Numbers.
    Measure,
    /// Numbers of one period or code: the column's name says which.
    Spread,
    /// A breakdown of which only the total is read.
    TotalOnly,
    /// Observation status.
    Status,
    /// Confidentiality.
    Secrecy,
    /// The power of ten of a row.
    Multiplier,
    /// The unit of a row.
    Unit,
    /// Left out.
    Skip,
    /// Not yet known.
    Open,
}

/// What the names of the columns of a wide table are.
#[derive(Clone, Debug, PartialEq)]
pub enum Spread {
    /// Periods, by column.
    Periods(Vec<(usize, Period)>),
    /// Parts of the year that another column names.
    Parts(Vec<(usize, YearPart)>),
    /// Codes of a dimension, by column.
    Codes(String, Vec<(usize, String)>),
}

impl Spread {
    /// The columns.
    pub fn columns(&self) -> Vec<usize> {
        match self {
            Spread::Periods(list) => list.iter().map(|(at, _)| *at).collect(),
            Spread::Parts(list) => list.iter().map(|(at, _)| *at).collect(),
            Spread::Codes(_, list) => list.iter().map(|(at, _)| *at).collect(),
        }
    }
}

/// The use of a role.
pub(super) fn use_of(role: Role) -> Use {
    match role {
        Role::Period => Use::Period(None),
        Role::Year => Use::Year,
        Role::Month => Use::Month,
        Role::Quarter => Use::Quarter,
        Role::Dimension(name) => Use::Dimension(name.to_string()),
        Role::Flow => Use::Flow,
        Role::Measure(..) => Use::Measure,
        Role::TotalOnly => Use::TotalOnly,
        Role::Status => Use::Status,
        Role::Secrecy => Use::Secrecy,
        Role::Multiplier => Use::Multiplier,
        Role::Unit => Use::Unit,
        Role::Note => Use::Skip,
    }
}
