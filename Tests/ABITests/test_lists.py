"""Lists of open positions in pages: by place, and sorted."""

import random

import holdfast as h
import pytest
import reads

NOW = 1_000
LOT = 1_000_000
OPENED, NEWEST = h.HF_SORT_OPENED, h.HF_SORT_NEWEST
PROFIT, LOSS, SYMBOL = h.HF_SORT_PROFIT, h.HF_SORT_LOSS, h.HF_SORT_SYMBOL


@pytest.fixture
def core(library):
    with h.Core(library, positions=64, stripes=2, history=256) as core:
        for name in ("EURUSD", "GBPUSD", "AUDUSD"):
            core.symbol(name)
        core.symbol("OBX", currency="NOK")
        core.account(1)
        for symbol in (1, 2, 3, 4):
            core.tick(symbol, 1, 100_000, 100_010)
        yield core


def opened(core, symbol=1, price=100_000, side=h.HF_LONG, **fields):
    return core.open(1, symbol, side, LOT, price, 2, **fields)


def test_each_sort_has_its_order_and_ties_go_by_id(core):
    gains = [(1, 30), (2, -10), (4, 99), (3, 30), (1, 0), (2, -50), (4, -99), (3, 70)]
    ids = [opened(core, symbol, 100_000 - gain) for symbol, gain in gains]
    a, b, x, c, d, e, y, f = ids
    for room in (1, 3, 8, 20):
        assert reads.listed(core, room, sort=OPENED) == ids
        assert reads.listed(core, room, sort=NEWEST) == ids[::-1]
        assert reads.listed(core, room, sort=PROFIT) == [f, a, c, d, b, e, x, y]
        assert reads.listed(core, room, sort=LOSS) == [e, b, d, a, c, f, x, y]
        assert reads.listed(core, room, sort=SYMBOL) == [a, d, b, e, c, f, x, y]


def test_the_profit_of_a_sort_is_with_the_costs_that_are_not_booked(core):
    cheap = opened(core, price=99_999)
    dear = opened(core, price=99_990, commission=-100_000_000)
    assert core.position(dear).profit > core.position(cheap).profit
    assert reads.listed(core, sort=PROFIT) == [cheap, dear]


def test_a_sorted_list_meets_its_filter(core):
    ids = [opened(core, at % 3 + 1, 100_000 - at) for at in range(12)]
    longs = {"present": h.HF_FILTER_SYMBOL, "symbol": 2}
    assert reads.listed(core, sort=PROFIT, **longs) == ids[1::3][::-1]
    losing = {"present": h.HF_FILTER_PROFITABLE}
    assert reads.listed(core, sort=OPENED, **losing) == ids[1:]
    assert reads.listed(core, sort=OPENED, present=h.HF_FILTER_LOSING) == []


def test_profitable_and_losing_are_of_what_is_known_and_not_zero(core):
    won, lost, zero = opened(core, price=99_000), opened(core, price=101_000), opened(core)
    unknown = opened(core, 4, price=99_000)
    everyone = [won, lost, zero, unknown]
    assert sorted(reads.listed(core, present=h.HF_FILTER_ALL)) == everyone
    assert reads.listed(core, present=h.HF_FILTER_PROFITABLE) == [won]
    assert reads.listed(core, present=h.HF_FILTER_LOSING) == [lost]
    both = h.HF_FILTER_PROFITABLE | h.HF_FILTER_LOSING
    assert reads.listed(core, present=both) == []
    answers = core.close_positions(
        NOW, filter=h.hf_filter(present=h.HF_FILTER_PROFITABLE), dry_run=1)
    assert [one.position for one in answers] == [won]


@pytest.mark.parametrize("sort", range(6))
def test_who_lives_through_all_pages_appears_once(core, sort):
    """S5.104."""
    draw = random.Random(sort)
    for life in range(40):
        ids = {opened(core, draw.randint(1, 4), draw.randint(99_900, 100_100))
               for _ in range(draw.randint(1, 40))}
        lived, seen, cursor = set(ids), [], h.hf_cursor()
        while found := reads.page(core, cursor, draw.randint(1, 7), sort=sort):
            seen += [one.id for one in found]
            for _ in range(draw.randint(0, 3)):
                gone = draw.choice(sorted(ids))
                reads.shut(core, gone, NOW)
                ids.discard(gone)
                lived.discard(gone)
                ids.add(opened(core, draw.randint(1, 4)))
            core.tick(1, life + 2, 100_000 + draw.randint(-50, 50), 100_060)
        assert len(seen) == len(set(seen))
        assert lived <= set(seen)
        for position in sorted(ids):
            reads.shut(core, position, NOW)


def test_pages_skip_what_has_closed_or_no_longer_matches(core):
    ids = [opened(core, price=99_990) for _ in range(6)]
    cursor = h.hf_cursor()
    ask = {"sort": OPENED, "present": h.HF_FILTER_PROFITABLE}
    assert [one.id for one in reads.page(core, cursor, 2, **ask)] == ids[:2]
    reads.shut(core, ids[2], NOW)
    late = opened(core, price=99_000)
    assert [one.id for one in reads.page(core, cursor, 2, **ask)] == ids[3:5]
    core.tick(1, 5, 99_000, 99_010)
    assert reads.page(core, cursor, 2, **ask) == []
    assert late not in ids


def test_a_list_keeps_its_order_when_profits_change(core):
    first, second = opened(core, price=99_990), opened(core, 2, price=99_980)
    cursor = h.hf_cursor()
    assert [one.id for one in reads.page(core, cursor, 1, sort=PROFIT)] == [second]
    core.tick(2, 5, 1, 2)
    assert [one.id for one in reads.page(core, cursor, 1, sort=PROFIT)] == [first]
    assert reads.listed(core, sort=PROFIT) == [first, second]


def test_the_eight_newest_sorted_lists_are_kept(core):
    """S5.105."""
    ids = [opened(core) for _ in range(4)]
    cursors = [h.hf_cursor() for _ in range(9)]
    for at, cursor in enumerate(cursors[:8]):
        reads.page(core, cursor, 1, sort=1 + at % 2)
    assert [one.id for one in reads.page(core, cursors[0], 1, sort=OPENED)] == [ids[1]]
    reads.page(core, cursors[8], 1, sort=OPENED)
    before = bytes(cursors[0])
    with pytest.raises(h.Failed, match="HF_E_LAPPED"):
        reads.page(core, cursors[0], 1, sort=OPENED)
    assert bytes(cursors[0]) == before
    for at, cursor in enumerate(cursors[1:8], 1):
        sort = 1 + at % 2
        expected = ids[1] if sort == OPENED else ids[2]
        assert [one.id for one in reads.page(core, cursor, 1, sort=sort)] == [expected]
    assert reads.listed(core, sort=NEWEST) == ids[::-1]


def test_the_cursor_says_between_which_inputs_a_list_was_read(core):
    for _ in range(3):
        opened(core)
    for sort in (0, OPENED):
        cursor, start = h.hf_cursor(), core.counters().sequence
        reads.page(core, cursor, 2, sort=sort)
        assert (cursor.sequence_start, cursor.sequence_end) == (start, start)
        core.tick(1, 5, 100_000, 100_010)
        reads.page(core, cursor, 2, sort=sort)
        assert (cursor.sequence_start, cursor.sequence_end) == (start, start + 1)


def test_a_cursor_of_another_list_is_refused(core):
    for _ in range(3):
        opened(core)
    by_place, sorted_one = h.hf_cursor(), h.hf_cursor()
    reads.page(core, by_place, 1)
    reads.page(core, sorted_one, 1, sort=OPENED)
    mark = sorted_one.opaque[0]
    number = mark & (1 << 63) - 1
    for opaque, sort, status in [
            ((by_place.opaque[0], by_place.opaque[1]), OPENED, "HF_E_RANGE"),
            ((mark, 1), 0, "HF_E_RANGE"),
            ((mark, 1), PROFIT, "HF_E_RANGE"),
            ((mark, 4), OPENED, "HF_E_RANGE"),
            ((mark + 1, 0), OPENED, "HF_E_RANGE"),
            ((mark - number, 0), OPENED, "HF_E_RANGE"),
            (((1 << 64) - 1, (1 << 64) - 1), OPENED, "HF_E_RANGE"),
            ((3, 0), 0, "HF_E_RANGE")]:
        cursor = h.hf_cursor(opaque=opaque)
        with pytest.raises(h.Failed, match=status):
            reads.page(core, cursor, 1, sort=sort)
    assert reads.page(core, h.hf_cursor(opaque=(mark, 3)), 1, sort=OPENED) == []


@pytest.mark.parametrize("status,now,fields", [
    ("HF_E_ARGUMENT", NOW, {"sort": 6}),
    ("HF_E_ARGUMENT", NOW, {"present": h.HF_FILTER_STATES, "states": 1}),
    ("HF_E_ARGUMENT", NOW, {"present": h.HF_FILTER_STATES, "states": 64}),
    ("HF_E_ARGUMENT", NOW, {"states": 4}),
    ("HF_E_RANGE", -1, {}),
])
def test_what_a_list_cannot_be_asked_for_is_refused(core, status, now, fields):
    with pytest.raises(h.Failed, match=status):
        reads.listed(core, now=now, **fields)


def test_a_close_has_no_sort(core):
    opened(core)
    with pytest.raises(h.Failed, match="HF_E_ARGUMENT"):
        core.close_positions(NOW, filter=h.hf_filter(present=h.HF_FILTER_ALL, sort=OPENED))
