"""Where the memory of stripes lies: on this machine, and in a host that may not ask."""

import subprocess
import sys

import header
import holdfast as h
import pytest
from test_guest import CLEAN, PATHS
from test_header_compiles import build


def test_stripes_lie_where_they_are_told_on_this_machine(library, tmp_path):
    """The same program that `make numa-proof` runs on two nodes."""
    ran = build(header.ROOT / "Tests" / "Numa" / "placement.c", tmp_path)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("placement: ok, "), ran.stdout


def test_a_stripe_is_bound_and_says_so(library):
    with h.Core(library, stripes=2, symbols=4, positions=256) as core:
        nodes = core.counters().numa_nodes
        core.call("stripe_bind", 1, 0)
        placement = core.get("stripe_placement", 1, kind=h.hf_placement)
        assert placement.stripe == 1 and placement.bytes == placement.pages * 4096
        assert placement.pages_elsewhere == 0
        if nodes:
            assert placement.node == 0
            assert placement.pages_on_node == placement.pages_used > 0
            assert core.counters().stripes_placed == 1
        with pytest.raises(h.Failed, match="HF_E_RANGE"):
            core.call("stripe_bind", 2, 0)


def test_a_configured_node_that_is_not_there_is_counted(library):
    with h.Core(library, stripes=3, placement=h.HF_PLACE_NODE, node=63) as core:
        counters = core.counters()
        assert (counters.placements_refused, counters.stripes_placed) == (3, 0)


def test_huge_pages_are_advised_for_a_large_core_alone(library):
    with h.Core(library, positions=64, symbols=4, rules=16, events=64, history=64) as core:
        assert core.counters().memory_huge == 0
    with h.Core(library) as core:
        counters = core.counters()
        assert counters.memory_huge <= counters.memory_reserved
        assert counters.memory_huge > 0 or "never" in thp()


def thp():
    try:
        with open("/sys/kernel/mm/transparent_hugepage/enabled") as file:
            return file.read()
    except OSError:
        return "never: no such kernel"


WITHOUT = """
import ctypes, holdfast as h, os, sys
library = h.load()
if sys.argv[1] == "refused":
    libc = ctypes.CDLL(None)
    class Filter(ctypes.Structure):
        _fields_ = [("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8),
                    ("value", ctypes.c_uint32)]
    class Program(ctypes.Structure):
        _fields_ = [("count", ctypes.c_uint16), ("filters", ctypes.POINTER(Filter))]
    load, equal, answer = 0x20, 0x15, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | 1
    calls = [237, 238, 239, 256, 279]  # mbind, set_, get_mempolicy, migrate_, move_pages
    rows = [Filter(load, 0, 0, 0)]
    rows += [Filter(equal, len(calls) - at, 0, call) for at, call in enumerate(calls)]
    rows += [Filter(answer, 0, 0, allow), Filter(answer, 0, 0, refuse)]
    program = Program(len(rows), (Filter * len(rows))(*rows))
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0, "no seccomp"
with h.Core(library, stripes=2, placement=h.HF_PLACE_NODE) as core:
    core.call("stripe_bind", 0, 0)
    placement = core.get("stripe_placement", 0, kind=h.hf_placement)
    symbol = core.symbol("EURUSD")
    core.tick(symbol, 1, 110000, 110010)
    counters = core.counters()
    print(counters.numa_nodes, counters.stripes_placed, counters.placements_refused,
          placement.pages_used, placement.node == h.HF_NODE_NONE, counters.ticks)
"""


@pytest.mark.parametrize("what", ["refused", "stripped", "broken"])
def test_a_host_that_cannot_ask_for_nodes_notices_nothing(what, library, tmp_path):
    """The calls answer EPERM, as in many containers; libnuma lacks its functions; is no library."""
    fake = tmp_path / "libnuma.so.1"
    if what == "stripped":
        subprocess.run(["gcc", "-shared", "-o", str(fake), "-xc", "/dev/null"], check=True)
    elif what == "broken":
        fake.write_text("no library")
    ran = subprocess.run(
        [sys.executable, "-B", "-c", WITHOUT, what], cwd=tmp_path,
        env=CLEAN | {"PYTHONPATH": PATHS, "LD_LIBRARY_PATH": str(tmp_path)}, capture_output=True,
        text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.split() == ["0", "0", "3", "0", "True", "1"]
