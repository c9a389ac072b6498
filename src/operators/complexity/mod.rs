//! The complexity of economies and products: what follows from who exports what with comparative advantage. In: an amount
//! of each reporter and product. Out: an index of one of them, or of pairs. The names of both come from the data.

mod matrix;

use super::over::with_over;
use super::*;
use crate::data::known::roles::is_product;
use crate::diagnostic::{Diagnostic, words};
use crate::eval::trace::Step;
use crate::pause::paced;
use crate::plan::lookup::roles::lacks_role;
use crate::plan::{Condition, Key};
use crate::value::{Absence, Cell, Dimension, Labels, Period, Reason, Row};
use matrix::Matrix;
use std::collections::{BTreeMap, BTreeSet};

const fn entry(name: &'static str, summary: &'static str, formula: &'static str, notes: &'static str) -> Entry {
    Entry {
        name,
        over: Over::Needed,
        compares: true,
        summary,
        formula,
        notes,
        cites: &["Hidalgo & Hausmann (2009), The building blocks of economic complexity", "Python package ecomplexity"],
        asks: with_over,
        result: index_type,
        ..plain(eval)
    }
}

/// The family.
pub const ENTRIES: &[Entry] = &[
    Entry {
        examples: &[("eci over hs of exports for 2019", "DEU 1.22")],
        ..entry(
            "eci",
            "The economic complexity index of each reporter.",
            "second eigenvector of D^-1 M U^-1 M', M[i,k] = 1 where RCA[i,k] >= 1, with mean 0 and standard deviation 1",
            "`eci over hs of x by reporter`. D and U hold diversity and ubiquity; the sign is that of the correlation with diversity; the standard deviation is that of all reporters, not of a sample. It compares the reporters that the data hold, all of them, whatever filter stands on reporters or products. Where countries fall into parts that share no product, there is none.",
        )
    },
    Entry {
        examples: &[("pci over reporter of exports for 2019", "270900 1.02")],
        ..entry(
            "pci",
            "The product complexity index of each product.",
            "second eigenvector of U^-1 M' D^-1 M, on the scale of eci: less its mean, over its standard deviation",
            "`pci over reporter of x by hs`. On this scale the eci of a reporter is the mean pci of the products that it has an advantage in. Products that nobody has an advantage in are missing.",
        )
    },
    Entry {
        examples: &[("proximity over reporter of exports for 2019", "090111 270900 0.500")],
        cites: &[
            "Hidalgo, Klinger, Barabási & Hausmann (2007), The Product Space Conditions the Development of Nations",
        ],
        ..entry(
            "proximity",
            "How often two products are exported together with advantage.",
            "number of i with M[i,k] and M[i,l] / larger of the numbers with either",
            "`proximity over reporter of x by hs`, with the keys `hs` and `hs_2`. The smaller of the two chances that who has one has the other; 1 with itself. Products that nobody has an advantage in are missing.",
        )
    },
    Entry {
        keeps: true,
        examples: &[("density over hs of exports for 2019", "CHN 270900 0.750")],
        cites: &[
            "Hidalgo, Klinger, Barabási & Hausmann (2007), The Product Space Conditions the Development of Nations",
        ],
        ..entry(
            "density",
            "How near a product is to what a reporter exports already.",
            "sum of M[i,l] * proximity[k,l] / sum of proximity[k,l] over all l",
            "`density over hs of x by reporter, hs`, from 0 to 1. A product is near to itself and counts.",
        )
    },
];

/// More products than this make too many pairs.
const MOST_PAIRS: usize = 2000;
/// Fewer reporters or products have no second eigenvector worth its name.
const FEWEST: usize = 3;

const REPORTER: &str = "reporter";

fn index_type(call: &Call, types: &[Type]) -> Result<Type, Refusal> {
    no_truth(call, types)?;
    let x = first(types);
    if !x.kind.adds_over_dimensions() {
        return refuse(&codes::SUM_OF_NONADDITIVE, format!("{} have no sum to be a share of", x.kind.plural()), "");
    }
    Ok(Type::new(Unit::plain(), Kind::Ratio))
}

/// The keys of reporters and of products: one of them is used up, the other is asked for or has its role.
fn both(call: &Call, plan: &Plan, demand: &Demand) -> Result<(Key, Key), Fault> {
    let asked = |of: &dyn Fn(&str) -> bool| call.keys.iter().chain(&demand.keys).find(|k| of(&k.dim)).cloned();
    let by_role = |of: &dyn Fn(&str) -> bool| {
        let leaves = plan.leaves();
        let dims = leaves.iter().flat_map(|(s, _)| &s.info().dims);
        dims.map(|d| d.name.to_string()).find(|d| of(d)).map(|d| Key::plain(&d, call.words))
    };
    let find = |of: &dyn Fn(&str) -> bool| asked(of).or_else(|| by_role(of));
    let uses_reporters = matches!(call.entry.name, "pci" | "proximity");
    if let Some(key) = call.keys.iter().find(|k| (k.dim == REPORTER) != uses_reporters) {
        let (what, instead) = if uses_reporters { ("reporters", "over reporter") } else { ("products", "over hs") };
        let message = format!("`{}` uses up the {what}, and `{}` are not", call.said(), key.name.node);
        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, message).label(key.name.span, "used up");
        return Err(Box::new(fault.advice(format!("write `{} {instead} of …`", call.said()))));
    }
    if let Some(second) = call.keys.get(1) {
        let message = format!("`{}` uses up one dimension", call.said());
        return Err(Box::new(
            Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, message).label(second.name.span, "a second"),
        ));
    }
    let product = if uses_reporters { find(&|d| is_product(d)) } else { call.keys.first().cloned() };
    match (find(&|d| d == REPORTER), product) {
        (Some(reporter), Some(product)) => Ok((reporter, product)),
        (found, _) => {
            let (what, line) =
                if found.is_none() { ("reporters", "reporter from COLUMN") } else { ("products", "hs from COLUMN") };
            Err(Box::new(lacks_role(&call.said(), call.words, what, line)))
        }
    }
}

/// Amounts of reporters and products, in one period of one group.
type Amounts = BTreeMap<(u32, u32), f64>;

/// Amounts, and the marks of all of them, of which every result is made.
type Table = (Amounts, Option<Cell>);

fn eval(ev: &mut dyn Evaluation, call: &Call, demand: &Demand, span: Span) -> Result<Value, Fault> {
    let plan = operand(ev, call, span)?;
    let (reporter, product) = both(call, plan, demand)?;
    let is_own = |dim: &str| dim == reporter.dim || dim == product.dim;
    // Everybody and everything is compared; filters choose among the results.
    let mut below = demand.clone();
    below.keys.retain(|k| !is_own(&k.dim));
    below.keys.extend([reporter.clone(), product.clone()]);
    let chooses = |f: &Condition| f.other.is_none() && is_own(&f.dim.node);
    let chosen = below.filters.iter().any(chooses);
    below.filters.retain(|f| !chooses(f));
    let below = ev.listed(plan, &below)?;
    let value = ev.eval(plan, &below)?.labels_only();
    let place = |key: &Key| value.dims.iter().position(|d| d.name.as_ref() == key.name.node);
    let (Some(i), Some(k)) = (place(&reporter), place(&product)) else {
        return ev.fault(&codes::BUG, span, "the dimensions of a matrix are not there");
    };
    let mut tables: BTreeMap<(Labels, Option<Period>), Table> = BTreeMap::new();
    for row in paced(&value.rows) {
        let (Some(a), Some(b), Ok(x)) = (row.key().get(i), row.key().get(k), row.datum()) else { continue };
        let group = row.key().iter().enumerate().filter(|(at, _)| *at != i && *at != k).map(|(_, k)| *k).collect();
        let (amounts, marks) = tables.entry((group, row.period())).or_default();
        amounts.insert((*a, *b), x.max(0.0));
        *marks = Some(marks.map_or(row.cell(), |marks| marks.joined(row.cell(), Ok(0.0))));
    }
    let names = match chosen {
        true => Some(chosen_labels(ev, call, plan, demand, (&reporter, &product))?),
        false => None,
    };
    let shown = |dim: &Dimension, key: u32, at: usize| {
        names.as_ref().is_none_or(|n| n.get(at).is_none_or(|set| set.contains(dim.label(key))))
    };
    let (mut rows, mut sizes) = (Vec::new(), Vec::new());
    for ((group, period), (table, marks)) in tables {
        let reporters: Vec<u32> = distinct(table.keys().map(|(a, _)| *a));
        let products: Vec<u32> = distinct(table.keys().map(|(_, b)| *b));
        let amounts: Vec<Vec<f64>> = reporters
            .iter()
            .map(|a| products.iter().map(|b| table.get(&(*a, *b)).copied().unwrap_or(0.0)).collect())
            .collect();
        let matrix = Matrix::of(&amounts);
        let label = |at: usize| reporters.get(at).and_then(|r| value.dims.get(i).map(|d| d.label(*r).to_string()));
        can_be_had(ev, call, &matrix, &label)?;
        let found = results(call.entry.name, &matrix);
        sizes.push((period, reporters.len(), products.len(), matrix.diversity().iter().sum::<usize>()));
        let (Some(di), Some(dk)) = (value.dims.get(i), value.dims.get(k)) else { continue };
        let mut push = |own: &[u32], x: Option<f64>| {
            let datum = x.ok_or(Reason::Undefined);
            let key: Labels = group.iter().chain(own).copied().collect();
            rows.push(Row::new(key, period, marks.unwrap_or(Cell::number(0.0)).with(datum)));
        };
        match found {
            Found::Reporters(list) => {
                let all = reporters.iter().zip(list).filter(|(r, _)| shown(di, **r, 0));
                all.for_each(|(r, x)| push(&[*r], x));
            }
            Found::Products(list) => {
                let all = products.iter().zip(list).filter(|(p, _)| shown(dk, **p, 1));
                all.for_each(|(p, x)| push(&[*p], x));
            }
            Found::Pairs(list) => {
                for (p, row) in products.iter().zip(list).filter(|(p, _)| shown(dk, **p, 1)) {
                    products.iter().zip(row).for_each(|(q, x)| push(&[*p, *q], x));
                }
            }
            Found::Cells(list) => {
                for (r, row) in reporters.iter().zip(list).filter(|(r, _)| shown(di, **r, 0)) {
                    let all = products.iter().zip(row).filter(|(p, _)| shown(dk, **p, 1));
                    all.for_each(|(p, x)| push(&[*r, *p], x));
                }
            }
        }
    }
    let (di, dk) = (value.dims.get(i).cloned(), value.dims.get(k).cloned());
    let own = match call.entry.name {
        "eci" => vec![di],
        "pci" => vec![dk],
        "proximity" => {
            let second = dk.clone().map(|d| Dimension { name: format!("{}_2", d.name).into(), labels: d.labels });
            vec![dk, second]
        }
        _ => vec![di, dk],
    };
    let others = value.dims.iter().enumerate().filter(|(at, _)| *at != i && *at != k).map(|(_, d)| d.clone());
    let dims = others.chain(own.into_iter().flatten()).collect();
    ev.tell(|| {
        let size = |(period, n, m, ones): &(Option<Period>, usize, usize, usize)| {
            let at = period.map(|p| format!("{p}: ")).unwrap_or_default();
            format!(
                "{at}{}, {}, {}",
                words::counted(*n, "reporter"),
                words::counted(*m, "product"),
                words::counted(*ones, "advantage")
            )
        };
        let sizes: Vec<String> = sizes.iter().map(size).collect();
        let say = format!("{} of who exports what with comparative advantage; {}", call.entry.name, sizes.join("; "));
        Step { say, formula: call.entry.formula.into(), ..Step::default() }
    });
    let mut out = Value { dims, unit: Unit::plain(), kind: Kind::Ratio, rows, absent: Absence::Missing, fixed: false };
    out.sort();
    Ok(out)
}

/// What a matrix gives.
enum Found {
    Reporters(Vec<Option<f64>>),
    Products(Vec<Option<f64>>),
    Pairs(Vec<Vec<Option<f64>>>),
    Cells(Vec<Vec<Option<f64>>>),
}

fn results(name: &str, matrix: &Matrix) -> Found {
    match name {
        "proximity" => Found::Pairs(matrix.proximities()),
        "density" => Found::Cells(matrix.densities()),
        _ => {
            let none = || matrix::Complexities {
                reporters: matrix.diversity().iter().map(|_| None).collect(),
                products: matrix.ubiquity.iter().map(|_| None).collect(),
            };
            let all = matrix.complexities().unwrap_or_else(none);
            if name == "eci" { Found::Reporters(all.reporters) } else { Found::Products(all.products) }
        }
    }
}

/// Whether a matrix has an answer: enough reporters and products, in one part, and not too many pairs.
fn can_be_had(
    ev: &dyn Evaluation,
    call: &Call,
    matrix: &Matrix,
    label: &dyn Fn(usize) -> Option<String>,
) -> Result<(), Fault> {
    let name = call.said();
    if matches!(name.as_str(), "proximity" | "density") {
        let count = matrix.ubiquity.len();
        if count > MOST_PAIRS {
            let message = format!("{count} products make too many pairs");
            let fault = Diagnostic::new(&codes::TOO_LARGE, call.words, message);
            return Err(Box::new(fault.advice("ask at a coarser level of the codes: `by hs4`")));
        }
        return Ok(());
    }
    let there = matrix.diversity().iter().filter(|d| **d > 0).count();
    let products = matrix.ubiquity.iter().filter(|u| **u > 0).count();
    if there < FEWEST || products < FEWEST {
        let message = format!(
            "`{name}` compares countries by their products, and the data have {} and {} with an advantage",
            words::counted(there, "reporter"),
            words::counted(products, "product")
        );
        let fault = Diagnostic::new(&codes::WRONG_ARGUMENTS, call.words, message).here("needs all reporters");
        return Err(Box::new(fault.advice("load the data of all reporters and products")));
    }
    let mut parts = matrix.parts();
    if parts.len() < 2 {
        return Ok(());
    }
    parts.sort_by_key(Vec::len);
    let smallest = parts.first().map(Vec::as_slice).unwrap_or_default();
    let some: Vec<String> = smallest.iter().filter_map(|at| label(*at)).take(3).collect();
    let more = if smallest.len() > some.len() { " and others" } else { "" };
    let message = format!(
        "the countries fall into {} that share no product with advantage: {}{more} stand apart",
        words::counted(parts.len(), "part"),
        some.join(", ")
    );
    ev.fault(&codes::COMPLEXITY_DISCONNECTED, call.words, message)
}

/// The labels of reporters and of products that the filters of a query leave.
fn chosen_labels(
    ev: &mut dyn Evaluation,
    call: &Call,
    plan: &Plan,
    demand: &Demand,
    (reporter, product): (&Key, &Key),
) -> Result<Vec<BTreeSet<String>>, Fault> {
    let mut out = Vec::new();
    for key in [reporter, product] {
        let mut asked = with_over(call, demand);
        asked.keys = vec![key.clone()];
        let asked = ev.listed(plan, &asked)?;
        let value = ev.eval_quietly(plan, &asked)?;
        let labels = paced(&value.rows).filter_map(|r| Some(value.dims.first()?.label(*r.key().first()?).to_string()));
        out.push(labels.collect());
    }
    Ok(out)
}

fn distinct(all: impl Iterator<Item = u32>) -> Vec<u32> {
    all.collect::<BTreeSet<u32>>().into_iter().collect()
}
