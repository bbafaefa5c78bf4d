"""Snapshots of the broker against the registry through the C interface; stories show the rules."""

import ctypes

import holdfast as h
import pytest

LOT = 100_000_000
S = 1_000_000_000
NOW = 1_000 * S
SYNC = {"sync_every": 5 * S, "present": h.constant("HF_ACCOUNT_SYNC_EVERY")}


class Desk:
    """An account with a schedule, a symbol with a quote."""

    def __init__(self, library, **config):
        self.core = h.Core(library, **config)
        self.eurusd = self.core.symbol("EURUSD")
        self.core.account(1, **SYNC)
        self.core.tick(self.eurusd, NOW, 110000, 110010)

    def open(self, ticket, volume=LOT // 10, now=NOW, **more):
        return self.core.open(1, self.eurusd, h.HF_LONG, volume, 110000, now, ticket=ticket, **more)

    def theirs(self, ticket, volume=LOT // 10, price=110000, side=h.HF_LONG, **more):
        return h.RECORDS["hf_broker_position"](
            ticket=ticket, volume=volume, price=price, side=side, symbol=self.eurusd, **more)

    def sync(self, asked_at, positions=(), deals=(), now=None, **more):
        head = h.RECORDS["hf_reconcile"](
            account=1, asked_at=asked_at, positions=len(positions), deals=len(deals), **more)
        report = h.RECORDS["hf_sync_report"]()
        room = (h.RECORDS["hf_difference"] * 16)()
        theirs = (h.RECORDS["hf_broker_position"] * max(1, len(positions)))(*positions)
        done = (h.RECORDS["hf_deal"] * max(1, len(deals)))(*deals)
        status = self.core.library.hf_reconcile_apply(
            self.core.handle, ctypes.byref(head), theirs, done, now or asked_at,
            ctypes.byref(report), room, 16)
        h.check(status)
        return report, room[:report.differences]

    def status(self):
        record = h.RECORDS["hf_sync_status"]()
        self.core.call("sync_get", 1, record)
        return record


@pytest.fixture
def desk(library):
    desk = Desk(library)
    yield desk
    desk.core.close()


def told(report):
    names = "found adopted removed fixed suspect skipped stale ignored deals".split()
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def test_what_both_have_is_found_and_nothing_changes(desk):
    desk.open(7)
    before = desk.core.position(1)
    report, differences = desk.sync(NOW + S, [desk.theirs(7)])
    assert told(report) == {"found": 1} and not differences
    assert bytes(desk.core.position(1)) == bytes(before)


def test_the_schedule_asks_and_falls_stale(desk):
    assert desk.core.take(1, NOW + 4 * S) == []
    desk.core.step(NOW + 5 * S)
    (query,) = desk.core.take(1, NOW + 5 * S)
    assert query.action == h.constant("HF_ACTION_QUERY_POSITIONS") and query.account == 1
    assert query.id.owner == (1 << 63) + 1 and query.position == 0
    desk.core.step(NOW + 16 * S)
    view = h.RECORDS["hf_account_view"]()
    desk.core.call("account_get", 1, view)
    assert view.stale == 1
    report, _ = desk.sync(NOW + 17 * S, command=query.id)
    desk.core.call("account_get", 1, view)
    assert view.stale == 0 and view.synced_at == NOW + 17 * S
    assert desk.status().snapshots == 1
    command = h.RECORDS["hf_command"]()
    desk.core.call("command_get", query.id, command)
    assert command.state == h.constant("HF_COMMAND_EXECUTED")


def test_the_third_absence_closes(desk):
    desk.open(7)
    for second in (1, 2):
        report, _ = desk.sync(NOW + second * S)
        assert told(report) == {"suspect": 1}
        assert desk.core.position(1).state == h.HF_POSITION_SUSPECT
    report, _ = desk.sync(NOW + 3 * S)
    assert told(report) == {"removed": 1}
    closed = desk.core.position(1)
    assert closed.state == h.HF_POSITION_CLOSED
    assert closed.reason == h.constant("HF_REASON_UNKNOWN")
    assert not closed.known & h.constant("HF_KNOWN_REALISED")
    report, _ = desk.sync(NOW + 4 * S, [desk.theirs(7)])
    assert told(report) == {"adopted": 1}
    assert desk.core.position(2).ticket == 7


def test_the_broker_wins_where_they_differ(desk):
    desk.open(7)
    report, differences = desk.sync(NOW + S, [desk.theirs(7, volume=LOT // 20, price=110005)])
    assert told(report) == {"found": 1, "fixed": 1} and len(differences) == 2
    ours = desk.core.position(1)
    assert (ours.volume, ours.open_price, ours.average) == (LOT // 20, 110005, 110005 * LOT)
    report, differences = desk.sync(
        NOW + 2 * S, [desk.theirs(7, volume=LOT // 20, price=110005)])
    assert told(report) == {"found": 1} and not differences
    report, _ = desk.sync(NOW + 2 * S, [])
    assert told(report) == {"ignored": 1}


def test_a_deal_of_the_snapshot_closes_at_its_price(desk):
    desk.open(7)
    deal = h.RECORDS["hf_deal"](ticket=7, deal=99, volume=LOT // 10, price=110100, reason=2)
    report, _ = desk.sync(NOW + S, deals=[deal])
    assert told(report) == {"removed": 1, "deals": 1}
    assert desk.core.position(1).close_price == 110100


@pytest.mark.parametrize("stripes", [1, 4])
def test_a_snapshot_of_many_is_compared_in_slices(library, stripes):
    desk = Desk(library, positions=4096, stripes=stripes)
    for ticket in range(1, 3001):
        desk.open(ticket)
    report, _ = desk.sync(NOW + S, [desk.theirs(ticket) for ticket in range(1, 3001)])
    assert told(report) == {"found": 3000}
    assert 0 < desk.core.counters().sync_slice_max <= 256
    desk.core.close()
