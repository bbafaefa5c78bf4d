"""A small core in which every kind of thing is alive, for tests that abuse one."""

import ctypes

import holdfast as h

NOW = 1_000_000_000
LOT = 100_000_000
CONFIG = {
    "symbols": 8, "accounts": 4, "executors": 4, "positions": 64, "rules": 16, "outbox": 16,
    "events": 256, "history": 16, "deals": 16, "finished": 16, "stripes": 2,
}


class World:
    """Positions 1: quiet, 2: trails, 3: its close is out, 4: its close waits, 5: over, 6: short."""

    def __init__(self, library):
        self.core = core = h.Core(library, **CONFIG)
        eurusd = core.symbol("EURUSD")
        gold = core.symbol("XAUUSD", digits=2, tick_size=1, tick_value=LOT)
        core.account(1)
        core.account(2)
        core.tick(eurusd, NOW, 110000, 110010)
        core.tick(gold, NOW, 200000, 200020)
        for ticket, (account, symbol, sl, tp) in enumerate([
            (1, eurusd, 109000, 112000), (1, eurusd, 0, 0), (1, eurusd, 109900, 0),
            (2, gold, 0, 0), (2, gold, 199000, 0),
        ], 1):
            price = 110000 if symbol == eurusd else 200000
            core.open(account, symbol, h.HF_LONG, LOT // 10, price, NOW, sl=sl, tp=tp,
                      ticket=1000 + ticket, client_id=f"client-{ticket}", tag="t")
        core.trail(1, 2, 500, NOW)
        core.tick(eurusd, NOW + 1, 109890, 109900)
        core.tick(gold, NOW + 1, 198990, 199000)
        self.sent = core.take(1, NOW + 2)[0]
        core.ack(core.take(2, NOW + 2)[0].id, NOW + 3, deal=7001)
        core.close_position(4, NOW + 4)
        core.tick(eurusd, NOW + 5, 110000, 110010)
        core.open(1, eurusd, h.HF_SHORT, LOT // 10, 110000, NOW + 5, ticket=1006)

    def symbol(self):
        record = h.hf_symbol()
        self.core.call("symbol_get", 1, record, None)
        return record

    def close(self):
        self.core.close()


def link_config():
    """A link without a thread that listens in the current folder."""
    return h.RECORDS["hf_link_config"](
        struct_size=ctypes.sizeof(h.RECORDS["hf_link_config"]), abi_version=h.HF_ABI_VERSION,
        flags=h.constant("HF_LINK_HOSTED"), max_message=1 << 20, window=100, max_peers=4,
        max_parked=100, notice_interval=20, endpoint="ipc://*",
    )


def open_link(library, core):
    handle = ctypes.c_void_p()
    config = link_config()
    h.check(library.hf_link_open(core.handle, ctypes.byref(config), ctypes.byref(handle)))
    return handle


def check_states(world):
    """The world is what it says that it is."""
    states = [world.core.position(number).state for number in range(1, 6)]
    assert states == [h.HF_POSITION_OPEN] * 2 + [h.HF_POSITION_CLOSING] * 2 + [h.HF_POSITION_CLOSED]
    assert world.core.position(2).sl == 109500
    assert world.core.counters().faults == 0
