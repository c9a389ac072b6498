//! What the panels and queries of the reference may hold. A feature that is off is one in which the program is known
//! to differ from the contract; `TRADEQL_REFERENCE=all` turns all on, a list of names joined by commas only those.

/// Name, whether it is on by default, and what it is or why it is off.
pub const FEATURES: &[(&str, bool, &str)] = &[
    ("missing periods", true, "periods without any row"),
    ("totals", true, "rows of a known total that equal the sum of the parts"),
    ("odd filters", true, "`!=` and `not among`"),
    ("names", true, "`let` and `def`"),
    ("inner where", true, "a filter in parentheses or behind a name"),
    ("inner by", true, "`(x by year)` is what an operator outside sees"),
    ("inner for", true, "`(x for P)` is one number for each label"),
    ("inner range", true, "`(x from A to B)` is cut to its range"),
    ("excluding filters", true, "filters that exclude each other"),
    ("filters under across", true, "`across D` undoes no filter inside its operand"),
    ("refusals", true, "what the contract refuses"),
    ("fixed over a dimension", true, "`min over D of (x for P)` stands beside every period"),
    ("fixed periods", true, "`(x for P)` beside a series brings no row of its own period"),
    ("finer than inside", true, "steps finer than those in parentheses are refused"),
    ("totals and `!=`", false, "a total beside `!=` is refused as mixed-levels"),
    ("reasons", false, "operators say `not reported` of what is outside the data or the filter"),
    ("negative denominators", true, "a quotient of like units with a denominator below zero has no answer"),
    ("windows", false, "the sum of an N-month window that is not full is printed"),
    ("unknown units", true, "what has no declared unit"),
    ("absent rows", false, "an absent row of a partner or product is not zero in every query form"),
    ("empty cells", false, "an empty cell is not counted by labels"),
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
