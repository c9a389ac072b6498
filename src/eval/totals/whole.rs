//! One dimension in one cell: codes that stand above others, and what each is worth. In: the rows of a group and
//! period, by code. Out: the whole, its parts, and what the parts leave over or have too much. A code's own row answers
//! for it; a total answers for all. Knows no query.

use crate::data::known::ranges;
use crate::data::{AggregateRow, DimInfo, Total};
use crate::value::Flags;
use std::sync::Arc;

/// Which codes of a dimension stand above which, and which do not count.
pub(in crate::eval) struct Ladder<'a> {
    pub(in crate::eval) dim: &'a DimInfo,
    pub(in crate::eval) codes: Arc<Vec<Arc<str>>>,
    /// The nearest code above.
    above: Vec<Option<u32>>,
    /// Groups for which a total or their members stand.
    pub(in crate::eval) idle: Vec<bool>,
    /// Codes that a filter leaves out of what stands above them.
    pub(in crate::eval) cut: Vec<bool>,
    /// Decimals of exact sums.
    pub(in crate::eval) places: u32,
}

impl Ladder<'_> {
    /// The codes with those above them, by their first digits.
    pub(in crate::eval) fn new(dim: &DimInfo, codes: Arc<Vec<Arc<str>>>, places: u32) -> Ladder<'_> {
        let mut above = vec![None; codes.len()];
        if dim.nested {
            // Codes are sorted: those that a code begins with stand before it.
            let mut open: Vec<(u32, &str)> = Vec::new();
            for ((i, code), slot) in (0u32..).zip(codes.iter()).zip(&mut above) {
                if dim.is_total(i) || dim.is_group(i) || code.is_empty() {
                    continue;
                }
                while open.last().is_some_and(|(_, c)| !code.starts_with(c)) {
                    open.pop();
                }
                *slot = open.last().map(|(p, _)| *p);
                open.push((i, code));
            }
        }
        // The narrowest range above what has none above yet; a range stands above narrower ones.
        let mut spans: Vec<u32> = dim.groups.iter().copied().filter(|g| ranges::is_range(dim.label(*g))).collect();
        spans.sort_by_key(|g| ranges::width(dim.label(*g)));
        for ((i, code), slot) in (0u32..).zip(codes.iter()).zip(&mut above).filter(|_| !spans.is_empty()) {
            let holds = |g: &&u32| ranges::holds(dim.label(**g), code);
            *slot = slot.or(spans.iter().find(holds).copied().filter(|_| !dim.is_total(i)));
        }
        let (idle, cut) = (vec![false; codes.len()], vec![false; codes.len()]);
        Ladder { dim, codes, above, idle, cut, places }
    }

    /// Puts a code above another.
    pub(in crate::eval) fn put_above(&mut self, group: u32, member: u32) {
        if let Some(slot) = self.above.get_mut(member as usize) {
            *slot = Some(group);
        }
    }

    /// The codes above a code, from the nearest; the total is none of them.
    pub(in crate::eval) fn above(&self, code: u32) -> impl Iterator<Item = u32> {
        let up = |code: u32| self.above.get(code as usize).copied().flatten();
        std::iter::successors(up(code), move |c| up(*c))
    }

    pub(in crate::eval) fn text(&self, code: u32) -> &str {
        self.codes.get(code as usize).map_or("", |c| c)
    }

    /// Whether a code is a range of others, which stands above them wherever both are.
    pub(in crate::eval) fn is_range(&self, code: u32) -> bool {
        self.dim.is_group(code) && ranges::is_range(self.text(code))
    }

    pub(in crate::eval) fn is_idle(&self, code: u32) -> bool {
        self.idle.get(code as usize).copied().unwrap_or(false)
    }

    pub(in crate::eval) fn is_cut(&self, code: u32) -> bool {
        self.cut.get(code as usize).copied().unwrap_or(false)
    }

    pub(in crate::eval) fn amount(&self, row: &AggregateRow) -> f64 {
        row.total.number(self.places)
    }

    /// The codes of one cell, each below the nearest that is there.
    pub(in crate::eval) fn stand(&self, members: Vec<(u32, AggregateRow)>) -> Standing<'_> {
        let at = |code: u32| members.binary_search_by_key(&code, |(c, _)| *c).ok();
        let mut kids: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
        let (mut roots, mut whole) = (Vec::new(), None);
        for (i, (code, row)) in members.iter().enumerate() {
            if self.dim.is_total(*code) {
                if whole.is_none() && row.count > 0 && !self.is_cut(*code) {
                    whole = Some(i);
                }
                continue;
            }
            if self.is_idle(*code) {
                continue;
            }
            let mut up = self.above.get(*code as usize).copied().flatten();
            while let Some(code) = up.filter(|c| at(*c).is_none()) {
                up = self.above.get(code as usize).copied().flatten();
            }
            match up.and_then(at) {
                Some(parent) => {
                    if let Some(list) = kids.get_mut(parent) {
                        list.push(i);
                    }
                }
                None => roots.push(i),
            }
        }
        Standing { ladder: self, members, kids, roots, whole }
    }
}

/// The codes of one cell.
pub(in crate::eval) struct Standing<'a> {
    ladder: &'a Ladder<'a>,
    pub(in crate::eval) members: Vec<(u32, AggregateRow)>,
    kids: Vec<Vec<usize>>,
    /// Those with none above but the total.
    pub(in crate::eval) roots: Vec<usize>,
    /// The total, if it has a number.
    pub(in crate::eval) whole: Option<usize>,
}

/// What parts leave of the code above them.
pub(in crate::eval) enum Gap {
    /// Nothing but rounding.
    None,
    /// So much is in no part.
    Short(AggregateRow),
    /// The parts are so much, which is more than there is.
    Over(f64),
}

impl Standing<'_> {
    fn row(&self, at: usize) -> Option<&AggregateRow> {
        self.members.get(at).map(|(_, row)| row)
    }

    pub(in crate::eval) fn code(&self, at: usize) -> u32 {
        self.members.get(at).map_or(0, |(code, _)| *code)
    }

    pub(in crate::eval) fn kids(&self, at: usize) -> &[usize] {
        self.kids.get(at).map_or(&[], Vec::as_slice)
    }

    /// Whether the row of a code is zero.
    pub(in crate::eval) fn is_zero(&self, at: usize) -> bool {
        self.row(at).is_some_and(|row| self.ladder.amount(row) == 0.0)
    }

    /// What a code stands for, whatever a filter leaves out: its own row, else what is below.
    pub(in crate::eval) fn full(&self, at: usize) -> Option<AggregateRow> {
        let own = self.row(at)?;
        if own.count > 0 {
            return Some(own.clone());
        }
        let below = sum(self.kids(at).iter().filter_map(|k| self.full(*k)));
        below.filter(|b| b.count > 0).or_else(|| Some(own.clone()))
    }

    /// What a filter takes out of a code: the highest that it names.
    fn taken(&self, at: usize) -> Vec<AggregateRow> {
        if self.ladder.is_cut(self.code(at)) {
            return self.full(at).into_iter().collect();
        }
        self.kids(at).iter().flat_map(|k| self.taken(*k)).collect()
    }

    /// What a code stands for, less what a filter leaves out.
    pub(in crate::eval) fn worth(&self, at: usize) -> Option<AggregateRow> {
        if self.ladder.is_cut(self.code(at)) {
            return None;
        }
        let taken = self.taken(at);
        if taken.is_empty() {
            return self.full(at);
        }
        match self.row(at) {
            Some(own) if own.count > 0 => Some(less(own.clone(), &taken)),
            _ => sum(self.kids(at).iter().filter_map(|k| self.worth(*k))),
        }
    }

    /// All of the cell: the total, else the sum of what stands highest.
    pub(in crate::eval) fn all(&self) -> Option<AggregateRow> {
        let Some(whole) = self.whole.and_then(|w| self.row(w)) else {
            let parts = sum(self.roots.iter().filter_map(|r| self.worth(*r)));
            // A total that is missing, where it is all there is.
            let lone = || self.members.iter().find(|(c, _)| self.ladder.dim.is_total(*c) && !self.ladder.is_cut(*c));
            return parts.or_else(|| lone().filter(|_| self.roots.is_empty()).map(|(_, row)| row.clone()));
        };
        let taken: Vec<AggregateRow> = self.roots.iter().flat_map(|r| self.taken(*r)).collect();
        Some(if taken.is_empty() { whole.clone() } else { less(whole.clone(), &taken) })
    }

    /// What is left of a code by those below it; of the total by those that stand highest.
    pub(in crate::eval) fn gap(&self, at: usize, below: &[usize]) -> Gap {
        let Some(own) = self.row(at).filter(|own| own.count > 0) else { return Gap::None };
        let parts: Vec<AggregateRow> = below.iter().filter_map(|k| self.full(*k)).filter(|p| p.count > 0).collect();
        let counts = own.count + parts.iter().map(|p| p.count).sum::<u64>();
        let goal = self.ladder.amount(own);
        let amounts: Vec<f64> = parts.iter().map(|p| self.ladder.amount(p)).collect();
        let added: f64 = amounts.iter().sum();
        let unit = match own.total {
            Total::Exact(_) => 10f64.powi(-i32::try_from(self.ladder.places).unwrap_or(0)),
            Total::Float(_) => 0.0,
        };
        let slack = 0.5 * counts as f64 * unit + 1e-9 * goal.abs().max(added.abs());
        if (goal - added).abs() <= slack {
            return Gap::None;
        }
        let alike =
            amounts.iter().chain([&goal]).all(|x| *x >= 0.0) || amounts.iter().chain([&goal]).all(|x| *x <= 0.0);
        if alike && added.abs() > goal.abs() {
            return Gap::Over(added);
        }
        let mut rest = less(own.clone(), &parts);
        rest.flags = rest.flags.with(Flags::REST);
        Gap::Short(rest)
    }
}

/// Rows added up.
pub(in crate::eval) fn sum(rows: impl Iterator<Item = AggregateRow>) -> Option<AggregateRow> {
    rows.reduce(|mut row, other| {
        row.add(&other);
        row
    })
}

/// A row less others, of which missing ones take nothing.
fn less(mut row: AggregateRow, others: &[AggregateRow]) -> AggregateRow {
    for other in others.iter().filter(|o| o.count > 0) {
        row.total = row.total.joined(other.total, true);
        row.flags = row.flags.with(other.flags);
    }
    row
}
