"""Random sessions: no trap, no broken invariant, and the recording tells the whole story."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PATHS = os.pathsep.join(str(p) for p in (HERE, HERE.parent / "Support", HERE.parent / "tools"))
FIRST = int(os.environ.get("HOLDFAST_SEED", "1"))
CALLS = 2000


@pytest.mark.parametrize("seed", range(FIRST, FIRST + 12))
def test_a_session_applied_again_has_the_same_events_and_hash(seed, library, tmp_path):
    ran = subprocess.run(
        [sys.executable, "-B", str(HERE / "session.py"), str(seed), str(CALLS)], cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": PATHS}, capture_output=True, text=True, timeout=120,
    )
    assert ran.returncode == 0, f"seed {seed}: exit {ran.returncode}\n{ran.stderr[-2000:]}"
    result = json.loads(ran.stdout)
    assert result["same"] == {"plain": True, "scalar": True, "stripes": True}, f"seed {seed}"
    assert result["faults"] == 0 and "HF_E_FAULT" not in result["statuses"], f"seed {seed}"
    assert result["closed"] > 20 and result["retries"] > 20, "the session did not do its work"
