"""Corners of money that the histories of the model found, each as small as it gets."""

import ctypes

import holdfast as h
import pytest
from test_money_vectors import LOT, MONEY, START, Market, close_by, refused


@pytest.fixture
def market(core):
    return Market(core)


def taken(market, position, account, **share):
    """A close of it, given to the executor."""
    market.core.close_position(position, market.now, **share)
    return market.core.take(account, market.now)[0]


def told(market, position, account, price, **share):
    """A close answered without a deal number."""
    command = taken(market, position, account, **share)
    market.core.ack(command.id, market.now, price=price, present=h.HF_HAS_PRICE)


def enter(market, lots, account=1):
    record = h.hf_open(account=account, symbol=market.x, side=h.HF_LONG, volume=lots * LOT)
    return market.core.get("position_enter", record, market.now, kind=ctypes.c_uint64)


def known(record, *names):
    return [bool(record.known & h.constant(f"HF_KNOWN_{name}")) for name in names]


def test_costs_are_booked_where_the_profit_has_no_rate(market):
    position = market.open(h.HF_LONG, 3, 1000, account=3, commission=-9)
    market.deal(position, 1, 1100, account=3, commission=-4, present=h.HF_HAS_COMMISSION)
    there = market.get(position)
    assert (there.commission, market.view(3).costs) == (-13, -6)
    assert known(there, "REALISED", "NET") == [False, False]


def test_unknown_money_is_zero(market):
    position = market.open(h.HF_LONG, 3, 1000, account=3)
    market.deal(position, 1, 1100, account=3)
    market.deal(position, 1, 1100, account=3, profit=500, present=h.HF_HAS_PROFIT)
    there = market.get(position)
    assert known(there, "REALISED", "NET") == [False, False]
    assert (there.realised, there.net) == (0, 0)


def test_unknown_money_of_a_closed_position_is_zero_after_its_deal(market):
    market.quote(1000, 1000)
    position = market.open(h.HF_LONG, 1, 1000, account=3)
    told(market, position, 3, 1100)
    market.deal(position, 1, 1100, account=3, fee=-5, present=h.HF_HAS_FEE)
    there = market.get(position)
    assert known(there, "REALISED", "NET") == [False, False]
    assert (there.realised, there.net, there.fee) == (0, 0, -5)


def test_a_pending_entry_is_no_exposure(market):
    market.core.account(1, leverage=MONEY, present=h.HF_ACCOUNT_LEVERAGE)
    market.quote(100, 101)
    number = enter(market, 2)
    view = market.view(1)
    assert (view.exposure, view.margin) == (0, 0)
    assert known(view, "EXPOSURE", "MARGIN") == [True, True]
    market.core.ack(market.core.take(1, market.now)[0].id, market.now)
    assert (market.view(1).exposure, market.get(number).volume) == (200 * MONEY, 2 * LOT)


def test_pending_entries_count_for_caps(market):
    market.core.account(1, leverage=MONEY, present=h.HF_ACCOUNT_LEVERAGE)
    market.quote(100, 100)
    enter(market, 5)
    enter(market, 5)
    refused("HF_E_CAP", enter, market, 1)


def test_one_position_for_a_symbol_goes_before_caps(market):
    market.core.account(2, mode=h.HF_NETTING, leverage=MONEY, present=h.HF_ACCOUNT_LEVERAGE)
    market.fill(1, 100)
    refused("HF_E_DUPLICATE", enter, market, 1000, account=2)
    market.quote(100, 100)
    refused("HF_E_DUPLICATE", enter, market, 1000, account=2)


def test_the_first_of_a_close_by_is_closed_at_the_others_exact_average(market):
    long = market.open(h.HF_LONG, 1, 100)
    market.fill(2, 101, long, account=1)
    short = market.open(h.HF_SHORT, 1, 130)
    market.quote(110, 112)
    command = close_by(market, short, long)
    market.core.ack(command.id, market.now, deal=5)
    assert market.get(short).exit_average == 100_66666666
    assert market.get(short).realised == 29_33333334


def test_a_close_by_needs_no_quote(market):
    long, short = market.open(h.HF_LONG, 1, 100), market.open(h.HF_SHORT, 1, 130)
    command = close_by(market, long, short)
    market.core.ack(command.id, market.now, deal=5)
    assert market.get(long).realised == 30 * MONEY


def test_the_deals_of_a_close_by_change_nothing_when_they_say_the_same(market):
    """Its ack had no number: the deals of both, at the price at which both were closed."""
    market.quote(110, 112)
    long, short = market.open(h.HF_LONG, 3, 100), market.open(h.HF_SHORT, 2, 130)
    market.core.ack(close_by(market, long, short).id, market.now)
    for position in (long, short):
        market.deal(position, 2, 130)
    first, second = market.get(long), market.get(short)
    assert (first.volume, first.realised, first.exit_average) == (LOT, 60 * MONEY, 130 * MONEY)
    assert (second.volume, second.realised, second.exit_average) == (0, 0, 130 * MONEY)
    assert market.balance(1) == 60 * MONEY


def huge(market, side=h.HF_LONG, account=1, price=100):
    """A million lots: a move of 10^10 points is more money than 64 bits hold."""
    return market.open(side, 10**6, price, account=account)


def unchanged(market, account, call, *arguments, **fields):
    before = market.core.hash(), market.view(account)
    refused("HF_E_OVERFLOW", call, *arguments, **fields)
    assert (market.core.hash(), market.view(account)) == before


def test_a_deal_whose_profit_does_not_fit_changes_nothing(market):
    position = huge(market)
    unchanged(market, 1, market.deal, position, 10**6, 10**10)
    market.deal(position, 10**6, 101)
    assert market.balance(1) == 10**6 * MONEY


def test_a_fill_whose_profit_does_not_fit_changes_nothing(market):
    huge(market, account=2)
    unchanged(market, 2, market.fill, -(10**6), 10**10)


def test_a_turn_whose_profit_does_not_fit_changes_nothing(market):
    huge(market, account=2)
    unchanged(market, 2, market.fill, -2 * 10**6, 10**10)


def test_a_close_by_whose_profit_does_not_fit_changes_nothing(market):
    market.quote(100, 100)
    long, short = huge(market), huge(market, h.HF_SHORT, price=10**10)
    command = close_by(market, long, short)
    unchanged(market, 1, market.core.ack, command.id, market.now, deal=5)


def test_a_correction_that_does_not_fit_changes_nothing(market):
    market.quote(100, 100)
    position = huge(market)
    told(market, position, 1, 110, volume=10**5 * LOT)
    unchanged(market, 1, market.deal, position, 10**5, 10**11)
    assert market.get(position).exit_average == 110 * MONEY


def test_a_balance_that_does_not_fit_refuses_the_deal(market):
    record = h.hf_deposit(account=1, amount=(1 << 63) - 1 - START)
    market.core.call("deposit_apply", record, market.now)
    position = market.open(h.HF_LONG, 1, 100)
    unchanged(market, 1, market.deal, position, 1, 101)
    market.deal(position, 1, 100)
    assert market.view(1).account.balance == (1 << 63) - 1


def test_floating_money_that_does_not_fit_is_unknown(market):
    position = huge(market)
    market.quote(10**10, 10**10)
    there, view = market.get(position), market.view(1)
    assert known(there, "PROFIT", "NET", "PERCENT") == [False, False, True]
    assert (there.profit, there.net) == (0, 0)
    assert known(view, "PROFIT", "NET", "EXPOSURE") == [False] * 3
    assert (view.floating, view.equity, view.exposure) == (0, 0, 0)


def test_r_is_of_a_risk_in_whole_units_of_money(core):
    """150 points of 0.01 lot at 1e-8 a lot are 1.5 units of money, 2 when rounded; net is -3."""
    core.account(1)
    symbol = core.symbol("TINY", 0, 1, 1, "USD")
    position = core.open(1, symbol, h.HF_LONG, LOT // 100, 1000, 1, sl=850)
    core.deal(2, account=1, position=position, volume=LOT // 100, price=1000, commission=-3,
              present=h.HF_HAS_COMMISSION)
    assert core.position(position).r_multiple == -1_50000000


def test_the_cross_is_the_first_pair_of_the_profit_currency_that_leads_there(core):
    """USD/JPY stands first in the table, but of the pairs of GBP the first is EUR/GBP."""
    core.account(1, "JPY")
    rates = [("USD", "JPY", 150), ("EUR", "GBP", 0.8), ("GBP", "USD", 1.2), ("EUR", "JPY", 160)]
    for base, quote, rate in rates:
        price = round(rate * MONEY)
        core.call("rate_put", h.hf_rate(base=base, quote=quote, bid=price, ask=price), 1)
    symbol = core.symbol("X", 0, 1, MONEY, "GBP")
    position = core.open(1, symbol, h.HF_LONG, LOT, 1000, 1)
    core.tick(symbol, 2, 1001, 1001)
    assert core.position(position).profit == 200 * MONEY


@pytest.fixture
def grown(market):
    """A lot at 100 and then a million at 10^10: its average is far from its open price."""
    position = market.open(h.HF_LONG, 1, 100)
    market.fill(10**6, 10**10, position, account=1)
    return position


def test_a_profit_that_fits_is_not_refused_far_from_the_open_price(market, grown):
    market.deal(grown, 10**6, 10**10)
    there = market.get(grown)
    removed = (100 + 10**16) * LOT * 10**6 // (10**6 + 1)
    assert there.realised == 10**16 * LOT - removed


def test_a_profit_that_does_not_fit_is_refused_at_the_open_price(market, grown):
    unchanged(market, 1, market.deal, grown, 10**6, 100)


def test_a_balance_that_is_unknown_refuses_nothing(market):
    """The amounts that were booked so far stand there, but they are no balance."""
    first = market.open(h.HF_LONG, 1, 1000, account=3)
    market.deal(first, 1, 1000, account=3)
    market.rate("EUR", "USD", 1, 1)
    for _ in range(3):
        position = huge(market, account=3)
        market.deal(position, 10**6, 50_000, account=3)
        assert market.get(position).realised == 10**6 * 49_900 * MONEY
