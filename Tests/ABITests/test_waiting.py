"""A reader of events that sleeps is woken; one that is busy costs nobody anything."""

import select
import threading
import time

import holdfast as h
import pytest


def ready(core, cursor, timeout):
    return core.get("events_wait", cursor, timeout, kind=h.ctypes.c_uint32)


def armed(core, cursor):
    return core.get("events_arm", cursor, kind=h.ctypes.c_int32)


@pytest.fixture
def market(library):
    with h.Core(library, events=64) as core:
        core.symbol("EURUSD")
        core.account(1)
        core.tick(1, 1, 100_000, 100_010)
        yield core


def happen(core):
    core.open(1, 1, h.HF_LONG, 1_000_000, 100_000, 2)


def test_a_look_and_a_timeout_say_whether_there_is_an_event(market):
    assert ready(market, 0, 0) == 0
    start = time.monotonic()
    assert ready(market, 0, 30) == 0
    assert time.monotonic() - start > 0.02
    happen(market)
    assert ready(market, 0, 20_000) == 1
    assert ready(market, 1, 0) == 0
    for _ in range(100):
        happen(market)
    assert ready(market, 0, 0) == 1, "a reader that was overtaken is to be told"


def test_a_negative_timeout_is_refused(market):
    with pytest.raises(h.Failed, match="HF_E_RANGE"):
        ready(market, 0, -1)


def test_every_event_wakes_the_reader_that_sleeps_for_it(market):
    seen = []

    def read():
        for cursor in range(200):
            seen.append(ready(market, cursor, 20_000))

    reader = threading.Thread(target=read)
    reader.start()
    for at in range(200):
        while len(seen) < at:
            time.sleep(0)
        if at % 3:
            time.sleep(0.0005)
        happen(market)
    reader.join(30)
    assert not reader.is_alive() and seen == [1] * 200


def test_only_one_may_wait(market):
    waiting = threading.Thread(target=ready, args=(market, 0, 20_000))
    waiting.start()
    for _ in range(2000):
        try:
            assert ready(market, 0, 0) == 0
        except h.Failed as failed:
            assert "HF_E_STATE" in str(failed)
            break
        time.sleep(0.001)
    else:
        pytest.fail("two could wait")
    happen(market)
    waiting.join(30)
    assert not waiting.is_alive()
    assert ready(market, 0, 0) == 1


def test_an_event_loop_sees_the_descriptor_become_readable(market):
    def is_readable(descriptor, timeout=0):
        return bool(select.select([descriptor], [], [], timeout)[0])

    descriptor = armed(market, 0)
    assert not is_readable(descriptor)
    threading.Timer(0.02, happen, [market]).start()
    assert is_readable(descriptor, 20)
    assert armed(market, 0) == descriptor
    assert is_readable(descriptor), "armed for an event that is there already"
    assert armed(market, 1) == descriptor
    assert not is_readable(descriptor)
    happen(market)
    assert is_readable(descriptor)
