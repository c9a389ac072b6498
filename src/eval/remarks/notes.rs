//! What a careful analyst would add to an answer that has a meaning: what was assumed of a series, whose trade it is, what
//! lies behind a change. In: what was read, and what was compared. Out: notes and warnings. Changes no number.

use crate::data::{AggregateRequest, DatasetInfo, Filter, GroupKey, MeasureInfo, Source};
use crate::diagnostic::{Diagnostic, codes, suggest};
use crate::eval::Evaluator;
use crate::eval::reading::observed::Observed;
use crate::pause::paced;
use crate::plan::{Demand, Plan};
use crate::span::Span;
use crate::syntax::format;
use crate::value::{Flags, Kind, Period, Value, distinct};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Places most of whose exports are goods of other countries.
const ENTREPOTS: &[&str] = &["HKG", "SGP"];
/// The years in which the codes of the HS were cut anew.
const EDITIONS: &[i32] = &[1996, 2002, 2007, 2012, 2017, 2022];
/// More codes than are looked through for rows of a place with itself.
const PLACES: usize = 400;

impl Evaluator<'_> {
    /// What is to be said of a series as it is read.
    pub(in crate::eval) fn remark_reading(
        &mut self,
        source: &Arc<dyn Source>,
        m: &MeasureInfo,
        wanted: &[Period],
        demand: &Demand,
        span: Span,
    ) {
        if self.silent {
            return;
        }
        let info = source.info();
        let filters = Self::filters(info, demand);
        if adds_up(info, m, wanted, demand, &filters) {
            self.remark_assumed(info, m, span);
        }
        self.remark_re_exports(info, m, &filters, span);
        self.remark_domestic(source, m, demand, &filters, span);
        self.remark_above(source, m, wanted, &filters, span);
    }

    /// What was added up though nothing says that it adds up.
    fn remark_assumed(&mut self, info: &DatasetInfo, m: &MeasureInfo, span: Span) {
        let name = format::dotted(&m.name);
        let column = format::word(&m.column);
        let load = |kind: &str| {
            format!(
                "load \"{}\" as {} with {{ {} from {column}: {kind} }}",
                info.file,
                format::word(&info.name),
                format::word(&m.name)
            )
        };
        if m.looks_cumulative {
            let message = format!("{name} grows within each year and falls in January, as sums from January do");
            let warning = Diagnostic::new(&codes::CUMULATIVE_AS_FLOW, span, message).here("added up");
            self.say(warning.advice(format!("if so, declare it: `{}`", load("cumulative flow in ?"))));
        } else if m.kind_is_assumed {
            let message = format!("nothing says what {name} is, and its observations were added up as a flow");
            let note = Diagnostic::new(&codes::KIND_ASSUMED, span, message).here("added up");
            self.say(
                note.advice(format!(
                    "declare it if it is a stock, rate, price, index or share: `{}`",
                    load("flow in ?")
                )),
            );
        }
    }

    /// Exports of a place that mostly passes on the goods of others.
    fn remark_re_exports(&mut self, info: &DatasetInfo, m: &MeasureInfo, filters: &[Filter], span: Span) {
        if m.name.as_ref() != "exports" || info.measure("re_exports").is_some() {
            return;
        }
        let Some(place) = info.dim("reporter") else { return };
        let Some(dim) = info.dims.get(place) else { return };
        let tests: Vec<_> = filters.iter().filter(|f| f.dim == place).map(|f| f.passes(dim)).collect();
        let mut left = dim.codes.iter().filter(|c| tests.iter().all(|t| t(c)));
        if let (Some(one), None) = (left.next(), left.next())
            && let Some(code) = crate::data::known::places::iso3(one).filter(|c| ENTREPOTS.contains(c))
        {
            let message = format!("the exports of {code} include re-exports: most are goods of other countries");
            self.say(Diagnostic::new(&codes::RE_EXPORTS, span, message));
        }
    }

    /// Rows whose reporter is their partner, where a query takes partners together or lists them.
    fn remark_domestic(
        &mut self,
        source: &Arc<dyn Source>,
        m: &MeasureInfo,
        demand: &Demand,
        filters: &[Filter],
        span: Span,
    ) {
        let info = source.info();
        let (Some(reporter), Some(partner)) = (info.dim("reporter"), info.dim("partner")) else { return };
        let pinned = filters.iter().any(|f| f.dim == partner && f.keep && f.codes.len() == 1);
        let crossed = demand.ignored.iter().any(|d| d == "partner");
        if (pinned && !crossed) || m.meaning.kind != Kind::Flow {
            return;
        }
        let (Some(a), Some(b)) = (info.dims.get(reporter), info.dims.get(partner)) else { return };
        let of = |place: usize, dim| filters.iter().filter(move |f| f.dim == place).map(move |f| f.passes(dim));
        // What is summed over all partners is asked of all, whatever filter stands on them.
        let tests: Vec<_> = of(reporter, a).chain(of(partner, b).filter(|_| !crossed)).collect();
        let passes = |code: &&Arc<str>| tests.iter().all(|t| t(code)) && b.codes.binary_search(code).is_ok();
        // The world and the world are no place.
        let places =
            (0u32..).zip(a.codes.iter()).filter(|(at, _)| !a.is_total(*at) && !a.is_group(*at)).map(|(_, c)| c);
        let both: Vec<&Arc<str>> = places.filter(passes).take(PLACES).collect();
        let Some(measure) = info.measure(&m.name).filter(|_| !both.is_empty()) else { return };
        if self.domestic(source, measure, (reporter, partner), &both) {
            let message = format!("{} has rows of a place with itself, which count in its sums and shares", info.name);
            let mut note = Diagnostic::new(&codes::DOMESTIC_ROWS, span, message);
            note.edits.push(vec![self.clause_at(span, "where reporter != partner")]);
            self.say(note);
        }
    }

    /// Whether some place has a row with itself; asked of a dataset once.
    fn domestic(
        &mut self,
        source: &Arc<dyn Source>,
        measure: usize,
        (reporter, partner): (usize, usize),
        both: &[&Arc<str>],
    ) -> bool {
        let codes: Vec<String> = both.iter().map(|c| c.to_string()).collect();
        let key = format!("{}\0{}", source.info().name, codes.join("\0"));
        if let Some(known) = self.domestic.get(&key) {
            return *known;
        }
        // What cannot be read fails where it is read for the answer.
        let found = source.meets_itself(measure, (reporter, partner), &codes, self.budget).unwrap_or(false);
        self.domestic.insert(key, found);
        found
    }

    /// A sum from January that falls before the year is over.
    pub(in crate::eval) fn remark_fall(
        &mut self,
        m: &MeasureInfo,
        list: &[(Period, Observed)],
        places: u32,
        wanted: &[Period],
        span: Span,
    ) {
        let asked = |p: Period, q: Period| {
            Period::days(p.last() + 1, q.last()).is_some_and(|fell| wanted.iter().any(|w| w.overlaps(fell)))
        };
        let number = |o: &Observed| (o.count > 0).then_some(o.total.number(places));
        if list.iter().filter_map(|(_, o)| number(o)).any(|x| x < 0.0) {
            return;
        }
        let fall = list.windows(2).find_map(|pair| {
            let [(p, x), (q, y)] = pair else { return None };
            let same_year = p.first() == q.first() && p.last() < q.last();
            let (x, y) = (number(x)?, number(y)?);
            (same_year && y < x && asked(*p, *q)).then_some((*p, *q))
        });
        if let Some((p, q)) = fall {
            let message = format!("{} is a sum from January, and falls from {p} to {q}", format::dotted(&m.name));
            self.say(Diagnostic::new(&codes::CUMULATIVE_DECREASED, span, message).here("falls"));
        }
    }

    /// What the publisher will revise.
    pub(in crate::eval) fn remark_provisional(&mut self, value: &Value, span: Span) {
        let marked = paced(&value.rows).filter(|r| r.flags().has(Flags::PROVISIONAL) && r.datum().is_ok());
        let periods = distinct(marked.clone().filter_map(|r| r.period()));
        if marked.count() == 0 {
            return;
        }
        let named: Vec<String> = periods.iter().map(Period::to_string).collect();
        let message = match named.as_slice() {
            [] => "the figure is provisional".to_string(),
            [one] => format!("the figure for {one} is provisional"),
            [first, .., last] if named.len() > 4 => format!("figures from {first} to {last} are provisional"),
            some => format!("the figures for {} are provisional", suggest::listed(some, "and")),
        };
        self.say(Diagnostic::new(&codes::PROVISIONAL, span, message));
    }

    /// Product codes that are new, or gone, at one end of a comparison across an edition of the HS.
    pub(in crate::eval) fn remark_codes(&mut self, plan: &Plan, demand: &Demand, (from, to): (Period, Period)) {
        let crossed = EDITIONS.iter().any(|e| from.first_month().0 < *e && *e <= to.first_month().0);
        let asked = demand.filters.iter().find(|f| {
            f.keep
                && f.dim.node == "hs"
                && f.codes.iter().any(|c| c.node.len() >= 6 && c.node.bytes().all(|b| b.is_ascii_digit()))
        });
        let (true, Some(asked)) = (crossed, asked) else { return };
        let Some(code) = asked.codes.iter().find(|c| c.node.len() >= 6) else { return };
        let Some(heading) = code.node.get(..4) else { return };
        for (source, measure) in plan.leaves() {
            let info = source.info();
            let Some(dim) = info.dim("hs") else { continue };
            let filters = vec![Filter { dim, keep: true, codes: vec![heading.to_string()] }];
            let group_by = vec![GroupKey { dim, level: Some(6) }];
            let request = AggregateRequest { measure, group_by, within: None, filters };
            let Ok(answer) = source.aggregate(&request, self.budget) else { continue };
            let label = |row: &crate::data::AggregateRow| {
                answer.dims.first().zip(row.key.first()).map(|(d, k)| d.label(*k).to_string()).filter(|l| l.len() == 6)
            };
            // A code that was there before the edition, at any time, is an old one; one that comes only after it is new.
            let year = |p: Period| EDITIONS.iter().rev().find(|e| **e <= p.first_month().0).copied();
            let of = |edition: Option<i32>| -> BTreeSet<String> {
                paced(&answer.rows).filter(|r| r.count > 0 && year(r.period) == edition).filter_map(label).collect()
            };
            let (old, new) = (of(year(from)), of(year(to)));
            let changed: Vec<String> = old.symmetric_difference(&new).take(3).cloned().collect();
            if old.is_empty() || new.is_empty() || changed.is_empty() {
                continue;
            }
            let message = format!(
                "the codes below {heading} are not the same at both ends: {} {} at one end only",
                suggest::listed(&changed, "and"),
                crate::diagnostic::words::be(changed.len())
            );
            let mut warning = Diagnostic::new(&codes::CLASSIFICATION_BREAK, code.span, message);
            warning.edits.push(vec![(code.span, format::code(heading))]);
            return self.say(warning);
        }
    }

    /// A growth that only makes good a fall: the period before the base was as much higher.
    pub(in crate::eval) fn remark_rebound(
        &mut self,
        (now, base, before): (f64, f64, f64),
        at: (Period, Period),
        span: Span,
    ) {
        let (rise, fall) = (now / base - 1.0, base / before - 1.0);
        if !(before > 0.0 && base > 0.0 && rise >= 0.2 && fall <= -0.2) {
            return;
        }
        let both = 100.0 * (now / before - 1.0);
        let message = format!(
            "{} is compared with {}, which was itself {:.0} % below the year before: over both years the change is {:.1} %",
            at.0,
            at.1,
            -100.0 * fall,
            both
        );
        self.say(Diagnostic::new(&codes::BASE_EFFECT, span, message));
    }
}

/// Whether a reading adds observations up, over time or over a dimension.
fn adds_up(info: &DatasetInfo, m: &MeasureInfo, wanted: &[Period], demand: &Demand, filters: &[Filter]) -> bool {
    let over_time = wanted.iter().any(|p| {
        info.periods.binary_search(p).is_err() && info.periods.iter().filter(|q| p.contains(**q)).take(2).count() > 1
    });
    let open = info.dims.iter().enumerate().any(|(place, dim)| {
        let named = demand.keys.iter().any(|k| k.dim == dim.name.as_ref() && k.is_codes());
        let tests: Vec<_> = filters.iter().filter(|f| f.dim == place).map(|f| f.passes(dim)).collect();
        let left = || dim.codes.iter().filter(|c| tests.iter().all(|t| t(c))).take(2).count();
        dim.codes.len() > 1 && !named && !m.pinned.contains(&place) && left() > 1
    });
    over_time || open
}
