//! Seasons against other tools: `decompose` and `stl` of R 4.2, and for robust weights `STL` of statsmodels 0.14 with the
//! windows, degrees, jumps and rounds of R (R sorts its residuals by places in falling order, which are not always the
//! median that the paper takes; statsmodels takes it). The series are made up: a line, a wave, noise, one odd value.

use super::tool::{json, root};
use std::collections::BTreeMap;

/// By file and operator, the number of each period.
type Expected = BTreeMap<(String, String), BTreeMap<String, Option<f64>>>;

fn answers(file: &str, query: &str) -> BTreeMap<String, Option<f64>> {
    let path = root().join(format!("tests/files/small/seasonal_{file}.csv"));
    let load =
        format!("load \"{}\" as d with {{ period from period, exports from exports: flow in USD }}", path.display());
    let answer = json(&format!("{load}\n{query}"));
    let rows = answer["rows"].as_array().cloned().unwrap_or_else(|| panic!("{query}: {answer}"));
    rows.iter().map(|r| (r["period"].as_str().unwrap().to_string(), r["value"].as_f64())).collect()
}

#[test]
fn parts_of_a_series_are_those_of_other_tools() {
    let text = std::fs::read_to_string(root().join("tests/files/small/seasonal_expected.csv")).unwrap();
    let mut expected = Expected::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let of = expected.entry((cells[0].into(), cells[1].into())).or_default();
        of.insert(cells[2].into(), cells[3].parse().ok());
    }
    assert!(expected.len() >= 20, "{}", expected.len());
    for ((file, operator), numbers) in &expected {
        let found = answers(file, &format!("{operator} of exports"));
        assert_eq!(found.len(), numbers.len(), "{operator}");
        for (period, number) in numbers {
            let got = found[period];
            let near = |x: f64, y: f64| (x - y).abs() <= 1e-8 * y.abs().max(1e-3);
            let same = got.zip(*number).map_or(got.is_none() && number.is_none(), |(x, y)| near(x, y));
            assert!(same, "{operator} of {file} for {period}: {got:?}, not {number:?}");
        }
        // One period is read out of the whole series.
        let one = answers(file, &format!("{operator} of exports for {}", numbers.keys().nth(17).unwrap()));
        assert!(one.iter().all(|(p, x)| found[p] == *x), "{operator}: {one:?}");
    }
}
