"""Rules of wider scopes: their rows are counted, and what has no room changes nothing."""

import holdfast as h
import pytest

NOW = 10


@pytest.fixture
def market(library):
    with h.Core(library, rules=4, positions=16, stripes=2) as core:
        for name in ("EURUSD", "GBPUSD"):
            core.symbol(name)
        core.account(1)
        for symbol in (1, 2):
            core.tick(symbol, 1, 100_000, 100_010)
        yield core


def put(core, number, scope, scope_id=0, **fields):
    rule = h.hf_rule(id=number, kind=h.HF_RULE_TRAILING, scope=scope, scope_id=scope_id,
                     present=h.HF_RULE_DISTANCE, distance=100)
    for name, value in fields.items():
        setattr(rule, name, value)
    core.call("rule_put", rule, NOW)


def end(core, number):
    core.call("rule_put", h.hf_rule(id=number, remove=1), NOW)


def opened(core, symbol=1):
    return core.open(1, symbol, h.HF_LONG, 1_000_000, 100_000, NOW)


def refused(core, status, call, *arguments):
    before = core.hash()
    with pytest.raises(h.Failed, match=status):
        call(core, *arguments)
    assert core.hash() == before


def test_a_wide_rule_takes_a_row_for_each_position_in_its_scope(market):
    put(market, 1, h.HF_SCOPE_ALL)
    first = [opened(market, symbol) for symbol in (1, 2, 1, 2)]
    refused(market, "HF_E_FULL", opened)
    # A position stands in one scope at a time: these rules need no more rows.
    put(market, 2, h.HF_SCOPE_SYMBOL, 2)
    put(market, 3, h.HF_SCOPE_POSITION, first[0])
    refused(market, "HF_E_FULL", put, 4, h.HF_SCOPE_POSITION, first[0])
    refused(market, "HF_E_FULL", put, 4, h.HF_SCOPE_SYMBOL, 2)
    market.deal(NOW, account=1, position=first[0], volume=1_000_000, price=100_000,
                reason=h.HF_DEAL_SO)
    fifth = opened(market)
    assert market.position(fifth).trailing_distance == 100
    end(market, 1)
    assert market.position(fifth).trailing_distance == 0
    end(market, 2)
    for number in range(4):
        put(market, 10 + number, h.HF_SCOPE_POSITION, fifth)
    refused(market, "HF_E_FULL", put, 20, h.HF_SCOPE_POSITION, first[1])


def test_a_wide_rule_without_room_for_the_positions_that_are_open_is_refused(market):
    for symbol in (1, 2, 1, 2, 1):
        opened(market, symbol)
    refused(market, "HF_E_FULL", put, 1, h.HF_SCOPE_ALL)
    put(market, 1, h.HF_SCOPE_SYMBOL, 2)
    refused(market, "HF_E_FULL", put, 1, h.HF_SCOPE_ACCOUNT, 1)
    put(market, 1, h.HF_SCOPE_SYMBOL, 1)
    assert [p.trailing_distance for p in market.positions()] == [100, 100, 100, 0, 0]


def test_an_id_moves_between_a_position_and_a_wider_scope(market):
    position = opened(market)
    put(market, 1, h.HF_SCOPE_POSITION, position, distance=50)
    put(market, 1, h.HF_SCOPE_ALL, distance=70)
    assert market.position(position).trailing_distance == 70
    other = opened(market, 2)
    put(market, 1, h.HF_SCOPE_POSITION, other, distance=40)
    assert market.position(position).trailing_distance == 0
    assert market.position(other).trailing_distance == 40
    end(market, 1)
    with pytest.raises(h.Failed, match="HF_E_RULE"):
        end(market, 1)


def test_an_id_that_has_no_room_where_it_is_to_go_stays_where_it_is(market):
    first, second = opened(market, 1), opened(market, 2)
    for number in (10, 11, 12):
        put(market, number, h.HF_SCOPE_POSITION, second)
    put(market, 1, h.HF_SCOPE_SYMBOL, 1, distance=70)
    put(market, 9, h.HF_SCOPE_POSITION, first, distance=50)
    # The wide rule needs the row that its own one would leave.
    refused(market, "HF_E_FULL", put, 9, h.HF_SCOPE_POSITION, second)
    assert market.position(first).trailing_distance == 50
    end(market, 9)
    put(market, 2, h.HF_SCOPE_STRATEGY, 3)
    refused(market, "HF_E_FULL", put, 2, h.HF_SCOPE_POSITION, second)
    # Where the wide rule goes with the move, its row is free.
    put(market, 1, h.HF_SCOPE_POSITION, second)
    assert market.position(first).trailing_distance == 0
    refused(market, "HF_E_FULL", put, 20, h.HF_SCOPE_POSITION, first)
    end(market, 1)
    put(market, 20, h.HF_SCOPE_POSITION, first)


@pytest.mark.parametrize("scope,scope_id,status", [
    (h.HF_SCOPE_SYMBOL, 3, "HF_E_SYMBOL"), (h.HF_SCOPE_SYMBOL, 1 << 32 | 1, "HF_E_SYMBOL"),
    (h.HF_SCOPE_ACCOUNT, 2, "HF_E_ACCOUNT"), (h.HF_SCOPE_ALL, 1, "HF_E_ARGUMENT"),
    (h.HF_SCOPE_STRATEGY, 0, "HF_E_ARGUMENT"), (6, 0, "HF_E_ARGUMENT"),
])
def test_a_scope_that_is_none_has_its_status(market, scope, scope_id, status):
    refused(market, status, put, 1, scope, scope_id)
