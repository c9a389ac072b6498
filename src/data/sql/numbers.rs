//! How the numbers of a column are summed, so that the sum is that of a file: decimals exactly, as scaled integers. In: a
//! column's type, and what the catalogue tells of its cells. Out: SQL. Knows no groups.

use crate::data::source::Total;
use crate::data::sql::dialect::ColumnOf;
use crate::data::sql::engine::DbFault;
use crate::data::sql::names::Dialect;
use crate::value::number::Wide;

/// Binary fractions with so many decimals at most are taken for decimals.
const MOST_PLACES: u8 = 9;
/// Whole numbers up to here are exact as binary fractions.
const EXACT: f64 = 4.5e15;

/// What a column of numbers is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// Whole numbers.
    Whole,
    /// Decimals.
    Decimal,
    /// Binary fractions.
    Binary,
    /// Binary fractions of seven digits.
    Short,
    /// Whatever a row holds: SQLite.
    Any,
    /// No numbers.
    Text,
}

/// How a column is summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Summed {
    /// As it is; the sum has at most so many decimals.
    Exact(u8),
    /// Times ten to this power, as whole numbers.
    Scaled(u8),
    /// As binary fractions, of which no sum is exact.
    Float,
}

/// A column of numbers in statements.
#[derive(Clone, Debug)]
pub(super) struct Number {
    pub(super) column: ColumnOf,
    dialect: Dialect,
    stored: Stored,
    pub(super) summed: Summed,
    /// Whether zero stands for no number.
    zero_is_none: bool,
    /// Whether the empty cell is zero.
    none_is_zero: bool,
}

/// What a type is made of.
fn stored(dialect: Dialect, kind: &str) -> Stored {
    let word = kind.split(['(', ' ', '[']).next().unwrap_or(kind);
    if kind.contains('[') {
        return Stored::Text;
    }
    match (dialect, word) {
        (Dialect::Sqlite, _) => Stored::Any,
        (
            _,
            "smallint" | "integer" | "bigint" | "tinyint" | "hugeint" | "utinyint" | "usmallint" | "uinteger"
            | "ubigint",
        ) => Stored::Whole,
        (
            Dialect::ClickHouse,
            "int8" | "int16" | "int32" | "int64" | "int128" | "int256" | "uint8" | "uint16" | "uint32" | "uint64"
            | "uint128",
        ) => Stored::Whole,
        (Dialect::ClickHouse, "float64") => Stored::Binary,
        (Dialect::ClickHouse, "float32") => Stored::Short,
        (_, "numeric" | "decimal") => Stored::Decimal,
        (_, "double") => Stored::Binary,
        (_, "real" | "float") => Stored::Short,
        _ => Stored::Text,
    }
}

impl Number {
    /// A column of numbers, whose decimals are not known yet.
    ///
    /// # Errors
    /// It holds no numbers.
    pub(super) fn new(
        dialect: Dialect,
        column: ColumnOf,
        zero_is_none: bool,
        none_is_zero: bool,
    ) -> Result<Number, DbFault> {
        let stored = stored(dialect, &column.kind);
        if stored == Stored::Text {
            return Err(DbFault::Unfit(format!(
                "column `{}` holds {}, and only numbers can be summed; make a view that casts it, or copy the table",
                column.name, column.kind
            )));
        }
        Ok(Number { column, dialect, stored, summed: Summed::Float, zero_is_none, none_is_zero })
    }

    /// A cell as a number, NULL where there is none.
    fn plain(&self) -> String {
        let name = self.dialect.quoted(&self.column.name);
        match self.stored {
            // A cell of SQLite may be the empty text, which is the empty cell of a file.
            Stored::Any => format!("NULLIF({name}, '')"),
            // Seven digits are what a file would have.
            Stored::Short => match self.dialect {
                Dialect::Postgres => format!("CAST(CAST({name} AS text) AS numeric)"),
                Dialect::DuckDb | Dialect::Sqlite => format!("CAST(CAST({name} AS VARCHAR) AS DOUBLE)"),
                Dialect::ClickHouse => format!("toFloat64(toString({name}))"),
            },
            Stored::Whole | Stored::Decimal | Stored::Binary | Stored::Text => name,
        }
    }

    /// A cell that counts, NULL where none does. Neither COALESCE nor NULLIF is handed on to a shard, which would send rows
    /// in place of groups.
    pub(super) fn value(&self) -> String {
        let mut out = self.plain();
        if self.zero_is_none {
            out = format!("CASE WHEN {out} <> 0 THEN {out} END");
        }
        if self.none_is_zero {
            out = format!("CASE WHEN {out} IS NULL THEN 0 ELSE {out} END");
        }
        out
    }

    /// Whether its cells are binary fractions where they are summed.
    fn is_binary(&self) -> bool {
        matches!(self.stored, Stored::Binary | Stored::Any)
            || (self.stored == Stored::Short && self.dialect != Dialect::Postgres)
    }

    /// Four things to be asked of all its cells: their decimals, the largest, how many are no finite numbers, and how many
    /// are no whole numbers by their type.
    pub(super) fn questions(&self) -> [String; 4] {
        let v = self.plain();
        let name = self.dialect.quoted(&self.column.name);
        let none = || "0".to_string();
        let places = if self.is_binary() {
            let mut cases = format!("CASE WHEN {v} IS NULL OR {v} = ROUND({v}) THEN 0");
            for k in 1..=MOST_PLACES {
                cases.push_str(&format!(" WHEN {v} = ROUND({v} * 1e{k}) / 1e{k} THEN {k}"));
            }
            format!("MAX({cases} ELSE {} END)", MOST_PLACES + 1)
        } else if self.stored == Stored::Whole {
            "MAX(0)".to_string()
        } else if self.dialect == Dialect::Postgres {
            format!("MAX(scale(trim_scale({v})))")
        } else {
            // The type says how many there may be.
            format!("MAX({})", self.said_places())
        };
        let count = |test: String| format!("COUNT(CASE WHEN {test} THEN 1 END)");
        let endless = match (self.dialect, self.stored) {
            (_, Stored::Whole) => none(),
            (Dialect::Postgres, _) => count(format!("{name} IN ('NaN', 'Infinity', '-Infinity')")),
            (Dialect::DuckDb | Dialect::ClickHouse, Stored::Decimal) => none(),
            (Dialect::ClickHouse, _) => count(format!("isNaN({name}) OR isInfinite({name})")),
            (Dialect::DuckDb, _) => count(format!("isnan({name}) OR isinf({name})")),
            (Dialect::Sqlite, _) => count(format!(
                "(typeof({name}) = 'text' AND {name} <> '') OR typeof({name}) = 'blob' OR {name} IN (9e999, -9e999)"
            )),
        };
        let fractions = if self.stored == Stored::Any { count(format!("typeof({name}) = 'real'")) } else { none() };
        [places, format!("MAX(ABS({v}))"), endless, fractions]
    }

    /// Takes the answers, the largest of each over all groups.
    ///
    /// # Errors
    /// Some cells are no numbers.
    pub(super) fn answered(&mut self, places: u8, largest: f64, endless: u64, fractions: u64) -> Result<(), DbFault> {
        if endless > 0 {
            let what = if self.dialect == Dialect::Sqlite { "text or infinity" } else { "NaN or infinity" };
            let name = &self.column.name;
            return Err(DbFault::Unfit(format!(
                "column `{name}` holds {what} in {endless} rows, which has no sum; make a view that leaves it out"
            )));
        }
        let exact = largest * 10f64.powi(i32::from(places)) < EXACT;
        self.summed = match self.stored {
            Stored::Whole => Summed::Exact(0),
            Stored::Any if fractions == 0 => Summed::Exact(0),
            _ if !self.is_binary() => Summed::Exact(places),
            _ if places <= MOST_PLACES && exact => Summed::Scaled(places),
            _ => Summed::Float,
        };
        Ok(())
    }

    /// The sum.
    pub(super) fn sum(&self) -> String {
        let v = self.value();
        if self.dialect == Dialect::ClickHouse {
            return self.wide_sum(&v);
        }
        match self.summed {
            // SQLite prints fifteen digits, unless it is asked for more.
            Summed::Float if self.dialect == Dialect::Sqlite => format!("printf('%!.17g', SUM({v}))"),
            Summed::Exact(_) | Summed::Float => format!("SUM({v})"),
            Summed::Scaled(0) => format!("SUM(CAST({v} AS BIGINT))"),
            Summed::Scaled(k) => format!("SUM(CAST(ROUND({v} * 1e{k}) AS BIGINT))"),
        }
    }

    /// The sum in ClickHouse, whose sums are as wide as their cells and begin again from below where that is too narrow.
    fn wide_sum(&self, v: &str) -> String {
        let wide = ["int128", "int256", "uint128"].contains(&self.column.kind.as_str());
        match (self.summed, self.stored) {
            (Summed::Exact(_), Stored::Whole) if wide => format!("SUM(toInt256({v}))"),
            (Summed::Exact(_), Stored::Whole) | (Summed::Scaled(0), _) => format!("SUM(toInt128({v}))"),
            (Summed::Exact(_), _) => format!("SUM(toDecimal256({v}, {}))", self.said_places()),
            (Summed::Scaled(k), _) => format!("SUM(toInt128(ROUND({v} * 1e{k})))"),
            (Summed::Float, _) => format!("SUM({v})"),
        }
    }

    /// How many decimals the type says.
    fn said_places(&self) -> u8 {
        self.column.kind.split([',', ')']).nth(1).and_then(|p| p.trim().parse().ok()).unwrap_or(0)
    }

    /// Decimals of sums, where they are exact.
    pub(super) fn places(&self) -> Option<u8> {
        match self.summed {
            Summed::Exact(k) | Summed::Scaled(k) => Some(k),
            Summed::Float => None,
        }
    }

    /// A sum as the database writes it; the empty text is that of no number.
    pub(super) fn total(&self, text: &str) -> Option<Total> {
        let exact = |places| if text.is_empty() { Some(0) } else { Wide::parse(text)?.rescale(places) };
        match self.summed {
            Summed::Exact(k) => exact(k).map(Total::Exact),
            Summed::Scaled(_) => exact(0).map(Total::Exact),
            Summed::Float if text.is_empty() => Some(Total::Float(0.0)),
            Summed::Float => text.parse().ok().filter(|x: &f64| x.is_finite()).map(Total::Float),
        }
    }
}
