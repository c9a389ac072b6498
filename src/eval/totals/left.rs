//! What is said where totals, groups and parts meet: which rows were left out, what the parts leave over, where they
//! are more than their total. In: what was met cell by cell. Out: one diagnostic of each sort a dimension.

use crate::data::{DimInfo, Filter};
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Evaluator;
use crate::eval::totals::whole::{Gap, Ladder, Standing};
use crate::eval::trace::{Line, Step, put, result};
use crate::plan::Key;
use crate::span::Span;
use crate::syntax::{Fault, format};
use crate::value::{Labels, Period, Unit, number};
use std::collections::{BTreeMap, BTreeSet};

/// Which dimension is taken from all its codes to what is asked, and how.
pub(in crate::eval) struct Collapse<'q> {
    /// Its place in the keys of the answer.
    pub(in crate::eval) place: usize,
    pub(in crate::eval) dim: &'q DimInfo,
    /// The level that stays; none if it goes.
    pub(in crate::eval) key: Option<&'q Key>,
    /// Filters that leave codes out of what stands above them.
    pub(in crate::eval) cuts: Vec<&'q Filter>,
    /// Whether a filter names the codes that are read.
    pub(in crate::eval) pinned: bool,
    /// Whether amounts add up over dimensions.
    pub(in crate::eval) adds: bool,
    pub(in crate::eval) unit: &'q Unit,
    /// The periods that are wanted, and whether they are compared.
    pub(in crate::eval) wanted: (&'q [Period], bool),
    /// Whether a period may be answered by others than those within it: cumulations are.
    pub(in crate::eval) reaches: bool,
}

/// Parts may exceed their total by so much of it before they are no parts of it.
const BEYOND: f64 = 0.01;
/// So many parts are shown in a line of arithmetic.
const PARTS: usize = 12;
/// So many names are said.
const NAMES: usize = 4;

/// What was met.
#[derive(Default)]
pub(in crate::eval) struct Left {
    /// Totals and groups that were left out.
    out: BTreeSet<u32>,
    /// By the code above and the period: what it is, and what its parts are.
    wholes: BTreeMap<(u32, Period), (f64, f64)>,
    /// By the label of what is left over: the code above, the last period, the amount and the whole.
    shorts: BTreeMap<String, (u32, Period, f64, f64)>,
    /// By the rest of the key: a total that is not the sum of its parts, and the first period that has parts alone.
    bases: BTreeMap<Labels, (Option<u32>, Option<Period>)>,
    /// How each of them came about, where somebody wants to know.
    pub(in crate::eval) lines: Option<Vec<Line>>,
}

impl Left {
    /// Nothing yet; lines of arithmetic are kept if they are told.
    pub(in crate::eval) fn new(telling: bool) -> Left {
        Left { lines: telling.then(Vec::new), ..Left::default() }
    }

    /// Notes the totals and groups of a cell that do not count.
    pub(in crate::eval) fn idle(&mut self, ladder: &Ladder<'_>, standing: &Standing<'_>, listed: bool) {
        let parts = !standing.roots.is_empty();
        let out = |code: u32| ladder.is_idle(code) || ladder.dim.is_total(code);
        if parts && listed {
            self.out.extend(standing.members.iter().map(|(c, _)| *c).filter(|c| out(*c) && !ladder.is_cut(*c)));
        }
    }

    /// Notes a code that is left out of a list because its parts are in it.
    pub(in crate::eval) fn replaced(&mut self, code: u32) {
        self.out.insert(code);
    }

    /// Notes a total of nothing that has parts: it may stand for a number that is not there.
    pub(in crate::eval) fn nothing(&mut self, standing: &Standing<'_>, period: Period, adds: bool) {
        let Some(at) = standing.whole.filter(|_| adds) else { return };
        if let Gap::Over(parts) = standing.gap(at, &standing.roots)
            && standing.is_zero(at)
        {
            self.whole(standing.code(at), period, 0.0, parts);
        }
    }

    /// Notes whether a total answers for a cell or its parts do.
    pub(in crate::eval) fn answered(&mut self, rest: &Labels, standing: &Standing<'_>, period: Period) {
        let (total, parts) = self.bases.entry(rest.clone()).or_default();
        match standing.whole {
            Some(at) if standing.roots.is_empty() || !matches!(standing.gap(at, &standing.roots), Gap::None) => {
                *total = total.or(Some(standing.code(at)));
            }
            None if !standing.roots.is_empty() => *parts = parts.or(Some(period)),
            Some(_) | None => {}
        }
    }

    /// Notes a code with parts.
    pub(in crate::eval) fn whole(&mut self, code: u32, period: Period, own: f64, parts: f64) {
        let known = self.wholes.entry((code, period)).or_insert((0.0, 0.0));
        *known = (known.0 + own, known.1 + parts);
    }

    /// Notes what parts leave over.
    pub(in crate::eval) fn short(&mut self, code: u32, label: &str, period: Period, (rest, whole): (f64, f64)) {
        match self.shorts.get_mut(label) {
            Some(known) if known.1 > period => {}
            Some(known) if known.1 == period => (known.2, known.3) = (known.2 + rest, known.3 + whole),
            _ => drop(self.shorts.insert(label.to_string(), (code, period, rest, whole))),
        }
    }

    /// Tells how what is left over came about.
    pub(in crate::eval) fn tell(&mut self, label: &str, period: Period, whole: f64, parts: &[f64], rest: f64) {
        let Some(lines) = &mut self.lines else { return };
        let shown: Vec<String> = parts.iter().take(PARTS).map(|x| put(*x)).collect();
        let more = if parts.len() > PARTS { " + …" } else { "" };
        let arithmetic = format!("{} - ({}{more})", put(whole), shown.join(" + "));
        let about = format!("{label}, {period}");
        lines.push(Line { about, arithmetic, result: result(rest), unit: String::new() });
    }

    /// The code whose parts exceed it most, and how often parts exceed what is above them besides.
    fn over(&self) -> Option<(Exceeded, usize)> {
        let over = |own: f64, parts: f64| parts.abs() - own.abs();
        let exceeds =
            |(own, parts): (f64, f64)| over(own, parts) > 1e-9 * own.abs() && (own * parts > 0.0 || own == 0.0);
        let all = || self.wholes.iter().filter(|(_, both)| exceeds(**both));
        let worst = all().max_by(|(_, a), (_, b)| {
            let ratio = |(own, parts): &(f64, f64)| over(*own, *parts) / own.abs().max(f64::MIN_POSITIVE);
            ratio(a).total_cmp(&ratio(b))
        });
        worst.map(|((code, period), (own, parts))| ((*code, *period, *own, *parts), all().count() - 1))
    }

    /// Parts that are more than their total, beyond what revisions explain: the total, and one sentence.
    pub(in crate::eval) fn beyond(&self, ladder: &Ladder<'_>, name: &str) -> Option<(u32, String)> {
        let over = self.over()?;
        let (code, _, own, parts) = over.0;
        is_beyond(own, parts).then(|| (code, exceeds(ladder, name, over)))
    }
}

/// A code, a period, what it is there and what its parts are.
type Exceeded = (u32, Period, f64, f64);

/// Whether parts exceed what is above them beyond what revisions explain.
pub(in crate::eval) fn is_beyond(own: f64, parts: f64) -> bool {
    parts.abs() > own.abs() * (1.0 + BEYOND)
}

fn exceeds(ladder: &Ladder<'_>, name: &str, ((code, period, own, parts), others): (Exceeded, usize)) -> String {
    let more = if others > 0 { format!(", and so for {others} more") } else { String::new() };
    let percent = number::significant(100.0 * parts / own, 5);
    let share = if own == 0.0 || !(parts / own).is_finite() { String::new() } else { format!(" ({percent} % of it)") };
    format!(
        "the parts of `{name}` add up to {} in {period}, more than `{}`, which is {}{share}{more}",
        number::plain(number_of(parts)),
        ladder.text(code),
        number::plain(number_of(own))
    )
}

/// A sum of decimals without the noise of adding them as floats.
fn number_of(x: f64) -> f64 {
    number::significant(x, 12).parse().unwrap_or(x)
}

impl Evaluator<'_> {
    /// Tells how what is left over came about.
    pub(in crate::eval) fn tell_left(&mut self, left: &mut Left, name: &str, unit: &Unit) {
        let Some(lines) = left.lines.take().filter(|lines| !lines.is_empty()) else { return };
        self.trace.begin();
        let unit = if unit.is_unknown() { String::new() } else { unit.to_string() };
        let lines = lines.into_iter().map(|l| Line { unit: unit.clone(), ..l }).collect();
        self.trace.end(|| Step {
            say: format!("what the parts of {name} leave of what stands above them"),
            formula: "total - (x1 + … + xn)".into(),
            lines,
            ..Step::default()
        });
    }

    /// Says what was left out, what is left over and what is too much.
    pub(in crate::eval) fn say_left(
        &mut self,
        left: &Left,
        ladder: &Ladder<'_>,
        name: &str,
        how: &Collapse<'_>,
        (span, singly): (Span, bool),
    ) {
        if let Some(over) = left.over() {
            let warning = Diagnostic::new(&codes::IDENTITY_FAILED, span, exceeds(ladder, name, over));
            let advice = "rows that overlap have no sum; their shares are of the total";
            self.say(if left.beyond(ladder, name).is_some() { warning.advice(advice) } else { warning });
        }
        // Side by side, a total and a sum of parts that falls short of it look like a change.
        let mixed = left.bases.values().find_map(|(total, parts)| Some(((*total)?, (*parts)?)));
        if let Some((total, period)) = mixed {
            let message = format!(
                "`{}` of {name} is missing for {period}, so that its parts were added up there, and it stands for other periods",
                ladder.text(total)
            );
            self.say(Diagnostic::new(&codes::MISSING_OBSERVATION, span, message));
        }
        if !left.out.is_empty() {
            self.say_out(left, ladder, name, how, span);
        }
        if let (Some((label, (code, period, rest, whole))), false) =
            (left.shorts.iter().max_by(|(_, a), (_, b)| a.2.abs().total_cmp(&b.2.abs())), singly)
        {
            let unit = if how.unit.is_unknown() { String::new() } else { format!(" {}", how.unit) };
            let percent = if *whole == 0.0 {
                String::new()
            } else {
                format!(" ({} % of it)", number::significant(100.0 * rest / whole, 3))
            };
            let mut message = format!(
                "the parts of `{name}` leave {}{} of `{}` in {period}{percent}: row `{label}`",
                number::plain(number_of(*rest)),
                unit.trim_end(),
                ladder.text(*code)
            );
            if left.shorts.len() > 1 {
                message.push_str(&format!(", and {} more such rows", left.shorts.len() - 1));
            }
            self.say(Diagnostic::new(&codes::NOT_ALLOCATED, span, message));
        }
    }

    fn say_out(&mut self, left: &Left, ladder: &Ladder<'_>, name: &str, how: &Collapse<'_>, span: Span) {
        let (totals, groups): (Vec<u32>, Vec<u32>) = left.out.iter().partition(|c| ladder.dim.is_total(**c));
        let list = |word: &str, codes: &[u32]| -> Option<String> {
            let names: Vec<String> = codes.iter().take(NAMES).map(|c| format!("`{}`", ladder.text(*c))).collect();
            let more = codes.len().saturating_sub(NAMES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let plural = if codes.len() > 1 { "s" } else { "" };
            (!codes.is_empty()).then(|| format!("the {word}{plural} {}{more}", names.join(", ")))
        };
        let named: Vec<String> = [list("total", &totals), list("group", &groups)].into_iter().flatten().collect();
        let one = if left.out.len() > 1 { "were" } else { "was" };
        let of = if how.key.is_some() { "breakdown by" } else { "sum over" };
        let message = format!("{} {one} left out of the {of} {name}", named.join(" and "));
        let first = left.out.first().map(|c| ladder.text(*c)).unwrap_or_default();
        let note = Diagnostic::new(&codes::AGGREGATE_ROW, span, message);
        self.say(note.advice(format!("`where {} = {}` asks for it", how.dim.name, format::code(first))));
    }

    /// Parts that add up to more than there is.
    pub(in crate::eval) fn mixed(&self, ladder: &Ladder<'_>, total: u32, message: String, span: Span) -> Fault {
        let dim = ladder.dim;
        let mut fault = Diagnostic::new(&codes::MIXED_LEVELS, span, message).here("which rows?");
        let part =
            (0u32..).zip(ladder.codes.iter()).find(|(c, _)| !dim.is_total(*c) && !dim.is_group(*c) && *c != total);
        for text in [Some(ladder.text(total)), part.map(|(_, c)| c.as_ref())].into_iter().flatten() {
            fault.edits.push(vec![self.clause_at(span, &format!("where {} = {}", dim.name, format::code(text)))]);
        }
        fault.advice = Some(format!("rows that overlap have no sum; `{}` is the whole of them", ladder.text(total)));
        Box::new(fault)
    }

    /// Groups of two systems, which tell the same twice.
    pub(in crate::eval) fn two_systems(&self, ladder: &Ladder<'_>, (a, b): (u32, u32), span: Span) -> Fault {
        let dim = ladder.dim;
        let message = format!(
            "`{}` and `{}` of `{}` are groups of two systems, which hold the same trade twice",
            ladder.text(a),
            ladder.text(b),
            dim.name
        );
        let mut fault = Diagnostic::new(&codes::CHOOSE_ONE, span, message).here("which one?");
        let clashes =
            |x: u32, y: u32| x != y && crate::data::known::totals::overlap(&dim.name, ladder.text(x), ladder.text(y));
        for first in [a, b] {
            // The groups that go with this one.
            let mut chosen = vec![first];
            for code in dim.groups.iter().copied().filter(|c| !ladder.is_idle(*c) && !ladder.is_cut(*c)) {
                if !chosen.contains(&code) && !chosen.iter().any(|c| clashes(*c, code)) {
                    chosen.push(code);
                }
            }
            let names: Vec<String> = chosen.iter().map(|c| format::code(ladder.text(*c))).collect();
            let words = match names.as_slice() {
                [one] => format!("where {} = {one}", dim.name),
                several => format!("where {} among {{{}}}", dim.name, several.join(", ")),
            };
            fault.edits.push(vec![self.clause_at(span, &words)]);
        }
        Box::new(fault)
    }
}
