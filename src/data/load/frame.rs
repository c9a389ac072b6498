//! The rows of a dataset before its measures: which period, which codes and which flow each is of.

use crate::data::DimInfo;
use crate::data::columns::codes::Codes;
use crate::data::columns::lines::Lines;
use crate::data::doubt::Refusal;
use crate::data::load::assembly::Assembly;
use crate::data::load::twice::Keyed;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::Name;
use crate::value::Period;

/// The rows of a dataset before its measures.
pub(super) struct Frame {
    pub(super) dims: Vec<DimInfo>,
    pub(super) codes: Vec<Codes>,
    pub(super) periods: Vec<Period>,
    pub(super) places: Codes,
    pub(super) flows: Vec<&'static str>,
    pub(super) flow_codes: Option<Codes>,
    /// Observations of one row of the file.
    pub(super) times: usize,
}

impl Frame {
    /// The dimensions and their codes as they were before spellings of one country were put together.
    pub(super) fn apart(&self, before: Vec<(usize, DimInfo, Codes)>) -> (Vec<DimInfo>, Vec<Codes>) {
        let (mut dims, mut all) = (self.dims.clone(), self.codes.clone());
        for (at, dim, codes) in before {
            if let (Some(slot), Some(row)) = (dims.get_mut(at), all.get_mut(at)) {
                (*slot, *row) = (dim, codes);
            }
        }
        (dims, all)
    }

    /// The key of each observation, by dimensions as they are in the file.
    pub(super) fn keyed(&self, (dims, codes): (&[DimInfo], &[Codes]), lines: &Lines) -> Keyed {
        let mut keyed = Keyed::new(self.places.len(), lines, self.times);
        for (dim, column) in dims.iter().zip(codes) {
            keyed.add(column, dim.codes.iter());
        }
        keyed.add(&self.places, self.periods.iter());
        if let Some(flows) = &self.flow_codes {
            keyed.add(flows, self.flows.iter());
        }
        keyed
    }
}

impl Assembly<'_> {
    /// Reads all columns but those of numbers.
    pub(super) fn frame(&mut self) -> Result<Frame, Refusal> {
        let times = self.found.spread.as_ref().map_or(1, |s| s.across.times());
        let (periods, places) = self.periods(times)?;
        let (dims, codes) = self.dimensions(times, (&periods, &places))?;
        self.absent_of_known(&dims)?;
        let (flows, flow_codes) = self.flows(times)?;
        Ok(Frame { dims, codes, periods, places, flows, flow_codes, times })
    }

    /// What is declared of absent rows is declared of dimensions that are there.
    fn absent_of_known(&self, dims: &[DimInfo]) -> Result<(), Refusal> {
        let lost = |(dim, _): &(Option<Name>, bool)| {
            dim.clone().filter(|name| !dims.iter().any(|d| d.name.as_ref() == name.node))
        };
        let Some(name) = self.spec.absent.iter().find_map(lost) else { return Ok(()) };
        let message = format!("there is no dimension `{}`", name.node);
        Err(Refusal::Declaration(Box::new(Diagnostic::new(&codes::BAD_DECLARATION, name.span, message))))
    }
}
