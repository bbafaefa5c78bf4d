"""What closed positions came to, against sums by hand."""

import holdfast as h
import pytest
import reads

NOW = 1_000
LOT = 1_000_000
ONE = 100_000_000
MOST = (1 << 63) - 1


@pytest.fixture
def core(library):
    with h.Core(library, history=32, positions=64, stripes=2) as core:
        for name in ("EURUSD", "GBPUSD"):
            core.symbol(name)
        core.symbol("EURJPY", currency="JPY")
        core.symbol("OBX", currency="NOK")
        core.account(1)
        core.account(2)
        core.account(3, currency="JPY")
        for symbol in (1, 2, 3, 4):
            core.tick(symbol, 1, 100_000, 100_010)
        yield core


def trade(core, net, account=1, symbol=1, side=h.HF_LONG, opened=10, closed=20, deal=None,
          **fields):
    position = core.open(account, symbol, side, LOT, 100_000, opened, **fields)
    reads.shut(core, position, closed, net, **(deal or {}))
    return position


def test_the_numbers_are_those_that_one_gets_by_hand(core):
    costs = {"present": h.HF_HAS_PROFIT | h.HF_HAS_COMMISSION | h.HF_HAS_SWAP | h.HF_HAS_FEE,
             "commission": -5, "swap": 2, "fee": -1}
    #                net: 300, -100, -96 (-4 of costs), 0, 250, -400, 1
    for at, net in enumerate((300, -100, -92, 0, 250, -400, 1)):
        trade(core, net, closed=20 + 10 * at, deal=costs if net == -92 else None)
    (found,), count = reads.performance(core)
    assert count == 1
    assert (found.count, found.wins, found.losses, found.unknown) == (7, 3, 3, 0)
    assert (found.net, found.gross_profit, found.gross_loss) == (-45, 551, -596)
    assert (found.largest_win, found.largest_loss) == (300, -400)
    assert found.win_rate == 3 * ONE // 7
    assert found.profit_factor == 551 * ONE // 596
    assert found.expectancy == -6  # -45 / 7 = -6.43
    assert found.holding == sum(10 + 10 * at for at in range(7)) // 7
    # The sum goes 300, 200, 104, 104, 354, -46, -45.
    assert found.max_drawdown == 400
    assert (found.commission, found.swap, found.fee) == (-5, 2, -1)
    assert (found.first, found.last) == (20, 80)
    assert found.known == h.HF_KNOWN_NET | h.HF_KNOWN_FACTOR
    assert (found.r_multiple, found.account, found.symbol, found.side, found.reason) == (0,) * 5


def test_a_drawdown_is_from_the_peak_and_the_first_peak_is_nothing(core):
    for net in (-30, -40, 200, -90, 60, -50, -25):
        trade(core, net)
    (found,), _ = reads.performance(core)
    assert found.max_drawdown == 105  # 130, 40, 100, 50, 25
    (only,), _ = reads.performance(core, present=h.HF_FILTER_NEWER_THAN, newer_than=NOW)
    assert only == found


def test_without_a_loss_there_is_no_profit_factor(core):
    trade(core, 5)
    trade(core, 0)
    (found,), _ = reads.performance(core)
    assert found.known == h.HF_KNOWN_NET and found.profit_factor == 0
    assert (found.win_rate, found.expectancy) == (ONE // 2, 3)


def test_groups_come_in_the_order_of_account_strategy_symbol_side_and_reason(core):
    for account, strategy, symbol, side in [
            (2, 1, 1, 1), (1, 9, 2, 2), (1, 9, 2, 1), (1, 2, 2, 1), (1, 9, 1, 2), (1, 9, 2, 1)]:
        trade(core, 10, account, symbol, side, strategy=strategy)
    position = core.open(1, 2, h.HF_LONG, LOT, 100_000, 10, strategy=9)
    core.deal(20, account=1, position=position, volume=LOT, price=100_000, profit=-7,
              present=h.HF_HAS_PROFIT, reason=h.HF_DEAL_SL)
    every = h.HF_BY_ACCOUNT | h.HF_BY_STRATEGY | h.HF_BY_SYMBOL | h.HF_BY_SIDE | h.HF_BY_REASON
    found, count = reads.performance(core, every)
    external = h.HF_REASON_EXTERNAL
    keys = [(g.account, g.strategy, g.symbol, g.side, g.reason) for g in found]
    assert keys == [
        (1, 2, 2, 1, external), (1, 9, 1, 2, external), (1, 9, 2, 1, h.HF_REASON_SL),
        (1, 9, 2, 1, external), (1, 9, 2, 2, external), (2, 1, 1, 1, external)]
    assert [g.net for g in found] == [10, 10, -7, 20, 10, 10] and count == 6
    found, count = reads.performance(core, h.HF_BY_SYMBOL)
    assert [(g.account, g.symbol, g.count, g.net) for g in found] == [(0, 1, 2, 20), (0, 2, 5, 33)]
    found, count = reads.performance(core, every, room=2)
    assert len(found) == 2 and count == 6
    assert reads.performance(core, every, room=0) == ([], 6)


def test_the_filter_names_accounts_strategies_symbols_sides_tags_and_ages_of_the_close(core):
    trade(core, 1, strategy=7, tag="a", closed=100)
    trade(core, 2, account=2, symbol=2, side=h.HF_SHORT, tag="b", closed=200)
    for net, fields in [
            (1, {"present": h.HF_FILTER_ACCOUNT, "account": 1}),
            (1, {"present": h.HF_FILTER_STRATEGY, "strategy": 7}),
            (2, {"present": h.HF_FILTER_SYMBOL, "symbol": 2}),
            (2, {"present": h.HF_FILTER_SIDE, "side": h.HF_SHORT}),
            (1, {"present": h.HF_FILTER_TAG, "tag": "a"}),
            (1, {"present": h.HF_FILTER_OLDER_THAN, "older_than": 800}),
            (2, {"present": h.HF_FILTER_NEWER_THAN, "newer_than": 900}),
            (3, {"present": h.HF_FILTER_ALL})]:
        (found,), _ = reads.performance(core, **fields)
        assert found.net == net, fields
    (found,), count = reads.performance(core, present=h.HF_FILTER_ACCOUNT, account=9)
    assert (found.count, found.net, count) == (0, 0, 1)
    assert reads.performance(
        core, h.HF_BY_SYMBOL, present=h.HF_FILTER_ACCOUNT, account=9) == ([], 0)


def test_money_of_several_currencies_does_not_add_up(core):
    trade(core, 10, account=1)
    trade(core, -20, account=3, symbol=3)
    (found,), _ = reads.performance(core)
    assert (found.count, found.wins, found.losses, found.win_rate) == (2, 1, 1, ONE // 2)
    assert found.known == 0
    money = ("net", "gross_profit", "gross_loss", "largest_win", "largest_loss", "expectancy",
             "max_drawdown", "profit_factor")
    assert not any(getattr(found, name) for name in money)
    found, _ = reads.performance(core, h.HF_BY_ACCOUNT)
    assert [(g.account, g.net) for g in found] == [(1, 10), (3, -20)]
    assert all(g.known & h.HF_KNOWN_NET for g in found)


def test_a_sum_that_does_not_fit_is_unknown(core):
    # The balance has to fit all the while.
    for net in (MOST - 5, -MOST, MOST - 5):
        trade(core, net, account=1)
    (found,), _ = reads.performance(core)
    assert (found.count, found.wins, found.losses) == (3, 2, 1)
    assert found.known == 0 and found.net == found.gross_profit == found.max_drawdown == 0
    (found,), _ = reads.performance(core, now=25, present=h.HF_FILTER_SIDE, side=h.HF_LONG)
    assert found.known == 0


def test_unknown_money_counts_as_unknown_alone(core):
    position = core.open(1, 4, h.HF_LONG, LOT, 100_000, 10)
    core.deal(20, account=1, position=position, volume=LOT, price=99_000, reason=h.HF_DEAL_SO)
    trade(core, 4, closed=30)
    assert core.position(position).known & h.HF_KNOWN_NET == 0
    (found,), _ = reads.performance(core)
    assert (found.count, found.unknown, found.wins, found.net) == (2, 1, 1, 4)
    assert (found.win_rate, found.first, found.last) == (ONE, 30, 30)
    assert found.known & h.HF_KNOWN_NET


@pytest.mark.parametrize("status,by,now,fields", [
    ("HF_E_ARGUMENT", 32, NOW, {}),
    ("HF_E_ARGUMENT", 1 << 31, NOW, {}),
    ("HF_E_RANGE", 0, -1, {}),
    ("HF_E_ARGUMENT", 0, NOW, {"account": 1}),
    ("HF_E_ARGUMENT", 0, NOW, {"sort": h.HF_SORT_PROFIT}),
    ("HF_E_ARGUMENT", 0, NOW, {"present": 1 << 11}),
    ("HF_E_UNSUPPORTED", 0, NOW, {"present": h.HF_FILTER_POSITION, "position": 1}),
    ("HF_E_UNSUPPORTED", 0, NOW, {"present": h.HF_FILTER_STATES, "states": 4}),
    ("HF_E_UNSUPPORTED", 0, NOW, {"present": h.HF_FILTER_PROFITABLE}),
    ("HF_E_UNSUPPORTED", 0, NOW, {"present": h.HF_FILTER_LOSING}),
])
def test_what_it_cannot_be_asked_for_is_refused(core, status, by, now, fields):
    with pytest.raises(h.Failed, match=status):
        reads.performance(core, by, now, **fields)


def test_only_what_the_history_keeps_counts(core):
    for at in range(40):
        trade(core, at, closed=100 + at)
    (found,), _ = reads.performance(core)
    assert (found.count, found.net, found.first) == (32, sum(range(8, 40)), 108)
