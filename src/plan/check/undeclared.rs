//! What is said where a clause or an operand needs a unit and nothing says it: the declaration to write, with `?`
//! where only the user knows.

use crate::data::{DatasetInfo, MeasureInfo};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::rules::Type;
use crate::plan::{Node, Plan};
use crate::span::Span;
use crate::syntax::format;

/// The first series below whose unit nothing says.
fn leaf(plan: &Plan) -> Option<(&DatasetInfo, &MeasureInfo)> {
    match &plan.node {
        Node::Measure(source, at) => {
            let info = source.info();
            info.measures.get(*at).filter(|m| m.meaning.unit.is_unknown()).map(|m| (info, m))
        }
        _ => plan.children().into_iter().find_map(leaf),
    }
}

/// The statement that declares a series.
fn declaration(info: &DatasetInfo, m: &MeasureInfo) -> String {
    let (name, column) = (format::word(&m.name), format::word(&m.column));
    let own = info.declaration.iter().find(|line| line.starts_with(&format!("{name} from ")) && line.contains('?'));
    let item = own.cloned().unwrap_or_else(|| format!("{name} from {column}: {} in ?", m.meaning.kind.word()));
    let item = item.split('#').next().unwrap_or("").trim().to_string();
    format!("load \"{}\" as {} with {{ {item} }}", info.file, format::word(&info.name))
}

/// A fault at `span`: `what` cannot be done with a unit that nothing says.
pub fn fault(plans: &[&Plan], span: Span, what: &str) -> Diagnostic {
    let found = plans.iter().find_map(|p| leaf(p).map(|l| (p.span, l)));
    let subject = found.map_or("this".to_string(), |(_, (_, m))| format!("`{}`", m.name));
    let message = format!("nothing says the unit of {subject}, so it cannot be {what}");
    let mut fault = Diagnostic::new(&codes::UNIT_UNDECLARED, span, message);
    if let Some((at, (info, m))) = found {
        if at != span {
            fault = fault.label(at, "unit not declared");
        }
        fault = fault.advice(format!("declare it: `{}`", declaration(info, m)));
    }
    fault
}

/// Whether this is a series whose unit nothing says.
pub fn is_undeclared(plan: &Plan) -> bool {
    matches!(&plan.node, Node::Measure(..)) && leaf(plan).is_some()
}

/// Whether a unit that nothing says keeps two values apart.
pub fn between(a: &Type, b: &Type) -> bool {
    a.unit.is_unknown() || b.unit.is_unknown()
}
