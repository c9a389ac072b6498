//! What the columns of trade files are usually called. In: the name of a column, a word for a flow. Out: its role. The
//! first column with a known name takes the role; the user is shown what was taken and can declare otherwise.

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The time of the observation.
    Period,
    /// The year, where the month stands in another column.
    Year,
    /// The month of the year, 1 to 12.
    Month,
    /// The quarter of the year, 1 to 4.
    Quarter,
    /// A dimension by this name.
    Dimension(&'static str),
    /// Exports or imports.
    Flow,
    /// Numbers, by name and meaning; the name is that of the flow where the file has flows.
    Measure(&'static str, &'static str),
    /// A breakdown of which only the total is read.
    TotalOnly,
    /// Observation status.
    Status,
    /// Confidentiality.
    Secrecy,
    /// The power of ten of the row.
    Multiplier,
    /// The unit of the row.
    Unit,
    /// Words about the row, not part of its key.
    Note,
}

pub use crate::data::known::flows::{are_flows, flow_of};
pub use crate::data::known::readings::{
    are_readings, is_distinct, is_frequency, is_geographic, is_nested, is_product, is_unit, is_unit_of_quantity,
    is_vintage, levelled, may_be_readings,
};
use Role::{Dimension, Flow, Month, Multiplier, Note, Period, Quarter, Secrecy, Status, Unit, Year};

/// Names of columns by role, all in small letters; the most telling names first.
const NAMES: &[(Role, &[&str])] = &[
    (
        Period,
        &[
            "period",
            "time_period",
            "time",
            "date",
            "year_month",
            "yearmonth",
            "period_dt",
            "observation_date",
            "ref_date",
            "refperiodid",
            "date of data",
            "数据年月",
            "月份",
            "yr",
            "year",
            "month",
            "quarter",
        ],
    ),
    (
        Dimension("reporter"),
        &[
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
            "declarant_iso",
            "declarant",
            "rttitle",
            "economy",
            "reporter name",
            "reporter_name",
            "reportername",
            "reporterdesc",
            "reporter_code",
            "country name",
            "country_name",
            "countryname",
            "country_code",
            "countrycode",
            "exporter_name",
            "exporter_iso3",
            "iso3_o",
            "declaring country",
        ],
    ),
    (
        Dimension("partner"),
        &[
            "partner",
            "partner iso",
            "partneriso",
            "partner_iso",
            "partner code",
            "partnercode",
            "importer",
            "partner_name",
            "counterpart_area",
            "trading partner",
            "country(area)",
            "贸易伙伴名称",
            "region_raw",
            "partner name",
            "partnername",
            "partnerdesc",
            "partner_code",
            "partner_desc",
            "importer_name",
            "ctyname",
            "cty_name",
            "importer_iso3",
            "iso3_d",
            "partner country",
        ],
    ),
    (
        Dimension("hs"),
        &[
            "hs",
            "hs6",
            "hs4",
            "hs2",
            "hs8",
            "hs10",
            "hscode",
            "hs_code",
            "cmdcode",
            "commodity code",
            "commodity_code",
            "código ncm",
            "ncm",
            "貨品號列",
            "product_nc",
            "co_ncm",
            "商品编码",
        ],
    ),
    (
        Flow,
        &[
            "flow",
            "trade flow",
            "flowcode",
            "trade flow code",
            "flowdesc",
            "flow_desc",
            "flow code",
            "flow_code",
            "trade_flow",
            "imports/exports",
            "rgdesc",
            "trade_type",
        ],
    ),
    (Dimension("vintage"), &["vintage", "realtime_start"]),
    // Words, though some of them begin with a number: `1000 USD`.
    (Dimension("unit"), &["unit", "units"]),
    (Status, &["obs_status", "obs_flag"]),
    (Secrecy, &["conf_status", "obs_conf"]),
    (Multiplier, &["unit_mult", "powercode code", "powercode_code"]),
    (Unit, &["unit_measure"]),
    (
        Note,
        &[
            "source",
            "realtime_end",
            "note",
            "notes",
            "comment",
            "comments",
            "remark",
            "remarks",
            "last update",
            "lastupdate",
            "last_update",
            "lastupdated",
            "last_updated",
            "updated",
        ],
    ),
];

/// Names of the column that holds the value, where rows have a flow.
pub const VALUES: &[&str] = &[
    "value",
    "v",
    "val",
    "trade",
    "trade value (us$)",
    "trade_value",
    "tradevalue",
    "primaryvalue",
    "obs_value",
    "us dollar",
    "美元",
    "人民币",
    "value_in_euros",
    "value_eur",
];

/// The roles that a column name is known for, and how well it tells each of them.
pub fn role_of(column: &str) -> Option<(Role, usize)> {
    let lower = column.to_lowercase();
    NAMES.iter().find_map(|(role, names)| names.iter().position(|n| *n == lower).map(|rank| (*role, rank)))
}

/// Whether a column may hold the year, or the month, where the two are apart.
pub fn part_of_date(column: &str) -> Option<Role> {
    match column.to_lowercase().as_str() {
        "year" | "yr" | "refyear" | "ref_year" | "年" | "年份" | "co_ano" | "ano" | "año" | "anio" | "annee"
        | "année" | "jahr" | "anno" | "calendar year" | "yıl" | "yil" | "rok" | "jaar" | "år" | "год" | "연도"
        | "년도" => Some(Year),
        "month" | "refmonth" | "ref_month" | "mon" | "月" | "月份" | "co_mes" | "mes" | "mês" | "mois" | "monat"
        | "mese" | "month name" | "ay" | "miesiąc" | "maand" | "månad" | "месяц" | "월" => Some(Month),
        "quarter" | "qtr" | "quarter_no" | "trimestre" | "trimester" | "quartal" | "季度" => Some(Quarter),
        _ => None,
    }
}

/// Whether a column is called as one of codes of things, which are no amounts: `Area Code`, `CountryId`.
pub fn is_code_name(column: &str) -> bool {
    let column = column.split(['(', '（']).next().unwrap_or("").trim_end();
    let lower = column.to_lowercase();
    ["编码", "代码", "代碼", "號列", "コード", "코드"].iter().any(|word| column.ends_with(word))
        || ["code ", "código ", "codigo ", "cód. ", "codice "].iter().any(|word| lower.starts_with(word))
        || matches!(last_word(column).as_str(), "code" | "codes" | "id" | "ids")
}

/// Whether a column is called as one of the codes of periods, which another column says: `Year Code`, `Month ID`.
pub fn is_period_code(column: &str) -> bool {
    let plain: String = column.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let stem = plain.strip_suffix("code").or_else(|| plain.strip_suffix("id"));
    stem.is_some_and(|s| {
        matches!(s, "time" | "year" | "month" | "quarter" | "date" | "period" | "refyear" | "refperiod")
    })
}

/// Whether a column is called as one of the numbers that things have: `LineNumber`, `S.No.`. How many there are of
/// something is not called so.
pub fn is_number_name(column: &str) -> bool {
    let last = last_word(column);
    let others = column.chars().filter(|c| c.is_alphanumeric()).count() > last.chars().count();
    others && matches!(last.as_str(), "number" | "no" | "nr")
}

/// The last word of a name, which begins at a sign or a capital letter.
fn last_word(column: &str) -> String {
    let mut last = String::new();
    let mut before = ' ';
    for c in column.trim_end_matches(|c: char| !c.is_alphanumeric()).chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            last.clear();
        }
        if c.is_alphanumeric() {
            last.extend(c.to_lowercase());
        }
        before = c;
    }
    last
}

/// What a column holds that is called as one of remarks on the observation of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remarks {
    /// Marks, whatever they are: `Value_flag`, `Flag and Footnotes`.
    Flags,
    /// Marks, if its cells do not speak against it: `Status`, `Symbol`.
    Perhaps,
    /// References to texts elsewhere: `Exports footnotes`, `footnote_codes`.
    Footnotes,
    /// How much of it is there, if its cells are such: `11/12`.
    Coverage,
}

/// Whether a column is called as one of remarks on observations.
pub fn remarks(column: &str) -> Option<Remarks> {
    let lower = column.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let has = |list: [&str; 2]| words.iter().any(|w| list.contains(w));
    match lower.as_str() {
        "symbol" | "symbols" | "status" | "estimated" | "estimate" | "provisional" => Some(Remarks::Perhaps),
        "coverage" => Some(Remarks::Coverage),
        _ if has(["flag", "flags"]) || lower.ends_with(" marks") => Some(Remarks::Flags),
        _ if has(["footnote", "footnotes"]) => Some(Remarks::Footnotes),
        _ => None,
    }
}
