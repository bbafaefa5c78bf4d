"""The headers as a host compiles them, the program of the introduction, the walkthrough in C."""

import re
import subprocess
from pathlib import Path

import header
import holdfast
import pytest

HERE = Path(__file__).resolve().parent
INCLUDE = header.ROOT / "build" / "include"
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
C99 = ["-x", "c", "-std=c99"]
CXX17 = ["-x", "c++", "-std=c++17"]
COMPILERS = [("gcc", C99), ("clang", C99), ("g++", CXX17), ("clang++", CXX17)]


@pytest.mark.parametrize("compiler,language", COMPILERS, ids=[c for c, _ in COMPILERS])
@pytest.mark.parametrize("file", header.HEADERS)
def test_a_header_compiles_alone_and_twice(compiler, language, file, tmp_path):
    source = tmp_path / "source"
    source.write_text(f'#include "{file}"\n#include "{file}"\nint main(void) {{ return 0; }}\n')
    subprocess.run(
        [compiler, *language, *STRICT, f"-I{INCLUDE}", "-fsyntax-only", str(source)], check=True)


def build(source, tmp_path, *more):
    binary = tmp_path / "program"
    subprocess.run(
        ["gcc", "-std=c99", *STRICT, f"-I{INCLUDE}", str(source), "-o", str(binary)]
        + [f"-L{holdfast.LIB}", "-lholdfast", f"-Wl,-rpath,{holdfast.LIB}", *more], check=True)
    return subprocess.run([str(binary)], capture_output=True, text=True, cwd=tmp_path, timeout=60)


def introduction():
    """The program in the header's first comment, as printed."""
    comment = header.text("holdfast.h").split("*/")[0]
    lines = [re.sub(r"^ \* {0,5}", "", line) for line in comment.splitlines()]
    first = next(n for n, line in enumerate(lines) if line.startswith("#include"))
    last = next(n for n, line in enumerate(lines) if n > first and line == "}")
    return "\n".join(lines[first:last + 1]) + "\n"


def test_the_program_of_the_introduction_does_what_it_says(tmp_path):
    source = tmp_path / "introduction.c"
    source.write_text(introduction())
    ran = build(source, tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "1 command: close position 1 at 109490\n"


def test_the_walkthrough_in_c(tmp_path):
    ran = build(HERE / "walkthrough.c", tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "walkthrough: ok\n", "")
