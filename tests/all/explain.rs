//! What `explain` prints can be computed again.

use super::arithmetic;
use super::cases::{Project, sections, setup};
use super::tool::{json, root};
use serde_json::Value as Json;
use tradeql::eval::trace::Step;
use tradeql::session::{Body, Mode, Response, Session};

fn lines<'a>(steps: &'a [Json], out: &mut Vec<&'a Json>) {
    for step in steps {
        out.extend(step["lines"].as_array().unwrap());
        lines(step["from"].as_array().unwrap(), out);
    }
}

#[test]
fn every_printed_line_of_arithmetic_gives_its_result() {
    let setup = "load \"examples/data/china_ic_trade.csv\" as ic\nload \"examples/data/made_up_panel.csv\" as trade\nload \"examples/data/made_up_rates.csv\" as rates\n";
    let queries = [
        "growth of ic_exports from 2018 to 2024",
        "cagr of ic_exports from 2018 to 2023",
        "change of ic_exports from 2018 to 2023",
        "log growth of ic_exports from 2018 to 2023",
        "annualised growth of exports from 2023-Q1 to 2023-Q2",
        "trend growth of exports from 2018 to 2023",
        "like-for-like growth of exports from 2023 to 2024",
        "growth contributions of exports by partner from 2022 to 2023",
        "yoy growth of exports from 2023-01 to 2023-04",
        "yoy change of exports for 2023-04",
        "3-month average of exports for 2023-04",
        "3-month sum of exports for 2023-04",
        "2-month lag of exports for 2023-04",
        "ytd sum of exports for 2023-04",
        "cumulative sum of exports from 2023-01 to 2023-04",
        "index of exports with 2018 = 100 for 2023",
        "log of exports for 2023",
        "average of exports from 2018 to 2020",
        "average over partner of exports for 2023",
        "max over partner of exports for 2023",
        "hhi over partner of exports for 2023",
        "normalised hhi over partner of exports for 2023",
        "share of exports by partner for 2023",
        "ic_exports as share of total_exports for Jan..Nov 2024",
        "ic_exports for 2024-03",
        "ic_exports / ic_exports_pieces for 2023",
        "ic_exports / (1 + ic_exports_growth) for Jan..Nov 2024",
        "ic_exports - ic_imports for 2022",
        "exports for 2023 in bn USD",
        "exports deflated by xpi for 2023-04",
        "exports where hs = 8542 by year",
    ];
    for query in queries {
        let answer = json(&format!("{setup}explain {query}"));
        let steps = answer["steps"].as_array().unwrap_or_else(|| panic!("{query}: {answer}"));
        let mut all = Vec::new();
        lines(steps, &mut all);
        assert!(!steps.is_empty(), "{query} tells nothing");
        for line in all {
            let arithmetic = line["arithmetic"].as_str().unwrap();
            let result = line["result"].as_str().unwrap();
            let again = arithmetic::value(arithmetic).unwrap_or_else(|| panic!("{query}: cannot compute {arithmetic}"));
            let printed: f64 = result.parse().unwrap();
            let digit = 10f64.powi(-(result.split_once('.').map_or(0, |(_, f)| f.len()) as i32));
            assert!(
                (again - printed).abs() <= 0.5001 * digit + 1e-9 * printed.abs(),
                "{query}: {arithmetic} is {again}, not {result}"
            );
        }
    }
}

#[test]
fn the_observations_used_are_named_with_their_lines() {
    let answer =
        json("load \"examples/data/china_ic_trade.csv\" as ic\nexplain growth of ic_exports from 2018 to 2024");
    let text = answer["steps"].to_string();
    assert!(
        text.contains("line 2: 2018 = 559 bn CNY") && text.contains("line 14: 2024-01..2024-11 = 1030 bn CNY"),
        "{text}"
    );
}

/// The lines whose arithmetic does not give their result.
fn wrong<'a>(steps: &'a [Step], out: &mut Vec<&'a str>) {
    for step in steps {
        for line in &step.lines {
            let Some(again) = arithmetic::value(&line.arithmetic) else { continue };
            let printed: f64 = line.result.parse().unwrap();
            let digit = 10f64.powi(-(line.result.split_once('.').map_or(0, |(_, f)| f.len()) as i32));
            // What is put into a line is rounded to ten digits.
            if (again - printed).abs() > 0.5001 * digit + 1e-8 * printed.abs() {
                out.push(&line.arithmetic);
            }
        }
        wrong(&step.below, out);
    }
}

/// The answers of all cases are the same where it is told how they come about, and the arithmetic that is told gives them.
#[test]
fn what_is_explained_is_what_is_answered() {
    let (mut compared, mut faults) = (0, Vec::new());
    for (file, _, section) in sections() {
        for query in section.lines().filter_map(|l| l.strip_prefix("> ")) {
            let script = format!("{}\n{query}\nexplain {query}", setup(&section));
            let mut session = Session::new(Box::new(Project), &root());
            let mut last: Vec<Response> = Vec::new();
            session.run("case", &script, Mode::Run, &mut |_, response| {
                let failed = response.failed();
                last.push(response);
                !failed
            });
            let (Some(told), Some(plain)) = (last.pop(), last.pop()) else { continue };
            let (Some(Body::Explained(..)), Some(Body::Value(_) | Body::List(_))) = (&told.body, &plain.body) else {
                continue;
            };
            compared += 1;
            let values = |r: &Response| format!("{:?}", r.body.as_ref().map(Body::values));
            let said = |r: &Response| -> Vec<String> {
                r.diagnostics.iter().map(|d| format!("{} {} {:?}", d.code.slug, d.message, d.help)).collect()
            };
            if values(&told) != values(&plain) || said(&told) != said(&plain) {
                faults.push(format!(
                    "{file}: {query}\n  {:.900}\n  {:.900}\n  {:?}\n  {:?}",
                    values(&plain),
                    values(&told),
                    said(&plain),
                    said(&told)
                ));
            }
            let mut lines = Vec::new();
            if let Some(Body::Explained(_, steps)) = &told.body {
                wrong(steps, &mut lines);
            }
            lines.iter().for_each(|line| faults.push(format!("{file}: {query}\n  {line}")));
        }
    }
    assert!(faults.is_empty(), "{} of {compared}\n{}", faults.len(), faults.join("\n"));
    assert!(compared > 60, "only {compared} were compared");
}
