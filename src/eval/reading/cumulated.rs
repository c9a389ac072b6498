//! Sums from January, made ready to be taken apart: a label without a row in the middle of a year has traded nothing since
//! the one before, and money is changed month by month, for each month has a rate of its own. In: the sums of a group.
//! Out: the same for every span of the data; the same in another money.

use crate::data::{Aggregate, AggregateRow, MeasureInfo, Total};
use crate::eval::Evaluator;
use crate::eval::money;
use crate::eval::reading::observed::Observed;
use crate::eval::trace::{self, Line};
use crate::pause::paced;
use crate::plan::Demand;
use crate::span::Span;
use crate::syntax::Fault;
use crate::value::{Period, Reason};
use std::collections::{BTreeMap, BTreeSet};

/// A sum as it was and as it is, or why it is not known.
type Changed = Result<(f64, f64), Reason>;

/// Sums of which every group has one for each span of a year from its first on: where it has no row, that before.
pub(super) fn carried(answer: Aggregate) -> Aggregate {
    // Each span with the period by which rows have it.
    let spans: BTreeMap<Period, Period> = paced(&answer.rows).map(|r| (r.period.year_to_date(), r.period)).collect();
    let mut rows: Vec<AggregateRow> = Vec::with_capacity(answer.rows.len());
    let mut group: Vec<AggregateRow> = Vec::new();
    let mut close = |group: &mut Vec<AggregateRow>| {
        let there: BTreeSet<Period> = group.iter().map(|row| row.period.year_to_date()).collect();
        let mut more: Vec<AggregateRow> = Vec::new();
        for row in group.iter().filter(|row| row.count > 0) {
            let mine = row.period.year_to_date();
            let later = spans.range(mine..).skip(1).take_while(|(span, _)| span.first() == mine.first());
            let gap = later.take_while(|(span, _)| !there.contains(span));
            more.extend(gap.map(|(_, period)| AggregateRow { period: *period, ..row.clone() }));
        }
        rows.append(group);
        rows.append(&mut more);
    };
    for row in paced(answer.rows) {
        if group.last().is_some_and(|last| last.key != row.key) {
            close(&mut group);
        }
        group.push(row);
    }
    close(&mut group);
    rows.sort_by(|a, b| a.key.cmp(&b.key).then(a.period.cmp(&b.period)));
    Aggregate { rows, ..answer }
}

impl Evaluator<'_> {
    /// Changes the money of sums from January: what each adds to the one before is changed at its own rate.
    pub(super) fn change_cumulated(
        &mut self,
        list: &mut [(Period, Observed)],
        (m, places): (&MeasureInfo, u32),
        (demand, span): (&Demand, Span),
        changes: &mut Vec<Line>,
    ) -> Result<(), Fault> {
        let unit = money::unit_after(&m.meaning.unit, &demand.money).to_string();
        // The span of the sum before, what it was and what it is; or why nothing is known of the rest of its year.
        let mut before: Option<(Period, Changed)> = None;
        for (period, observed) in list.iter_mut().filter(|(_, observed)| observed.count > 0) {
            let amount = observed.total.number(places);
            let known = before.filter(|(of, _)| of.first() == period.first());
            let (step, (was, is)) = match known {
                Some((_, Err(reason))) => {
                    (observed.count, observed.reason) = (0, Some(reason));
                    continue;
                }
                Some((of, Ok(sums))) => (Period::days(of.last() + 1, period.last()).unwrap_or(*period), sums),
                None => (*period, (0.0, 0.0)),
            };
            match self.factor(&m.meaning.unit, &demand.money, step, span)? {
                Ok((factor, words)) => {
                    let changed = is + (amount - was) * factor;
                    observed.total = Total::Float(changed);
                    before = Some((*period, Ok((amount, changed))));
                    if self.trace.is_on() {
                        let added = format!("({} - {})", trace::put(amount), trace::put(was));
                        changes.push(Line {
                            about: period.to_string(),
                            arithmetic: format!("{} + {added}{words}", trace::put(is)),
                            result: trace::result(changed),
                            unit: unit.clone(),
                        });
                    }
                }
                Err(reason) => {
                    (observed.count, observed.reason) = (0, Some(reason));
                    before = Some((*period, Err(reason)));
                }
            }
        }
        Ok(())
    }
}
