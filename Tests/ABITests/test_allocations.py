"""Steady work allocates nothing, in a host of C and by its own malloc."""

import subprocess
from pathlib import Path

import holdfast
import pytest

SOURCE = Path(__file__).resolve().parent / "allocations.c"
BUILD = holdfast.LIB.parent


@pytest.mark.parametrize("kernel", ["scalar", "baseline", "v3"])
def test_ticks_opens_changes_and_closes_allocate_nothing(kernel, library, tmp_path):
    program = tmp_path / "allocations"
    subprocess.run(
        ["gcc", "-std=gnu99", "-O1", "-Wall", "-Wextra", "-Werror", str(SOURCE), "-o", program,
         f"-I{BUILD / 'include'}", f"-L{holdfast.LIB}", "-lholdfast",
         f"-Wl,-rpath,{holdfast.LIB}"], check=True, timeout=60)
    ran = subprocess.run(
        [program], env={"HOLDFAST_KERNEL": kernel}, capture_output=True, text=True, timeout=120)
    if kernel == "v3" and "HF_E_UNSUPPORTED" in ran.stderr:
        pytest.skip("this processor has no AVX2")
    assert ran.stdout == "20000 rounds, 0 allocations\n", ran.stdout + ran.stderr
    assert ran.returncode == 0, ran.stderr


def test_an_unknown_kernel_in_the_environment_is_refused(library, tmp_path):
    code = (
        "import ctypes, holdfast as h; lib = h.load();"
        "c = h.hf_core_config(); lib.hf_core_config_init(ctypes.byref(c));"
        "p = ctypes.c_void_p(); print(lib.hf_core_open(ctypes.byref(c), ctypes.byref(p)))")
    import os
    import sys

    here = Path(__file__).resolve().parent
    paths = os.pathsep.join(str(p) for p in (here, here.parent / "Support", here.parent / "tools"))
    environment = os.environ | {"HOLDFAST_KERNEL": "avx1024", "PYTHONPATH": paths}
    ran = subprocess.run(
        [sys.executable, "-B", "-c", code], env=environment, capture_output=True, text=True,
        timeout=60)
    assert ran.stdout.strip() == str(holdfast.HF_E_ARGUMENT), ran.stdout + ran.stderr
