//! The one table of diagnostic codes: slug, usual level, title and the lesson that `explain CODE` prints.

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// The answer has a meaning, but a careful analyst would not print it without a word.
    Warning,
    /// The operation has no meaning; there is no answer.
    Error,
}

impl Level {
    /// `error`, `warning` or `note`.
    pub fn word(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// One entry of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable name, as written after `allowing`.
    pub slug: &'static str,
    /// The usual level.
    pub level: Level,
    /// What happened, in a few words.
    pub title: &'static str,
    /// Why it matters and what to do.
    pub lesson: &'static str,
}

macro_rules! codes {
    ($($name:ident = $slug:literal, $level:ident, $title:literal, $lesson:literal;)*) => {
        $(#[doc = $title] pub static $name: Code = Code { slug: $slug, level: Level::$level, title: $title, lesson: $lesson };)*
        /// Every code, in the order of the manual.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
SYNTAX = "syntax", Error, "the text is not a statement of the language",
  "A statement reads like a sentence: an operator stands before `of`, clauses (`where`, `by`, `from … to`, `for`, `in`) stand behind what they apply to. The message names what could have come next.";
TOO_LARGE = "too-large", Error, "the text is longer or deeper than the limits",
  "A statement may have 64 kB and 64 levels of brackets or operators, a script 8 MB. Name parts with `let` and use the names.";
UNKNOWN_NAME = "unknown-name", Error, "no series, dataset, dimension or column has this name",
  "Names are exact, upper and lower case included. `list series` prints all, `describe NAME` one.";
UNKNOWN_CODE = "unknown-code", Error, "no row has this code",
  "Codes are text and keep their leading zeros. The codes of a dimension complete at the prompt; `describe NAME` prints some.";
UNKNOWN_OPERATOR = "unknown-operator", Error, "no operator has this name",
  "`list operators` prints all, `help NAME` one with its formula and an example.";
AMBIGUOUS_NAME = "ambiguous-name", Error, "two datasets have this name",
  "A bare name must belong to one dataset. Write `dataset.name`.";
WRONG_ARGUMENTS = "wrong-arguments", Error, "the operator needs something else",
  "Each operator says how many operands it takes, whether it needs a period range, and which dimension it uses up: `help NAME`.";
UNIT_MISMATCH = "unit-mismatch", Error, "the units do not go together",
  "Yuan and dollars, kilograms and pieces, current and constant prices are different things and have no sum. Scales (bn, mn) of one unit do convert. Convert with `in USD` (a rate table must be loaded), or divide to get a ratio.";
SUM_OF_NONADDITIVE = "sum-of-nonadditive", Error, "shares, growth, prices, indices and rates have no sum",
  "The share of a year is not the sum of the shares of its months: compute it from the sums of its parts. Writing the quotient of the flows does that by itself: `exports / weight by year` is Σvalue / Σweight.";
MIXED_LEVELS = "mixed-levels", Error, "the rows mix totals and parts that cannot be separated",
  "A table that holds TOTAL, chapters and headings in one column counts everything several times when summed. Parts are used where they add up to their total; where they do not, the query must say which level it wants.";
AGGREGATE_ROW = "aggregate-row-in-breakdown", Note, "a total row among the parts was left out",
  "World is not a partner and TOTAL not a product: among the parts such a row would double the sum and halve every share. Select it with `where partner = World` when it is wanted.";
CLAUSE_TWICE = "clause-given-twice", Error, "two clauses say the same thing differently",
  "One level of a query has one range or period, one `by`, one choice, one unit. What is meant for a part stands with it in parentheses or behind a `let`, and holds there: nothing outside undoes it.";
FILTERS_EXCLUDE = "filters-exclude", Warning, "two filters leave nothing over",
  "Filters inside and outside of parentheses are joined. Where no code passes both, the answer is missing as outside the filter, which is not the same as not reported.";
UNIT_UNDECLARED = "unit-undeclared", Error, "no file, layout or declaration says the unit",
  "What has no declared unit cannot be converted, added to or compared with what has one. Declare it where the data are loaded; a bare number, and series of the same column, go with it.";
CHOOSE_ONE = "choose-one", Error, "a dimension holds alternative readings of the same thing",
  "Units, currencies, indicators, seasonal adjustment, vintages and price bases are other ways to tell the same figures: they have no sum. Name one with `where`, or list them with `by`.";
KIND_ASSUMED = "kind-assumed", Note, "an undeclared column was added up as a flow",
  "Whether a number adds up over time and over partners is not in the file. A column whose name does not tell is read as a flow; declare it as a stock, rate, price, index or share where it is one.";
TOTAL_FOUND = "total-found", Note, "a row is the sum of the others in every period",
  "A total under an unknown name is recognised by its sums: it equals its parts in every period, closely enough that chance is no explanation. It does not count beside its parts.";
NOT_ALLOCATED = "not-allocated", Note, "the parts fall short of the published total",
  "Confidential trade, bunkers and areas not specified are in the total only. The total is the whole; what no part accounts for is the row `not allocated`.";
CONCENTRATION_OF_A_PART = "concentration-of-a-part", Warning, "the listed labels are only a part of the whole",
  "The index of the listed labels among themselves is not that of the whole. Its value lies between that of the listed labels with nothing else, and that with all the rest in one label.";
COMPOSITION_CHANGED = "composition-changed", Warning, "the two ends hold different reporters",
  "A reporter that has not reported yet is missing, not zero: growth between two ends of which one lacks it mixes the change with its absence. `like-for-like growth of … ` compares what both ends have.";
UNPAIRED_ROWS = "unpaired-rows", Warning, "rows without their counterpart were left out of a quotient",
  "A value whose weight is missing would make the unit value too high: both are taken only where both are there, and the share that was left out is said.";
LABELS_DO_NOT_MEET = "labels-do-not-meet", Warning, "most labels of one side have no counterpart on the other",
  "Two tables are lined up by the labels of their dimensions. Where few are the same, one side may write codes and the other names.";
DOMESTIC_ROWS = "domestic-rows", Note, "rows from a place to itself are among the trade",
  "Some tables hold domestic sales as rows whose reporter is their partner. They count in sums and shares; `where reporter != partner` leaves them out.";
PARTIAL_PERIOD = "partial-period-comparison", Warning, "the periods compared do not cover the same months",
  "A year of which only January to November is known is a different period from the year. Growth between the two mixes the change with the missing month. Compare like for like: the same months of both years, or the last full year.";
COMBINED_JAN_FEB = "combined-jan-feb", Note, "January and February are only published together",
  "Since 2020 China Customs publishes January and February as one figure, because Lunar New Year falls now in one, now in the other. Compare the two months together.";
LUNAR_NEW_YEAR = "lunar-new-year", Warning, "Lunar New Year falls in different months",
  "In China, Hong Kong, Taiwan, Korea, Viet Nam and Singapore trade stops around Lunar New Year, which falls in January or February. Compare January and February together.";
MISSING_OBSERVATION = "missing-observation", Warning, "an observation that the answer needs is not in the data",
  "Missing is not zero. The answer is marked, or is itself missing with the reason. `allowing missing` records that this is known.";
ZERO_BASE = "zero-base", Warning, "growth from zero is undefined",
  "There is no percentage change from zero. The change in units is defined: `change of x from … to …`.";
NEGATIVE_BASE = "negative-base", Warning, "growth from a negative value is undefined",
  "A balance that goes from −5 to 10 did not grow by −300 %. The change in units is defined: `change of x from … to …`.";
NONPOSITIVE_DENOMINATOR = "nonpositive-denominator", Warning, "a ratio to a total of zero or below is undefined",
  "A share of a total that is zero or below has no meaning, nor has a quotient of like amounts by zero. Print the numerator and denominator instead.";
PARTS_OF_BOTH_SIGNS = "parts-of-both-signs", Warning, "parts above and below zero are no shares of their sum",
  "A balance is made of surpluses and deficits that offset each other. Each in percent of what is left may be far beyond 100 or below zero, and says nothing of how large it is. Compare the amounts, or take what is above zero and what is below each for itself.";
ZERO_QUANTITY = "zero-quantity", Warning, "the quantity is zero",
  "A unit value needs a quantity. In customs data a quantity of zero often means that it was not reported.";
CUMULATIVE_AS_FLOW = "cumulative-read-as-flow", Warning, "the values look like a cumulation from January",
  "Values that grow within each year and fall every January are year-to-date sums. Declare the column as `cumulative flow`, and months are obtained as differences.";
CUMULATIVE_DECREASED = "cumulative-decreased", Warning, "a cumulation falls within the year",
  "A sum from January cannot fall: an earlier month was revised, or one figure is wrong.";
AVERAGED_GROWTH = "averaged-growth-rates", Warning, "a plain mean of growth rates",
  "+50 % and −50 % average to 0 %, but together they are −25 %. The compound rate is `cagr of x from … to …`.";
UNWEIGHTED_INDEX_MEAN = "unweighted-mean-of-index", Warning, "a mean of indices or ratios without weights",
  "The mean over products or partners gives a niche the weight of a giant. Compute the ratio from the sums of its parts.";
ANNUALISED_PARTIAL = "annualised-partial-year", Warning, "annualising a change that is not of a whole period",
  "Raising a rate over part of a year to a full year assumes that the rest of the year behaves alike.";
MOM_UNADJUSTED = "mom-on-unadjusted-series", Warning, "period on period without seasonal adjustment",
  "From one month to the next the season changes more than the trend. Use `yoy growth`, or load a seasonally adjusted series and declare it `adjusted`.";
CAGR_INTERVAL = "cagr-interval-mismatch", Warning, "the end points are not a whole number of years apart in season",
  "A compound annual rate needs two values for the same season, n years apart: n counts the intervals, not the observations.";
NOMINAL_COMPARISON = "nominal-comparison", Note, "current prices compared over more than three years",
  "Part of the change is the change of prices. `deflated by` a price index gives the change at constant prices.";
DEFLATOR_BASE = "deflator-base-mismatch", Error, "the deflator cannot deflate this",
  "A deflator is an index with a declared base (`index 2018 = 100`), and it deflates money at current prices.";
FX_AVERAGE = "fx-average-mismatch", Warning, "converted after summing",
  "The sum of twelve months at the mean rate is not the sum of each month at its own rate. `in USD` converts period by period before summing.";
IMPLIED_RATE = "implied-exchange-rate", Note, "two currencies for one figure imply an exchange rate",
  "The quotient is the rate that the publisher used, or a sign that the two figures do not belong together.";
GROWTH_CURRENCY = "growth-currency-unstated", Warning, "growth in one currency beside a value in another",
  "A growth rate in yuan and one in dollars differ by the change of the exchange rate. Say which currency the rate is in.";
CIF_FOB = "cif-fob-mixed", Note, "imports include freight and insurance, exports do not",
  "Imports are valued CIF, exports FOB. A balance of the two understates the surplus by the cost of freight (about 6 % of imports by the IMF's factor).";
CIF_BELOW_FOB = "cif-below-fob", Warning, "the CIF value is below the FOB value",
  "Freight is not negative: the two figures are not of the same shipments, or one is wrong.";
PROVISIONAL = "provisional", Note, "the figure is provisional",
  "The publisher will revise it.";
CLASSIFICATION_BREAK = "classification-break", Warning, "the product classification changes within the range",
  "Codes were recut between editions of the HS, so a product code may not mean the same goods at both ends.";
RE_EXPORTS = "re-exports-included", Note, "exports include re-exports",
  "For entrepôts most exports are goods of other countries.";
BASE_EFFECT = "base-effect", Note, "the base was itself unusual",
  "After a fall of a third, +50 % is only a return to where it was. The two-year growth tells more.";
TOP_N_BY_END = "top-n-by-end-year", Note, "the largest of the last period were chosen",
  "Those that are large at the end have grown by selection; another period gives another set.";
UNCLASSIFIED = "unclassified", Note, "codes that the table of an attribute lacks",
  "A code without an attribute, and without one above it that has one, is counted under `unclassified`: the rows still add up to the whole. Add it to the table, or leave it out with `where`.";
OVERLAPPING_GROUPS = "overlapping-groups", Note, "members of a list hold the same codes",
  "ASEAN and G20 both hold Indonesia: their rows do not add up, and there is no rest of them. `rest` needs members that hold no code twice.";
EXTRAPOLATED = "extrapolated", Note, "the answer lies beyond the data, along a line",
  "A line says where a series would be if it went on as it did. It knows nothing of what comes.";
SPLICED = "spliced", Note, "two series were linked into one",
  "After the link, the second series is told in the level of the first; what it says of change stays. Look at the factor: far from one, the series differ in scope.";
CHAIN_DRIFT = "chain-drift", Note, "a chained index is far from the one against the base",
  "Links that are multiplied add up each bounce of prices: quantities that answer a sale weigh its end more than its beginning. A chain is to be trusted where it stays near the index against the base; Fisher and Törnqvist drift least.";
TIES = "ties", Note, "several are as large as the last that was chosen",
  "Where equal amounts stand at the edge, all of them are kept: which one to leave out, nothing decides.";
UNDECIDED = "undecided-condition", Warning, "a condition could not be decided for some results",
  "What a result is compared with is missing there, so it was left out. `allowing missing` says that this is known.";
NOTHING_CHOSEN = "nothing-chosen", Note, "no result satisfies the condition",
  "The condition was decided everywhere and holds nowhere. The nearest miss tells whether the bound or its unit is meant otherwise.";
NOTHING_DRAWN = "nothing-drawn", Note, "there is nothing to draw, so the answer is printed",
  "A chart compares numbers. One number, and what is yes or no, is said by a table; `by` gives a chart its places: `plot exports by year`.";
TOTAL_OF_ALL = "total-of-all", Note, "the total is of all results, not only of those that are shown",
  "`with total` computes the expression anew without its last key; choosing rows does not change it.";
REPEATED_ITEM = "repeated-item", Note, "a column has one number, repeated beside every period",
  "It says its own period, in parentheses or behind a name, so it is the same in every row of a label.";
HS_LEADING_ZERO = "hs-leading-zero", Warning, "a product code has lost its leading zero",
  "HS codes are text: 0901 is coffee, 901 is nothing.";
AMBIGUOUS_THOUSANDS = "ambiguous-thousands-separator", Warning, "a comma or point may separate thousands or decimals",
  "1,234 is one thousand in English and one and a quarter in German. Only a whole column can decide.";
LEVEL_JUMP = "level-jump", Warning, "a value is a power of ten away from its neighbours",
  "A thousands separator read as a decimal point, or a change of unit, makes such a jump.";
IDENTITY_FAILED = "identity-failed", Warning, "figures that must add up do not",
  "Parts and total, months and cumulation, exports minus imports and balance: where the identity fails, one of the figures is wrong.";
DUPLICATE_KEY = "duplicate-key", Error, "two rows are for the same observation",
  "A dimension is missing from the declaration, or the file holds a row twice; a sum would count it twice.";
INEXACT_SUMS = "inexact-sums", Note, "numbers have more digits than are kept exactly",
  "Sums are exact for decimals that fit 38 digits together. Longer ones, such as 1e300, are rounded to about 16 digits.";
REPAIRED_ROW = "repaired-row", Warning, "a row was read differently from how it is written",
  "The row did not fit its header and was repaired in the only way that fits.";
LAYOUT_GUESSED = "layout-guessed", Warning, "the shape of the table was inferred from weak evidence",
  "Lines above or below the table, a missing header or one of several lines: what was done is in the message; declare it (`preamble 4`, `header no`) to say that it is right.";
UNEXPECTED_SIGN = "unexpected-sign", Warning, "a value is negative where all others are positive",
  "Trade flows are not negative. The value is a correction, a marker for missing, or a mistake.";
ENCODING_GUESSED = "encoding-guessed", Warning, "the file is not UTF-8 and its encoding was guessed",
  "Declare the encoding once it is known.";
MISSING_SCALE = "missing-scale", Warning, "an amount without its scale",
  "Other amounts of the story are in billions or millions, and this one has no such word. It is not guessed which was meant.";
STORY_WITHOUT_DATE = "story-without-date", Note, "a story whose day is not known",
  "A month without a year, `last year` and `this year` count from the day of the story: `read \"story.txt\" dated 2024-12-20`.";
READING_DOUBTFUL = "reading-doubtful", Note, "figures that do not fit, or that were read wrongly",
  "A wrong reading looks like a contradiction. What is not told in full near the figures is only called doubtful: look at how each was read (`explain read`).";
CLAIM_INCONSISTENT = "claim-inconsistent", Warning, "the printed numbers cannot all be true",
  "The claim does not follow from the figures within their rounding. Revised bases are the usual reason; a misprint the next.";
COMPLEXITY_DISCONNECTED = "complexity-disconnected", Error, "the countries fall into parts that share no product",
  "Complexity compares countries by the products that they export with advantage. Between parts that have none in common nothing is compared: the second eigenvector only tells the parts apart. Ask at a coarser level of the codes, or leave the small part out of the operand.";
TOO_SHORT = "series-too-short", Error, "the series is too short for this",
  "A trend needs at least three points, a season two full years.";
NONPOSITIVE_MULTIPLICATIVE = "nonpositive-for-multiplicative", Error, "factors of zero or a negative value",
  "Log growth, trend growth and a season that multiplies are defined for positive values only.";
BAD_DATA = "bad-data", Error, "the file cannot be read as a table",
  "The message says where. Nothing of the file was loaded.";
BAD_DECLARATION = "bad-declaration", Error, "the declaration does not fit the file",
  "Columns are named as in the file's header, `describe NAME` prints the declaration that fits.";
SAVED_COLUMNS = "saved-columns", Note, "columns that were to be kept were read anew, or are not kept",
  "`load … keep` keeps the columns of a file for the next start. They are used only while they are surely those of the file as it is; else the file is read, as without them. The numbers are the same.";
NOT_LOADED = "file-not-read", Error, "the file cannot be opened",
  "Paths are relative to the script's folder; at the prompt and in -e, to the working folder.";
DATABASE = "database-failed", Error, "the database gave no answer",
  "A table of a database is asked through the client program that the user has. Whatever fails, nothing half-read is used: a sum is of all rows or there is none, and the session goes on.";
TABLE_CHANGED = "table-changed", Error, "the table is not what it was when it was loaded",
  "Codes, periods and the form of numbers are looked up once, at `load`; a row that has others would be passed over in silence. Load the table again.";
SECRET_IN_SCRIPT = "secret-in-script", Error, "a password does not belong where data are named",
  "Scripts are kept, mailed and printed. The client of the database has its own place for passwords: `~/.pgpass`, a service file, PGPASSWORD.";
NOT_CHECKED = "not-checked", Note, "a large table is asked, or a large file read in parts",
  "Identities, jumps, signs and rows that are there twice are looked for among the rows of a file. A table that stays in its database is not read for that: let the database see to it, by a unique index and checks of its own. Of a file that is larger than `--max-memory` rows that are there twice are looked for, and the rest where it may take more.";
NO_RATE = "no-exchange-rate", Error, "no loaded rate table converts between the two currencies",
  "tradeql never downloads a rate. Load a table and declare a column as `rate in CNY/USD`.";
ASSERTION_FAILED = "assertion-failed", Error, "an assertion does not hold",
  "The script said that it must hold. `claim` checks without stopping.";
INTERRUPTED = "interrupted", Error, "stopped before it was finished",
  "The session is as it was before the statement.";
BUG = "bug", Error, "a mistake of tradeql itself",
  "Please report the statement that led here.";
}

/// The code with this slug, or with one of the short words that `allowing` takes.
pub fn find(word: &str) -> Option<&'static Code> {
    match word {
        "partial" => Some(&PARTIAL_PERIOD),
        "missing" => Some(&MISSING_OBSERVATION),
        _ => ALL.iter().copied().find(|c| c.slug == word),
    }
}
