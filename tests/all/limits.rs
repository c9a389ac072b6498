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
