"""A session of random calls, most of them sensible, recorded and applied again to another core.

    python session.py SEED CALLS

A process of its own, because what it looks for may be its death. It ends with a line of JSON.
"""

import ctypes
import json
import random
import resource
import sys

import holdfast as h

LOT = 100_000_000
CONFIG = {
    "positions": 256, "events": 1 << 16, "rules": 64, "outbox": 8, "history": 64, "deals": 64,
    "finished": 64,
}
EDGES = [0, 1, 2, LOT, 1 << 31, (1 << 53) - 1, 1 << 53, (1 << 63) - 1]
RETCODES = [0, 10004, 10006, 10008, 10010, 10012, 10018, 10026, 10030, 10036, 10040, 99]


class Session:
    def __init__(self, seed):
        self.random = random.Random(f"session {seed}")
        self.library = h.load()
        self.core = h.Core(self.library, **CONFIG)
        self.core.call("recording_open", b"recording")
        self.symbols = [
            self.core.symbol("EURUSD"), self.core.symbol("USDJPY", 3, 5, 690_000, "JPY"),
            self.core.symbol("BIG", 0, 1, (1 << 40), "USD", volume_max=1 << 52,
                             present=h.HF_SYMBOL_STALE_AFTER, stale_after=10**12),
        ]
        for account in (1, 2):
            self.core.account(account, observe=0)
        self.now, self.epoch, self.opened, self.commands = 0, 1, [], []
        self.prices = {symbol: 100_000 for symbol in self.symbols}
        self.statuses = {}

    # --- Values

    def odd(self, value, share=0.03):
        """The value, and sometimes something at the edge."""
        if self.random.random() >= share:
            return value
        edge = self.random.choice(EDGES + [self.random.getrandbits(62)])
        return edge if self.random.random() < 0.8 or value < 0 else -edge

    def signed(self, value):
        return max(-(1 << 63), min((1 << 63) - 1, value))

    def near(self, symbol, width=60):
        return self.signed(self.odd(self.prices[symbol] + self.random.randint(-width, width)))

    def later(self):
        self.now += self.random.choice([0, 1, 10**6, 10**8, 10**9, 3 * 10**9])
        return self.now

    def position(self):
        return self.random.choice(self.opened[-40:] or [1])

    def command(self):
        first = h.hf_command_id(owner=1, count=1, epoch=1)
        return self.random.choice(self.commands[-20:] or [first])

    # --- Calls

    def tick(self):
        symbol = self.random.choice(self.symbols)
        price = self.prices[symbol] = max(10, self.prices[symbol] + self.random.randint(-40, 40))
        spread = self.random.choice([0, 1, 10, -3])
        self.core.tick(symbol, self.later(), self.odd(price, 0.01), self.odd(price + spread, 0.01))

    def ticks(self):
        for _ in range(8):
            self.tick()

    def open(self):
        symbol = self.random.choice(self.symbols)
        levels = {
            name: self.near(symbol) for name in ("sl", "tp") if self.random.random() < 0.6}
        self.opened.append(self.core.open(
            self.random.choice([1, 2]), symbol, self.random.choice([h.HF_LONG, h.HF_SHORT]),
            self.odd(LOT // 100 * self.random.randint(1, 50), 0.1), self.near(symbol), self.now,
            **levels))

    def modify(self):
        change = {}
        for name in ("sl", "tp"):
            change[f"change_{name}"] = self.random.choice([h.HF_LEAVE, h.HF_UNSET, h.HF_SET])
            change[name] = self.near(self.random.choice(self.symbols))
        self.core.modify(self.position(), self.later(), **change,
                         allow_immediate=self.random.randint(0, 1))

    def rule(self):
        self.core.trail(self.random.randint(1, 40), self.position(),
                        self.odd(self.random.randint(5, 60)), self.later(),
                        remove=self.random.random() < 0.2)

    def close(self):
        share = self.random.choice([{}, {"fraction": LOT // 2}, {"volume": LOT // 100}])
        if self.random.random() < 0.05:
            self.core.close_positions(self.later(), filter=h.hf_filter(present=h.HF_FILTER_ALL))
        else:
            self.core.close_position(self.position(), self.later(), **share)

    def cancel(self):
        self.core.cancel(self.position(), self.later())

    def take(self):
        self.epoch += self.random.random() < 0.05
        room = self.random.choice([1, 3, 16])
        taken = self.core.take(self.random.choice([1, 2]), self.later(), self.epoch, room)
        self.commands += [h.hf_command_id.from_buffer_copy(one.id) for one in taken]

    def ack(self):
        fields = {"deal": self.random.choice([0, self.random.randint(1, 500)])}
        if self.random.random() < 0.4:
            fields |= {"retcode": self.random.choice(RETCODES), "present": h.HF_HAS_RETCODE}
        elif self.random.random() < 0.3:
            fields |= {"volume": self.odd(LOT // 100, 0.2), "present": h.HF_HAS_VOLUME}
        if self.random.random() < 0.1:
            fields["query"] = 1
        self.core.ack(self.command(), self.later(), **fields)

    def deal(self):
        symbol = self.random.choice(self.symbols)
        self.core.deal(
            self.later(), account=self.random.choice([1, 2]), position=self.position(),
            deal=self.random.randint(0, 900), volume=self.odd(LOT // 100, 0.1),
            price=self.near(symbol), reason=self.random.randint(0, 3),
            profit=self.odd(0), commission=self.odd(0), swap=self.odd(0), fee=self.odd(0),
            present=self.random.getrandbits(6) & 0b111100)

    def step(self):
        self.core.step(self.later())

    def play(self, calls):
        verbs = [self.ticks] * 6 + [self.tick] * 4 + [self.open] * 4 + [self.take] * 5
        verbs += [self.ack] * 6 + [self.modify, self.rule, self.rule, self.close, self.cancel]
        verbs += [self.deal, self.step, self.step]
        for _ in range(calls):
            verb = self.random.choice(verbs)
            try:
                verb()
                status = "HF_OK"
            except h.Failed as failed:
                status = str(failed)
            self.statuses[status] = self.statuses.get(status, 0) + 1


def applied_again(library, **config):
    """The hash and the events of the recording in another core."""
    data, at, core = open("recording", "rb").read(), 0, None
    outcome = h.hf_outcome()
    while at < len(data):
        head = h.hf_record_head.from_buffer_copy(data, at)
        body = data[at + 32:at + 32 + head.size]
        at += 32 + head.size
        if head.kind == h.HF_RECORD_CONFIG:
            core = h.Core(library, **CONFIG | config)
        elif head.kind != h.HF_RECORD_HASH:
            library.hf_apply(core.handle, ctypes.byref(head), body, len(body),
                             ctypes.byref(outcome))
    return core.hash(), core.events()


def bare(events):
    """Events without the number of their input: a step has one for each stripe."""
    kept = []
    for event in events:
        event.sequence = 0
        kept.append(bytes(event))
    return kept


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    session = Session(sys.argv[1])
    session.play(int(sys.argv[2]))
    live = session.core.hash(), session.core.events()
    session.core.call("recording_close")
    counters = session.core.counters()
    same = {}
    for name, config in [("plain", {}), ("scalar", {"kernel": h.HF_KERNEL_SCALAR, "outbox": 64}),
                         ("stripes", {"stripes": 3})]:
        again = applied_again(session.library, **config)
        same[name] = again[0] == live[0] and (
            again[1] == live[1] if name != "stripes" else bare(again[1]) == bare(live[1]))
    print(json.dumps({
        "same": same, "faults": counters.faults, "closed": counters.positions_closed,
        "retries": counters.retries, "statuses": session.statuses,
    }))


if __name__ == "__main__":
    main()
