//! The parser made from `grammar/tradeql.pest`, and the words for its rules in messages.
//! With [`super::lower`] the only place that knows pest.
#![allow(missing_docs)]

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;
use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "../grammar/tradeql.pest"]
pub(super) struct Grammar;

/// Why a text is not a sentence of the grammar.
pub(super) struct Failure {
    /// The byte at which nothing fitted any more.
    pub at: usize,
    /// What could have stood there, in words, without repetitions.
    pub expected: Vec<&'static str>,
}

/// Parses `text` whole as `rule`.
pub(super) fn parse(rule: Rule, text: &str) -> Result<Pair<'_, Rule>, Failure> {
    match Grammar::parse(rule, text) {
        Ok(mut pairs) => pairs.next().ok_or(Failure { at: 0, expected: Vec::new() }),
        Err(error) => {
            let at = match error.location {
                InputLocation::Pos(p) => p,
                InputLocation::Span((s, _)) => s,
            };
            let mut expected: Vec<&'static str> = match &error.variant {
                ErrorVariant::ParsingError { positives, .. } => positives.iter().filter_map(words).collect(),
                ErrorVariant::CustomError { .. } => Vec::new(),
            };
            expected.sort_unstable();
            expected.dedup();
            Err(Failure { at, expected })
        }
    }
}

/// What a rule is called in a message; `None` for what would only confuse.
fn words(rule: &Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::kw_of => "`of`",
        Rule::kw_over => "`over`",
        Rule::kw_and => "`and`",
        Rule::kw_as => "`as`",
        Rule::kw_share => "`share of`",
        Rule::kw_by => "`by`",
        Rule::kw_to => "`to`",
        Rule::kw_is => "`is`",
        Rule::kw_into => "`into`",
        Rule::kw_from => "`from`",
        Rule::kw_among => "`among`",
        Rule::name | Rule::simple_name | Rule::plain_name | Rule::quoted_name => "a name",
        Rule::names | Rule::dim | Rule::key | Rule::by_key => "a name",
        Rule::op_word | Rule::head => "an operator with `of`",
        Rule::string | Rule::file => "text in quotes",
        Rule::number | Rule::quantity | Rule::literal | Rule::figure => "a number",
        Rule::integer | Rule::count => "a whole number",
        Rule::code | Rule::code_set | Rule::set_literal => "a code",
        Rule::unit | Rule::unit_word | Rule::unit_ten | Rule::percent => "a unit",
        Rule::period | Rule::period_atom | Rule::period_end => "a period",
        Rule::plus | Rule::minus | Rule::times | Rule::over => "`+`, `-`, `*` or `/`",
        Rule::compare | Rule::comparison => "a comparison",
        Rule::query
        | Rule::table
        | Rule::expr
        | Rule::sum
        | Rule::product
        | Rule::unary
        | Rule::phrase
        | Rule::item => "a query",
        Rule::postfix | Rule::primary => "a query",
        Rule::clause | Rule::where_clause | Rule::by_clause | Rule::from_clause | Rule::for_clause => "a clause",
        Rule::in_clause | Rule::with_clause | Rule::top_clause | Rule::allowing_clause => "a clause",
        Rule::when_clause | Rule::order_clause | Rule::end_clause => "a clause",
        Rule::kw_first => "`first`",
        Rule::condition | Rule::choice | Rule::code_choice => "a condition",
        Rule::is_code | Rule::is_not_code => "`=` or `!=` and a code",
        Rule::declaration => "`{ … }`",
        Rule::decl_item => "an item of the declaration",
        Rule::column => "a column",
        Rule::meaning | Rule::meaning_words => "a kind and a unit",
        Rule::EOI => "the end",
        _ => return None,
    })
}
