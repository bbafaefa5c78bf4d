"""The core's money against a model that computes it again, exactly, from the documents alone.

    HOLDFAST_SEED=7 HOLDFAST_HISTORIES=1 pytest test_money_model.py

A history that differs is made smaller, and printed with its seed.
"""

import copy
import os
import re
from fractions import Fraction

import money_history
import money_inputs
import pytest
from money_books import Books
from money_model import (
    HEDGING, LONG, NETTING, SHORT, UNIT, Account, Position, Rates, Refused, Symbol, half_away,
)

SEED = int(os.environ.get("HOLDFAST_SEED", "1"))
HISTORIES = int(os.environ.get("HOLDFAST_HISTORIES", "1000"))
INPUTS = 60
SHOWN = 60  # inputs of a difference
SEEN = {  # what 300 histories must meet
    "fill HF_OK", "ack HF_OK", "deal HF_OK", "close_by HF_OK", "closed_by HF_OK", "enter HF_OK",
    "entered HF_OK", "open HF_OK", "open HF_E_DUPLICATE", "enter HF_E_DUPLICATE", "enter HF_E_CAP",
    "enter HF_E_UNKNOWN_MONEY", "ack HF_E_VOLUME", "fill HF_E_VOLUME", "fill HF_E_CONFLICT",
    "fill HF_E_PRICE", "fill HF_E_POSITION", "deal HF_E_VOLUME", "deal HF_E_CONFLICT",
    "close_by HF_E_ARGUMENT", "close_by HF_E_INTENT_LIVE", "deposit HF_E_RANGE",
}


# --- Random histories


def make(library, seed, statuses, huge=False):
    """Plays one history while it is made; its inputs, and what differed."""
    maker, inputs = money_inputs.Maker(seed, huge), []
    history = money_history.History(library)
    with history.core:
        for pair in with_more(maker, history):
            inputs.append(pair)
            try:
                history.apply(*pair)
            except money_history.Difference as difference:
                return inputs, str(difference)
    for key, count in history.statuses.items():
        statuses[key] = statuses.get(key, 0) + count
    return inputs, None


def with_more(maker, history):
    yield from maker.start()
    for _ in range(INPUTS):
        yield maker.next(history)


def differs(library, inputs):
    history = money_history.History(library)
    with history.core:
        try:
            return history.play(inputs)
        except (KeyError, StopIteration, AttributeError):
            return None  # what an input needs was taken out


def alike(one, other):
    """The same words about other numbers."""
    return re.sub(r"\d+", "", one) == re.sub(r"\d+", "", other)


def smaller(library, inputs, what):
    """Takes inputs out while the history still differs so, in halves, then one by one."""
    size = len(inputs) // 2
    while size:
        at = 0
        while at < len(inputs):
            fewer = inputs[:at] + inputs[at + size:]
            found = differs(library, fewer)
            if found and alike(found[1], what):
                inputs = fewer[:found[0] + 1]
            else:
                at += size
        size //= 2
    return inputs


def play(library, seeds, huge):
    """How often each verb had each status."""
    statuses = {}
    for seed in seeds:
        inputs, what = make(library, seed, statuses, huge)
        if what:
            inputs = smaller(library, inputs, what)
            lines = "\n".join(f"    {verb} {arguments}" for verb, arguments in inputs[-SHOWN:])
            again = differs(library, inputs)
            pytest.fail(f"seed {seed}: {what}\nas small as it gets:\n{lines}\n{again}")
    print(f"seeds {seeds[0]} to {seeds[-1]}:", dict(sorted(statuses.items())))
    return statuses


def test_random_histories(library):
    statuses = play(library, range(SEED, SEED + HISTORIES), huge=False)
    if HISTORIES >= 300:
        assert SEEN <= set(statuses)


def test_random_histories_of_amounts_that_do_not_fit(library):
    play(library, range(SEED, SEED + HISTORIES // 6 + 1), huge=True)


# --- Vectors of the documents, by the model alone


@pytest.fixture
def books():
    """One dollar a point and lot, no decimals, and an account of each mode."""
    books = Books()
    books.add_symbol(Symbol("X", 0, 1, UNIT, "USD"))
    for number, mode in ((1, HEDGING), (2, NETTING)):
        books.accounts[number] = Account(number, mode, "USD", 1000 * UNIT)
    return books


def fills(books, *deals):
    """Fills on the netting account: positive lots buy. The position that results."""
    account, symbol = books.accounts[2], books.symbols["X"]
    for lots, price in deals:
        side = LONG if lots > 0 else SHORT
        position = books.fill(account, symbol, side, abs(lots) * UNIT, price)
    return position


def test_an_average_of_buys_and_sells(books):
    """SEMANTICS 5: 99.4137931034, 36.62068966 and 19 @ 99.9800362976, with prices of two digits."""
    position = fills(books, (12, 10_000), (17, 9_900))
    assert position.average() == 9941_37931034
    fills(books, (-9, 10_100), (-4, 10_500))
    assert half_away(Fraction(position.realised, 100)) == 36_62068966
    fills(books, (3, 10_300))
    assert (position.volume, position.average()) == (19 * UNIT, 9998_00362976)


def test_a_life_adds_up_exactly(books):
    position = fills(books, (100, 10), (100, 15))
    assert position.average() == 12_50000000
    realised = []
    for lots, price in ((-50, 12), (-100, 20), (-50, 5)):
        before = position.realised
        fills(books, (lots, price))
        realised.append((position.realised - before) // UNIT)
    assert realised == [-25, 750, -375]
    assert position.state == "closed" and books.accounts[2].balance == 1350 * UNIT


def test_a_flip_opens_the_rest_anew(books):
    old = fills(books, (3, 200))
    new = fills(books, (-5, 250))
    assert (old.state, old.realised) == ("closed", 150 * UNIT)
    assert (new.side, new.volume, new.average()) == (SHORT, 2 * UNIT, 250 * UNIT)
    assert new.flipped_from is old


def test_the_costs_of_a_flip_are_split_by_volume(books):
    account, symbol = books.accounts[2], books.symbols["X"]
    old = books.fill(account, symbol, LONG, 3 * UNIT, 200,
                     {"commission": -30, "swap": 7})
    new = books.fill(account, symbol, SHORT, 5 * UNIT, 250,
                     {"commission": -11, "swap": 11, "fee": 1})
    assert old.columns() == (-30 - 6, 7 + 6, 0)
    assert (new.open_costs, new.booked) == ((-5, 5, 1), (0, 0, 0))


def test_open_costs_go_with_the_parts(books):
    account, symbol = books.accounts[1], books.symbols["X"]
    position = books.open(account, symbol, LONG, 3 * UNIT, 100, costs=(-100, 10, 0))
    books.deal(position, UNIT, 110)
    assert (position.open_costs, position.booked) == ((-67, 7, 0), (-33, 3, 0))
    books.deal(position, 2 * UNIT, 110, {"fee": -5})
    assert (position.open_costs, position.booked) == ((0, 0, 0), (-100, 10, -5))
    assert account.balance == 1000 * UNIT + 30 * UNIT - 95
    assert books.view_position(position)["net"] == 30 * UNIT - 95


def test_a_close_by_books_once(books):
    account, symbol = books.accounts[1], books.symbols["X"]
    long = books.open(account, symbol, LONG, 3 * UNIT, 100)
    short = books.open(account, symbol, SHORT, 2 * UNIT, 130)
    books.close_by(long, short)
    assert (long.realised, short.realised) == (60 * UNIT, 0)
    assert (long.volume, short.volume, short.state) == (UNIT, 0, "closed")
    assert (long.exit_average(), short.exit_average()) == (130 * UNIT, 130 * UNIT)


def test_r_is_of_the_first_stop(books):
    account, symbol = books.accounts[1], books.symbols["X"]
    position = books.open(account, symbol, LONG, 2 * UNIT, 100, sl=90)
    books.deal(position, 2 * UNIT, 125)
    assert books.view_position(position)["r_multiple"] == 2_50000000


def test_profit_percent_is_truncated_toward_zero(books):
    account, symbol = books.accounts[1], books.symbols["X"]
    position = books.open(account, symbol, SHORT, UNIT, 300)
    assert position.profit_percent() is None
    symbol.bid, symbol.ask = 300, 301
    assert position.profit_percent() == -333_333


@pytest.fixture
def rates():
    rates = Rates()
    for base, quote, bid, ask in (("EUR", "USD", 1.10, 1.11), ("USD", "JPY", 150, 151)):
        rates.put(base, quote, round(bid * UNIT), round(ask * UNIT))
    return rates


@pytest.mark.parametrize("source,target,is_gain,factor", [
    ("EUR", "USD", True, Fraction(110, 100)), ("EUR", "USD", False, Fraction(111, 100)),
    ("USD", "EUR", True, Fraction(100, 111)), ("USD", "EUR", False, Fraction(100, 110)),
    ("EUR", "JPY", True, Fraction(110 * 150, 100)),
    ("JPY", "EUR", False, Fraction(100, 110 * 150)), ("GBP", "EUR", True, None),
    ("GBP", "GBP", True, 1),
])
def test_a_conversion_is_at_the_worse_side(rates, source, target, is_gain, factor):
    assert rates.factor(source, target, is_gain) == factor


def test_a_feed_with_a_quote_goes_before_a_rate(rates):
    feed = Symbol("EURUSD.r", 5, 1, UNIT, "USD")
    rates.define(feed)
    assert rates.rate("EUR", "USD") == (Fraction(110, 100), Fraction(111, 100))
    feed.bid, feed.ask = 120_000, 119_000
    assert rates.rate("EUR", "USD") == (Fraction(120, 100), Fraction(119, 100))


@pytest.mark.parametrize("name,profit,base", [
    ("EURUSD", "USD", "EUR"), ("EURUSD.r", "USD", "EUR"), ("DOGEUSDT", "USDT", "DOGE"),
    ("GER40", "EUR", ""), ("USD", "USD", ""), ("XAUUSD", "USD", "XAU"),
])
def test_a_name_tells_the_base_currency(name, profit, base):
    assert Symbol(name, 5, 1, UNIT, profit).base_currency == base


def test_a_group_is_converted_once(books, rates):
    """Two positions round each on their own; their group rounds once."""
    books.rates = rates
    books.accounts[3] = account = Account(3, HEDGING, "EUR")
    symbol = books.symbols["X"]
    for _ in range(2):
        books.open(account, symbol, LONG, 1_000_000, 100)
    symbol.tick_value, symbol.bid = 60, 101
    one = half_away(Fraction(60, 100) * Fraction(100, 111))
    assert [books.profit(p) for p in books.of(account)] == [one, one] == [1, 1]
    assert books.floating(account) == half_away(Fraction(120, 100) * Fraction(100, 111)) == 1


def test_a_missing_rate_makes_what_is_booked_unknown(books):
    books.accounts[3] = account = Account(3, HEDGING, "JPY", 5)
    position = books.open(account, books.symbols["X"], LONG, 2 * UNIT, 100)
    books.deal(position, UNIT, 101)
    books.rates.put("USD", "JPY", 150 * UNIT, 151 * UNIT)
    books.deal(position, UNIT, 101)
    assert (position.realised, account.balance) == (None, None)


def test_a_refused_input_changes_nothing(books):
    account, symbol = books.accounts[1], books.symbols["X"]
    position = books.open(account, symbol, LONG, 100 * UNIT, 1)
    account.balance = (1 << 63) - 1
    before = copy.deepcopy((vars(position), account.balance, account.deals), books.shared())
    with pytest.raises(Refused, match="HF_E_OVERFLOW"):
        books.deal(position, UNIT, 2, deal=4)
    assert (vars(position), account.balance, account.deals) == before


def test_rounding_is_half_away_from_zero():
    halves = [half_away(Fraction(n, 2)) for n in (-3, -1, 1, 3)]
    assert halves == [-2, -1, 1, 2]


def test_a_position_is_none_before_its_fill(books):
    pending = Position(books.accounts[1], books.symbols["X"], LONG, asked=UNIT)
    assert (pending.state, pending.volume) == ("pending", 0)
