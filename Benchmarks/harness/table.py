"""The report: rows as a table, and what they say about kspec and its peers.

States/s are those of the whole scope, also where only orbits are stored; bytes a state those of what is stored.
"""

import statistics

COLUMNS = ("model", "tool", "configuration", "threads", "states stored", "processor s", "elapsed s", "million states/s", "compile s",
           "spec to verdict s", "peak MiB", "bytes/state")


def table(rows):
    lines = [f"| {' | '.join(COLUMNS)} |", f"| --- | --- | --- {'| --: ' * (len(COLUMNS) - 3)}|"]
    for r in rows:
        # Of two runs at once neither says anything that the row of one does not.
        compiling = (number(r["compileSeconds"]), number(r["coldSeconds"])) if processes(r) == 1 else ("", "")
        cells = (
            f"{r['model']} {r['size']}", r["tool"], r["configuration"], at_once(r), f"{r['stored']:,}", number(r["cpuSeconds"]),
            number(r["wallSeconds"]), f"{processes(r) * r['states'] / r['seconds'] / 1e6:.2f}", *compiling,
            f"{r['peakBytes'] / 2**20:.0f}", f"{r['peakBytes'] / r['stored']:.0f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def processes(row):
    return row.get("processes", 1)


def at_once(row):
    """Threads, or searches that run at the same time."""
    return str(row["threads"]) if processes(row) == 1 else f"{processes(row)} runs"


def number(seconds):
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.1f}"


def summary(rows):
    """For each model, size and store: how many times faster kspec is on one thread than the best row of each peer, what two threads give, and how much
    more of it two searches at once get done than one: the most that two threads can give on this machine at that time.

    Medians, and in one pair of columns lower quartiles: nearer to what a tool takes where nobody else uses the processor's core. All of it is processor time, which other
    load of the machine disturbs least, but for two threads. Bytes are the least of each peer's rows."""
    lines = [
        "| model | kspec | beside SPIN | beside Rumur | lower quartiles: SPIN | Rumur | spec to verdict: SPIN | Rumur | two threads | two runs | bytes/state | SPIN | Rumur |"
        " symmetry: beside Rumur's | spec to verdict | orbits |",
        f"| --- | --- {'| --: ' * 14}|",
    ]
    for name in dict.fromkeys((r["model"], r["size"]) for r in rows):
        every = [r for r in rows if (r["model"], r["size"]) == name]
        here = [r for r in every if processes(r) == 1]
        stores = [r for r in here if r["tool"] == "kspec" and not r["invariants"] and r["threads"] == 1 and not r["symmetry"]]
        for ours in stores:
            peers = {tool: [r for r in here if r["tool"] == tool and not r["symmetry"] and not r["invariants"]] for tool in ("spin", "rumur")}
            ones = {tool: [r for r in found if r["threads"] == 1] for tool, found in peers.items()}
            two = [r for r in here if r["threads"] == 2 and r["configuration"] == ours["configuration"] and r["tool"] == "kspec"]
            cells = [f"{name[0]} {name[1]}", ours["configuration"]]
            cells += [ratio(least(ones[tool], "seconds"), ours["seconds"]) for tool in ones]
            cells += [ratio(least(ones[tool], quick), quick(ours)) for tool in ones]
            cells += [ratio(least(ones[tool], total), total(ours)) for tool in ones]
            cells.append(ratio(ours["wallSeconds"], least(two, "wallSeconds")))
            both = [r for r in every if processes(r) == 2 and r["configuration"] == ours["configuration"]]
            cells.append(ratio(2 * ours["wallSeconds"], least(both, "wallSeconds")))
            cells.append(f"{ours['peakBytes'] / ours['stored']:.0f}")
            cells += [f"{least(ones[tool], 'peakBytes') / ours['stored']:.0f}" if ones[tool] else "" for tool in ones]
            reduced = [r for r in here if r["symmetry"]]
            mine = [r for r in reduced if r["tool"] == "kspec" and not r["invariants"]]
            theirs = [r for r in reduced if r["tool"] == "rumur" and "exhaustive" not in r["configuration"]]
            cells += [ratio(least(theirs, of), least(mine, of)) for of in ("seconds", total)]
            cells.append(f"{mine[0]['stored']:,}" if mine else "")
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def total(row):
    """Processor seconds from spec to verdict: the load of the machine is in the elapsed ones."""
    return row["compileSeconds"] + row["cpuSeconds"]


def quick(row):
    """The lower quartile: of any number of runs the same measure, as the least would not be."""
    runs = row["allSeconds"]
    return statistics.quantiles(runs, n=4, method="inclusive")[0] if len(runs) > 1 else runs[0]


def least(rows, field):
    of = field if callable(field) else lambda row: row[field]
    return min(map(of, rows), default=None)


def ratio(theirs, ours):
    return f"{theirs / ours:.1f}" if theirs and ours else ""
