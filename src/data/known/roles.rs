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

/// The flows, with all their spellings in data.
pub const FLOWS: &[(&str, &[&str])] = &[
    ("exports", &["exports", "export", "x", "exp", "2", "e", "出口", "eu exports", "non-eu exports"]),
    ("imports", &["imports", "import", "m", "imp", "1", "i", "进口", "eu imports", "non-eu imports"]),
    ("re_exports", &["re-exports", "re-export", "rx", "re_exports", "3"]),
    ("re_imports", &["re-imports", "re-import", "rm", "re_imports", "4"]),
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

/// Whether a column is called as one of codes or numbers of things, which are no amounts: `Area Code`, `CountryId`.
pub fn is_code_name(column: &str) -> bool {
    let mut last = String::new();
    let mut before = ' ';
    for c in column.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            last.clear();
        }
        if c.is_alphanumeric() {
            last.extend(c.to_lowercase());
        }
        before = c;
    }
    matches!(last.as_str(), "code" | "codes" | "id" | "ids")
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
}

/// Whether a column is called as one of remarks on observations.
pub fn remarks(column: &str) -> Option<Remarks> {
    let lower = column.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let has = |list: [&str; 2]| words.iter().any(|w| list.contains(w));
    match lower.as_str() {
        "symbol" | "symbols" | "status" | "estimated" | "estimate" | "provisional" => Some(Remarks::Perhaps),
        _ if has(["flag", "flags"]) => Some(Remarks::Flags),
        _ if has(["footnote", "footnotes"]) => Some(Remarks::Footnotes),
        _ => None,
    }
}

/// Whether labels are the words of flows, and of more than one: a column of them tells the flow, whatever its name.
pub fn are_flows<'a>(labels: impl Iterator<Item = &'a str>) -> bool {
    let mut found: Vec<&str> = Vec::new();
    for label in labels.map(str::trim).filter(|l| !l.is_empty()) {
        // A letter or a number may stand for anything.
        match flow_of(label).filter(|_| label.chars().count() > 2 || !label.is_ascii()) {
            Some(flow) => found.push(flow),
            None => return false,
        }
    }
    found.sort_unstable();
    found.dedup();
    found.len() > 1
}

/// The flow that a code or word in data means.
pub fn flow_of(text: &str) -> Option<&'static str> {
    let lower = text.trim().to_lowercase();
    FLOWS.iter().find(|(_, spellings)| spellings.contains(&lower.as_str())).map(|(name, _)| *name)
}

/// Whether a dimension's codes contain each other by their first digits: HS, SITC and their kin.
pub fn is_nested(dimension: &str) -> bool {
    dimension == "hs" || levelled(dimension)
}

/// Whether a dimension holds the codes of another classification than HS that are longer the finer they are.
pub fn levelled(dimension: &str) -> bool {
    matches!(dimension, "sitc" | "bec" | "isic" | "nace" | "cpa" | "cpc" | "nuts" | "naics")
}

/// Whether a dimension holds countries.
pub fn is_geographic(dimension: &str) -> bool {
    const KNOWN: &[&str] = &[
        "reporter",
        "partner",
        "country",
        "geo",
        "partner2",
        "exporter",
        "importer",
        "origin",
        "destination",
        "country_name",
        "country_code",
        "economy",
        "iso3",
        "iso2",
        "nation",
        "area",
        "counterpart",
        "region",
    ];
    let text = dimension.to_lowercase();
    KNOWN.contains(&text.as_str())
        || ["country", "counterpart", "ref_area", "partner", "reporter", "exporter", "importer", "iso_", "iso3_"]
            .iter()
            .any(|w| text.contains(w))
}

/// Whether a dimension holds products.
pub fn is_product(dimension: &str) -> bool {
    let text = dimension.to_lowercase();
    is_nested(&text) || ["product", "commodit", "goods", "cmd", "商品", "item"].iter().any(|w| text.contains(w))
}

/// Names of dimensions whose codes are readings of the same thing, without blanks and marks.
const READINGS: &[&str] = &[
    "unit",
    "unitmeasure",
    "unitofmeasure",
    "currency",
    "ccy",
    "indicator",
    "indicatorcode",
    "indicatorname",
    "indicatortype",
    "measure",
    "metric",
    "metricname",
    "series",
    "seriesname",
    "seriescode",
    "variable",
    "adjustment",
    "seasonaladjustment",
    "seasonaladjust",
    "seasadj",
    "sadj",
    "sadjust",
    "seasonal",
    "pricebase",
    "prices",
    "pricebasis",
    "priceadjustment",
    "accountingentry",
    "transformation",
];

/// Names of dimensions that say which edition of a figure a row is.
const VINTAGES: &[&str] = &[
    "vintage",
    "vintages",
    "release",
    "releasedate",
    "revision",
    "realtimestart",
    "edition",
    "asof",
    "asofdate",
    "publicationdate",
    "version",
];

fn bare(dimension: &str) -> String {
    dimension.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether the codes of a dimension are alternative readings of one thing, so that they are never summed.
pub fn is_distinct(dimension: &str) -> bool {
    READINGS.contains(&bare(dimension).as_str()) || is_vintage(dimension) || is_unit_of_quantity(dimension)
}

/// Whether a dimension says which edition of a figure a row is.
pub fn is_vintage(dimension: &str) -> bool {
    VINTAGES.contains(&bare(dimension).as_str())
}

/// Whether a dimension is the unit of the quantity of its row, which says nothing of the value.
pub fn is_unit_of_quantity(dimension: &str) -> bool {
    matches!(bare(dimension).as_str(), "qtyunit" | "qtyunitcode" | "qtyunitabbr" | "quantityunit" | "unitofquantity")
        || matches!(bare(dimension).as_str(), "supplementaryunit" | "altqtyunit")
}
