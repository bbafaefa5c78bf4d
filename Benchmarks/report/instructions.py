"""Instructions of our engine, counted by callgrind: they repeat where times do not.

`instructions.py` prints the counts beside those of Benchmarks/instructions.json and ends with 1
when one has grown by more than a tenth; with --write it makes them the new baseline.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from engines import CPP, OURS, ROOT, Workload
from machine import has_v3
from table import line

BASELINE = ROOT / "instructions.json"
GROWTH_MAX = 1.10
WIDTHS = (44, 12, 12, 8)
COUNTED = "*measured*art*"  # measuredPart of ours, measured_part of the C++ program


def count(command):
    """(instructions inside what is timed, the program's line of JSON). Valgrind shows the program
    a processor without AVX-512, so the kernel is the one for x86-64-v3."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
             f"--toggle-collect={COUNTED}", *map(str, command)],
            capture_output=True, text=True)
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not collected or collected[1] == "0":
        raise RuntimeError(f"nothing was counted: {done.stderr[-2000:]}")
    return int(collected[1]), json.loads(done.stdout.splitlines()[-1])


def play(program, engine, workload):
    """Instructions per tick, and triggers per tick."""
    total, answer = count([program, *engine, *workload.arguments()])
    return total / workload.timed, answer.get("timed_triggers", 0) / workload.timed


def figure(name, positions):
    total, answer = count([OURS, "figure", name, "--positions", positions, "--rounds", 1])
    return total / answer["units"]


def measure():
    """{name: instructions per tick, call or life}."""
    core, book = ("run", "--engine", "core"), ("run", "--engine", "book-v3")
    small, large = Workload("fix", 1_000, 20_000), Workload("fix", 10_000, 5_000)
    trailing = Workload("T30", 10_000, 5_000)
    still = {n: play(OURS, core, Workload("fix", n, 5_000, quiet=True))[0]
             for n in (1_000, 10_000)}
    small_ticks, small_triggers = play(OURS, core, small)
    large_ticks, large_triggers = play(OURS, core, large)
    return {
        "quiet tick, batch of 64, N = 10000": figure("quiet-batch", 10_000),
        "quiet hf_tick_apply, N = 10000": figure("quiet-single", 10_000),
        "core, tick, fix 1000": small_ticks,
        "core, tick, T30 10000": play(OURS, core, trailing)[0],
        "whole life of a trigger, N = 1000": (small_ticks - still[1_000]) / small_triggers,
        "whole life of a trigger, N = 10000": (large_ticks - still[10_000]) / large_triggers,
        "hf_position_modify, N = 10000": figure("modify", 10_000),
        "hf_deal_apply + hf_position_open, N = 10000": figure("replace", 10_000),
        "book v3, tick, fix 1000": play(OURS, book, small)[0],
        "book v3, tick, T30 10000": play(OURS, book, trailing)[0],
        "C++ tree, tick, fix 1000": play(CPP, ("--engine", "tree"), small)[0],
        "C++ tree, tick, T30 10000": play(CPP, ("--engine", "tree"), trailing)[0],
        "C++ twin, tick, fix 1000": play(CPP, ("--engine", "twin"), small)[0],
        "C++ twin, tick, T30 10000": play(CPP, ("--engine", "twin"), trailing)[0],
    }


def rows(counts, baseline):
    """(name, count, baseline, change) as text."""
    for name, now in counts.items():
        before = baseline.get(name)
        change = f"{100 * (now / before - 1):+.1f} %" if before else "new"
        yield name, f"{now:.1f}", f"{before:.1f}" if before else "-", change


def grown(counts, baseline):
    """What fails: ours only, the C++ compiler's work is not our regression."""
    return [
        f"instructions: {name}: {now:.1f} instead of {baseline[name]:.1f}"
        for name, now in counts.items()
        if not name.startswith("C++") and now > GROWTH_MAX * baseline.get(name, now)]


def check():
    """Prints the table; returns the counts, the rows and what has grown, or None where nothing
    can be counted."""
    if not has_v3():
        print("instructions: skipped, the baseline is of x86-64-v3\n")
        return None
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    counts = measure()
    shown = list(rows(counts, baseline))
    print(line(("instructions of v3, by callgrind", "here", "baseline", "change"), WIDTHS))
    for cells in shown:
        print(line(cells, WIDTHS))
    for rival in ("C++ tree", "C++ twin"):
        for mode in ("fix 1000", "T30 10000"):
            ratio = counts[f"book v3, tick, {mode}"] / counts[f"{rival}, tick, {mode}"]
            print(line((f"book v3 to {rival}, {mode}", f"{ratio:.2f} x", "aim 1.20", ""), WIDTHS))
    print(flush=True)
    return counts, shown, grown(counts, baseline)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="make the counts the new baseline")
    options = parser.parse_args()
    found = check()
    if found and options.write:
        rounded = {name: round(value, 1) for name, value in found[0].items()}
        Path(BASELINE).write_text(json.dumps(rounded, indent=2) + "\n")
    elif found and found[2]:
        print("\n".join(f"FAILED {text}" for text in found[2]))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
