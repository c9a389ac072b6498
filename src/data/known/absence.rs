//! What it means that a flow has no row: along partners and products that there was no trade, along everything else
//! that nobody has reported it. In: the name of a dimension. Knows no data.

/// Dimensions along which customs list only what there was.
const LISTED: &[&str] = &[
    "partner",
    "partner2",
    "counterpart",
    "importer",
    "destination",
    "origin",
    "hs",
    "hs_group",
    "sitc",
    "bec",
    "cpa",
    "cpc",
    "cn",
    "cn8",
    "ncm",
    "nc",
    "tariff",
    "item",
    "goods",
    "good",
    // The edition of a classification says how products are told apart, not who reports.
    "classification",
    "classificationcode",
    "nomenclature",
    "edition",
];

/// Words within the name of a dimension of products.
const PRODUCTS: &[&str] = &["product", "commodity", "commodities", "商品"];

/// Whether a row that is not there stands for zero along a dimension of this name.
pub fn is_zero(dimension: &str) -> bool {
    let lower = dimension.to_lowercase();
    LISTED.contains(&lower.as_str()) || PRODUCTS.iter().any(|word| lower.contains(word))
}
