//! What is chosen among results, and values side by side. In: a table of the plan. Out: its columns with their rows as
//! they come out: conditions first, then ends, then the largest, then order, then what is added.

mod added;
mod lines;
mod ranked;
mod rests;
mod when;

pub use added::{REST, TOTAL};
pub(in crate::eval) use ranked::cut;

use crate::diagnostic::{Diagnostic, Level, codes};
use crate::eval::trace::Step;
use crate::eval::{Evaluator, rests_last};
use crate::pause::paced;
use crate::plan::choices::{Choices, Item, Table};
use crate::plan::{Demand, Grid, Plan};
use crate::syntax::Fault;
use crate::value::{Absence, Value};
use lines::{Lines, Loose};

impl Evaluator<'_> {
    /// The columns of a table.
    pub(super) fn table(&mut self, table: &Table) -> Result<Vec<Value>, Fault> {
        let before = self.diagnostics.len();
        let values = self.columns(table)?;
        let later = self.diagnostics.split_off(before.min(self.diagnostics.len()));
        let known = |d: &Diagnostic| d.level != Level::Error && table.allowing.iter().any(|c| is_allowed(c, d));
        self.diagnostics.extend(later.into_iter().filter(|d| !known(d)));
        Ok(values)
    }

    fn columns(&mut self, table: &Table) -> Result<Vec<Value>, Fault> {
        if let ([item], true) = (table.items.as_slice(), table.choices.is_none()) {
            return Ok(vec![self.item(item)?]);
        }
        self.trace.begin();
        let mut loose = Vec::new();
        for item in &table.items {
            self.trace.begin();
            let value = self.item(item)?;
            let several = table.items.len() > 1;
            self.trace.end(|| Step { say: if several { item.name.clone() } else { String::new() }, ..Step::default() });
            loose.push(Loose { name: &item.name, plan: &item.plan, demand: Demand::whole(), value });
        }
        let mut lines = match loose.len() {
            1 => match loose.pop() {
                Some(l) => Lines::of_one(l.plan, l.demand, l.value),
                None => return Ok(Vec::new()),
            },
            _ => self.side_by_side(loose)?,
        };
        let said = self.choose(&mut lines, &table.choices, true)?;
        self.trace.end(|| Step { say: said, ..Step::default() });
        Ok(lines.values())
    }

    fn item(&mut self, item: &Item) -> Result<Value, Fault> {
        let value = self.eval(&item.plan, &Demand::whole())?;
        Ok(rests_last(value))
    }

    /// The value of a query in parentheses that chooses: nothing is added to it.
    pub(super) fn chosen(&mut self, inner: &Plan, choices: &Choices, demand: &Demand) -> Result<Value, Fault> {
        self.trace.begin();
        let value = self.eval(inner, demand)?;
        let absent =
            if choices.when.is_empty() && choices.top.is_none() { value.absent.clone() } else { Absence::Outside };
        let mut lines = Lines::of_one(inner, demand.clone(), value);
        // Which periods there are has been asked before those that are wanted were named.
        let own = matches!(demand.grid, Grid::List(_));
        let choices = Choices { end: choices.end.filter(|_| !own), ..choices.clone() };
        let said = self.choose(&mut lines, &choices, false)?;
        self.trace.end(|| Step { say: said, ..Step::default() });
        let mut value =
            lines.values().pop().unwrap_or_else(|| Value::scalar(0.0, Default::default(), crate::value::Kind::Number));
        value.absent = absent;
        value.sort();
        Ok(value)
    }

    /// Chooses, and says what was done.
    fn choose(&mut self, lines: &mut Lines<'_>, choices: &Choices, printed: bool) -> Result<String, Fault> {
        let count = lines.lines.len();
        let all = (printed && choices.total.is_some()).then(|| Lines {
            dims: lines.dims.clone(),
            lines: paced(&lines.lines).cloned().collect(),
            columns: lines
                .columns
                .iter()
                .map(|c| lines::Column { plan: c.plan, demand: c.demand.clone(), value: c.value.clone() })
                .collect(),
        });
        if !choices.when.is_empty() {
            self.keep_when(lines, &choices.when)?;
        }
        if let Some(end) = &choices.end {
            self.keep_ends(lines, end)?;
        }
        let ranked = match &choices.top {
            Some(top) => Some((self.keep_top(lines, top)?, top)),
            None => None,
        };
        if let Some(order) = &choices.order {
            self.put_in_order(lines, order);
        }
        let kept = lines.lines.len();
        if let (Some((ranked, top)), true, true) = (&ranked, printed, choices.when.is_empty()) {
            self.add_rest(lines, ranked, top.span)?;
        }
        if let (Some(span), Some(all)) = (choices.total, &all) {
            if kept < count && lines.lines.len() == kept {
                let message = "the total is of all results, not only of those that are shown";
                self.say(Diagnostic::new(&codes::TOTAL_OF_ALL, span, message));
            }
            self.add_total(lines, all, span)?;
        }
        Ok(if kept == count { String::new() } else { format!("{kept} of {count} results were chosen") })
    }
}

/// Whether a warning is one that is known: what is missing is also what could not be decided.
fn is_allowed(code: &'static crate::diagnostic::Code, said: &Diagnostic) -> bool {
    said.code == code || (code == &codes::MISSING_OBSERVATION && said.code == &codes::UNDECIDED)
}
