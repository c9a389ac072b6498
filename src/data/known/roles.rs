//! What the columns of trade files are usually called, and the layouts that are recognised whole. The first column
//! with a known name takes the role; the user is shown what was taken and can declare otherwise.

use crate::data::known::places::System;

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The time of the observation.
    Period,
    /// The year, where the month stands in another column.
    Year,
    /// The month of the year, 1 to 12.
    Month,
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

use Role::{Dimension, Flow, Measure, Month, Multiplier, Note, Period, Secrecy, Status, TotalOnly, Unit, Year};

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
            "trade_flow",
            "imports/exports",
            "rgdesc",
            "trade_type",
        ],
    ),
    (Status, &["obs_status", "obs_flag"]),
    (Secrecy, &["conf_status", "obs_conf"]),
    (Multiplier, &["unit_mult"]),
    (Unit, &["unit_measure"]),
    (
        Note,
        &[
            "source",
            "note",
            "notes",
            "comment",
            "comments",
            "footnote",
            "footnotes",
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
    ("exports", &["exports", "export", "x", "exp", "2", "e", "出口"]),
    ("imports", &["imports", "import", "m", "imp", "1", "i", "进口"]),
    ("re_exports", &["re-exports", "re-export", "rx", "re_exports", "3"]),
    ("re_imports", &["re-imports", "re-import", "rm", "re_imports", "4"]),
];

/// A layout that is recognised by its header.
pub struct Layout {
    /// For people.
    pub name: &'static str,
    /// Names that must be there, in small letters.
    needs: &'static [&'static str],
    /// What columns are, by name in small letters. Others are as in any file, or left out.
    pub columns: &'static [(&'static str, Role)],
    /// Dimensions that the file does not state.
    pub constants: &'static [(&'static str, &'static str)],
    /// Whether columns that are not named here are left out.
    pub closed: bool,
    /// Whose numbers the codes of countries are.
    pub countries: Option<System>,
}

/// The layouts, each exact on the files of its publisher.
pub const LAYOUTS: &[Layout] = &[
    Layout {
        name: "UN Comtrade (legacy)",
        needs: &["trade flow", "reporter code", "partner code", "commodity code", "trade value (us$)", "period"],
        columns: &[
            ("period", Period),
            ("reporter code", Dimension("reporter")),
            ("partner code", Dimension("partner")),
            ("commodity code", Dimension("hs")),
            ("trade flow", Flow),
            ("trade value (us$)", Measure("value", "flow in USD")),
            ("netweight (kg)", Measure("weight", "flow in kg zero as missing")),
            ("cif trade value (us$)", Measure("value_cif", "flow in USD cif")),
            ("fob trade value (us$)", Measure("value_fob", "flow in USD fob")),
            ("2nd partner code", TotalOnly),
            ("customs proc. code", TotalOnly),
            ("mode of transport code", TotalOnly),
        ],
        constants: &[],
        closed: true,
        countries: Some(System::Comtrade),
    },
    Layout {
        name: "UN Comtrade Plus",
        needs: &["flowcode", "cmdcode", "primaryvalue", "period"],
        // Codes where they are there, else the ISO letters.
        columns: &[
            ("period", Period),
            ("reportercode", Dimension("reporter")),
            ("reporteriso", Dimension("reporter")),
            ("partnercode", Dimension("partner")),
            ("partneriso", Dimension("partner")),
            ("cmdcode", Dimension("hs")),
            ("flowcode", Flow),
            ("primaryvalue", Measure("value", "flow in USD")),
            ("netwgt", Measure("weight", "flow in kg zero as missing")),
            ("cifvalue", Measure("value_cif", "flow in USD cif")),
            ("fobvalue", Measure("value_fob", "flow in USD fob")),
            ("partner2code", TotalOnly),
            ("customscode", TotalOnly),
            ("motcode", TotalOnly),
            ("moscode", TotalOnly),
        ],
        constants: &[],
        closed: true,
        countries: Some(System::Comtrade),
    },
    Layout {
        name: "BACI",
        needs: &["t", "i", "j", "k", "v", "q"],
        columns: &[
            ("t", Period),
            ("i", Dimension("reporter")),
            ("j", Dimension("partner")),
            ("k", Dimension("hs")),
            ("v", Measure("exports", "flow in 1000 USD fob")),
            ("q", Measure("weight", "flow in tonne")),
        ],
        constants: &[],
        closed: false,
        countries: Some(System::Comtrade),
    },
    Layout {
        name: "World Bank WDI",
        needs: &["country name", "country code", "indicator name", "indicator code"],
        columns: &[
            ("country code", Dimension("reporter")),
            ("indicator name", Dimension("indicator")),
            ("country name", Note),
            ("indicator code", Note),
        ],
        constants: &[],
        closed: false,
        countries: None,
    },
    Layout {
        name: "World Bank DataBank",
        needs: &["country name", "country code", "series name", "series code"],
        columns: &[
            ("country code", Dimension("reporter")),
            ("series name", Dimension("indicator")),
            ("country name", Note),
            ("series code", Note),
        ],
        constants: &[],
        closed: false,
        countries: None,
    },
    Layout {
        name: "WITS trade summary",
        needs: &["reporter", "partner", "product categories", "indicator type", "indicator"],
        columns: &[
            ("reporter", Dimension("reporter")),
            ("partner", Dimension("partner")),
            ("product categories", Dimension("product")),
            ("indicator type", Dimension("indicator_type")),
            ("indicator", Dimension("indicator")),
        ],
        constants: &[],
        closed: false,
        countries: None,
    },
    Layout {
        name: "China Customs (export, English)",
        needs: &["date of data", "commodity code", "trading partner code"],
        columns: &[
            ("date of data", Period),
            ("trading partner code", Dimension("partner")),
            ("trading partner", Note),
            ("commodity code", Dimension("hs")),
            ("commodity", Note),
            ("us dollar", Measure("value", "flow in USD")),
            ("rmb", Measure("value_cny", "flow in CNY")),
            ("unit", Note),
            ("supplementary unit", Note),
        ],
        constants: &[("reporter", "CHN")],
        closed: false,
        countries: Some(System::Gacc),
    },
    Layout {
        name: "China Customs (export, Chinese)",
        needs: &["数据年月", "商品编码", "贸易伙伴编码"],
        columns: &[
            ("数据年月", Period),
            ("贸易伙伴编码", Dimension("partner")),
            ("贸易伙伴名称", Note),
            ("商品编码", Dimension("hs")),
            ("商品名称", Note),
            ("美元", Measure("value", "flow in USD")),
            ("人民币", Measure("value_cny", "flow in CNY")),
            ("第一数量", Measure("quantity", "flow")),
            ("第一计量单位", Note),
            ("第二数量", Measure("quantity2", "flow")),
            ("第二计量单位", Note),
        ],
        constants: &[("reporter", "CHN")],
        closed: false,
        countries: Some(System::Gacc),
    },
    Layout {
        name: "Eurostat Comext",
        needs: &["product_nc", "flow", "period", "partner"],
        columns: &[
            ("period", Period),
            ("declarant_iso", Dimension("reporter")),
            ("reporter", Dimension("reporter")),
            ("declarant", Dimension("reporter")),
            ("partner_iso", Dimension("partner")),
            ("partner", Dimension("partner")),
            ("product_nc", Dimension("hs")),
            ("flow", Flow),
            ("value_in_euros", Measure("value", "flow in EUR")),
            ("value_eur", Measure("value", "flow in EUR")),
            ("quantity_in_kg", Measure("weight", "flow in kg zero as missing")),
            ("quantity_kg", Measure("weight", "flow in kg zero as missing")),
            ("sup_quantity", Measure("quantity", "flow")),
            ("trade_type", Dimension("trade_type")),
            ("stat_procedure", Dimension("procedure")),
        ],
        constants: &[],
        closed: true,
        countries: None,
    },
];

/// The layout that a header shows.
pub fn recognise(header: &[String]) -> Option<&'static Layout> {
    let lower: Vec<String> = header.iter().map(|h| h.to_lowercase()).collect();
    let exact = |l: &&Layout| l.name != "BACI" || header.len() == l.needs.len();
    LAYOUTS.iter().filter(exact).find(|l| l.needs.iter().all(|n| lower.iter().any(|h| h == n)))
}

/// The roles that a column name is known for, and how well it tells each of them.
pub fn role_of(column: &str) -> Option<(Role, usize)> {
    let lower = column.to_lowercase();
    NAMES.iter().find_map(|(role, names)| names.iter().position(|n| *n == lower).map(|rank| (*role, rank)))
}

/// Whether a column may hold the year, or the month, where the two are apart.
pub fn part_of_date(column: &str) -> Option<Role> {
    match column.to_lowercase().as_str() {
        "year" | "yr" | "refyear" | "ref_year" | "年" | "年份" => Some(Year),
        "month" | "refmonth" | "ref_month" | "mon" | "月" => Some(Month),
        _ => None,
    }
}

/// The flow that a code or word in data means.
pub fn flow_of(text: &str) -> Option<&'static str> {
    let lower = text.trim().to_lowercase();
    FLOWS.iter().find(|(_, spellings)| spellings.contains(&lower.as_str())).map(|(name, _)| *name)
}

/// Whether a dimension's codes contain each other by their first digits.
pub fn is_nested(dimension: &str) -> bool {
    dimension == "hs"
}

/// Whether a dimension holds countries.
pub fn is_geographic(dimension: &str) -> bool {
    matches!(dimension, "reporter" | "partner" | "country" | "geo" | "partner2")
}

/// Whether the codes of a dimension count different things, so that they are never summed.
pub fn is_distinct(dimension: &str) -> bool {
    matches!(dimension, "indicator" | "unit" | "measure" | "series" | "currency")
}
