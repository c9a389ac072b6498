//! The state of one evaluation: what it may ask, what it has said so far, how the answer comes about. Knows no node of
//! a plan.

use crate::data::{Budget, SourceError};
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::eval::reading::paths::Spans;
use crate::eval::reading::shared::Shared;
use crate::eval::trace::{Step, Trace};
use crate::plan::catalogue::Catalogue;
use crate::plan::composition::Membership;
use crate::plan::evaluation::{Cells, EachSeries, Edits, Evaluation};
use crate::plan::{Demand, Plan};
use crate::span::{Span, Spanned};
use crate::syntax::Fault;
use crate::value::number::grouped;
use crate::value::period::PeriodText;
use crate::value::{Cell, Kind, Period, Reason, Row, Unit, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// The state of one evaluation.
#[derive(Debug)]
pub struct Evaluator<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) budget: &'a Budget,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How the answer comes about.
    pub trace: Trace,
    pub(super) told: Option<Step>,
    pub(super) spans: HashMap<String, Arc<Spans>>,
    pub(super) rates: HashMap<String, Result<f64, Reason>>,
    /// Where the query stands, and whether it is about one series only.
    pub(super) root: Option<(Span, bool)>,
    /// Datasets that were looked through for rows of a place with itself, and whether they have some.
    pub(super) domestic: HashMap<String, bool>,
    /// Questions of which it is known along which dimensions totals stand beside some codes only.
    pub(super) uneven: HashMap<String, Vec<usize>>,
    /// Whether nobody will hear what is said.
    pub(super) silent: bool,
    /// What was read of measures that stand several times in the query.
    pub(super) shared: Shared,
}

impl<'a> Evaluator<'a> {
    /// Before anything is evaluated.
    pub(super) fn new(catalogue: &'a Catalogue, budget: &'a Budget, trace: Trace) -> Evaluator<'a> {
        Evaluator {
            catalogue,
            budget,
            diagnostics: Vec::new(),
            trace,
            told: None,
            spans: HashMap::new(),
            rates: HashMap::new(),
            root: None,
            domestic: HashMap::new(),
            uneven: HashMap::new(),
            silent: false,
            shared: Shared::default(),
        }
    }
}

impl Evaluator<'_> {
    /// Adds a warning or note, once; the same of another place underlines that too.
    pub fn say(&mut self, diagnostic: Diagnostic) {
        self.shared.hear(&diagnostic);
        let known = self.diagnostics.iter_mut().find(|d| d.code == diagnostic.code && d.message == diagnostic.message);
        match known {
            Some(known) => {
                for label in diagnostic.labels {
                    if !known.labels.iter().any(|l| l.span == label.span) {
                        known.labels.push(label);
                    }
                }
            }
            None => self.diagnostics.push(diagnostic),
        }
    }

    /// A fault at a place.
    pub fn fault<T>(&self, code: &'static Code, span: Span, message: impl Into<String>) -> Result<T, Fault> {
        Err(Box::new(Diagnostic::new(code, span, message)))
    }

    pub(super) fn stopped(&self, error: &SourceError, span: Span) -> Fault {
        let code = match error {
            SourceError::Interrupted => &codes::INTERRUPTED,
            SourceError::TooLarge => &codes::TOO_LARGE,
            SourceError::Failed(_) => &codes::NOT_LOADED,
            SourceError::Database(fault) => fault.code(),
        };
        let mut fault = Diagnostic::new(code, span, error.to_string());
        if let SourceError::Database(of) = error {
            fault.advice = of.advice().map(String::from);
        }
        Box::new(fault)
    }

    /// An error if an answer, or what it is made of, has more cells than fit.
    pub(super) fn fits(&self, cells: usize, span: Span) -> Result<(), Fault> {
        let most = self.budget.most(size_of::<Row>());
        if cells <= most {
            return Ok(());
        }
        let [cells, most] = [cells, most].map(|n| grouped(&n.to_string()));
        let message = format!("the answer has {cells} cells; `--max-memory` leaves room for {most}");
        let advice = "ask for fewer, by `where`, `for` or fewer keys, or let it take more";
        let fault = Diagnostic::new(&codes::TOO_LARGE, span, message).here("too many cells");
        Err(Box::new(fault.advice(advice)))
    }

    /// An error if the work should stop.
    pub fn go_on(&self, span: Span) -> Result<(), Fault> {
        self.budget.check().map_err(|e| self.stopped(&e.into(), span))
    }

    /// Runs `work` without keeping what it says or how it went.
    pub fn quietly<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let said = std::mem::take(&mut self.diagnostics);
        let open = self.trace.pause();
        let heard = self.shared.pause();
        let before = std::mem::replace(&mut self.silent, true);
        let result = work(self);
        self.silent = before;
        self.trace.resume(open);
        self.shared.listen(heard);
        self.diagnostics = said;
        result
    }
}

/// What operators may ask is what the evaluation itself asks.
impl Evaluation for Evaluator<'_> {
    fn go_on(&self, span: Span) -> Result<(), Fault> {
        Evaluator::go_on(self, span)
    }

    fn eval(&mut self, plan: &Plan, demand: &Demand) -> Result<Value, Fault> {
        Evaluator::eval(self, plan, demand)
    }

    fn eval_quietly(&mut self, plan: &Plan, demand: &Demand) -> Result<Value, Fault> {
        self.quietly(|e| Evaluator::eval(e, plan, demand))
    }

    fn each_cell(&mut self, plan: &Plan, demand: &Demand, to: (&mut dyn Cells, bool)) -> Result<(), Fault> {
        Evaluator::each_cell(self, plan, demand, to)
    }

    fn each_series(&mut self, plan: &Plan, demand: &Demand, each: EachSeries<'_>) -> Result<Value, Fault> {
        Evaluator::each_series(self, plan, demand, each)
    }

    fn pair_up(
        &mut self,
        plans: (&Plan, &Plan),
        demand: &Demand,
        values: (&mut Value, &mut Value),
        span: Span,
    ) -> Result<(), Fault> {
        Evaluator::pair_up(self, plans, demand, values, span)
    }

    fn share(&mut self, part: Value, whole: &Value, span: Span) -> Result<Value, Fault> {
        Evaluator::share(self, part, whole, None, span)
    }

    fn periods(&mut self, plan: &Plan, demand: &Demand) -> Result<Vec<Period>, Fault> {
        Evaluator::periods(self, plan, demand)
    }

    fn natural(&mut self, plan: &Plan, demand: &Demand) -> Result<Option<Vec<Period>>, Fault> {
        Evaluator::natural(self, plan, demand)
    }

    fn listed(&mut self, plan: &Plan, demand: &Demand) -> Result<Demand, Fault> {
        Evaluator::listed(self, plan, demand)
    }

    fn ends(
        &mut self,
        plan: &Plan,
        demand: &Demand,
        from: &Spanned<PeriodText>,
        to: &Spanned<PeriodText>,
    ) -> Result<(Period, Period), Fault> {
        Evaluator::ends(self, plan, demand, from, to)
    }

    fn memberships(&mut self, plan: &Plan, demand: &Demand) -> Result<Vec<Membership>, Fault> {
        Evaluator::memberships(self, plan, demand)
    }

    fn say(&mut self, diagnostic: Diagnostic) {
        Evaluator::say(self, diagnostic);
    }

    fn has_said(&self, code: &'static Code, span: Span) -> bool {
        Evaluator::has_said(self, code, span)
    }

    fn is_seasonal(&self, plan: &Plan, kind: Kind) -> bool {
        Evaluator::is_seasonal(self, plan, kind)
    }

    fn compare_cells(
        &mut self,
        before: (&Cell, Period),
        after: (&Cell, Period),
        seasonal: bool,
        span: Span,
        edits: Edits<'_>,
    ) -> bool {
        Evaluator::compare_cells(self, before, after, seasonal, span, |e| edits(e))
    }

    fn remark_codes(&mut self, plan: &Plan, demand: &Demand, ends: (Period, Period)) {
        Evaluator::remark_codes(self, plan, demand, ends);
    }

    fn remark_rebound(&mut self, values: (f64, f64, f64), at: (Period, Period), span: Span) {
        Evaluator::remark_rebound(self, values, at, span);
    }

    fn nominal(&mut self, plan: &Plan, unit: &Unit, from: Period, to: Period, demand: &Demand) {
        Evaluator::nominal(self, plan, unit, from, to, demand);
    }

    fn is_telling(&self) -> bool {
        self.trace.is_on()
    }

    fn begin(&mut self) {
        self.trace.begin();
    }

    fn told(&mut self, step: Step) {
        self.told = Some(step);
    }
}
