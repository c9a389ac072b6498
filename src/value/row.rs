//! One row of a value, packed: a panel of millions of cells is rows and nothing else. In and out: labels, a period and a
//! cell, as they are. What few rows have, or many alike, lies apart: four labels or more, a period of which a part is
//! covered.

use super::{Cell, Coverage, Datum, Flags, Labels, Period, Reason};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

/// Labels that a row holds in itself.
const FEW: usize = 3;

/// How many coverages are kept to be shared; rows have few that differ.
const SHARED: usize = 4096;

/// Periods and coverages that rows have alike.
type Shared = FxHashMap<(Option<Period>, Option<Coverage>), Arc<More>>;

/// One row of a value: its labels, by place in the dimensions, its period and its cell.
#[derive(Clone, PartialEq)]
pub struct Row {
    number: f64,
    more: Option<Arc<More>>,
    labels: [u32; FEW],
    first: i32,
    /// Days of the period; none where there is no period, or where it lies apart.
    days: u16,
    /// Sub-periods that are covered of as many, where the whole period is.
    parts: u16,
    flags: Flags,
    /// How many labels; more than fit lie apart.
    count: u8,
    /// Nothing where there is a number, else the place of the reason.
    absent: u8,
}

/// What lies apart.
#[derive(Clone, Debug, Default, PartialEq)]
struct More {
    labels: Labels,
    period: Option<Period>,
    coverage: Option<Coverage>,
}

thread_local! {
    /// The coverages that rows share.
    static KNOWN: RefCell<Shared> = RefCell::default();
}

impl More {
    /// What many rows may have alike: a period and its coverage.
    fn shared(period: Option<Period>, coverage: Option<Coverage>) -> Arc<More> {
        KNOWN.with_borrow_mut(|known| {
            if known.len() >= SHARED {
                known.clear();
            }
            let new = || Arc::new(More { labels: Labels::new(), period, coverage });
            known.entry((period, coverage)).or_insert_with(new).clone()
        })
    }
}

impl Row {
    /// A row of these labels, one place per dimension; no period for what has no time.
    pub fn new(key: impl AsRef<[u32]>, period: Option<Period>, cell: Cell) -> Row {
        let key = key.as_ref();
        let mut labels = [0; FEW];
        let (count, more) = match labels.get_mut(..key.len()) {
            Some(few) => {
                few.copy_from_slice(key);
                (u8::try_from(key.len()).unwrap_or(u8::MAX), None)
            }
            None => (u8::MAX, Some(Arc::new(More { labels: key.into(), ..More::default() }))),
        };
        let (number, absent) = told(cell.datum);
        let mut row = Row { number, more, labels, first: 0, days: 0, parts: 0, flags: cell.flags, count, absent };
        row.place(period, cell.coverage);
        row
    }

    /// One place per dimension.
    pub fn key(&self) -> &[u32] {
        match (self.labels.get(..usize::from(self.count)), &self.more) {
            (Some(few), _) => few,
            (None, Some(more)) => &more.labels,
            (None, None) => &[],
        }
    }

    /// Its labels, to put others in their place.
    pub fn key_mut(&mut self) -> &mut [u32] {
        match (self.labels.get_mut(..usize::from(self.count)), &mut self.more) {
            (Some(few), _) => few,
            (None, Some(more)) => &mut Arc::make_mut(more).labels,
            (None, None) => &mut [],
        }
    }

    /// `None` for what has no time.
    pub fn period(&self) -> Option<Period> {
        if self.days > 0 {
            return Period::days(self.first, self.first + i32::from(self.days) - 1);
        }
        self.more.as_ref().and_then(|m| m.period)
    }

    /// Another period.
    pub fn set_period(&mut self, period: Option<Period>) {
        self.place(period, self.coverage());
    }

    /// The number, or why there is none.
    pub fn datum(&self) -> Datum {
        match self.absent.checked_sub(1) {
            None => Ok(self.number),
            Some(place) => Err(Reason::of_number(place.into()).unwrap_or(Reason::Undefined)),
        }
    }

    /// Another number, in the same coverage and with the same marks; what is not finite becomes undefined.
    pub fn set_datum(&mut self, datum: Datum) {
        (self.number, self.absent) = told(datum.and_then(super::finite));
    }

    /// How much of its period it covers; `None` where there is no period.
    pub fn coverage(&self) -> Option<Coverage> {
        if self.parts > 0 {
            let parts = u32::from(self.parts);
            return self.period().map(|span| Coverage { span, have: parts, of: parts, observed: None });
        }
        self.more.as_ref().and_then(|m| m.coverage)
    }

    /// Marks.
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// Other marks.
    pub fn set_flags(&mut self, flags: Flags) {
        self.flags = flags;
    }

    /// The number with its coverage and its marks.
    pub fn cell(&self) -> Cell {
        Cell { datum: self.datum(), coverage: self.coverage(), flags: self.flags }
    }

    /// Another cell.
    pub fn set_cell(&mut self, cell: Cell) {
        (self.number, self.absent) = told(cell.datum);
        self.flags = cell.flags;
        self.place(self.period(), cell.coverage);
    }

    /// Puts a period and what is covered of it where they fit.
    fn place(&mut self, period: Option<Period>, coverage: Option<Coverage>) {
        let days = period.and_then(|p| u16::try_from(p.len_days()).ok());
        (self.first, self.days) = period.zip(days).map_or((0, 0), |(p, days)| (p.first(), days));
        let whole =
            coverage.filter(|c| c.have == c.of && c.observed.is_none() && days.is_some() && period == Some(c.span));
        self.parts = whole.and_then(|c| u16::try_from(c.of).ok()).unwrap_or(0);
        let (period, coverage) = (period.filter(|_| days.is_none()), coverage.filter(|_| self.parts == 0));
        let nothing = period.is_none() && coverage.is_none();
        match &mut self.more {
            Some(more) if !more.labels.is_empty() => {
                let more = Arc::make_mut(more);
                (more.period, more.coverage) = (period, coverage);
            }
            more => *more = (!nothing).then(|| More::shared(period, coverage)),
        }
    }
}

/// A number and nothing, or nothing and the place of the reason.
fn told(datum: Datum) -> (f64, u8) {
    match datum {
        Ok(number) => (number, 0),
        Err(reason) => (0.0, u8::try_from(reason.number() + 1).unwrap_or(u8::MAX)),
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?} {:?}", self.key(), self.period(), self.cell())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_gives_back_what_it_was_made_from() {
        let year = Period::year(2024);
        let months = Period::month(2024, 1).zip(Period::month(2024, 11)).map(|(a, b)| a.span(b));
        // Two hundred years have more days than sixteen bits.
        let ages = Period::year(1800).zip(Period::year(2024)).map(|(a, b)| a.span(b));
        let full = |p: Option<Period>| p.map(Coverage::full);
        let counted = full(year).map(|c| Coverage { observed: Some((11, 12)), ..c });
        let part = months.map(|span| Coverage { span, have: 11, of: 12, observed: None });
        let cases = [(None, None), (year, None), (None, full(year)), (year, full(year)), (year, full(months))];
        let more = [(year, counted), (year, part), (ages, full(ages)), (ages, part), (year, full(ages)), (ages, None)];
        for (period, coverage) in cases.into_iter().chain(more) {
            for datum in [Ok(1.5), Ok(0.0), Err(Reason::NotReported), Err(Reason::Undefined)] {
                for key in [&[][..], &[7], &[1, 2, 3], &[1, 2, 3, 4], &[1, 2, 3, 4, 5, 6]] {
                    let cell = Cell { datum, coverage, flags: Flags::PARTIAL };
                    let row = Row::new(key, period, cell);
                    assert_eq!((row.key(), row.period(), row.cell()), (key, period, cell));
                    let mut other = Row::new(key, ages, Cell { coverage: part, ..Cell::number(2.0) });
                    other.set_period(period);
                    other.set_cell(cell);
                    assert_eq!(other, row);
                }
            }
        }
        assert_eq!(std::mem::size_of::<Row>(), 40);
    }
}
