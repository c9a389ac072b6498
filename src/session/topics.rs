//! The help pages of the words of the language, whatever is loaded. In: a word. Out: its page. Operators and diagnostics
//! have their pages where they are defined.

use super::lists::LISTS;
use super::settings;
use crate::render::Format;

/// The words of a page, of which the first is shown, and the page.
type Topic = (&'static [&'static str], &'static str);

#[rustfmt::skip]
const TOPICS: &[Topic] = &[
    (&["load"], "load \"file.csv\" as NAME with { … }\nload \"file.csv\"\n\nReads a file, called as the file is where no name is given: CSV in any dialect or encoding, gzip, a workbook, SDMX-CSV; `*.csv` several as one. The block says what the file does not: `describe NAME` prints what was understood, to edit.\n"),
    (&["where"], "QUERY where DIMENSION = CODE and DIMENSION among {A, B}\n\nOnly these codes. `hs = 8542` means the code and all below it, once. Also `!=` and `not among`.\n"),
    (&["by"], "QUERY by DIMENSION, year\n\nThe dimensions that stay; all others are summed, if they can be. `year`, `half`, `quarter`, `month`, `day` set the step of time; `hs2`, `hs4`, `hs6` a level of the codes; `region of partner` an attribute (`help attributes`); `partner among {A, B, rest}` a list.\n"),
    (&["from", "to"], "QUERY from PERIOD to PERIOD\n\nThe periods of the result, both ends included; the end points of `growth` and its like. The ends set the step: years on a monthly series take annual sums.\n"),
    (&["for"], "QUERY for PERIOD\n\nOne period: 2018, 2018-H1, 2018-Q3, 2018-03, Mar 2018, 2018-03-15, 2018..2020, Jan..Nov 2024, ytd 2024, latest.\n\nA period without a year is that part of each year: `help seasons`.\n"),
    (&["in", "at"], "QUERY in UNIT at average|end|PERIOD\n\n`in bn CNY` rescales; `in USD` converts period by period with a loaded rate table.\n"),
    (&["top", "bottom"], "QUERY by DIMENSION top N (over KEYS)\nQUERY by DIMENSION top 80%\n\nThe largest labels of the last key by the last period, and a `rest` row that keeps the total. `over` ranks these keys within every other, periods included; a part takes the fewest that reach it; without a dimension, periods are ranked. `bottom` takes the smallest. In parentheses it only chooses.\n"),
    (&["when", "it"], "QUERY when CONDITION and CONDITION\n\nWhich results come out, after everything is computed; `where` says which data go in. A condition is a comparison, in which `it` is the result, or codes of a key: `share of exports by partner for 2023 when it > 5%`, `when partner = USA`. It has the filters, keys and periods of the query on its left.\n"),
    (&["largest", "smallest"], "QUERY largest first\nQUERY smallest first\n\nPuts rows in order by the value of the last period; of several series, of the first.\n"),
    (&["first", "last"], "QUERY first N\nQUERY last N\n\nKeeps the first or last periods of the result: `exports by month last 12`. `first of x` is the first value of a series.\n"),
    (&["total", "with total"], "QUERY by DIMENSION with total\n\nAdds a row for all labels of the last key together, computed anew, so that the total of a growth is a growth.\n"),
    (&["beside"], "QUERY, QUERY, … CLAUSES\n\nSeveral series side by side; the clauses apply to all. A series that needs its own stands in parentheses, or has a name by `let`, which heads its column. The first one chooses rows by `when`, `top` and order.\n"),
    (&["across"], "x across DIMENSION\n\nSums the dimension out, whatever filter stands on it: the denominator of a share.\n"),
    (&["deflated", "deflated by"], "x deflated by INDEX\n\nAt constant prices of the index's base, before sums over time.\n"),
    (&["allowing"], "QUERY allowing CODE\n\nRecords that a warning is known; `allowing partial` and `allowing missing` are short for two of them. The mark stays.\n"),
    (&["let"], "let NAME = QUERY\nlet NAME = {CODE, CODE}\n\nNames a query, which clauses still apply to, or a set of codes.\n"),
    (&["def", "own operators"], "def NAME over D of X and Y from A to B = QUERY\n\nDefines an operator, called like a built-in one. `over D` makes the dimension a parameter, `N-month` in the name the step; a header that ends in `from A to B`, `for P` or `with P = N` takes that clause of the call for its body. Remarks above it are its help; `list definitions` shows all.\n"),
    (&["assert", "is", "within", "exactly", "citing"], "assert QUERY is VALUE (within TOL | exactly) (citing \"…\")\nassert QUERY < QUERY\n\nMust hold; a failure ends a script. A printed value stands for all that rounds to it: 20.3% accepts [20.25, 20.35).\n"),
    (&["claim"], "claim QUERY is VALUE (citing \"…\")\n\nThe same check on somebody's statement; it never ends a script.\n"),
    (&["explain"], "explain QUERY\nexplain CODE\n\nHow the number comes about, with the formula and the numbers put in; or what a diagnostic means.\n"),
    (&["export", "into"], "export QUERY into \"f.csv\"\nexport QUERY into \"{partner}.csv\" overwrite\n\nWrites the answer; the suffix says how: SUFFIXES. A key in braces writes a file for each of its labels, without that column, all of them or none; `{period}` does so for each period. `into \"book.xlsx#sheet\"` puts it into a workbook beside what this run has put there. A file that is there is replaced only with `overwrite`, or `--overwrite` outside; one that was read is never.\n"),
    (&["param"], "param NAME = VALUE\nparam NAME\n\nA parameter of a script with its default; `--arg NAME=VALUE` sets it, and must where there is none. It stands for a period, code, set, number, unit, dimension or file, wherever one may stand.\n"),
    (&["set"], "set NAME = VALUE\n\nSettings of the session; `list settings` shows what each is now:\n\nSETTINGS\n`labels` puts names beside codes where people read: in tables, Markdown and HTML, from the attribute `name` of a table of codes, else the known names of countries and chapters.\n"),
    (&["use"], "use \"other.tql\"\n\nRuns the loads and definitions of another script; its path is taken from the folder of the script that uses it.\n"),
    (&["declare"], "declare NAME with { exports from value: flow in mn USD, skip note }\n\nSays more of a dataset that is loaded: what the block says takes the place of what was understood of these columns, and the rest stays. `describe NAME` prints what stands now. The file is read again.\n"),
    (&["describe"], "describe NAME\n\nWhat a dataset, series, table of codes, set, named query or operator is; of a dataset, the declaration that would say what was understood, ready to paste and edit.\n"),
    (&["list"], "list LISTS\n\nWhat there is. `list codes partner` lists the codes of a dimension, with their names where they are known; `list codes hs4` those of a level.\n"),
    (&["indicators", "indicator", "library"], "rca over hs of QUERY, grubel-lloyd of x and m, eci over hs of QUERY, …\n\nThe indicators of trade by the definitions of handbooks: `list indicators` shows all, `help NAME` one with its formula, unit, source and an example. Those that the language can say are written in it: `help NAME` shows the `def`, to be copied and changed; a `def` of the same name takes its place. `help indicators manual` prints them all.\n"),
    (&["help"], "help WORD\n\nThe page of a keyword, an operator, a diagnostic or a name; `help manual` is the manual of all operators.\n"),
    (&["plot", "chart", "line", "bar", "area", "heat"], "plot QUERY\nplot QUERY as line|bar|area|heat into \"f.svg\" overwrite\n\nDraws the answer, at the terminal or into a picture. Without `as`, periods give lines, labels bars and two keys without periods a heat map; `as area` stacks the parts of one whole. Several series of one unit share a panel, others have their own: `plot exports, imports by year`. What is missing leaves a gap and `×`; what is partial is hollow. Many labels have a panel each; `top N` keeps the largest. Names of pictures end in .svg or .png; files are written as by `export`.\n"),
    (&["prompt", "keys"], "Tab completes by where the cursor stands, Up finds lines that begin as what is typed, Ctrl-R searches them, Ctrl-C clears the line or stops a query, Ctrl-D leaves.\n\n`_` is the last answer, `_1` the first: `_ top 3`. `?word` and `word?` show a page. `help save`, `copy`, `reset`, `edit`, `shell`, `quit`.\n"),
    (&["save"], "save \"hour.tql\"\nsave \"hour.tql\" overwrite\n\nAt the prompt: writes what worked as a script that gives the same.\n"),
    (&["head"], "head NAME\nhead \"file.csv\"\n\nAt the prompt: the first rows of a dataset or a file, as they are written.\n"),
    (&["copy"], "copy\n\nAt the prompt: puts the last answer on the clipboard of the terminal, with tabs between its columns, for a spreadsheet.\n"),
    (&["reset"], "reset\n\nAt the prompt: forgets what was loaded and named; what the program was started with is loaded again.\n"),
    (&["edit"], "edit\n\nAt the prompt: opens the last statement in the editor that `VISUAL` or `EDITOR` names, and runs what comes back.\n"),
    (&["shell", "!"], "! COMMAND\n\nAt the prompt: has the shell run it. In a sandbox nothing is run.\n"),
    (&["quit", "exit"], "quit\n\nLeaves the prompt, as Ctrl-D does.\n"),
    (&["of"], "WORDS of x\nWORDS over DIMENSION of x and y\nATTRIBUTE of DIMENSION\n\nApplies an operator; it binds tighter than arithmetic, so that a sum stands in parentheses: `growth of (exports - imports)`. After `by` and `where` it names an attribute: `help attributes`.\n"),
    (&["over"], "WORDS over DIMENSION of x\nQUERY top N over DIMENSION\n\nThe dimension that an operator uses up, while `by` names those that stay: `hhi over partner of exports by reporter`. An attribute stands in parentheses: `over (region of partner)`.\n"),
    (&["and"], "WORDS of x and y\nwhere A = … and B = …\n\nJoins the operands of an operator, conditions and choices. `and` belongs to the nearest `of`. There is no `or`: several codes are `among {A, B}`.\n"),
    (&["as", "as share of"], "x as share of y\nload \"f.csv\" as NAME\n\nOne series as a part of another, in percent: `ic as share of exports by year`; or the name of a dataset.\n"),
    (&["among"], "where DIMENSION among {A, B}\nwhere DIMENSION among NAME\nby DIMENSION among {A, B, rest}\n\nSeveral codes, or those of a set that `let NAME = {A, B}` has named. After `by` each member has a row, a set of countries one for all of them, and `rest` everything else: `exports by partner among {asean, DEU, rest}`.\n"),
    (&["not"], "where DIMENSION not among {A, B}\n\nAll codes but these; for one code, `!=`.\n"),
    (&["with"], "index of x with PERIOD = 100\nQUERY with total\nload \"f.csv\" with { … }\n\nThe base of an index; a row for all labels together; what a file does not say.\n"),
    (&["share"], "share of x by DIMENSION\nx as share of y\n\nThe part of each label in the whole, whatever is listed; or one series as a part of another.\n"),
    (&["overwrite"], "export QUERY into \"f.csv\" overwrite\n\nReplaces a file that is there, as `--overwrite` does for a whole run. A file that was read is never replaced.\n"),
    (&["prices"], "x deflated by INDEX in bn CNY at 2018 prices\n\nConstant prices are made by a price index; they are those of its base, and `in` says so too.\n"),
    (&["skip"], "load \"f.csv\" with { skip COLUMN, COLUMN }\n\nColumns of the file that mean nothing here.\n"),
    (&["absent"], "load \"f.csv\" with { absent = zero }\nload \"f.csv\" with { absent partner = missing }\n\nWhat a row that is not there stands for: no trade, or an observation that is missing. Of a flow it is no trade along partners and products, and missing along every other dimension.\n"),
    (&["ytd"], "QUERY for ytd 2024\nytd sum of x\n\nFrom January to the last month that the data have; `ytd sum of x` is that sum at every month.\n"),
    (&["rest"], "QUERY by DIMENSION top N\nby DIMENSION among {A, B, rest}\n\nThe row for all that is not listed. In parentheses `top` only chooses, and there is none.\n"),
    (&["attribute", "attributes"], "QUERY by ATTRIBUTE of DIMENSION\nQUERY where ATTRIBUTE of DIMENSION = LABEL\n\nPuts codes under other labels: `exports by region of partner for 2023`. Known without a file are `name`, `region` and `subregion` of countries and `section`, `chapter` and `name` of hs; a table of codes gives others (`help table`). `month of year`, `quarter of year` and `half of year` come from the calendar: `exports by month of year, year`.\n"),
    (&["table", "tables"], "load \"codes.csv\" as NAME with { table of partner, reporter by CODE, region from COLUMN }\n\nA table of codes: one row for each, with its attributes. A code that it lacks takes what the nearest code above it has, else it is `unclassified`. `list tables` shows those that are loaded.\n"),
    (&["season", "seasons"], "QUERY for Nov\nQUERY for Jan..Nov from 2018 to 2024\nQUERY for Apr..Mar\n\nThat part of each year, as one period a year, so that like is compared with like: `growth of exports for Jan..Nov from 2022 to 2024`.\n"),
    (&["period", "periods"], "2018, 2018-H1, 2018-Q3, 2018-03, Mar 2018, 2018-03-15, 2018..2020, Jan..Nov 2024, ytd 2024, latest\n\nAll ranges include both ends. Eleven months are not a year, and comparing them says so.\n"),
    (&["unit", "units"], "QUERY in bn USD\n\nA scale (thousand, mn, bn, tn, 100 mn), a currency or a quantity, perhaps per another: `USD/kg`; `%`, `pp`. `list units` shows all.\n"),
];

/// The first word of each page.
pub(super) fn pages() -> impl Iterator<Item = &'static str> {
    TOPICS.iter().filter_map(|(words, _)| words.first().copied())
}

/// All words that have a page.
pub fn words() -> impl Iterator<Item = &'static str> {
    TOPICS.iter().flat_map(|(words, _)| words.iter().copied())
}

/// The page of a word, in small letters.
pub(super) fn find(word: &str) -> Option<String> {
    let (_, text) = TOPICS.iter().find(|(words, _)| words.contains(&word))?;
    let suffixes = || Format::suffixes().collect::<Vec<_>>().join(", ");
    let settings = || settings::all().map(|(name, of)| format!("set {name} = … ({of})\n")).collect::<String>();
    Some(match word {
        "export" | "into" => text.replace("SUFFIXES", &suffixes()),
        "set" => text.replace("SETTINGS\n", &format!("{}\n", settings())),
        "list" => text.replace("LISTS", &LISTS.join("|").replace("codes", "codes D")),
        _ => text.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_has_a_page() {
        for keyword in crate::syntax::keywords::ALL {
            assert!(find(keyword.word).is_some(), "{}", keyword.word);
        }
        let mut all: Vec<&str> = words().collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), words().count());
        assert!(words().all(|w| find(w).is_some_and(|t| t.ends_with('\n') && !t.contains("SETTINGS"))));
    }
}
