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


@pytest.mark.parametrize("outbox,count", [(2, 3), (64, 100)])
def test_what_goes_beside_a_spilled_line_does_not_hold_up_the_rest(library, outbox, count):
    desk = Desk(library, outbox=outbox)
    core = desk.core
    core.take(1, NOW)
    ids = [desk.open(ticket, sl=109000) for ticket in range(1, count + 1)]
    core.tick(desk.eurusd, NOW + S, 108990, 109000)
    gone = ids[: max(1, count * 2 // 5)]
    for deal, position in enumerate(gone, 1):
        core.deal(NOW + S, account=1, position=position, deal=deal, volume=LOT // 10,
                  price=108000, reason=h.HF_DEAL_SL)
    taken = core.take(1, NOW + 2 * S, room=200)
    assert sorted(c.position for c in taken if c.position) == ids[len(gone):]
    core.close()


def test_a_deal_of_before_the_adoption_takes_nothing_away(desk):
    deal = h.RECORDS["hf_deal"](ticket=7, deal=1, volume=LOT // 10, price=110000, time=NOW - S)
    report, _ = desk.sync(NOW + S, [desk.theirs(7)], [deal])
    assert told(report) == {"adopted": 1}
    report, _ = desk.sync(NOW + 2 * S, [desk.theirs(7)], [deal])
    assert told(report) == {"found": 1}
    assert desk.core.position(1).volume == LOT // 10
    later = h.RECORDS["hf_deal"](ticket=7, deal=2, volume=LOT // 10, price=110000, time=NOW + 2 * S)
    report, _ = desk.sync(NOW + 3 * S, [], [later])
    assert told(report) == {"removed": 1, "deals": 1}


def test_an_account_that_moves_takes_its_question_along(desk):
    core = desk.core
    core.step(NOW + 5 * S)
    core.account(1, executor=5, sync_every=5 * S, now=NOW + 6 * S,
                 present=SYNC["present"] | h.constant("HF_ACCOUNT_EXECUTOR"))
    position = desk.open(7, now=NOW + 6 * S)
    core.close_position(position, NOW + 7 * S)
    assert core.take(1, NOW + 8 * S) == []
    assert [c.position for c in core.take(5, NOW + 8 * S)] == [position]


@pytest.mark.parametrize("fields", [
    {"symbol": 0}, {"volume": 0}, {"volume": -5}, {"volume": -1 << 63}, {"price": 1 << 62},
    {"price": -1 << 63}, {"side": 7}, {"symbol": 9},
])
@pytest.mark.parametrize("piece", ["HF_PIECE_SLICE", "HF_PIECE_SETTLE"])
def test_a_damaged_piece_of_a_recording_has_its_status(desk, piece, fields):
    desk.open(7)
    before = desk.core.hash()
    item = desk.theirs(7)
    item.position = 1
    for name, value in fields.items():
        setattr(item, name, value)
    head = h.RECORDS["hf_reconcile"](
        account=1, asked_at=NOW + S, positions=1, piece=h.constant(piece))
    with pytest.raises(h.Failed):
        desk.core.apply(h.constant("HF_RECORD_RECONCILE"), bytes(head) + bytes(item), NOW + S)
    assert desk.core.hash() == before


def test_an_entry_that_is_out_is_not_adopted_beside_itself(desk):
    core = desk.core
    entry = h.RECORDS["hf_open"](
        account=1, symbol=desk.eurusd, side=h.HF_LONG, volume=LOT // 10, sl=109000)
    core.get("position_enter", entry, NOW, kind=ctypes.c_uint64)
    (command,) = core.take(1, NOW)
    report, _ = desk.sync(NOW + S, [desk.theirs(70)])
    assert told(report) == {"skipped": 2}
    core.ack(command.id, NOW + 2 * S, ticket=70, present=h.constant("HF_HAS_TICKET"))
    report, _ = desk.sync(NOW + 3 * S, [desk.theirs(70)])
    assert told(report) == {"found": 1, "fixed": 1}
    assert core.position(1).ticket == 70 and core.counters().positions_open == 1


def test_positions_that_share_a_comment_are_all_adopted(desk):
    theirs = [desk.theirs(ticket, client_id=b"EA1") for ticket in (7, 8, 9)]
    report, _ = desk.sync(NOW + S, theirs)
    assert told(report) == {"adopted": 3}
    report, _ = desk.sync(NOW + 2 * S, theirs)
    assert told(report) == {"found": 3}


def test_what_a_snapshot_added_is_not_added_again_by_its_fill(desk):
    desk.open(7)
    desk.sync(NOW + S, [desk.theirs(7, volume=LOT // 5)])
    fill = h.RECORDS["hf_fill"](
        account=1, position=1, symbol=desk.eurusd, side=h.HF_LONG, volume=LOT // 10, price=110000,
        deal=77)
    desk.core.get("fill_apply", fill, NOW + 2 * S, kind=ctypes.c_uint64)
    assert desk.core.position(1).volume == LOT // 5


def test_the_deal_of_a_command_that_is_out_is_its_own(desk):
    core = desk.core
    desk.open(7)
    desk.sync(NOW + S, [desk.theirs(7, volume=LOT // 20)])
    core.close_position(1, NOW + 2 * S)
    (command,) = [c for c in core.take(1, NOW + 2 * S) if c.position]
    core.deal(NOW + 3 * S, account=1, position=1, deal=11, command=command.id, volume=LOT // 20,
              price=110000)
    assert core.position(1).state == h.HF_POSITION_CLOSED
