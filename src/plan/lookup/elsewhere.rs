//! Names that operators have in other tools and in everyday words. In: words of a query. Out: the operator here.

/// The name here of an operator that is called so elsewhere.
pub fn operator_elsewhere(words: &str) -> Option<String> {
    let mut words = words.to_lowercase();
    for (long, short) in SHORTER {
        words = words.replace(long, short);
    }
    if let Some((_, here)) = ELSEWHERE.iter().find(|(all, _)| all.split('|').any(|w| w == words)) {
        return Some((*here).to_string());
    }
    let step = |rest: &str| words.strip_suffix(rest).map(|s| s.trim_end().to_string());
    let mean = ["rolling average", "moving average", "rolling mean", "moving mean", "trailing average", "mean", "avg"];
    let sum = ["rolling sum", "moving sum", "trailing sum", "rolling total", "total"];
    let found = mean.iter().find_map(|w| step(&format!(" {w}"))).map(|s| format!("{} average", stepped(&s)));
    let found =
        found.or_else(|| sum.iter().find_map(|w| step(&format!(" {w}"))).map(|s| format!("{} sum", stepped(&s))));
    let short = || words.split_once(' ').map(|(s, rest)| (stepped(s), s, rest)).filter(|(long, s, _)| long != s);
    found
        .or_else(|| short().map(|(long, _, rest)| format!("{long} {rest}")))
        .or_else(|| words.starts_with("yoy ").then(|| words.clone()))
}

/// `3m` as `3-month`; what is none as it is.
fn stepped(word: &str) -> String {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (n, step) = word.split_at_checked(digits).unwrap_or(("", word));
    let step = match step.trim_start_matches('-') {
        "m" | "mo" | "months" if digits > 0 => "month",
        "q" | "quarters" if digits > 0 => "quarter",
        "y" | "years" if digits > 0 => "year",
        "d" | "days" if digits > 0 => "day",
        _ => return word.to_string(),
    };
    format!("{n}-{step}")
}

/// Long forms of the words that compare with an earlier period.
const SHORTER: &[(&str, &str)] = &[
    ("year-on-year", "yoy"),
    ("year-over-year", "yoy"),
    ("year on year", "yoy"),
    ("year over year", "yoy"),
    ("y/y", "yoy"),
    ("y-o-y", "yoy"),
    ("month-on-month", "mom"),
    ("month-over-month", "mom"),
    ("month on month", "mom"),
    ("month over month", "mom"),
    ("m/m", "mom"),
    ("m-o-m", "mom"),
    ("quarter-on-quarter", "qoq"),
    ("quarter-over-quarter", "qoq"),
    ("quarter on quarter", "qoq"),
    ("quarter over quarter", "qoq"),
    ("q/q", "qoq"),
    ("q-o-q", "qoq"),
];

/// Names elsewhere, in everyday words, other tools and a few languages, and the name here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("avg|mean|averageif|arithmetic mean|durchschnitt|mittelwert|moyenne|promedio|平均", "average"),
    ("total|summe|somme|suma|sumif|sumifs", "sum"),
    ("maximum|highest value|peak", "max"),
    ("minimum|lowest value", "min"),
    ("market share|market shares|shares|anteil|anteile|part de marché|cuota|份额|占比|proportion|weight in", "share"),
    ("rolling average|moving average|rolling mean|moving mean|gleitender durchschnitt", "12-month average"),
    ("rolling sum|moving sum|rolling total", "12-month sum"),
    (
        "growth rate|growth rates|rate of growth|percentage change|percent change|% change|% growth|pct change|pct_change|\
         relative change|percentage growth|wachstum|wachstumsrate|croissance|crecimiento|增长|增长率|zuwachs|increase|\
         rise|change in %|growth in %",
        "growth",
    ),
    ("absolute change|difference in level|veränderung|variation", "change"),
    (
        "yoy|yoy rate|annual growth|annual growth rate|yoy % change|yoy % growth|yoy % |yoy %|yoy growth rate|同比|同比增长|\
         yearly growth|12-month % change|yoy percentage change",
        "yoy growth",
    ),
    ("mom|mom % change|mom growth rate|monthly growth|monthly growth rate|环比", "mom growth"),
    ("qoq|qoq % change|qoq growth rate|quarterly growth|quarterly growth rate", "qoq growth"),
    (
        "average annual growth|average annual growth rate|average growth|average growth rate|annual average growth|\
         average yearly growth|compound growth|compound annual growth|compound annual growth rate|compound growth rate|\
         mean annual growth",
        "cagr",
    ),
    ("seasonally adjusted|deseasonalised|deseasonalized|sa|saisonbereinigt", "seasonal adjustment"),
    ("centred moving average|centered moving average", "centred 12-month average"),
    ("herfindahl|herfindahl index|herfindahl-hirschman index|herfindahl hirschman index", "hhi"),
    ("hirschman index", "hirschman"),
    ("concentration index", "concentration"),
    ("gini index|gini coefficient", "gini"),
    ("theil index", "theil"),
    ("shannon entropy|trade entropy", "entropy"),
    (
        "revealed comparative advantage|comparative advantage|balassa|balassa index|balassa rca|revealed advantage",
        "rca",
    ),
    ("rsca|revealed symmetric comparative advantage|normalised revealed comparative advantage", "symmetric rca"),
    ("grubel lloyd|grubel-lloyd index|grubel lloyd index|intra-industry trade|intra industry trade", "grubel-lloyd"),
    ("lafay index", "lafay"),
    ("michaely index", "michaely"),
    ("trade intensity index", "trade intensity"),
    ("trade openness|openness index", "openness"),
    ("import penetration ratio|import penetration rate", "import penetration"),
    ("coverage ratio|cover ratio|export coverage|import coverage", "coverage"),
    ("trade complementarity|complementarity index|trade complementarity index", "complementarity"),
    ("export similarity|similarity index|export similarity index|finger-kreinin", "similarity"),
    ("diversification index|export diversification", "diversification"),
    ("economic complexity|economic complexity index", "eci"),
    ("product complexity|product complexity index", "pci"),
    ("laspeyres|laspeyres index", "laspeyres price index"),
    ("paasche|paasche index", "paasche price index"),
    ("fisher|fisher index", "fisher price index"),
    ("törnqvist|törnqvist index|törnqvist price index|tornqvist|tornqvist index", "tornqvist price index"),
    ("unit values|unit price|average price", "unit value"),
    ("ytd|year-to-date sum|year to date sum|ytd total|cumulated|kumuliert|累计", "ytd sum"),
    ("running sum|running total|cumsum|cumulative|cumulative total", "cumulative sum"),
    ("std|std dev|standard deviation|sd|stddev|volatility", "stdev"),
    ("corr|cor|correlation coefficient", "correlation"),
    ("ranking|position", "rank"),
    ("abs|absolute", "absolute value"),
    ("ln|logarithm|natural log", "log"),
    ("sqrt", "square root"),
    (
        "contribution|contributions|contribution to growth|contributions to growth|growth contribution",
        "growth contributions",
    ),
];
