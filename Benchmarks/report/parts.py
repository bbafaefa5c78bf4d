"""Queues and maps: ours beside those of other projects."""

import json
import subprocess

from engines import OURS, ROOT
from table import number

BUILT = ROOT / "Rivals" / "parts" / "build"
PROGRAMS = (BUILT / "queues", BUILT / "maps")

# ns on the machine of the design page: (design, test, threads).
THERE = {
    ("boost spsc_queue", "same thread", 1): 5.7,
    ("boost spsc_queue", "1 to 1", 2): 9.3,
    ("bounded MPSC (Vyukov)", "2 to 1", 3): 21.8,
    ("moodycamel ConcurrentQueue", "2 to 1", 3): 30,
    ("slot table, 64 spin locks", "90 % find", 1): 5.3,
    ("slot table, 64 spin locks", "90 % find", 2): 4.2,
    ("tbb::concurrent_hash_map", "90 % find", 1): 39.8,
    ("tbb::concurrent_hash_map", "90 % find", 2): 19.3,
    ("std::unordered_map, one mutex", "90 % find", 1): 18.8,
    ("std::unordered_map, one mutex", "90 % find", 2): 81.8,
}

# Ours come from `holdfast-bench rings`, in the same lines of JSON.
OWN = tuple(
    (f"holdfast {name} ring", test, threads)
    for name, tests in (
        ("single-writer", (("same thread", 1), ("1 to 1", 2))),
        ("many-writer", (("same thread", 1), ("1 to 1", 2), ("2 to 1", 3))),
    )
    for test, threads in tests
)


def lines(command):
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=300, check=True)
    return [json.loads(text) for text in done.stdout.splitlines() if text.startswith("{")]


def measure(count):
    """{(design, test, threads): line}; figures and their checksums."""
    found = lines([OURS, "rings", "--messages", str(count)])
    for program in PROGRAMS:
        if program.exists():
            found += lines([program, str(count)])
        else:
            print(f"skipped: {program.name} is not built")
    return {(one["design"], one["test"], one["threads"]): one for one in found}


def wrong(found):
    """What differs from the first that did the same work."""
    first, problems = {}, []
    for (design, test, threads), one in found.items():
        kind = ("find", threads) if "find" in test else "messages"
        if first.setdefault(kind, one["checksum"]) != one["checksum"]:
            problems.append(f"checksum: {design}, {test}, {threads} threads")
    return problems


def rows(found):
    for key in [*OWN, *(key for key in found if key not in OWN)]:
        one = found.get(key)
        yield (*key[:2], str(key[2]), number(one and one["ns"]), number(one and one["ns_least"]),
               number(THERE.get(key)))
