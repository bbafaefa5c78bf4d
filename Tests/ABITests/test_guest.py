"""A guest in its host: no threads, handlers, files or output of its own, and no growth."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PATHS = os.pathsep.join(str(p) for p in (HERE, HERE.parent / "Support", HERE.parent / "tools"))
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith("SWIFT_")}
GROWTH_MAX_KB = 1024
STEADY = ["threads", "fds", "caught", "ignored", "blocked", "altstack"]


def look(folder, *arguments, **environment):
    """What guest.py saw. Its output is one line: the library has added none."""
    ran = subprocess.run(
        [sys.executable, "-B", str(HERE / "guest.py"), *map(str, arguments)], cwd=folder,
        env=CLEAN | {"PYTHONPATH": PATHS} | environment, capture_output=True, text=True,
        timeout=170,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == "" and len(ran.stdout.splitlines()) == 1, "the library wrote something"
    return json.loads(ran.stdout)


def steady(seen):
    return [{key: one[key] for key in STEADY} for one in seen]


# Swift's runtime takes SWIFT_ROOT as a wish for its crash handlers; `swift` runs from ROOT/bin.
TOOLCHAIN = {"SWIFT_ROOT": str(Path(shutil.which("swift")).resolve().parent.parent)}
HOSTS = [{}, TOOLCHAIN, TOOLCHAIN | {"SWIFT_BACKTRACE": "enable=yes"}]


@pytest.mark.parametrize("environment", HOSTS, ids=["plain", "toolchain", "asking"])
def test_threads_files_and_handlers_are_those_of_the_host(environment, library, tmp_path):
    before, *later = steady(look(tmp_path, "life", **environment))
    for after in later:
        assert after == before
    assert os.listdir(tmp_path) == []


def test_ten_thousand_cores_leave_nothing_behind(library, tmp_path):
    before, after = look(tmp_path, "create", 10_000)
    assert after["rss"] - before["rss"] < GROWTH_MAX_KB
    assert steady([before]) == steady([after])


def test_a_million_ticks_do_not_grow_the_process(library, tmp_path):
    before, after, counters = look(tmp_path, "ticks", 1_000_000)
    assert counters["ticks"] > 1_000_000 and counters["closed"] >= 1000
    assert after["rss"] - before["rss"] < GROWTH_MAX_KB
    assert steady([before]) == steady([after])
