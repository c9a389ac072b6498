//! How a number came about: steps in sentences, formulas with symbols and with numbers, observations and rates used.
//! One model; text and JSON are rendered from it.

use crate::value::number;
use serde_json::{Value as Json, json};

/// One line of arithmetic that a reader can compute again.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is for: a period, a partner.
    pub about: String,
    /// Numbers and operators: `100 * (1030 / 559 - 1)`.
    pub arithmetic: String,
    /// The result of the arithmetic.
    pub result: String,
    /// Its unit.
    pub unit: String,
}

/// One step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// A sentence.
    pub say: String,
    /// With symbols.
    pub formula: String,
    /// With numbers.
    pub lines: Vec<Line>,
    /// Lines left out for length.
    pub more: usize,
    /// The cells of the files that were used.
    pub observations: Vec<String>,
    /// What came before.
    pub below: Vec<Step>,
}

/// How many lines of a step are kept.
pub const MAX_LINES: usize = 8;

/// The steps as they are taken; does nothing unless asked for.
#[derive(Debug, Default)]
pub struct Trace {
    open: Option<Vec<Vec<Step>>>,
}

impl Trace {
    /// One that keeps what it is told.
    pub fn on() -> Trace {
        Trace { open: Some(vec![Vec::new()]) }
    }

    /// Whether it keeps anything.
    pub fn is_on(&self) -> bool {
        self.open.is_some()
    }

    /// A step begins; what is told until it ends lies below it.
    pub fn begin(&mut self) {
        if let Some(open) = &mut self.open {
            open.push(Vec::new());
        }
    }

    /// A step ends.
    pub fn end(&mut self, step: impl FnOnce() -> Step) {
        if let Some(open) = &mut self.open {
            let below = open.pop().unwrap_or_default();
            let mut step = step();
            step.below = below;
            // Both ends of a long list: the last lines are mostly those that were asked for.
            if step.lines.len() > MAX_LINES {
                let between = step.lines.len() - MAX_LINES;
                step.lines.drain(MAX_LINES / 2..MAX_LINES / 2 + between);
                step.more += between;
            }
            if let Some(level) = open.last_mut() {
                level.push(step);
            }
        }
    }

    /// The steps of the outermost level.
    pub fn finish(self) -> Vec<Step> {
        self.open.and_then(|o| o.into_iter().next()).unwrap_or_default()
    }

    /// Stops keeping until [`Trace::resume`]; what was kept stays.
    pub fn pause(&mut self) -> Option<Vec<Vec<Step>>> {
        self.open.take()
    }

    /// Takes up what was paused.
    pub fn resume(&mut self, open: Option<Vec<Vec<Step>>>) {
        self.open = open;
    }
}

/// A number put into a formula: with all digits that matter; negative ones in parentheses.
pub fn put(x: f64) -> String {
    let text = number::plain(x);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let text = if digits > 12 { number::significant(x, 10) } else { text };
    if text.starts_with('-') { format!("({text})") } else { text }
}

/// The result of a line: six significant digits, all if it is exact.
pub fn result(x: f64) -> String {
    let text = number::plain(x);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits > 9 { number::significant(x, 6.max(number::magnitude(x) + 1)) } else { text }
}

impl Step {
    /// As JSON.
    pub fn to_json(&self) -> Json {
        let lines: Vec<Json> = self
            .lines
            .iter()
            .map(|l| json!({"about": l.about, "arithmetic": l.arithmetic, "result": l.result, "unit": l.unit}))
            .collect();
        let below: Vec<Json> = self.below.iter().map(Step::to_json).collect();
        json!({"step": self.say, "formula": self.formula, "lines": lines, "more": self.more,
               "observations": self.observations, "from": below})
    }
}
