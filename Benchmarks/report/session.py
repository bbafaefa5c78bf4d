"""Cells of the table: one workload, played by some engines, round after round so that a busy
neighbour hits all alike."""

import statistics
import time
from dataclasses import dataclass, field

from engines import ENGINES, TREE, TWIN, ZONE, Workload

SLOW_S = 4  # a run that takes longer is not repeated


@dataclass
class Result:
    engine: object
    workload: Workload
    runs: list = field(default_factory=list)
    reference: list = field(default_factory=list)  # the tree's runs of the same workload
    zone: list = field(default_factory=list)
    twin: list = field(default_factory=list)

    @property
    def ns(self):
        return statistics.median(run["cpu_ns_per_tick"] for run in self.runs)

    @property
    def least(self):
        return least(self.runs)

    @property
    def triggers(self):
        return self.runs[0]["triggers"]

    @property
    def timed_triggers_per_tick(self):
        return self.runs[0]["timed_triggers"] / self.workload.timed

    def ratio(self, other):
        """Of the least over the rounds: what no neighbour has made larger."""
        return self.least / least(other)

    @property
    def agrees(self):
        """Whether every round fired what the C++ tree fired."""
        def fired(run):
            return run["triggers"], run["checksum"]
        return {fired(run) for run in self.runs} == {fired(self.reference[0])}


def least(runs):
    return max(min(run["cpu_ns_per_tick"] for run in runs), 1e-3)


@dataclass
class Session:
    sizes: tuple
    quick: bool
    rounds: int
    budget_ns: float
    results: list = field(default_factory=list)
    skipped: dict = field(default_factory=dict)

    def engines(self, positions):
        for engine in ENGINES:
            if positions > (engine.largest_quick if self.quick else engine.largest):
                continue
            if reason := engine.missing():
                self.skipped[engine.name] = reason
            else:
                yield engine

    def play(self, show):
        for mode in ("fix", "T30"):
            for positions in self.sizes:
                show(self.cell(mode, positions))
        for positions in self.sizes:
            chosen = [engine for engine in self.engines(positions) if engine.plays_quiet]
            ticks = 200_000 if self.quick else 1_000_000
            show(self.group(chosen, Workload("fix", positions, ticks, quiet=True)))

    def cell(self, mode, positions):
        """All engines at one size. Each plays as many ticks as it can; the C++ tree, zone map and
        twin play along wherever others do, so that each is held against the same ticks."""
        by_ticks = {}
        for engine in self.engines(positions):
            ticks = engine.ticks(mode, positions, self.budget_ns)
            by_ticks.setdefault(ticks, []).append(engine)
        results = []
        for ticks, group in sorted(by_ticks.items(), reverse=True):
            found = self.group(group, Workload(mode, positions, ticks))
            results += [result for result in found if result.engine in group]
        return sorted(results, key=lambda result: ENGINES.index(result.engine))

    def group(self, engines, workload):
        along = [TREE, ZONE, TWIN]
        every = along + [engine for engine in engines if engine not in along]
        runs = {engine: [] for engine in every}
        slow = set()
        for _ in range(self.rounds):
            for engine in every:
                if engine in slow:
                    continue
                begin = time.monotonic()
                runs[engine].append(engine.run(workload))
                if time.monotonic() - begin > SLOW_S:
                    slow.add(engine)
        found = [
            Result(engine, workload, runs[engine], *(runs[rival] for rival in along))
            for engine in every]
        self.results += [result for result in found if result.engine in engines]
        return found

    def find(self, engine, mode, positions, quiet=False):
        for result in self.results:
            key = result.workload
            if (result.engine, key.positions, key.quiet) == (engine, positions, quiet) and (
                    quiet or key.mode == mode):
                return result
        return None
