"""Numbers of the documents and by hand, against the core: accounts, averages, flips, rates, R."""

import ctypes

import holdfast as h
import pytest

LOT = MONEY = 100_000_000
START = 1000 * MONEY


class Market:
    """X has one dollar a point and lot. Accounts 1 hedging, 2 netting in USD, 3 hedging in EUR."""

    def __init__(self, core):
        self.core, self.now, self.number = core, 10, 0
        self.x = core.symbol("X", 2, 1, MONEY, "USD", volume_max=1 << 52)
        for number, mode, currency in ((1, h.HF_HEDGING, "USD"), (2, h.HF_NETTING, "USD"),
                                       (3, h.HF_HEDGING, "EUR")):
            core.account(number, currency, mode=mode, balance=START)

    def quote(self, bid, ask, symbol=None, **fields):
        self.now += 1
        self.core.tick(symbol or self.x, self.now, bid, ask, **fields)

    def rate(self, base, quote, bid, ask):
        record = h.hf_rate(base=base, quote=quote, bid=round(bid * MONEY), ask=round(ask * MONEY))
        self.core.call("rate_put", record, self.now)

    def open(self, side, lots, price, account=1, **fields):
        return self.core.open(account, self.x, side, round(lots * LOT), price, self.now, **fields)

    def fill(self, lots, price, position=0, account=2, **fields):
        """Positive lots buy."""
        side = h.HF_LONG if lots > 0 else h.HF_SHORT
        record = h.hf_fill(account=account, symbol=self.x, side=side, price=price,
                           volume=round(abs(lots) * LOT), position=position, **fields)
        return self.core.get("fill_apply", record, self.now, kind=ctypes.c_uint64)

    def deal(self, position, lots, price, account=1, **fields):
        self.number += 1
        self.core.deal(self.now, account=account, position=position, volume=round(lots * LOT),
                       price=price, deal=self.number, **fields)

    def get(self, position):
        return self.core.position(position)

    def view(self, account):
        return self.core.account_view(account)

    def balance(self, account):
        return self.view(account).account.balance - START


@pytest.fixture
def market(core):
    return Market(core)


def refused(status, call, *arguments, **fields):
    with pytest.raises(h.Failed, match=status):
        call(*arguments, **fields)


def test_buys_and_sells_of_a_netting_account(market):
    position = market.fill(12, 10_000)
    assert market.fill(17, 9_900) == position
    assert market.get(position).average == 9941_37931034
    market.fill(-9, 10_100)
    market.fill(-4, 10_500)
    # 36.62068966 where a point of 0.01 is worth 0.01: here it is worth 1
    assert market.get(position).realised == 3662_06896552
    assert market.fill(3, 10_300) == position
    there = market.get(position)
    assert (there.volume, there.average) == (19 * LOT, 9998_00362976)
    assert there.volume_initial == 32 * LOT


def test_the_parts_of_a_life_add_up(market):
    position = market.fill(100, 10)
    market.fill(100, 15)
    assert market.get(position).average == 12_50000000
    totals = []
    for lots, price in ((-50, 12), (-100, 20), (-50, 5)):
        market.fill(lots, price)
        totals.append(market.get(position).realised // MONEY)
    assert totals == [-25, 725, 350]
    there = market.get(position)
    assert (there.state, there.net, market.balance(2)) == (5, 350 * MONEY, 350 * MONEY)
    assert there.exit_average == 14_25000000


def test_a_flip_opens_the_rest_as_a_new_position(market):
    old = market.fill(3, 200)
    new = market.fill(-5, 250)
    assert (market.get(old).state, market.get(old).realised) == (5, 150 * MONEY)
    assert market.get(old).reason == h.HF_REASON_EXTERNAL
    there = market.get(new)
    assert (there.side, there.volume, there.average) == (h.HF_SHORT, 2 * LOT, 250 * MONEY)
    assert (there.flipped_from, there.volume_initial, there.open_price) == (old, 2 * LOT, 250)
    assert market.view(2).positions == 1


def test_the_costs_of_a_flip_are_split_by_volume(market):
    mask = h.HF_HAS_COMMISSION | h.HF_HAS_SWAP | h.HF_HAS_FEE
    old = market.fill(3, 200, commission=-30, swap=7, present=mask)
    new = market.fill(-5, 250, commission=-11, swap=11, fee=1, present=mask)
    closed, opened = market.get(old), market.get(new)
    assert (closed.commission, closed.swap, closed.fee) == (-36, 13, 0)
    assert (opened.commission, opened.swap, opened.fee) == (-5, 5, 1)
    assert (market.balance(2), market.view(2).costs) == (150 * MONEY - 23, 1)


def test_costs_of_an_open_are_booked_as_it_closes(market):
    market.quote(100, 101)
    position = market.open(h.HF_LONG, 3, 100, commission=-100, swap=10)
    assert (market.balance(1), market.view(1).costs) == (0, -90)
    assert market.view(1).equity == START - 90
    market.deal(position, 1, 110)
    assert (market.balance(1), market.view(1).costs) == (10 * MONEY - 30, -60)
    assert (market.get(position).commission, market.get(position).swap) == (-100, 10)
    market.deal(position, 2, 110, fee=-5, present=h.HF_HAS_FEE)
    there = market.get(position)
    assert (there.commission, there.swap, there.fee) == (-100, 10, -5)
    assert there.net == market.balance(1) == 30 * MONEY - 95


def close_by(market, first, second):
    record = h.hf_close_by(position=first, **{"with": second})
    market.core.call("position_close_by", record, market.now)
    return market.core.take(1, market.now)[0]


def test_a_close_by_books_once(market):
    market.quote(110, 112)
    long, short = market.open(h.HF_LONG, 3, 100), market.open(h.HF_SHORT, 2, 130)
    command = close_by(market, long, short)
    assert (command.action, command.volume) == (h.HF_ACTION_CLOSE_BY, 2 * LOT)
    market.core.ack(command.id, market.now, deal=5)
    first, second = market.get(long), market.get(short)
    assert (first.volume, first.realised, first.exit_average) == (LOT, 60 * MONEY, 130 * MONEY)
    assert (second.state, second.realised, second.exit_average) == (5, 0, 130 * MONEY)
    assert second.reason == h.HF_REASON_CLOSE_BY
    assert (market.balance(1), first.average) == (60 * MONEY, 100 * MONEY)


def test_a_close_by_costs_what_went_of_each(market):
    market.quote(110, 112)
    long = market.open(h.HF_LONG, 3, 100, commission=-100)
    short = market.open(h.HF_SHORT, 1, 130, commission=-7)
    command = close_by(market, short, long)
    market.core.ack(command.id, market.now, fee=-3, present=h.HF_HAS_FEE)
    first, second = market.get(short), market.get(long)
    assert (first.realised, first.commission, first.fee) == (30 * MONEY, -7, -3)
    assert (second.realised, second.volume, second.commission) == (0, 2 * LOT, -100)
    assert (market.balance(1), market.view(1).costs) == (30 * MONEY - 43, -67)


def test_r_is_of_the_first_stop(market):
    market.quote(100, 100)
    position = market.open(h.HF_LONG, 2, 100, sl=90)
    market.core.modify(position, market.now, sl=95, change_sl=h.HF_SET)
    assert not market.get(position).known & h.HF_KNOWN_R
    market.deal(position, 2, 125)
    there = market.get(position)
    assert (there.r_multiple, there.sl_first) == (2_50000000, 90)
    assert there.known & h.HF_KNOWN_R


def test_percent_is_of_the_average(market):
    position = market.open(h.HF_SHORT, 1, 300)
    assert not market.get(position).known & h.HF_KNOWN_PERCENT
    market.quote(300, 301)
    assert market.get(position).profit_percent == -333_333
    market.fill(-2, 303, position, account=1)
    assert market.get(position).profit_percent == 331_125


def euro_profit(market, gain):
    """Of one lot on the EUR account; None where it is unknown."""
    position = market.open(h.HF_LONG, 1, 1000, account=3)
    market.quote(1000 + gain, 1000 + gain)
    there = market.get(position)
    market.deal(position, 1, 1000, account=3)
    return there.profit if there.known & h.HF_KNOWN_PROFIT else None


def test_a_missing_rate_is_unknown_and_not_one(market):
    position = market.open(h.HF_LONG, 2, 1000, account=3)
    market.quote(1100, 1100)
    view = market.view(3)
    assert not view.known & (h.HF_KNOWN_PROFIT | h.HF_KNOWN_NET | h.HF_KNOWN_EXPOSURE)
    assert (view.floating, view.equity, view.exposure) == (0, 0, 0)
    market.deal(position, 1, 1100, account=3)
    market.rate("EUR", "USD", 1.1, 1.25)
    there, view = market.get(position), market.view(3)
    assert not there.known & (h.HF_KNOWN_REALISED | h.HF_KNOWN_NET)
    assert there.known & h.HF_KNOWN_PROFIT and there.profit == 80 * MONEY
    assert not view.known & (h.HF_KNOWN_REALISED | h.HF_KNOWN_NET)
    assert view.known & h.HF_KNOWN_PROFIT and view.floating == 80 * MONEY


def test_a_rate_is_taken_at_the_worse_side(market):
    market.rate("EUR", "USD", 1.1, 1.25)
    assert euro_profit(market, 100) == 80 * MONEY
    assert euro_profit(market, -110) == -100 * MONEY
    market.rate("USD", "EUR", 0.7, 0.9)
    assert (euro_profit(market, 100), euro_profit(market, -100)) == (70 * MONEY, -90 * MONEY)


def test_a_cross_is_taken_at_the_worse_side_of_both(market):
    market.rate("USD", "CHF", 0.8, 0.9)
    assert euro_profit(market, 100) is None
    market.rate("EUR", "CHF", 0.9, 1.0)
    assert (euro_profit(market, 100), euro_profit(market, -100)) == (80 * MONEY, -100 * MONEY)


def test_a_symbol_with_a_quote_goes_before_a_rate(market):
    market.rate("EUR", "USD", 1.1, 1.25)
    feed = market.core.symbol("EURUSD.r")
    assert euro_profit(market, 100) == 80 * MONEY
    market.quote(200_000, 160_000, feed)
    assert euro_profit(market, 160) == 100 * MONEY


def test_exposure_and_margin(market):
    market.core.account(1, leverage=30 * MONEY, present=h.HF_ACCOUNT_LEVERAGE)
    market.open(h.HF_LONG, 1, 100)
    assert not market.view(1).known & (h.HF_KNOWN_EXPOSURE | h.HF_KNOWN_MARGIN)
    market.quote(100, 101)
    market.open(h.HF_SHORT, 2, 100)
    view = market.view(1)
    assert (view.exposure, view.margin) == (302 * MONEY, 302 * MONEY // 30)
    market.core.account(1, margin=77, present=h.HF_ACCOUNT_MARGIN)
    assert (market.view(1).margin, market.balance(1)) == (77, 0)
    market.core.account(1)
    assert not market.view(1).known & h.HF_KNOWN_MARGIN


def test_a_deposit_moves_the_initial_too(market):
    record = h.hf_deposit(account=1, amount=-3)
    market.core.call("deposit_apply", record, market.now)
    view = market.view(1).account
    assert (view.balance, view.initial) == (START - 3, START - 3)
    record.amount = 0
    refused("HF_E_RANGE", market.core.call, "deposit_apply", record, market.now)
    record.amount = (1 << 63) - 1
    refused("HF_E_OVERFLOW", market.core.call, "deposit_apply", record, market.now)
    record.account = 9
    refused("HF_E_ACCOUNT", market.core.call, "deposit_apply", record, market.now)


def test_an_entry_is_nothing_until_its_fill(market):
    market.quote(100, 101)
    record = h.hf_open(account=1, symbol=market.x, side=h.HF_LONG, volume=3 * LOT, sl=90)
    number = market.core.get("position_enter", record, market.now, kind=ctypes.c_uint64)
    there = market.get(number)
    assert (there.state, there.volume, market.view(1).positions) == (1, 0, 0)
    command = market.core.take(1, market.now)[0]
    assert (command.action, command.volume, command.price) == (h.HF_ACTION_OPEN, 3 * LOT, 101)
    market.core.ack(command.id, market.now, volume=2 * LOT, price=103, commission=-50, deal=6,
                    present=h.HF_HAS_VOLUME | h.HF_HAS_PRICE | h.HF_HAS_COMMISSION)
    there = market.get(number)
    assert (there.state, there.volume, there.volume_initial) == (2, 2 * LOT, 2 * LOT)
    assert (there.average, there.commission, there.slippage_entry) == (103 * MONEY, -50, 2)
    assert (market.balance(1), market.view(1).costs, market.view(1).positions) == (0, -50, 1)


def test_a_known_fill_is_applied_once(market):
    position = market.fill(2, 100, deal=9)
    assert market.fill(2, 100, deal=9) == position
    assert market.get(position).volume == 2 * LOT
    refused("HF_E_CONFLICT", market.fill, 2, 101, deal=9)


@pytest.mark.parametrize("status,fields", [
    ("HF_E_POSITION", {}), ("HF_E_POSITION", {"position": 99}), ("HF_E_ACCOUNT", {"account": 9}),
    ("HF_E_PRICE", {"price": 0}), ("HF_E_VOLUME", {"volume": 0}), ("HF_E_SYMBOL", {"symbol": 9}),
])
def test_a_fill_that_is_none(market, status, fields):
    values = {"account": 1, "symbol": market.x, "side": h.HF_LONG, "volume": LOT, "price": 100}
    if status not in ("HF_E_POSITION", "HF_E_ACCOUNT"):
        values["account"] = 2
    record = h.hf_fill(**values | fields)
    refused(status, market.core.get, "fill_apply", record, market.now, kind=ctypes.c_uint64)


def test_a_second_position_of_a_netting_account_is_a_fill(market):
    position = market.open(h.HF_LONG, 1, 100, account=2)
    refused("HF_E_DUPLICATE", market.open, h.HF_LONG, 1, 100, account=2)
    refused("HF_E_DUPLICATE", market.open, h.HF_SHORT, 1, 100, account=2)
    assert market.fill(1, 110) == position


def test_a_reduce_of_more_than_is_open_on_a_hedging_account(market):
    position = market.open(h.HF_LONG, 1, 100)
    refused("HF_E_VOLUME", market.fill, -2, 110, position, account=1)
    market.fill(-1, 110, position, account=1)
    there = market.get(position)
    assert (there.state, there.realised, there.reason) == (5, 10 * MONEY, h.HF_REASON_EXTERNAL)
    refused("HF_E_CLOSED", market.fill, -1, 110, position, account=1)


def test_a_fill_with_a_ticket_renews_it(market):
    position = market.fill(1, 100, ticket=7, present=h.HF_HAS_TICKET)
    assert market.get(position).ticket == 7
    market.fill(1, 100, ticket=8, present=h.HF_HAS_TICKET)
    assert market.get(position).ticket == 8
    found = market.core.get("position_find", 2, 8, kind=ctypes.c_uint64)
    assert found == position
    refused("HF_E_POSITION", market.core.get, "position_find", 2, 7, kind=ctypes.c_uint64)
    other = market.core.symbol("Y")
    record = h.hf_fill(account=2, symbol=other, side=h.HF_LONG, volume=LOT, price=100, ticket=8,
                       present=h.HF_HAS_TICKET)
    refused("HF_E_DUPLICATE", market.core.get, "fill_apply", record, market.now,
            kind=ctypes.c_uint64)
