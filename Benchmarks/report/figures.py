"""Figures of our own beside the workload, each next to its aim."""

import json
import subprocess
from dataclasses import dataclass

from engines import BOOK, CORE, OURS
from session import least
from table import number

CPPTRADER_NS = 5_883  # its bare book, T30 at 10k, on the machine of the design page


@dataclass
class Aim:
    name: str
    value: float
    aim: float = None
    unit: str = "ns"
    more_is_better: bool = False

    def cells(self, factor):
        scaled = self.aim and self.aim * (factor if self.unit == "ns" else 1)
        verdict = ""
        if self.aim is not None and self.value is not None and self.value == self.value:
            held = self.value >= scaled if self.more_is_better else self.value <= scaled
            verdict = "ok" if held else "not yet"
        return (self.name, f"{number(self.value)} {self.unit}", number(self.aim), number(scaled),
                verdict)


def measure(figure, positions, rounds):
    """{name: value} of what `holdfast-bench figure` prints."""
    done = subprocess.run(
        [OURS, "figure", figure, "--positions", str(positions), "--rounds", str(rounds)],
        capture_output=True, text=True, check=True)
    lines = [json.loads(text) for text in done.stdout.splitlines()]
    return {found["figure"]: found["value"] for found in lines}


def life(session, positions):
    """What is left of the standard workload without its quiet ticks, for each trigger: breach,
    intent, command taken, acked, closed, a new position opened."""
    core = session.find(CORE, "fix", positions)
    quiet = session.find(CORE, "fix", positions, quiet=True)
    if not core or not quiet or not core.timed_triggers_per_tick:
        return None
    return (core.least - quiet.least) / core.timed_triggers_per_tick


def ratios(session, factor):
    books = [result for result in session.results if result.engine is BOOK]
    loud = [result for result in books if not result.workload.quiet]
    quiet = [r.least for r in books if r.workload.quiet]
    aims = []
    for rival, runs in (("tree", lambda r: r.reference), ("twin", lambda r: r.twin)):
        above = [r.ratio(runs(r)) for r in loud if least(runs(r)) > 5]
        if above:
            aims.append(Aim(f"book to C++ {rival} above 5 ns, worst", max(above), 1.25, "x"))
    if quiet:
        aims.append(Aim("book, quiet tick, worst", max(quiet), 1.5))
    core = session.find(CORE, "T30", 10_000)
    if core:
        times = CPPTRADER_NS * factor / core.least
        aims.append(Aim("CppTrader (scaled) to core, T30 10k", times, 10, "x", True))
    return aims


def lives(session):
    aims = {1_000: 250, 10_000: 250, 100_000: 250, 1_000_000: 600}
    return [
        Aim(f"whole life of a trigger, N = {positions}", life(session, positions), aims[positions])
        for positions in session.sizes]


def calls(sizes, rounds):
    def one(figure, positions):
        return measure(figure, positions, rounds)[figure]

    most = min(max(sizes), 100_000)
    aims = [Aim(f"quiet tick in a batch of 64, N = {n}", one("quiet-batch", n), 12) for n in sizes]
    aims += [
        Aim(f"the same, 50 symbols on 4 stripes, N = {most}", one("quiet-spread", most), 15),
        Aim("one quiet hf_tick_apply, N = 1000", one("quiet-single", 1_000), 30),
        Aim(f"hf_position_modify, N = {most}", one("modify", most), 60),
        Aim("hf_deal_apply (close) + hf_position_open", one("replace", most), 120),
        Aim(f"book, modify, N = {most}", one("book-modify", most), 15),
        Aim("book, remove + insert", one("book-replace", most), 25),
        Aim("book, full gap, per trigger", one("book-gap", most), 2),
    ]
    visible = measure("visible", 1_000, rounds)
    aims += [
        Aim("tick to command in hand, p50", visible["visible-p50"], 300),
        Aim("the same, p99.9", visible["visible-p99.9"], 5_000),
        Aim("an empty loop, p99.9", visible["empty-p99.9"]),
    ]
    aims += [
        Aim("two threads on two symbols to one", one("scaling", 1_000), 1.8, "x", True),
        Aim(f"slice of a list, median hold, N = {most}", one("slice", most), 5_000),
    ]
    aims += reads(most, measure("reads", most, rounds))
    aims += syncs(most, rounds)
    if max(sizes) == 1_000_000:
        bytes_ = measure("bytes", 1_000_000, rounds)
        aims.append(Aim("bytes per position at 1M", bytes_["bytes"], 256, "B"))
        aims += [
            Aim(f"  {what}", bytes_[f"bytes-{part}"], unit="B") for part, what in (
                ("row", "its row"), ("tree", "its leaf and share of the tree"),
                ("directory", "its place in the directory"),
                ("rest", "rings, history and all else"))]
    return aims


def syncs(most, rounds):
    """Snapshots that agree: one of 1 000 positions every 5 s, and one of many."""
    small, large = measure("sync", 1_000, rounds), measure("sync", most, rounds)
    many = f"{most // 1000}k"
    return [
        Aim("a snapshot of 1000 every 5 s, share of a core", small["sync"] / 5e9 * 100, 1, "%"),
        Aim("  memory", small["sync-memory"] / 1e6, 10, "MB"),
        Aim(f"a snapshot of {many}", large["sync"], 50e6),
        Aim("  most positions under one lock", large["sync-slice"], 256, "positions"),
        Aim("  median hold", large["sync-hold"], 5_000),
    ]


def reads(positions, found):
    """Reads of many positions, and for how long each holds a lock."""
    many = f"{positions // 1000}k"
    rows = (
        ("page", "list page of 1000", 50_000), ("summary", f"summary of {many}", 1_000_000),
        ("costs", "  where each has costs", None),
        ("matches", f"filter's matches {many}", 1_000_000),
        ("sorted", f"sorted first page {many}", 10_000_000))
    for kind, name, aim in rows:
        yield Aim(name, found[f"reads-{kind}"], aim)
    for kind, name, _ in rows:
        if kind not in ("page", "costs"):
            yield Aim(f"{name}, median hold", found[f"reads-{kind}-hold"], 5_000)


def all_of(session, factor, rounds):
    return ratios(session, factor) + lives(session) + calls(session.sizes, rounds)
