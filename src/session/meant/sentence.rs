//! Where each part of a sentence belongs. In: marks in the order in which they were said. Out: what is asked, for which
//! codes, by what, when and in what unit; nothing if a part finds no place, for an offer leaves no word out.

use super::marks::{Link, Mark};
use crate::value::Freq;

/// What codes of a dimension are asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    pub dim: String,
    pub codes: Vec<String>,
    pub keep: bool,
}

/// How a series is joined to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    Beside,
    Plus,
    Minus,
    Over,
    ShareOf,
}

/// Which of the periods.
#[derive(Clone, Debug, PartialEq)]
pub enum Time {
    /// A period, or its words.
    At(String),
    /// The last so many whole ones.
    Ago(i32, Freq),
    /// From January to the latest month.
    ThisYear,
}

/// A sentence whose every part has its place.
#[derive(Clone, Debug, Default)]
pub struct Sentence {
    pub plot: bool,
    pub explain: bool,
    pub ops: Vec<String>,
    pub over: Vec<String>,
    pub series: Vec<(Joined, String)>,
    pub real: bool,
    pub deflator: Option<String>,
    pub chosen: Vec<Chosen>,
    pub keys: Vec<String>,
    pub times: Vec<Time>,
    pub from: Option<Time>,
    pub to: Option<Time>,
    /// Later than this, or sooner: the period itself is none of them.
    pub after: Option<String>,
    pub before: Option<String>,
    pub unit: Vec<String>,
    pub base: Option<(String, String)>,
    pub top: Option<(usize, bool)>,
    pub order: Option<bool>,
    pub total: bool,
    /// A comparison with a number.
    pub when: Option<(&'static str, String)>,
    /// Whether a code stood before the series, as the part of a whole.
    pub part: bool,
    /// Whether the operators are said of each series.
    pub each: bool,
    /// All of a dataset is asked for.
    pub all: bool,
    pub dataset: Option<String>,
}

/// Words that compare.
const COMPARE: &[Link] = &[Link::More, Link::AtLeast, Link::Less, Link::AtMost];

/// What the words so far lead one to expect.
#[derive(Default)]
struct State {
    link: Option<Link>,
    /// A link before the one that joins: `from A and B`.
    held: Option<Link>,
    dim: Option<Vec<String>>,
    steps: Option<String>,
    rolling: bool,
    ratio: bool,
    difference: bool,
    compared: Option<&'static str>,
    bracket: bool,
    /// Whether the unit of a number may follow.
    open: bool,
}

impl Sentence {
    /// The sentence that these parts make.
    pub fn of(marks: &[Mark]) -> Option<Sentence> {
        let mut out = Sentence::default();
        let (ratio, difference) = (marks.contains(&Mark::Ratio), marks.contains(&Mark::Difference));
        let mut state = State { ratio, difference, ..State::default() };
        let mut rest = marks;
        while let Some((mark, later)) = rest.split_first() {
            rest = later;
            out.put(mark, later, &mut state)?;
        }
        let pending = state.steps.is_some() || state.dim.is_some() || state.compared.is_some();
        (!(pending || state.rolling && out.ops.is_empty())).then_some(out)
    }

    fn put(&mut self, mark: &Mark, later: &[Mark], state: &mut State) -> Option<()> {
        let next = later.iter().find(|m| !matches!(m, Mark::Noise | Mark::Bracket));
        match mark {
            Mark::Noise => {}
            Mark::Bracket => state.bracket = true,
            Mark::Plot => self.plot = true,
            Mark::Explain => self.explain = true,
            Mark::Total => self.total = true,
            Mark::Real => self.real = true,
            Mark::Star => self.all = true,
            Mark::Dataset(name) => {
                self.dataset = Some(name.clone());
                state.link = None;
            }
            Mark::Rolling => state.rolling = true,
            Mark::Ratio | Mark::Difference => {}
            Mark::AllTold => self.total |= !self.keys.is_empty(),
            // What is compared is a number or a period; another value is more than is read here.
            Mark::It if !matches!(next, Some(Mark::Link(link)) if COMPARE.contains(link)) => return None,
            Mark::It => {}
            Mark::Link(link)
                if COMPARE.contains(link)
                    && !matches!(next, Some(Mark::Number(_) | Mark::Period(_) | Mark::Ago(..))) =>
            {
                return None;
            }
            Mark::Link(link) => self.link(*link, next, state),
            Mark::Op(op) => self.op(op, state)?,
            Mark::Steps(steps) => self.steps(steps, next, state)?,
            Mark::Balance => {
                self.series(Joined::Beside, "exports")?;
                self.series(Joined::Minus, "imports")?;
            }
            Mark::Series(name) => self.named(name, next, state)?,
            Mark::Dim(dims) => self.dim(dims, later, state)?,
            Mark::Step(step) => self.step(*step, later, state)?,
            Mark::Time if leads(later) => {}
            Mark::Time => return None,
            Mark::Code(found) => self.code(found, state)?,
            Mark::Period(period) => self.period(Time::At(period.clone()), next, state)?,
            Mark::Ago(n, step) => self.period(Time::Ago(*n, *step), next, state)?,
            Mark::ThisYear => self.period(Time::ThisYear, next, state)?,
            Mark::Unit(word) if state.open => {
                if let Some((_, number)) = &mut self.when {
                    number.push_str(&format!("{}{word}", if word == "%" { "" } else { " " }));
                }
                return Some(());
            }
            Mark::Unit(word) => {
                self.unit.push(word.clone());
                state.link = None;
            }
            Mark::Number(number) => self.number(number, state)?,
            Mark::Order(way) => {
                self.order = Some(way.unwrap_or(self.order.unwrap_or(false)));
                state.link = None;
            }
        }
        state.open = matches!(mark, Mark::Number(_)) && self.when.is_some();
        Some(())
    }

    fn link(&mut self, link: Link, next: Option<&Mark>, state: &mut State) {
        match link {
            Link::And | Link::Comma => {
                state.held = state.link.take().or(state.held);
                state.link = Some(link);
            }
            Link::More | Link::AtLeast | Link::Less | Link::AtMost => {
                if let Some(Mark::Number(_)) = next {
                    let sign = match link {
                        Link::More => ">",
                        Link::AtLeast => ">=",
                        Link::Less => "<",
                        _ => "<=",
                    };
                    state.compared = Some(sign);
                }
                state.link = Some(link);
            }
            // `in`, `is` between a dimension and its codes.
            Link::In | Link::Equal if state.dim.is_some() => {}
            Link::Unequal | Link::Without if state.dim.is_some() => state.link = Some(Link::Without),
            _ => (state.link, state.held) = (Some(link), None),
        }
    }

    fn op(&mut self, op: &str, state: &mut State) -> Option<()> {
        let link = state.link.take();
        // `sum of exports / sum of imports`
        if !self.series.is_empty() && self.ops.as_slice() == [op] && link != Some(Link::Of) {
            self.each = true;
            state.link = link;
            return Some(());
        }
        let windowed = ["average", "sum", "lag", "lead", "growth", "change"];
        let name = match state.steps.take() {
            Some(steps) if windowed.contains(&op) => format!("{steps} {op}"),
            Some(_) => return None,
            None if state.rolling && ["average", "sum"].contains(&op) => format!("12-month {op}"),
            None => op.to_string(),
        };
        state.rolling = false;
        // `growth … year on year`, `yoy … change`
        let narrower = |long: &str, short: &str| long.ends_with(&format!(" {short}"));
        if let Some(known) = self.ops.iter_mut().find(|known| narrower(&name, known)) {
            *known = name;
            return Some(());
        }
        if self.ops.iter().any(|known| narrower(known, &name)) {
            return Some(());
        }
        // Behind the series it is said of all that stands before.
        if self.series.is_empty() {
            self.ops.push(name)
        } else {
            self.ops.insert(0, name)
        }
        Some(())
    }

    fn steps(&mut self, steps: &str, next: Option<&Mark>, state: &mut State) -> Option<()> {
        match next {
            Some(Mark::Op(_) | Mark::Rolling) => {}
            _ => return None,
        }
        state.steps = Some(steps.to_string());
        Some(())
    }

    fn series(&mut self, joined: Joined, name: &str) -> Option<()> {
        if joined == Joined::Beside && self.series.iter().any(|(_, n)| n == name) {
            return Some(());
        }
        self.series.push((joined, name.to_string()));
        Some(())
    }

    fn named(&mut self, name: &str, next: Option<&Mark>, state: &mut State) -> Option<()> {
        let link = state.link.take();
        if link == Some(Link::Deflated) {
            self.deflator = Some(name.to_string());
            return Some(());
        }
        // `where exports > 100`
        if matches!(next, Some(Mark::Link(Link::More | Link::AtLeast | Link::Less | Link::AtMost)))
            && self.series.iter().any(|(_, n)| n == name)
        {
            return Some(());
        }
        let joined = match link {
            _ if self.series.is_empty() => {
                self.part = !self.chosen.is_empty() && matches!(link, Some(Link::In | Link::Of));
                Joined::Beside
            }
            Some(Link::Minus) => Joined::Minus,
            Some(Link::Plus) => Joined::Plus,
            Some(Link::Over) => Joined::Over,
            Some(Link::ShareOf) => Joined::ShareOf,
            None | Some(Link::To | Link::And | Link::Versus) if state.ratio => Joined::Over,
            Some(Link::And | Link::From) if state.difference => Joined::Minus,
            // A second column of the same is none that an offer may leave out.
            Some(Link::And | Link::Comma | Link::Versus) if self.series.iter().any(|(_, n)| n == name) => return None,
            Some(Link::And | Link::Comma | Link::Versus) => Joined::Beside,
            // Said again, as in `order by exports`.
            _ if self.series.iter().any(|(_, n)| n == name) => return Some(()),
            _ => return None,
        };
        self.series(joined, name)
    }

    fn dim(&mut self, dims: &[String], later: &[Mark], state: &mut State) -> Option<()> {
        let link = state.link.take();
        let next = later.iter().find(|m| !matches!(m, Mark::Noise | Mark::Bracket));
        // `SUMIF(partner, "USA", …)`
        if let ([Mark::Link(Link::Comma), Mark::Code(_), ..], true) = (later, state.bracket && link.is_none()) {
            state.dim = Some(dims.to_vec());
            return Some(());
        }
        let signs = |m: &Mark| matches!(m, Mark::Link(Link::Equal | Link::Unequal | Link::Without));
        let keyed = link == Some(Link::By) && matches!(next, Some(Mark::Link(Link::Without)));
        let coded = !keyed && (matches!(next, Some(Mark::Code(_))) || next.is_some_and(signs));
        let listed = matches!(next, Some(Mark::Link(Link::In))) && link == Some(Link::Where);
        if coded || listed {
            state.dim = Some(dims.to_vec());
            if link == Some(Link::Without) {
                state.link = link;
            }
            return Some(());
        }
        let name = dims.first()?;
        if link == Some(Link::Uses) {
            self.over.push(name.clone());
        } else if !self.keys.contains(name) {
            self.keys.push(name.clone());
        }
        Some(())
    }

    /// A step of time is a key, unless it leads to a period: `year = 2023`.
    fn step(&mut self, step: Freq, later: &[Mark], state: &mut State) -> Option<()> {
        if leads(later) {
            return Some(());
        }
        match state.link.take() {
            Some(Link::Uses) => return None,
            Some(Link::Deflated) => self.real = true,
            _ => {}
        }
        let name = step.word().to_string();
        if !self.keys.contains(&name) {
            self.keys.push(name);
        }
        Some(())
    }

    fn code(&mut self, found: &[(String, String)], state: &mut State) -> Option<()> {
        let link = state.link.take();
        let joins = matches!(link, Some(Link::And | Link::Comma));
        let keep = !matches!(link, Some(Link::Without | Link::Unequal));
        let of = |dim: &str| found.iter().find(|(d, _)| d == dim).cloned();
        let (dim, code) = match state.dim.take() {
            Some(dims) => dims.iter().find_map(|d| of(d))?,
            None => {
                let same = joins.then(|| self.chosen.last().and_then(|c| of(&c.dim))).flatten();
                let imports = self.series.iter().any(|(_, n)| n.starts_with("import"));
                let share = self.series.is_empty() && self.ops.iter().any(|op| op == "share");
                // A direction is the one or the other; what has none is the reporter where it can be.
                let order: &[&str] = match link {
                    Some(Link::To) if !imports => &["partner"],
                    Some(Link::From) if imports => &["partner"],
                    Some(Link::To | Link::From) => &["reporter"],
                    Some(Link::Of) if !share => &["reporter"],
                    Some(Link::Without) => &["partner", "reporter"],
                    _ if share => &["partner", "reporter"],
                    _ => &["reporter", "partner"],
                };
                // What is chosen already has no second code.
                let free = |d: &str| !self.chosen.iter().any(|c| c.dim == d);
                same.or_else(|| order.iter().copied().filter(|d| free(d)).find_map(of))
                    .or_else(|| found.iter().find(|(d, _)| !["partner", "reporter"].contains(&d.as_str())).cloned())?
            }
        };
        let keep = keep || joins;
        if let Some(known) = self.chosen.iter_mut().find(|c| c.dim == dim) {
            joins.then_some(())?;
            known.codes.push(code);
        } else {
            self.chosen.push(Chosen { dim, codes: vec![code], keep });
        }
        Some(())
    }

    fn period(&mut self, time: Time, next: Option<&Mark>, state: &mut State) -> Option<()> {
        let link = state.link.take();
        if link == Some(Link::Base) || matches!(next, Some(Mark::Link(Link::Equal))) {
            let Time::At(period) = time else { return None };
            self.base = Some((period, "100".into()));
            return Some(());
        }
        // What is said twice is not understood.
        let again = match link {
            Some(Link::From | Link::Between | Link::AtLeast) => self.from.is_some(),
            Some(Link::To | Link::Minus | Link::AtMost) => self.to.is_some(),
            _ => false,
        };
        if again {
            return None;
        }
        let at = |time: &Time| if let Time::At(p) = time { Some(p.clone()) } else { None };
        match link {
            Some(Link::From | Link::Between | Link::AtLeast) => self.from = Some(time),
            Some(Link::To | Link::Minus | Link::AtMost) => {
                if self.from.is_none() && link != Some(Link::AtMost) {
                    self.from = self.times.pop();
                }
                self.to = Some(time);
            }
            Some(Link::And | Link::Comma) if self.from.is_some() && self.to.is_none() => self.to = Some(time),
            Some(Link::More) => self.after = Some(at(&time)?),
            Some(Link::Less | Link::Before) => self.before = Some(at(&time)?),
            Some(Link::ShareOf | Link::Deflated | Link::Top | Link::Bottom | Link::Without | Link::Unequal) => {
                return None;
            }
            _ => self.times.push(time),
        }
        Some(())
    }

    fn number(&mut self, number: &str, state: &mut State) -> Option<()> {
        let link = state.link.take();
        if let Some(sign) = state.compared.take() {
            self.when = Some((sign, number.to_string()));
            return Some(());
        }
        match link {
            Some(Link::Top | Link::Bottom) => {
                self.top = Some((number.parse().ok().filter(|n| *n > 0)?, link == Some(Link::Bottom)));
            }
            Some(Link::Equal) if self.base.is_some() => self.base = self.base.take().map(|(p, _)| (p, number.into())),
            _ => return None,
        }
        Some(())
    }
}

/// Whether a word for time says of which kind the period is that follows.
fn leads(later: &[Mark]) -> bool {
    let signs = [Link::Equal, Link::More, Link::AtLeast, Link::Less, Link::AtMost, Link::Between];
    match later {
        [Mark::Period(_), ..] => true,
        [Mark::Link(link), Mark::Period(_) | Mark::Ago(..) | Mark::ThisYear, ..] => signs.contains(link),
        [Mark::Link(Link::In), Mark::Bracket, Mark::Period(_), ..] => true,
        _ => false,
    }
}
