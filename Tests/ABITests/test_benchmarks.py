"""The benchmarks run, small, so that they cannot rot: checksums are those of the C++ reference."""

import subprocess

import header

# A shared machine's ratios prove nothing here; checksums do.
NO_GATE = "BENCH_GATE=1000"


def test_the_standard_workload_has_the_checksums_of_the_reference():
    done = subprocess.run(
        ["make", "bench-quick", NO_GATE, "ARGS=--no-aims"],
        cwd=header.ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert "core" in done.stdout and "tree" in done.stdout, done.stdout[-4000:]
