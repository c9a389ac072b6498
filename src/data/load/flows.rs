//! Which flow each observation is of: a column says it, or the declaration says it of all.

use crate::data::columns::codes::Codes;
use crate::data::columns::column::Column;
use crate::data::declare::Said;
use crate::data::doubt::{LoadError, Refusal};
use crate::data::known::roles;
use crate::data::load::assembly::{Assembly, repeated};
use crate::data::meaning::column_use::Use;
use crate::data::table::find::line_of;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::format::column_text;

impl Assembly<'_> {
    /// The names of the flows in the file, and each observation's place among them.
    pub(super) fn flows(&mut self, times: usize) -> Result<(Vec<&'static str>, Option<Codes>), Refusal> {
        if let Some((_, code)) = self.spec.constants.iter().find(|(n, _)| n.node == "flow") {
            let Some(flow) = roles::flow_of(&code.node) else {
                let fault = Diagnostic::new(&codes::BAD_DECLARATION, code.span, format!("`{}` is no flow", code.node));
                return Err(Refusal::Declaration(Box::new(
                    fault.advice("flows are exports, imports, re_exports, re_imports"),
                )));
            };
            self.declaration.push(Said::constant("flow", flow));
            return Ok((vec![flow], None));
        }
        let Some(at) = self.found.used_as(&Use::Flow) else { return Ok((Vec::new(), None)) };
        let header = self.header(at);
        let Some(Column::Words(words, rows)) = self.table.columns.get(at) else { return Ok((Vec::new(), None)) };
        let mut names: Vec<&'static str> = Vec::new();
        let mut map = Vec::new();
        for word in words.iter() {
            let Some(flow) = roles::flow_of(word) else {
                let line = line_of(self.table, at, word);
                let message = format!("`{}` in column `{header}` is no flow", word.trim());
                let advice = format!("declare it as a dimension: `regime from {}`", column_text(&header));
                return Err(LoadError { line, ..LoadError::new(message) }.advice(advice).into());
            };
            let place = names.iter().position(|n| *n == flow).unwrap_or_else(|| {
                names.push(flow);
                names.len() - 1
            });
            map.push(u32::try_from(place).unwrap_or(0));
        }
        let flows = repeated(rows.clone().mapped(&map), times);
        self.decided.flows = map.iter().filter_map(|at| names.get(*at as usize).copied()).collect();
        self.declaration.push(Said::column("flow", &header));
        Ok((names, Some(flows)))
    }
}
