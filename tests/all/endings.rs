//! How the program ends: with the right code and a sentence, whatever stands behind its output, and without half a file,
//! whenever it is ended.

use super::tool::{Folder, Ran, root, run, run_in};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Runs the program with its output going to a file.
fn into(file: File, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_tradeql"))
        .args(arguments)
        .current_dir(root())
        .stdout(Stdio::from(file))
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    Ran { out: String::new(), err, code: output.status.code().unwrap_or(-1) }
}

const PANEL: &str = "examples/data/made_up_panel.csv";

/// Every way in which the program writes to stdout.
fn outputs() -> Vec<Vec<&'static str>> {
    let load = "load \"examples/data/made_up_panel.csv\" as p";
    let query = "exports by partner, year";
    let formats = ["table", "csv", "tsv", "json", "md", "html", "sdmx"];
    let mut all: Vec<Vec<&str>> = formats.into_iter().map(|f| vec!["-e", load, "-e", query, "--format", f]).collect();
    all.extend([
        vec!["-e", load, "-e", "explain exports for 2023"],
        vec!["-e", load, "-e", "describe p"],
        vec!["-e", load, "-e", "plot exports by year"],
        vec!["inspect", PANEL],
        vec!["inspect", PANEL, "--format", "json"],
        vec!["run", "examples/ic_exports.tql"],
        vec!["--help"],
        vec!["--version"],
    ]);
    all
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told_and_a_reader_that_goes_away_is_not() {
    for arguments in outputs() {
        let full = into(fs::OpenOptions::new().write(true).open("/dev/full").unwrap(), &arguments);
        let told = full.err.contains("the answer cannot be written: No space left");
        assert!(full.code == 1 && told, "{arguments:?}: {} {}", full.code, full.err);
        let mut child = Command::new(env!("CARGO_BIN_EXE_tradeql"))
            .args(&arguments)
            .current_dir(root())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(0) && !said.contains("written"), "{arguments:?}: {said}");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Rows of one year: enough that writing them takes a while.
fn rows() -> String {
    let row = |i: usize| format!("2020,partner number {i:05},{}\n", i * 7 % 1000);
    "year,partner,exports\n".to_string() + &(0..4000).map(row).collect::<String>()
}

#[test]
fn a_kill_leaves_the_old_file_or_the_new_one() {
    let folder = Folder::new("kills");
    let out = folder.0.join("out");
    fs::create_dir(&out).unwrap();
    folder.write("d.csv", &rows());
    let export = |factor: usize| {
        let query = format!("export exports * {factor} by partner for 2020 into \"out/o.csv\" overwrite");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tradeql"));
        command.args(["-e", "load \"d.csv\" as d", "-e", &query]).current_dir(&folder.0).stderr(Stdio::null());
        command
    };
    let whole = |factor: usize| {
        assert!(export(factor).status().unwrap().success());
        fs::read_to_string(out.join("o.csv")).unwrap()
    };
    let begun = std::time::Instant::now();
    let (two, one) = (whole(2), whole(1));
    let usual = begun.elapsed() / 2;
    assert!(one != two && one.lines().count() == 4001);
    let mut random = fastrand::Rng::with_seed(15);
    let kills = std::env::var("TRADEQL_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let mut killed = 0;
    for round in 0..kills {
        let mut child = export(1 + round % 2).spawn().unwrap();
        std::thread::sleep(usual.mul_f64(random.f64() * 1.1));
        child.kill().unwrap();
        killed += usize::from(!child.wait().unwrap().success());
        let found = fs::read_to_string(out.join("o.csv")).unwrap();
        assert!(found == one || found == two, "{} bytes after kill {round}", found.len());
        // What a kill leaves beside it the next export takes away; nothing else is there.
        let others: Vec<String> = names(&out).into_iter().filter(|n| n != "o.csv").collect();
        assert!(others.iter().all(|n| n.starts_with("o.csv.") && n.ends_with(".part")), "{others:?}");
    }
    assert!(killed > kills / 4, "{killed} of {kills}");
    whole(1);
    assert_eq!(names(&out), ["o.csv"]);
}

#[test]
fn what_others_left_is_taken_away_and_what_they_write_is_not() {
    let folder = Folder::new("left");
    folder.write("d.csv", "year,exports\n2020,1\n");
    for name in ["o.csv.12.part", "o.csv.13.old", "o.csv.x.part", "o.csv.14.bak", "p.csv.12.part"] {
        folder.write(name, "left");
    }
    let at_work = File::open(folder.write("o.csv.15.part", "being written")).unwrap();
    at_work.try_lock().unwrap();
    let ran = run_in(&folder.0, &["-e", "load \"d.csv\" as d", "-e", "export exports by year into \"o.csv\""]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let left = ["d.csv", "o.csv", "o.csv.14.bak", "o.csv.15.part", "o.csv.x.part", "p.csv.12.part"];
    assert_eq!(names(&folder.0), left);
}

#[test]
#[cfg(unix)]
fn a_file_that_is_replaced_keeps_its_permissions_and_its_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new("links");
    folder.write("d.csv", "year,exports\n2020,1\n");
    fs::create_dir(folder.0.join("real")).unwrap();
    let export = |name: &str| {
        let query = format!("export exports by year into \"{name}\" overwrite");
        run_in(&folder.0, &["-e", "load \"d.csv\" as d", "-e", &query])
    };
    for mode in [0o600, 0o640, 0o666, 0o604] {
        let path = folder.write("real/o.csv", "old");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(export("real/o.csv").code, 0);
        assert!(fs::read_to_string(&path).unwrap().contains("2020,1"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
    }
    for (link, to) in [("link.csv", "real/o.csv"), ("second.csv", "link.csv"), ("new.csv", "real/new.csv")] {
        symlink(to, folder.0.join(link)).unwrap();
        folder.write("real/o.csv", "old");
        let ran = export(link);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(fs::symlink_metadata(folder.0.join(link)).unwrap().is_symlink(), "{link}");
        assert!(fs::read_to_string(folder.0.join(link)).unwrap().contains("2020,1"), "{link}");
    }
    symlink("round.csv", folder.0.join("round.csv")).unwrap();
    let ran = export("round.csv");
    assert!(ran.code == 1 && ran.err.contains("cannot be written"), "{}", ran.err);
    assert_eq!(names(&folder.0.join("real")), ["new.csv", "o.csv"]);
    // A link to what was read is what was read.
    symlink("d.csv", folder.0.join("in.csv")).unwrap();
    assert!(export("in.csv").err.contains("was read by this session"));
}

#[test]
#[cfg(unix)]
fn a_pipe_is_read_once_and_gives_all_there_is() {
    let folder = Folder::new("pipe");
    let pipe = folder.0.join("p.csv");
    let made = Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("no pipe can be made here");
        return;
    }
    for arguments in [
        vec!["-e", "load \"p.csv\" as p", "-e", "p.exports for 2021", "-e", "p.imports for 2020"],
        vec!["inspect", "p.csv"],
    ] {
        let to = pipe.clone();
        let writer = std::thread::spawn(move || fs::write(to, "year,exports,imports\n2020,1,5\n2021,2,6\n"));
        let ran = run_in(&folder.0, &[arguments.as_slice(), &["--timeout", "20"]].concat());
        assert!(ran.code == 0 && (ran.out.contains("2021") && ran.out.contains('5')), "{}{}", ran.out, ran.err);
        writer.join().unwrap().unwrap();
    }
    // Nobody writes: it is waited for, and that ends.
    let begun = std::time::Instant::now();
    let ran = run_in(&folder.0, &["-e", "load \"p.csv\" as p", "--timeout", "0.3"]);
    assert_eq!(ran.code, 124, "{}", ran.err);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn scripts_may_use_one_another_deep_but_not_in_a_circle() {
    let folder = Folder::new("deep");
    let chain = |length: usize| {
        for i in 1..length {
            folder.write(&format!("s{i}.tql"), &format!("use \"./s{}.tql\"\n", i + 1));
        }
        folder.write(&format!("s{length}.tql"), "let a = 1 + 1\n");
        run_in(&folder.0, &["-e", "use \"s1.tql\"\na"])
    };
    let ran = chain(40);
    assert!(ran.code == 0 && ran.out == "2\n", "{}", ran.err);
    let ran = chain(70);
    assert!(ran.code != 0 && ran.err.contains("64 deep"), "{}", ran.err);
    fs::create_dir(folder.0.join("deep")).unwrap();
    folder.write("s40.tql", "use \"deep/../s1.tql\"\n");
    let ran = run_in(&folder.0, &["-e", "use \"s1.tql\""]);
    assert!(ran.code != 0 && ran.err.contains("uses itself"), "{}", ran.err);
}

#[test]
fn the_codes_are_those_of_the_language() {
    let load = "load \"examples/data/made_up_panel.csv\" as p";
    for (arguments, code) in [
        (vec!["-e", "1 + 1"], 0),
        (vec!["-e", "nothing by year"], 1),
        (vec!["--no-such-option"], 2),
        (vec!["-e", "load \"no such file\" as x"], 3),
        (vec!["-e", load, "-e", "assert exports for 2023 is 1 mn CNY"], 4),
        (vec!["inspect", "no such file"], 3),
        (vec!["-e", "load \"/dev/zero\" as x"], 3),
    ] {
        let ran = run(&arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn a_declaration_that_cannot_be_read_is_an_error() {
    let folder = Folder::new("undeclared");
    folder.write("d.csv", "year,exports\n2020,1\n");
    assert_eq!(run_in(&folder.0, &["-e", "load \"d.csv\" as d"]).code, 0);
    // A folder of that name is there, and is no declaration.
    fs::create_dir(folder.0.join("d.csv.with")).unwrap();
    let ran = run_in(&folder.0, &["-e", "load \"d.csv\" as d"]);
    assert!(ran.code == 3 && ran.err.contains("`d.csv.with` cannot be read"), "{} {}", ran.code, ran.err);
}

#[test]
#[cfg(unix)]
fn what_has_no_end_is_refused() {
    let folder = Folder::new("endless");
    let sh = |words: &str| {
        let program = env!("CARGO_BIN_EXE_tradeql");
        let output = Command::new("sh").arg("-c").arg(words.replace("TQ", program)).current_dir(&folder.0).output();
        let output = output.unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, err) = sh("yes '2020,1' | TQ inspect - --max-memory 8MB --timeout 60");
    assert!(code == Some(3) && err.contains("which is `--max-memory`"), "{code:?} {err}");
    let (code, err) = sh("yes '2020,1' | head -c 40000000 | gzip -1 > z.csv.gz; TQ inspect z.csv.gz --max-memory 8MB");
    assert!(code == Some(3) && err.contains("which is `--max-memory`"), "{code:?} {err}");
    let (code, err) = sh("TQ run /dev/zero --timeout 60");
    assert!(code == Some(1) && err.contains("longer than 8 MB"), "{code:?} {err}");
}
