"""What lies beside the eight questions: Parquet, panels and top within groups, declarations, kept columns, memory limits,
formats, many files and columns, start-up. Called by bench.py; each part prints its own table, ours over the best peer.
"""
import json, os, re, shutil, statistics, subprocess, sys, tempfile

from bench import HERE, SCHEMA, SQL, TABLE, ask, best, cached, prompt, timed

# A peer writes its answer as CSV, as ours does, so that no time goes into another form; what it reads may be CSV, Parquet
# or a file of its own.
PEER = """
import sys, json
peer, source, sql, schema, out = sys.argv[1:6]
schema = json.loads(schema)
null = "NA"
if peer == "duckdb":
    import duckdb
    c = duckdb.connect(source) if source.endswith(".db") else duckdb.connect()
    c.execute("SET enable_progress_bar=false")
    types = ",".join("'%s':'%s'" % (n, {"i": "INTEGER", "s": "VARCHAR", "f": "DOUBLE"}[t]) for n, t in schema.items())
    if source.endswith(".parquet"):
        src = f"read_parquet('{source}')"
    else:
        null = "" if "period" in schema else "NA"
        src = f"read_csv('{source}', header=true, auto_detect=false, delim=',', quote='\\"', escape='\\"', columns={{{types}}}, nullstr='{null}')"
    table = "monthly" if "period" in schema else "annual"
    if not source.endswith(".db"):
        c.execute(f"CREATE VIEW {table} AS SELECT * FROM {src}")
    c.execute(f"COPY ({sql}) TO '{out}' (FORMAT csv, HEADER)")
else:
    import polars as pl
    table = "monthly" if "period" in schema else "annual"
    if source.endswith(".parquet"):
        lf = pl.scan_parquet(source)
    else:
        types = {n: {"i": pl.Int64, "s": pl.String, "f": pl.Float64}[t] for n, t in schema.items()}
        lf = pl.scan_csv(source, schema=types, null_values="" if "period" in schema else "NA")
    pl.SQLContext({table: lf}).execute(sql).collect().write_csv(out)
"""


def peer(name, source, table, sql):
    """Wall and CPU seconds, peak MB, how many rows it wrote; None where it cannot."""
    if name == "polars":
        sql = re.sub(r"substr\((\w+),1,4\)", r"LEFT(\1, 4)", sql)
    with tempfile.NamedTemporaryFile("r", suffix=".csv") as out:
        wall, cpu, peak, _, err, code = timed([sys.executable, "-c", PEER, name, source, sql, json.dumps(SCHEMA[table]), out.name])
        rows = sum(1 for _ in out) - 1
    return None if code else (wall, cpu, peak, rows)


def ours(binary, script, form="csv", *more):
    """Wall and CPU seconds, peak MB, how many lines it wrote."""
    with tempfile.NamedTemporaryFile("w", suffix=".tql") as file, tempfile.NamedTemporaryFile("r") as out:
        file.write(script)
        file.flush()
        words = " ".join([binary, "run", file.name, "--format", form, *more])
        wall, cpu, peak, _, err, code = timed(["sh", "-c", f"exec {words} > {out.name}"])
        lines = sum(1 for _ in out)
    return wall, cpu, peak, lines, code, err


def medians(runs, once):
    """Medians of several rounds; None where a round gives none."""
    found = [once() for _ in range(runs)]
    return None if None in found else [statistics.median(f[n] for f in found) for n in range(3)] + list(found[-1][3:])


def table(o, title, lines):
    """A table of questions: a name, our script with its options, the peers as (name, source, table, SQL)."""
    old = " old, ms | old CPU |" if o.old else ""
    print(f"\n{title}\n\n| question | ms | CPU |{old} best peer | ratio | best peer's CPU | ratio | peak, MB |")
    print("|---|---|---|" + ("---|---|" if o.old else "") + "---|---|---|---|---|")
    for name, script, words, peers in lines:
        for _, source, _, _ in peers:
            cached(source)
        mine = medians(o.runs, lambda: ours(o.binary, script, *words))
        if mine[4]:
            print(f"| {name} | refused: {mine[5].strip().splitlines()[0] if mine[5].strip() else mine[4]} |")
            continue
        before = medians(o.runs, lambda: ours(o.old, script, *words)) if o.old else None
        walls, cpus = {}, {}
        for who, source, kind, sql in peers:
            found = medians(o.runs, lambda: peer(who, source, kind, sql))
            if found:
                walls[who], cpus[who] = [found[0]], [found[1]]
        (w, wn), (c, cn) = best(walls), best(cpus)
        was = f" {before[0] * 1e3:.0f} | {before[1] * 1e3:.0f} |" if before and not before[4] else " – | – |" if o.old else ""
        print(f"| {name} | {mine[0] * 1e3:.0f} | {mine[1] * 1e3:.0f} |{was} {w * 1e3:.0f} {wn} | {mine[0] / w:.2f} | {c * 1e3:.0f} {cn} | {mine[1] / c:.2f} | {mine[2]:.0f} |", flush=True)


def script(folder, q, file=None):
    """A question, on another file if one is named."""
    text = open(f"{HERE}/{q}.tql").read()
    return re.sub(r'load "([^"]*)"', lambda m: f'load "{os.path.abspath(folder)}/{file or m.group(1)}"', text)


BOTH = ("duckdb", "polars")


def parquet(o, folder):
    import duckdb
    for name in ("annual", "monthly"):
        if not os.path.exists(f"{folder}/{name}.parquet"):
            types = ",".join(f"'{n}':'{dict(i='INTEGER', s='VARCHAR', f='DOUBLE')[t]}'" for n, t in SCHEMA[name].items())
            null = "NA" if name == "annual" else ""
            duckdb.sql(f"COPY (SELECT * FROM read_csv('{folder}/{name}.csv', header=true, columns={{{types}}}, nullstr='{null}')) TO '{folder}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)")
    lines = []
    for q in sorted(SQL):
        file = f"{TABLE[q]}.parquet"
        lines.append((q, script(folder, q, file), ("csv",), [(p, f"{folder}/{file}", TABLE[q], SQL[q]) for p in BOTH]))
    table(o, "Parquet:", lines)


GROWTH = "SELECT i, {k} AS h, 100*(sum(CASE WHEN t=2024 THEN v END)/sum(CASE WHEN t=2018 THEN v END)-1) g FROM annual GROUP BY i, {k}"


def panels(o, folder):
    load = f'load "{os.path.abspath(folder)}/annual.csv" as baci\n'
    source = lambda sql: [(p, f"{folder}/annual.csv", "annual", sql) for p in BOTH]
    sums = "SELECT i, k, t, sum(v) v FROM annual GROUP BY i, k, t"
    table(o, "Panels, written as CSV:", [
        ("sums by reporter, hs, year", load + "exports by reporter, hs, year", ("csv",), source(sums)),
        ("growth by reporter, hs", load + "growth of exports by reporter, hs from 2018 to 2024", ("csv",), source(GROWTH.format(k="k"))),
        ("growth by reporter, hs4", load + "growth of exports by reporter, hs4 from 2018 to 2024", ("csv",), source(GROWTH.format(k="substr(k,1,4)"))),
        ("yoy growth by reporter, hs4, year", load + "yoy growth of exports by reporter, hs4, year from 2019 to 2024", ("csv",),
         source("SELECT i, h, t, 100*(v/lag(v) OVER (PARTITION BY i, h ORDER BY t)-1) g FROM (SELECT i, substr(k,1,4) h, t, sum(v) v FROM annual GROUP BY i, substr(k,1,4), t) x")),
        ("growth by hs4, reporter top 3", load + "growth of exports by hs4, reporter from 2018 to 2024 top 3", ("csv",),
         source(f"SELECT h, i, g FROM (SELECT *, row_number() OVER (PARTITION BY h ORDER BY g DESC NULLS LAST) n FROM ({GROWTH.format(k='substr(k,1,4)')}) x) y WHERE n <= 3")),
    ])


FULL = """ with { period from t, reporter from i, partner from j, hs from k, exports from v: flow in 1000 USD fob, weight from q: flow in tonne, codes reporter baci, codes partner baci }"""


def declared(o, folder):
    lines = []
    for q in ("q1", "q2", "q3", "q8"):
        text = script(folder, q)
        full = text.replace(" as baci", " as baci" + FULL)
        peers = [(p, f"{folder}/annual.csv", "annual", SQL[q]) for p in BOTH]
        lines += [(q, text, ("csv",), peers), (f"{q}, all declared", full, ("csv",), peers)]
    table(o, "With a declaration of all columns and without one:", lines)


def kept(o, folder):
    import duckdb
    base = f"{folder}/annual.db"
    if not os.path.exists(base):
        types = ",".join(f"'{n}':'{dict(i='INTEGER', s='VARCHAR', f='DOUBLE')[t]}'" for n, t in SCHEMA["annual"].items())
        duckdb.connect(base).execute(f"CREATE TABLE annual AS SELECT * FROM read_csv('{folder}/annual.csv', header=true, columns={{{types}}}, nullstr='NA')")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        lines = []
        for q in ("q1", "q2", "q3", "q5", "q6", "q7", "q8"):
            text = re.sub(r"(load [^\n]*)", r"\1 keep", script(folder, q))
            first = ours(o.binary, text)
            lines.append((q, text, ("csv",), [("duckdb", base, "annual", SQL[q]), ("polars", f"{folder}/annual.parquet", "annual", SQL[q])]))
            if q in ("q1", "q7"):
                print(f"\n{q}, the first start with `keep`: {first[0] * 1e3:.0f} ms, {first[1] * 1e3:.0f} ms of CPU, {first[2]:.0f} MB")
        old, o.old = o.old, None
        table(o, "The second start with `keep`, whole processes; DuckDB with a database of its own, Polars with Parquet:", lines)
        o.old = old
        size = sum(os.path.getsize(f"{cache}/tradeql/{f}") for f in os.listdir(f"{cache}/tradeql") if f.endswith(".columns"))
        print(f"\nkept: {size / 1e6:.0f} MB in {len(os.listdir(f'{cache}/tradeql')) // 2} entries, of {os.path.getsize(f'{folder}/annual.csv') / 1e6:.0f} MB of CSV")


def memory(o, folder):
    print("\nMemory limits:\n\n| question | limit, MB | peak, MB | of the limit | ms |\n|---|---|---|---|---|")
    for q in ("q1", "q5", "q6", "q7"):
        for limit in (200, 300):
            wall, _, peak, _, code, err = ours(o.binary, script(folder, q), "csv", "--max-memory", f"{limit}MB")
            told = f"{peak:.0f} | {peak / limit:.2f} | {wall * 1e3:.0f}" if code == 0 else f"refused: {err.strip().splitlines()[0]} | | "
            print(f"| {q} | {limit} | {told} |", flush=True)


def formats(o, folder):
    load = f'load "{os.path.abspath(folder)}/annual.csv" as baci\nexports by reporter, hs, year\n'
    print("\nA panel in several forms:\n\n| form | ms | CPU | peak, MB | lines |\n|---|---|---|---|---|")
    for form in ("csv", "tsv", "json", "md", "html", "latex", "table"):
        wall, cpu, peak, lines, code, _ = ours(o.binary, load, form)
        print(f"| {form} | {wall * 1e3:.0f} | {cpu * 1e3:.0f} | {peak:.0f} | {lines if code == 0 else 'refused'} |", flush=True)


INSIDE = """
import sys, time
peer, source, sql = sys.argv[1:4]
if peer == "duckdb":
    import duckdb
    c = duckdb.connect()
    c.execute("SET enable_progress_bar=false")
    t = time.perf_counter()
    c.execute(f"CREATE VIEW d AS SELECT * FROM read_csv('{source}')")
    c.execute(sql).fetchall()
else:
    import polars as pl
    t = time.perf_counter()
    pl.SQLContext({"d": pl.scan_csv(source)}).execute(sql).collect().rows()
print(time.perf_counter() - t)
"""


def many(o, folder):
    """Peers are timed within their process, ours with it."""
    with tempfile.TemporaryDirectory() as place:
        with open(f"{folder}/annual.csv") as annual:
            lines = [line for line, _ in zip(annual, range(200 * 200 + 1))]
        for n in range(200):
            with open(f"{place}/part{n:03}.csv", "w") as f:
                f.writelines([lines[0]] + lines[1 + 200 * n:201 + 200 * n])
        with open(f"{place}/wide.csv", "w") as f:
            f.write("year," + ",".join(f"exports_{n}" for n in range(3000)) + "\n")
            for year in range(2000, 2020):
                f.write(f"{year}," + ",".join(str(500 + n % 97 + (year * 7 + n * 3) % 40 + 0.25) for n in range(3000)) + "\n")
        with open(f"{place}/small.csv", "w") as f:
            f.writelines(lines[:201])
        asked = [
            ("200 files by pattern", f'load "{place}/part*.csv" as d\nexports by reporter for 2018', f"{place}/part*.csv", "SELECT i, sum(v) FROM d WHERE t=2018 GROUP BY i"),
            ("3,000 columns", f'load "{place}/wide.csv" as d\nexports_77 for 2018', f"{place}/wide.csv", "SELECT exports_77 FROM d WHERE year=2018"),
            ("200 rows", f'load "{place}/small.csv" as d\nexports by reporter for 2018', f"{place}/small.csv", "SELECT i, sum(v) FROM d WHERE t=2018 GROUP BY i"),
        ]
        old = " old, ms | old CPU |" if o.old else ""
        print(f"\nMany files, many columns, few rows; peers within their process, ours with it:\n\n| question | ms | CPU |{old} best peer | ratio |\n|---|---|---|" + ("---|---|" if o.old else "") + "---|---|")
        for name, text, source, sql in asked:
            mine = medians(10, lambda: ours(o.binary, text))
            was = medians(10, lambda: ours(o.old, text)) if o.old else None
            was = f" {was[0] * 1e3:.1f} | {was[1] * 1e3:.1f} |" if was else ""
            walls = {}
            for who in BOTH:
                runs = [timed([sys.executable, "-c", INSIDE, who, source, sql]) for _ in range(5)]
                if not any(r[5] for r in runs):
                    walls[who] = [float(r[3]) for r in runs]
            w, wn = best(walls)
            print(f"| {name} | {mine[0] * 1e3:.1f} | {mine[1] * 1e3:.1f} |{was} {w * 1e3:.1f} {wn} | {mine[0] / w:.2f} |", flush=True)


def start(o, folder):
    """`--version`, a question on 200 rows, the prompt; medians of 20."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as f:
        with open(f"{folder}/annual.csv") as annual:
            f.writelines(line for line, _ in zip(annual, range(201)))
        f.flush()
        median = lambda command: statistics.median(timed(command)[0] for _ in range(20)) * 1e3
        query = lambda binary: median([binary, "-e", "exports by reporter for 2018", "--load", f"d={f.name}"])
        nothing, version, asked = median(["true"]), median([o.binary, "--version"]), query(o.binary)
        was = f" (old {query(o.old):.1f})" if o.old else ""
    prompts = statistics.median(prompt(o.binary) for _ in range(20))
    print(f"\nstart: --version {version:.1f} ms, a question on 200 rows {asked:.1f} ms{was}, the prompt {prompts:.1f} ms (`true` takes {nothing:.1f} ms)")


PARTS = {"start": start, "parquet": parquet, "panels": panels, "declared": declared, "kept": kept, "memory": memory,
         "formats": formats, "many": many}
