//! What a dataset is: its dimensions, its measures and what each of them means, its periods. In: what a loader found.
//! Out: answers by name. Knows no rows.

use crate::data::known;
use crate::value::unit::Base;
use crate::value::{Freq, Kind, Period, Unit};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How a flow is valued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Valuation {
    /// Free on board: at the exporter's border.
    Fob,
    /// Cost, insurance, freight: at the importer's border.
    Cif,
}

/// Kind, unit and the like of a measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meaning {
    /// What may be done to it.
    pub kind: Kind,
    /// What it counts.
    pub unit: Unit,
    /// FOB or CIF.
    pub valuation: Option<Valuation>,
    /// Seasonally adjusted.
    pub adjusted: bool,
    /// Whether zero stands for "not known".
    pub zero_missing: bool,
}

impl Meaning {
    /// A kind of number in a unit.
    pub fn new(kind: Kind, unit: Unit) -> Meaning {
        Meaning { kind, unit, valuation: None, adjusted: false, zero_missing: false }
    }
}

/// A dimension of a dataset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DimInfo {
    /// `partner`, `hs`, …
    pub name: Arc<str>,
    /// All codes, sorted, each once.
    pub codes: Arc<Vec<Arc<str>>>,
    /// Places of the codes that are totals of all others.
    pub totals: Vec<u32>,
    /// Places of the codes that are groups of some others, which may overlap: never part of a sum.
    pub groups: Vec<u32>,
    /// Whether a code contains all codes that begin with it (HS).
    pub nested: bool,
    /// Whether the codes count different things (indicators, units), so that there is no sum over them.
    pub distinct: bool,
    /// Whether the codes are countries, which have several codes and names.
    pub geographic: bool,
    /// Whether it tells parts alone: totals of other dimensions have a blank here, as parts may.
    pub of_parts: bool,
    /// Whether a flow has no row here because there was none, rather than because nobody reported it.
    pub absent_is_zero: bool,
    /// The column it was read from; `None` for a constant.
    pub column: Option<String>,
}

impl DimInfo {
    /// A dimension with these codes, which are counted alike and are no totals, groups or countries.
    pub fn new<'a>(name: &str, codes: impl IntoIterator<Item = &'a str>) -> DimInfo {
        let mut codes: Vec<&str> = codes.into_iter().collect();
        codes.sort_unstable();
        codes.dedup();
        DimInfo {
            name: name.into(),
            codes: Arc::new(codes.into_iter().map(Arc::from).collect()),
            totals: Vec::new(),
            groups: Vec::new(),
            nested: false,
            distinct: false,
            geographic: false,
            of_parts: false,
            absent_is_zero: known::absence::is_zero(name),
            column: None,
        }
    }

    /// The level of a code: its length in a nested dimension.
    pub fn level(code: &str) -> usize {
        code.len()
    }

    /// The first signs of a code, down to a level; nothing of a shorter one, nor of what is no code: `01-05`, `85.42`.
    pub fn cut(code: &str, level: usize) -> Option<&str> {
        code.get(..level).filter(|_| code.bytes().all(|b| b.is_ascii_alphanumeric()))
    }

    /// Labels at a level of the codes, and the place among them of each code; at none the codes themselves. Totals and
    /// shorter codes keep themselves.
    pub fn at_level(&self, level: Option<usize>) -> (Arc<Vec<Arc<str>>>, Vec<u32>) {
        let Some(level) = level else {
            let places = (0..u32::try_from(self.codes.len()).unwrap_or(u32::MAX)).collect();
            return (self.codes.clone(), places);
        };
        // Codes are sorted, so those with one prefix stand together; totals and shorter codes keep themselves.
        let labels = self.labels_at(level);
        let places = self.codes.iter().zip(0u32..).map(|(c, i)| {
            let label = Self::cut(c, level).filter(|_| self.nested && !self.is_total(i)).unwrap_or(c);
            let place = labels.binary_search_by(|l| l.as_ref().cmp(label)).ok();
            place.and_then(|p| u32::try_from(p).ok()).unwrap_or(0)
        });
        let places = places.collect();
        (Arc::new(labels), places)
    }

    /// The code at a place.
    pub fn label(&self, place: u32) -> &str {
        self.codes.get(place as usize).map_or("", |c| c)
    }

    /// The code that a text means: itself, or another name of the same country.
    pub fn find(&self, text: &str) -> Option<Arc<str>> {
        if let Ok(at) = self.codes.binary_search_by(|c| c.as_ref().cmp(text)) {
            return self.codes.get(at).cloned();
        }
        if !self.geographic {
            return None;
        }
        let total = || {
            known::totals::is_total(text)
                .then(|| self.totals.first().and_then(|t| self.codes.get(*t as usize)).cloned())
                .flatten()
        };
        let Some(country) = known::places::iso3(text) else { return total() };
        self.codes.iter().find(|c| known::places::iso3(c) == Some(country)).cloned()
    }

    /// Whether the code at this place is a group of some others.
    pub fn is_group(&self, place: u32) -> bool {
        self.groups.binary_search(&place).is_ok()
    }

    /// Whether the code at this place is a total.
    pub fn is_total(&self, place: u32) -> bool {
        self.totals.binary_search(&place).is_ok()
    }

    /// Whether some codes are totals of others, or lie below others, so that a plain sum would count twice.
    pub fn is_mixed(&self) -> bool {
        let total = !self.totals.is_empty() && self.totals.len() < self.codes.len();
        total || !self.groups.is_empty() || (self.nested && self.levels().len() > 1)
    }

    /// The labels of its codes at a level, sorted; shorter codes keep themselves.
    pub fn labels_at(&self, level: usize) -> Vec<Arc<str>> {
        let cut = |c: &Arc<str>| Self::cut(c, level).filter(|_| self.nested).map_or_else(|| Arc::clone(c), Arc::from);
        let mut labels: Vec<Arc<str>> = self.codes.iter().map(cut).collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// The lengths of the codes of a nested dimension that are not totals, in order.
    pub fn levels(&self) -> Vec<usize> {
        let parts =
            self.codes.iter().enumerate().filter(|(i, _)| !self.is_total(u32::try_from(*i).unwrap_or(u32::MAX)));
        let mut out: Vec<usize> = parts.map(|(_, c)| Self::level(c)).collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// A measure of a dataset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MeasureInfo {
    /// As queries name it.
    pub name: Arc<str>,
    /// What its numbers are.
    pub meaning: Meaning,
    /// The column it was read from.
    pub column: String,
    /// Decimals of the data; `None` where they are not exact.
    pub places: Option<u8>,
    /// Whether its kind and unit were declared rather than left plain.
    pub declared: bool,
    /// Whether it is read as a flow because nothing tells its kind: no declaration, no layout, no word of its name. A
    /// query that adds its observations up says so (`kind-assumed`).
    pub kind_is_assumed: bool,
    /// Whether it is read as a flow though it grows within each year and falls in January, as sums from January do. A
    /// query that adds its observations up says so (`cumulative-read-as-flow`).
    pub looks_cumulative: bool,
    /// Places of the dimensions of which it has one code only, by its declaration.
    pub pinned: Vec<usize>,
    /// That its numbers are repeated under several codes of a dimension.
    #[serde(default)]
    pub repeated: Option<Repeated>,
}

/// Numbers that are told under each code of a dimension again, as a value under each unit of its quantity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeated {
    /// The place of the dimension.
    pub dim: usize,
    /// Codes of it under which each number stands once; none where there are no such codes.
    pub once: Vec<String>,
}

impl MeasureInfo {
    /// A measure whose column has its name and whose numbers are not exact.
    pub fn new(name: &str, meaning: Meaning) -> MeasureInfo {
        let column = name.to_string();
        MeasureInfo {
            name: name.into(),
            meaning,
            column,
            places: None,
            declared: true,
            kind_is_assumed: false,
            looks_cumulative: false,
            pinned: Vec::new(),
            repeated: None,
        }
    }
}

/// What a dataset is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DatasetInfo {
    /// As queries name it.
    pub name: Arc<str>,
    /// The path as the user wrote it.
    pub file: String,
    /// Its dimensions.
    pub dims: Vec<DimInfo>,
    /// Its measures.
    pub measures: Vec<MeasureInfo>,
    /// The periods of its rows, in order.
    pub periods: Arc<Vec<Period>>,
    /// How many observations it has.
    pub rows: usize,
    /// How the table is laid out, in a few words.
    pub layout: String,
    /// The declaration that would say what was understood, one item a line.
    pub declaration: Vec<String>,
    /// Where it comes from, as declared: `source`, `licence`, `retrieved`, `note`.
    pub provenance: Vec<(String, String)>,
}

impl DatasetInfo {
    /// A dataset of no file, whose rows are not counted.
    pub fn new(
        name: &str,
        dims: Vec<DimInfo>,
        measures: Vec<MeasureInfo>,
        periods: impl IntoIterator<Item = Period>,
    ) -> DatasetInfo {
        let mut periods: Vec<Period> = periods.into_iter().collect();
        periods.sort_unstable();
        periods.dedup();
        DatasetInfo {
            name: name.into(),
            file: name.to_string(),
            dims,
            measures,
            periods: Arc::new(periods),
            rows: 0,
            layout: "source".into(),
            declaration: Vec::new(),
            provenance: Vec::new(),
        }
    }

    /// What of it cannot be: codes or periods out of order, places of codes and dimensions that are not there.
    pub fn flaw(&self) -> Option<String> {
        let of_dim = |dim: &DimInfo| {
            let places = || dim.totals.iter().chain(&dim.groups);
            if !dim.codes.is_sorted_by(|a, b| a < b) {
                Some(format!("the codes of `{}` are not sorted, each once", dim.name))
            } else if places().any(|place| *place as usize >= dim.codes.len()) {
                Some(format!("a total or group of `{}` is none of its codes", dim.name))
            } else {
                None
            }
        };
        let of_measure = |measure: &MeasureInfo| {
            let lost = measure.pinned.iter().any(|dim| *dim >= self.dims.len());
            lost.then(|| format!("`{}` is about a dimension that is not there", measure.name))
        };
        let unsorted = !self.periods.is_sorted_by(|a, b| a < b);
        let of_periods = unsorted.then(|| "the periods are not sorted, each once".to_string());
        of_periods.or_else(|| self.dims.iter().find_map(of_dim)).or_else(|| self.measures.iter().find_map(of_measure))
    }

    /// The finest step of its periods; none where there are no periods, or free intervals only.
    pub fn finest(&self) -> Option<Freq> {
        self.periods.iter().filter_map(|p| p.freq()).min()
    }

    /// The place of a dimension.
    pub fn dim(&self, name: &str) -> Option<usize> {
        self.dims.iter().position(|d| d.name.as_ref() == name)
    }

    /// The place of a measure.
    pub fn measure(&self, name: &str) -> Option<usize> {
        self.measures.iter().position(|m| m.name.as_ref() == name)
    }

    /// Whether a dimension is the unit of the quantity of each row, which says nothing of this measure: where values
    /// stand beside quantities, the unit of a row is that of the quantity.
    pub fn is_of_quantity(&self, measure: &MeasureInfo, dim: &DimInfo) -> bool {
        let beside = || self.measures.iter().any(is_quantity);
        (!is_quantity(measure) || is_weight(measure))
            && (known::roles::is_unit_of_quantity(&dim.name) || (known::roles::is_unit(&dim.name) && beside()))
    }
}

/// Whether a measure is a quantity, by its name or by its unit.
fn is_quantity(measure: &MeasureInfo) -> bool {
    let name = measure.name.to_lowercase();
    let unit = &measure.meaning.unit;
    (!unit.has_money() && !unit.is_unknown() && !unit.is_plain() && !unit.is_percent())
        || ["qty", "quantity", "quantities", "数量"].iter().any(|w| name.contains(w))
}

/// Whether a measure is a weight by its unit, which no unit of a quantity beside it changes.
fn is_weight(measure: &MeasureInfo) -> bool {
    let name = measure.name.to_lowercase();
    let mass = ["kg", "tonne", "g"].into_iter().filter_map(Base::parse).any(|base| measure.meaning.unit.num == [base]);
    mass && measure.meaning.unit.den.is_empty() && !["qty", "quantit", "数量"].iter().any(|w| name.contains(w))
}
