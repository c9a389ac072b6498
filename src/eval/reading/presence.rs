//! Whether what a cell stands for was there: a reporter without a row in a quarter in which others have one is missing
//! for that quarter, and what it has no row for in a quarter in which it reports at all was no trade. In: a measure,
//! the keys that stay, how each period is answered. Out: per group and period, its standing. Adds nothing up.

use crate::data::known::roles;
use crate::data::presence::{Presence, missing_along};
use crate::data::{DatasetInfo, DimInfo, Filter, MeasureInfo, Source};
use crate::diagnostic::{Diagnostic, Level, codes};
use crate::eval::Evaluator;
use crate::eval::reading::paths::{Path, Spans};
use crate::plan::evaluation::OFTEN;
use crate::plan::{Demand, Key};
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::absence::{Names, Present};
use crate::value::{Absence, Dimension, Kind, Labels, Period, Reason};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Days before and after a period within which a label must have a row to be expected in it.
const YEAR: i32 = 365;
/// More labels times periods are not judged one by one.
const MAX_JUDGED: usize = 20_000_000;

/// What of a group is there for a period.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::eval) enum Standing {
    /// All that is expected.
    Whole,
    /// Not all: which steps of the path nobody has, if any, and observations present and expected of several labels.
    Part(Vec<bool>, Option<(u32, u32)>),
    /// All of it, in steps of its own.
    Own(Path),
    /// Nothing, though others have a row.
    Absent,
    /// Nothing, and nobody expects anything.
    Unexpected,
}

/// The standing of every group in every wanted period.
#[derive(Debug, Default)]
pub(in crate::eval) struct Standings {
    /// Places among the keys of the dimensions along which an absent row is a missing observation.
    keys: Vec<usize>,
    /// By the labels of these.
    table: FxHashMap<Names, Vec<Standing>>,
    /// Whether there is nothing to be said of anybody.
    whole: bool,
}

/// The same by the places of labels in an answer.
#[derive(Debug, Default)]
pub(in crate::eval) struct Seats<'s> {
    keys: &'s [usize],
    by_place: FxHashMap<Labels, &'s [Standing]>,
}

impl Standings {
    /// With the labels of an answer.
    pub(in crate::eval) fn seats(&self, dims: &[Dimension]) -> Seats<'_> {
        let place = |(at, name): (&usize, &Arc<str>)| {
            let labels = &dims.get(*at)?.labels;
            let found = labels.binary_search(name).ok().or_else(|| labels.iter().position(|l| l == name))?;
            u32::try_from(found).ok()
        };
        let mut by_place = FxHashMap::default();
        for (names, standings) in self.table.iter().filter(|_| !self.whole) {
            if let Some(key) = self.keys.iter().zip(names).map(place).collect::<Option<Labels>>() {
                by_place.insert(key, standings.as_slice());
            }
        }
        Seats { keys: &self.keys, by_place }
    }

    /// Whether somebody answers a period in steps of its own.
    pub(in crate::eval) fn has_own(&self) -> bool {
        self.table.values().flatten().any(|s| matches!(s, Standing::Own(_)))
    }
}

impl<'s> Seats<'s> {
    /// The standing of a group in each wanted period; empty where there is nothing to be said.
    pub(in crate::eval) fn of(&self, key: &[u32]) -> &'s [Standing] {
        if self.by_place.is_empty() {
            return &[];
        }
        let own: Labels = self.keys.iter().filter_map(|at| key.get(*at).copied()).collect();
        self.by_place.get(&own).copied().unwrap_or(&[])
    }
}

/// Whether what has no row may be zero: flows, by the dimension; nothing else.
pub(in crate::eval) fn is_flow(kind: Kind) -> bool {
    matches!(kind, Kind::Flow | Kind::Cumulative | Kind::AnnualRate)
}

/// The dimensions along which an absent row of a measure is a missing observation.
fn along(info: &DatasetInfo, measure: &MeasureInfo) -> Vec<usize> {
    missing_along(info, is_flow(measure.meaning.kind)).filter(|dim| !measure.pinned.contains(dim)).collect()
}

/// The filters that can make a label absent. A total without a row is no trade of nobody: its parts may have some.
pub(in crate::eval) fn telling(info: &DatasetInfo, measure: usize, filters: Vec<Filter>) -> Vec<Filter> {
    let Some(measure) = info.measures.get(measure) else { return filters };
    let mut along: Vec<usize> = missing_along(info, is_flow(measure.meaning.kind)).collect();
    along.extend(of_totals(info, &filters));
    filters.into_iter().filter(|f| along.contains(&f.dim)).collect()
}

/// The dimensions of which the filters let totals pass alone.
fn of_totals(info: &DatasetInfo, filters: &[Filter]) -> Vec<usize> {
    let is = |(place, dim): &(usize, &DimInfo)| {
        if dim.totals.is_empty() || !filters.iter().any(|f| f.dim == *place && f.keep) {
            return false;
        }
        let codes = passing(dim, filters, *place);
        dim.totals.len() < dim.codes.len() && !codes.is_empty() && codes.iter().all(|code| dim.is_total(*code))
    };
    info.dims.iter().enumerate().filter(is).map(|(place, _)| place).collect()
}

/// A label: the periods in which it has a number, and those in which it is known to trade.
type Member = (Vec<Period>, Vec<Period>);

/// Those who have a number, and of those who trade without having one where totals are asked for, that they trade.
fn members(presence: &Presence, traders: Option<&Presence>) -> Vec<(Labels, Member)> {
    let Some(traders) = traders else {
        return presence.members.iter().map(|(key, own)| (key.clone(), (own.clone(), own.clone()))).collect();
    };
    let names = |of: &Presence, key: &Labels| -> Names {
        of.dims.iter().zip(key).filter_map(|(d, k)| d.labels.get(*k as usize).cloned()).collect()
    };
    let own: BTreeMap<Names, &Vec<Period>> = presence.members.iter().map(|(k, p)| (names(presence, k), p)).collect();
    let both = |(key, trades): &(Labels, Vec<Period>)| {
        let own = own.get(&names(traders, key)).map(|own| (*own).clone()).unwrap_or_default();
        (key.clone(), (own, trades.clone()))
    };
    traders.members.iter().map(both).collect()
}

/// The places of the codes that pass.
fn passing(dim: &DimInfo, filters: &[Filter], place: usize) -> Vec<u32> {
    let tests: Vec<_> = filters.iter().filter(|f| f.dim == place).map(|f| f.passes(dim)).collect();
    (0u32..).zip(dim.codes.iter()).filter(|(_, code)| tests.iter().all(|t| t(code))).map(|(i, _)| i).collect()
}

/// What is judged of a measure.
pub(in crate::eval) struct Judged<'a> {
    /// Dimensions asked for.
    pub(in crate::eval) dims: Vec<usize>,
    /// Keys along which absence is missing: place among the keys, dimension, level of its codes.
    listed: Vec<(usize, usize, Option<usize>)>,
    pub(in crate::eval) filters: Vec<Filter>,
    info: &'a DatasetInfo,
}

impl<'a> Judged<'a> {
    pub(in crate::eval) fn new(
        info: &'a DatasetInfo,
        measure: &MeasureInfo,
        filters: Vec<Filter>,
        keys: &[(&Key, usize)],
    ) -> Judged<'a> {
        let along = along(info, measure);
        let is_key = |dim: usize| keys.iter().any(|(_, d)| *d == dim);
        let several = |place: &usize| {
            let Some(dim) = info.dims.get(*place) else { return false };
            let codes = passing(dim, &filters, *place);
            // A total stands for whoever is not there.
            let total = || codes.iter().any(|c| dim.is_total(*c));
            // Of editions, none is expected beside another.
            let edition = roles::is_vintage(&dim.name);
            codes.len() > 1 && (is_key(*place) || !(total() || edition))
        };
        let dims = along.iter().copied().filter(several).collect();
        let listed = keys.iter().enumerate().filter(|(_, (_, dim))| along.contains(dim));
        let listed = listed.map(|(at, (key, dim))| (at, *dim, key.level)).collect();
        Judged { dims, listed, filters, info }
    }

    /// The labels by which a combination of codes is listed.
    fn names(&self, presence: &Presence, key: &[u32]) -> Option<Names> {
        let name = |(_, dim, level): &(usize, usize, Option<usize>)| {
            let code = match self.dims.iter().position(|d| d == dim) {
                Some(at) => presence.dims.get(at)?.labels.get(*key.get(at)? as usize)?.clone(),
                None => self.only(*dim)?,
            };
            let cut = level.and_then(|l| DimInfo::cut(&code, l)).map(Arc::from);
            Some(cut.unwrap_or(code))
        };
        self.listed.iter().map(name).collect()
    }

    /// The one code that is left of a dimension.
    fn only(&self, place: usize) -> Option<Arc<str>> {
        let dim = self.info.dims.get(place)?;
        passing(dim, &self.filters, place).first().and_then(|c| dim.codes.get(*c as usize)).cloned()
    }
}

impl Evaluator<'_> {
    /// Who was there when, and what a row stands for that is not there.
    pub(in crate::eval) fn standings(
        &mut self,
        source: &Arc<dyn Source>,
        measure: usize,
        demand: &Demand,
        (keys, spans): (&[(&Key, usize)], &Spans),
        (wanted, paths): (&[Period], &[Result<Path, Reason>]),
        span: Span,
    ) -> Result<(Standings, Absence), Fault> {
        let info = source.info();
        let Some(m) = info.measures.get(measure) else { return Ok((Standings::default(), Absence::Missing)) };
        let filters = telling(info, measure, Self::filters_of(info, m, demand));
        let judged = Judged::new(info, m, filters, keys);
        let places = judged.listed.iter().map(|(at, ..)| *at).collect();
        let mut out = Standings { keys: places, table: FxHashMap::default(), whole: true };
        let presence = if judged.dims.is_empty() {
            Arc::new(Presence::of_one(spans.list().to_vec()))
        } else {
            let asked = source.presence(measure, &judged.dims, &judged.filters, self.budget);
            asked.map_err(|e| self.stopped(&e, span))?
        };
        if presence.is_too_large() || presence.members.len().saturating_mul(wanted.len()) > MAX_JUDGED {
            let message = "there are too many labels and periods to say which of them are missing";
            let note = Diagnostic::new(&codes::MISSING_OBSERVATION, span, message).at_level(Level::Note);
            self.say(note.advice("fewer dimensions in `by`, or a filter, leave few enough"));
            return Ok((out, Absence::Missing));
        }
        // A reporter may have no row of the total, and trade.
        let totals = of_totals(info, &judged.filters);
        let traders = if judged.dims.is_empty() || totals.is_empty() {
            None
        } else {
            let filters: Vec<Filter> = judged.filters.iter().filter(|f| !totals.contains(&f.dim)).cloned().collect();
            let asked = source.presence(measure, &judged.dims, &filters, self.budget);
            Some(asked.map_err(|e| self.stopped(&e, span))?)
        };
        let of = traders.as_deref().unwrap_or(&presence);
        let cumulative = m.meaning.kind == Kind::Cumulative;
        let told = |list: &[Period]| list.iter().map(|p| if cumulative { p.year_to_date() } else { *p }).collect();
        let mut groups: BTreeMap<Names, Vec<Member>> = BTreeMap::new();
        for (at, (key, (own, trades))) in members(&presence, traders.as_deref()).iter().enumerate() {
            if at.is_multiple_of(OFTEN) {
                self.go_on(span)?;
            }
            if let Some(names) = judged.names(of, key) {
                groups.entry(names).or_default().push((told(own), told(trades)));
            }
        }
        let uniform = presence.is_uniform() && traders.is_none();
        for (at, (names, mut members)) in groups.into_iter().enumerate() {
            if at.is_multiple_of(OFTEN / 16) {
                self.go_on(span)?;
            }
            members.iter_mut().for_each(|(own, trades)| {
                own.sort_unstable();
                trades.sort_unstable();
            });
            let judge = |(wanted, path): (&Period, &Result<Path, Reason>)| match path {
                Ok(_) if uniform => Standing::Whole,
                Ok(path) => standing(m.meaning.kind, *wanted, path, &members, !judged.listed.is_empty()),
                Err(_) => Standing::Whole,
            };
            let standings: Vec<Standing> = wanted.iter().zip(paths).map(judge).collect();
            out.whole &= standings.iter().all(|s| *s == Standing::Whole);
            out.table.insert(names, standings);
        }
        let absence = absence(&out, &judged, is_flow(m.meaning.kind), keys, (wanted, paths));
        Ok((out, absence))
    }
}

/// What a row that is not there stands for.
fn absence(
    standings: &Standings,
    judged: &Judged<'_>,
    flow: bool,
    keys: &[(&Key, usize)],
    (wanted, paths): (&[Period], &[Result<Path, Reason>]),
) -> Absence {
    if !flow {
        return Absence::Missing;
    }
    if judged.listed.is_empty() {
        return Absence::Zero;
    }
    let dims = judged.listed.iter().filter_map(|(at, ..)| keys.get(*at));
    let dims = dims.map(|(key, _)| Arc::from(key.name.node.as_str())).collect();
    let there = |list: &[Standing]| {
        let cells = wanted.iter().zip(paths).zip(list);
        let known =
            cells.filter(|((_, path), s)| path.is_ok() && !matches!(s, Standing::Absent | Standing::Unexpected));
        known.map(|((period, _), _)| *period).collect()
    };
    let when = standings.table.iter().map(|(names, list)| (names.clone(), there(list))).collect();
    Absence::Where(vec![Arc::new(Present { dims, when })])
}

fn has(periods: &[Period], span: Period) -> bool {
    periods.binary_search(&span).is_ok()
}

/// Whether a label that has rows in these periods is expected to have one in this.
fn is_expected(periods: &[Period], span: Period) -> bool {
    let (from, to) = (span.first() - YEAR, span.last() + YEAR);
    periods.iter().any(|p| p.last() >= from && p.first() <= to)
}

/// What of a group is there for a period.
fn standing(kind: Kind, wanted: Period, path: &Path, members: &[Member], listed: bool) -> Standing {
    let trades =
        |(own, trades): &&Member, step: Period| has(own, step) || has(trades, step) || is_expected(trades, step);
    let (mut have, mut of) = (0u32, 0u32);
    let mut lost = Vec::with_capacity(path.steps.len());
    for (_, step) in &path.steps {
        let present = members.iter().filter(|(own, _)| has(own, *step)).count();
        let expected = members.iter().filter(|m| trades(m, *step)).count();
        have += u32::try_from(present).unwrap_or(u32::MAX);
        of += u32::try_from(expected).unwrap_or(u32::MAX);
        lost.push(present == 0);
    }
    let loses = lost.contains(&true);
    if have == of && !loses {
        return Standing::Whole;
    }
    if let ([(periods, _)], true) = (members, loses && listed)
        && let Some(own) = own_path(kind, periods, wanted)
        && own.steps.iter().any(|step| !path.steps.contains(step))
    {
        return Standing::Own(own);
    }
    if have == 0 {
        return if of > 0 { Standing::Absent } else { Standing::Unexpected };
    }
    let expected = members.iter().filter(|m| path.steps.iter().any(|(_, s)| trades(m, *s))).count();
    // What nobody has is expected of everybody.
    if let (Some((_, first)), false) = (path.steps.first(), path.coverage.is_full()) {
        let each = if wanted.months().is_some() { first.parts().max(1) } else { 1 };
        let more = (path.coverage.of - path.coverage.have.min(path.coverage.of)) / each;
        of += more * u32::try_from(expected).unwrap_or(1);
    }
    Standing::Part(if loses { lost } else { Vec::new() }, (expected > 1 && have < of).then_some((have, of)))
}

/// How a label alone answers a period.
fn own_path(kind: Kind, periods: &[Period], wanted: Period) -> Option<Path> {
    let spans = Spans::new(periods.to_vec());
    match kind {
        Kind::Flow | Kind::Cumulative | Kind::Number => spans.sum(wanted).ok(),
        Kind::Stock => spans.last(wanted).ok(),
        Kind::Rate | Kind::AnnualRate => spans.mean(wanted).ok(),
        Kind::Index
        | Kind::Price
        | Kind::UnitValue
        | Kind::Share
        | Kind::Ratio
        | Kind::Growth
        | Kind::Points
        | Kind::Truth
        | Kind::Count => spans.exact(wanted).ok(),
    }
}
