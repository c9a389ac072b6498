//! The form of a page. In: a text file of pages. Out: pages with their words, their examples and sources. Runs nothing.
//!
//! ```text
//! == word, another word for it
//! The page, as it is shown. Lines that begin with four blanks are not run together.
//! Misleads: one sentence on when it misleads.
//! Data: ic panel
//! File: small.csv
//! : year,exports
//! > a statement
//! . that goes on
//! | what it prints, written by the test that runs it
//! Source: where it is said
//! See: another word
//! ```

/// One page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The words that find it, of which the first is its title.
    pub words: Vec<String>,
    /// The page itself, its paragraphs apart.
    pub text: String,
    /// When the thing misleads.
    pub misleads: String,
    /// The shipped data that its statements need, by the names of [`DATA`].
    pub data: Vec<String>,
    /// Files that stand in the page itself: a name and its text.
    pub files: Vec<(String, String)>,
    /// What is typed, and what is printed.
    pub examples: Vec<Example>,
    /// Where it is said.
    pub sources: Vec<String>,
    /// Other pages.
    pub see: Vec<String>,
}

/// A statement and what it prints.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Example {
    /// What is typed.
    pub statement: String,
    /// What is printed, its lines.
    pub shown: String,
}

/// The shipped data, as pages and lessons name them: a name, and the statement that loads them.
pub const DATA: &[(&str, &str)] = &[
    ("ic", "load \"examples/data/china_ic_trade.csv\" as ic"),
    ("regimes", "load \"examples/data/china_trade_by_regime.csv\" as regimes"),
    ("panel", "load \"examples/data/made_up_panel.csv\" as panel"),
    ("rates", "load \"examples/data/made_up_rates.csv\" as rates"),
    ("economy", "load \"examples/data/made_up_economy.csv\" as economy"),
    ("mirror", "load \"examples/data/made_up_mirror.csv\" as mirror"),
];

/// The pages of a text.
pub fn read(text: &str) -> Vec<Page> {
    let mut out: Vec<Page> = Vec::new();
    for line in text.lines() {
        if let Some(words) = line.strip_prefix("== ") {
            out.push(Page { words: listed(words), ..Page::default() });
        } else if let Some(page) = out.last_mut() {
            page.line(line);
        }
    }
    for page in &mut out {
        page.text = page.text.trim_end().to_string();
    }
    out
}

/// Words between commas.
fn listed(words: &str) -> Vec<String> {
    words.split(',').map(|w| w.trim().to_string()).filter(|w| !w.is_empty()).collect()
}

impl Page {
    fn line(&mut self, line: &str) {
        let rest = |mark: &str| line.strip_prefix(mark).map(str::trim_end);
        if let Some(words) = rest("Misleads: ") {
            self.misleads = words.to_string();
        } else if let Some(words) = rest("Data:") {
            self.data = words.split_whitespace().map(String::from).collect();
        } else if let Some(name) = rest("File: ") {
            self.files.push((name.to_string(), String::new()));
        } else if let (Some((_, text)), Some(row)) = (self.files.last_mut(), rest(": ")) {
            text.push_str(row);
            text.push('\n');
        } else if let Some(statement) = rest("> ") {
            self.examples.push(Example { statement: statement.to_string(), shown: String::new() });
        } else if let Some(words) = rest("Source: ") {
            self.sources.push(words.to_string());
        } else if let Some(words) = rest("See: ") {
            self.see.extend(listed(words));
        } else if let Some(example) = self.examples.last_mut() {
            if let Some(more) = rest(". ") {
                example.statement.push('\n');
                example.statement.push_str(more);
            } else if let Some(shown) = line.strip_prefix('|') {
                example.shown.push_str(shown.strip_prefix(' ').unwrap_or(shown));
                example.shown.push('\n');
            }
        } else {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// What it is called.
    pub fn title(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// The statements that load what its examples need.
    pub fn loads(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.data.iter().filter_map(|name| DATA.iter().find(|(n, _)| n == name)).map(|(_, load)| *load)
    }

    /// Whether it has these words in its text, as a person would look for them.
    pub fn speaks_of(&self, words: &str) -> bool {
        let has = |text: &str| {
            let text = text.to_lowercase();
            text.match_indices(words).any(|(at, _)| {
                let before = text.get(..at).and_then(|t| t.chars().next_back());
                let after = text.get(at + words.len()..).and_then(|t| t.chars().next());
                !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(|c| c.is_alphanumeric() && c != 's')
            })
        };
        has(&self.text) || has(&self.misleads)
    }

    /// The page as lines for a terminal; without its head where another page stands above.
    pub fn shown(&self, headed: bool) -> String {
        let mut out = String::new();
        if headed {
            out.push_str(&format!("{}\n\n", self.words.join(", ")));
        }
        out.push_str(&self.text);
        out.push('\n');
        if !self.misleads.is_empty() {
            out.push_str(&format!("\nIt misleads: {}\n", self.misleads));
        }
        if !self.examples.is_empty() {
            let of = if self.files.is_empty() { "with data that come along" } else { "with a file that says" };
            out.push_str(&format!("\nExample, {of}:\n\n"));
            for (name, text) in &self.files {
                out.push_str(&format!("  {name}\n"));
                text.lines().for_each(|row| out.push_str(&format!("    {row}\n")));
                out.push('\n');
            }
            self.loads().for_each(|load| out.push_str(&format!("  > {load}\n")));
            for example in &self.examples {
                let mut lines = example.statement.lines();
                out.push_str(&format!("  > {}\n", lines.next().unwrap_or_default()));
                lines.for_each(|more| out.push_str(&format!("    {more}\n")));
                example.shown.lines().for_each(|l| out.push_str(&format!("  {l}\n")));
            }
        }
        for source in &self.sources {
            out.push_str(&format!("\nSource: {source}\n"));
        }
        if !self.see.is_empty() {
            let see: Vec<String> = self.see.iter().map(|w| format!("`help {w}`")).collect();
            out.push_str(&format!("\nSee also {}.\n", see.join(", ")));
        }
        let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
        lines.join("\n") + "\n"
    }

    /// The page as Markdown, under a head of this depth.
    pub fn markdown(&self, depth: usize) -> String {
        let mut out = format!("{} {}\n\n", "#".repeat(depth), self.title());
        let others: Vec<&str> = self.words.iter().skip(1).map(String::as_str).collect();
        if !others.is_empty() {
            out.push_str(&format!("Also: {}.\n\n", others.join(", ")));
        }
        out.push_str(&self.text);
        out.push('\n');
        if !self.misleads.is_empty() {
            out.push_str(&format!("\n*It misleads:* {}\n", self.misleads));
        }
        for (name, text) in &self.files {
            out.push_str(&format!("\n`{name}`:\n\n```text\n{text}```\n"));
        }
        if !self.examples.is_empty() {
            out.push_str("\n```tradeql\n");
            self.loads().for_each(|load| out.push_str(&format!("> {load}\n")));
            for (i, example) in self.examples.iter().enumerate() {
                let before = i.checked_sub(1).and_then(|i| self.examples.get(i));
                if before.is_some_and(|e| !e.shown.is_empty()) {
                    out.push('\n');
                }
                out.push_str(&format!("> {}\n{}", example.statement.replace('\n', "\n. "), example.shown));
            }
            out.push_str("```\n");
        }
        for source in &self.sources {
            out.push_str(&format!("\nSource: {source}\n"));
        }
        out
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_its_words_its_text_and_its_examples() {
        let text = "remark\n== a, b c\nOne.\n\n    x\nMisleads: when.\nData: ic\nFile: f.csv\n: y,x\n: 1,2\n> q\n. more\n| 1\n|\n| 2\nSource: S\nSee: d, e\n== n\nN.\n";
        let pages = read(text);
        let [page, next] = pages.as_slice() else { panic!("{pages:?}") };
        assert_eq!((page.title(), page.words.len(), page.text.as_str()), ("a", 2, "One.\n\n    x"));
        assert_eq!(page.files, [("f.csv".to_string(), "y,x\n1,2\n".to_string())]);
        assert_eq!(page.examples, [Example { statement: "q\nmore".into(), shown: "1\n\n2\n".into() }]);
        assert_eq!((page.misleads.as_str(), page.see.len(), page.sources.len()), ("when.", 2, 1));
        assert!(
            page.shown(true).contains("  > load \"examples/data/china_ic_trade.csv\" as ic\n  > q\n    more\n  1\n")
        );
        assert_eq!(next.title(), "n");
        assert!(page.speaks_of("one") && !page.speaks_of("on"));
    }
}
