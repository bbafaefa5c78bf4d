"""What this build lacks, bytes that must be zero, text that is too long, foreign versions."""

import ctypes
import os

import header
import holdfast as h
import pytest
import world as worlds

NOW = worlds.NOW + 10
LATER = ["BAR", "CANDLE", "GUARD", "RELEASE", "ROLL", "DECISION", "STATE", "EMERGENCY_STOP"]
KINDS = dict(header.record_kinds())
SOON = [kind for kind in KINDS if kind not in {h.constant(f"HF_RECORD_{name}") for name in LATER}]


@pytest.fixture
def world(library):
    one = worlds.World(library)
    yield one
    one.close()


def status_of(call, *arguments, **fields):
    try:
        call(*arguments, **fields)
    except h.Failed as failed:
        return failed.status
    return h.HF_OK


def symbol(core, **fields):
    record = h.hf_symbol()
    core.call("symbol_get", 1, record, None)
    for name, value in fields.items():
        setattr(record, name, value)
    return core.get("symbol_put", record, NOW, kind=ctypes.c_uint32)


def account(core, **fields):
    record = core.account_view(1).account
    for name, value in fields.items():
        setattr(record, name, value)
    core.call("account_put", record, NOW)


def opened(core, **fields):
    core.open(1, 1, h.HF_LONG, worlds.LOT, 110000, NOW, **fields)


def modify(core, **fields):
    core.modify(1, NOW, **fields)


def rule(core, **fields):
    values = {"id": 5, "kind": h.HF_RULE_TRAILING, "scope": h.HF_SCOPE_POSITION, "scope_id": 1,
              "present": h.HF_RULE_DISTANCE, "distance": 100}
    values["present"] |= fields.pop("also", 0)
    core.call("rule_put", h.hf_rule(**(values | fields)), NOW)


def configured(core, **fields):
    h.Core(core.library, **fields).close()


UNSUPPORTED = [
    (symbol, {"source": h.HF_SOURCE_BARS}),
    (opened, {"flags": h.HF_OPEN_INTERVAL, "interval": 60}),
    (rule, {"kind": h.HF_RULE_BREAK_EVEN}),
    (rule, {"kind": h.HF_RULE_PRESET, "preset": h.HF_PRESET_BOOKING}),
    (rule, {"also": h.HF_RULE_ATR, "atr": 1}),
    (rule, {"also": h.HF_RULE_TRIGGER, "trigger": 1}),
    (configured, {"durability": h.HF_DURABILITY_ASYNC}),
    (configured, {"durability": h.HF_DURABILITY_DURABLE}),
]


@pytest.mark.parametrize(
    "call,fields", UNSUPPORTED, ids=[f"{c.__name__}-{'-'.join(f)}" for c, f in UNSUPPORTED])
def test_what_this_build_lacks_is_said_and_changes_nothing(world, call, fields):
    before = world.core.hash()
    assert status_of(call, world.core, **fields) == h.HF_E_UNSUPPORTED
    assert world.core.hash() == before


MALFORMED = [
    (h.HF_E_ARGUMENT, symbol, {"present": h.HF_SYMBOL_SPREAD_GRACE, "spread_grace": 10}),
    (h.HF_E_ARGUMENT, symbol, {"max_spread": 10}),
    (h.HF_E_ARGUMENT, symbol, {"confirm_ticks": 2}),
    (h.HF_E_RANGE, symbol, {"present": h.HF_SYMBOL_MAX_SPREAD}),
    (h.HF_E_RANGE, symbol, {"present": h.HF_SYMBOL_MAX_SPREAD, "max_spread": 1 << 53}),
    (h.HF_E_RANGE, symbol, {"present": h.HF_SYMBOL_CONFIRM, "confirm": -1}),
    (h.HF_E_RANGE, symbol, {"present": h.HF_SYMBOL_CONFIRM, "confirm": 1 << 60}),
    (h.HF_E_RANGE, symbol, {"present": h.HF_SYMBOL_CONFIRM_TICKS}),
    (h.HF_E_ARGUMENT, rule, {"also": h.HF_RULE_PERCENT, "percent": 1}),
    (h.HF_E_ARGUMENT, rule, {"also": h.HF_RULE_SECOND_PROFIT, "second_profit": 1}),
    (h.HF_E_ARGUMENT, rule, {"also": h.HF_RULE_SECOND_PERCENT, "second_percent": 1}),
    (h.HF_E_ARGUMENT, rule, {"step": 1}),
    (h.HF_E_RANGE, rule, {"also": h.HF_RULE_STEP}),
    (h.HF_E_RANGE, rule, {"also": h.HF_RULE_STEP_PERCENT, "step_percent": 100_000_000}),
    (h.HF_E_RANGE, rule, {"also": h.HF_RULE_ACTIVATION, "activation": -5}),
]


@pytest.mark.parametrize("status,call,fields", MALFORMED)
def test_terms_that_mean_nothing_are_refused_and_change_nothing(world, status, call, fields):
    before = world.core.hash()
    assert status_of(call, world.core, **fields) == status
    assert world.core.hash() == before


@pytest.mark.parametrize("name", LATER)
def test_kinds_of_later_versions_are_unsupported(world, name):
    kind = h.constant(f"HF_RECORD_{name}")
    body = bytes(ctypes.sizeof(h.RECORDS[KINDS[kind]]))
    before = world.core.hash()
    assert status_of(world.core.apply, kind, body, NOW) == h.HF_E_UNSUPPORTED
    assert world.core.hash() == before


@pytest.mark.parametrize("kind", [0, 28, 99, 102, 201, 300, 65535])
def test_what_is_no_input_is_no_input(world, kind):
    assert status_of(world.core.apply, kind, b"", NOW) in (h.HF_E_UNSUPPORTED, h.HF_E_ARGUMENT)


def test_a_record_of_another_version_or_size_is_refused(world):
    body = bytes(h.hf_tick(symbol=1, time=NOW, bid=1, ask=2))
    assert status_of(world.core.apply, h.HF_RECORD_TICKS, body, NOW, version=2) == h.HF_E_VERSION
    for size in (0, 1, 63, 65):
        wrong = (body + b"\0")[:size]
        assert status_of(world.core.apply, h.HF_RECORD_TICKS, wrong, NOW) in (
            h.HF_OK if size == 0 else h.HF_E_RANGE, h.HF_E_RANGE)
    assert status_of(world.core.apply, h.HF_RECORD_TICKS, body, NOW, size=32) == h.HF_E_RANGE


def reserved_bytes(record, at=0):
    """The place of every byte that must be zero, those of nested records too."""
    for name, kind in record._fields_:
        place = getattr(record, name)
        if name == "reserved":
            yield from range(at + place.offset, at + place.offset + place.size)
        elif isinstance(kind, type) and issubclass(kind, h.Record):
            yield from reserved_bytes(kind, at + place.offset)


@pytest.mark.parametrize("kind", SOON, ids=[KINDS[kind] for kind in SOON])
def test_a_reserved_byte_that_is_set_is_an_error(world, kind):
    record = h.RECORDS[KINDS[kind]]
    good = honest(world, record, kind)
    before = world.core.hash()
    for at in reserved_bytes(record):
        body = bytearray(good)
        body[at] = 1
        assert status_of(world.core.apply, kind, body, NOW) == h.HF_E_ARGUMENT, f"byte {at}"
    assert world.core.hash() == before


def honest(world, record, kind=None):
    """A record that this world takes."""
    fields = {
        h.hf_open: {"account": 1, "symbol": 1, "side": 1, "volume": worlds.LOT, "price": 110000},
        h.hf_tick: {"symbol": 1, "time": NOW, "bid": 110000, "ask": 110010},
        h.hf_modify: {"position": 1, "sl": 108000, "change_sl": h.HF_SET},
        h.hf_rule: {"id": 9, "kind": 1, "scope": 1, "scope_id": 1, "present": 1, "distance": 100},
        h.hf_close: {"filter": h.hf_filter(position=1, present=h.HF_FILTER_POSITION)},
        h.hf_cancel: {"position": 4},
        h.hf_ack: {"command": world.sent.id, "deal": 5},
        h.hf_deal: {"account": 1, "position": 1, "deal": 5, "volume": 1000000, "price": 110000},
        h.hf_take: {"executor": 1, "epoch": 1, "max": 1},
        h.hf_rate: {"base": b"EUR", "quote": b"CHF", "bid": worlds.LOT, "ask": worlds.LOT},
        h.hf_fill: {"account": 1, "position": 1, "symbol": 1, "side": 1, "volume": worlds.LOT,
                    "price": 110000},
        h.hf_deposit: {"account": 1, "amount": 1},
        h.hf_close_by: {"position": 1, "with": 6},
        h.hf_executor: {"id": 1, "up": 1, "capabilities": h.HF_CAN_ALL},
        h.hf_reconcile: {"account": 1, "asked_at": NOW},
    }
    if record is h.hf_symbol:
        return bytes(world.symbol())
    if record is h.hf_account:
        return bytes(world.core.account_view(1).account)
    if kind == h.HF_RECORD_ENTRY:
        fields[record]["price"] = 0
    return bytes(record(**fields[record]))


def test_honest_records_are_taken(library):
    """So that the refusals above are for the byte that was set."""
    for kind in SOON:
        world = worlds.World(library)
        body = honest(world, h.RECORDS[KINDS[kind]], kind)
        assert status_of(world.core.apply, kind, body, NOW) == h.HF_OK, KINDS[kind]
        world.close()


@pytest.mark.parametrize("field,width", [("tag", 32), ("client_id", 40), ("by", 32)])
def test_text_may_fill_its_field_and_nothing_stands_after_its_end(world, field, width):
    place = getattr(h.hf_open, field).offset
    body = bytearray(honest(world, h.hf_open))
    body[place:place + width] = b"x" * width
    assert status_of(world.core.apply, h.HF_RECORD_OPEN, body, NOW) == h.HF_OK
    body[place + 3] = 0
    assert status_of(world.core.apply, h.HF_RECORD_OPEN, body, NOW) == h.HF_E_RANGE


def test_a_name_that_is_too_long_is_refused_never_cut(library):
    record = h.hf_symbol()
    for length, status in ((32, h.HF_OK), (33, h.HF_E_RANGE)):
        assert library.hf_symbol_init(
            ctypes.byref(record), b"x" * length, 5, 1, 1, b"USD") == status


@pytest.mark.parametrize("field,value", [("struct_size", 124), ("abi_version", 2)])
def test_a_config_of_another_version_is_refused(library, field, value):
    with pytest.raises(h.Failed) as caught:
        h.Core(library, **{field: value})
    assert caught.value.status == h.HF_E_VERSION


def test_a_reserved_word_of_the_config_is_an_error(library):
    with pytest.raises(h.Failed) as caught:
        h.Core(library, reserved=(ctypes.c_uint32 * 13)(0, 1))
    assert caught.value.status == h.HF_E_ARGUMENT


def test_after_a_fork_the_child_gets_an_error_and_the_parent_goes_on(world):
    child = os.fork()
    if child == 0:
        statuses = {status_of(world.core.hash), status_of(world.core.step, NOW)}
        os._exit(0 if statuses == {h.HF_E_FORKED} else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    worlds.check_states(world)


def test_a_child_may_open_a_core_of_its_own(library):
    child = os.fork()
    if child == 0:
        with h.Core(library) as core:
            core.symbol("EURUSD")
            fine = core.hash() != 0
        os._exit(0 if fine else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
