"""The two shared libraries as files: what they export, what they need, how big they are."""

import re
import subprocess
import sys

import header
import holdfast
import pytest

SIZE_MAX = 7_000_000
LIBRARIES = {
    "libholdfast.so.0": ("holdfast.h", "HOLDFAST_0"),
    "libholdfast_link.so.0": ("holdfast_link.h", "HOLDFAST_LINK_0"),
}
# What belongs to Debian's C and C++ runtime; everything else must be named here by library.
RUNTIME = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "ld-linux-x86-64.so.2"}
NEEDED = {
    "libholdfast.so.0": RUNTIME,
    "libholdfast_link.so.0": RUNTIME | {"libholdfast.so.0", "libzmq.so.5"},
}


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def dynamic(name):
    return output("readelf", "-dW", str(holdfast.LIB / name))


@pytest.fixture(scope="module", params=LIBRARIES)
def name(request, library):
    return request.param


def test_it_exports_the_functions_of_its_header_and_nothing_else(name):
    file, version = LIBRARIES[name]
    symbols = output("nm", "-D", "--defined-only", str(holdfast.LIB / name)).splitlines()
    exported = {line.split()[-1] for line in symbols} - {version}
    assert exported == {f"{f.name}@@{version}" for f in header.functions(file)}


def test_its_names_and_flags(name):
    found = dynamic(name)
    assert f"Library soname: [{name}]" in found
    assert re.search(r"\(FLAGS_1\).*NODELETE", found)
    link = holdfast.LIB / name.removesuffix(".0")
    assert link.is_symlink() and str(link.readlink()) == name


def test_it_needs_nothing_beyond_the_c_runtime_and_what_it_must(name):
    needed = set(re.findall(r"Shared library: \[(.*?)\]", dynamic(name)))
    assert needed <= NEEDED[name], f"{name} needs {', '.join(sorted(needed - NEEDED[name]))}"
    must = NEEDED[name] - RUNTIME
    assert must <= needed, f"{name} does not name {', '.join(sorted(must - needed))}"


def test_it_looks_for_libraries_in_no_place_of_one_machine(name):
    paths = re.findall(r"Library (?:runpath|rpath): \[(.*?)\]", dynamic(name))
    foreign = [p for entry in paths for p in entry.split(":") if not p.startswith("$ORIGIN")]
    assert not foreign, ", ".join(foreign)


def test_nothing_in_it_is_left_undefined(name):
    """Every hf_ name that it uses is one that it defines or that libholdfast.so.0 has."""
    undefined = output("nm", "-D", "--undefined-only", str(holdfast.LIB / name))
    used = set(re.findall(r"\b(hf_\w+)", undefined))
    assert used <= {f.name for f in header.functions("holdfast.h")}
    assert name != "libholdfast.so.0" or not used


def test_the_library_is_small():
    size = (holdfast.LIB / "libholdfast.so.0").stat().st_size
    assert size <= SIZE_MAX, f"{size} bytes"


def test_no_foundation_and_no_zeromq_in_it():
    file = holdfast.LIB / "libholdfast.so.0"
    data = file.read_bytes()
    assert b"FoundationEssentials" not in data and b"zmq_" not in data


@pytest.mark.parametrize("order", [["libholdfast.so.0", "libholdfast_link.so.0"]])
def test_both_load_from_where_they_lie(order, library, tmp_path):
    """In a process without any help from the environment."""
    paths = [str(holdfast.LIB / name) for name in order]
    program = (
        "import ctypes, sys\n"
        "loaded = [ctypes.CDLL(path) for path in sys.argv[1:]]\n"
        "print(loaded[0].hf_abi_version())\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program, *paths], env={}, cwd=tmp_path, check=True,
        capture_output=True, text=True, timeout=60,
    ).stdout
    assert printed.strip() == str(holdfast.HF_ABI_VERSION)


def test_the_link_alone_brings_the_library_along(library, tmp_path):
    program = (
        "import ctypes, sys\n"
        "link = ctypes.CDLL(sys.argv[1])\n"
        "maps = open('/proc/self/maps').read()\n"
        "print(sum(line.endswith('/libholdfast.so.0') for line in maps.splitlines()) > 0)\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program, str(holdfast.LIB / "libholdfast_link.so.0")], env={},
        cwd=tmp_path, check=True, capture_output=True, text=True, timeout=60,
    ).stdout
    assert printed.strip() == "True"


def test_no_code_is_shared_between_the_instruction_sets():
    """One symbol in both thin targets and the linker keeps either: a baseline machine would then
    run AVX2, or a newer one would not."""
    release = header.ROOT / ".build" / "release"

    def weak(target):
        objects = sorted((release / f"{target}.build").glob("*.o"))
        assert objects, f"no objects of {target} in {release}"
        lines = output("nm", *objects).splitlines()
        symbols = {line.split()[-1] for line in lines if re.search(r" [WV] ", line)}
        return symbols - {"__swift_reflection_version", "symbolic"}

    assert not weak("HoldfastKernelsBaseline") & weak("HoldfastKernelsV3")
