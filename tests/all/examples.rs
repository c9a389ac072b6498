//! Every shipped script prints what is committed beside it: `x.out` is stdout, `x.err` is stderr.
//! After a change that is meant, `TRADEQL_BLESS=1 cargo test examples` writes them anew, to be read before committing.

use super::tool::{root, run};

#[test]
fn every_script_prints_what_is_committed_beside_it() {
    let mut scripts: Vec<_> = std::fs::read_dir(root().join("examples")).unwrap().map(|e| e.unwrap().path()).collect();
    scripts.retain(|p| p.extension().is_some_and(|e| e == "tql"));
    scripts.sort();
    assert!(scripts.len() >= 4);
    for script in scripts {
        let name = format!("examples/{}", script.file_name().unwrap().to_string_lossy());
        let ran = run(&["run", &name]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        for (suffix, actual) in [("out", &ran.out), ("err", &ran.err)] {
            let path = script.with_extension(suffix);
            if std::env::var_os("TRADEQL_BLESS").is_some() {
                std::fs::write(&path, actual).unwrap();
            }
            let expected = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(&expected, actual, "{name} and its .{suffix} differ");
        }
        let checked = run(&["check", &name]);
        assert_eq!((checked.code, checked.out.as_str()), (0, ""), "{name}: {}", checked.err);
    }
}

#[test]
fn what_the_readme_asks_can_be_typed() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let section = readme.split("## What it asks and answers").nth(1).unwrap().split("\n- ").next().unwrap();
    let queries: Vec<&str> =
        section.lines().filter_map(|l| l.strip_prefix("    ")).map(|l| l.split("   ").next().unwrap()).collect();
    assert!(queries.len() > 12);
    let ran = run(&["-e", &queries.join("\n"), "--quiet"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}
