"""The limits of CONTRIBUTING.md, and what our sources never contain."""

import re
import statistics

import project
import pytest

CODE = (".swift", ".py", ".c", ".cpp", ".h")
LINE_MAX = 100
HEADER_LINE_MAX = 110
FUNCTION_MAX = 70
FILE_MAX = 400
HEADER_FILE_MAX = 1750
FILE_MEDIAN = 150
FUNCTION_SHAPE = (8, 30, 60)  # median, of ten the ninth, of a hundred the 99th

# Longer on purpose; CONTRIBUTING.md says why.
LONG_FUNCTIONS = {("Sources/HoldfastCore/Command/LifeCycle.swift", "step"): 100}

# What a guest in its host never calls, by targets that live in somebody else's process.
GUESTS = ("Kernels", "KernelsBaseline", "KernelsV3", "Core", "Journal", "Engine", "ABI", "Link")
RUDE = r"(?<![.\w])(print|debugPrint|dump|exit|abort|signal|sigaction|readLine|setenv|chdir)\s*\("


def code():
    return project.files(*CODE)


def is_header(path):
    return path.suffix == ".h"


def matches(pattern, paths, reader):
    found = []
    for path in paths:
        for number, line in enumerate(reader(path).splitlines(), 1):
            if pattern.search(line):
                found.append(f"{project.name(path)}:{number}: {line.strip()}")
    return found


def test_lines_are_short():
    long = [
        f"{project.name(path)}:{number}: {len(line)}"
        for path in code()
        for number, line in enumerate(project.read(path).splitlines(), 1)
        if len(line) > (HEADER_LINE_MAX if is_header(path) else LINE_MAX)
    ]
    assert not long, "\n".join(long)


def test_functions_are_short():
    long = [
        f"{project.name(path)}:{first}: {name}, {lines} lines"
        for path in code() if not is_header(path)
        for name, first, lines in project.functions(path)
        if lines > LONG_FUNCTIONS.get((project.name(path), name), FUNCTION_MAX)
    ]
    assert not long, "\n".join(long)


def test_files_are_short():
    lines = {path: len(project.read(path).splitlines()) for path in code()}
    public = project.ROOT / "Include"
    long = [
        f"{project.name(path)}: {count}" for path, count in lines.items()
        if count > (HEADER_FILE_MAX if path.parent == public else FILE_MAX)
    ]
    assert not long, "\n".join(long)


def test_the_methods_of_a_stripe_are_all_mutating():
    """One that is not is given a copy of the whole stripe, 700 bytes a call."""
    copied = []
    for path in project.files(".swift", under="Sources/HoldfastCore"):
        inside = False
        for number, line in enumerate(project.read(path).splitlines(), 1):
            if line.startswith(("extension Stripe {", "struct Stripe {")):
                inside = True
            elif line == "}":
                inside = False
            elif inside and re.match(r"    (private )?func ", line):
                copied.append(f"{project.name(path)}:{number}")
    assert not copied, "\n".join(copied)


def test_the_shape_of_the_sources_is_the_aim_of_contributing(capsys):
    paths = project.files(".swift", under="Sources")
    files = [len(project.read(path).splitlines()) for path in paths]
    functions = sorted(lines for path in paths for _, _, lines in project.functions(path)) or [0]
    comments = sum(
        bool(re.match(r"\s*(//|/\*|\*)", line))
        for path in paths for line in project.read(path).splitlines()
    )
    tenths = [functions[int(q * (len(functions) - 1))] for q in (0.5, 0.9, 0.99)]
    with capsys.disabled():
        print(
            f"\nSources: {len(files)} files, median {statistics.median(files):.0f} lines, longest"
            f" {max(files)}; functions {'/'.join(map(str, tenths))};"
            f" comments {100 * comments // max(sum(files), 1)} %"
        )
    assert statistics.median(files) <= FILE_MEDIAN
    assert all(have <= aim for have, aim in zip(tenths, FUNCTION_SHAPE)), tenths


def test_no_marker_is_left():
    pattern = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
    found = matches(pattern, filter(project.is_text, project.files()), project.read)
    assert not found, "\n".join(found)


def test_no_path_of_one_machine():
    pattern = re.compile(r"(?<![\w.])/(work|home|root|Users|opt/swift)" r"/")
    found = matches(pattern, filter(project.is_text, project.files()), project.read)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("pattern", [r"\btry!", r"\bas!", r"\bfatalError\b"])
def test_sources_never_trap_on_purpose(pattern):
    paths = project.files(".swift", under="Sources")
    found = matches(re.compile(pattern), paths, project.swift_code)
    assert not found, "\n".join(found)


def test_nothing_is_built_unchecked():
    pattern = re.compile("-O" "unchecked|enforce-exclusivity=un" "checked")
    paths = [p for p in project.files(".swift") if p.name == "Package.swift"]
    paths.append(project.ROOT / "Makefile")
    assert not matches(pattern, paths, project.read)


def test_a_guest_does_not_print_exit_or_touch_signals():
    paths = [p for g in GUESTS for p in project.files(".swift", under=f"Sources/Holdfast{g}")]
    found = matches(re.compile(RUDE), paths, project.swift_code)
    assert not found, "\n".join(found)


def test_no_two_files_of_a_target_share_a_name():
    """The compiler names objects by file, wherever in its target a file lies."""
    seen, twice = {}, []
    for path in project.files(".swift", ".c", under="Sources"):
        key = (path.relative_to(project.ROOT).parts[1], path.name)
        if key in seen:
            twice.append(f"{project.name(path)}: also {project.name(seen[key])}")
        seen[key] = path
    assert not twice, "\n".join(twice)


def test_no_file_is_empty():
    empty = [project.name(path) for path in code() if not project.read(path).strip()]
    assert not empty, ", ".join(empty)


def test_text_ends_in_one_newline_and_no_line_in_blanks():
    wrong = []
    for path in filter(project.is_text, project.files(*CODE, ".md", ".tsv", ".map", ".ini")):
        text = project.read(path)
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            wrong.append(f"{project.name(path)}: its end")
        if path.suffix in CODE:
            wrong += matches(re.compile(r"[ \t\r]$|\t"), [path], project.read)
    assert not wrong, "\n".join(wrong)
