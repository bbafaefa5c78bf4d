"""Who may import whom: the table of ARCHITECTURE.md. A module exists only to forbid an import."""

import pytest
import project

CORE = {"HoldfastKernels", "HoldfastKernelsBaseline", "HoldfastKernelsV3", "HoldfastCore"}
CORE |= {"HoldfastJournal", "HoldfastEngine", "HoldfastABI", "HoldfastShared"}

# Target -> the modules that its sources may import.
ALLOWED = {
    "HoldfastKernels": {"CVector"},
    "HoldfastKernelsBaseline": {"CVector", "HoldfastKernels"},
    "HoldfastKernelsV3": {"CVector", "HoldfastKernels"},
    "HoldfastCore": {"CHoldfast", "HoldfastKernels", "HoldfastKernelsBaseline", "HoldfastKernelsV3"}
    | {"Synchronization"},
    "HoldfastJournal": {"CHoldfast"},
    "HoldfastEngine": {"CHoldfast", "CVector", "CNuma", "HoldfastCore", "HoldfastJournal"}
    | {"Synchronization", "Glibc"},
    "HoldfastABI": {"CHoldfast", "HoldfastCore", "HoldfastEngine", "Synchronization"},
    "HoldfastShared": {"HoldfastABI"},
    "HoldfastLink": {"CHoldfast", "CHoldfastLink", "CZeroMQ", "Synchronization", "Glibc"},
    "HoldfastLinkShared": {"HoldfastLink"},
}

# Files that may import the C library, and what its module leaves out, beside what their target may.
SYSTEM = {"Glibc", "CLinux"}
SYSTEM_PLACES = {
    "HoldfastCore": ("Memory/", "Ring/"),
    "HoldfastJournal": ("FileStorage.swift",),
    "HoldfastABI": ("Handles.swift", "Units.swift"),
}

# Hosts: they may use outside libraries, never the Swift modules of the core.
HOSTS = {"HoldfastLab", "HoldfastGateway", "holdfast"}


def sources():
    for path in project.files(".swift", under="Sources"):
        target, _, rest = project.name(path).removeprefix("Sources/").partition("/")
        yield target, rest, path


def refused(target, rest, module):
    if target in HOSTS:
        return module in CORE
    is_system = module in SYSTEM and any(
        rest.startswith(place) or rest.endswith("/" + place) or rest == place
        for place in SYSTEM_PLACES.get(target, ())
    )
    return module not in ALLOWED[target] and not is_system


def test_every_target_is_in_the_import_table():
    assert {target for target, _, _ in sources()} <= set(ALLOWED) | HOSTS


@pytest.mark.parametrize("target", sorted(set(ALLOWED) | HOSTS))
def test_a_target_imports_only_what_the_table_allows(target):
    wrong = [
        f"{project.name(path)}: import {module}"
        for owner, rest, path in sources() if owner == target
        for module in project.imports(path) if refused(target, rest, module)
    ]
    assert not wrong, "\n".join(wrong)


def test_tests_are_written_with_swift_testing():
    wrong = [
        project.name(path) for path in project.files(".swift", under="Tests")
        if "XCTest" in project.imports(path)
    ]
    assert not wrong, "the runner would not count them: " + ", ".join(wrong)
