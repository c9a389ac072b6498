//! What the name of a dimension says of its codes: that they are places or products, that they contain each other, that
//! they are readings of one thing, which have no sum. In: a name. Out: yes or no.

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
        "location",
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
    "unitcode",
    "unitname",
    "units",
    "uom",
    "valueunit",
    "scale",
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
    "seriesid",
    "idbank",
    "cdid",
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
    "tsest",
    "adjustmenttype",
    "adjusttype",
    "calendaradjustment",
    "valuation",
    "valuationbasis",
    "tradesystem",
    "systemoftrade",
    "datatype",
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

/// Whether a dimension is the unit of the numbers of its row.
pub fn is_unit(dimension: &str) -> bool {
    let name = bare(dimension);
    name.starts_with("unitofmeasure")
        || matches!(name.as_str(), "unit" | "units" | "unitcode" | "unitname" | "unitmeasure" | "uom" | "valueunit")
}

fn bare(dimension: &str) -> String {
    dimension.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Names of dimensions that say which way goods go: what comes in and what goes out are no parts of one thing, whatever
/// an office's codes for them are.
const DIRECTIONS: &[&str] = &[
    "flow",
    "flows",
    "flowtype",
    "flowcode",
    "flowdirection",
    "tradeflow",
    "tradeflowcode",
    "tradeflowtype",
    "tradetype",
    "tradedirection",
    "direction",
    "directionoftrade",
    "movement",
    "impexp",
    "expimp",
    "importexport",
    "exportimport",
    "importsexports",
    "exportsimports",
    "imex",
    "exim",
];

/// Whether the codes of a dimension are alternative readings of one thing, so that they are never summed.
pub fn is_distinct(dimension: &str) -> bool {
    DIRECTIONS.contains(&bare(dimension).as_str())
        || READINGS.contains(&bare(dimension).as_str())
        || is_unit(dimension)
        || is_vintage(dimension)
        || is_unit_of_quantity(dimension)
}

/// Labels that are readings of one thing, whatever the name of their dimension: each line is of one kind.
const ALIKE: &[&[&str]] = &[
    &[
        "original",
        "seasonally adjusted",
        "trend",
        "trend-cycle",
        "unadjusted",
        "not seasonally adjusted",
        "calendar adjusted",
        "seasonally and calendar adjusted",
        "sa",
        "nsa",
    ],
    &["cif", "fob", "c.i.f.", "f.o.b."],
    &["general trade", "special trade"],
    &["balance of payments", "customs", "balance of payments basis", "customs basis"],
    &["current prices", "constant prices", "nominal", "real"],
    &["hs", "sitc", "bec"],
];

/// Whether all labels of a dimension are readings of one thing: `FOB` and `CIF`, `Original` and `Trend`.
pub fn are_readings<'a>(labels: impl Iterator<Item = &'a str>) -> bool {
    let labels: Vec<String> = labels.map(|l| l.trim().to_lowercase()).collect();
    labels.len() > 1 && ALIKE.iter().any(|kind| labels.iter().all(|label| kind.contains(&label.as_str())))
}

/// Words for how far a figure has got: the first of an observation, the one that stays.
const STAGES: &[&str] = &[
    "provisional",
    "preliminary",
    "prelim",
    "final",
    "definitive",
    "revised",
    "first estimate",
    "second estimate",
    "estimate",
    "estimated",
    "forecast",
    "projection",
    "projected",
    "actual",
    "flash",
    "advance",
    "original",
    "updated",
    "official",
    "unofficial",
    "imputed",
    "reported",
    "p",
    "f",
    "r",
    "e",
];

/// Names of classifications of goods, as their editions begin.
const SYSTEMS: &[&str] = &["hs", "sitc", "bec", "cn", "nc", "cpa", "cpc", "isic", "nace", "naics", "h", "s"];

/// Whether a label is the edition of a classification: `HS2012`, `SITC Rev. 3`, `2017`.
fn is_edition(label: &str) -> bool {
    let year = ["1988", "1992", "1996", "2002", "2007", "2012", "2017", "2022", "2028"];
    let lower = label.trim().to_lowercase();
    let letters = lower.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    year.contains(&lower.as_str()) || (lower.len() <= 14 && SYSTEMS.contains(&letters))
}

/// Whether the codes of a dimension are readings of one thing where several of them stand for one observation; where none
/// do, they tell what each observation is.
pub fn may_be_readings<'a>(dimension: &str, mut labels: impl Iterator<Item = &'a str>) -> bool {
    match bare(dimension).as_str() {
        "scenario" | "scenarios" | "scenarioname" | "frequency" | "freq" | "periodicity" => true,
        "estimate" | "estimates" | "estimatetype" | "typeofestimate" => labels
            .all(|l| !matches!(l.trim().to_lowercase().as_str(), "" | "yes" | "no" | "true" | "false" | "y" | "n")),
        "status" | "datastatus" | "stage" | "figures" | "figuretype" | "provisional" | "final" => {
            labels.all(|l| STAGES.contains(&l.trim().to_lowercase().as_str()))
        }
        "nomenclature"
        | "nomenclatureyear"
        | "nomenclaturecode"
        | "classification"
        | "classificationcode"
        | "classificationversion"
        | "productclassification"
        | "hsversion"
        | "hsedition"
        | "hsrevision" => labels.all(is_edition),
        _ => false,
    }
}

/// Whether the codes of a dimension say how long the period of a row is.
pub fn is_frequency(dimension: &str) -> bool {
    matches!(bare(dimension).as_str(), "frequency" | "freq" | "periodicity")
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
