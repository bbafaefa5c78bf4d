"""Closed positions, read in order of closing by a number."""

import ctypes

import holdfast as h
import pytest
import reads

LOT = 1_000_000


@pytest.fixture
def core(library):
    with h.Core(library, history=8, positions=64, stripes=2) as core:
        for name in ("EURUSD", "GBPUSD"):
            core.symbol(name)
        core.account(1)
        for symbol in (1, 2):
            core.tick(symbol, 1, 100_000, 100_010)
        yield core


def opened(core, count):
    return [core.open(1, at % 2 + 1, h.HF_LONG, LOT, 100_000, 2) for at in range(count)]


def test_closed_positions_come_in_order_of_closing_each_once(core):
    """S5.106."""
    ids = opened(core, 6)
    order = [ids[at] for at in (3, 0, 5)]
    for at, position in enumerate(order):
        reads.shut(core, position, 10 + at)
    found, cursor = reads.history(core, room=2)
    assert [one.id for one in found] == order and cursor == 3
    assert [one.closed for one in found] == [10, 11, 12]
    assert {one.state for one in found} == {h.HF_POSITION_CLOSED}
    reads.shut(core, ids[1], 20)
    assert [one.id for one in reads.history(core, cursor)[0]] == [ids[1]]
    assert reads.history(core, 4) == ([], 4)


def test_a_record_is_that_of_the_position_as_it_stands(core):
    position, = opened(core, 1)
    reads.shut(core, position, 10, net=77)
    assert reads.history(core)[0] == [core.position(position)]


def test_a_reader_that_was_overtaken_is_told_how_many_are_gone(core):
    for at, position in enumerate(opened(core, 11)):
        reads.shut(core, position, 10 + at)
    cursor, lost, count = ctypes.c_uint64(), ctypes.c_uint64(), ctypes.c_uint32(77)
    out = (h.hf_position * 4)()
    with pytest.raises(h.Failed, match="HF_E_LAPPED"):
        core.call("history_read", cursor, out, 4, count, lost)
    assert (cursor.value, lost.value, count.value) == (3, 3, 77)
    assert not any(bytes(out))
    core.call("history_read", cursor, out, 4, count, lost)
    assert [one.id for one in out] == [4, 5, 6, 7] and (count.value, lost.value) == (4, 0)


def test_a_cursor_from_the_future_stands_at_the_newest(core):
    first, second = opened(core, 2)
    reads.shut(core, first, 10)
    assert reads.history(core, (1 << 64) - 1) == ([], 1)
    reads.shut(core, second, 11)
    assert [one.id for one in reads.history(core, 1)[0]] == [second]


def test_no_room_reads_nothing_and_tells_a_reader_that_was_overtaken(core):
    for at, position in enumerate(opened(core, 9)):
        reads.shut(core, position, 10 + at)
    cursor, count = ctypes.c_uint64(5), ctypes.c_uint32(9)
    core.call("history_read", cursor, None, 0, count, None)
    assert (cursor.value, count.value) == (5, 0)
    cursor.value = 0
    with pytest.raises(h.Failed, match="HF_E_LAPPED"):
        core.call("history_read", cursor, None, 0, count, None)
    with pytest.raises(h.Failed, match="HF_E_ARGUMENT"):
        core.call("history_read", cursor, None, 1, count, None)
