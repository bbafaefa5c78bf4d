"""The same walkthrough through ctypes, and the calls that it does not need."""

import ctypes

import holdfast as h
import pytest

SECOND = 1_000_000_000
LOT = 100_000_000


@pytest.fixture
def market(core):
    """EURUSD at 1.10000 / 1.10010 and account 7."""
    symbol = core.symbol("EURUSD")
    core.account(7, balance=1000 * LOT)
    core.tick(symbol, SECOND, 110000, 110010)
    return core, symbol


def kinds(core, cursor=0):
    return [event.kind for event in core.events(cursor)]


def refused(status, call, *arguments, **fields):
    with pytest.raises(h.Failed) as caught:
        call(*arguments, **fields)
    assert caught.value.status == status, caught.value


def test_a_stop_closes_at_the_price_of_its_tick(market):
    core, symbol = market
    position = core.open(7, symbol, h.HF_LONG, LOT, 110000, SECOND, sl=109500, tp=110500)
    core.tick(symbol, 2 * SECOND, 109400, 109410)
    command = core.take(7, 2 * SECOND)[0]
    assert (command.position, command.reason, command.volume) == (position, h.HF_REASON_SL, LOT)
    assert (command.price, command.level) == (109400, 109500)
    assert command.id == h.hf_command_id(owner=position, count=1, epoch=command.id.epoch)
    core.ack(command.id, 3 * SECOND, deal=1, price=109390, present=h.HF_HAS_PRICE)
    closed = core.position(position)
    assert closed.state == h.HF_POSITION_CLOSED
    assert (closed.slippage, closed.slippage_level) == (10, 110)
    assert closed.realised == -610 * LOT
    assert core.account_view(7).account.balance == (1000 - 610) * LOT


def test_a_target_and_a_short(market):
    core, symbol = market
    position = core.open(7, symbol, h.HF_SHORT, LOT, 110000, SECOND, tp=109500)
    core.tick(symbol, 2 * SECOND, 109480, 109500)
    command = core.take(7, 2 * SECOND)[0]
    assert (command.reason, command.price, command.side) == (h.HF_REASON_TP, 109500, h.HF_SHORT)
    assert core.position(position).state == h.HF_POSITION_CLOSING


def test_a_trailing_stop_follows_and_never_loosens(market):
    core, symbol = market
    position = core.open(7, symbol, h.HF_LONG, LOT, 110000, SECOND)
    core.trail(1, position, 100, SECOND)
    stops = []
    for second, bid in enumerate([110000, 110200, 110150], 2):
        core.tick(symbol, second * SECOND, bid, bid + 10)
        stops.append(core.position(position).sl)
    assert stops == [109900, 110100, 110100]
    core.tick(symbol, 9 * SECOND, 110090, 110100)
    assert core.take(7, 9 * SECOND)[0].reason == h.HF_REASON_TRAILING


def test_a_reject_makes_a_child_after_a_back_off(market):
    core, symbol = market
    core.open(7, symbol, h.HF_LONG, LOT, 110000, SECOND, sl=109500)
    core.tick(symbol, 2 * SECOND, 109400, 109410)
    first = core.take(7, 2 * SECOND)[0]
    core.ack(first.id, 2 * SECOND, retcode=h.HF_RETCODE_REJECT, present=h.HF_HAS_RETCODE)
    assert core.command(first.id).state == h.HF_COMMAND_REJECTED
    assert core.take(7, 2 * SECOND) == []
    core.step(2 * SECOND + 200_000_000)
    child = core.take(7, 3 * SECOND)[0]
    assert (child.parent, child.attempt) == (first.id, 2)


def test_a_command_without_an_answer_is_asked_about(market):
    core, symbol = market
    core.open(7, symbol, h.HF_LONG, LOT, 110000, SECOND, sl=109500)
    core.tick(symbol, 2 * SECOND, 109400, 109410)
    first = core.take(7, 2 * SECOND)[0]
    core.step(4 * SECOND)
    assert core.command(first.id).state == h.HF_COMMAND_UNKNOWN
    query = core.take(7, 4 * SECOND)[0]
    assert (query.action, query.parent) == (h.HF_ACTION_QUERY_DEALS, first.id)


def test_a_new_session_gets_the_same_command_again(market):
    core, symbol = market
    core.open(7, symbol, h.HF_LONG, LOT, 110000, SECOND, sl=109500)
    core.tick(symbol, 2 * SECOND, 109400, 109410)
    first = core.take(7, 2 * SECOND, epoch=1)[0]
    again = core.take(7, 2 * SECOND, epoch=2)[0]
    assert again.id == first.id and again.flags & h.HF_COMMAND_REDELIVERED
    refused(h.HF_E_EXECUTOR, core.take, 7, 2 * SECOND, epoch=1)


def test_an_owner_changes_closes_and_cancels(market):
    core, symbol = market
    position = core.open(7, symbol, h.HF_LONG, LOT, 110000, SECOND)
    core.modify(position, SECOND, sl=109000, change_sl=h.HF_SET)
    assert core.position(position).sl == 109000
    refused(h.HF_E_LEVEL_BREACHED, core.modify, position, SECOND, sl=110000, change_sl=h.HF_SET)
    core.modify(position, SECOND, change_sl=h.HF_UNSET)
    assert core.position(position).sl == 0
    refused(h.HF_E_COMMAND, core.cancel, position, SECOND)
    result = core.close_position(position, SECOND)[0]
    assert (result.status, result.volume) == (h.HF_OK, LOT)
    refused(h.HF_E_INTENT_LIVE, core.close_position, position, SECOND)
    core.cancel(position, SECOND)
    assert core.command(result.command).state == h.HF_COMMAND_SUPERSEDED
    assert core.position(position).state == h.HF_POSITION_OPEN


def test_a_dry_run_answers_and_changes_nothing(market):
    core, symbol = market
    core.open(7, symbol, h.HF_LONG, LOT, 110000, SECOND)
    before, events = core.hash(), kinds(core)
    results = core.close_positions(
        SECOND, dry_run=1, filter=h.hf_filter(present=h.HF_FILTER_ALL))
    assert [result.volume for result in results] == [LOT]
    assert (core.hash(), kinds(core)) == (before, events)


def test_a_deal_of_the_broker_closes(market):
    core, symbol = market
    position = core.open(7, symbol, h.HF_LONG, LOT, 110000, SECOND, ticket=99)
    assert core.get("position_find", 7, 99, kind=ctypes.c_uint64) == position
    core.deal(2 * SECOND, account=7, ticket=99, deal=5, volume=LOT, price=109000,
              reason=h.HF_DEAL_SL)
    closed = core.position(position)
    assert (closed.state, closed.reason) == (h.HF_POSITION_CLOSED, h.HF_REASON_SL)


def test_a_batch_counts_what_it_refuses_and_goes_on(market):
    core, symbol = market
    ticks = (h.hf_tick * 4)(
        h.hf_tick(symbol=symbol, time=2 * SECOND, bid=110001, ask=110011),
        h.hf_tick(symbol=99, time=2 * SECOND, bid=1, ask=2),
        h.hf_tick(symbol=symbol, time=2 * SECOND, bid=0, ask=110011),
        h.hf_tick(symbol=symbol, time=2 * SECOND, bid=110002, ask=110012),
    )
    report = core.ticks(ticks)
    assert (report.accepted, report.refused) == (2, 2)
    assert (report.first_status, report.first_refused) == (h.HF_E_SYMBOL, 1)
    quote = h.hf_tick()
    core.call("symbol_get", symbol, h.hf_symbol(), quote)
    assert quote.bid == 110002


def test_a_lapped_reader_is_told_and_can_go_on(library):
    with h.Core(library, events=16, positions=64) as core:
        symbol = core.symbol("EURUSD")
        core.account(7)
        for _ in range(40):
            core.open(7, symbol, h.HF_LONG, LOT, 110000, 0)
        cursor, count, lost = ctypes.c_uint64(), ctypes.c_uint32(), ctypes.c_uint64()
        out = (h.hf_event * 64)()
        with pytest.raises(h.Failed) as caught:
            core.call("events_read", cursor, out, 64, count, lost)
        assert caught.value.status == h.HF_E_LAPPED
        assert lost.value == cursor.value > 0
        assert [e.number for e in core.events(cursor.value)] == list(range(lost.value + 1, 41))


def test_capacities_are_refused_not_exceeded(library):
    with h.Core(library, positions=4, symbols=1, accounts=1) as core:
        symbol = core.symbol("EURUSD")
        core.account(7)
        refused(h.HF_E_FULL, core.symbol, "GBPUSD")
        refused(h.HF_E_FULL, core.account, 8)
        for _ in range(4):
            core.open(7, symbol, h.HF_LONG, LOT, 110000, 0)
        refused(h.HF_E_FULL, core.open, 7, symbol, h.HF_LONG, LOT, 110000, 0)


def test_a_list_pages_through_every_position_in_order(market):
    core, symbol = market
    opened = [core.open(7, symbol, h.HF_LONG, LOT, 110000, SECOND) for _ in range(11)]
    assert [position.id for position in core.positions(room=4)] == opened
    longs = core.positions(present=h.HF_FILTER_SIDE, side=h.HF_SHORT)
    assert longs == []


def test_stripes_and_kernels_change_no_hash(library):
    hashes = set()
    for stripes, kernel in [(1, h.HF_KERNEL_SCALAR), (1, h.HF_KERNEL_AUTO), (7, h.HF_KERNEL_AUTO),
                            (4, h.HF_KERNEL_BASELINE)]:
        with h.Core(library, stripes=stripes, kernel=kernel) as core:
            core.account(7)
            for number in range(5):
                symbol = core.symbol(f"S{number}")
                core.tick(symbol, SECOND, 110000, 110010)
                for level in range(30):
                    core.open(7, symbol, h.HF_LONG, LOT, 110000, SECOND, sl=109000 + 20 * level)
                core.tick(symbol, 2 * SECOND, 109300, 109310)
            core.take(7, 3 * SECOND, room=40)
            hashes.add(core.hash())
    assert len(hashes) == 1


def test_a_recording_applied_again_has_the_same_events_and_hash(library, tmp_path):
    path = tmp_path / "recording"
    with h.Core(library, positions=64) as core:
        core.call("recording_open", str(path).encode())
        symbol = core.symbol("EURUSD")
        core.account(7)
        core.tick(symbol, SECOND, 110000, 110010)
        core.open(7, symbol, h.HF_LONG, LOT, 110000, SECOND, sl=109500)
        core.tick(symbol, 2 * SECOND, 109400, 109410)
        core.ack(core.take(7, 2 * SECOND)[0].id, 3 * SECOND, deal=1)
        core.step(4 * SECOND)
        first = (core.hash(), core.events())
        core.call("recording_close")
    data, again, at = path.read_bytes(), None, 0
    while at < len(data):
        head = h.hf_record_head.from_buffer_copy(data, at)
        body = data[at + 32:at + 32 + head.size]
        at += 32 + head.size
        if head.kind == h.HF_RECORD_CONFIG:
            again = h.Core(library, positions=64)
            assert bytes(h.hf_core_config.from_buffer_copy(body)) == body
        elif head.kind == h.HF_RECORD_HASH:
            assert h.hf_hash.from_buffer_copy(body).hash == first[0]
        else:
            again.apply(head.kind, body, head.time)
    assert (again.hash(), again.events()) == first
    again.close()
