//! The text of a statement and its tree: formatting is canonical and loses nothing.

use tradeql::syntax::{format, parse_statement};

#[test]
fn formatting_is_canonical_and_loses_nothing() {
    let statements = [
        "load \"a b.csv\" as x",
        "load \"f.csv\" as gacc with {\n period from year_month # YYYY.MM\n reporter = CHN\n exports from exports_month: flow in 100 mn CNY fob\n skip balance_month, \"other one\"\n missing \"..\", \"n/a\"\n absent = zero }",
        "load \"b.csv\" as b with { period from t, reporter from i, hs from k, exports from v: flow in 1000 USD fob }",
        "USE \"other.tql\"",
        "let chips = {8541, 8542, \"a, b\"}",
        "let x = exports where hs=8542 and partner not among {USA,CHN}",
        "def openness of x and y = (x + y) / 2",
        "growth   of ic_exports\n  from 2018 to 2024",
        "3-month average of yoy growth of ic from 2023-01 to 2024-11",
        "hhi over partner of exports by reporter, year",
        "(exports / exports across hs) / (exports across reporter / exports across reporter, hs) where reporter = CHN",
        "f of g of x and h of y and z",
        "-x * (a - -b) / 2 + 5 bn CNY - 20.3%",
        "x as share of y for Jan..Nov 2024",
        "ic by year in bn USD at average",
        "ic in CNY at 2018 prices",
        "ic in USD at 2023",
        "index of ic with 2018 = 100 for latest",
        "ic deflated by xpi by year for ytd 2024",
        "share of exports by partner for Mar 2018 top 10 allowing partial",
        "exports where partner among big bottom 3",
        "集成电路 * `an odd name` + d.s + `a b`.c",
        "plot x as line into \"f.svg\"",
        "plot x by year into out overwrite",
        "export x by year into \"f.csv\"",
        "export x by partner into \"{partner}.csv\" overwrite",
        "export x into out",
        "load file as d",
        "load \"f.csv\"",
        "load \"f.csv\" with { period from year }",
        "param who = {CHN, \"Hong Kong\"}",
        "param unit = bn USD/kg",
        "param file",
        "assert x is printed within near",
        "index of x with 2018 = base",
        "explain growth of x from 2018 to 2019",
        "assert x is 20.3% within 0.1% citing \"a \"\"b\"\"\"",
        "assert x for 2023 <= y for 2022",
        "claim x is -1,030.5 bn CNY exactly",
        "assert a < b for 2023",
        "param base = 2018",
        "describe ic",
        "list series",
        "help yoy growth",
        "help",
        "set rounding = half_even",
        "x where hs = 0901 and c = \"x y\" and d != a.b-c",
    ];
    for text in statements {
        let tree = parse_statement(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        let canonical = format::statement(&tree);
        let again = parse_statement(&canonical).unwrap_or_else(|e| panic!("{canonical}: {e:?}"));
        assert_eq!(tree, again, "{text} became {canonical}");
        assert_eq!(canonical, format::statement(&again), "formatting twice changes {canonical}");
    }
}

#[test]
fn keywords_end_at_word_boundaries_and_fold_their_case() {
    assert!(parse_statement("toppings by yearly").is_ok());
    assert_eq!(
        parse_statement("Growth OF x FROM 2018 TO 2019").unwrap(),
        parse_statement("Growth of x from 2018 to 2019").unwrap()
    );
    assert!(parse_statement("x top5").is_err());
    assert!(parse_statement("growth ofx from 2018 to 2019").is_err());
}
