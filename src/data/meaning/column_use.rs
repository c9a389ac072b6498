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
pub enum Across {
    /// Periods.
    Periods(Vec<Period>),
    /// Parts of the year that another column names.
    Parts(Vec<YearPart>),
    /// Codes of a dimension.
    Codes(String, Vec<String>),
}

impl Across {
    /// How many observations a row has.
    pub fn times(&self) -> usize {
        match self {
            Across::Periods(list) => list.len(),
            Across::Parts(list) => list.len(),
            Across::Codes(_, list) => list.len(),
        }
    }
}

/// Columns that hold one thing together, each for one of the periods, parts or codes, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// What the names of its columns say beside that, if they say anything: `Exported value` of `Exported value in 2021`.
    pub name: Option<String>,
    /// The columns.
    pub columns: Vec<Option<usize>>,
    /// Columns of marks of the same.
    pub marks: Vec<Option<usize>>,
    /// Of whole years beside their months or quarters.
    pub whole_year: Option<usize>,
}

/// The columns of a wide table.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// What their names are.
    pub across: Across,
    /// What they hold.
    pub groups: Vec<Group>,
}

impl Spread {
    /// Of columns that hold one thing, which no name tells.
    pub fn of_one<T>(list: Vec<(usize, T)>, across: impl FnOnce(Vec<T>) -> Across) -> Spread {
        let (columns, names): (Vec<usize>, Vec<T>) = list.into_iter().unzip();
        let columns = columns.into_iter().map(Some).collect();
        Spread { across: across(names), groups: vec![Group { columns, ..Group::default() }] }
    }

    /// The columns of numbers.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        self.groups.iter().flat_map(|g| &g.columns).copied().flatten()
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
