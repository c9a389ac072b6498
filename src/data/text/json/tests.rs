//! Rows of JSON in all their forms, and the same by way of a tree.

use super::*;
use serde_json::Value;

const ROOM: Room = Room::of(1 << 20);

#[test]
fn what_takes_more_than_there_is_room_for_is_refused() {
    // A key of its own in each row: rows times keys.
    let rows: Vec<String> = (0..2000).map(|n| format!("{{\"k{n}\":1}}")).collect();
    let lists = vec!["[\"0123456789\"]"; 200_000].join(",");
    for text in [format!("[{}]", rows.join(",")), format!("[{lists}]")] {
        let error = as_lines(&text, ROOM).unwrap_err();
        assert_eq!(error.message, "it takes more than 1 MB, which is `--max-memory`");
    }
}

#[test]
fn rows_are_lines() {
    let of = |text: &str| as_lines(text, ROOM).unwrap();
    assert_eq!(of(r#"[["a","b"],[1,"x,y"]]"#), "a,b\n1,\"x,y\"\n");
    assert_eq!(of(r#"{"count":1,"data":[{"a":1.5,"b":null},{"a":2,"c":"z"}]}"#), "a,b,c\n1.5,,\n2,,z\n");
    assert_eq!(of(r#"[{"page":1},[{"country":{"id":"CN"},"value":3}]]"#), "country id,value\nCN,3\n");
    assert_eq!(
        of(r#"[{"b":"x\ny","a":true},{"a":[1,{"k":"\""}]}]"#),
        "b,a\n\"x\ny\",true\n,\"[1,{\"\"k\"\":\"\"\\\"\"\"\"}]\"\n"
    );
    // A key that comes later: the rows above have an empty field for it, also where one has a line end.
    assert_eq!(of("[{},{\"a\":\"x\\ny\"},{\"b\":2}]"), "a,b\n,\n\"x\ny\",\n,2\n");
    // The list with a usual name, wherever it stands; another where there is none.
    assert_eq!(of(r#"{"pages":[{"n":1}],"rows":[{"a":1}]}"#), "a\n1\n");
    assert_eq!(of(r#"{"ids":[1,2],"series":[{"a":1}],"more":{"data":[]}}"#), "a\n1\n");
}

#[test]
fn it_is_asked_on_the_way_whether_to_go_on() {
    // Rows, what is passed over, and what is nested in one cell: 40,000 values each.
    let numbers = format!("[{}]", vec!["1"; 40_000].join(","));
    let texts = [
        format!("[{}]", vec![r#"{"a":1}"#; 40_000].join(",")),
        format!("[{}]", vec!["[1]"; 40_000].join(",")),
        format!(r#"{{"more":{{"x":{numbers}}},"data":[{{"a":1}}]}}"#),
        format!(r#"[{{"a":{numbers}}}]"#),
    ];
    for text in texts {
        let asked = std::rc::Rc::new(std::cell::Cell::new(0));
        let count = std::rc::Rc::clone(&asked);
        let read = crate::pause::stoppable(move || count.replace(count.get() + 1) > 7, || as_lines(&text, ROOM));
        assert!(read.is_none() && asked.get() == 9, "{}: {}", asked.get(), text.get(..20).unwrap_or(""));
    }
}

#[test]
fn what_is_no_table_is_refused() {
    let of = |text: &str| as_lines(text, ROOM).map_err(|e| (e.line, e.message)).unwrap_err();
    assert_eq!(of("{\"data\":[{\"a\":1},\n{\"a\"").0, Some(2));
    assert!(of(r#"{"a":1}"#).1.contains("without rows"));
    assert!(of("[1,2]").1.contains("without rows"));
    assert_eq!(of(r#"[{"a":1},[2]] "#).1, "a row is no object, as the others are");
    assert_eq!(of(r#"[{"a":1},{"a":2},3]"#).0, Some(3));
    assert_eq!(of(r#"[["a"],{"a":2}]"#).1, "a row is no list, as the others are");
    assert!(of(r#"[{"a":1}] x"#).1.contains("not whole"));
    // Which of the two is meant is not known.
    assert_eq!(
        of("[{\"a\":1},\n{\"a\":1,\"b\":2,\"a\":3}]"),
        (Some(2), "a row has `a` twice, with other values".into())
    );
    assert_eq!(of(r#"[{"a b":1,"a":{"b":2}}]"#).1, "a row has `a b` twice, with other values");
    assert_eq!(as_lines(r#"[{"a":1,"a":1}]"#, ROOM).unwrap(), "a\n1\n");
}

#[test]
fn each_line_may_be_a_row() {
    let lines = |text: &str| as_lines(text, ROOM).map_err(|e| (e.line, e.message));
    let rows = "a,b\n1,\n2,3\n";
    assert_eq!(lines("{\"a\":1}\n{\"a\":2,\"b\":3}").unwrap(), rows);
    assert_eq!(lines("{\"a\":1}\r\n\r\n{\"a\":2,\"b\":3}\r\n  \n").unwrap(), rows);
    // A line that is broken is told by its number.
    assert_eq!(lines("{\"a\":1}\n{\"a\":2}\n{\"a\":").unwrap_err().0, Some(3));
    assert_eq!(lines("{\"a\":1}\n{\"a\":2} x\n").unwrap_err().0, Some(2));
    assert_eq!(lines("{\"a\":1}\n{\"a\":2}\n[3]").unwrap_err().1, "a row is no object, as the others are");
}

/// The same by way of a tree, as plainly as can be said; nothing where it has no rows of one kind.
fn by_tree(value: &Value) -> Option<Vec<Vec<String>>> {
    let first = |list: &Vec<Value>| list.first().is_some_and(|v| v.is_object() || v.is_array());
    let rows = match value {
        Value::Array(both) if both.len() == 2 && both[0].is_object() => match &both[1] {
            Value::Array(rows) if first(rows) => rows,
            _ => both,
        },
        Value::Array(rows) if first(rows) => rows,
        Value::Object(map) => {
            let named = ROWS.iter().find_map(|name| map.get(*name).and_then(Value::as_array));
            let all: Vec<_> = map.values().filter_map(Value::as_array).filter(|rows| first(rows)).collect();
            // Which of two is meant is not known.
            let only = all.first().copied().filter(|_| all.len() == 1);
            named.filter(|rows| first(rows)).or(only)?
        }
        _ => return None,
    };
    let cell = |v: &Value| match v {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if rows.first()?.is_array() {
        return rows.iter().map(|row| Some(row.as_array()?.iter().map(cell).collect())).collect();
    }
    let (mut names, mut flat): (Vec<String>, Vec<Vec<(String, String)>>) = Default::default();
    for row in rows {
        let mut cells = Vec::new();
        for (name, value) in row.as_object()? {
            match value {
                Value::Object(inner) => cells.extend(inner.iter().map(|(n, v)| (format!("{name} {n}"), cell(v)))),
                value => cells.push((name.clone(), cell(value))),
            }
        }
        for (name, _) in &cells {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        flat.push(cells);
    }
    let of = |cells: &Vec<(String, String)>, name: &String| {
        cells.iter().find(|(n, _)| n == name).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let rows = flat.iter().map(|cells| names.iter().map(|name| of(cells, name)).collect()).collect::<Vec<_>>();
    Some([vec![names.clone()], rows].concat())
}

/// A value of a few forms; keys are few, so that they come again, and none is another with a blank in it.
fn any(rng: &mut fastrand::Rng, depth: usize) -> Value {
    let texts = ["", "a", "x,y", "\"q\"", "two\nlines", " blank ", "é", "1.50"];
    match rng.u8(0..if depth == 0 { 6 } else { 12 }) {
        0 => Value::Null,
        1 => Value::Bool(rng.bool()),
        2 => Value::from(rng.i64(-9..9_007_199_254_740_993)),
        3 => Value::from(f64::from(rng.i32(-99..99)) / 8.0),
        4 | 5 => Value::from(texts[rng.usize(0..texts.len())]),
        6..=8 => Value::Array((0..rng.usize(0..4)).map(|_| any(rng, depth - 1)).collect()),
        _ => {
            let keys = ["k", "l", "data", "rows", "ü"];
            let pairs = (0..rng.usize(0..4)).map(|_| (keys[rng.usize(0..keys.len())].to_string(), any(rng, depth - 1)));
            Value::Object(pairs.collect())
        }
    }
}

#[test]
fn lines_are_what_a_tree_gives() {
    let mut rng = fastrand::Rng::with_seed(17);
    let (mut tables, mut refused) = (0, 0);
    for _ in 0..60_000 {
        let value = any(&mut rng, 4);
        let text = if rng.bool() { value.to_string() } else { serde_json::to_string_pretty(&value).unwrap() };
        let (found, expected) = (as_lines(&text, ROOM), by_tree(&value));
        let Some(expected) = expected else {
            assert!(found.is_err(), "{text}");
            refused += 1;
            continue;
        };
        tables += 1;
        let lines = found.unwrap_or_else(|e| panic!("{}: {text}", e.message));
        let mut written = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        // Of a row without a field there is an empty line, which readers of others pass over.
        let filled: Vec<_> = expected.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
        filled.iter().for_each(|row| written.write_record(row.iter()).unwrap());
        let read = |text: &[u8]| -> Vec<Vec<String>> {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
            let rows = reader.records().map(|r| r.unwrap().iter().map(String::from).collect::<Vec<_>>());
            rows.filter(|row| row.iter().any(|cell| !cell.is_empty())).collect()
        };
        assert_eq!(read(lines.as_bytes()), read(&written.into_inner().unwrap()), "{text}");
    }
    assert!(tables > 2_500 && refused > 5_000, "{tables} {refused}");
}
