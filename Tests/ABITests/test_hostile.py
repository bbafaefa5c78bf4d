"""Every function with every bad argument in every place: a status, alive, nothing changed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import header
import pytest

HERE = Path(__file__).resolve().parent
SEED = os.environ.get("HOLDFAST_SEED", "1")
PATHS = os.pathsep.join(str(p) for p in (HERE, HERE.parent / "Support", HERE.parent / "tools"))
NAMES = [function.name for file in header.HEADERS for function in header.functions(file)]


def run(name, folder):
    return subprocess.run(
        [sys.executable, "-B", str(HERE / "hostile.py"), name, SEED], cwd=folder,
        env=os.environ | {"PYTHONPATH": PATHS}, capture_output=True, text=True, timeout=120,
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_function_survives_every_bad_argument(name, tmp_path, library):
    ended = run(name, tmp_path)
    last = tmp_path / "call"
    under_way = last.read_bytes().rstrip(b"\0").decode(errors="replace") if last.exists() else ""
    assert ended.returncode == 0, (
        f"seed {SEED}: exit {ended.returncode} in: {under_way}\n{ended.stderr[-2000:]}")
    result = json.loads(ended.stdout.splitlines()[-1])
    assert result["calls"] > 0
    wrong = "\n".join(result["wrong"])
    assert not wrong, f"seed {SEED}, {result['count']} in all:\n{wrong}"
    assert ended.stderr == "", "the library wrote to stderr"
    assert len(ended.stdout.splitlines()) == 1, "the library wrote to stdout"
