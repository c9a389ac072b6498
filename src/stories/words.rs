//! What words of a story mean: the tables of this room and the list of countries, as one dictionary. In: words as they
//! stand. Out: classes. Knows no sentence.

use crate::data::known::places;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

const WORDS: &str = include_str!("tables/words.tsv");
const PLACES: &str = include_str!("tables/places.tsv");
const PRODUCTS: &str = include_str!("tables/products.tsv");

/// A flow of trade, or a word for a balance with its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flow {
    /// What leaves.
    Exports,
    /// What comes in.
    Imports,
    /// Both together.
    Trade,
    /// Exports less imports, of either sign.
    Balance,
    /// A balance above zero.
    Surplus,
    /// A balance below zero.
    Deficit,
}

impl Flow {
    fn parse(word: &str) -> Option<Flow> {
        Some(match word {
            "exports" => Flow::Exports,
            "imports" => Flow::Imports,
            "trade" => Flow::Trade,
            "balance" => Flow::Balance,
            "surplus" => Flow::Surplus,
            "deficit" => Flow::Deficit,
            _ => return None,
        })
    }

    /// The series of which it is a word.
    pub fn series(self) -> &'static str {
        match self {
            Flow::Exports => "exports",
            Flow::Imports => "imports",
            Flow::Trade => "trade",
            Flow::Balance | Flow::Surplus | Flow::Deficit => "balance",
        }
    }

    /// Whether it is one of the words for a balance.
    pub fn is_balance(self) -> bool {
        matches!(self, Flow::Balance | Flow::Surplus | Flow::Deficit)
    }
}

/// What a growth is a growth on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The same months of the year before.
    Year,
    /// The month before.
    Month,
    /// The quarter, or as many months, before.
    Quarter,
}

/// What a word is in a sentence on trade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Class {
    /// A number written as a word.
    Number(f64),
    /// A power of ten.
    Scale(i32),
    /// A currency; `?dollar` and its kin depend on who reports.
    Money(&'static str),
    /// A unit of counting or weighing.
    Count(&'static str),
    /// `percent`.
    Percent,
    /// `percentage points`.
    Points,
    /// `tripled`.
    Multiple(f64),
    /// `times`, behind a number.
    Times,
    /// A flow as a noun.
    Flow(Flow),
    /// A flow as a verb: what stands before it reports.
    Did(Flow),
    /// A product.
    Product(&'static str),
    /// A country or a bloc.
    Place(&'static str),
    /// An adjective of one.
    Native(&'static str),
    /// An office: whose trade it tells.
    Office(&'static str),
    /// A direction; whether its word stands behind the number.
    Direction(i8, bool),
    /// A comparison.
    Compare(Comparison),
    /// A word before a level to compare with; strong if it can be little else.
    Base(bool),
    /// `accounted for`.
    Share,
    /// `covered`.
    Cover,
    /// `respectively`.
    Respectively,
    /// What is told is expected, not counted.
    Forecast,
    /// What was told before and is no longer so.
    Superseded,
    /// `revised`.
    Revised,
    /// `seasonally adjusted`, `real`, `nominal`, `quantity`.
    Basis(&'static str),
    /// `about`.
    About,
    /// `more than`.
    MoreThan,
    /// `less than`.
    LessThan,
    /// `nearly`.
    Nearly,
    /// All partners but those named.
    Others,
    /// All partners.
    World,
    /// A word for the place named last.
    BackPlace,
    /// A word for the subject named last.
    BackSubject,
    /// A word for the whole.
    Whole,
    /// `record`.
    Record,
    /// `per tonne`.
    PerUnit,
    /// A small word of the grammar, by its name in the table.
    Joint(Joint),
    /// A word that only looks like another.
    Nothing,
}

/// Small words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// to
    To,
    /// from
    From,
    /// with
    With,
    /// of
    Of,
    /// by
    By,
    /// at
    At,
    /// and
    And,
    /// on
    On,
    /// for
    For,
    /// in
    In,
    /// towards a place, in Chinese
    Towards,
    /// between
    Between,
    /// while, whereas
    Break,
}

fn class(kind: &'static str, value: &'static str) -> Option<Class> {
    let number = || value.parse::<f64>().ok();
    Some(match kind {
        "number" => Class::Number(number()?),
        "scale" => Class::Scale(value.parse().ok()?),
        "money" => Class::Money(value),
        "count" => Class::Count(value),
        "per" => Class::Percent,
        "points" => Class::Points,
        "multiple" => Class::Multiple(number()?),
        "times" => Class::Times,
        "flow" => Class::Flow(Flow::parse(value)?),
        "exported" => Class::Did(Flow::parse(value)?),
        "product" => Class::Product(value),
        "up" => Class::Direction(1, value == "after"),
        "down" => Class::Direction(-1, value == "after"),
        "flat" => Class::Direction(0, false),
        "compare" => Class::Compare(match value {
            "yoy" => Comparison::Year,
            "mom" => Comparison::Month,
            _ => Comparison::Quarter,
        }),
        "base" => Class::Base(value == "strong"),
        "share" => Class::Share,
        "cover" => Class::Cover,
        "respectively" => Class::Respectively,
        "forecast" => Class::Forecast,
        "superseded" => Class::Superseded,
        "revised" => Class::Revised,
        "basis" => Class::Basis(value),
        "about" => Class::About,
        "more" => Class::MoreThan,
        "less" => Class::LessThan,
        "nearly" => Class::Nearly,
        "others" => Class::Others,
        "world" => Class::World,
        "back" if value == "place" => Class::BackPlace,
        "back" => Class::BackSubject,
        "whole" => Class::Whole,
        "record" => Class::Record,
        "per_unit" => Class::PerUnit,
        "to" => Class::Joint(Joint::To),
        "from" => Class::Joint(Joint::From),
        "with" => Class::Joint(Joint::With),
        "of" => Class::Joint(Joint::Of),
        "by" => Class::Joint(Joint::By),
        "at" => Class::Joint(Joint::At),
        "and" => Class::Joint(Joint::And),
        "on" => Class::Joint(Joint::On),
        "for" => Class::Joint(Joint::For),
        "in" => Class::Joint(Joint::In),
        "towards" => Class::Joint(Joint::Towards),
        "between" => Class::Joint(Joint::Between),
        "break" => Class::Joint(Joint::Break),
        "nothing" => Class::Nothing,
        _ => return None,
    })
}

/// All words.
pub struct Dictionary {
    /// As they are written.
    cased: FxHashMap<&'static str, Class>,
    /// In small letters.
    plain: FxHashMap<String, Class>,
    /// How many pieces the longest phrase has that begins so.
    longest: FxHashMap<String, usize>,
    /// The code of the Harmonized System of a product.
    codes: FxHashMap<&'static str, &'static str>,
}

/// Whether letters of another size would make another word of it: `US`, `ICs`, `MT`, `China`.
fn is_cased(phrase: &str, class: Class) -> bool {
    let short = phrase.len() <= 4 && phrase.chars().any(|c| c.is_ascii_uppercase());
    short || matches!(class, Class::Place(_) | Class::Native(_) | Class::Office(_))
}

/// Whether a sign of Chinese or Japanese.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}')
}

/// The pieces that the grammar would cut a phrase into.
fn pieces(phrase: &str) -> usize {
    let (mut count, mut in_word) = (0, false);
    for c in phrase.chars() {
        let letter = !is_han(c) && c.is_alphanumeric() || in_word && matches!(c, '\'' | '’' | '-' | '.');
        if letter && !in_word || !letter && c != ' ' {
            count += 1;
        }
        in_word = letter;
    }
    count + 1
}

impl Dictionary {
    fn add(&mut self, phrase: &'static str, class: Class) {
        let phrase = phrase.trim();
        let Some(first) = phrase.chars().next() else { return };
        let end = phrase.find(|c: char| is_han(c) || !c.is_alphanumeric() && !matches!(c, '\'' | '-' | '.'));
        let end = end.unwrap_or(phrase.len()).max(first.len_utf8());
        let head = phrase.get(..end).unwrap_or("");
        let length = self.longest.entry(head.to_lowercase()).or_default();
        *length = (*length).max(pieces(phrase));
        if is_cased(phrase, class) {
            self.cased.entry(phrase).or_insert(class);
        } else {
            self.plain.entry(phrase.to_lowercase()).or_insert(class);
        }
    }

    /// The class of a phrase, its pieces joined as they stand.
    pub fn find(&self, phrase: &str, lower: &str) -> Option<Class> {
        self.cased.get(phrase).or_else(|| self.plain.get(lower)).copied()
    }

    /// How many pieces the longest phrase with this first word has.
    pub fn longest(&self, first: &str) -> usize {
        self.longest.get(first).copied().unwrap_or(0)
    }

    /// The country of a currency that is one country's.
    pub fn country_of(&self, currency: &str) -> Option<&'static str> {
        currency
            .get(..2)
            .filter(|_| !matches!(currency, "EUR" | "USD") && !currency.starts_with('?'))
            .and_then(places::iso3)
    }

    /// The code of the Harmonized System that a product of the table has.
    pub fn code(&self, product: &str) -> Option<&'static str> {
        self.codes.get(product).copied().filter(|c| !c.is_empty())
    }
}

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    table.lines().filter(|l| !l.starts_with('#')).map(|line| {
        let mut fields = line.splitn(3, '\t');
        let mut next = || fields.next().unwrap_or("");
        (next(), next(), next())
    })
}

/// The dictionary, made when the first story is read.
pub fn dictionary() -> &'static Dictionary {
    static MADE: OnceLock<Dictionary> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut out = Dictionary {
            cased: FxHashMap::default(),
            plain: FxHashMap::default(),
            longest: FxHashMap::default(),
            codes: FxHashMap::default(),
        };
        for (kind, value, phrases) in rows(WORDS) {
            if let Some(class) = class(kind, value) {
                phrases.split('|').for_each(|phrase| out.add(phrase, class));
            }
        }
        for (product, code, phrases) in rows(PRODUCTS) {
            out.codes.insert(product, code);
            phrases.split('|').for_each(|phrase| out.add(phrase, Class::Product(product)));
        }
        for line in PLACES.lines().filter(|l| !l.starts_with('#')) {
            let (code, phrases) = line.split_once('\t').unwrap_or(("", ""));
            let class = match (code.strip_prefix('@'), code.strip_prefix('~')) {
                (Some(code), _) => Class::Office(code),
                (_, Some(code)) => Class::Native(code),
                _ => Class::Place(code),
            };
            phrases.split('|').for_each(|phrase| out.add(phrase, class));
        }
        for (name, code) in places::names() {
            out.add(name, Class::Place(code));
        }
        out
    })
}
