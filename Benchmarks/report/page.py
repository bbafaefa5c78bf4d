"""docs/benchmarks.md and the plots beside it, of one whole run."""

import plots
import table
from engines import ENGINES, ROOT

DOCS = ROOT.parent / "docs"
INTRO = """# Benchmarks

Written by `make bench`; do not edit. One workload for every engine
([WORKLOAD.md](../Benchmarks/Rivals/WORKLOAD.md)): N positions with SL and TP (`fix`), 30 % of them
trailing (`T30`), on a walk of one tick up or down; what fires is opened again at once. An engine
counts only if it fires the same positions for the same reasons at the same ticks: the checksum.

![ns per tick over N, fix](plots/ns-per-tick-fix.svg)

![ns per tick over N, T30](plots/ns-per-tick-T30.svg)

(Also as PNG: [fix](plots/ns-per-tick-fix.png), [T30](plots/ns-per-tick-T30.png).)

"""
HOW = """## How to read it

- `book` is our trigger index alone, in each instruction set; `core` is everything: the tick, the
  intent, the command taken by a host, its answer, the books of the position, a new position opened,
  all through the C ABI, with MAE and MFE. The C++ twin keeps MAE and MFE, NautilusTrader's does
  some of the rest, no other rival any of it.
- `ns/tick` is processor time, the median of the rounds; in a round the engines run one after
  another on one core. `x tree` and `x zone` divide the least of the rounds, against the C++ tree
  and the C++ zone map **at the same ticks in the same run**. They are what to compare: a shared
  machine's absolute figures are its neighbours' too.
- *C++ twin, with extremes* is the book's own design, written in C++ with the same node of 1 KiB:
  what lies between it and the C++ tree is what MAE and MFE cost, what lies between it and `book v3`
  is ours to win. The other C++ rivals keep levels only.
- The slower an engine, the fewer ticks it plays. Early in the walk fewer levels are reached, so
  compare rows of different `ticks` by their ratios.
- `quiet` is the same with levels out of reach: what a tick costs that fires nothing.
- *Python objects*, *Go slice + lock*, *array of structs* and *numpy columns* look at every position
  on every tick. Go's time includes its collector.
- *NautilusTrader* is the OrderEmulator of its published wheel, with a stop (or trailing stop) order
  and a limit order for each position, fed quotes by a direct call. What it releases counts as the
  trigger; we then cancel the other order and submit two more. Nothing stands behind it: no venue,
  no fills, no risk checks, no log, so it does less than a strategy on that platform. It fires the
  same checksum. Its mean is mostly re-opening: each order that is added sorts a list of all of its
  side, so the median quote alone stands below the table.
- CppTrader and NautilusTrader's Rust core are not in Debian or on PyPI, so they do not run here.
- An aim marked `ok` holds when scaled by the machine factor: (the C++ tree here) / (the C++ tree on
  the machine that the aims are of).
- Times of queues from thread to thread are medians of parts of 1 024 messages: a part in which a
  neighbour had a core says nothing. The reader and one writer have a core each; with two writers on
  two cores one of them shares.
- Instructions are counted by callgrind inside what is timed, with the kernels for x86-64-v3; they
  repeat to a tenth of a percent. `make bench-quick` fails where one has grown by more than 10 %;
  `make bench-baseline` rewrites [the baseline](../Benchmarks/instructions.json).
"""


def markdown(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(cells) + " |" for cells in rows]) + "\n\n"


def in_order(results):
    return sorted(results, key=lambda result: (
        result.workload.quiet, result.workload.mode == "T30", result.workload.positions,
        ENGINES.index(result.engine)))


def write(session, described, factor, aims, parts, instructions):
    text = INTRO
    text += f"Machine: {described}. Machine factor: {factor:.2f}.\n\n"
    text += "## The standard workload\n\n"
    text += markdown(table.HEAD, [table.row(result) for result in in_order(session.results)])
    for note in filter(None, map(table.note, session.results)):
        text += f"{note}.\n\n"
    for name, reason in session.skipped.items():
        text += f"Left out: {name}, {reason}.\n\n"
    if aims:
        text += "## Aims\n\n" + markdown(("figure", "here", "aim", "scaled", "holds"), aims)
    if parts:
        text += "## Queues and maps, ns per message or lookup\n\n"
        head = ("design", "test", "threads", "median", "least", "there")
        text += markdown(head, parts)
    if instructions:
        text += "## Instructions\n\n"
        text += markdown(("benchmark", "here", "baseline", "change"), instructions)
    (DOCS / "benchmarks.md").write_text(text + HOW)
    plots.write(DOCS)
