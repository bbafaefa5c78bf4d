"""numpy columns: two streams a symbol, each a few arrays compared whole on each tick."""

import numpy
from workload import GAMMA, SPREAD, START_BID, STOP, TARGET, TRAILING, Tally

NEVER = 1 << 40


def mix(z):
    """The finaliser of SplitMix64, of whole columns; uint64 wraps."""
    z = (z ^ (z >> 30)) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> 27)) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> 31)


class Stream:
    """The longs of a symbol on bid; its shorts are longs on -ask. Slots are stable, last freed
    first used; what lies behind the highest ever used is not looked at."""

    def __init__(self, capacity):
        self.down = numpy.full(capacity, -NEVER)
        self.up = numpy.full(capacity, NEVER)
        self.distance = numpy.full(capacity, NEVER)  # of a trailing stop
        self.key = numpy.zeros(capacity, numpy.uint64)
        self.free = list(range(capacity - 1, -1, -1))
        self.used = 0
        self.trails = False
        self.below = numpy.empty(capacity, bool)
        self.above = numpy.empty(capacity, bool)
        self.level = numpy.empty(capacity, numpy.int64)

    def open(self, keys, price, trailing, stop, target):
        slots = [self.free.pop() for _ in range(len(keys))]
        self.used = max(self.used, max(slots) + 1)
        self.key[slots] = keys
        self.down[slots] = price - stop
        self.up[slots] = price + target
        self.distance[slots] = numpy.where(trailing, stop, NEVER)
        self.trails = self.trails or bool(trailing.any())

    def tick(self, price):
        """The keys that fire and why; they are taken out, the trailing stops of the rest move."""
        used = self.used
        down, up = self.down[:used], self.up[:used]
        below = numpy.greater_equal(down, price, out=self.below[:used])
        above = numpy.less_equal(up, price, out=self.above[:used])
        fired = numpy.logical_or(below, above, out=above).nonzero()[0]
        if self.trails:
            level = numpy.subtract(price, self.distance[:used], out=self.level[:used])
        if fired.size == 0:
            if self.trails:
                numpy.maximum(down, level, out=down)
            return None
        trailing = self.distance[fired] != NEVER
        reasons = numpy.where(below[fired], numpy.where(trailing, TRAILING, STOP), TARGET)
        down[fired], up[fired], self.distance[fired] = -NEVER, NEVER, NEVER
        if self.trails:
            level[fired] = -NEVER
            numpy.maximum(down, level, out=down)
        self.free.extend(fired.tolist())
        return self.key[fired], reasons


class Columns:
    def __init__(self, settings):
        self.tally = Tally()
        self.settings = settings
        self.salt = numpy.uint64(settings.salt)
        capacity = -(-settings.positions // settings.symbols)
        self.books = [(Stream(capacity), Stream(capacity)) for _ in range(settings.symbols)]
        for symbol, book in enumerate(self.books):
            ids = numpy.arange(symbol, settings.positions, settings.symbols, dtype=numpy.uint64)
            self.open(book, ids << numpy.uint64(32), START_BID)

    def open(self, book, keys, bid):
        bits = mix(self.salt ^ keys)

        def scaled(shift, count):
            return ((bits >> shift & 0xFFFF) * count >> 16).astype(numpy.int64)

        short = bits & 1 != 0
        trailing = scaled(33, 10) < self.settings.trailing_tenths
        stop, target = self.settings.base + scaled(1, 181), self.settings.base + scaled(17, 181)
        prices = (bid, -(bid + SPREAD))
        for stream, price, side in zip(book, prices, (~short, short), strict=True):
            if side.any():
                stream.open(keys[side], price, trailing[side], stop[side], target[side])

    def tick(self, number, symbol, bid):
        book = self.books[symbol]
        for found in (book[0].tick(bid), book[1].tick(-(bid + SPREAD))):
            if found is not None:
                self.reopen(book, *found, number, bid)

    def reopen(self, book, keys, reasons, number, bid):
        with numpy.errstate(over="ignore"):
            turn = (4 * number + reasons).astype(numpy.uint64)
            self.tally.triggers += len(keys)
            total = int(mix(keys + numpy.uint64(GAMMA) * turn).sum(dtype=numpy.uint64))
            self.tally.checksum = (self.tally.checksum + total) & ((1 << 64) - 1)
            self.open(book, keys + numpy.uint64(1), bid)
