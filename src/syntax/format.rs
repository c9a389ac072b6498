//! The canonical text of a statement: `parse(format(x)) == x`, and formatting twice changes nothing.

use super::ast::*;
use super::keywords;
use crate::value::period::PeriodText;

/// A statement on one line.
pub fn statement(statement: &Statement) -> String {
    match statement {
        Statement::Load { path, name, declaration, keep } => {
            let block = declaration.as_ref().map(|d| format!(" with {}", inline(d))).unwrap_or_default();
            let name = name.as_ref().map(|n| format!(" as {}", word(&n.node))).unwrap_or_default();
            let keep = if *keep { " keep" } else { "" };
            format!("load {}{name}{block}{keep}", file(&path.node))
        }
        Statement::Declare { name, declaration } => {
            format!("declare {} with {}", word(&name.node), inline(declaration))
        }
        Statement::Use { path } => format!("use {}", quoted(&path.node)),
        Statement::Let { name, query: q } => format!("let {} = {}", word(&name.node), query(q)),
        Statement::LetSet { name, codes } => {
            format!("let {} = {}", word(&name.node), code_set(codes))
        }
        Statement::Def { name, over, params, takes, body } => {
            let over = over.as_ref().map(|d| format!(" over {}", word(&d.node))).unwrap_or_default();
            let params: Vec<String> = params.iter().map(|p| word(&p.node)).collect();
            let takes = match takes {
                None => String::new(),
                Some(Takes::FromTo(a, b)) => format!(" from {} to {}", word(&a.node), word(&b.node)),
                Some(Takes::For(p)) => format!(" for {}", word(&p.node)),
                Some(Takes::With(p, n)) => format!(" with {} = {}", word(&p.node), word(&n.node)),
            };
            format!("def {}{over} of {}{takes} = {}", name.node, params.join(" and "), query(body))
        }
        Statement::Query(q) => query(q),
        Statement::Plot { query: q, shape, into, overwrite } => {
            let shape = shape.as_ref().map(|s| format!(" as {}", s.node)).unwrap_or_default();
            let into = into.as_ref().map(|s| format!(" into {}", file(&s.node))).unwrap_or_default();
            let overwrite = if *overwrite { " overwrite" } else { "" };
            format!("plot {}{shape}{into}{overwrite}", query(q))
        }
        Statement::Export { query: q, explained, into, overwrite } => {
            let overwrite = if *overwrite { " overwrite" } else { "" };
            let explained = if *explained { "explain " } else { "" };
            format!("export {explained}{} into {}{overwrite}", query(q), file(&into.node))
        }
        Statement::Read(r) => read(r),
        Statement::Explain(q) => format!("explain {}", query(q)),
        Statement::Assert(c) => format!("assert {}", check(c)),
        Statement::Claim(c) => format!("claim {}", check(c)),
        Statement::Param { name, value } => {
            let value = value.as_ref().map(|v| format!(" = {}", param_value(&v.node))).unwrap_or_default();
            format!("param {}{value}", word(&name.node))
        }
        Statement::Describe(name) => format!("describe {}", dotted(&name.node)),
        Statement::List(name, of) => {
            let of = of.as_ref().map(|of| format!(" {}", word(&of.node))).unwrap_or_default();
            format!("list {}{of}", word(&name.node))
        }
        Statement::Cache(word) => format!("cache {}", word.node.to_lowercase()),
        Statement::Help(None) => "help".into(),
        Statement::Help(Some(words)) => format!("help {}", words.node),
        Statement::Set { name, value } => {
            format!("set {} = {}", word(&name.node), code(&value.node))
        }
    }
}

/// A query.
pub fn query(q: &Query) -> String {
    let mut out = expr(&q.expr);
    for c in &q.clauses {
        out.push(' ');
        out.push_str(&clause(&c.node));
    }
    out
}

/// An expression.
pub fn expr(e: &Expr) -> String {
    match &e.node {
        ExprNode::Number(l) => literal(l),
        ExprNode::Name(name) => dotted(name),
        ExprNode::Sum(terms) => terms
            .iter()
            .enumerate()
            .map(|(i, (sign, t))| match (i, sign) {
                (0, Sign::Plus) => expr(t),
                (0, Sign::Minus) => format!("-{}", expr(t)),
                (_, Sign::Plus) => format!(" + {}", expr(t)),
                (_, Sign::Minus) => format!(" - {}", expr(t)),
            })
            .collect(),
        ExprNode::Product(factors) => factors
            .iter()
            .enumerate()
            .map(|(i, (how, t))| match (i, how) {
                (0, _) => expr(t),
                (_, Factor::Times) => format!(" * {}", expr(t)),
                (_, Factor::Over) => format!(" / {}", expr(t)),
            })
            .collect(),
        ExprNode::Call { words, over, operands } => {
            let over = if over.is_empty() { String::new() } else { format!(" over {}", dims(over)) };
            let operands: Vec<String> = operands.iter().map(expr).collect();
            format!("{}{over} of {}", words.node, operands.join(" and "))
        }
        ExprNode::Across { inner, dims: of } => format!("{} across {}", expr(inner), dims(of)),
        ExprNode::Deflated { inner, by } => format!("{} deflated by {}", expr(inner), expr(by)),
        ExprNode::ShareOf { part, whole } => format!("{} as share of {}", expr(part), expr(whole)),
        ExprNode::Compare { op, left, right } => {
            format!("{} {} {}", expr(left), op.sign(), expr(right))
        }
        ExprNode::Group(q) => format!("({})", query(q)),
        ExprNode::List(items) => items.iter().map(expr).collect::<Vec<_>>().join(", "),
    }
}

/// A clause.
pub fn clause(c: &Clause) -> String {
    match c {
        Clause::Where(list) => conditions(list),
        Clause::When(choices) => format!("when {}", choices.iter().map(choice).collect::<Vec<_>>().join(" and ")),
        Clause::By(keys) => format!("by {}", keys.iter().map(by_key).collect::<Vec<_>>().join(", ")),
        Clause::FromTo(a, b) => format!("from {} to {}", a.node, b.node),
        Clause::For(p) => format!("for {}", p.node),
        Clause::In { unit, basis: None } => format!("in {}", unit.node),
        Clause::In { unit, basis: Some(b) } => format!("in {} at {}", unit.node, basis(&b.node)),
        Clause::With { period, number } => {
            let named = number.node.parse::<f64>().is_err();
            let number = if named { word(&number.node) } else { number.node.clone() };
            format!("with {} = {number}", period.node)
        }
        Clause::Total => "with total".into(),
        Clause::Top { much: n, bottom, over } => {
            let over = if over.is_empty() { String::new() } else { format!(" over {}", dims(over)) };
            format!("{} {}{over}", if *bottom { "bottom" } else { "top" }, much(&n.node))
        }
        Clause::Order { smallest } => if *smallest { "smallest first" } else { "largest first" }.into(),
        Clause::End { count, last } => format!("{} {}", if *last { "last" } else { "first" }, much(&count.node)),
        Clause::Allowing(what) => format!("allowing {}", word(&what.node)),
    }
}

fn conditions(list: &[Condition]) -> String {
    format!("where {}", list.iter().map(condition).collect::<Vec<_>>().join(" and "))
}

fn condition(c: &Condition) -> String {
    let dim = key(&c.dim);
    match (&c.codes, c.keep) {
        (Codes::One(x), true) => format!("{dim} = {}", code(&x.node)),
        (Codes::One(x), false) => format!("{dim} != {}", code(&x.node)),
        (codes, true) => format!("{dim} among {}", set(codes)),
        (codes, false) => format!("{dim} not among {}", set(codes)),
    }
}

fn set(codes: &Codes) -> String {
    match codes {
        Codes::One(x) => code_set(std::slice::from_ref(x)),
        Codes::Set(set) => code_set(set),
        Codes::Named(n) => word(&n.node),
    }
}

fn choice(c: &Choice) -> String {
    match c {
        Choice::Codes(c) => condition(c),
        Choice::Holds(e) => expr(e),
    }
}

fn much(m: &Much) -> String {
    match m {
        Much::Count(n) => n.to_string(),
        Much::Named(name) => word(name),
        Much::Part(text) => format!("{text}%"),
    }
}

/// A key as it stands after `by` and `where`: `region of partner`.
pub fn key(d: &DimName) -> String {
    match &d.attribute {
        Some(a) => format!("{} of {}", word(&a.node), word(&d.name.node)),
        None => word(&d.name.node),
    }
}

/// A key of `by`.
pub fn by_key(k: &ByKey) -> String {
    let among = k.among.as_ref().map(|s| format!(" among {}", set(s))).unwrap_or_default();
    key(&k.dim) + &among
}

/// Dimensions after `over` and `across`.
fn dims(list: &[DimName]) -> String {
    let one = |d: &DimName| if d.attribute.is_some() { format!("({})", key(d)) } else { key(d) };
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn basis(b: &Basis) -> String {
    match b {
        Basis::Average => "average".into(),
        Basis::End => "end".into(),
        Basis::At(p) => p.to_string(),
    }
}

fn check(c: &Check) -> String {
    let test = match &c.test {
        None => String::new(),
        Some(Test::Compare { op, right }) => format!(" {} {}", op.sign(), query(right)),
        Some(Test::Is { value, tolerance }) => {
            let tolerance = match tolerance {
                Tolerance::Printed => String::new(),
                Tolerance::Exactly => " exactly".into(),
                Tolerance::Within(l) => format!(" within {}", figure(&l.node)),
            };
            format!(" is {}{tolerance}", figure(&value.node))
        }
    };
    let citing = c.citing.as_ref().map(|s| format!(" citing {}", quoted(&s.node))).unwrap_or_default();
    format!("{}{test}{citing}", query(&c.query))
}

fn figure(f: &Figure) -> String {
    match f {
        Figure::Printed(l) => literal(l),
        Figure::Named(name) => word(name),
    }
}

fn read(r: &Read) -> String {
    let explain = if r.explain { "explain " } else { "" };
    let mut out = format!("{explain}read {}", quoted(&r.path.node));
    if let Some(date) = &r.date {
        out.push_str(&format!(" dated {}", date.node));
    }
    if let Some(reporter) = &r.reporter {
        out.push_str(&format!(" reporter {}", word(&reporter.node)));
    }
    if let Some(against) = &r.against {
        out.push_str(&format!(" against {}", word(&against.node)));
    }
    if let Some(into) = &r.into {
        out.push_str(&format!(" into {}{}", file(&into.node), if r.overwrite { " overwrite" } else { "" }));
    }
    out
}

fn file(f: &FileName) -> String {
    match f {
        FileName::Text(text) => quoted(text),
        FileName::Named(name) => word(name),
    }
}

fn literal(l: &Literal) -> String {
    match l.unit.as_str() {
        "" => l.number.clone(),
        unit if unit.starts_with('%') => format!("{}{unit}", l.number),
        unit => format!("{} {unit}", l.number),
    }
}

/// A declaration in braces, on one line.
pub fn inline(d: &Declaration) -> String {
    let items: Vec<String> = d.items.iter().map(|i| item(&i.node)).collect();
    format!("{{ {} }}", items.join("\n"))
}

/// One item of a declaration.
pub fn item(i: &Item) -> String {
    let texts = |list: &[Name]| list.iter().map(|t| quoted(&t.node)).collect::<Vec<_>>().join(", ");
    match i {
        Item::Column { name, column, meaning } => {
            let meaning = meaning.as_ref().map(|m| format!(": {}", meaning_text(m))).unwrap_or_default();
            format!("{} from {}{meaning}", word(&name.node), column_text(&column.node))
        }
        Item::Constant { name, code: c } => format!("{} = {}", word(&name.node), code(&c.node)),
        Item::Table { dims, by } => {
            let dims: Vec<String> = dims.iter().map(|d| word(&d.node)).collect();
            format!("table of {} by {}", dims.join(", "), column_text(&by.node))
        }
        Item::Skip(columns) => {
            let columns: Vec<String> = columns.iter().map(|c| column_text(&c.node)).collect();
            format!("skip {}", columns.join(", "))
        }
        Item::Text { key, values } => format!("{} {}", key.node, texts(values)),
        Item::Word { key, value } => format!("{} {}", key.node, value.node),
        Item::Columns { name, columns } => {
            let columns: Vec<String> = columns.iter().map(|c| column_text(&c.node)).collect();
            format!("{} from columns {}", word(&name.node), columns.join(", "))
        }
        Item::Absent { dim: None, what } => format!("absent = {}", what.node),
        Item::Absent { dim: Some(dim), what } => format!("absent {} = {}", word(&dim.node), what.node),
        Item::List { key, dim, codes } if key.node == "codes" => {
            format!("codes {} {}", word(&dim.node), code_list(codes))
        }
        Item::List { key, dim, codes } => format!("{} {} {}", key.node, word(&dim.node), texts(codes)),
    }
}

fn meaning_text(m: &MeaningText) -> String {
    let mut out = m.words.node.clone();
    if !m.conditions.is_empty() {
        out.push(' ');
        out.push_str(&conditions(&m.conditions));
    }
    if let Some(period) = &m.within {
        out.push_str(&format!(" for {}", period.node));
    }
    out
}

fn code_list(codes: &[Name]) -> String {
    codes.iter().map(|c| code(&c.node)).collect::<Vec<_>>().join(", ")
}

/// A set as it is written in a query.
pub fn code_set(codes: &[Name]) -> String {
    format!("{{{}}}", codes.iter().map(|c| code(&c.node)).collect::<Vec<_>>().join(", "))
}

/// Text in double quotes.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A column name as it is written in a declaration.
pub fn column_text(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain { text.to_string() } else { quoted(text) }
}

fn param_value(text: &str) -> String {
    if super::parse_set(text).is_some() {
        return text.to_string();
    }
    let bare = text.chars().all(|c| c.is_alphanumeric() || "._-% ".contains(c)) && !text.is_empty();
    if bare { text.to_string() } else { quoted(text) }
}

/// A code as it is written in a query: bare where that reads back, else in quotes.
pub fn code(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-' || c == '.');
    let ends = text.starts_with(['-', '.']) || text.ends_with(['-', '.']) || text.contains("..") || text.contains("--");
    if plain && !ends && !text.is_empty() && !text.contains("-.") && !text.contains(".-") {
        text.to_string()
    } else {
        quoted(text)
    }
}

/// A name that may have a dataset before a point.
pub fn dotted(name: &str) -> String {
    match name.split_once('.') {
        Some((dataset, series)) if !series.contains('.') => {
            format!("{}.{}", word(dataset), word(series))
        }
        _ => word(name),
    }
}

/// A name, in backticks where it would not read back without.
pub fn word(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    let rest = chars.all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    let hyphens = name.ends_with('-') || name.contains("--");
    if first && rest && !hyphens && !keywords::is_reserved(name) { name.to_string() } else { format!("`{name}`") }
}

impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&query(self))
    }
}

/// A period of a query, for messages.
pub fn period(p: &PeriodText) -> String {
    p.to_string()
}
