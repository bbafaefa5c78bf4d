"""The runner of all suites: what it counts, and what it never lets pass."""

import importlib.util
import re
import sys

import project
import pytest

REPORT = """
from pathlib import Path
Path({path!r}).write_text('<testsuites><testsuite>{cases}</testsuite></testsuites>')
print("one line of output")
raise SystemExit({status})
"""
PASSED = '<testcase classname="A" name="passed"/>'
FAILED = '<testcase classname="A" name="failed"><failure message="why &amp; how"/></testcase>'
SKIPPED = '<testcase classname="A" name="skipped"><skipped>no data</skipped></testcase>'


@pytest.fixture
def run(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("run", project.ROOT / "Tests" / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "LOGS", tmp_path)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


def outcome(run, program, limit_s=60):
    suite = run.Suite(
        name="sample", steps=[[sys.executable, "-c", program]],
        reports=[run.LOGS / "sample.xml"], finished=re.compile("never"), limit_s=limit_s)
    return run.run_suite(suite)


def reporting(run, cases, status):
    path = str(run.LOGS / "sample.xml")
    return outcome(run, REPORT.format(path=path, cases=cases, status=status))


def test_cases_are_counted_by_their_result(run, capsys):
    found = reporting(run, PASSED + FAILED + SKIPPED, 1)
    assert (found.passed, found.skipped) == (["A.passed"], ["A.skipped"])
    assert found.failed == [("A.failed", "why & how")]
    assert run.close(found, strict=False) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["skipped: A.skipped", "1 passed, 1 failed"]


@pytest.mark.parametrize("strict,status", [(False, 0), (True, 1)])
def test_a_skipped_test_is_never_counted_as_passed_and_fails_ci(run, strict, status, capsys):
    found = reporting(run, PASSED + SKIPPED, 0)
    assert run.close(found, strict) == status
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


@pytest.mark.parametrize("program", [
    "raise SystemExit(3)",
    "import os; os.kill(os.getpid(), 9)",
    "print('nothing was run')",
])
def test_a_crash_and_an_empty_run_are_failures(run, program):
    (run.LOGS / "sample.xml").write_text(f"<testsuites>{PASSED}</testsuites>")
    found = outcome(run, program)
    assert len(found.failed) == 1 and not found.passed
    assert run.close(found, strict=False) == 1


def test_a_crash_after_a_whole_report_is_a_failure(run):
    found = reporting(run, PASSED, 1)
    assert len(found.failed) == 1


def test_a_report_that_cannot_be_read_is_a_failure(run):
    assert len(reporting(run, "<broken", 0).failed) == 1


def test_a_suite_that_hangs_is_stopped(run):
    found = outcome(run, "import time; time.sleep(60)", limit_s=1)
    assert "stopped after 1 s" in found.failed[0][0]
