//! What the panels and queries of the reference may hold. A feature that is off is one in which the program is known
//! to differ from the contract; `TRADEQL_REFERENCE=all` turns all on, a list of names joined by commas only those.

/// Name, whether it is on by default, and what it is or why it is off.
pub const FEATURES: &[(&str, bool, &str)] = &[
    ("missing periods", true, "periods without any row"),
    ("totals", true, "rows of a known total that equal the sum of the parts"),
    ("odd filters", true, "`!=` and `not among`"),
    ("names", true, "`let` and `def`"),
    ("inner where", true, "a filter in parentheses or behind a name"),
    (
        "reasons",
        false,
        "an operator says `not reported` of what is outside the data, a change gives its operand's reason",
    ),
    ("negative denominators", false, "a quotient of like units divides by a negative number"),
    ("filters under across", false, "`across D` undoes a filter on D inside its operand"),
    ("totals and `!=`", false, "a total beside `!=` is refused as mixed-levels"),
    ("inner by", false, "`(x by year)`: steps behind parentheses are lost where a range stands outside"),
    ("inner for", false, "`(x for P)`: an inner period is undone by an outer one"),
    ("inner range", false, "`(x from A to B)`: an inner range is undone by an outer one"),
    ("excluding filters", false, "filters that exclude each other are said to be not reported"),
    ("unknown units", false, "what has no declared unit counts as plain"),
    ("absent rows", false, "an absent row of a partner or product is not zero in every query form"),
    ("empty cells", false, "an empty cell is not counted by labels"),
    ("windows", false, "an N-month window that is not full is summed"),
    ("one number beside a series", false, "one number for a range beside a series is not refused everywhere"),
];

/// Those in use.
#[derive(Clone, Debug)]
pub struct Features(Vec<&'static str>);

impl Features {
    pub fn chosen() -> Features {
        let wish = std::env::var("TRADEQL_REFERENCE").unwrap_or_default();
        let named = |name: &str| wish.split(',').any(|w| w.trim() == name);
        let on = |f: &&(&str, bool, &str)| wish == "all" || f.1 || named(f.0);
        Features(FEATURES.iter().filter(on).map(|f| f.0).collect())
    }

    pub fn on(&self, name: &str) -> bool {
        debug_assert!(FEATURES.iter().any(|f| f.0 == name), "{name}");
        self.0.contains(&name)
    }
}
