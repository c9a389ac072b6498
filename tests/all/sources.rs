//! The boundary of storage: whatever answers the one question is a source, and the same rows come from each.

use super::tool::Folder;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tradeql::data::{
    Aggregate, AggregateRequest, AggregateRow, Budget, DatasetInfo, DimInfo, Filter, GroupKey, Meaning, MeasureInfo,
    Observation, Paired, Source, SourceError, Total,
};
use tradeql::front::Disk;
use tradeql::session::{Body, Mode, Session};
use tradeql::value::number::scaled_to_f64;
use tradeql::value::{Dimension, Flags, Kind, Period, Reason, Unit};

/// One row: year, partner, product, and what was exported.
type Row = (i32, String, String, Option<i64>);

/// A source of this test alone: rows in a list, each looked at for every question.
#[derive(Debug)]
struct List {
    info: DatasetInfo,
    rows: Vec<Row>,
}

impl List {
    fn new(rows: Vec<Row>) -> List {
        let dims = vec![
            DimInfo::new("partner", rows.iter().map(|r| r.1.as_str())),
            DimInfo { nested: true, ..DimInfo::new("hs", rows.iter().map(|r| r.2.as_str())) },
        ];
        let unit = Unit::parse("mn USD").unwrap();
        let measures =
            vec![MeasureInfo { places: Some(0), ..MeasureInfo::new("exports", Meaning::new(Kind::Flow, unit)) }];
        let periods: BTreeSet<Period> = rows.iter().map(|r| year(r.0)).collect();
        let info = DatasetInfo { rows: rows.len(), ..DatasetInfo::new("list", dims, measures, periods) };
        List { info, rows }
    }

    fn passing<'a>(&'a self, request: &'a AggregateRequest) -> impl Iterator<Item = &'a Row> {
        let passes = |filter: &Filter, row: &Row| {
            let hit = |c: &String| if filter.dim == 0 { row.1 == *c } else { row.2.starts_with(c.as_str()) };
            filter.codes.iter().any(hit) == filter.keep
        };
        self.rows.iter().filter(move |row| {
            request.within.is_none_or(|w| w.contains(year(row.0))) && request.filters.iter().all(|f| passes(f, row))
        })
    }
}

fn year(number: i32) -> Period {
    tradeql::value::period::parse_fixed(&number.to_string()).unwrap()
}

impl Source for List {
    fn info(&self) -> &DatasetInfo {
        &self.info
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        let mut groups: BTreeMap<(Vec<String>, Period), AggregateRow> = BTreeMap::new();
        for row in self.passing(request) {
            budget.check()?;
            let label = |key: &GroupKey| {
                let code = if key.dim == 0 { &row.1 } else { &row.2 };
                key.level.map_or(code.as_str(), |l| &code[..l]).to_string()
            };
            let period = year(row.0);
            let group = groups.entry((request.group_by.iter().map(label).collect(), period)).or_insert(AggregateRow {
                key: Default::default(),
                period,
                total: Total::Exact(0),
                count: 0,
                rows: 0,
                reason: None,
                flags: Flags::default(),
            });
            group.rows += 1;
            match (row.3, &mut group.total) {
                (Some(x), Total::Exact(sum)) => {
                    *sum += i128::from(x);
                    group.count += 1;
                }
                _ => group.reason = group.reason.or(Some(Reason::NotReported)),
            }
        }
        let dims: Vec<Dimension> = request
            .group_by
            .iter()
            .enumerate()
            .map(|(i, key)| {
                let labels: BTreeSet<&str> = groups.keys().map(|(labels, _)| labels[i].as_str()).collect();
                let labels = Arc::new(labels.into_iter().map(Arc::from).collect::<Vec<Arc<str>>>());
                Dimension { name: self.info.dims[key.dim].name.clone(), labels }
            })
            .collect();
        let place = |dim: &Dimension, label: &String| {
            u32::try_from(dim.labels.binary_search_by(|l| l.as_ref().cmp(label)).unwrap()).unwrap()
        };
        let keyed = |((labels, _), row): ((Vec<String>, Period), AggregateRow)| AggregateRow {
            key: dims.iter().zip(&labels).map(|(d, l)| place(d, l)).collect(),
            ..row
        };
        Ok(Aggregate { rows: groups.into_iter().map(keyed).collect(), dims, places: 0 })
    }

    fn explain(
        &self,
        request: &AggregateRequest,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Observation>, SourceError> {
        budget.check()?;
        let observation = |row: &Row| Observation {
            place: format!("the row of {} and {}", row.1, row.2),
            period: year(row.0),
            codes: vec![row.1.clone(), row.2.clone()],
            value: row.3.map(|x| x.to_string()),
        };
        Ok(self.passing(request).take(limit).map(observation).collect())
    }
}

/// Rows enough for a file that is read in several parts.
fn rows() -> Vec<Row> {
    let mut random = fastrand::Rng::with_seed(11);
    let mut out = Vec::new();
    for number in 2018..2025 {
        for partner in 0..150 {
            for product in 0..100 {
                let code = format!("85{:02}{:02}", 1 + product / 10, 10 + product % 10);
                let value = (random.u8(..) > 8).then(|| random.i64(1..100_000));
                out.push((number, format!("p{partner:03}"), code, value));
            }
        }
    }
    out
}

/// A file of these rows, loaded into memory or read anew for each question.
fn loaded(folder: &Folder, max_memory: u64) -> (Session, Arc<dyn Source>) {
    let mut session = Session::new(Box::new(Disk), &folder.0);
    session.set_max_memory(max_memory);
    let script = "load \"d.csv\" as d with { period from year, partner from partner, hs from hs, \
                  exports from exports: flow in mn USD }";
    session.run("test", script, Mode::Run, &mut |_, response| {
        assert!(!response.failed(), "{:?}", response.diagnostics);
        true
    });
    let source = session.catalogue.datasets["d"].clone();
    (session, source)
}

fn requests() -> Vec<AggregateRequest> {
    let plain = |dim| GroupKey { dim, level: None };
    let all = AggregateRequest { measure: 0, group_by: Vec::new(), within: None, filters: Vec::new() };
    let with = |dim, keep, codes: &[&str]| Filter { dim, keep, codes: codes.iter().map(|c| c.to_string()).collect() };
    vec![
        all.clone(),
        AggregateRequest { group_by: vec![plain(0)], ..all.clone() },
        AggregateRequest { group_by: vec![plain(1), plain(0)], within: Some(year(2020)), ..all.clone() },
        AggregateRequest { group_by: vec![GroupKey { dim: 1, level: Some(4) }], ..all.clone() },
        AggregateRequest { within: Some(year(2019).span(year(2021))), ..all.clone() },
        AggregateRequest { filters: vec![with(0, true, &["p001", "p149"])], group_by: vec![plain(1)], ..all.clone() },
        AggregateRequest { filters: vec![with(0, false, &["p000"]), with(1, true, &["8503"])], ..all.clone() },
        AggregateRequest { filters: vec![with(1, true, &["850110"])], group_by: vec![plain(0)], ..all.clone() },
        AggregateRequest { filters: vec![with(0, true, &["nobody"])], group_by: vec![plain(0)], ..all },
    ]
}

/// An answer without places: labels, period, sum, counts.
fn said(answer: &Aggregate) -> Vec<String> {
    let sum = |total| match total {
        Total::Exact(m) => scaled_to_f64(m, answer.places),
        Total::Float(x) => x,
    };
    let sorted = answer.rows.is_sorted_by(|a, b| (&a.key, a.period) < (&b.key, b.period));
    assert!(sorted, "rows are not in the order of their keys and periods");
    let row = |r: &AggregateRow| {
        let labels: Vec<&str> = answer.dims.iter().zip(&r.key).map(|(d, k)| d.label(*k)).collect();
        let reason = r.reason.map(Reason::words);
        format!("{labels:?} {} {} {}/{} {reason:?} {:?}", r.period, sum(r.total), r.count, r.rows, r.flags)
    };
    answer.rows.iter().map(row).collect()
}

#[test]
fn every_source_answers_the_same_question_with_the_same_rows() {
    let folder = Folder::new("sources");
    let rows = rows();
    let mut text = String::from("year,partner,hs,exports\n");
    for (number, partner, code, value) in &rows {
        let value = value.map(|x| x.to_string()).unwrap_or_default();
        text.push_str(&format!("{number},{partner},{code},{value}\n"));
    }
    folder.write("d.csv", &text);
    let sources: [(&str, Arc<dyn Source>); 3] = [
        ("the list", Arc::new(List::new(rows))),
        ("the store", loaded(&folder, u64::MAX).1),
        ("the stream", loaded(&folder, 1).1),
    ];
    assert!(format!("{:?}", sources[2].1).starts_with("Stream"), "the file is not read anew for each question");
    let budget = Budget::default().with_threads(2);
    let stopped = Budget::default();
    stopped.stop();
    let (_, first) = &sources[0];
    for (name, source) in &sources[1..] {
        let shape = |s: &Arc<dyn Source>| {
            let dims: Vec<_> = s.info().dims.iter().map(|d| (d.name.clone(), d.codes.clone(), d.nested)).collect();
            (dims, s.info().periods.clone(), s.info().rows)
        };
        assert_eq!(shape(source), shape(first), "{name}");
        for request in requests() {
            let answers = (first.aggregate(&request, &budget).unwrap(), source.aggregate(&request, &budget).unwrap());
            assert_eq!(said(&answers.1), said(&answers.0), "{name}: {request:?}");
            let mut visited = Aggregate::default();
            source.visit(&request, &budget, &mut visited).unwrap();
            assert_eq!(said(&visited), said(&answers.0), "{name}, one after another: {request:?}");
            let observed = |s: &Arc<dyn Source>| s.observed(request.measure, &request.filters, &budget).unwrap();
            assert_eq!(observed(source), observed(first), "{name}: {request:?}");
            let explained = |s: &Arc<dyn Source>| {
                let found = s.explain(&request, 7, &budget).unwrap();
                assert!(found.iter().all(|o| !o.place.is_empty()));
                found.into_iter().map(|o| (o.period, o.codes, o.value)).collect::<Vec<_>>()
            };
            assert_eq!(explained(source), explained(first), "{name}: {request:?}");
            // Rows with a number and rows without one are all rows, and the numbers are in the former.
            let paired = |s: &Arc<dyn Source>, has| {
                let mut out = Aggregate::default();
                let other = Paired { measure: request.measure, zero_is_none: false, has };
                s.visit_paired(&request, &other, &budget, &mut out).unwrap().then_some(out)
            };
            let (with, without) = (paired(source, true).unwrap(), paired(source, false).unwrap());
            let counted =
                |a: &Aggregate| a.rows.iter().map(|r| (r.count, r.rows)).fold((0, 0), |s, r| (s.0 + r.0, s.1 + r.1));
            let (all, with, without) = (counted(&answers.0), counted(&with), counted(&without));
            assert_eq!((with.0, without.0, with.1 + without.1), (all.0, 0, all.1), "{name}: {request:?}");
            assert!(paired(first, true).is_none(), "the list cannot tell");
        }
    }
    for (name, source) in &sources {
        let request = &requests()[1];
        assert_eq!(source.aggregate(request, &stopped).err(), Some(SourceError::Interrupted), "{name}");
        assert_eq!(source.explain(request, 7, &stopped).err(), Some(SourceError::Interrupted), "{name}");
    }
}

#[test]
fn a_source_of_another_kind_is_asked_like_a_file() {
    let mut session = Session::new(Box::new(Disk), Path::new(""));
    let rows = [(2018, 10), (2019, 15), (2020, 30)].map(|(y, x)| (y, "CHN".to_string(), "8542".to_string(), Some(x)));
    session.attach("d", Arc::new(List::new(rows.to_vec()))).unwrap();
    let mut said = Vec::new();
    let script = "growth of exports from 2018 to 2020\nd.exports where partner = CHN for 2019\ndescribe d\n\
                  explain exports for 2019";
    session.run("test", script, Mode::Run, &mut |session, response| {
        assert!(!response.failed(), "{:?}", response.diagnostics);
        said.push(match &response.body {
            Some(Body::Value(v)) => format!("{:?} {}", v.rows[0].datum(), v.unit),
            Some(Body::Explained(_, steps)) => format!("{steps:?}"),
            Some(Body::Text(text)) => text.clone(),
            other => panic!("{other:?}"),
        });
        assert!(session.catalogue.datasets.contains_key("d"));
        true
    });
    assert_eq!(said[..2], ["Ok(200.0) %", "Ok(15.0) mn USD"]);
    assert!(said[2].starts_with("d: 3 rows"), "{}", said[2]);
    assert!(said[3].contains("the row of CHN and 8542: "), "{}", said[3]);
}

/// A source that counts how often it is asked.
#[derive(Debug)]
struct Counted {
    source: Arc<dyn Source>,
    asked: Arc<AtomicUsize>,
}

impl Source for Counted {
    fn info(&self) -> &DatasetInfo {
        self.source.info()
    }

    fn aggregate(&self, request: &AggregateRequest, budget: &Budget) -> Result<Aggregate, SourceError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.source.aggregate(request, budget)
    }

    fn explain(
        &self,
        request: &AggregateRequest,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Observation>, SourceError> {
        self.source.explain(request, limit, budget)
    }
}

/// How often each of two sources is asked for a query: the trade, and the rates and prices.
fn requests_of(query: &str) -> (usize, usize, String) {
    let mut session = Session::new(Box::new(Disk), Path::new(""));
    let load = "load \"examples/data/china_ic_trade.csv\" as ic\nload \"examples/data/made_up_rates.csv\" as rates";
    session.run("setup", load, Mode::Run, &mut |_, r| {
        assert!(!r.failed(), "{:?}", r.diagnostics);
        true
    });
    let mut counts = Vec::new();
    for name in ["ic", "rates"] {
        let source = session.catalogue.datasets[name].clone();
        let asked = Arc::new(AtomicUsize::new(0));
        counts.push(Arc::clone(&asked));
        session.catalogue.datasets.insert(name.into(), Arc::new(Counted { source, asked }));
    }
    let mut shown = String::new();
    session.run("query", query, Mode::Run, &mut |session, r| {
        match &r.body {
            Some(Body::Value(value)) => {
                shown = session.text(value, tradeql::render::Format::Csv, "", &[]);
            }
            _ => panic!("{query}: {:?}", r.diagnostics),
        }
        true
    });
    (counts[0].load(Ordering::Relaxed), counts[1].load(Ordering::Relaxed), shown)
}

#[test]
fn rates_and_deflators_are_asked_once_for_all_periods() {
    // Eighty-two months are converted: one question for the rates, and one for the periods that they have.
    for (query, most) in [
        ("ic_exports in USD by year from 2018 to 2023", 2),
        ("growth of ic_exports in USD from 2018 to 2023", 2),
        ("ic_exports deflated by xpi by month from 2018 to 2023", 2),
    ] {
        let (_, rates, shown) = requests_of(query);
        assert!(rates <= most, "{query}: {rates} requests");
        assert!(!shown.is_empty());
    }
}
