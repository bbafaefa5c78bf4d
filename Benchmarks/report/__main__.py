"""The session of `make bench` and `make bench-quick`: the table, the aims, and what must hold."""

import argparse
import json
import os
import sys

import figures
import instructions
import machine
import parts
import table
from engines import ROOT
from session import Session


def options():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small: two or three minutes")
    parser.add_argument("--rounds", type=int, help="of which the median is printed")
    parser.add_argument("--core", type=int, help="to run on; the last one by default")
    parser.add_argument("--no-gate", action="store_true", help="whatever the ratios are")
    parser.add_argument("--no-aims", action="store_true", help="without the aims")
    parser.add_argument("--no-parts", action="store_true", help="without queues and maps")
    parser.add_argument("--no-instructions", action="store_true", help="without callgrind")
    parser.add_argument("--docs", action="store_true", help="write docs/benchmarks.md and plots")
    return parser.parse_args()


def show_aims(session, factor, rounds):
    """Prints our figures beside their aims; returns the rows."""
    widths = (46, 12, 8, 8, 8)
    print(f"aims of the design page; machine factor (C++ tree here / there): {factor:.2f}")
    print(table.line(("figure", "here", "aim", "scaled", ""), widths))
    rows = [aim.cells(factor) for aim in figures.all_of(session, factor, rounds)]
    for cells in rows:
        print(table.line(cells, widths))
    print(flush=True)
    return rows


def show_parts(count, allowed):
    """Queues and maps, which need two cores; returns (rows, problems)."""
    pinned = os.sched_getaffinity(0)
    os.sched_setaffinity(0, allowed)
    found = parts.measure(count)
    os.sched_setaffinity(0, pinned)
    widths = (34, 12, 8, 9, 9, 12)
    head = ("queue or map, 64 B", "test", "threads", "ns", "least", "design page")
    print(table.line(head, widths))
    rows = list(parts.rows(found))
    for cells in rows:
        print(table.line(cells, widths))
    print(flush=True)
    return rows, parts.wrong(found)


def too_slow(session):
    """What takes more of the C++ zone map's time than ratios.json allows."""
    most = json.loads((ROOT / "ratios.json").read_text())
    for result in session.results:
        limit = most.get(result.engine.name)
        if limit is None or result.workload.quiet:
            continue
        ratio = result.ratio(result.zone)
        if ratio > limit:
            where = f"{result.workload.mode}, N = {result.workload.positions}"
            yield (f"ratio: {result.engine.name} takes {ratio:.2f} of the C++ zone map's time,"
                   f" {where}, allowed {limit}")


def main():
    chosen = options()
    rounds = chosen.rounds or (3 if chosen.quick else 5)
    sizes = (1_000, 10_000) if chosen.quick else (1_000, 10_000, 100_000, 1_000_000)
    session = Session(sizes, chosen.quick, rounds, budget_ns=5e7 if chosen.quick else 4e8)
    described = machine.describe()
    allowed = machine.pin(chosen.core)
    print(f"machine: {described}")
    print(f"standard workload, seed 1; processor time, median of {rounds}, ratios of the least\n")
    print(table.line(table.HEAD))
    session.play(table.show)
    for name, reason in session.skipped.items():
        print(f"skipped: {name}: {reason}")
    factor = machine.factor(session)
    problems = [
        f"checksum: {r.engine.name}, {r.workload.mode}, N = {r.workload.positions}"
        for r in session.results if not r.agrees]
    aims = [] if chosen.no_aims else show_aims(session, factor, rounds)
    part_rows = []
    if not chosen.no_parts:
        part_rows, wrong = show_parts(200_000 if chosen.quick else 2_000_000, allowed)
        problems += wrong
    counted = None if chosen.no_instructions else instructions.check()
    if counted:
        problems += counted[2]
    if not chosen.no_gate:
        problems += too_slow(session)
    if chosen.docs:
        import page
        page.write(session, described, factor, aims, part_rows, counted[1] if counted else [])
    for text in problems:
        print(f"FAILED {text}")
    agreed = sum(result.agrees for result in session.results)
    print(f"{agreed} of {len(session.results)} checksums agree with the C++ tree")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
