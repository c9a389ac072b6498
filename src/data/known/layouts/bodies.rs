//! The layouts of international bodies.

use super::{Header, Layout, USUAL};
use crate::data::info::Valuation;
use crate::data::known::places::System;
use crate::data::known::roles::Role;
use Role::{Dimension, Flow, Measure, Note, Period, Status, TotalOnly};

/// The columns of the IMF's files; its numbers of countries are its own.
const IMF: &[(&str, Role)] = &[
    ("country name", Dimension("reporter")),
    ("indicator name", Dimension("indicator")),
    ("country code", Note),
    ("indicator code", Note),
    ("time period", Period),
    ("value", Measure("value", "flow")),
    ("status", Status),
];

/// The columns of FAOSTAT's tables, of one country and of two, long and wide.
const FAO: &[(&str, Role)] = &[
    ("domain code", Note),
    ("domain", Note),
    ("area code", Note),
    ("area code (m49)", Note),
    ("area code (fao)", Note),
    ("area code (iso3)", Note),
    ("area", Dimension("reporter")),
    ("reporter country code", Note),
    ("reporter country code (m49)", Note),
    ("reporter countries", Dimension("reporter")),
    ("partner country code", Note),
    ("partner country code (m49)", Note),
    ("partner countries", Dimension("partner")),
    ("item code", Note),
    ("item code (cpc)", Note),
    ("item code (fao)", Note),
    ("item", Dimension("product")),
    ("element code", Note),
    ("element", Dimension("indicator")),
    ("year code", Note),
    ("year", Period),
    ("unit", Dimension("unit")),
    ("value", Measure("value", "flow")),
    ("flag", Status),
    ("flag description", Note),
];

/// With the mainland there, `China` has Hong Kong, Macao and Taiwan in it.
const FAO_WIDER: &[(&str, &str)] = &[("China", "China, mainland")];

/// The columns of UNCTADstat's tables, long and wide.
const UNCTAD: &[(&str, Role)] = &[
    ("year", Period),
    ("economy label", Dimension("reporter")),
    ("economy", Note),
    ("partner label", Dimension("partner")),
    ("partner", Note),
    ("flow label", Flow),
    ("flow", Note),
    ("product label", Dimension("product")),
    ("product", Note),
];

/// In the order in which they are tried.
pub(super) const LAYOUTS: &[Layout] = &[
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
        name: "IMF (bulk file)",
        header: Header::Holds(&["country name", "country code", "indicator name", "indicator code", "attribute"]),
        columns: IMF,
        ..USUAL
    },
    Layout {
        name: "IMF (time series)",
        header: Header::Holds(&["country name", "country code", "indicator name", "time period", "value", "status"]),
        columns: IMF,
        ..USUAL
    },
    Layout {
        name: "IMF World Economic Outlook",
        header: Header::Holds(&["weo country code", "weo subject code", "units", "scale"]),
        columns: &[
            ("weo country code", Note),
            ("iso", Dimension("reporter")),
            ("country", Note),
            ("weo subject code", Dimension("indicator")),
            ("subject descriptor", Note),
            ("subject notes", Note),
            ("units", Dimension("unit")),
            ("scale", Dimension("scale")),
            ("country/series-specific notes", Note),
        ],
        known_until: Some("estimates start after"),
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
        columns: UNCTAD,
        ..USUAL
    },
    Layout {
        name: "UNCTADstat (wide)",
        header: Header::Holds(&["economy", "economy label"]),
        columns: UNCTAD,
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
            ("stat_regime", Dimension("procedure")),
            ("supp_unit", Dimension("qty_unit")),
            ("suppl_unit", Dimension("qty_unit")),
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
    Layout {
        name: "FAOSTAT trade matrix",
        header: Header::Holds(&["reporter countries", "partner countries", "item", "element", "unit"]),
        columns: FAO,
        wider: FAO_WIDER,
        ..USUAL
    },
    Layout {
        name: "FAOSTAT",
        header: Header::Holds(&["area", "item", "element", "unit"]),
        columns: FAO,
        wider: FAO_WIDER,
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
];
