"""The standard workload, exactly as ../WORKLOAD.md defines it. Nothing here knows an engine."""

import time
from dataclasses import dataclass

START_BID = 1_000_000
SPREAD = 2
GAMMA = 0x9E3779B97F4A7C15
WORD = (1 << 64) - 1
STOP, TARGET, TRAILING = 1, 2, 3


def mix(z):
    """The finaliser of SplitMix64."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
    return z ^ (z >> 31)


@dataclass
class Settings:
    mode: str = "fix"
    positions: int = 1_000
    ticks: int = 100_000
    symbols: int = 1
    seed: int = 1
    quiet: bool = False

    @property
    def base(self):
        return 20 + (8192 if self.quiet else 0)

    @property
    def salt(self):
        return mix((self.seed + GAMMA) & WORD)

    @property
    def trailing_tenths(self):
        return 3 if self.mode == "T30" else 0

    def walk(self):
        """(symbol, bid) of each tick, drawn before the clock starts."""
        bids = [START_BID] * self.symbols
        state, steps = self.seed, []
        for _ in range(self.ticks):
            state = (state + GAMMA) & WORD
            draw = mix(state)
            symbol = ((draw >> 32) * self.symbols) >> 32
            bids[symbol] += 1 if draw & 1 else -1
            steps.append((symbol, bids[symbol]))
        return steps


class Lives:
    """Draws what a life opens: (is short, is trailing, stop distance, target distance)."""

    def __init__(self, settings):
        self.salt, self.base = settings.salt, settings.base
        self.tenths = settings.trailing_tenths

    def draw(self, key):
        bits = mix(self.salt ^ key)
        return (
            bool(bits & 1),
            ((bits >> 33 & 0xFFFF) * 10 >> 16) < self.tenths,
            self.base + ((bits >> 1 & 0xFFFF) * 181 >> 16),
            self.base + ((bits >> 17 & 0xFFFF) * 181 >> 16),
        )


class Tally:
    def __init__(self):
        self.triggers = 0
        self.checksum = 0

    def add(self, key, tick, reason):
        self.triggers += 1
        self.checksum = (self.checksum + mix((key + GAMMA * (4 * tick + reason)) & WORD)) & WORD


def run(engine, settings):
    """Opens the positions, warms up and times the rest. An engine has `tick(number, symbol, bid)`
    and a `tally`; what fires it opens again itself."""
    walk = settings.walk()
    warm_up = settings.ticks // 5

    def play(first, end):
        for at in range(first, end):
            engine.tick(at + 1, *walk[at])

    play(0, warm_up)
    wall, processor = time.perf_counter_ns(), time.thread_time_ns()
    play(warm_up, settings.ticks)
    timed = settings.ticks - warm_up
    return {
        "mode": settings.mode, "positions": settings.positions, "ticks": settings.ticks,
        "cpu_ns_per_tick": (time.thread_time_ns() - processor) / timed,
        "ns_per_tick": (time.perf_counter_ns() - wall) / timed,
        "triggers": engine.tally.triggers, "checksum": f"{engine.tally.checksum:016x}",
    } | getattr(engine, "notes", dict)()
