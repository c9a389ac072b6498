//! The kind of number that the words of a column's name tell: `unemployment_rate`, `share of imports`, `exports_cum`,
//! `Population`. In: a name. Out: a kind, or nothing, and then a column is a flow by assumption. Knows no unit and no
//! cell.

use crate::value::Kind;
use rustc_hash::FxHashSet;
use std::sync::OnceLock;

/// Words that tell a kind, the most telling first: a price index is an index, growth of a price is growth. A word in
/// another script than Latin may stand anywhere, for it is not set apart by blanks.
const TOLD: &[(Kind, &[&str])] = &[
    (Kind::Rate, &["exchange rate", "exchangerate", "fx", "fx rate", "汇率"]),
    (
        Kind::Growth,
        &[
            "growth",
            "inflation",
            "yoy",
            "yo y",
            "mo m",
            "qo q",
            "y/y",
            "y o y",
            "mom",
            "m/m",
            "qoq",
            "q/q",
            "change %",
            "% change",
            "pct change",
            "pct chg",
            "percent change",
            "percentage change",
            "annual %",
            "同比",
            "环比",
            "增长",
            "增速",
            "增減率",
            "年增率",
            "伸び率",
            "증감률",
            "증가율",
        ],
    ),
    (Kind::Index, &["index", "indices", "cpi", "ppi", "xpi", "mpi", "pmi", "deflator", "terms of trade", "指数"]),
    (
        Kind::Price,
        &["price", "prices", "unitprice", "uv", "unit value", "unit values", "unitvalue", "价格", "单价", "均价"],
    ),
    (Kind::Share, &["share", "shares", "shr", "% of", "percent of", "percentage of", "pct of", "占比", "比重", "份额"]),
    (
        Kind::Ratio,
        &[
            "ratio",
            "ratios",
            "hhi",
            "per",
            "percap",
            "per capita",
            "per head",
            "rca",
            "gini",
            "openness",
            "比率",
            "人均",
        ],
    ),
    (Kind::Rate, &["rate", "rates", "tariff", "tariffs", "yield", "利率", "税率"]),
    (Kind::Rate, &["mean", "average", "avg", "median", "percent", "percentage", "pct", "平均"]),
    (
        Kind::Cumulative,
        &[
            "cum",
            "cumul",
            "cumulative",
            "cumulated",
            "cumulation",
            "accumulated",
            "ytd",
            "year to date",
            "累计",
            "累積",
            "累计值",
        ],
    ),
    (
        Kind::Stock,
        &[
            "population",
            "pop",
            "stock",
            "stocks",
            "inventory",
            "inventories",
            "reserves",
            "debt",
            "outstanding",
            "assets",
            "liabilities",
            "employment",
            "employed",
            "employees",
            "eop",
            "end of period",
            "人口",
            "库存",
            "储备",
            "存量",
            "余额",
        ],
    ),
];

/// Names of what is traded within a period, wherever they stand in a name.
const TRADED: &[&str] = &[
    "exports",
    "imports",
    "reexports",
    "reimports",
    "re exports",
    "re imports",
    "shipments",
    "arrivals",
    "dispatches",
    "netweight",
    "netwgt",
    "grosswgt",
    "grossweight",
    "出口",
    "进口",
    "金额",
    "数量",
    "重量",
    "贸易额",
    "总值",
    "差额",
    "美元",
    "人民币",
    "수출",
    "수입",
    "輸出",
    "輸入",
    "進口",
    "出口额",
    "进口额",
];

/// Names of what is traded, where nothing but words of [`BESIDE`] stand behind: a trade cost is none.
const TRADED_LAST: &[&str] = &[
    "export",
    "import",
    "exp",
    "imp",
    "x",
    "m",
    "value",
    "values",
    "val",
    "v",
    "trade",
    "amount",
    "amounts",
    "amt",
    "weight",
    "wgt",
    "weights",
    "quantity",
    "quantities",
    "qty",
    "q",
    "volume",
    "volumes",
    "tonnage",
    "balance",
    "surplus",
    "deficit",
    "turnover",
    "sales",
    "tradevalue",
    "primaryvalue",
    "cifvalue",
    "fobvalue",
    "altqty",
    "dollar",
    "dollars",
    "euros",
    "kg",
    "tonnes",
    "tons",
    "pieces",
    "teu",
];

/// Words behind a name that leave it what it is.
const BESIDE: &[&str] = &[
    "month",
    "monthly",
    "quarter",
    "quarterly",
    "year",
    "yearly",
    "annual",
    "daily",
    "total",
    "all",
    "fob",
    "cif",
    "net",
    "gross",
    "current",
    "nominal",
    "real",
    "constant",
    "value",
    "usd",
    "us",
    "eur",
    "cny",
    "rmb",
    "gbp",
    "jpy",
    "mn",
    "mln",
    "mio",
    "bn",
    "bln",
    "million",
    "millions",
    "billion",
    "billions",
    "thousand",
    "thousands",
    "ths",
    "k",
    "tn",
    "kg",
    "t",
    "tonne",
    "tonnes",
    "in",
    "of",
    "at",
    "prices",
    "obs",
    "goods",
    "a",
    "b",
    "sa",
    "nsa",
    "adjusted",
    "unadjusted",
    "m",
    "q",
    "1",
    "2",
    "primary",
    "secondary",
    "supplementary",
    "euro",
    "euros",
    "dollar",
    "dollars",
    "1000",
    "100",
];

/// The kind that a name tells: one of the table above, a flow for what is traded, or nothing.
pub fn told(name: &str) -> Option<Kind> {
    hinted(name).or_else(|| is_traded(name).then_some(Kind::Flow))
}

/// A name without the words that say at which prices an amount is told: `US$ at current prices in millions`.
pub fn without_price_base(name: &str) -> String {
    const SAID: &[&str] =
        &["at current prices", "in current prices", "current prices", "at constant prices", "constant prices"];
    let lower = name.to_lowercase();
    let found = SAID.iter().find_map(|said| lower.find(said).map(|at| (at, said.len())));
    match found.filter(|_| lower.len() == name.len()) {
        // Of constant prices the base is not known, and so is no unit.
        Some((at, n)) if !lower.contains("constant") => {
            let parts = [name.get(..at).unwrap_or(""), name.get(at + n..).unwrap_or("")].map(|p| p.trim());
            parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
        }
        Some((at, n)) => {
            format!("{} prices of a base {}", name.get(..at).unwrap_or(""), name.get(at + n..).unwrap_or(""))
        }
        None => name.to_string(),
    }
}

/// The kind other than a flow that a name tells.
pub fn hinted(name: &str) -> Option<Kind> {
    let lower = name.to_lowercase().replace('_', " ");
    // An amount at some prices is no price.
    let at_prices = ["current prices", "constant prices"].iter().any(|said| lower.contains(said));
    let name = if at_prices { lower.replace("prices", "") } else { name.to_string() };
    let all = words(&name);
    if name.is_ascii() && !all.iter().any(|word| first_words().contains(word.as_str())) {
        return None;
    }
    let lower = name.to_lowercase();
    let says = |hint: &&str| if hint.is_ascii() { holds(&all, hint) } else { lower.contains(*hint) };
    TOLD.iter().find(|(_, hints)| hints.iter().any(says)).map(|(kind, _)| *kind)
}

/// Whether numbers of a kind that a name tells may be amounts of money: means may, percentages and indices not.
pub fn has_amounts(name: &str, kind: Kind) -> bool {
    let all = words(name);
    let mean = || ["mean", "average", "avg", "median", "平均"].iter().any(|w| holds(&all, w) || name.contains(*w));
    match kind {
        Kind::Growth | Kind::Index | Kind::Share => false,
        Kind::Rate => mean(),
        Kind::Ratio => !is_pure(name),
        _ => true,
    }
}

/// Whether a name speaks of growth in words that mean nothing else.
pub fn says_growth_surely(name: &str) -> bool {
    let all = words(name);
    let sure = ["yoy", "y/y", "mom", "m/m", "qoq", "q/q"].iter().any(|w| holds(&all, w));
    sure || name.contains('%') || ["同比", "环比", "增速", "增长"].iter().any(|w| name.contains(w))
}

/// Whether a name speaks of exports, imports and their kin, wherever it does.
pub fn names_trade(name: &str) -> bool {
    let all = words(name);
    TRADED.iter().take_while(|hint| hint.is_ascii()).any(|hint| holds(&all, hint))
}

/// The words with which what tells a kind begins: most names have none of them.
fn first_words() -> &'static FxHashSet<&'static str> {
    static WORDS: OnceLock<FxHashSet<&'static str>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let hints = TOLD.iter().flat_map(|(_, hints)| hints.iter());
        hints.filter_map(|hint| hint.split(is_break).find(|word| !word.is_empty())).collect()
    })
}

/// Whether a ratio is a pure number, rather than an amount per something.
pub fn is_pure(name: &str) -> bool {
    let all = words(name);
    !["per", "percap"].iter().any(|word| all.iter().any(|w| w == word)) && !name.contains("人均")
}

/// Whether a name speaks of hundredths.
pub fn says_percent(name: &str) -> bool {
    let all = words(name);
    all.iter().any(|w| w.contains('%') || matches!(w.as_str(), "percent" | "percentage" | "pct" | "pc"))
}

/// Whether a name is one of trade within a period: exports, value, weight and their kin.
fn is_traded(name: &str) -> bool {
    let all = words(name);
    let lower = name.to_lowercase();
    let anywhere = |hint: &&&str| if hint.is_ascii() { holds(&all, hint) } else { lower.contains(**hint) };
    if TRADED.iter().any(|hint| anywhere(&hint)) {
        return true;
    }
    let last = all.iter().rposition(|w| TRADED_LAST.contains(&w.as_str()) && !is_unit_only(&all, w));
    last.is_some_and(|at| all.iter().skip(at + 1).all(|w| BESIDE.contains(&w.as_str())))
}

/// Whether a word is taken for a unit behind another: `gdp_kg` says no more than its first word.
fn is_unit_only(all: &[String], word: &str) -> bool {
    all.len() > 1 && matches!(word, "dollar" | "dollars" | "euros" | "kg" | "tonnes" | "tons" | "x" | "m" | "q" | "v")
}

/// Whether a word stands in a name.
pub fn says_word(name: &str, word: &str) -> bool {
    holds(&words(name), word)
}

/// Whether these words, in small letters, stand in a name, one behind the other.
fn holds(all: &[String], hint: &str) -> bool {
    // Most hints begin with none of the words.
    if !hint.starts_with(is_break) && !all.iter().any(|word| hint.starts_with(word.as_str())) {
        return false;
    }
    let words = || hint.split(is_break).filter(|w| !w.is_empty());
    let count = words().count();
    count > 0 && all.windows(count).any(|w| w.iter().zip(words()).all(|(word, of_hint)| word == of_hint))
}

/// Whether a sign parts words.
fn is_break(c: char) -> bool {
    !c.is_alphanumeric() && c != '%' && c != '/'
}

/// The words of a name in small letters: apart at signs, and where a capital follows a small letter.
fn words(name: &str) -> Vec<String> {
    let mut apart = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if before.is_lowercase() && c.is_uppercase() {
            apart.push(' ');
        }
        apart.push(c);
        before = c;
    }
    apart.to_lowercase().split(is_break).filter(|w| !w.is_empty()).map(String::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_written_in_small_letters() {
        let all = TOLD.iter().flat_map(|(_, hints)| hints.iter()).chain(TRADED);
        assert!(all.into_iter().all(|hint| *hint == hint.to_lowercase()));
    }

    #[test]
    fn kinds_in_names() {
        for (name, kind) in [
            ("Exchange rate", Some(Kind::Rate)),
            ("unemployment_rate", Some(Kind::Rate)),
            ("GrowthRate", Some(Kind::Growth)),
            ("uv", Some(Kind::Price)),
            ("unit_price", Some(Kind::Price)),
            ("export price index", Some(Kind::Index)),
            ("gdp_percap", Some(Kind::Ratio)),
            ("GDP per capita", Some(Kind::Ratio)),
            ("share of imports", Some(Kind::Share)),
            ("SP.POP.TOTL", Some(Kind::Stock)),
            ("Population, total", Some(Kind::Stock)),
            ("exports_cum", Some(Kind::Cumulative)),
            ("exports_ytd", Some(Kind::Cumulative)),
            ("出口累计", Some(Kind::Cumulative)),
            ("累计同比", Some(Kind::Growth)),
            ("mean_temperature", Some(Kind::Rate)),
            ("exports", Some(Kind::Flow)),
            ("Exports of goods and services", Some(Kind::Flow)),
            ("TradeValue", Some(Kind::Flow)),
            ("trade_cost", None),
            ("export_duration", None),
            ("NetWgt", Some(Kind::Flow)),
            ("出口金额", Some(Kind::Flow)),
            ("gdp", None),
            ("contig", None),
            ("permits", None),
            ("population_density", Some(Kind::Stock)),
        ] {
            assert_eq!(told(name), kind, "{name}");
        }
        assert_eq!(hinted("trade"), None);
    }
}
