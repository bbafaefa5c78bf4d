"""The headers: tags on every function, numbers and layouts that never move, every status there."""

import re
from collections import Counter

import constants
import header
import layout
import pytest

ALL = [(file, f) for file in header.HEADERS for f in header.functions(file)]


@pytest.mark.parametrize("function", [f for _, f in ALL], ids=[f.name for _, f in ALL])
def test_a_declaration_carries_its_four_tags_in_order(function):
    assert function.comment, f"{function.name}: no comment right before it"
    pattern = r".+\s".join(rf"\b{tag}: \S" for tag in header.TAGS)
    assert re.search(pattern, function.comment), f"{function.name}: {function.comment}"
    assert function.comment.endswith("."), f"{function.name}: the tags do not end in a full stop"


@pytest.mark.parametrize("function", [f for _, f in ALL], ids=[f.name for _, f in ALL])
def test_the_statuses_that_a_tag_names_exist(function):
    named = set(re.findall(r"\bHF_E_\w+", function.comment)) - {"HF_E_"}
    assert named <= set(constants.read()), function.name


def test_out_parameters_come_last():
    wrong = []
    for _, function in ALL:
        places = [
            p.pointers > 0 and not p.constant and not (p.handle and p.pointers == 1)
            for p in function.parameters
        ]
        initializer = function.name.endswith("_init") or function.name.endswith("_close")
        if True in places and not initializer and False in places[places.index(True):]:
            after = function.parameters[places.index(True) + 1:]
            wrong += [
                f"{function.name}: {p.name}" for p in after
                if p.constant or p.pointers == 0 and p.name not in ("max", "size")
            ]
    assert not wrong, ", ".join(wrong)


def test_numbers_are_those_of_the_golden_list():
    golden, now = constants.read(), constants.table()
    moved = [f"{n}: {v}, now {now.get(n, 'gone')}" for n, v in golden.items() if now.get(n) != v]
    assert not moved, "a number is never changed or reused:\n" + "\n".join(moved)
    new = sorted(set(now) - set(golden))
    assert not new, f"new numbers, add them with `make golden`: {', '.join(new)}"


def test_numbers_are_unique_within_their_group():
    values = constants.table()
    wrong = []
    for file in header.HEADERS:
        for group in header.constant_groups(file):
            twice = [v for v, n in Counter(values[name] for name in group).items() if n > 1]
            wrong += [f"{file}: {name}" for name in group if values[name] in twice]
    assert not wrong, ", ".join(wrong)


@pytest.mark.parametrize("prefix", ["HF_E_", "HF_RECORD_", "HF_LINK_CAUSE_"])
def test_numbers_of_one_prefix_are_unique_over_all_headers(prefix):
    values = Counter(v for name, v in constants.table().items() if name.startswith(prefix))
    assert not [value for value, count in values.items() if count > 1]


def test_every_status_that_stories_name_exists():
    names = (header.ROOT / "Tests" / "Golden" / "statuses.txt").read_text().split()
    assert not [name for name in names if name not in constants.read()]


def test_the_layout_of_records_is_the_committed_one():
    assert layout.table() == layout.FILE.read_text(encoding="utf-8"), "see `make golden`"


def test_records_have_no_hidden_padding():
    """Every byte of a record belongs to a field: the same bytes are the wire and the disk."""
    holes = []
    at = {}
    for record, field, offset, size, _ in layout.read():
        if field == ".":
            at[record] = (0, size)
        elif offset != at[record][0]:
            holes.append(f"{record}.{field}")
        if field != ".":
            at[record] = (offset + size, at[record][1])
    holes += [record for record, (end, size) in at.items() if end != size]
    assert not holes, ", ".join(holes)
