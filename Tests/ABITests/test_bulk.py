"""Closes of many: a result for each position, whatever becomes of the others."""

import ctypes

import holdfast as h
import pytest

NOW = 1_000_000_000
LOT = 100_000_000


@pytest.fixture
def core(library):
    core = h.Core(library, symbols=4, accounts=4, positions=64, stripes=3)
    for name in ("EURUSD", "GBPUSD", "AUDUSD"):
        core.tick(core.symbol(name), NOW, 110_000, 110_010)
    core.account(1)
    for index in range(9):
        core.open(1, 1 + index % 3, h.HF_LONG, (1 + index) * LOT // 100, 110_010, NOW)
    yield core
    core.close()


def close(core, room=16, **fields):
    """(results, how many there are)."""
    filter_fields = {name[2:]: fields.pop(name) for name in list(fields) if name.startswith("f_")}
    record = h.hf_close(filter=h.hf_filter(**filter_fields), **fields)
    results, count = (h.hf_close_result * max(room, 1))(), ctypes.c_uint32()
    core.call("positions_close", record, NOW, results if room else None, room, count)
    return list(results[:min(room, count.value)]), count.value


ALL = {"f_present": 0x80000000}


def test_results_come_in_order_of_id_past_those_that_are_refused(core):
    """S6.126: over three stripes, with a part below the least volume, a close that is live."""
    core.close_position(5, NOW)
    results, count = close(core, **ALL, fraction=LOT // 2)
    assert count == 9
    assert [one.position for one in results] == list(range(1, 10))
    status = {one.position: core.library.hf_status_name(one.status).decode() for one in results}
    # Half of 0.01 is below the least volume; 5 is closing already.
    assert {number for number, name in status.items() if name != "HF_OK"} == {1, 5}
    assert (status[1], status[5]) == ("HF_E_VOLUME", "HF_E_INTENT_LIVE")
    assert {one.position: one.volume for one in results if one.status == 0} == {
        number: number // 2 * LOT // 100 for number in (2, 3, 4, 6, 7, 8, 9)}
    for one in results:
        assert (one.command.owner == one.position) == (one.status == 0)


def test_a_dry_run_has_the_same_results_and_changes_nothing(core):
    core.close_position(5, NOW)
    before = core.hash()
    dry, count = close(core, **ALL, fraction=LOT // 2, dry_run=1)
    assert core.hash() == before
    real, _ = close(core, **ALL, fraction=LOT // 2)
    assert [(one.position, one.volume, one.status) for one in dry] == [
        (one.position, one.volume, one.status) for one in real]
    assert all(one.command.owner == 0 for one in dry) and count == 9


def test_more_positions_than_results_are_closed_all_the_same(core):
    results, count = close(core, room=2, **ALL)
    assert (len(results), count) == (2, 9)
    results, count = close(core, room=0, **ALL)
    assert (results, count) == ([], 9)
    assert all(core.position(number).state == h.HF_POSITION_CLOSING for number in range(1, 10))


def test_the_command_of_a_close_says_who_asked_for_it(core):
    close(core, f_present=h.HF_FILTER_POSITION, f_position=3, by=b"desk 4")
    asked = [one for one in core.events() if one.kind == h.HF_EVENT_COMMAND]
    assert [(one.position, one.by) for one in asked] == [(3, b"desk 4")]
