"""The machine of a run, and how much slower it is than the one that the aims are of."""

import math
import os
from pathlib import Path

from engines import TREE

# ns per tick of the C++ tree on the machine of the design page.
THERE = {
    ("fix", 1_000): 2.6, ("fix", 10_000): 18.4, ("fix", 100_000): 165,
    ("T30", 1_000): 4.4, ("T30", 10_000): 28.9, ("T30", 100_000): 284,
}


def cpu():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown"


def has_v3():
    flags = Path("/proc/cpuinfo").read_text()
    return all(f" {flag}" in flags for flag in ("avx2", "bmi2", "fma"))


def describe():
    governor = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    named = governor.read_text().strip() if governor.exists() else "not told"
    load = os.getloadavg()[0]
    return f"{cpu()}, {os.cpu_count()} cores, governor {named}, load {load:.1f} at the start"


def pin(core=None):
    """Pins this process and the children that it starts to one core, the last by default.

    Returns the cores that were allowed before."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed) if core is None else core})
    return allowed


def factor(session):
    """(The C++ tree here) / (the C++ tree there), the geometric mean over its cells."""
    logs = []
    for (mode, positions), there in THERE.items():
        result = session.find(TREE, mode, positions)
        if result:
            logs.append(math.log(result.least / there))
    return math.exp(sum(logs) / len(logs)) if logs else math.nan
