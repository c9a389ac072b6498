//! The steps of an answer as text: each in one sentence, with its formula, the formula with the numbers put in, and
//! the observations used. The last step comes first, as the answer does.

use crate::diagnostic::visible::visible;
use crate::eval::trace::{Line, MAX_LINES, Step};

/// How many lines stand before those that are left out.
pub(super) const BETWEEN: usize = MAX_LINES / 2;

/// Draws steps as a tree.
pub fn draw(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        branch(step, 0, &mut out);
    }
    out
}

fn branch(step: &Step, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    // A step that tells nothing is only a bracket around others.
    if step.say.is_empty() {
        for below in &step.below {
            branch(below, depth, out);
        }
        return;
    }
    out.push_str(&format!("{pad}{}\n", visible(&step.say)));
    if !step.formula.is_empty() {
        out.push_str(&format!("{pad}    {}\n", visible(&step.formula)));
    }
    for (i, line) in step.lines.iter().enumerate() {
        if step.more > 0 && i == BETWEEN {
            out.push_str(&format!("{pad}    … {} more …\n", step.more));
        }
        out.push_str(&format!("{pad}    {}\n", visible(&line_text(line))));
    }
    for observation in &step.observations {
        out.push_str(&format!("{pad}    . {}\n", visible(observation)));
    }
    for below in &step.below {
        branch(below, depth + 1, out);
    }
}

pub(super) fn line_text(line: &Line) -> String {
    let about = if line.about.is_empty() { String::new() } else { format!("{}: ", line.about) };
    format!("{about}{} = {} {}", line.arithmetic, line.result, line.unit).trim_end().to_string()
}
