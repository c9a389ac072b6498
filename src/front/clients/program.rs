//! How each client program is called, and what its words mean. In: an address. Out: a command that reads statements from
//! stdin and writes rows as CSV. A user's own start-up files are not read.

use crate::data::sql::{Address, DbFault, Dialect};
use std::process::{Command, Stdio};

/// How long a server may take to be reached, where the user says nothing else.
const REACHED_IN_SECONDS: &str = "10";

/// The name of the program; it is looked for on the user's PATH.
pub(super) fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "psql",
        Dialect::DuckDb => "duckdb",
        Dialect::Sqlite => "sqlite3",
        Dialect::ClickHouse => "clickhouse",
    }
}

/// The program with its arguments, which are all ours but for the address.
pub(super) fn command(address: &Address) -> Command {
    let (dialect, place) = match address {
        Address::File(dialect, path) => (*dialect, path.clone().into_os_string()),
        Address::Server(dialect, target) => (*dialect, target.into()),
    };
    let mut command = Command::new(name(dialect));
    match dialect {
        Dialect::Postgres => {
            // Nothing of `~/.psqlrc`, no table frames, no question for a password; the first error ends it.
            command.args(["-X", "-q", "-t", "--csv", "-w", "-P", "pager=off", "-v", "ON_ERROR_STOP=1"]);
            command.args(["-v", "VERBOSITY=verbose", "-f", "-", "-d"]).arg(place);
            command.env("PGCLIENTENCODING", "UTF8").env("LC_MESSAGES", "C").env("PGAPPNAME", "tradeql");
            if std::env::var_os("PGCONNECT_TIMEOUT").is_none() {
                command.env("PGCONNECT_TIMEOUT", REACHED_IN_SECONDS);
            }
        }
        Dialect::DuckDb => {
            command.args(["-readonly", "-bail", "-batch", "-csv", "-noheader", "-nullvalue", "", "-init", "/dev/null"]);
            command.arg(place);
        }
        Dialect::Sqlite => {
            command.args(["-readonly", "-safe", "-bail", "-batch", "-csv", "-noheader", "-init", "/dev/null"]);
            command.arg(place);
        }
        Dialect::ClickHouse => {
            // An address stands first, where it is read as one.
            let how: &[&str] = if matches!(address, Address::File(..)) { &["local", "--path"] } else { &["client"] };
            command.args(how).arg(place).args(["--multiquery", "--format", "CSV"]);
        }
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Ctrl-C is for tradeql, which ends what it has begun.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// Begins to see one state of the data. A server that loses its client stops working for it.
pub(super) fn begin(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => {
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n\
             SET LOCAL standard_conforming_strings = on;\nSET LOCAL datestyle = 'ISO, YMD';\n\
             SET LOCAL timezone = 'UTC';\nSET LOCAL extra_float_digits = 1;\nSET LOCAL synchronize_seqscans = off;\n\
             SET LOCAL enable_partitionwise_aggregate = on;\nSET LOCAL jit = off;\n\
             DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '250ms', true); \
             EXCEPTION WHEN OTHERS THEN NULL; END $$;\n"
        }
        Dialect::DuckDb => "BEGIN TRANSACTION;\n",
        Dialect::Sqlite => "BEGIN;\n",
        // It has no such state. What would give a part of an answer for the whole is forbidden, and so is writing.
        Dialect::ClickHouse => {
            "SET readonly = 2, skip_unavailable_shards = 0, result_overflow_mode = 'throw', read_overflow_mode = 'throw', \
             timeout_overflow_mode = 'throw', group_by_overflow_mode = 'throw', set_overflow_mode = 'throw', \
             extremes = 0, group_by_use_nulls = 0, transform_null_in = 0, cast_keep_nullable = 0, \
             enable_positional_arguments = 1, use_query_cache = 0, session_timezone = 'UTC', \
             date_time_output_format = 'simple', format_csv_delimiter = ',', format_csv_null_representation = '', \
             max_query_size = 1000000000, max_ast_elements = 100000000, max_expanded_ast_elements = 100000000;\n"
        }
    }
}

/// Whether the program reads all that it is to do before it does anything, so that each statement has a program of its own.
pub(super) fn reads_to_the_end(dialect: Dialect) -> bool {
    dialect == Dialect::ClickHouse
}

/// Prints a word on a line of its own.
pub(super) fn print(dialect: Dialect, word: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("\\echo {word}\n"),
        Dialect::DuckDb | Dialect::Sqlite => format!(".print {word}\n"),
        Dialect::ClickHouse => format!("SELECT '{word}';\n"),
    }
}

/// Ends what was begun; `None` where the program itself is to end, so that it holds no lock while nothing is asked.
pub(super) fn settle(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Postgres | Dialect::Sqlite => Some("COMMIT;\n"),
        Dialect::DuckDb | Dialect::ClickHouse => None,
    }
}

/// What a client that ended without an answer means by its words; `began` tells whether it had answered before.
pub(super) fn fault(dialect: Dialect, words: &str, began: bool) -> DbFault {
    let said = sentence(words);
    let has = |part: &str| words.contains(part);
    match dialect {
        Dialect::Postgres => {
            let denied = has("28000: ") || has("28P01: ") || has("42501: ") || has("password") || has("no pg_hba.conf");
            let lost = has("57P01: ") || has("57P02: ") || has("08006: ") || has("server closed the connection");
            if denied {
                DbFault::Denied(said)
            } else if lost || (said.is_empty() && began) {
                DbFault::Lost(or_silent(said))
            } else if has("ERROR:") {
                DbFault::Said(said)
            } else if has("FATAL:") || (!began && !said.is_empty()) {
                DbFault::Unreachable(said)
            } else {
                DbFault::Lost(or_silent(said))
            }
        }
        _ if said.is_empty() => DbFault::Lost(or_silent(said)),
        Dialect::ClickHouse => clickhouse(words),
        Dialect::DuckDb | Dialect::Sqlite => {
            let shut = ["unable to open", "not a database", "Cannot open", "does not exist", "Could not set lock"];
            if has("ermission denied") {
                DbFault::Denied(said)
            } else if !began && shut.iter().any(|s| has(s)) {
                DbFault::Unreachable(said)
            } else {
                DbFault::Said(said)
            }
        }
    }
}

/// What ClickHouse says: `Code: 60. DB::Exception: Received from host:9000. DB::Exception: Why. (NAME)`.
fn clickhouse(words: &str) -> DbFault {
    let line = words.lines().find(|l| l.trim_start().starts_with("Code: ")).unwrap_or(words);
    let code: String =
        line.trim_start().trim_start_matches("Code: ").chars().take_while(char::is_ascii_digit).collect();
    let why = line.split_once("Exception: ").map_or(line, |(_, why)| why);
    let why =
        why.split_once(". DB::Exception: ").filter(|(from, _)| from.starts_with("Received from")).map_or(why, |p| p.1);
    let end = [": While ", ": while ", ": In scope ", " In scope ", ". (", " (version"]
        .iter()
        .filter_map(|e| why.find(e))
        .min();
    let said = why.get(..end.unwrap_or(why.len())).unwrap_or(why).trim_end_matches('.');
    let said: String = said.chars().filter(|c| !c.is_control()).take(300).collect();
    let midway = words.contains("while reading") || words.contains("while writing");
    match code.as_str() {
        // Of names and passwords, rights, and a folder that is not ours.
        "192" | "193" | "194" | "497" | "516" => DbFault::Denied(said),
        "32" | "101" | "394" => DbFault::Lost(said),
        "209" | "210" if midway => DbFault::Lost(said),
        // Nobody there, or no such host or database.
        "81" | "198" | "209" | "210" | "279" => DbFault::Unreachable(said),
        _ => DbFault::Said(said),
    }
}

fn or_silent(said: String) -> String {
    if said.is_empty() { "its client ended without a word".into() } else { said }
}

/// The words of an error as one sentence: without the program's name, places in the statement and numbers of errors.
fn sentence(words: &str) -> String {
    let lines = words.lines().map(str::trim).filter(|l| !l.is_empty());
    let aside = |l: &&str| {
        let skipped = [
            "LINE ",
            "LOCATION:",
            "CONTEXT:",
            "STATEMENT:",
            "HINT:",
            "^",
            "-- Loading",
            "connection to server was lost",
        ];
        !skipped.iter().any(|s| l.starts_with(s)) && !l.chars().all(|c| c == '^' || c == ' ')
    };
    let plain = |line: &str| {
        let mut line = line;
        for start in
            ["psql:<stdin>:", "psql: ", "Error: near line ", "Parse error near line ", "Runtime error near line "]
        {
            if let Some(rest) = line.strip_prefix(start) {
                line = rest.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(':').trim_start();
            }
        }
        for word in ["error:", "ERROR:", "FATAL:", "Error:"] {
            line = line.strip_prefix(word).map_or(line, str::trim_start);
        }
        let code = line.get(..5).filter(|c| c.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()));
        let line = code.and_then(|_| line.get(5..)?.strip_prefix(": ")).unwrap_or(line);
        line.trim_end_matches('.').to_string()
    };
    let all: Vec<String> = lines.filter(aside).take(3).map(plain).filter(|l| !l.is_empty()).collect();
    let said: String = all.join("; ").chars().filter(|c| !c.is_control()).take(300).collect();
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_clients_are_understood() {
        let pg = |words: &str, began| fault(Dialect::Postgres, words, began);
        let denied = "psql:<stdin>:9: ERROR:  42501: permission denied for table panel\nLOCATION:  aclcheck_error, aclchk.c:2843";
        assert_eq!(pg(denied, true), DbFault::Denied("permission denied for table panel".into()));
        let column = "psql:<stdin>:9: ERROR:  42703: column \"x\" does not exist\nLINE 1: SELECT x\n               ^\nLOCATION:  a";
        assert_eq!(pg(column, true), DbFault::Said("column \"x\" does not exist".into()));
        let refused =
            "psql: error: connection to server at \"h\", port 1 failed: Connection refused\n\tIs the server running?";
        assert!(matches!(pg(refused, false), DbFault::Unreachable(w) if w.starts_with("connection to server at")));
        let gone = "psql:<stdin>:3: server closed the connection unexpectedly\n\tThis probably means";
        assert!(matches!(pg(gone, true), DbFault::Lost(_)));
        let wrong = "psql: error: connection to server failed: FATAL:  password authentication failed for user \"me\"";
        assert!(matches!(pg(wrong, false), DbFault::Denied(_)));
        let none = "psql: error: connection to server failed: FATAL:  database \"x\" does not exist";
        assert!(matches!(pg(none, false), DbFault::Unreachable(_)));
        assert!(matches!(pg("", true), DbFault::Lost(_)));
        let house = |words: &str| fault(Dialect::ClickHouse, words, false);
        let none = "Received exception from server (version 26.3.1):\nCode: 60. DB::Exception: Received from h:9000. DB::Exception: Table trade.x does not exist. (UNKNOWN_TABLE)\n(query: SELECT 1)\n";
        assert_eq!(house(none), DbFault::Said("Table trade.x does not exist".into()));
        let denied = "Code: 516. DB::Exception: Received from h:9000. DB::Exception: me: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)";
        assert!(matches!(house(denied), DbFault::Denied(_)));
        let refused = "Code: 210. DB::NetException: Connection refused (h:9000). (NETWORK_ERROR)";
        assert_eq!(house(refused), DbFault::Unreachable("Connection refused (h:9000)".into()));
        let reset = "Code: 210. DB::NetException: I/O error: 104: Connection reset by peer, while reading from socket (h:9000). (NETWORK_ERROR)";
        assert!(matches!(house(reset), DbFault::Lost(_)));
        assert!(matches!(
            house("Code: 32. DB::Exception: Attempt to read after eof. (ATTEMPT_TO_READ_AFTER_EOF)"),
            DbFault::Lost(_)
        ));
        let lite =
            fault(Dialect::Sqlite, "Parse error near line 2: no such column: x\n  SELECT x;\n  ^--- error here", true);
        assert!(matches!(lite, DbFault::Said(w) if w.starts_with("no such column: x")));
    }
}
