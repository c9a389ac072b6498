//! A dataset in memory: dictionary-coded dimensions, scaled integers for measures. In: an [`AggregateRequest`].
//! Out: exact sums per group, sorted. A filter is resolved against the dictionary once; no text is touched per row.

use super::*;
use crate::value::number;
use rustc_hash::FxHashMap;

/// The numbers of one column.
#[derive(Clone, Debug)]
pub enum Numbers {
    /// Decimals, scaled; `i64::MIN` is missing.
    Exact(Vec<i64>),
    /// Anything else; NaN is missing.
    Float(Vec<f64>),
}

/// A measure: a column, and the code of the hidden flow dimension that its rows have.
#[derive(Clone, Debug)]
pub struct MeasureData {
    /// Place in [`Store::numbers`].
    pub column: usize,
    /// Only rows with this code in the flow column.
    pub flow: Option<u32>,
}

/// Rows in columns.
#[derive(Clone, Debug)]
pub struct Store {
    /// What it is.
    pub info: DatasetInfo,
    /// Per dimension, the place of each row's code.
    pub codes: Vec<Vec<u32>>,
    /// The place of each row's period.
    pub periods: Vec<u32>,
    /// The place of each row's flow, if a column says it.
    pub flows: Option<Vec<u32>>,
    /// Number columns.
    pub numbers: Vec<Numbers>,
    /// Per measure, its column.
    pub measures: Vec<MeasureData>,
    /// The line of each row.
    pub lines: Vec<u32>,
    /// Why a cell is missing, where it is not simply `not reported`: (column, row).
    pub reasons: FxHashMap<(u32, u32), Reason>,
}

/// How far the cells of one answer may go.
const MAX_DENSE: u64 = 1 << 20;
const MAX_GROUPS: usize = 20_000_000;

#[derive(Clone, Copy)]
struct Sum {
    exact: i128,
    float: f64,
    count: u64,
    rows: u64,
    reason: Option<Reason>,
}

const EMPTY: Sum = Sum { exact: 0, float: 0.0, count: 0, rows: 0, reason: None };

/// One group key made ready: the dimension's codes per row and, per code, the place in the answer's labels.
struct Key<'a> {
    rows: &'a [u32],
    places: Vec<u32>,
    size: u64,
}

impl Store {
    fn key(&self, group: &GroupKey) -> Option<(Key<'_>, Dimension)> {
        let dim = self.info.dims.get(group.dim)?;
        let rows = self.codes.get(group.dim)?;
        let Some(level) = group.level else {
            let places = (0..u32::try_from(dim.codes.len()).ok()?).collect();
            let dimension = Dimension { name: dim.name.clone(), labels: dim.codes.clone() };
            return Some((Key { rows, places, size: dim.codes.len() as u64 }, dimension));
        };
        // Codes are sorted, so those with one prefix stand together; totals and shorter codes keep themselves.
        let mut labels: Vec<Arc<str>> =
            dim.codes.iter().map(|c| Arc::from(c.get(..level).filter(|_| dim.nested).unwrap_or(c))).collect();
        labels.sort_unstable();
        labels.dedup();
        let places = dim.codes.iter().enumerate().map(|(i, c)| {
            let total = dim.is_total(u32::try_from(i).unwrap_or(u32::MAX));
            let label = c.get(..level).filter(|_| dim.nested && !total).unwrap_or(c);
            labels.binary_search_by(|l| l.as_ref().cmp(label)).ok().and_then(|p| u32::try_from(p).ok()).unwrap_or(0)
        });
        let places = places.collect();
        let size = labels.len() as u64;
        Some((Key { rows, places, size }, Dimension { name: dim.name.clone(), labels: Arc::new(labels) }))
    }

    /// Per filtered dimension, which codes pass.
    fn tests(&self, request: &AggregateRequest) -> Vec<(&[u32], Vec<bool>)> {
        let mut out: Vec<(&[u32], Vec<bool>)> = Vec::new();
        for filter in &request.filters {
            let (Some(dim), Some(rows)) = (self.info.dims.get(filter.dim), self.codes.get(filter.dim)) else {
                continue;
            };
            let hit =
                |code: &str| filter.codes.iter().any(|c| code == c || (dim.nested && code.starts_with(c.as_str())));
            out.push((rows, dim.codes.iter().map(|c| hit(c) == filter.keep).collect()));
        }
        if let (Some(flows), Some(flow)) = (&self.flows, self.measures.get(request.measure).and_then(|m| m.flow)) {
            let size = flows.iter().max().map_or(0, |m| *m as usize + 1);
            out.push((flows, (0..size).map(|i| u32::try_from(i) == Ok(flow)).collect()));
        }
        if let Some(within) = request.within {
            out.push((&self.periods, self.info.periods.iter().map(|p| within.contains(*p)).collect()));
        }
        out
    }

    fn passes(tests: &[(&[u32], Vec<bool>)], row: usize) -> bool {
        tests.iter().all(|(codes, pass)| codes.get(row).and_then(|c| pass.get(*c as usize)).copied().unwrap_or(false))
    }

    fn add(&self, sum: &mut Sum, measure: &MeasureData, row: usize) {
        sum.rows += 1;
        let present = match self.numbers.get(measure.column) {
            Some(Numbers::Exact(values)) => values.get(row).copied().filter(|v| *v != i64::MIN).map(|v| {
                sum.exact += i128::from(v);
            }),
            Some(Numbers::Float(values)) => values.get(row).copied().filter(|v| !v.is_nan()).map(|v| {
                sum.float += v;
            }),
            None => None,
        };
        match present {
            Some(()) => sum.count += 1,
            None => {
                let place = (u32::try_from(measure.column).unwrap_or(0), u32::try_from(row).unwrap_or(0));
                let reason = self.reasons.get(&place).copied().unwrap_or(Reason::NotReported);
                sum.reason.get_or_insert(reason);
            }
        }
    }
}

impl Source for Store {
    fn info(&self) -> &DatasetInfo {
        &self.info
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        let (keys, dims): (Vec<Key<'_>>, Vec<Dimension>) = request.group_by.iter().filter_map(|g| self.key(g)).unzip();
        let tests = self.tests(request);
        let periods = self.info.periods.len().max(1) as u64;
        let size = keys.iter().try_fold(periods, |n, k| n.checked_mul(k.size.max(1))).ok_or(SourceError::TooLarge)?;
        let measure = self.measures.get(request.measure).cloned().unwrap_or(MeasureData { column: 0, flow: None });
        let mut dense = if size <= MAX_DENSE { vec![EMPTY; usize::try_from(size).unwrap_or(0)] } else { Vec::new() };
        let mut sparse: FxHashMap<u64, Sum> = FxHashMap::default();
        for (row, period) in self.periods.iter().enumerate() {
            if row % 65_536 == 0 {
                budget.check()?;
                if sparse.len() > MAX_GROUPS {
                    return Err(SourceError::TooLarge);
                }
            }
            if !Self::passes(&tests, row) {
                continue;
            }
            let group = keys.iter().fold(0u64, |index, k| {
                let code = k.rows.get(row).and_then(|c| k.places.get(*c as usize)).copied().unwrap_or(0);
                index * k.size + u64::from(code)
            });
            let index = group * periods + u64::from(*period);
            let sum = match dense.get_mut(usize::try_from(index).unwrap_or(usize::MAX)) {
                Some(sum) => sum,
                None => sparse.entry(index).or_insert(EMPTY),
            };
            self.add(sum, &measure, row);
        }
        let mut found: Vec<(u64, Sum)> = (0u64..).zip(dense).filter(|(_, s)| s.rows > 0).collect();
        found.extend(sparse);
        found.sort_unstable_by_key(|(i, _)| *i);
        let exact = matches!(self.numbers.get(measure.column), Some(Numbers::Exact(_)));
        let places = self.info.measures.get(request.measure).and_then(|m| m.places).unwrap_or(0);
        let rows = found.into_iter().filter_map(|(index, sum)| {
            let period = *self.info.periods.get(usize::try_from(index % periods).ok()?)?;
            let mut rest = index / periods;
            let mut key: Vec<u32> = keys
                .iter()
                .rev()
                .map(|k| {
                    let place = rest % k.size.max(1);
                    rest /= k.size.max(1);
                    u32::try_from(place).unwrap_or(0)
                })
                .collect();
            key.reverse();
            let total = if exact { Total::Exact(sum.exact) } else { Total::Float(sum.float) };
            let (count, rows, reason) = (sum.count, sum.rows, sum.reason);
            Some(AggregateRow { key, period, total, count, rows, reason, flags: Flags::none() })
        });
        Ok(Aggregate { dims, rows: rows.collect(), places: u32::from(places) })
    }

    fn explain(&self, request: &AggregateRequest, limit: usize) -> Vec<Observation> {
        let tests = self.tests(request);
        let Some(measure) = self.measures.get(request.measure) else { return Vec::new() };
        let places = self.info.measures.get(request.measure).and_then(|m| m.places).unwrap_or(0);
        let rows = self.periods.iter().enumerate().filter(|(row, _)| Self::passes(&tests, *row));
        rows.filter_map(|(row, period)| {
            let value = match self.numbers.get(measure.column)? {
                Numbers::Exact(v) => v
                    .get(row)
                    .filter(|v| **v != i64::MIN)
                    .map(|v| number::trim_zeros(&number::scaled(i128::from(*v), u32::from(places))).to_string()),
                Numbers::Float(v) => v.get(row).filter(|v| !v.is_nan()).map(|v| number::plain(*v)),
            };
            let code = |(codes, dim): (&Vec<u32>, &DimInfo)| {
                codes.get(row).and_then(|c| dim.codes.get(*c as usize)).map(|c| c.to_string()).unwrap_or_default()
            };
            let codes = self.codes.iter().zip(&self.info.dims).map(code).collect();
            let line = self.lines.get(row).map_or(0, |l| *l as usize);
            Some(Observation { line, period: *self.info.periods.get(*period as usize)?, codes, value })
        })
        .take(limit)
        .collect()
    }
}
