//! The words of flows in the languages of offices. In: a text. Out: the flow that it means.

/// The flows, with all their spellings in data.
const FLOWS: &[(&str, &[&str])] = &[
    (
        "exports",
        &[
            "exports",
            "export",
            "x",
            "exp",
            "2",
            "e",
            "出口",
            "eu exports",
            "non-eu exports",
            "exportação",
            "exportacao",
            "exportações",
            "exportación",
            "exportacion",
            "exportaciones",
            "exportation",
            "exportations",
            "ausfuhr",
            "ausfuhren",
            "esportazioni",
            "esportazione",
            "uitvoer",
            "eksport",
            "eksporti",
            "vienti",
            "utförsel",
            "ihracat",
            "экспорт",
            "輸出",
            "수출",
        ],
    ),
    (
        "imports",
        &[
            "imports",
            "import",
            "m",
            "imp",
            "1",
            "i",
            "进口",
            "eu imports",
            "non-eu imports",
            "進口",
            "importação",
            "importacao",
            "importações",
            "importación",
            "importacion",
            "importaciones",
            "importation",
            "importations",
            "einfuhr",
            "einfuhren",
            "importazioni",
            "importazione",
            "invoer",
            "importi",
            "tuonti",
            "ithalat",
            "импорт",
            "輸入",
            "수입",
        ],
    ),
    ("re_exports", &["re-exports", "re-export", "rx", "re_exports", "3"]),
    ("re_imports", &["re-imports", "re-import", "rm", "re_imports", "4"]),
];

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
