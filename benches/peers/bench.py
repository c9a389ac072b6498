#!/usr/bin/env python3
"""The eight questions of q1.tql … q8.tql and what lies beside them, asked of tradeql and of its peers in turn.

    pip install numpy duckdb polars
    python benches/peers/bench.py                      # 10 million rows, three rounds
    python benches/peers/bench.py --data FOLDER        # annual.csv and monthly.csv that are there already
    python benches/peers/bench.py --rows 100000 --runs 1 --check
    python benches/peers/bench.py --only parquet,kept  # some parts; --old BINARY asks another tradeql as well

Makes its data (annual.csv like BACI of --rows rows, monthly.csv like UN Comtrade of two fifths as many, both counted
when they are written) in --data, asks every question in a new process (cold: read the file and answer) and in one
process after loading (warm), checks that all answers agree to 1e-9 and prints wall and CPU time and ratios: ours over
the best peer of that question, which is the one of the least wall time for wall, of the least CPU for CPU. The peers are
DuckDB and Polars, both told the types of all columns, and xan where it is installed and has the question. Only ratios of
one run count; machines differ. The other parts (more.py): Parquet, panels and top within groups, declarations, kept
columns, memory limits, formats, many files and columns, start-up.
"""
import argparse, csv, io, json, os, pty, re, select, shutil, statistics, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
COUNTRIES = {"CHN": 156, "USA": 842, "DEU": 276, "JPN": 392, "KOR": 410, "FRA": 251, "ITA": 381, "GBR": 826, "NLD": 528, "IND": 699,
             "MEX": 484, "CAN": 124, "BRA": 76, "ESP": 724, "POL": 616, "VNM": 704, "THA": 764, "MYS": 458, "IDN": 360, "TUR": 792}
CHAPTER = "SELECT period, sum(primaryValue) v FROM monthly WHERE reporterISO='CHN' AND flowCode='X' AND cmdCode LIKE '85%' GROUP BY period"
SQL = {
    "q1": "SELECT t, sum(v) FROM annual WHERE i=156 AND k='854231' GROUP BY t",
    "q2": "SELECT 100*(sum(CASE WHEN t=2024 THEN v END)/sum(CASE WHEN t=2018 THEN v END)-1) FROM annual WHERE i=156 AND k LIKE '85%'",
    "q3": "SELECT j, sum(v) AS v FROM annual WHERE i=156 AND t=2024 AND k LIKE '85%' GROUP BY j ORDER BY v DESC LIMIT 10",
    "q4": f"SELECT a.period, 100*(a.v/b.v-1) FROM ({CHAPTER}) a JOIN ({CHAPTER}) b ON b.period=a.period-100",
    "q5": "SELECT i, h, (v/vi)/(vh/vt) FROM (SELECT i, h, v, sum(v) OVER (PARTITION BY i) vi, sum(v) OVER (PARTITION BY h) vh, sum(v) OVER () vt "
          "FROM (SELECT i, substr(k,1,4) h, sum(v) v FROM annual WHERE t=2024 GROUP BY i, substr(k,1,4)) x) y",
    "q6": "SELECT i, t, sum(v*v)/(sum(v)*sum(v)) FROM (SELECT i, t, k, sum(v) v FROM annual GROUP BY i, t, k) x GROUP BY i, t",
    "q7": "SELECT i, t, 100*sum(CASE WHEN k LIKE '8541%' OR k LIKE '8542%' THEN v ELSE 0 END)/sum(v) FROM annual GROUP BY i, t",
    "q8": "SELECT t, sum(CASE WHEN i=156 THEN v ELSE -v END) FROM annual WHERE (i=156 AND j=842) OR (i=842 AND j=156) GROUP BY t",
}
XAN = {
    "q1": "xan search -s i -e 156 {f} | xan search -s k -e 854231 | xan groupby t 'sum(v) as v'",
    "q2": "xan search -s i -e 156 {f} | xan search -s k -r '^85' | xan map 'if(t == 2018, v, 0) as a, if(t == 2024, v, 0) as b' | xan agg 'sum(a) as a, sum(b) as b' | xan map '100 * (b / a - 1) as g' | xan select g",
    "q3": "xan search -s i -e 156 {f} | xan search -s t -e 2024 | xan search -s k -r '^85' | xan groupby j 'sum(v) as v' | xan sort -NR -s v | xan head -l 10",
    "q8": "xan filter '(i == 156 && j == 842) || (i == 842 && j == 156)' {f} | xan map 'if(i == 156, v, 0 - v) as x' | xan groupby t 'sum(x) as b'",
}
TABLE = {q: "monthly" if q == "q4" else "annual" for q in SQL}
SCHEMA = {
    "annual": {"t": "i", "i": "i", "j": "i", "k": "s", "v": "f", "q": "f"},
    "monthly": {"period": "i", "refYear": "i", "refMonth": "i", "reporterCode": "i", "reporterISO": "s", "reporterDesc": "s", "flowCode": "s",
                "flowDesc": "s", "partnerCode": "i", "partnerISO": "s", "partnerDesc": "s", "classificationCode": "s", "cmdCode": "s",
                "cmdDesc": "s", "qtyUnitAbbr": "s", "netWgt": "f", "isNetWgtEstimated": "s", "primaryValue": "f"},
}


def generate(folder, rows):
    """Sorted by t, i, j, k like BACI; heavy tails; codes as text. The monthly file has all columns of a download, every text quoted."""
    import numpy as np
    os.makedirs(folder, exist_ok=True)
    rng = np.random.default_rng(1)
    codes = np.array(sorted([n for n in COUNTRIES.values()] + list(range(900, 1100))), dtype=np.int64)
    hs = np.array(sorted({f"{c:02d}{h:02d}{s:02d}" for c in range(1, 98) if c != 77 for h in range(1, 13) for s in (10, 20, 31, 90)} | {"854110", "854231", "854239"}))
    weight = 1 / (np.arange(len(codes)) + 3)
    rng.shuffle(weight)
    weight[np.isin(codes, list(COUNTRIES.values()))] *= 20
    electric = np.flatnonzero(np.char.startswith(hs, "85"))
    key = np.zeros(0, dtype=np.int64)
    # The largest flows are drawn again and again, and a row is there once: so until there are enough.
    while len(key) < rows:
        draw = int((rows - len(key)) * 1.5) + 1000
        t = rng.integers(2018, 2025, draw)
        i = rng.choice(len(codes), draw, p=weight / weight.sum())
        j = rng.choice(len(codes), draw, p=weight / weight.sum())
        k = np.minimum((rng.pareto(0.6, draw) * 40).astype(np.int64), 10**12) % len(hs)
        k = np.where(rng.random(draw) < 0.2, rng.choice(electric, draw), k)
        key = np.unique(np.concatenate([key, ((t * 1000 + i) * 1000 + j) * 10000 + k]))
    key = key[np.sort(rng.choice(len(key), rows, replace=False))]
    t, i, j, k = key // 10**10, key // 10**7 % 1000, key // 10**4 % 1000, key % 10**4
    v = np.round(np.exp(rng.normal(3, 2.5, len(key))) + 0.001, 3)
    missing = rng.random(len(key)) < 0.09
    with open(f"{folder}/annual.csv", "w") as f:
        f.write("t,i,j,k,v,q\n")
        for start in range(0, len(key), 200_000):
            s = slice(start, start + 200_000)
            f.writelines(f"{a},{b},{c},{d},{x:.3f},{'NA' if m else f'{x / 3:.3f}'}\n"
                         for a, b, c, d, x, m in zip(t[s], codes[i[s]], codes[j[s]], hs[k[s]], v[s], missing[s]))
    months = [y * 100 + m for y in (2022, 2023, 2024) for m in range(1, 13)]
    names = sorted(COUNTRIES)
    with open(f"{folder}/monthly.csv", "w") as f:
        f.write(",".join(f'"{name}"' for name in SCHEMA["monthly"]) + "\n")
        wanted = rows * 2 // 5
        flows = [(m, r, w, p) for m in months for r in names for w in ("X", "M") for p in names[:3] if p != r]
        assert wanted <= len(flows) * len(hs), "so many rows of a month are not there"
        written = 0
        for at, (month, reporter, flow, partner) in enumerate(flows):
            picks = np.sort(rng.choice(len(hs), wanted // len(flows) + (at < wanted % len(flows)), replace=False))
            written += len(picks)
            worth = np.round(np.exp(rng.normal(10, 2, len(picks))), 2)
            who = f'{month},{month // 100},{month % 100},{COUNTRIES[reporter]},"{reporter}","{reporter.title()}, Rep. of","{flow}","{"Export" if flow == "X" else "Import"}",{COUNTRIES[partner]},"{partner}","{partner.title()}"'
            f.writelines(f'{who},"H6","{hs[p]}","articles of ""{hs[p]}"", n.e.c., and parts, of iron or steel","kg",{"" if p % 8 == 0 else w / 2},"false",{w}\n'
                         for p, w in zip(picks, worth))


    assert len(key) == rows and written == wanted
    print(f"annual.csv: {len(key)} rows, monthly.csv: {written} rows", file=sys.stderr)


# Runs a command from a small process: the peak of a child cannot be told from that of a larger parent.
RUN = """
import json, os, sys, time
start = time.perf_counter()
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
took = time.perf_counter() - start
json.dump([took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)], open(sys.argv[1], "w"))
"""


def timed(command):
    """Wall and CPU seconds, peak MB (not below 10), what it printed, its exit code."""
    with tempfile.NamedTemporaryFile("r") as report:
        done = subprocess.run([sys.executable, "-S", "-c", RUN, report.name] + command, capture_output=True, text=True)
        took, cpu, peak, code = json.load(report)
    return took, cpu, peak, done.stdout, done.stderr, code


def ask(binary, folder, q, times=1):
    """Wall and CPU seconds, peak MB, milliseconds of each statement, the rows of the last answer. Asked several times, everything
    is loaded (a script that asks once reads only what it needs): `describe` needs all of it."""
    text = open(f"{HERE}/{q}.tql").read().replace('load "', f'load "{os.path.abspath(folder)}/')
    lines = text.rstrip().split("\n")
    asked = lines[next(n for n, line in enumerate(lines) if line.startswith("load")) + 1:]
    # A name is given once.
    again = [line for line in asked if not line.startswith("let")]
    name = re.search(r" as (\w+)", text).group(1)
    more = again * (times - 1) + ([f"describe {name}"] if times > 1 else [])
    with tempfile.NamedTemporaryFile("w", suffix=".tql") as script:
        script.write("\n".join(["set timing = on"] + lines + more) + "\n")
        script.flush()
        wall, cpu, peak, out, err, code = timed([binary, "run", script.name, "--format", "csv"])
    assert code == 0, err
    ms = [float(x) for x in re.findall(r"^([\d.]+) ms$", err, re.M)]
    blocks = [b for b in re.split(r"(?m)^(?=[^\n]*\bvalue,unit,flags)", out) if ",unit,flags" in b or b.startswith("value,")]
    rows = list(csv.DictReader(io.StringIO(blocks[-1])))
    return wall, cpu, peak, ms, len(again), rows


PEER = """
import sys, time, json
peer, folder, table, sql, schema, warm = sys.argv[1:7]
schema = json.loads(schema)
null = "NA" if table == "annual" else ""
t0 = time.perf_counter()
if peer == "duckdb":
    import duckdb
    c = duckdb.connect()
    c.execute("SET enable_progress_bar=false")
    types = ",".join("'%s':'%s'" % (n, {"i": "INTEGER", "s": "VARCHAR", "f": "DOUBLE"}[t]) for n, t in schema.items())
    src = f"read_csv('{folder}/{table}.csv', header=true, auto_detect=false, delim=',', quote='\\"', escape='\\"', columns={{{types}}}, nullstr='{null}')"
    c.execute(f"CREATE {'TABLE' if warm == '1' else 'VIEW'} {table} AS SELECT * FROM {src}")
    run = lambda: c.execute(sql).fetchall()
else:
    import polars as pl
    types = {n: {"i": pl.Int64, "s": pl.String, "f": pl.Float64}[t] for n, t in schema.items()}
    lf = pl.scan_csv(f"{folder}/{table}.csv", schema=types, null_values=null)
    if warm == "1": lf = lf.collect().lazy()
    ctx = pl.SQLContext({table: lf})
    run = lambda: ctx.execute(sql).collect().rows()
load = time.perf_counter() - t0
times = []
for _ in range(4 if warm == "1" else 1):
    t = time.perf_counter(); rows = run(); times.append(time.perf_counter() - t)
print(json.dumps({"load": load, "times": times, "rows": [list(r) for r in rows]}))
"""


def peer(name, folder, q, warm):
    """Wall and CPU seconds, peak MB, what it tells; None where it has not the question or is not there."""
    if name == "xan":
        if warm or q not in XAN or not shutil.which("xan"):
            return None
        wall, cpu, peak, out, _, code = timed(["sh", "-c", XAN[q].format(f=f"{folder}/annual.csv")])
        rows = [[float(x) for x in row] for row in list(csv.reader(io.StringIO(out)))[1:]]
        return None if code else (wall, cpu, peak, {"rows": rows})
    sql = re.sub(r"substr\((\w+),1,4\)", r"LEFT(\1, 4)", SQL[q]) if name == "polars" else SQL[q]
    schema = json.dumps(SCHEMA[TABLE[q]])
    wall, cpu, peak, out, _, code = timed([sys.executable, "-c", PEER, name, folder, TABLE[q], sql, schema, "1" if warm else "0"])
    return None if code else (wall, cpu, peak, json.loads(out.strip().splitlines()[-1]))


def agree(q, ours, theirs):
    """The same numbers, whatever the labels are called; money of ours is in thousands as in the file."""
    scale = {"USD": 1e-3, "thousand USD": 1, "1000 USD": 1, "mn USD": 1e3}
    mine = sorted(float(r["value"]) * scale.get(r["unit"], 1) for r in ours if r["value"])
    other = sorted(float(r[-1]) for r in theirs if r[-1] is not None)
    if q == "q4":  # a month without trade is 100 % less of ours, and no row of theirs
        mine = [x for x in mine if x != -100]
    if q in ("q1", "q5"):  # what is not traded in a year, but in another, is zero of ours and no row of theirs
        mine, other = [x for x in mine if x != 0], [x for x in other if x != 0]
    if q == "q3":  # the rest is a row of ours
        share = [float(r["value"]) for r in ours if r.get("partner") != "rest"]
        total = sum(other)
        return len(share) == len(other) and all(abs(a / sum(share) - b / total) < 1e-9 for a, b in zip(sorted(share), other))
    return len(mine) == len(other) and all(abs(a - b) <= 1e-9 * max(1, abs(b)) for a, b in zip(mine, other))


def prompt(binary):
    """Milliseconds until the prompt is there, in a terminal."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(binary, [binary])
    seen = b""
    while b"> " not in seen and select.select([terminal], [], [], 5)[0]:
        seen += os.read(terminal, 4096)
    took = time.perf_counter() - start
    os.write(terminal, b"\x04")
    os.close(terminal)
    os.waitpid(pid, 0)
    return took * 1e3


def cached(file):
    """Has a file in the page cache, so that nobody is measured who has to wait for a disk."""
    with open(file, "rb") as f:
        while f.read(1 << 24):
            pass


def best(seconds):
    """The least median of several peers, and whose it is."""
    return min(((statistics.median(v), n) for n, v in seconds.items()), default=(float("nan"), "none"))


def eight(o, folder):
    """The table of the eight questions; whether all answers agree."""
    agreed = True
    print("| question | cold, ms | best peer | ratio | CPU, ms | best peer | ratio | peak, MB | that peer's | warm, ms | best peer | ratio |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for q in sorted(SQL):
        cold, used, peak, warm, cold_peers, cpu_peers, warm_peers, peaks = [], [], [], [], {}, {}, {}, {}
        for _ in range(o.runs):
            cached(f"{folder}/{TABLE[q]}.csv")
            wall, cpu, mb, _, _, rows = ask(o.binary, folder, q)
            cold.append(wall)
            used.append(cpu)
            peak.append(mb)
            for name in ("duckdb", "polars", "xan"):
                found = peer(name, folder, q, False)
                if found:
                    cold_peers.setdefault(name, []).append(found[0])
                    cpu_peers.setdefault(name, []).append(found[1])
                    peaks[name] = found[2]
                    if not agree(q, rows, found[3]["rows"]):
                        agreed = False
                        print(f"{q}: {name} disagrees", file=sys.stderr)
            if o.check:
                continue
            _, _, _, ms, per, rows = ask(o.binary, folder, q, 4)
            again = ms[-3 * per - 1:-1]
            warm.append(statistics.median(sum(again[i:i + per]) for i in range(0, len(again), per)) / 1000)
            for name in ("duckdb", "polars"):
                found = peer(name, folder, q, True)
                if found:
                    warm_peers.setdefault(name, []).append(statistics.median(found[3]["times"][1:]))
        (c, cn), (u, un), (w, wn) = best(cold_peers), best(cpu_peers), best(warm_peers)
        mine, mine_cpu = statistics.median(cold), statistics.median(used)
        mine_warm = statistics.median(warm) if warm else float("nan")
        print(f"| {q} | {mine * 1e3:.0f} | {c * 1e3:.0f} {cn} | {mine / c:.2f} | {mine_cpu * 1e3:.0f} | {u * 1e3:.0f} {un} | {mine_cpu / u:.2f} "
              f"| {max(peak):.0f} | {peaks.get(cn, 0):.0f} | {mine_warm * 1e3:.1f} | {w * 1e3:.1f} {wn} | {mine_warm / w:.2f} |", flush=True)
    return agreed


def loading(o, folder):
    """Loading all columns."""
    loads, peaks = {n: [] for n in ("tradeql", "duckdb", "polars")}, {}
    for _ in range(max(3, o.runs)):
        _, _, peaks["tradeql"], ms, _, _ = ask(o.binary, folder, "q1", 2)
        loads["tradeql"].append(ms[1] / 1000)
        for name in ("duckdb", "polars"):
            _, _, peaks[name], told = peer(name, folder, "q1", True)
            loads[name].append(told["load"])
    print("\nload of annual.csv, all columns: " + ", ".join(f"{n} {statistics.median(v):.2f} s (peak {peaks[n]:.0f} MB)" for n, v in loads.items()))


def main():
    import more
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--rows", type=int, default=10_000_000)
    a.add_argument("--runs", type=int, default=3)
    a.add_argument("--data", default=os.path.join(tempfile.gettempdir(), "tradeql-peers"))
    a.add_argument("--binary", default=os.path.join(HERE, "../../target/release/tradeql"))
    a.add_argument("--old", help="another tradeql, asked beside this one in the parts other than the eight questions")
    a.add_argument("--only", default="eight,load," + ",".join(more.PARTS), help="parts, with commas between them")
    a.add_argument("--check", action="store_true", help="only whether the answers agree")
    o = a.parse_args()
    folder = o.data if os.path.exists(f"{o.data}/annual.csv") else f"{o.data}/{o.rows}"
    if not os.path.exists(f"{folder}/monthly.csv"):
        generate(folder, o.rows)
    agreed = True
    for part in ["eight"] if o.check else o.only.split(","):
        if part == "eight":
            agreed = eight(o, folder)
        elif part == "load":
            loading(o, folder)
        else:
            more.PARTS[part](o, folder)
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main())
