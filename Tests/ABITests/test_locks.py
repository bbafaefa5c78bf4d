"""What a stripe's lock costs is counted, and measured where a host asks for it."""

import threading

import holdfast as h
import pytest

LOCKS = (h.HF_LATENCY_LOCK_WAIT, h.HF_LATENCY_LOCK_HOLD, h.HF_LATENCY_SLICE_HOLD)


def latency(core, which):
    return core.get("latency_get", which, kind=h.hf_latency)


def drive(core, symbol, ticks):
    """The same instant is legal, so a batch can be sent again."""
    one = h.hf_tick(symbol=symbol, time=10, bid=100_000, ask=100_010)
    batch = (h.hf_tick * ticks)(*[one] * ticks)
    for _ in range(20):
        core.ticks(batch)


def test_a_lock_that_two_threads_want_is_counted_and_its_waits_measured(library):
    with h.Core(library, flags=h.HF_CONFIG_LATENCY) as core:
        symbols = [core.symbol(name) for name in ("EURUSD", "GBPUSD")]
        core.account(1)
        for _ in range(200):
            threads = [threading.Thread(target=drive, args=(core, s, 20_000)) for s in symbols]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if core.counters().lock_waits:
                break
        waits = core.counters().lock_waits
        assert 0 < waits == latency(core, h.HF_LATENCY_LOCK_WAIT).count
        held = latency(core, h.HF_LATENCY_LOCK_HOLD)
        assert held.count > 40 and 0 < held.p50 <= held.p99 <= held.p999 <= held.max


def test_a_long_read_holds_a_lock_for_slices_of_256_at_most(library):
    with h.Core(library, flags=h.HF_CONFIG_LATENCY, positions=2048) as core:
        symbol = core.symbol("EURUSD")
        core.account(1)
        core.tick(symbol, 1, 100_000, 100_010)
        for _ in range(1000):
            core.open(1, symbol, h.HF_LONG, 1_000_000, 100_000, 2)
        assert latency(core, h.HF_LATENCY_SLICE_HOLD).count == 0
        assert len(core.positions(room=1000)) == 1000
        assert latency(core, h.HF_LATENCY_SLICE_HOLD).count >= 1000 / 32
        assert 32 <= core.counters().slices_max <= 256


def test_without_the_flag_nothing_is_measured_and_what_is_none_is_refused(core):
    for which in LOCKS:
        with pytest.raises(h.Failed, match="HF_E_STATE"):
            latency(core, which)
    for which in (0, 5):
        with pytest.raises(h.Failed, match="HF_E_ARGUMENT"):
            latency(core, which)
