//! Attributes of codes that are known everywhere: names and regions of countries (`tables/regions.tsv`), sections and chapters of the Harmonized System (`tables/chapters.tsv`). Pairs of a code and
//! its label; knows no data.

const REGIONS: &str = include_str!("tables/regions.tsv");
const CHAPTERS: &str = include_str!("tables/chapters.tsv");

/// Pairs of a code and its label, and all labels in the order in which they are printed.
#[derive(Debug, Default)]
pub struct Labelled {
    /// Codes with their labels.
    pub pairs: Vec<(String, String)>,
    /// The labels.
    pub order: Vec<String>,
    /// The length of the codes, where it is one.
    pub level: Option<usize>,
}

/// The attributes of countries.
pub const OF_COUNTRIES: &[&str] = &["name", "region", "subregion"];
/// The attributes of products of the Harmonized System.
pub const OF_PRODUCTS: &[&str] = &["chapter", "name", "section"];

fn lines(table: &'static str) -> impl Iterator<Item = [&'static str; 4]> {
    table.lines().filter(|l| !l.starts_with('#')).map(|l| {
        let mut fields = l.split('\t');
        let mut next = || fields.next().unwrap_or("");
        [next(), next(), next(), next()]
    })
}

/// An attribute of countries, by ISO 3166 code.
pub fn of_countries(attribute: &str) -> Option<Labelled> {
    let pairs: Vec<(String, String)> = match attribute {
        "name" => lines(REGIONS).map(|[code, _, _, name]| (code.to_string(), name.to_string())).collect(),
        "region" => lines(REGIONS).map(|[code, region, ..]| (code.to_string(), region.to_string())).collect(),
        "subregion" => lines(REGIONS).map(|[code, _, part, _]| (code.to_string(), part.to_string())).collect(),
        _ => return None,
    };
    let pairs: Vec<(String, String)> = pairs.into_iter().filter(|(_, label)| !label.is_empty()).collect();
    let mut order: Vec<String> = pairs.iter().map(|(_, l)| l.clone()).collect();
    order.sort_unstable();
    order.dedup();
    Some(Labelled { pairs, order, level: None })
}

/// An attribute of products, by chapter: `XVI Machinery and electrical equipment`, `85 Electrical machinery and equipment`.
pub fn of_products(attribute: &str) -> Option<Labelled> {
    let sections = || lines(CHAPTERS).filter(|[chapter, ..]| chapter.is_empty());
    let chapters = || lines(CHAPTERS).filter(|[chapter, ..]| !chapter.is_empty());
    let section = |of: &str| {
        let found = sections().find(|[_, section, ..]| *section == of);
        found.map_or_else(|| of.to_string(), |[_, section, name, _]| format!("{section} {name}"))
    };
    let label = |[chapter, of, name, _]: [&str; 4]| match attribute {
        "section" => Some(section(of)),
        "chapter" => Some(format!("{chapter} {name}")),
        "name" => Some(name.to_string()),
        _ => None,
    };
    let pairs: Option<Vec<(String, String)>> =
        chapters().map(|line @ [chapter, ..]| label(line).map(|l| (chapter.to_string(), l))).collect();
    let pairs = pairs?;
    let mut order: Vec<String> = Vec::new();
    for (_, label) in &pairs {
        if order.last() != Some(label) {
            order.push(label.clone());
        }
    }
    Some(Labelled { pairs, order, level: Some(2) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn known_attributes() {
        let of = |found: &Labelled, code: &str| found.pairs.iter().find(|(c, _)| c == code).unwrap().1.clone();
        assert_eq!(of(&of_countries("region").unwrap(), "TWN"), "Asia");
        assert_eq!(of(&of_countries("subregion").unwrap(), "DEU"), "Western Europe");
        assert_eq!(of(&of_countries("name").unwrap(), "DEU"), "Germany");
        let sections = of_products("section").unwrap();
        assert_eq!(of(&sections, "85"), "XVI Machinery and electrical equipment");
        assert_eq!(sections.order.len(), 21);
        assert_eq!(of(&of_products("chapter").unwrap(), "01"), "01 Live animals");
        assert!(of_countries("colour").is_none() && of_products("colour").is_none());
    }
}
