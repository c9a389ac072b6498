//! The layouts of known publishers, recognised whole by their header. In: the names of columns. Out: what each column is
//! for, and what the publisher does that no cell says. Knows no cells.

use crate::data::info::Valuation;
use crate::data::known::places::System;
use crate::data::known::roles::Role;
use Role::{Dimension, Flow, Measure, Month, Multiplier, Note, Period, Status, TotalOnly, Year};

/// The names by which a header shows a layout, in small letters but for [`Header::Begins`].
enum Header {
    /// They are there, in any order and among others.
    Holds(&'static [&'static str]),
    /// They are there, and no others.
    Is(&'static [&'static str]),
    /// They come first, in this order and written just so.
    Begins(&'static [&'static str]),
}

impl Header {
    fn fits(&self, header: &[String], lower: &[String]) -> bool {
        let holds = |names: &[&str]| names.iter().all(|n| lower.iter().any(|h| h == n));
        match self {
            Header::Holds(names) => holds(names),
            Header::Is(names) => header.len() == names.len() && holds(names),
            Header::Begins(names) => header.len() >= names.len() && header.iter().zip(*names).all(|(h, n)| h == n),
        }
    }
}

/// A layout that is recognised by its header.
pub struct Layout {
    /// For people.
    pub name: &'static str,
    /// The header that shows it.
    header: Header,
    /// What columns are, by name in small letters. Others are as in any file, or left out.
    pub columns: &'static [(&'static str, Role)],
    /// Dimensions that the file does not state.
    pub constants: &'static [(&'static str, &'static str)],
    /// Whether columns that are not named here are left out.
    pub closed: bool,
    /// Whose numbers the codes of countries are.
    pub countries: Option<System>,
    /// How the publisher values flows.
    pub valuations: &'static [(&'static str, Valuation)],
    /// The currency of which columns named by a currency say how much one unit is.
    pub rates_of: Option<&'static str>,
    /// Whether lines above the table are usual, and no reason for doubt.
    pub is_titled: bool,
}

/// What holds of most layouts.
const USUAL: Layout = Layout {
    name: "",
    header: Header::Holds(&[]),
    columns: &[],
    constants: &[],
    closed: false,
    countries: None,
    valuations: &[],
    rates_of: None,
    is_titled: true,
};

/// The layouts, each exact on the files of its publisher.
pub const LAYOUTS: &[Layout] = &[
    Layout {
        name: "UN Comtrade (legacy)",
        header: Header::Holds(&[
            "trade flow",
            "reporter code",
            "partner code",
            "commodity code",
            "trade value (us$)",
            "period",
        ]),
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
        closed: true,
        countries: Some(System::Comtrade),
        valuations: &[("exports", Valuation::Fob), ("imports", Valuation::Cif)],
        ..USUAL
    },
    Layout {
        name: "UN Comtrade Plus",
        header: Header::Holds(&["flowcode", "cmdcode", "primaryvalue", "period"]),
        // Codes where they are there, else the ISO letters, else the names.
        columns: &[
            ("period", Period),
            ("reportercode", Dimension("reporter")),
            ("reporteriso", Dimension("reporter")),
            ("reporterdesc", Dimension("reporter")),
            ("partnercode", Dimension("partner")),
            ("partneriso", Dimension("partner")),
            ("partnerdesc", Dimension("partner")),
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
        closed: true,
        countries: Some(System::Comtrade),
        valuations: &[("exports", Valuation::Fob), ("imports", Valuation::Cif)],
        ..USUAL
    },
    Layout {
        name: "BACI",
        header: Header::Is(&["t", "i", "j", "k", "v", "q"]),
        columns: &[
            ("t", Period),
            ("i", Dimension("reporter")),
            ("j", Dimension("partner")),
            ("k", Dimension("hs")),
            ("v", Measure("exports", "flow in 1000 USD fob")),
            ("q", Measure("weight", "flow in tonne")),
        ],
        countries: Some(System::Comtrade),
        ..USUAL
    },
    Layout {
        name: "IMF Direction of Trade Statistics",
        header: Header::Holds(&["country name", "indicator name", "counterpart country name", "attribute"]),
        columns: &[
            ("country name", Dimension("reporter")),
            ("counterpart country name", Dimension("partner")),
            ("indicator name", Dimension("indicator")),
            ("country code", Note),
            ("counterpart country code", Note),
            ("indicator code", Note),
        ],
        ..USUAL
    },
    Layout {
        name: "World Bank WDI",
        header: Header::Holds(&["country name", "country code", "indicator name", "indicator code"]),
        columns: &[
            ("country code", Dimension("reporter")),
            ("indicator name", Dimension("indicator")),
            ("country name", Note),
            ("indicator code", Note),
        ],
        ..USUAL
    },
    Layout {
        name: "World Bank DataBank",
        header: Header::Holds(&["country name", "country code", "series name", "series code"]),
        columns: &[
            ("country code", Dimension("reporter")),
            ("series name", Dimension("indicator")),
            ("country name", Note),
            ("series code", Note),
        ],
        ..USUAL
    },
    Layout {
        name: "WITS trade summary",
        header: Header::Holds(&["reporter", "partner", "product categories", "indicator type", "indicator"]),
        columns: &[
            ("reporter", Dimension("reporter")),
            ("partner", Dimension("partner")),
            ("product categories", Dimension("product")),
            ("indicator type", Dimension("indicator_type")),
            ("indicator", Dimension("indicator")),
        ],
        ..USUAL
    },
    Layout {
        name: "WITS by partner and product",
        header: Header::Holds(&["reporter", "partner", "product group", "indicator"]),
        columns: &[
            ("reporter", Dimension("reporter")),
            ("partner", Dimension("partner")),
            ("product group", Dimension("product")),
            ("indicator", Dimension("indicator")),
        ],
        ..USUAL
    },
    Layout {
        name: "UNCTADstat",
        header: Header::Holds(&["economy", "economy label", "year"]),
        columns: &[
            ("year", Period),
            ("economy label", Dimension("reporter")),
            ("economy", Note),
            ("partner label", Dimension("partner")),
            ("partner", Note),
            ("flow label", Flow),
            ("flow", Note),
            ("product label", Dimension("product")),
            ("product", Note),
        ],
        ..USUAL
    },
    Layout {
        name: "Brazil Comex Stat",
        header: Header::Holds(&["co_ano", "co_mes", "co_ncm", "co_pais", "vl_fob"]),
        columns: &[
            ("co_ano", Year),
            ("co_mes", Month),
            ("co_ncm", Dimension("hs")),
            ("co_pais", Dimension("partner")),
            ("co_unid", Dimension("qty_unit")),
            ("sg_uf_ncm", Dimension("state")),
            ("co_via", Dimension("mode")),
            ("co_urf", Dimension("office")),
            ("qt_estat", Measure("quantity", "flow")),
            ("kg_liquido", Measure("weight", "flow in kg")),
            ("vl_fob", Measure("value", "flow in USD fob")),
            ("vl_frete", Measure("freight", "flow in USD")),
            ("vl_seguro", Measure("insurance", "flow in USD")),
        ],
        constants: &[("reporter", "BRA")],
        ..USUAL
    },
    Layout {
        name: "WTO statistics",
        header: Header::Holds(&["indicator code", "reporting economy", "partner economy", "year", "value"]),
        columns: &[
            ("year", Period),
            ("reporting economy", Dimension("reporter")),
            ("reporting economy code", Note),
            ("reporting economy iso3a code", Note),
            ("partner economy", Dimension("partner")),
            ("partner economy code", Note),
            ("partner economy iso3a code", Note),
            ("product/sector", Dimension("product")),
            ("product/sector code", Note),
            ("product/sector classification", Note),
            ("product/sector classification code", Note),
            ("indicator", Dimension("indicator")),
            ("indicator code", Note),
            ("indicator category", Note),
            ("period", Note),
            ("period code", Note),
            ("frequency", Note),
            ("frequency code", Note),
            ("unit", Dimension("unit")),
            ("unit code", Note),
            ("value flag", Note),
            ("value flag code", Note),
            ("text descriptor", Note),
            ("value", Measure("value", "flow")),
        ],
        ..USUAL
    },
    Layout {
        name: "Japan Customs",
        header: Header::Holds(&["exp or imp", "year", "month", "hs", "country", "value"]),
        columns: &[
            ("exp or imp", Flow),
            ("year", Year),
            ("month", Month),
            ("hs", Dimension("hs")),
            ("country", Dimension("partner")),
            ("unit1", Dimension("qty_unit")),
            ("unit2", Note),
            ("quantity1", Measure("quantity", "flow")),
            ("quantity2", Measure("quantity2", "flow")),
            ("value", Measure("value", "flow in thousand JPY")),
        ],
        constants: &[("reporter", "JPN")],
        ..USUAL
    },
    Layout {
        name: "UK HMRC",
        header: Header::Holds(&["monthid", "flowtypeid", "value", "netmass"]),
        columns: &[
            ("monthid", Period),
            ("flowtype", Flow),
            ("flowtypeid", Note),
            ("flowtypedescription", Note),
            ("suppressionindex", Note),
            ("commodityid", Note),
            ("hs6code", Dimension("hs")),
            ("cn8code", Dimension("hs")),
            ("country", Dimension("partner")),
            ("countryname", Dimension("partner")),
            ("countryid", Note),
            ("portid", Note),
            ("value", Measure("value", "flow in GBP")),
            ("netmass", Measure("weight", "flow in kg")),
            ("suppunit", Measure("quantity", "flow")),
        ],
        constants: &[("reporter", "GBR")],
        ..USUAL
    },
    Layout {
        name: "Statistics Canada cube",
        header: Header::Holds(&["ref_date", "geo", "vector", "coordinate", "value", "scalar_id"]),
        columns: &[
            ("ref_date", Period),
            ("geo", Dimension("reporter")),
            ("principal trading partners", Dimension("partner")),
            ("trading partners", Dimension("partner")),
            ("trade", Flow),
            ("uom", Dimension("unit")),
            ("scalar_id", Multiplier),
            ("value", Measure("value", "flow")),
            ("status", Status),
            ("dguid", Note),
            ("uom_id", Note),
            ("scalar_factor", Note),
            ("vector", Note),
            ("coordinate", Note),
            ("symbol", Note),
            ("terminated", Note),
            ("decimals", Note),
        ],
        ..USUAL
    },
    Layout {
        name: "US Census (imports, API)",
        header: Header::Holds(&["cty_name", "gen_val_mo", "time"]),
        columns: &[
            ("time", Period),
            ("cty_name", Dimension("partner")),
            ("cty_code", Note),
            ("i_commodity", Dimension("hs")),
            ("i_commodity_ldesc", Note),
            ("i_commodity_sdesc", Note),
            ("gen_val_mo", Measure("imports", "flow in USD")),
            ("con_val_mo", Measure("imports_for_consumption", "flow in USD")),
            ("comm_lvl", Note),
            ("summary_lvl", Note),
        ],
        constants: &[("reporter", "USA")],
        ..USUAL
    },
    Layout {
        name: "US Census (exports, API)",
        header: Header::Holds(&["cty_name", "all_val_mo", "time"]),
        columns: &[
            ("time", Period),
            ("cty_name", Dimension("partner")),
            ("cty_code", Note),
            ("e_commodity", Dimension("hs")),
            ("e_commodity_ldesc", Note),
            ("e_commodity_sdesc", Note),
            ("all_val_mo", Measure("exports", "flow in USD")),
            ("comm_lvl", Note),
            ("summary_lvl", Note),
        ],
        constants: &[("reporter", "USA")],
        ..USUAL
    },
    Layout {
        name: "Korea Customs",
        header: Header::Holds(&["기간", "수출 금액", "수입 금액"]),
        columns: &[
            ("기간", Period),
            ("hs코드", Dimension("hs")),
            ("품목명", Note),
            ("국가명", Dimension("partner")),
            ("국가", Dimension("partner")),
            ("수출 금액", Measure("exports", "flow")),
            ("수입 금액", Measure("imports", "flow")),
            ("수출 중량", Measure("exports_weight", "flow")),
            ("수입 중량", Measure("imports_weight", "flow")),
            ("무역수지", Note),
        ],
        constants: &[("reporter", "KOR")],
        ..USUAL
    },
    Layout {
        name: "China Customs (export, English)",
        header: Header::Holds(&["date of data", "commodity code", "trading partner code"]),
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
        countries: Some(System::Gacc),
        ..USUAL
    },
    Layout {
        name: "China Customs (export, Chinese)",
        header: Header::Holds(&["数据年月", "商品编码", "贸易伙伴编码"]),
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
        countries: Some(System::Gacc),
        ..USUAL
    },
    Layout {
        name: "Eurostat Comext",
        header: Header::Holds(&["product_nc", "flow", "period", "partner"]),
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
        closed: true,
        ..USUAL
    },
    Layout {
        name: "ECB reference rates",
        header: Header::Begins(&["Date", "USD", "JPY"]),
        columns: &[("date", Period)],
        rates_of: Some("EUR"),
        is_titled: false,
        ..USUAL
    },
];

/// The layout that a header shows.
pub fn recognise(header: &[String]) -> Option<&'static Layout> {
    let lower: Vec<String> = header.iter().map(|h| h.to_lowercase()).collect();
    LAYOUTS.iter().find(|l| l.header.fits(header, &lower))
}
