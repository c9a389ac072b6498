//! From the columns of an answer to series: which labels and periods there are, which columns share a unit, which number
//! belongs where. Decides no shape.

use super::model::{Place, Series, Spot};
use crate::pause::paced;
use crate::plan::catalogue::Settings;
use crate::render::numbers::{self, Column};
use crate::value::unit::Form;
use crate::value::{Cell, Flags, Kind, Period, Row, Value, times_ten};

/// An answer by labels and periods.
pub struct Answer<'a> {
    /// Its periods, in order; none where there is only one, which all rows share.
    pub periods: Vec<Period>,
    /// The dimensions of which it has several labels, by place.
    pub dims: Vec<usize>,
    /// Columns that share a unit.
    pub groups: Vec<Group<'a>>,
}

/// Columns of one unit.
pub struct Group<'a> {
    /// Each with its name, and the power of ten that brings it to the unit of the first.
    pub columns: Vec<(&'a str, &'a Value, i32)>,
    /// How its numbers are printed.
    print: Column,
}

/// What lies along an axis: labels of dimensions, periods, or the columns themselves.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// Labels of these dimensions together.
    Labels(Vec<usize>),
    /// Periods.
    Periods,
}

/// Sorts the columns out; their rows are the same, in the same order.
pub fn gather<'a>(columns: &[(&'a str, &'a Value)], settings: &Settings) -> Option<Answer<'a>> {
    let (_, first) = columns.first()?;
    let mut periods: Vec<Period> = paced(&first.rows).filter_map(|r| r.period()).collect();
    periods.sort_unstable();
    periods.dedup();
    if periods.len() < 2 || paced(&first.rows).any(|r| r.period().is_none()) {
        periods.clear();
    }
    let several = |at: &usize| {
        let mut places = paced(&first.rows).filter_map(|r| r.key().get(*at));
        let one = places.next();
        places.any(|p| Some(p) != one)
    };
    let dims = (0..first.dims.len()).filter(several).collect();
    let mut groups: Vec<Vec<(&'a str, &'a Value, i32)>> = Vec::new();
    for (name, value) in columns {
        let fits = |g: &Vec<(&str, &Value, i32)>| g.first().and_then(|(_, v, _)| value.unit.power_to(&v.unit));
        match groups.iter_mut().find_map(|g| fits(g).map(|power| (g, power))) {
            Some((group, power)) => group.push((name, value, power)),
            None => groups.push(vec![(name, value, 0)]),
        }
    }
    let groups = groups.into_iter().filter_map(|columns| Group::new(columns, settings)).collect();
    Some(Answer { periods, dims, groups })
}

impl<'a> Group<'a> {
    fn new(columns: Vec<(&'a str, &'a Value, i32)>, settings: &Settings) -> Option<Group<'a>> {
        let (_, first, _) = *columns.first()?;
        let numbers: Vec<f64> = columns
            .iter()
            .flat_map(|(_, v, power)| paced(&v.rows).filter_map(|r| r.datum().ok()).map(|x| times_ten(x, *power)))
            .collect();
        let print = numbers::column(&numbers, &first.unit, first.kind, settings);
        Some(Group { columns, print })
    }

    /// The first value, whose rows are those of all.
    pub fn first(&self) -> Option<&'a Value> {
        self.columns.first().map(|(_, v, _)| *v)
    }

    /// Unit and scale in words.
    pub fn unit(&self) -> String {
        self.print.unit.to_string()
    }

    /// The number that an index is read against.
    pub fn reference(&self) -> Option<f64> {
        matches!(self.print.unit.form, Form::Index(Some(_))).then_some(100.0)
    }

    /// Whether all of it is of kinds that this holds of.
    pub fn all(&self, holds: impl Fn(Kind) -> bool) -> bool {
        self.columns.iter().all(|(_, v, _)| holds(v.kind))
    }

    /// The number of a cell, as it is drawn and as it is written.
    fn spot(&self, cell: &Cell, power: i32) -> Spot {
        let lettered = cell.flags.without(Flags::REST).without(Flags::TOTAL);
        let marks: String = lettered.letters().into_iter().map(|(c, _)| c).collect();
        match cell.datum.map(|x| times_ten(x, power)) {
            Ok(x) => {
                let hollow = lettered.without(Flags::BREAK) != Flags::none();
                Spot { value: Some(self.print.shown(x)), text: self.print.text(x), marks, hollow, missing: false }
            }
            Err(_) => Spot { text: "–".into(), missing: true, ..Spot::default() },
        }
    }

    /// A series of one column: the rows that are of it, each in its place.
    pub fn series(
        &self,
        column: usize,
        name: String,
        look: usize,
        (places, way): (&[Place], &Way),
        is_of_it: impl Fn(&Row) -> bool,
    ) -> Series {
        let mut spots = vec![Spot::default(); places.len()];
        if let Some((_, value, power)) = self.columns.get(column) {
            let index: std::collections::BTreeMap<&str, usize> =
                places.iter().enumerate().map(|(at, p)| (p.label.as_str(), at)).collect();
            for row in paced(&value.rows).filter(|r| is_of_it(r)) {
                let place = index.get(label(value, row, way).as_str());
                if let Some(spot) = place.and_then(|at| spots.get_mut(*at)) {
                    *spot = self.spot(&row.cell(), *power);
                }
            }
        }
        Series { name, look, spots }
    }
}

/// The label of a row along a way.
pub fn label(value: &Value, row: &Row, way: &Way) -> String {
    match way {
        Way::Periods => row.period().map(|p| p.to_string()).unwrap_or_default(),
        Way::Labels(dims) => {
            let of = |at: &usize| value.dims.get(*at).zip(row.key().get(*at)).map(|(d, k)| d.label(*k));
            dims.iter().filter_map(of).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The places along a way: periods by time, labels in the order of the answer, what was added to them last.
pub fn places(value: &Value, periods: &[Period], way: &Way) -> Vec<Place> {
    if *way == Way::Periods {
        return periods.iter().map(|p| Place { label: p.to_string(), period: Some(*p) }).collect();
    }
    let mut seen: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
    let mut out: Vec<(bool, Place)> = Vec::new();
    for row in paced(&value.rows) {
        let label = label(value, row, way);
        if seen.insert(label.clone()) {
            let added = row.flags().has(Flags::REST) || row.flags().has(Flags::TOTAL);
            out.push((added, Place { label, period: None }));
        }
    }
    out.sort_by_key(|(added, _)| *added);
    out.into_iter().map(|(_, place)| place).collect()
}
