//! The layouts of national offices.

use super::{Header, Layout, USUAL};
use crate::data::known::places::System;
use crate::data::known::roles::Role;
use Role::{Dimension, Flow, Measure, Month, Multiplier, Note, Period, Status, Year};

/// In the order in which they are tried.
pub(super) const LAYOUTS: &[Layout] = &[
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
];
