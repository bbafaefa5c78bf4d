"""Sums over open positions, against sums by hand."""

import contextlib
import random

import holdfast as h
import pytest
import reads

NOW = 1_000
LOT = 100_000_000
MONEY = h.HF_KNOWN_PROFIT | h.HF_KNOWN_NET | h.HF_KNOWN_EXPOSURE
LONG, SHORT = h.HF_LONG, h.HF_SHORT


@pytest.fixture
def core(library):
    with h.Core(library, positions=512, stripes=2, history=16) as core:
        for name in ("EURUSD", "GBPUSD"):
            core.symbol(name, tick_value=100_000_000)
        core.symbol("EURJPY", currency="JPY")
        core.symbol("OBX", currency="NOK")
        core.symbol("DEAD")
        core.account(1)
        core.account(2)
        core.account(3, currency="JPY")
        for symbol in (1, 2, 3, 4):
            core.tick(symbol, 1, 100_000, 100_010)
        yield core


def opened(core, account=1, symbol=1, side=LONG, volume=LOT, price=100_000, **fields):
    return core.open(account, symbol, side, volume, price, 2, **fields)


def test_the_sums_are_those_that_one_gets_by_hand(core):
    opened(core, price=99_900, volume=2 * LOT)            # +200
    opened(core, price=100_050)                           # -50
    opened(core, side=SHORT, price=100_010)               # 0
    opened(core, 2, 2, SHORT, price=100_030, commission=-5 * LOT, swap=2 * LOT)  # +20 -3
    opened(core, 2, 2, price=99_999, commission=-LOT)     # +1 -1
    (found,), count = reads.summary(core)
    assert count == 1
    assert (found.count, found.profitable, found.losing, found.unknown) == (5, 2, 1, 0)
    assert (found.volume_long, found.volume_short) == (4 * LOT, 2 * LOT)
    assert found.floating == (200 - 50 + 0 + 20 + 1) * LOT
    assert found.net == found.floating - 4 * LOT
    assert found.exposure == (4 * 100_000 + 2 * 100_010) * LOT
    assert found.known == MONEY
    assert (found.account, found.strategy, found.symbol, found.side) == (0,) * 4


def test_without_a_match_there_is_one_record_of_zeros_and_no_group(core):
    opened(core)
    none = {"present": h.HF_FILTER_ACCOUNT, "account": 2}
    (found,), count = reads.summary(core, **none)
    assert (count, found.count, found.floating, found.known) == (1, 0, 0, MONEY)
    assert reads.summary(core, h.HF_BY_SIDE, **none) == ([], 0)


def test_groups_come_in_the_order_of_account_strategy_symbol_and_side(core):
    """S5.103."""
    for account, strategy, symbol, side in [
            (2, 1, 1, 1), (1, 9, 2, 2), (1, 9, 2, 1), (1, 2, 2, 1), (1, 9, 1, 2), (1, 9, 2, 1)]:
        opened(core, account, symbol, side, strategy=strategy)
    every = h.HF_BY_ACCOUNT | h.HF_BY_STRATEGY | h.HF_BY_SYMBOL | h.HF_BY_SIDE
    found, count = reads.summary(core, every)
    assert [(g.account, g.strategy, g.symbol, g.side, g.count) for g in found] == [
        (1, 2, 2, 1, 1), (1, 9, 1, 2, 1), (1, 9, 2, 1, 2), (1, 9, 2, 2, 1), (2, 1, 1, 1, 1)]
    assert count == 5
    found, _ = reads.summary(core, h.HF_BY_STRATEGY)
    assert [(g.account, g.strategy, g.count) for g in found] == [(0, 1, 1), (0, 2, 1), (0, 9, 4)]
    found, _ = reads.summary(core, h.HF_BY_SIDE)
    assert [(g.side, g.volume_long, g.volume_short) for g in found] == [
        (1, 4 * LOT, 0), (2, 0, 2 * LOT)]
    found, count = reads.summary(core, every, room=2)
    assert len(found) == 2 and count == 5
    assert reads.summary(core, every, room=0) == ([], 5)


def test_money_of_several_currencies_does_not_add_up(core):
    opened(core, 1, 1, price=99_000)
    opened(core, 3, 3, price=101_000)
    (found,), _ = reads.summary(core)
    assert (found.count, found.profitable, found.losing, found.unknown) == (2, 1, 1, 0)
    assert (found.known, found.floating, found.net, found.exposure) == (0, 0, 0, 0)
    found, _ = reads.summary(core, h.HF_BY_ACCOUNT)
    assert [(g.known, g.floating) for g in found] == [(MONEY, 1000 * LOT), (MONEY, -1000 * LOT)]


@pytest.mark.parametrize("symbol", [4, 5])
def test_without_a_rate_or_a_quote_the_money_of_a_group_is_unknown(core, symbol):
    opened(core, price=99_000)
    opened(core, symbol=symbol, price=99_000)
    (found,), _ = reads.summary(core)
    assert (found.count, found.profitable, found.losing, found.unknown) == (2, 1, 0, 1)
    assert (found.known, found.floating, found.net, found.exposure) == (0, 0, 0, 0)
    found, _ = reads.summary(core, h.HF_BY_SYMBOL)
    assert [(g.known, g.unknown) for g in found] == [(MONEY, 0), (0, 1)]


def test_a_sum_that_does_not_fit_is_unknown(core):
    huge = core.symbol("HUGE", tick_value=1 << 52, volume_max=10_000 * LOT)
    core.tick(huge, 1, 1_000, 1_001)
    for _ in range(2):
        opened(core, 2, huge, volume=1_200 * LOT, price=999)
    (one,), _ = reads.summary(core, h.HF_BY_SYMBOL)
    assert (one.count, one.profitable, one.unknown) == (2, 2, 0)
    assert (one.known, one.floating, one.net, one.exposure) == (0, 0, 0, 0)
    reads.shut(core, 1, NOW, price=999)
    (one,), _ = reads.summary(core, h.HF_BY_SYMBOL)
    assert (one.known, one.floating) == (h.HF_KNOWN_PROFIT | h.HF_KNOWN_NET, 1_200 << 52)
    opened(core, 2, huge, volume=3_000 * LOT, price=999)
    (one,), _ = reads.summary(core, h.HF_BY_SYMBOL)
    assert (one.count, one.profitable, one.unknown) == (2, 1, 1)


def test_the_gain_of_an_account_symbol_and_side_is_rounded_once(core):
    # Half a unit of 1e-8 each.
    tiny = core.symbol("TINY", tick_value=1, volume_min=1, volume_step=1)
    core.tick(tiny, 1, 1_000, 1_000)
    for _ in range(3):
        opened(core, symbol=tiny, volume=LOT // 4, price=998)
    (found,), _ = reads.summary(core)
    assert (found.floating, found.profitable) == (2, 3)  # 1.5, and not 3 x round(0.5)
    opened(core, symbol=tiny, side=SHORT, volume=LOT // 4, price=998)
    (found,), _ = reads.summary(core)
    assert found.floating == 1  # of the shorts round(-0.5) = -1
    found, _ = reads.summary(core, h.HF_BY_SIDE)
    assert [g.floating for g in found] == [2, -1]


def test_every_sign_is_that_of_the_position(core):
    """Money near zero, with and without costs, after closes of a part, with large numbers."""
    draw = random.Random(7)
    small = core.symbol("SMALL", tick_size=3, tick_value=7, volume_min=1, volume_step=1,
                        volume_max=1 << 50)
    large = core.symbol("LARGE", tick_value=(1 << 40) + 1, volume_min=1, volume_step=1,
                        volume_max=1 << 50)
    for _ in range(400):
        symbol = draw.choice([small, large])
        volume = draw.choice([draw.randint(1, 9), draw.randint(1, LOT), draw.randint(1, 1 << 50)])
        cost = draw.choice([0, 0, draw.randint(-3, 3), draw.randint(-10**9, 10**9), 1 << 62])
        position = opened(core, 2, symbol, draw.choice([LONG, SHORT]), volume,
                          draw.randint(1, 6), commission=cost)
        if volume > 1 and draw.random() < 0.3:
            with contextlib.suppress(h.Failed):  # money that would not fit
                core.deal(3, account=2, position=position, volume=volume // 2,
                          price=draw.randint(1, 6), reason=h.HF_DEAL_SO)
    for bid in (1, 3, 4, 7):
        for symbol in (small, large):
            core.tick(symbol, 10 + bid, bid, bid)
        signs = {1: 0, 0: 0, -1: 0, None: 0}
        for sign, bit in ((1, h.HF_FILTER_PROFITABLE), (-1, h.HF_FILTER_LOSING)):
            signs[sign] = len(reads.listed(core, 64, present=bit))
        (found,), _ = reads.summary(core)
        assert found.count == 400
        assert (found.profitable, found.losing) == (signs[1], signs[-1])
        assert found.unknown > 0


def test_the_filter_is_met_but_states_and_sort_are_not_looked_at(core):
    opened(core, price=99_000)
    second = opened(core, symbol=2, price=101_000, tag="x")
    core.close_position(second, NOW)
    for count, fields in [
            (1, {"present": h.HF_FILTER_LOSING}), (1, {"present": h.HF_FILTER_TAG, "tag": "x"}),
            (2, {"present": h.HF_FILTER_STATES, "states": 4}), (2, {"sort": h.HF_SORT_PROFIT}),
            (0, {"present": h.HF_FILTER_SYMBOL, "symbol": 3}),
            (0, {"present": h.HF_FILTER_SYMBOL, "symbol": 77})]:
        (found,), _ = reads.summary(core, **fields)
        assert found.count == count, fields


def test_it_says_between_which_inputs_it_was_read(core):
    opened(core)
    (found,), _ = reads.summary(core)
    now = core.counters().sequence
    assert (found.sequence_start, found.sequence_end) == (now, now)


@pytest.mark.parametrize("status,by,now,fields", [
    ("HF_E_ARGUMENT", h.HF_BY_REASON, NOW, {}),
    ("HF_E_ARGUMENT", 1 << 31, NOW, {}),
    ("HF_E_RANGE", 0, -1, {}),
    ("HF_E_ARGUMENT", 0, NOW, {"account": 1}),
    ("HF_E_ARGUMENT", 0, NOW, {"present": 1 << 11}),
    ("HF_E_ARGUMENT", 0, NOW, {"sort": 6}),
])
def test_what_it_cannot_be_asked_for_is_refused(core, status, by, now, fields):
    with pytest.raises(h.Failed, match=status):
        reads.summary(core, by, now, **fields)
