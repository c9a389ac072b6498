//! From a request to the one statement that answers it: a GROUP BY without joins, order or division, whose conditions are
//! lists of texts that the database itself gave. No text of a query reaches it. Knows no answers.

use crate::data::source::{AggregateRequest, Filter, GroupKey, Paired};
use crate::data::sql::asked::Asked;
use crate::data::sql::names::Dialect;
use crate::data::sql::numbers::Number;
use rustc_hash::FxHashMap;

/// A statement, and the keys that its first columns are.
pub(super) struct Statement {
    pub(super) sql: String,
    /// Places of the keys.
    pub(super) columns: Vec<usize>,
    /// A key of which the first digits are asked alone, and the place in the answer of each of these texts.
    pub(super) cut: Option<(usize, FxHashMap<String, u32>)>,
}

/// A key of which the first digits are asked: its place, its cell in SQL, the place in the answer of each text of that.
type Cut = (usize, String, FxHashMap<String, u32>);

/// The first digits of codes, where every text is its code, or the number that its digits are, and none stands for others.
fn cut(table: &Asked, group: &GroupKey) -> Option<Cut> {
    let level = group.level?;
    let dim = table.info.dims.get(group.dim).filter(|d| d.nested && d.totals.is_empty() && d.groups.is_empty())?;
    let at = table.dims.get(group.dim).copied().flatten()?;
    let key = table.keys.get(at)?;
    let dialect = table.engine.dialect();
    let name = dialect.cell(&key.column);
    let label = |text: &String| key.places.get(text).map(|p| dim.label(*p));
    let meant = || key.texts.iter().filter_map(|t| Some((t, label(t)?)));
    if meant().any(|(_, code)| code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric())) {
        return None;
    }
    let (labels, _) = dim.at_level(Some(level));
    let places = labels.iter().zip(0u32..);
    let kind = key.column.kind.as_str();
    if kind == "enum" || ["char", "text", "string"].iter().any(|k| kind.contains(k)) {
        let as_written = meant().all(|(text, code)| text == code);
        let sql = format!("SUBSTR({name}, 1, {level})");
        return as_written.then(|| (at, sql, places.map(|(l, p)| (l.to_string(), p)).collect()));
    }
    let length = meant().next().map(|(_, code)| code.len()).filter(|l| *l > level)?;
    let number = |text: &str| text.parse::<u64>().ok();
    let padded = |(text, code): (&String, &str)| {
        code.len() == length && number(text).is_some() && number(text) == number(code) && !text.starts_with(['0', '+'])
    };
    if !kind.contains("int") || !meant().all(padded) {
        return None;
    }
    let by = 10u64.checked_pow(u32::try_from(length - level).ok()?)?;
    let sql = match dialect {
        Dialect::DuckDb => format!("{name} // {by}"),
        Dialect::ClickHouse => format!("intDiv({name}, {by})"),
        Dialect::Postgres | Dialect::Sqlite => format!("{name} / {by}"),
    };
    Some((at, sql, places.filter_map(|(l, p)| Some((number(l)?.to_string(), p))).collect()))
}

/// The statement for rows that have one of some codes in both of two dimensions; none where no row can.
pub(super) fn meeting(
    table: &Asked,
    measure: usize,
    (one, other): (usize, usize),
    codes: &[String],
) -> Option<Statement> {
    let dialect = table.engine.dialect();
    let request = AggregateRequest { measure, group_by: Vec::new(), within: None, filters: Vec::new() };
    let of = |dim: usize, code: &String| {
        let own = table.info.dims.get(dim)?;
        let place = own.codes.binary_search_by(|c| c.as_ref().cmp(code)).ok()?;
        let hit = |p: u32| p as usize == place;
        // A constant is of all rows.
        let Some(key) = table.dims.get(dim).copied().flatten() else { return Some(Vec::new()) };
        let key = table.keys.get(key)?;
        let texts = key.passing(hit);
        (!texts.is_empty()).then(|| key.condition(dialect, &texts).into_iter().collect::<Vec<_>>())
    };
    let pairs: Vec<String> = codes
        .iter()
        .filter_map(|code| {
            let both: Vec<String> = of(one, code)?.into_iter().chain(of(other, code)?).collect();
            Some(if both.is_empty() { "1 = 1".to_string() } else { format!("({})", both.join(" AND ")) })
        })
        .collect();
    let number = table.number(measure)?;
    let mut conditions = conditions(table, &request)?;
    if pairs.is_empty() {
        return None;
    }
    // Where both write these codes alike, one comparison says it.
    conditions.push(alike(table, (one, other), codes).unwrap_or_else(|| format!("({})", pairs.join(" OR "))));
    Some(grouped(table, number, (table.times.clone(), None), &conditions))
}

/// The statement that counts the combinations of codes in rows that pass; none where no row can.
pub(super) fn combinations(table: &Asked, measure: usize, dims: &[usize], filters: &[Filter]) -> Option<String> {
    let request = AggregateRequest { measure, group_by: Vec::new(), within: None, filters: filters.to_vec() };
    let conditions = conditions(table, &request)?;
    let columns: Vec<usize> = dims.iter().filter_map(|dim| table.dims.get(*dim).copied().flatten()).collect();
    let groups: Vec<String> = (1..=columns.len()).map(|k| k.to_string()).collect();
    let inner = format!(
        "SELECT {} FROM {}{} GROUP BY {}",
        cells(table, &columns).join(", "),
        from(table),
        whole(&conditions),
        groups.join(", ")
    );
    (!columns.is_empty()).then(|| format!("SELECT COUNT(*), COUNT(*) FROM ({inner}) AS combinations"))
}

/// That two columns hold the same of some codes, where they have one type and one text for each of these.
fn alike(table: &Asked, (one, other): (usize, usize), codes: &[String]) -> Option<String> {
    let texts = |dim: usize| {
        let key = table.keys.get(table.dims.get(dim).copied().flatten()?)?;
        let own = table.info.dims.get(dim)?;
        let place = |code: &String| own.codes.binary_search_by(|c| c.as_ref().cmp(code)).ok();
        let all = codes.iter().map(|code| place(code).map_or(Vec::new(), |at| key.passing(|p| p as usize == at)));
        Some((key, all.collect::<Vec<Vec<&str>>>()))
    };
    let ((a, of_a), (b, of_b)) = (texts(one)?, texts(other)?);
    let single = of_a == of_b && of_a.iter().all(|t| t.len() == 1) && a.column.kind == b.column.kind;
    if !single || of_a.iter().flatten().any(|t| t.is_empty()) {
        return None;
    }
    let list: Vec<&str> = of_a.into_iter().flatten().collect();
    let dialect = table.engine.dialect();
    let same = format!("{} = {}", dialect.quoted(&a.column.name), dialect.quoted(&b.column.name));
    Some(a.condition(dialect, &list).map_or(same.clone(), |within| format!("{same} AND {within}")))
}

/// The statement of a request; none where no row can pass.
pub(super) fn of(table: &Asked, request: &AggregateRequest, paired: Option<&Paired>) -> Option<Statement> {
    let number = table.number(request.measure)?;
    let mut conditions = conditions(table, request)?;
    if let Some(other) = paired {
        let of = table.number(other.measure)?;
        let value = of.value();
        conditions.push(match (other.zero_is_none, other.has) {
            (true, true) => format!("{value} <> 0"),
            (true, false) => format!("({value} IS NULL OR {value} = 0)"),
            (false, true) => format!("{value} IS NOT NULL"),
            (false, false) => format!("{value} IS NULL"),
        });
    }
    let mut columns = table.times.clone();
    let dims = request.group_by.iter().filter_map(|g| table.dims.get(g.dim).copied().flatten());
    let marks = table.marks.iter().map(|(key, _)| *key).chain(table.powers.iter().map(|(key, _)| *key));
    for key in dims.chain(marks) {
        if !columns.contains(&key) {
            columns.push(key);
        }
    }
    // Of one level of one dimension no more than its digits need be asked.
    let found = request.group_by.iter().find_map(|group| cut(table, group)).filter(|(at, ..)| {
        let of = |g: &&GroupKey| table.dims.get(g.dim).copied().flatten() == Some(*at);
        request.group_by.iter().filter(of).count() == 1 && !table.times.contains(at)
    });
    Some(grouped(table, number, (columns, found), &conditions))
}

/// Sums and counts of rows that pass, by these keys.
fn grouped(
    table: &Asked,
    number: &Number,
    (columns, cut): (Vec<usize>, Option<Cut>),
    conditions: &[String],
) -> Statement {
    let mut asked = cells(table, &columns);
    if let Some((at, sql, _)) = &cut
        && let Some(cell) = columns.iter().position(|c| c == at).and_then(|i| asked.get_mut(i))
    {
        cell.clone_from(sql);
    }
    let groups: Vec<String> = (1..=columns.len()).map(|k| k.to_string()).collect();
    asked.push("COUNT(*)".into());
    asked.push(format!("COUNT({})", number.value()));
    asked.push(number.sum());
    let group = if groups.is_empty() { String::new() } else { format!(" GROUP BY {}", groups.join(", ")) };
    let sql = format!("SELECT {} FROM {}{}{group}", asked.join(", "), from(table), whole(conditions));
    Statement { sql, columns, cut: cut.map(|(at, _, places)| (at, places)) }
}

/// The statement for the rows behind a request, in the order of their keys.
pub(super) fn rows_of(table: &Asked, request: &AggregateRequest, limit: usize) -> Option<Statement> {
    let number = table.number(request.measure)?;
    let conditions = conditions(table, request)?;
    let mut columns = table.times.clone();
    columns.extend((0..table.keys.len()).filter(|key| !table.times.contains(key)));
    let mut asked = cells(table, &columns);
    let order: Vec<String> = (1..=columns.len()).map(|k| k.to_string()).collect();
    let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
    asked.push(table.engine.dialect().cell(&number.column));
    let sql = format!("SELECT {} FROM {}{}{order} LIMIT {limit}", asked.join(", "), from(table), whole(&conditions));
    Some(Statement { sql, columns, cut: None })
}

/// The statement that counts the rows that the loader keeps; none where it keeps all.
pub(super) fn kept_rows(table: &Asked) -> Option<String> {
    let dialect = table.engine.dialect();
    let left = table.keys.iter().filter_map(|key| key.condition(dialect, &key.passing(|_| true)));
    let conditions: Vec<String> = left.collect();
    (!conditions.is_empty()).then(|| format!("SELECT COUNT(*), COUNT(*) FROM {}{}", from(table), whole(&conditions)))
}

fn from(table: &Asked) -> String {
    table.engine.dialect().table(&table.table)
}

fn cells(table: &Asked, columns: &[usize]) -> Vec<String> {
    columns.iter().filter_map(|k| table.keys.get(*k)).map(|k| table.engine.dialect().cell(&k.column)).collect()
}

fn whole(conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) }
}

/// Whether what a text means passes.
type Pass<'a> = Box<dyn Fn(u32) -> bool + 'a>;

/// Which rows pass: per key, those of the texts that pass; none where no row can.
fn conditions(table: &Asked, request: &AggregateRequest) -> Option<Vec<String>> {
    let measure = table.measures.get(request.measure)?;
    let mut passes: Vec<Vec<Pass<'_>>> = table.keys.iter().map(|_| Vec::new()).collect();
    for filter in &request.filters {
        let dim = table.info.dims.get(filter.dim)?;
        let pass = filter.passes(dim);
        match table.dims.get(filter.dim).copied().flatten() {
            Some(key) => passes.get_mut(key)?.push(Box::new(move |place| pass(dim.label(place)))),
            None if !pass(dim.label(0)) => return None,
            None => {}
        }
    }
    for (dim, pass) in &measure.tests {
        let hit = move |place: u32| pass.get(place as usize).copied().unwrap_or(false);
        match table.dims.get(*dim).copied().flatten() {
            Some(key) => passes.get_mut(key)?.push(Box::new(hit)),
            None if !hit(0) => return None,
            None => {}
        }
    }
    if let (Some(key), Some(flow)) = (table.flow, measure.flow) {
        passes.get_mut(key)?.push(Box::new(move |place| place == flow));
    }
    let dialect = table.engine.dialect();
    let mut out = Vec::new();
    for (at, key) in table.keys.iter().enumerate() {
        let tests = passes.get(at)?;
        let texts = if table.times.contains(&at) {
            times(table, request, at)
        } else {
            key.passing(|place| tests.iter().all(|pass| pass(place)))
        };
        if texts.is_empty() {
            return None;
        }
        out.extend(key.condition(dialect, &texts));
    }
    Some(out)
}

/// The texts of a column of the time that stand in rows of the periods that are asked for. Of several columns each lets
/// more pass than all together; what passes is looked at again.
fn times<'a>(table: &'a Asked, request: &AggregateRequest, key: usize) -> Vec<&'a str> {
    let within = table.measures.get(request.measure).and_then(|m| m.within);
    let asked = |place: &u32| {
        let period = table.info.periods.get(*place as usize);
        period.is_some_and(|p| [request.within, within].iter().flatten().all(|w| w.contains(*p)))
    };
    let own = table.times.iter().position(|k| *k == key);
    let hits = table.periods.iter().filter(|(_, place)| asked(place));
    let mut texts: Vec<&str> = hits.filter_map(|(when, _)| when.get(own?)).map(String::as_str).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}
