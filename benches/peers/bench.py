#!/usr/bin/env python3
"""The eight questions of q1.tql … q8.tql, asked of tradeql and of DuckDB and Polars in turn.

    pip install numpy duckdb polars
    python benches/peers/bench.py                      # 10 million rows, three rounds
    python benches/peers/bench.py --rows 100000 --runs 1 --check

Makes its data (annual.csv like BACI, monthly.csv like UN Comtrade) in --data, asks every question in a new process
(cold: read the file and answer) and in one process after loading (warm), checks that all answers agree to 1e-9 and
prints ratios: ours over the best peer of that question. Only ratios of one run count; machines differ.
"""
import argparse, csv, io, json, os, re, statistics, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
COUNTRIES = {"CHN": 156, "USA": 842, "DEU": 276, "JPN": 392, "KOR": 410, "FRA": 251, "ITA": 381, "GBR": 826, "NLD": 528, "IND": 699,
             "MEX": 484, "CAN": 124, "BRA": 76, "ESP": 724, "POL": 616, "VNM": 704, "THA": 764, "MYS": 458, "IDN": 360, "TUR": 792}
SQL = {
    "q1": "SELECT t, sum(v) FROM annual WHERE i=156 AND k='854231' GROUP BY t",
    "q2": "SELECT 100*(sum(CASE WHEN t=2024 THEN v END)/sum(CASE WHEN t=2018 THEN v END)-1) FROM annual WHERE i=156 AND k LIKE '85%'",
    "q3": "SELECT j, sum(v) AS v FROM annual WHERE i=156 AND t=2024 AND k LIKE '85%' GROUP BY j ORDER BY v DESC LIMIT 10",
    "q4": "SELECT a.period, 100*(a.v/b.v-1) FROM (SELECT period, sum(value) v FROM monthly WHERE reporter='CHN' AND flow='X' AND hs LIKE '85%' GROUP BY period) a "
          "JOIN (SELECT period, sum(value) v FROM monthly WHERE reporter='CHN' AND flow='X' AND hs LIKE '85%' GROUP BY period) b ON b.period=a.period-100",
    "q5": "SELECT i, h, (v/vi)/(vh/vt) FROM (SELECT i, h, v, sum(v) OVER (PARTITION BY i) vi, sum(v) OVER (PARTITION BY h) vh, sum(v) OVER () vt "
          "FROM (SELECT i, substr(k,1,4) h, sum(v) v FROM annual WHERE t=2024 GROUP BY i, substr(k,1,4)) x) y",
    "q6": "SELECT i, t, sum(v*v)/(sum(v)*sum(v)) FROM (SELECT i, t, k, sum(v) v FROM annual GROUP BY i, t, k) x GROUP BY i, t",
    "q7": "SELECT i, t, 100*sum(CASE WHEN k LIKE '8541%' OR k LIKE '8542%' THEN v ELSE 0 END)/sum(v) FROM annual GROUP BY i, t",
    "q8": "SELECT t, sum(CASE WHEN i=156 THEN v ELSE -v END) FROM annual WHERE (i=156 AND j=842) OR (i=842 AND j=156) GROUP BY t",
}
TABLE = {q: "monthly" if q == "q4" else "annual" for q in SQL}


def generate(folder, rows):
    """Sorted by t, i, j, k like BACI; heavy tails; codes as text."""
    import numpy as np
    os.makedirs(folder, exist_ok=True)
    rng = np.random.default_rng(1)
    codes = np.array(sorted([n for n in COUNTRIES.values()] + list(range(900, 1100))), dtype=np.int64)
    hs = np.array(sorted({f"{c:02d}{h:02d}{s:02d}" for c in range(1, 98) if c != 77 for h in range(1, 13) for s in (10, 20, 31, 90)} | {"854110", "854231", "854239"}))
    weight = 1 / (np.arange(len(codes)) + 3)
    rng.shuffle(weight)
    weight[np.isin(codes, list(COUNTRIES.values()))] *= 20
    draw = int(rows * 1.3)
    t = rng.integers(2018, 2025, draw)
    i = rng.choice(len(codes), draw, p=weight / weight.sum())
    j = rng.choice(len(codes), draw, p=weight / weight.sum())
    k = np.minimum((rng.pareto(0.6, draw) * 40).astype(np.int64), 10**12) % len(hs)
    electric = np.flatnonzero(np.char.startswith(hs, "85"))
    k = np.where(rng.random(draw) < 0.2, rng.choice(electric, draw), k)
    key = np.unique(((t * 1000 + i) * 1000 + j) * 10000 + k)
    key = key[np.sort(rng.choice(len(key), min(rows, len(key)), replace=False))]
    t, i, j, k = key // 10**10, key // 10**7 % 1000, key // 10**4 % 1000, key % 10**4
    v = np.round(np.exp(rng.normal(3, 2.5, len(key))) + 0.001, 3)
    with open(f"{folder}/annual.csv", "w") as f:
        f.write("t,i,j,k,v,q\n")
        for start in range(0, len(key), 200_000):
            s = slice(start, start + 200_000)
            f.writelines(f"{a},{b},{c},{d},{x:.3f},{x / 3:.3f}\n" for a, b, c, d, x in zip(t[s], codes[i[s]], codes[j[s]], hs[k[s]], v[s]))
    months = [y * 100 + m for y in (2022, 2023, 2024) for m in range(1, 13)]
    names = sorted(COUNTRIES)
    with open(f"{folder}/monthly.csv", "w") as f:
        f.write('"period","reporter","flow","partner","hs","description","value"\n')
        per = max(1, rows // 10 // len(months) // len(names))
        for month in months:
            for name in names:
                picks = np.sort(rng.choice(len(hs), min(per, len(hs)), replace=False))
                worth = np.round(np.exp(rng.normal(10, 2, len(picks))))
                f.writelines(f'{month},"{name}","X","World","{hs[p]}","articles of ""{hs[p]}"", n.e.c., and parts",{int(w)}\n' for p, w in zip(picks, worth))


def query(folder, q, times=1):
    text = open(f"{HERE}/{q}.tql").read().replace('load "', f'load "{os.path.abspath(folder)}/')
    lines = text.rstrip().split("\n")
    asked = lines[lines.index(next(l for l in lines if l.startswith("load"))) + 1:]
    return "set timing = on\n" + "\n".join(lines) + ("\n" + "\n".join(asked)) * (times - 1) + "\n"


def ask(binary, folder, q, times=1):
    """Wall seconds, peak MB, milliseconds of each statement, the cells of the last answer."""
    script = f"{folder}/{q}.run.tql"
    open(script, "w").write(query(folder, q, times))
    start = time.perf_counter()
    p = subprocess.Popen([binary, "run", script, "--format", "csv"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = p.communicate()
    wall = time.perf_counter() - start
    assert p.returncode == 0, err.decode()
    ms = [float(x) for x in re.findall(r"^([\d.]+) ms$", err.decode(), re.M)]
    blocks = re.split(r"(?m)^(?=[^\n]*\bvalue,unit,flags)", out.decode())
    rows = list(csv.DictReader(io.StringIO(blocks[-1])))
    return wall, ms, rows


PEER = """
import sys, time, json, resource
peer, folder, table, sql, warm = sys.argv[1:6]
t0 = time.perf_counter()
if peer == "duckdb":
    import duckdb
    c = duckdb.connect()
    types = "{'t':'BIGINT','i':'BIGINT','j':'BIGINT','k':'VARCHAR','v':'DOUBLE','q':'DOUBLE'}" if table == "annual" else "{'period':'BIGINT','reporter':'VARCHAR','flow':'VARCHAR','partner':'VARCHAR','hs':'VARCHAR','description':'VARCHAR','value':'DOUBLE'}"
    src = f"read_csv('{folder}/{table}.csv', header=true, columns={types})"
    c.execute(f"CREATE {'TABLE' if warm == '1' else 'VIEW'} {table} AS SELECT * FROM {src}")
    run = lambda: c.execute(sql).fetchall()
else:
    import polars as pl
    text = {"k": pl.String, "hs": pl.String}
    lf = pl.scan_csv(f"{folder}/{table}.csv", schema_overrides={n: t for n, t in text.items() if (n == "k") == (table == "annual")})
    if warm == "1": lf = lf.collect().lazy()
    ctx = pl.SQLContext({table: lf})
    run = lambda: ctx.execute(sql).collect().rows()
load = time.perf_counter() - t0
times = []
for _ in range(4 if warm == "1" else 1):
    t = time.perf_counter(); rows = run(); times.append(time.perf_counter() - t)
print(json.dumps({"load": load, "times": times, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "rows": [list(r) for r in rows]}))
"""


def peer(name, folder, q, warm):
    sql = SQL[q]
    if name == "polars":
        sql = re.sub(r"substr\((\w+),1,4\)", r"LEFT(\1, 4)", sql)
    start = time.perf_counter()
    p = subprocess.run([sys.executable, "-c", PEER, name, folder, TABLE[q], sql, "1" if warm else "0"], capture_output=True, text=True)
    wall = time.perf_counter() - start
    if p.returncode:
        return None
    return wall, json.loads(p.stdout)


def agree(q, ours, theirs):
    """The same numbers, whatever the labels are called; money of ours is in thousands as in the file."""
    scale = {"USD": 1e-3, "thousand USD": 1, "mn USD": 1e3}
    mine = sorted(float(r["value"]) * scale.get(r["unit"], 1) for r in ours if r["value"])
    other = sorted(float(r[-1]) for r in theirs if r[-1] is not None)
    if q == "q3":  # the rest is a row of ours
        mine, other = sorted(mine), sorted(other)
        share = [float(r["value"]) for r in ours if r.get("partner") != "rest"]
        total = sum(other)
        return len(share) == len(other) and all(abs(a / sum(share) - b / total) < 1e-9 for a, b in zip(sorted(share), other))
    if q == "q4":
        other = other[-len(mine):] if len(other) != len(mine) else other
    return len(mine) == len(other) and all(abs(a - b) <= 1e-9 * max(1, abs(b)) for a, b in zip(mine, other))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--rows", type=int, default=10_000_000)
    a.add_argument("--runs", type=int, default=3)
    a.add_argument("--data", default="/tmp/tradeql-peers")
    a.add_argument("--binary", default=os.path.join(HERE, "../../target/release/tradeql"))
    a.add_argument("--check", action="store_true", help="only whether the answers agree")
    o = a.parse_args()
    folder = f"{o.data}/{o.rows}"
    if not os.path.exists(f"{folder}/monthly.csv"):
        generate(folder, o.rows)
    failed = False
    print("| question | cold, ms | best peer | ratio | warm, ms | best peer | ratio |\n|---|---|---|---|---|---|---|")
    for q in sorted(SQL):
        cold, warm, theirs_cold, theirs_warm = [], [], {}, {}
        for _ in range(o.runs):
            wall, ms, rows = ask(o.binary, folder, q)
            cold.append(wall)
            for name in ("duckdb", "polars"):
                found = peer(name, folder, q, False)
                if found:
                    theirs_cold.setdefault(name, []).append(found[0])
                    if not agree(q, rows, found[1]["rows"]):
                        failed = True
                        print(f"{q}: {name} disagrees", file=sys.stderr)
            if o.check:
                continue
            n = query(folder, q).count("\n")
            _, ms, _ = ask(o.binary, folder, q, 4)
            per = len(query(folder, q, 2).split("\n")) - len(query(folder, q).split("\n"))
            again = ms[-3 * per:]
            warm.append(statistics.median(sum(again[i:i + per]) for i in range(0, len(again), per)) / 1000)
            for name in ("duckdb", "polars"):
                found = peer(name, folder, q, True)
                if found:
                    theirs_warm.setdefault(name, []).append(statistics.median(found[1]["times"][1:]))
        best = lambda d: min(((statistics.median(v), n) for n, v in d.items()), default=(float("nan"), "none"))
        (c, cn), (w, wn) = best(theirs_cold), best(theirs_warm)
        mine, mine_warm = statistics.median(cold), statistics.median(warm) if warm else float("nan")
        print(f"| {q} | {mine * 1e3:.0f} | {c * 1e3:.0f} {cn} | {mine / c:.2f} | {mine_warm * 1e3:.1f} | {w * 1e3:.1f} {wn} | {mine_warm / w:.2f} |", flush=True)
    if not o.check:
        loads = {n: [] for n in ("tradeql", "duckdb", "polars")}
        for _ in range(o.runs):
            loads["tradeql"].append(ask(o.binary, folder, "q1")[1][1] / 1000)
            for name in ("duckdb", "polars"):
                found = peer(name, folder, "q1", True)
                if found:
                    loads[name].append(found[1]["load"])
        print("\nload of annual.csv, s: " + ", ".join(f"{n} {statistics.median(v):.2f}" for n, v in loads.items() if v))
        start = [time.perf_counter()]
        for _ in range(20):
            subprocess.run([o.binary, "--version"], capture_output=True)
        print(f"start (--version), with the process around it: {(time.perf_counter() - start[0]) / 20 * 1e3:.1f} ms")
    sys.exit(1 if failed else 0)


main()
