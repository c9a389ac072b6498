//! Attributes of codes that need no file: names and regions of countries, sections and chapters of the Harmonized
//! System. In: a dimension and the name of an attribute. Out: what puts its codes under labels.

use crate::data::known::attributes::{self, Labelled, OF_COUNTRIES, OF_PRODUCTS};
use crate::plan::grouping::Grouping;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The dimension of products of the Harmonized System.
const PRODUCTS: &str = "hs";

/// The attributes of a dimension.
pub(super) fn names(of_countries: bool, dim: &str) -> &'static [&'static str] {
    match (of_countries, dim) {
        (true, _) => OF_COUNTRIES,
        (false, PRODUCTS) => OF_PRODUCTS,
        (false, _) => &[],
    }
}

/// By attribute, of countries or of products.
type Made = BTreeMap<(bool, String), Arc<Grouping>>;

/// What puts the codes of a dimension under an attribute; made once.
pub(super) fn attribute(of_countries: bool, dim: &str, attribute: &str) -> Option<Arc<Grouping>> {
    static MADE: OnceLock<Mutex<Made>> = OnceLock::new();
    let mut made = MADE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let key = (of_countries, attribute.to_string());
    if !names(of_countries, dim).contains(&attribute) {
        return None;
    }
    if let Some(known) = made.get(&key) {
        return Some(Arc::clone(known));
    }
    let Labelled { pairs, order, level } =
        if of_countries { attributes::of_countries(attribute) } else { attributes::of_products(attribute) }?;
    let pairs = pairs.iter().map(|(code, label)| (code.as_str(), label.as_str()));
    let order = order.iter().map(String::as_str).collect();
    let grouping = Arc::new(Grouping::table(pairs, Some(order), level));
    made.insert(key, Arc::clone(&grouping));
    Some(grouping)
}
