//! Long and deep texts get an answer or a clean error, in linear time, on a small stack.

use std::time::{Duration, Instant};
use tradeql::span::SourceId;
use tradeql::syntax::parse_script;

/// Parses on a stack of one megabyte; how many statements parsed, how many failed, how long it took.
fn parsed(text: String) -> (usize, usize, Duration) {
    let work = move || {
        let start = Instant::now();
        match parse_script(SourceId(0), &text) {
            Ok(list) => {
                let good = list.iter().filter(|p| p.statement.is_ok()).count();
                (good, list.len() - good, start.elapsed())
            }
            Err(_) => (0, 1, start.elapsed()),
        }
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(work).unwrap().join().unwrap()
}

#[test]
fn brackets_and_chains_are_bounded() {
    for bracket in ["(", ")", "{", "((a)", "(a)"] {
        let (good, bad, _) = parsed(bracket.repeat(1_000_000 / bracket.len()));
        assert_eq!((good, bad), (0, 1), "{bracket}");
    }
    let deep = |n: usize| format!("{}x{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(parsed(deep(64)).0, 1);
    assert_eq!(parsed(deep(65)).0, 0);
    assert_eq!(parsed(format!("{}x", "f of ".repeat(64))).0, 1);
    assert_eq!(parsed(format!("{}x", "f of ".repeat(65))).0, 0);
    assert_eq!(parsed(format!("{}x", "-".repeat(50_000))).0, 1);
    assert_eq!(parsed(format!("x{}", " + 1".repeat(16_000))).0, 1);
    assert_eq!(parsed(format!("x{}", " + x".repeat(55_000))).1, 1);
    assert_eq!(parsed(format!("x{}", "*x".repeat(30_000))).0, 1);
}

#[test]
fn parsing_is_linear_on_brackets_valid_unclosed_and_broken() {
    // Each kind at one and at four times the depth: the time may grow by the length, not by its square or worse.
    let kinds: [fn(usize) -> String; 4] = [
        |n| format!("{}x{}", "(".repeat(n), ")".repeat(n)),
        |n| format!("{}x", "(".repeat(n)),
        |n| format!("{}x +{}", "(".repeat(n), ")".repeat(n)),
        |n| format!("{}x as{}", "(a + f of ".repeat(n), ")".repeat(n)),
    ];
    for kind in kinds {
        let time = |n: usize| (0..5).map(|_| parsed(kind(n)).2).min().unwrap();
        let (short, long) = (time(15), time(60));
        assert!(long < short * 4 * 6 + Duration::from_millis(5), "{short:?} became {long:?} for {}", kind(3));
    }
}

#[test]
fn a_large_script_is_cut_and_a_larger_one_refused() {
    let line = "growth of ic_exports where hs = 8542 from 2018 to 2024\n";
    let (good, bad, _) = parsed(line.repeat(20_000));
    assert_eq!((good, bad), (20_000, 0));
    let (good, bad, _) = parsed("x\n".repeat(5 << 20));
    assert_eq!((good, bad), (0, 1));
}

/// What doubles again and again is refused at once: as fast as one of a few names less, and far from what 2^40 would take.
#[test]
fn names_that_double_are_refused() {
    use super::tool::{Folder, run};
    let folder = Folder::new("doubling");
    let panel = super::tool::root().join("examples/data/made_up_panel.csv");
    let load = format!("load \"{}\" as p\n", panel.display());
    let lets: String = (1..=40).map(|i| format!("let a{i} = a{} + a{0}\n", i - 1)).collect();
    let defs: String = (1..=6).map(|i| format!("def f{i} of x = f{} of (f{0} of x)\n", i - 1)).collect();
    let scripts = [
        format!("{load}let a0 = exports\n{lets}a40 for 2023\n"),
        format!("{load}def f0 of x = x + x\n{defs}f6 of exports for 2023\n"),
    ];
    for script in scripts {
        let file = folder.write("s.tql", &script);
        for command in ["run", "check"] {
            let start = Instant::now();
            let ran = run(&[command, &file]);
            assert_eq!(ran.code, 1, "{}", ran.err);
            assert!(ran.err.contains("too large once its names are put in place"), "{}", ran.err);
            assert!(start.elapsed() < Duration::from_secs(60));
        }
    }
}

/// A name may stand in a name as often as there are names, on whatever stack: 100 + 299 * 2 of them.
#[test]
fn a_chain_of_names_may_be_long() {
    use super::tool::{Folder, run};
    let lets: String = (1..300).map(|i| format!("let a{i} = ((a{} + v * 2%))\n", i - 1)).collect();
    let script =
        format!("load \"v.csv\" as d\nlet a0 = v\n{lets}a299 for 2020\nexplain a299 for 2020\nlet b = a299\nb 2020");
    let folder = Folder::new("chain");
    folder.write("v.csv", "period,v\n2020,100\n");
    let file = folder.write("s.tql", &script);
    let ran = run(&["run", &file]);
    assert!(ran.out.contains(" 698 "), "{}{}", ran.out, ran.err);
    // It offers what was meant, which is planned as deep.
    assert!(ran.err.contains("syntax"), "{}", ran.err);
}

/// A workbook with one cell in its last corner claims 17 billion cells; it is refused with the place of that cell.
#[test]
#[cfg(feature = "excel")]
fn a_cell_far_off_takes_no_room() {
    use super::tool::{Folder, run};
    let folder = Folder::new("far");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let texts = [(0, 0, "period"), (0, 1, "exports"), (1, 0, "2020")];
    for (row, column, text) in texts {
        sheet.write_string(row, column, text).unwrap();
    }
    sheet.write_number(1, 1, 3.0).unwrap();
    let near = folder.0.join("near.xlsx");
    book.save(&near).unwrap();
    let ran = run(&["-e", "exports for 2020", "--load", &near.to_string_lossy()]);
    assert!(ran.code == 0 && ran.out.starts_with("3 "), "{}{}", ran.out, ran.err);
    book.worksheet_from_index(0).unwrap().write_number(1_048_575, 16_383, 5.0).unwrap();
    let far = folder.0.join("far.xlsx");
    book.save(&far).unwrap();
    let start = Instant::now();
    let ran = run(&["inspect", &far.to_string_lossy()]);
    assert!(ran.code == 3 && ran.err.contains("XFD1048576 lies far off"), "{}{}", ran.out, ran.err);
    assert!(start.elapsed() < Duration::from_secs(30));
}

/// Damaged bytes of a Parquet file are an error or another table, never the end of a session.
#[test]
#[cfg(feature = "parquet")]
fn damaged_columns_end_in_an_error() {
    use std::path::Path;
    use tradeql::front::Disk;
    use tradeql::render::Format;
    use tradeql::session::{Body, Mode, Session};
    let good = std::fs::read(super::tool::root().join("tests/files/trade.parquet")).unwrap();
    let folder = super::tool::Folder::new("damaged");
    let declared = "with { period from t, reporter from i, partner from j, hs from k, exports from v: flow in USD, \
        skip q, price, cost, day }";
    std::fs::write(folder.0.join("good.parquet"), &good).unwrap();
    let mut random = fastrand::Rng::with_seed(15);
    let mut refused = 0;
    for round in 0..600 {
        let mut bytes = good.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(0..bytes.len());
            bytes[at] = random.u8(..);
        }
        if round % 10 == 0 {
            bytes.truncate(random.usize(0..bytes.len()));
        }
        std::fs::write(folder.0.join("d.parquet"), &bytes).unwrap();
        let mut session = Session::new(Box::new(Disk), Path::new(&folder.0));
        let script = format!("load \"d.parquet\" as d\nload \"good.parquet\" as g {declared}\ng.exports by year\n");
        let mut said = Vec::new();
        session.run("test", &script, Mode::Run, &mut |session, response| {
            assert!(response.diagnostics.iter().all(|d| d.code.slug != "bug"), "{:?}", response.diagnostics);
            said.push((response.failed(), response.load_failed()));
            if let Some(Body::Value(value)) = &response.body {
                // What pyarrow has put into the good file: three reporters with 1.5 and 1234567.891, 0.001, 42.
                let text = session.text(value, Format::Csv, "", &[]);
                let found: Vec<&str> = text.lines().skip(1).filter_map(|l| l.split(',').nth(1)).collect();
                assert_eq!(found, ["3703708.173", "0.003", "126"]);
            }
            true
        });
        assert_eq!(said.len(), 3);
        // What is refused is refused as data, and the session goes on.
        assert!(said[0].0 == said[0].1 && !said[1].0 && !said[2].0, "round {round}: {said:?}");
        refused += usize::from(said[0].1);
    }
    assert!(refused > 300, "{refused}");
}

/// Twenty thousand columns take as long as so many, not as their square: names of all are told apart.
#[test]
fn columns_are_read_in_linear_time() {
    use super::pollution::inspect;
    let file = |columns: usize, name: &dyn Fn(usize) -> String| {
        let line = |first: String, cell: &dyn Fn(usize) -> String| {
            (0..columns).fold(first, |line, i| line + "," + &cell(i)) + "\n"
        };
        let header = line("year".into(), name);
        (2000..2003)
            .fold(header, |text, year| text + &line(year.to_string(), &|i| format!("{}", (i * 7 + year) % 1000)))
    };
    let other = |i: usize| format!("c{i}");
    let same = |_: usize| "x".to_string();
    for name in [&other as &dyn Fn(usize) -> String, &same] {
        let time = |columns: usize| {
            let text = file(columns, name);
            let start = Instant::now();
            let (header, rows, _) = inspect(text.as_bytes()).unwrap();
            assert_eq!((header.len(), rows.len()), (columns + 1, 3));
            start.elapsed()
        };
        let (few, many) = (time(1_500).max(Duration::from_millis(5)), time(9_000));
        // Six times as many: a square would be thirty-six times as long.
        assert!(many < few * 20, "{few:?} became {many:?}");
    }
}

/// What never ends is ended, with its own exit code; a device without an end is no file.
#[test]
#[cfg(unix)]
fn a_time_runs_out() {
    use std::process::{Command, Stdio};
    for what in [["-e", "load \"/dev/stdin\" as x"], ["inspect", "/dev/stdin"], ["run", "-"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tradeql"))
            .args(what)
            .args(["--timeout", "0.5"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Nothing comes, and nothing says that nothing will.
        let _open = child.stdin.take();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.contains("stopped after 0.5 s")), (Some(124), true), "{what:?}: {said}");
    }
    // The same for each statement, of which the others have their own time.
    let mut child = Command::new(env!("CARGO_BIN_EXE_tradeql"))
        .args(["-e", "set timeout = 1", "-e", "1 + 1", "-e", "load \"/dev/stdin\" as x"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _open = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("stopped after 1 s, as `set timeout` says"), "{said}");
    assert_eq!((output.status.code(), String::from_utf8(output.stdout).unwrap().as_str()), (Some(124), "2\n"));
    let ran = super::tool::run(&["-e", "1 + 1", "--timeout", "60s"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "2\n"));
    let ran = super::tool::run(&["-e", "load \"/dev/zero\" as x"]);
    assert!(ran.code == 3 && ran.err.contains("holds no text"), "{}", ran.err);
}
