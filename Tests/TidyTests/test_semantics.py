"""Every rule that the project keeps is shown by a story or named by a test."""

import subprocess
import sys

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_every_sentence_is_shown_by_a_story_or_a_test():
    script = ROOT / "Tests" / "tools" / "check_semantics.py"
    done = subprocess.run([sys.executable, script, ROOT], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
