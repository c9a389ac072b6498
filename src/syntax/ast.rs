//! What a statement says, with places but without meaning: names are not looked up, units and operators are words.
//! Two trees are equal if they say the same, wherever it was said.

#![allow(missing_docs)] // the fields of a statement are named in the line above it

use crate::span::{Span, Spanned};
use crate::value::period::PeriodText;

/// A word with its place.
pub type Name = Spanned<String>;

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `load "file.csv" as NAME with { … } keep`
    Load { path: Spanned<FileName>, name: Option<Name>, declaration: Option<Declaration>, keep: bool },
    /// `read "story.txt" dated DAY reporter CODE against NAME into "claims.tql"`
    Read(Box<Read>),
    /// `declare NAME with { … }`
    Declare { name: Name, declaration: Declaration },
    /// `use "other.tql"`
    Use { path: Name },
    /// `let NAME = QUERY`
    Let { name: Name, query: Query },
    /// `let NAME = {CODE, …}`
    LetSet { name: Name, codes: Vec<Name> },
    /// `def WORDS over D of X and Y from A to B = QUERY`
    Def { name: Name, over: Option<Name>, params: Vec<Name>, takes: Option<Takes>, body: Query },
    /// A query to evaluate and print.
    Query(Query),
    /// `plot QUERY as SHAPE into "f.svg" overwrite`
    Plot { query: Query, shape: Option<Name>, into: Option<Spanned<FileName>>, overwrite: bool },
    /// `export QUERY into "f.csv" overwrite`
    Export { query: Query, explained: bool, into: Spanned<FileName>, overwrite: bool },
    /// `explain QUERY`
    Explain(Query),
    /// `assert …`
    Assert(Check),
    /// `claim …`
    Claim(Check),
    /// `param NAME = VALUE`; the value as it is written, `None` where it must be given from outside.
    Param { name: Name, value: Option<Name> },
    /// `describe NAME`
    Describe(Name),
    /// `list WORD`
    List(Name, Option<Name>),
    /// `cache list`, `cache clear`
    Cache(Name),
    /// `help WORDS`
    Help(Option<Name>),
    /// `set NAME = VALUE`
    Set { name: Name, value: Name },
}

/// A story to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The file.
    pub path: Name,
    /// The day that it is of.
    pub date: Option<Name>,
    /// Whose trade it tells.
    pub reporter: Option<Name>,
    /// The dataset that may confirm it.
    pub against: Option<Name>,
    /// The script of its claims, to be written.
    pub into: Option<Spanned<FileName>>,
    /// Whether that may replace a file.
    pub overwrite: bool,
    /// Whether it is told how each figure was read.
    pub explain: bool,
}

/// What names a file.
#[derive(Clone, Debug, PartialEq)]
pub enum FileName {
    /// `"f.csv"`
    Text(String),
    /// The parameter that holds it.
    Named(String),
}

/// A number to check against.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// As it is written.
    Printed(Literal),
    /// The parameter that holds it.
    Named(String),
}

/// The clause of a call that a defined operator takes for its body.
#[derive(Clone, Debug, PartialEq)]
pub enum Takes {
    /// `from A to B`
    FromTo(Name, Name),
    /// `for P`
    For(Name),
    /// `with P = N`
    With(Name, Name),
}

/// A checked statement about a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What is checked.
    pub query: Query,
    /// Against what; `None` when the query is itself a comparison.
    pub test: Option<Test>,
    /// Where it was printed.
    pub citing: Option<Name>,
}

/// What a query is checked against.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// A printed value.
    Is { value: Spanned<Figure>, tolerance: Tolerance },
    /// Another query.
    Compare { op: Comparison, right: Query },
}

/// How near is near enough.
#[derive(Clone, Debug, PartialEq)]
pub enum Tolerance {
    /// Half a unit of the last printed digit.
    Printed,
    /// No difference at all.
    Exactly,
    /// At most this far.
    Within(Spanned<Figure>),
}

/// A number as it is written, with the words of its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// Digits with sign and point, without thousands separators.
    pub number: String,
    /// `bn CNY`, `%`, or nothing.
    pub unit: String,
}

/// `<`, `>`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    More,
    /// `>=`
    MoreOrEqual,
    /// `!=`
    NotEqual,
    /// `=`
    Equal,
}

impl Comparison {
    /// The sign.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::More => ">",
            Comparison::MoreOrEqual => ">=",
            Comparison::NotEqual => "!=",
            Comparison::Equal => "=",
        }
    }

    /// Whether it holds.
    pub fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Comparison::Less => a < b,
            Comparison::LessOrEqual => a <= b,
            Comparison::More => a > b,
            Comparison::MoreOrEqual => a >= b,
            Comparison::NotEqual => a != b,
            Comparison::Equal => a == b,
        }
    }
}

/// An expression and its clauses.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// What is asked for.
    pub expr: Expr,
    /// What applies to all of it, in the order written.
    pub clauses: Vec<Spanned<Clause>>,
}

impl Query {
    /// From its first to its last word.
    pub fn span(&self) -> Span {
        self.clauses.iter().fold(self.expr.span, |s, c| s.to(c.span))
    }
}

/// An expression with its place.
pub type Expr = Spanned<ExprNode>;

/// Whether a term is added or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
}

/// Whether a factor multiplies or divides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// `*`
    Times,
    /// `/`
    Over,
}

/// The forms of an expression. Chains are flat, so that their length is not depth.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprNode {
    /// A number with its unit.
    Number(Literal),
    /// A series, a `let`, a parameter; perhaps `dataset.series`.
    Name(String),
    /// Terms with their signs; at least two, or one that is taken away.
    Sum(Vec<(Sign, Expr)>),
    /// Factors; at least two, the first is always `Times`.
    Product(Vec<(Factor, Expr)>),
    /// `WORDS over D of x and y`
    Call { words: Name, over: Vec<DimName>, operands: Vec<Expr> },
    /// `x across D`
    Across { inner: Box<Expr>, dims: Vec<DimName> },
    /// `x deflated by p`
    Deflated { inner: Box<Expr>, by: Box<Expr> },
    /// `x as share of y`
    ShareOf { part: Box<Expr>, whole: Box<Expr> },
    /// `x < y`
    Compare { op: Comparison, left: Box<Expr>, right: Box<Expr> },
    /// A query in parentheses.
    Group(Box<Query>),
    /// `x, y, …`: side by side; only a whole statement is one.
    List(Vec<Expr>),
}

/// A dimension, or an attribute of one: `partner`, `region of partner`.
#[derive(Clone, Debug, PartialEq)]
pub struct DimName {
    /// What of it: `region`, `month`.
    pub attribute: Option<Name>,
    /// The dimension, or `year`.
    pub name: Name,
}

impl DimName {
    /// Where it stands.
    pub fn span(&self) -> Span {
        self.attribute.as_ref().map_or(self.name.span, |a| a.span.to(self.name.span))
    }
}

/// A key of `by`: `partner`, `region of partner`, `partner among {asean, DEU, rest}`.
#[derive(Clone, Debug, PartialEq)]
pub struct ByKey {
    /// The dimension or its attribute.
    pub dim: DimName,
    /// Its rows, where they are listed.
    pub among: Option<Codes>,
}

/// The clauses.
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// `where COND and …`
    Where(Vec<Condition>),
    /// `when CHOICE and …`
    When(Vec<Choice>),
    /// `by KEY, …`
    By(Vec<ByKey>),
    /// `from A to B`
    FromTo(Spanned<PeriodText>, Spanned<PeriodText>),
    /// `for P`
    For(Spanned<PeriodText>),
    /// `in UNIT at BASIS`
    In { unit: Name, basis: Option<Spanned<Basis>> },
    /// `with P = NUMBER`; the number as it is written, or the name of a parameter.
    With { period: Spanned<PeriodText>, number: Spanned<String> },
    /// `with total`
    Total,
    /// `top N`, `bottom N`, `top 80%`, `top 1 over partner`
    Top { much: Spanned<Much>, bottom: bool, over: Vec<DimName> },
    /// `largest first`, `smallest first`
    Order { smallest: bool },
    /// `first N`, `last N`
    End { count: Spanned<Much>, last: bool },
    /// `allowing CODE`
    Allowing(Name),
}

/// How many are kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Much {
    /// So many.
    Count(usize),
    /// As many as a parameter says.
    Named(String),
    /// As few as reach this part of all, in percent, as it is written.
    Part(String),
}

/// One choice among results.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// `KEY = CODE`, `KEY among {…}`
    Codes(Condition),
    /// A comparison.
    Holds(Expr),
}

/// The rate at which money is converted.
#[derive(Clone, Debug, PartialEq)]
pub enum Basis {
    /// The mean of the period.
    Average,
    /// The last of the period.
    End,
    /// The mean of a fixed period.
    At(PeriodText),
}

/// One condition on a dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The dimension, or its attribute.
    pub dim: DimName,
    /// Whether the codes are kept or left out.
    pub keep: bool,
    /// The codes.
    pub codes: Codes,
}

/// The codes of a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Codes {
    /// `= CODE`
    One(Name),
    /// `among {CODE, …}`
    Set(Vec<Name>),
    /// `among NAME`
    Named(Name),
}

/// `with { … }`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declaration {
    /// Its items, in the order written.
    pub items: Vec<Spanned<Item>>,
}

/// One item of a declaration.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `NAME from COLUMN` or `NAME from COLUMN: MEANING`
    Column { name: Name, column: Name, meaning: Option<MeaningText> },
    /// `NAME = CODE`: a dimension with one code that the file does not state.
    Constant { name: Name, code: Name },
    /// `table of DIM, … by COLUMN`: a table of the codes of dimensions.
    Table { dims: Vec<Name>, by: Name },
    /// `skip COLUMN, …`
    Skip(Vec<Name>),
    /// `missing "..", …`, `encoding "gb18030"`: a key and its texts.
    Text { key: Name, values: Vec<Name> },
    /// `duplicates last`: a key and one of a few words.
    Word { key: Name, value: Name },
    /// `DIM from columns A, B`: a wide table.
    Columns { name: Name, columns: Vec<Name> },
    /// `absent = zero`, `absent partner = missing`
    Absent { dim: Option<Name>, what: Name },
    /// `aggregates DIM CODE, …`, `groups DIM CODE, …`, `codes DIM SYSTEM`
    List { key: Name, dim: Name, codes: Vec<Name> },
}

/// What a declaration says of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct MeaningText {
    /// Kind and unit of its numbers, or the form of its periods.
    pub words: Name,
    /// `where COND and …`: only of these rows.
    pub conditions: Vec<Condition>,
    /// `for P`: only of this period.
    pub within: Option<Spanned<PeriodText>>,
}

impl MeaningText {
    /// Where all of it stands.
    pub fn span(&self) -> Span {
        let codes = |c: &Condition| match &c.codes {
            Codes::One(code) | Codes::Named(code) => code.span,
            Codes::Set(codes) => codes.iter().fold(c.dim.span(), |s, c| s.to(c.span)),
        };
        let rows = self.conditions.iter().map(codes).chain(self.within.iter().map(|p| p.span));
        rows.fold(self.words.span, |all, span| all.to(span))
    }
}
