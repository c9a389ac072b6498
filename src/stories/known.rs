//! The figures of a story by what they are of, so that each relation finds its operands by looking them up. In: figures.
//! Out: lists of them. Evaluates nothing.

use super::figure::{Figure, Measure, Role, Subject};
use crate::value::period::Period;
use rustc_hash::FxHashMap;

/// What makes two figures say the same of the same.
type Same = (u8, usize, Option<Period>, Option<Period>, Measure, Option<&'static str>, bool);

/// Of a series that is told of very often, so many figures are looked at around each.
const NEAR: usize = 48;

/// What makes figures one series at one time: flow, product, partner, who reports, unit, time, basis.
type Key<'a> = (&'static str, &'a str, &'a str, Option<&'a str>, Measure, Period, Option<&'static str>);

/// The figures of a story by what they are of.
pub struct Known<'a> {
    pub(super) figures: &'a [Figure],
    levels: FxHashMap<Key<'a>, Vec<usize>>,
    changes: FxHashMap<(Key<'a>, Option<Period>), Vec<usize>>,
    growths: FxHashMap<(Key<'a>, Option<Period>), Vec<usize>>,
    /// Figures that tell of one series, in the order of the text.
    series: Vec<Vec<usize>>,
    /// The series of each figure.
    of: Vec<usize>,
    /// The first figure that says the same of the same.
    first: Vec<usize>,
    /// All units of levels.
    measures: Vec<Measure>,
    /// Partners of which all others are told.
    pub(super) left: Vec<&'a str>,
    /// What the changes of exports of a time are on.
    bases: FxHashMap<(Period, &'a str), Period>,
}

/// Whether a figure takes part in anything.
pub fn counts(figure: &Figure) -> bool {
    !matches!(figure.basis, Some("forecast" | "superseded"))
        && !matches!(figure.role, Role::Other | Role::Refused)
        && figure.unresolved.is_empty()
        && figure.period.is_some()
}

fn basis(figure: &Figure) -> Option<&'static str> {
    figure.basis.filter(|b| *b == "real")
}

/// Whether a growth is one of quantities.
pub fn of_quantity(figure: &Figure) -> bool {
    figure.modifiers.contains(&"quantity")
}

impl<'a> Known<'a> {
    /// Sorts the figures.
    pub fn new(figures: &'a [Figure]) -> Known<'a> {
        let mut out = Known {
            figures,
            levels: FxHashMap::default(),
            changes: FxHashMap::default(),
            growths: FxHashMap::default(),
            series: Vec::new(),
            of: vec![usize::MAX; figures.len()],
            first: (0..figures.len()).collect(),
            measures: Vec::new(),
            left: Vec::new(),
            bases: FxHashMap::default(),
        };
        let mut ids: FxHashMap<&Subject, usize> = FxHashMap::default();
        let mut firsts: FxHashMap<Same, usize> = FxHashMap::default();
        for (i, figure) in figures.iter().enumerate().filter(|(_, f)| counts(f)) {
            let next = ids.len();
            let id = *ids.entry(&figure.subject).or_insert(next);
            if id == out.series.len() {
                out.series.push(Vec::new());
            }
            if let Some(list) = out.series.get_mut(id) {
                list.push(i);
            }
            let same =
                (figure.role as u8, id, figure.period, figure.base, figure.measure, figure.whole, of_quantity(figure));
            let first = *firsts.entry(same).or_insert(i);
            if let (Some(slot), Some(like)) = (out.of.get_mut(i), out.first.get_mut(i)) {
                (*slot, *like) = (id, first);
            }
            let Some(key) = out.key(figure) else { continue };
            match figure.role {
                Role::Level => {
                    if figure.measure != Measure::Unsaid && !out.measures.contains(&figure.measure) {
                        out.measures.push(figure.measure);
                    }
                    let partner = figure.subject.partner.as_str();
                    if partner.starts_with("NON-") && !out.left.contains(&partner) && out.left.len() < NEAR {
                        out.left.push(partner);
                    }
                    out.levels.entry(key).or_default().push(i);
                }
                Role::Change => {
                    if let Some(base) = figure.base.filter(|_| key.0 == "exports") {
                        out.bases.entry((key.5, key.1)).or_insert(base);
                    }
                    out.changes.entry((key, figure.base)).or_default().push(i);
                }
                Role::Growth => {
                    let kind = if of_quantity(figure) { Measure::Count("") } else { Measure::Money("") };
                    let key = (key.0, key.1, key.2, key.3, kind, key.5, key.6);
                    out.growths.entry((key, figure.base)).or_default().push(i);
                }
                _ => {}
            }
        }
        out
    }

    /// The figures that tell of the same series as this one, in the order of the text; of very many those behind it.
    pub(super) fn like(&self, i: usize) -> &[usize] {
        let list = self.of.get(i).and_then(|id| self.series.get(*id)).map_or(&[][..], Vec::as_slice);
        if list.len() <= NEAR {
            return list;
        }
        let at = list.partition_point(|n| *n < i);
        let from = at.saturating_sub(NEAR / 2);
        list.get(from..(from + NEAR).min(list.len())).unwrap_or(&[])
    }

    /// The first figure that says the same of the same.
    pub(super) fn first_like(&self, i: usize) -> usize {
        self.first.get(i).copied().unwrap_or(i)
    }

    /// A change of a flow, of the time of a balance, on a time before.
    pub(super) fn change_of(&self, balance: &'a Figure, base: Period, flow: &'static str) -> Option<usize> {
        let mut key = self.key(balance)?;
        key.0 = flow;
        self.changes.get(&(key, Some(base)))?.first().copied()
    }

    /// What the changes of exports of the time of a balance are on.
    pub(super) fn base_of_changes(&self, balance: &'a Figure) -> Option<Period> {
        self.bases.get(&(balance.period?, balance.subject.product.as_str())).copied()
    }

    fn key(&self, figure: &'a Figure) -> Option<Key<'a>> {
        let s = &figure.subject;
        Some((
            s.flow_word()?,
            s.product.as_str(),
            s.partner.as_str(),
            s.reporter.as_deref(),
            figure.measure,
            figure.period?,
            basis(figure),
        ))
    }

    pub(super) fn get(&self, i: usize) -> Option<&'a Figure> {
        self.figures.get(i)
    }

    /// The levels of another flow, product, partner or time of the same series.
    pub(super) fn levels(&self, like: &'a Figure, change: impl Fn(&mut Key<'a>)) -> &[usize] {
        let Some(mut key) = self.key(like) else { return &[] };
        change(&mut key);
        self.levels.get(&key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn changes(&self, like: &'a Figure, change: impl Fn(&mut Key<'a>)) -> &[usize] {
        let Some(mut key) = self.key(like) else { return &[] };
        change(&mut key);
        self.changes.get(&(key, like.base)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn growths(&self, like: &'a Figure, base: Option<Period>, change: impl Fn(&mut Key<'a>)) -> &[usize] {
        let Some(mut key) = self.key(like) else { return &[] };
        key.4 = match like.measure {
            Measure::Count(_) => Measure::Count(""),
            Measure::Money(_) => Measure::Money(""),
            _ if of_quantity(like) => Measure::Count(""),
            _ => Measure::Money(""),
        };
        change(&mut key);
        self.growths.get(&(key, base)).map_or(&[], Vec::as_slice)
    }

    /// All units in which a level of this growth may be told.
    pub(super) fn units(&self, growth: &Figure) -> Vec<Measure> {
        let quantity = of_quantity(growth);
        self.measures.iter().copied().filter(|m| matches!(m, Measure::Count(_)) == quantity).collect()
    }

    /// All units of levels.
    pub(super) fn measures(&self) -> &[Measure] {
        &self.measures
    }
}
