//! What the body of an operator may ask of an evaluation: values, periods, and to say and tell. Who evaluates, and how,
//! is not known here.

use super::composition::Membership;
use super::trace::Step;
use super::{Demand, Plan};
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::span::{Span, Spanned};
use crate::syntax::Fault;
use crate::value::period::PeriodText;
use crate::value::{Absence, Cell, Dimension, Kind, Period, Series, Unit, Value};

/// Takes cells one after another.
pub trait Cells {
    /// Before the first: the dimensions of the keys.
    fn begin(&mut self, dims: &[Dimension]);

    /// Before that: what a cell that does not come stands for.
    fn absent(&mut self, _absence: &Absence) {}

    /// The next cell.
    fn cell(&mut self, key: &[u32], period: Option<Period>, cell: &Cell);
}

/// Takes series one after another: of what (a value without rows), the key, the cells.
pub type EachSeries<'f> = &'f mut dyn FnMut(&Value, &[u32], Series<'_>);

/// Ways to ask for the same that do not mislead; made only where they are needed.
pub type Edits<'f> = &'f mut dyn FnMut(&mut dyn Evaluation) -> Vec<Edit>;

/// After so many rows it is asked whether to go on.
pub const OFTEN: usize = 1 << 14;

/// One evaluation, as an operator sees it.
pub trait Evaluation {
    /// An error if the work should stop; asked now and then in every loop over many rows.
    fn go_on(&self, span: Span) -> Result<(), Fault>;

    /// The value of a plan, as it is asked for.
    fn eval(&mut self, plan: &Plan, demand: &Demand) -> Result<Value, Fault>;

    /// The same, without keeping what is said or how it came about.
    fn eval_quietly(&mut self, plan: &Plan, demand: &Demand) -> Result<Value, Fault>;

    /// The cells of a plan, one after another; those of a measure are never all kept. Zeros of labels that have no row
    /// may be left out where nothing depends on how many labels there are (`sparse`).
    fn each_cell(&mut self, plan: &Plan, demand: &Demand, to: (&mut dyn Cells, bool)) -> Result<(), Fault>;

    /// The value of a plan, series by series; the rows of a measure are never all kept. What comes back has none.
    fn each_series(&mut self, plan: &Plan, demand: &Demand, each: EachSeries<'_>) -> Result<Value, Fault>;

    /// Takes rows of which the other side is missing out of the sums of a value and of its quantity, and says so.
    fn pair_up(
        &mut self,
        plans: (&Plan, &Plan),
        demand: &Demand,
        values: (&mut Value, &mut Value),
        span: Span,
    ) -> Result<(), Fault>;

    /// `100 * part / whole`; ends a step that was begun.
    fn share(&mut self, part: Value, whole: &Value, span: Span) -> Result<Value, Fault>;

    /// The periods of the answer.
    fn periods(&mut self, plan: &Plan, demand: &Demand) -> Result<Vec<Period>, Fault>;

    /// The periods that the data below have; `None` where there are only numbers.
    fn natural(&mut self, plan: &Plan, demand: &Demand) -> Result<Option<Vec<Period>>, Fault>;

    /// The same demand with its periods as a list.
    fn listed(&mut self, plan: &Plan, demand: &Demand) -> Result<Demand, Fault>;

    /// The two ends of a range, in order.
    fn ends(
        &mut self,
        plan: &Plan,
        demand: &Demand,
        from: &Spanned<PeriodText>,
        to: &Spanned<PeriodText>,
    ) -> Result<(Period, Period), Fault>;

    /// Which labels the sums below a plan are made of, as far as an absent one is a missing observation and they differ.
    fn memberships(&mut self, plan: &Plan, demand: &Demand) -> Result<Vec<Membership>, Fault>;

    /// Adds a warning or note, once; the same of another place underlines that too.
    fn say(&mut self, diagnostic: Diagnostic);

    /// Whether this code was already said of this place.
    fn has_said(&self, code: &'static Code, span: Span) -> bool;

    /// Whether amounts of this kind have seasons.
    fn is_seasonal(&self, plan: &Plan, kind: Kind) -> bool;

    /// Warns when two cells that an operator compares do not cover the same length and season.
    fn compare_cells(
        &mut self,
        before: (&Cell, Period),
        after: (&Cell, Period),
        seasonal: bool,
        span: Span,
        edits: Edits<'_>,
    ) -> bool;

    /// Warns when product codes were cut anew between two periods.
    fn remark_codes(&mut self, plan: &Plan, demand: &Demand, ends: (Period, Period));

    /// Notes that a growth makes good a fall: of the value, its base, and the one a year before the base.
    fn remark_rebound(&mut self, values: (f64, f64, f64), at: (Period, Period), span: Span);

    /// Notes that current prices are compared over more than three years.
    fn nominal(&mut self, plan: &Plan, unit: &Unit, from: Period, to: Period, demand: &Demand);

    /// Whether anybody wants to know how results come about.
    fn is_telling(&self) -> bool;

    /// A step begins; what is told until it ends lies below it.
    fn begin(&mut self);

    /// How the result of this operator came about.
    fn told(&mut self, step: Step);
}

impl dyn Evaluation + '_ {
    /// A fault at a place.
    pub fn fault<T>(&self, code: &'static Code, span: Span, message: impl Into<String>) -> Result<T, Fault> {
        Err(Box::new(Diagnostic::new(code, span, message)))
    }

    /// An operator tells how its result came about.
    pub fn tell(&mut self, step: impl FnOnce() -> Step) {
        if self.is_telling() {
            self.told(step());
        }
    }
}
