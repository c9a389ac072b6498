//! Whether keys under other labels have a meaning in the data below: months that the data reach, members that are codes,
//! a rest that is one. Gives back what is wrong.

use super::names::{is_country, unknown_codes};
use crate::data::DimInfo;
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::grouping::{By, Grouping};
use crate::plan::{Condition, Key, Plan};
use crate::span::Spanned;
use crate::value::Freq;

/// What is wrong with keys, beside the step of time that is asked for.
pub(super) fn misfits(plan: &Plan, keys: &[Key], step: Option<Freq>) -> Vec<Diagnostic> {
    keys.iter().filter_map(|k| k.rows.as_ref().map(|r| (k, r))).flat_map(|(k, r)| misfit(plan, k, r, step)).collect()
}

fn misfit(plan: &Plan, key: &Key, rows: &Grouping, step: Option<Freq>) -> Vec<Diagnostic> {
    let span = key.name.span;
    match &rows.by {
        By::Calendar(part) => {
            if let Some(step) = step.filter(|s| s < part) {
                let message =
                    format!("a {} is shorter than a {}, so it lies in one of them only", step.word(), part.word());
                return vec![Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message)];
            }
            let steps: Option<Vec<Freq>> = plan.leaves().iter().map(|(s, _)| s.info().finest()).collect();
            let Some(known) = steps.and_then(|s| s.into_iter().min()).filter(|known| part < known) else {
                return Vec::new();
            };
            let message = format!("the data are by {}, and `{}` is finer", known.word(), key.name.node);
            vec![Diagnostic::new(&codes::WRONG_ARGUMENTS, span, message).here(format!("by {}", known.word()))]
        }
        By::Table(_) => Vec::new(),
        By::Members(members, rest) => {
            let leaves = plan.leaves();
            let dims: Vec<&DimInfo> =
                leaves.iter().filter_map(|(s, _)| s.info().dims.iter().find(|d| d.name.as_ref() == key.dim)).collect();
            let mut faults = Vec::new();
            for (name, codes) in rows.labels.iter().zip(members) {
                // A set may name countries that these data lack; every other word is a code of theirs.
                let alone = matches!(codes.as_slice(), [one] if one == name.as_ref());
                let lacking = |c: &&String| alone || !is_country(&dims, c);
                for code in codes.iter().filter(lacking) {
                    let dim = Spanned::new(key.dim.clone(), span);
                    let code = vec![Spanned::new(code.clone(), span)];
                    faults.extend(unknown_codes(plan, &Condition::on_codes(dim, true, code)));
                }
                faults.extend(dims.iter().find_map(|d| stands_above(d, key, codes)));
            }
            if *rest {
                faults.extend(dims.iter().find_map(|d| held_twice(d, key, rows)));
            }
            faults
        }
    }
}

/// A member that is a total or a group of the data has no row beside its parts.
fn stands_above(dim: &DimInfo, key: &Key, members: &[String]) -> Option<Diagnostic> {
    let above = |code: &&String| {
        let at = dim.find(code).and_then(|c| dim.codes.binary_search(&c).ok()).and_then(|p| u32::try_from(p).ok());
        at.is_some_and(|p| dim.is_total(p) || dim.is_group(p))
    };
    let code = members.iter().find(above)?;
    let message =
        format!("`{code}` is a total or group in the data, and stands above the other codes of `{}`", dim.name);
    let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, key.name.span, message);
    Some(fault.advice(format!("`where {} = {code}` asks for it; a set of its members is one row", dim.name)))
}

/// With a rest, no code is counted twice.
fn held_twice(dim: &DimInfo, key: &Key, rows: &Grouping) -> Option<Diagnostic> {
    let (code, found) = dim.codes.iter().map(|c| (c, rows.of_code(dim, c))).find(|(_, found)| found.len() > 1)?;
    let names: Vec<&str> =
        found.iter().filter_map(|p| rows.labels.get(*p as usize)).map(|l| l.as_ref()).take(2).collect();
    let message = format!("`{code}` is in {}, so there is no rest of them", names.join(" and in "));
    let fault = Diagnostic::new(&codes::OVERLAPPING_GROUPS, key.name.span, message).here("overlap");
    Some(fault.advice("without `rest` each member is a row, and nothing adds them up"))
}
