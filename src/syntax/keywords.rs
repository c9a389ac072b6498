//! The keywords of the language, one table: what each may do. Completion, canonical text, the cutting of statements and
//! the answers to foreign spellings read it; a test holds it against the grammar, which has the last word.

/// Where a keyword stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the beginning of a statement; elsewhere it is a name.
    Statement,
    /// At the beginning of a clause.
    Clause,
    /// Within an expression or a clause.
    Inner,
    /// Behind the query of a statement.
    After,
    /// In one place only; elsewhere it is a name.
    Soft,
}

/// A keyword.
#[derive(Clone, Copy, Debug)]
pub struct Keyword {
    /// In small letters.
    pub word: &'static str,
    /// Where it stands.
    pub place: Place,
    /// As completion offers it; empty where it does not.
    pub offered: &'static str,
    /// Whether a line that ends with it goes on in the next.
    pub goes_on: bool,
}

impl Keyword {
    /// Whether it cannot be a name.
    pub fn is_reserved(&self) -> bool {
        matches!(self.place, Place::Clause | Place::Inner | Place::After)
    }

    const fn offered(self, offered: &'static str) -> Keyword {
        Keyword { offered, ..self }
    }

    const fn unoffered(self) -> Keyword {
        Keyword { offered: "", ..self }
    }

    const fn closed(self) -> Keyword {
        Keyword { goes_on: false, ..self }
    }
}

const fn begins(word: &'static str) -> Keyword {
    Keyword { word, place: Place::Statement, offered: word, goes_on: true }
}

const fn clause(word: &'static str) -> Keyword {
    Keyword { word, place: Place::Clause, offered: word, goes_on: true }
}

const fn inner(word: &'static str) -> Keyword {
    Keyword { word, place: Place::Inner, offered: word, goes_on: true }
}

const fn after(word: &'static str) -> Keyword {
    Keyword { word, place: Place::After, offered: "", goes_on: true }
}

const fn soft(word: &'static str) -> Keyword {
    Keyword { word, place: Place::Soft, offered: word, goes_on: false }
}

/// All of them. Of two that a misspelt word may mean, the first is offered.
pub const ALL: &[Keyword] = &[
    begins("load"),
    begins("use"),
    begins("read"),
    begins("let"),
    begins("def"),
    begins("plot"),
    begins("export"),
    begins("explain"),
    begins("assert"),
    begins("claim"),
    begins("param"),
    begins("declare"),
    begins("describe"),
    begins("list").closed(),
    begins("cache").closed(),
    begins("help").closed(),
    begins("set").closed(),
    clause("from"),
    clause("where"),
    clause("when"),
    clause("for"),
    clause("by"),
    clause("top"),
    clause("with"),
    clause("bottom"),
    clause("allowing"),
    clause("in"),
    inner("to"),
    inner("of"),
    inner("across"),
    inner("deflated").offered("deflated by"),
    inner("as").offered("as share of"),
    inner("over"),
    inner("and"),
    inner("among"),
    inner("at").unoffered(),
    inner("not").offered("not among"),
    after("is"),
    after("within"),
    after("citing"),
    after("into"),
    after("exactly").closed(),
    soft("share").unoffered(),
    soft("overwrite"),
    soft("prices").unoffered(),
    soft("keep"),
    soft("skip").unoffered(),
    soft("absent").unoffered(),
    soft("ytd"),
    soft("total").offered("with total"),
    soft("largest").offered("largest first"),
    soft("smallest").offered("smallest first"),
    soft("first"),
    soft("last"),
];

/// The keyword that a word is, in any case of its letters.
pub fn find(word: &str) -> Option<&'static Keyword> {
    ALL.iter().find(|k| k.word.eq_ignore_ascii_case(word))
}

/// Whether a word cannot be a name.
pub fn is_reserved(word: &str) -> bool {
    find(word).is_some_and(Keyword::is_reserved)
}

/// Whether a word begins a clause.
pub fn begins_clause(word: &str) -> bool {
    find(word).is_some_and(|k| k.place == Place::Clause)
}

/// Whether a word begins a statement.
pub fn begins_statement(word: &str) -> bool {
    find(word).is_some_and(|k| k.place == Place::Statement)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The grammar without the marks between its words.
    fn grammar() -> impl Iterator<Item = &'static str> {
        include_str!("../../grammar/tradeql.pest").lines()
    }

    #[test]
    fn the_grammar_has_these_keywords_and_no_others() {
        let mut rules: Vec<&str> = grammar()
            .filter_map(|line| line.strip_prefix("kw_")?.split_once(" = @{ ^\""))
            .filter_map(|(name, rest)| rest.strip_suffix("\" ~ stop }").filter(|word| *word == name.trim()))
            .collect();
        let mut table: Vec<&str> = ALL.iter().map(|k| k.word).collect();
        rules.sort_unstable();
        table.sort_unstable();
        assert_eq!(rules, table);
    }

    #[test]
    fn the_grammar_reserves_the_same_words() {
        let rule = grammar().skip_while(|l| !l.starts_with("keyword = _{")).skip(1).take_while(|l| *l != "}");
        let mut reserved: Vec<&str> =
            rule.flat_map(|l| l.split(['|', ' ']).filter_map(|w| w.strip_prefix("kw_"))).collect();
        let mut table: Vec<&str> = ALL.iter().filter(|k| k.is_reserved()).map(|k| k.word).collect();
        reserved.sort_unstable();
        table.sort_unstable();
        assert_eq!(reserved, table);
    }
}
