//! A report as it is written: prose, queries within sentences, and blocks of statements. In: Markdown. Out: its parts, in
//! their order, each with the line on which it begins. Runs nothing.

/// What stands for a block while the prose around it is laid out; no text of the user has it.
pub const OPEN: char = '\u{E000}';
/// The end of such a mark.
pub const SHUT: char = '\u{E001}';

/// A part of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Markdown as it is.
    Prose(String),
    /// `{{query}}`, and the line on which it stands.
    Number(String, usize),
    /// The statements of a block, and the line of the first; whether their answers are shown.
    Block(String, usize, bool),
}

/// The fence that a line begins or ends: its sign, how often, and what is behind.
fn fence(line: &str) -> Option<(char, usize, &str)> {
    let inner = line.trim_start_matches(' ');
    if line.len() - inner.len() > 3 {
        return None;
    }
    let sign = inner.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let count = inner.chars().take_while(|c| *c == sign).count();
    let rest = inner.get(count..)?.trim();
    (count >= 3 && !(sign == '`' && rest.contains('`'))).then_some((sign, count, rest))
}

/// The parts of a report.
///
/// # Errors
/// The line of a block or of braces that do not end, and what is missing.
pub fn parts(text: &str) -> Result<Vec<Part>, (usize, String)> {
    let mut out = Vec::new();
    let mut prose = String::new();
    let mut lines = text.lines().enumerate();
    while let Some((i, line)) = lines.next() {
        let line = line.replace([OPEN, SHUT], "");
        let Some((sign, count, info)) = fence(&line) else {
            numbers(&line, i + 1, &mut prose, &mut out)?;
            continue;
        };
        let ours = info.split_whitespace().next() == Some("tql");
        let mut inside = String::new();
        let mut ended = false;
        let mut whole = format!("{line}\n");
        for (_, line) in lines.by_ref() {
            whole.push_str(&format!("{}\n", line.replace([OPEN, SHUT], "")));
            if fence(line).is_some_and(|(s, c, rest)| s == sign && c >= count && rest.is_empty()) {
                ended = true;
                break;
            }
            inside.push_str(&format!("{line}\n"));
        }
        if !ours {
            prose.push_str(&whole);
        } else if !ended {
            return Err((i + 1, format!("the block has no end: {}", sign.to_string().repeat(count))));
        } else {
            out.push(Part::Prose(std::mem::take(&mut prose)));
            let hidden = info.split_whitespace().skip(1).any(|w| w == "hidden");
            out.push(Part::Block(inside, i + 2, !hidden));
        }
    }
    out.push(Part::Prose(prose));
    out.retain(|p| !matches!(p, Part::Prose(text) if text.is_empty()));
    Ok(out)
}

/// Takes the queries out of a line of prose; what stands between backticks, and `\{{`, is left.
fn numbers(line: &str, number: usize, prose: &mut String, out: &mut Vec<Part>) -> Result<(), (usize, String)> {
    let mut rest = line;
    while let Some(at) = rest.find(['`', '{', '\\']) {
        let (before, from) = rest.split_at(at);
        prose.push_str(before);
        let ticks = from.chars().take_while(|c| *c == '`').count();
        let literal = if ticks > 0 {
            // Code ends with as many ticks as it began with.
            let fence = "`".repeat(ticks);
            from.get(ticks..).and_then(|r| r.find(&fence)).map_or(ticks, |end| end + 2 * ticks)
        } else if let Some(inner) = from.strip_prefix("{{") {
            let end = inner.find("}}").ok_or_else(|| (number, "`{{` has no `}}` on its line".to_string()))?;
            out.push(Part::Prose(std::mem::take(prose)));
            out.push(Part::Number(inner.get(..end).unwrap_or_default().trim().to_string(), number));
            rest = inner.get(end + 2..).unwrap_or_default();
            continue;
        } else if from.starts_with("\\{{") {
            prose.push_str("{{");
            rest = from.get(3..).unwrap_or_default();
            continue;
        } else {
            // One sign, and after a backslash the one that it protects.
            from.chars().take(if from.starts_with('\\') { 2 } else { 1 }).map(char::len_utf8).sum()
        };
        prose.push_str(from.get(..literal).unwrap_or(from));
        rest = from.get(literal..).unwrap_or_default();
    }
    prose.push_str(rest);
    prose.push('\n');
    Ok(())
}

/// The first heading of a report.
pub fn title(text: &str) -> Option<String> {
    let line = text.lines().find_map(|l| l.strip_prefix("# "))?;
    Some(line.trim().trim_end_matches('#').trim().to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn prose_numbers_and_blocks_are_told_apart() {
        let text = "# T\nIt was {{x for 2023}} and `{{not}}` and \\{{nor}}.\n\n```tql hidden\nload \"f\"\n```\n```text\n{{no}}\n```\nEnd\n";
        let found = parts(text).unwrap();
        let prose = |t: &str| Part::Prose(t.to_string());
        assert_eq!(
            found,
            [
                prose("# T\nIt was "),
                Part::Number("x for 2023".into(), 2),
                prose(" and `{{not}}` and {{nor}}.\n\n"),
                Part::Block("load \"f\"\n".into(), 5, false),
                prose("```text\n{{no}}\n```\nEnd\n"),
            ]
        );
        assert_eq!(title(text).unwrap(), "T");
        assert_eq!(parts("a\n```tql\nx\n").unwrap_err().0, 2);
        assert_eq!(parts("a\nb {{c\n").unwrap_err().0, 2);
        assert_eq!(parts("``` a`b\n{{x}}\n").unwrap().len(), 3);
    }
}
