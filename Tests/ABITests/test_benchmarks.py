"""The benchmarks run, small, so that they cannot rot: checksums are those of the C++ reference, and
no benchmark takes a tenth more instructions than its baseline."""

import re
import subprocess

import header
import pytest

# A shared machine's times prove nothing here; checksums and counts do.
SHORT = "ARGS=--no-aims --no-gate --rounds 1"
RIVALS = ("C++ tree", "C++ std::set", "Go slice", "numpy", "Python objects", "NautilusTrader")


@pytest.fixture(scope="module")
def report():
    done = subprocess.run(
        ["make", "bench-quick", SHORT],
        cwd=header.ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_every_engine_has_the_checksums_of_the_reference(report):
    agreed = re.search(r"^(\d+) of (\d+) checksums agree", report, re.M)
    assert agreed and agreed[1] == agreed[2], report[-4000:]
    for name in ("core", "book v3", *RIVALS):
        assert re.search(rf"^{re.escape(name)}.* ok$", report, re.M), f"{name}: {report[-4000:]}"


def test_queues_and_maps_of_others_stand_beside_ours(report):
    for name in ("boost spsc_queue", "moodycamel", "Vyukov", "unordered_map", "tbb", "holdfast"):
        assert name in report, f"{name}: {report[-4000:]}"


def test_instructions_are_counted(report):
    assert "whole life of a trigger" in report or "instructions: skipped" in report, report[-4000:]
