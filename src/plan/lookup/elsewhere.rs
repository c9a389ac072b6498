//! Names that operators have in other tools and in everyday words. In: words of a query. Out: the operator here.

/// The name here of an operator that is called so elsewhere.
pub(super) fn operator_elsewhere(words: &str) -> Option<String> {
    let words = words.to_lowercase().replace("year-on-year", "yoy").replace("year-over-year", "yoy");
    let words = words.replace("month-on-month", "mom").replace("quarter-on-quarter", "qoq");
    let step = |rest: &str| words.strip_suffix(rest).map(|s| s.trim_end().to_string());
    Some(match words.as_str() {
        "avg" | "mean" | "arithmetic mean" => "average".into(),
        "total" => "sum".into(),
        "maximum" => "max".into(),
        "minimum" => "min".into(),
        "market share" | "shares" => "share".into(),
        "rolling average" | "moving average" | "rolling mean" => "12-month average".into(),
        "rolling sum" | "moving sum" => "12-month sum".into(),
        "yoy" | "yoy rate" | "annual growth" => "yoy growth".into(),
        "mom" => "mom growth".into(),
        "qoq" => "qoq growth".into(),
        "seasonally adjusted" | "deseasonalised" | "deseasonalized" | "sa" => "seasonal adjustment".into(),
        "centred moving average" | "centered moving average" => "centred 12-month average".into(),
        "herfindahl" | "herfindahl index" => "hhi".into(),
        "ytd" | "year-to-date sum" => "ytd sum".into(),
        "running sum" | "running total" => "cumulative sum".into(),
        _ => {
            let named = step(" rolling average").or_else(|| step(" moving average")).or_else(|| step(" mean"));
            return named.map(|s| format!("{s} average")).or((words.starts_with("yoy ")).then_some(words));
        }
    })
}
