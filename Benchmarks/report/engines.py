"""Who plays the standard workload: programs that share one command line and answer in JSON."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ROOT / ".build" / "release" / "holdfast-bench"
CPP = ROOT / "Rivals" / "cpp" / "build" / "rival"
GO = ROOT / "Rivals" / "go" / "build" / "rival"
PYTHON = ROOT / "Rivals" / "python" / "rival.py"

TICKS = (1_000_000, 200_000, 50_000, 20_000, 5_000, 3_000, 1_000)


@dataclass(frozen=True)
class Workload:
    mode: str
    positions: int
    ticks: int
    quiet: bool = False

    def arguments(self):
        words = ["--mode", self.mode, "--positions", str(self.positions)]
        return words + ["--ticks", str(self.ticks), "--json"] + ["--quiet"] * self.quiet

    @property
    def timed(self):
        return self.ticks - self.ticks // 5


@dataclass(frozen=True)
class Engine:
    """`tick_ns` and `position_ns` (fix, T30) are about what a tick takes and each position adds:
    they set how many ticks are played, nothing else."""

    name: str
    program: tuple
    position_ns: tuple
    tick_ns: float = 0
    largest: int = 1_000_000
    largest_quick: int = 10_000
    plays_quiet: bool = False

    def missing(self):
        """Why it cannot run here, or None."""
        for word in self.program:
            if isinstance(word, Path) and not word.exists():
                return f"{word.relative_to(ROOT)} is not built"
        return None

    def ticks(self, mode, positions, budget_ns):
        each = self.tick_ns + self.position_ns[mode == "T30"] * positions
        return next((ticks for ticks in TICKS if ticks * each <= budget_ns), TICKS[-1])

    def run(self, workload):
        command = [*map(str, self.program), *workload.arguments()]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise RuntimeError(f"{self.name} ended with {done.returncode}: {last}")
        return json.loads(done.stdout.splitlines()[-1])


def cpp(name, design, *position_ns, **more):
    return Engine(f"C++ {name}", (CPP, "--engine", design), position_ns, 3, **more)


def ours(name, *position_ns, **more):
    program = (OURS, "run", "--engine", name.replace(" ", "-"))
    return Engine(name, program, position_ns, 15, **more)


def python(name, engine, tick_ns, *position_ns, **more):
    program = (sys.executable, PYTHON, "--engine", engine)
    return Engine(name, program, position_ns, tick_ns, largest_quick=1_000, **more)


TREE = cpp("tree", "tree", 0.02, 0.03, plays_quiet=True)
ZONE = cpp("zone map", "zone", 0.05, 0.08, plays_quiet=True)
TWIN = cpp("twin, with extremes", "twin", 0.02, 0.05, plays_quiet=True)
BOOK = ours("book v3", 0.05, 0.1, plays_quiet=True)
CORE = ours("core", 0.5, 0.6, plays_quiet=True)

ENGINES = (
    TREE,
    cpp("tree, i64", "tree64", 0.02, 0.03),
    TWIN,
    ZONE,
    cpp("price ladder", "ladder", 0.02, 0.05),
    cpp("bounds", "bounds", 0.06, 0.12),
    cpp("columns, i32", "columns", 0.15, 0.3),
    cpp("columns, i64", "columns64", 0.2, 0.4),
    cpp("std::set", "set", 0.2, 2.5),
    cpp("array of structs", "naive", 1.5, 1.5),
    Engine("Go slice + lock", (GO, "--engine", "slice"), (8, 8), largest_quick=1_000),
    python("numpy columns", "numpy", 8_000, 0.6, 1.8),
    python("Python objects", "objects", 0, 110, 120, largest=10_000),
    python("NautilusTrader", "nautilus", 0, 120, 700, largest=10_000),
    ours("book scalar", 0.1, 0.2),
    ours("book baseline", 0.07, 0.15),
    BOOK,
    CORE,
)
