//! What the columns of trade files are usually called. The first column with a known name takes the role; the user
//! is shown what was taken and can declare otherwise.

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The time of the observation.
    Period,
    /// A dimension by this name.
    Dimension(&'static str),
    /// Exports or imports.
    Flow,
    /// Words about the row, not part of its key.
    Note,
}

const PERIOD: &[&str] = &[
    "period",
    "time_period",
    "time",
    "date",
    "year_month",
    "period_dt",
    "observation_date",
    "ref_date",
    "refperiodid",
    "year",
    "yr",
    "month",
    "quarter",
    "date of data",
    "数据年月",
];
const REPORTER: &[&str] = &[
    "reporter",
    "reporter_iso",
    "reporter iso",
    "reporteriso",
    "reporter code",
    "reportercode",
    "exporter",
    "ref_area",
    "geo",
    "country",
    "country_iso",
    "country code",
    "declarant",
];
const PARTNER: &[&str] = &[
    "partner",
    "partner iso",
    "partneriso",
    "partner_iso",
    "partner code",
    "partnercode",
    "importer",
    "partner_name",
    "counterpart_area",
];
const PRODUCT: &[&str] =
    &["hs", "hs6", "hs4", "hs2", "hs8", "hscode", "cmdcode", "commodity code", "product_nc", "商品编码"];
const FLOW: &[&str] =
    &["flow", "trade flow", "flowcode", "trade flow code", "flowdesc", "trade_flow", "imports/exports"];
const NOTE: &[&str] = &["source", "note", "notes", "comment", "comments", "footnote", "footnotes", "remark", "remarks"];

/// Names of the column that holds the value, where rows have a flow.
pub const VALUES: &[&str] =
    &["value", "v", "val", "trade", "trade value (us$)", "trade_value", "tradevalue", "primaryvalue", "obs_value"];

/// The flows, with all their spellings in data.
pub const FLOWS: &[(&str, &[&str])] = &[
    ("exports", &["exports", "export", "x", "exp", "2"]),
    ("imports", &["imports", "import", "m", "imp", "1"]),
    ("re_exports", &["re-exports", "re-export", "rx", "re_exports", "3"]),
    ("re_imports", &["re-imports", "re-import", "rm", "re_imports", "4"]),
];

/// Labels that are totals of the others, whatever the dimension.
const TOTALS: &[&str] = &["TOTAL", "World", "WLD", "W00", "_T", "All countries", "All"];

/// The role that a column name is known for.
pub fn role_of(column: &str) -> Option<Role> {
    let lower = column.to_lowercase();
    let is = |list: &[&str]| list.contains(&lower.as_str());
    if is(PERIOD) {
        Some(Role::Period)
    } else if is(REPORTER) {
        Some(Role::Dimension("reporter"))
    } else if is(PARTNER) {
        Some(Role::Dimension("partner"))
    } else if is(PRODUCT) {
        Some(Role::Dimension("hs"))
    } else if is(FLOW) {
        Some(Role::Flow)
    } else if is(NOTE) {
        Some(Role::Note)
    } else {
        None
    }
}

/// The place of a period column's name in order of preference.
pub fn period_rank(column: &str) -> usize {
    let lower = column.to_lowercase();
    PERIOD.iter().position(|p| *p == lower).unwrap_or(PERIOD.len())
}

/// The flow that a code or word in data means.
pub fn flow_of(text: &str) -> Option<&'static str> {
    let lower = text.trim().to_lowercase();
    FLOWS.iter().find(|(_, spellings)| spellings.contains(&lower.as_str())).map(|(name, _)| *name)
}

/// Whether a label is by itself a total.
pub fn is_total(label: &str) -> bool {
    TOTALS.iter().any(|t| t.eq_ignore_ascii_case(label))
}

/// Whether a dimension's codes contain each other by their first digits.
pub fn is_nested(dimension: &str) -> bool {
    dimension == "hs"
}
