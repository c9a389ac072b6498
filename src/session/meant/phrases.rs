//! Everyday words and those of other languages, of people and of machines: the one table of what they are in a sentence. In:
//! words in small letters. Out: their part in it. What operators are called elsewhere stands with the operators.

use super::marks::{Link, Mark};
use crate::value::Freq;

/// What a phrase is in a sentence.
pub fn part(words: &str) -> Option<Mark> {
    PHRASES.iter().find(|(known, _)| known.split('|').any(|k| k == words)).map(|(_, mark)| mark())
}

/// All single words of the table that a slip may be near to.
pub fn words() -> impl Iterator<Item = &'static str> {
    let all = PHRASES.iter().flat_map(|(known, _)| known.split('|'));
    all.filter(|w| w.len() > 3 && w.is_ascii() && !w.contains(' '))
}

/// The country of an adjective.
pub fn country_of(adjective: &str) -> Option<&'static str> {
    ADJECTIVES.iter().find(|(words, _)| words.split('|').any(|w| w == adjective)).map(|(_, code)| *code)
}

/// What series are called elsewhere: their names here.
pub fn series_elsewhere(word: &str) -> &'static [&'static str] {
    SERIES.iter().find(|(words, _)| words.split('|').any(|w| w == word)).map_or(&[], |(_, names)| *names)
}

/// What dimensions are called elsewhere: their names here.
pub fn dimension_elsewhere(word: &str) -> &'static [&'static str] {
    DIMENSIONS.iter().find(|(words, _)| words.split('|').any(|w| w == word)).map_or(&[], |(_, names)| *names)
}

/// A step of time that a word means: `years`, `monthly`, `Jahr`.
pub fn step(word: &str) -> Option<Freq> {
    STEPS.iter().find(|(words, _)| words.split('|').any(|w| w == word)).map(|(_, step)| *step)
}

/// The number that a word is: `ten`.
pub fn number(word: &str) -> Option<usize> {
    let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    words.iter().position(|w| *w == word).map(|at| at + 1).or_else(|| (word == "twenty").then_some(20))
}

type Row = (&'static str, fn() -> Mark);

const PHRASES: &[Row] = &[
    (
        "the|a|an|show|show me|give|give me|get|display|print|list|please|what is|what are|what was|what were|how much|\
         how many|how big|was|were|are|me|my|value|values|amount|level|level of|value of|overall|gesamt|der|\
         die|das|le|la|les|el|los|select|tell me|compute|calculate|data|evolution of|development of|nominal|\
         in nominal terms|at current prices|then|all|df|compare|what were the|how did|?|!|的",
        || Mark::Noise,
    ),
    ("of|von|des|du|de|del", || Mark::Link(Link::Of)),
    ("in|at|im|dans|en", || Mark::Link(Link::In)),
    ("for|during|on|für|pour|para|as of|year of|in the year|for the year", || Mark::Link(Link::For)),
    (
        "by|per|group by|grouped by|groupby|group_by|broken down by|split by|for each|for every|each|every|nach|pro|\
         par|por|按",
        || Mark::Link(Link::By),
    ),
    ("where|filter|only|whose|wo|when", || Mark::Link(Link::Where)),
    ("from|since|starting|starting from|starting in|seit|ab|depuis|desde", || Mark::Link(Link::From)),
    ("to|until|till|through|thru|up to|bis|à|hasta|al|into|sent to|going to|towards", || Mark::Link(Link::To)),
    ("before|vor", || Mark::Link(Link::Before)),
    ("between|zwischen|entre", || Mark::Link(Link::Between)),
    ("and|&|&&|und|et|y|as well as|plus also|和", || Mark::Link(Link::And)),
    ("or|oder|ou|o", || Mark::Link(Link::And)),
    (",|;|.|~", || Mark::Link(Link::Comma)),
    ("vs|versus|compared to|compared with|against|next to|beside", || Mark::Link(Link::Versus)),
    ("minus|-|−|–|less|subtract|net of", || Mark::Link(Link::Minus)),
    ("plus|+|added to", || Mark::Link(Link::Plus)),
    ("divided by|relative to|/|÷", || Mark::Link(Link::Over)),
    (
        "as share of|in % of|as % of|as a % of|in percent of|as percent of|as a percent of|as percentage of|\
         as a percentage of|as a share of|share in|as proportion of",
        || Mark::Link(Link::ShareOf),
    ),
    ("=|==|is|equals|equal to|in|like|eq|:", || Mark::Link(Link::Equal)),
    ("!=|<>|not in|not like|is not|isn't|ne", || Mark::Link(Link::Unequal)),
    ("excluding|except|except for|without|other than|ohne|sauf|not|excl", || Mark::Link(Link::Without)),
    (">|more than|greater than|above|after|exceeds|larger than", || Mark::Link(Link::More)),
    ("over", || Mark::Link(Link::Uses)),
    (">=|at least|not less than", || Mark::Link(Link::AtLeast)),
    ("<|less than|below|under|smaller than", || Mark::Link(Link::Less)),
    ("<=|at most|not more than", || Mark::Link(Link::AtMost)),
    ("top|largest|biggest|limit|head|highest|top-|main|leading|most important|fetch first|nlargest", || {
        Mark::Link(Link::Top)
    }),
    ("bottom|smallest|lowest|tail|nsmallest", || Mark::Link(Link::Bottom)),
    ("with|base|base year|base period|rebased to|relative to base", || Mark::Link(Link::Base)),
    ("deflated by|deflated with", || Mark::Link(Link::Deflated)),
    ("real|in real terms|at constant prices|constant prices|inflation-adjusted|deflated", || Mark::Real),
    ("order by|sort by|sorted by|ordered by|ranked by|sort_values|arrange|order_by", || Mark::Order(None)),
    ("sort|sorted|ordered|ranked", || Mark::Order(None)),
    ("desc|descending|largest first|from the largest|decreasing|falling", || Mark::Order(Some(false))),
    ("asc|ascending|smallest first|from the smallest|increasing|rising", || Mark::Order(Some(true))),
    ("with total|and total|with a total|including total", || Mark::Total),
    ("balance|trade balance|net exports|trade surplus|trade deficit|surplus|saldo|handelsbilanz|solde|balanza", || {
        Mark::Balance
    }),
    ("ratio|quotient|ratio of", || Mark::Ratio),
    ("difference|gap|difference between|gap between|difference of", || Mark::Difference),
    ("last year|previous year|past year|latest year|letztes jahr|full year", || Mark::Ago(1, Freq::Year)),
    ("last month|latest month|most recent month|now|today", || Mark::Ago(1, Freq::Month)),
    ("last quarter|latest quarter|previous quarter", || Mark::Ago(1, Freq::Quarter)),
    ("this year|year to date|year-to-date|current year", || Mark::ThisYear),
    ("plot|chart|graph|draw|plot of|chart of|graph of|line chart|bar chart", || Mark::Plot),
    ("explain|how|why", || Mark::Explain),
    ("total|totals|sum total|grand total", || Mark::AllTold),
    ("(|)|[|]|{|}", || Mark::Bracket),
    ("*", || Mark::Star),
    ("date|time|period|periods|datum", || Mark::Time),
    ("when it", || Mark::It),
    (
        "as % of total|as a % of total|in % of total|% of total|as share of total|share of total|as percentage of total|\
         as a percentage of total|in percent of total|as percent of total|as a share of total|of the total",
        || Mark::Op(String::from("share")),
    ),
    ("rolling|moving|running|trailing|gleitend|gleitender", || Mark::Rolling),
    ("of origin|of destination|of export|of import", || Mark::Noise),
    ("rest of world|everyone|world|all partners|all countries", || Mark::Noise),
];

const SERIES: &[(&str, &[&str])] = &[
    (
        "exports|export|exported|ausfuhr|ausfuhren|exporte|exportations|exportaciones|ventes|出口|出口额|shipments|sales abroad",
        &["exports"],
    ),
    (
        "imports|import|imported|einfuhr|einfuhren|importe|importations|importaciones|进口|进口额|purchases abroad",
        &["imports"],
    ),
    ("re-exports|reexports", &["re_exports"]),
];

const DIMENSIONS: &[(&str, &[&str])] = &[
    (
        "country|countries|nation|nations|land|länder|pays|país|países|国家|economy|economies|market|markets|place|area|geo",
        &["partner", "reporter"],
    ),
    (
        "destination|destinations|destination country|country of destination|buyer|buyers|customer|customers",
        &["partner"],
    ),
    (
        "origin|origins|country of origin|supplier|suppliers|partners|trading partner|trading partners|partenaire",
        &["partner"],
    ),
    ("partnerland|handelspartner|伙伴", &["partner"]),
    ("exporter|exporters|reporting country|declarant", &["reporter"]),
    (
        "product|products|commodity|commodities|good|goods|item|items|ware|waren|produit|producto|产品|商品|hs code|hs codes|\
         hscode|code|codes|heading|headings|tariff line",
        &["hs", "product"],
    ),
    ("industry|industries", &["sector"]),
];

const STEPS: &[(&str, Freq)] = &[
    ("year|years|yearly|annual|annually|per annum|p.a|jahr|jahre|jährlich|année|año|年|yr|yrs", Freq::Year),
    ("half|halves|half-year|half-years|semester|半年", Freq::Half),
    ("quarter|quarters|quarterly|quartal|quartale|trimestre|季度|季|qtr", Freq::Quarter),
    ("month|months|monthly|monat|monate|monatlich|mois|mes|meses|月", Freq::Month),
    ("week|weeks|weekly|woche|wochen", Freq::Week),
    ("day|days|daily|tag|tage|täglich", Freq::Day),
];

const ADJECTIVES: &[(&str, &str)] = &[
    ("chinese", "CHN"),
    ("american|us|u.s|u.s.", "USA"),
    ("german|deutsche", "DEU"),
    ("japanese", "JPN"),
    ("korean|south korean", "KOR"),
    ("vietnamese", "VNM"),
    ("dutch", "NLD"),
    ("british|uk|u.k|u.k.", "GBR"),
    ("french", "FRA"),
    ("italian", "ITA"),
    ("spanish", "ESP"),
    ("indian", "IND"),
    ("indonesian", "IDN"),
    ("thai", "THA"),
    ("malaysian", "MYS"),
    ("singaporean", "SGP"),
    ("taiwanese", "TWN"),
    ("russian", "RUS"),
    ("turkish", "TUR"),
    ("brazilian", "BRA"),
    ("mexican", "MEX"),
    ("canadian", "CAN"),
    ("australian", "AUS"),
    ("swiss", "CHE"),
    ("polish", "POL"),
    ("belgian", "BEL"),
];
