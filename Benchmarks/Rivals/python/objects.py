"""What is written first in Python: a list of objects, looked through on each tick."""

from workload import SPREAD, START_BID, STOP, TARGET, TRAILING, Lives, Tally


class Position:
    __slots__ = ("distance", "is_short", "is_trailing", "key", "stop", "target")

    def __init__(self, key, opening, bid):
        self.key = key
        self.is_short, self.is_trailing, self.distance, target = opening
        if self.is_short:
            ask = bid + SPREAD
            self.stop, self.target = ask + self.distance, ask - target
        else:
            self.stop, self.target = bid - self.distance, bid + target

    def fires(self, bid, ask):
        """Why it closes at this quote; else 0, and a trailing stop has moved."""
        if self.is_short:
            if ask >= self.stop:
                return TRAILING if self.is_trailing else STOP
            if ask <= self.target:
                return TARGET
            if self.is_trailing and ask + self.distance < self.stop:
                self.stop = ask + self.distance
        else:
            if bid <= self.stop:
                return TRAILING if self.is_trailing else STOP
            if bid >= self.target:
                return TARGET
            if self.is_trailing and bid - self.distance > self.stop:
                self.stop = bid - self.distance
        return 0


class Objects:
    def __init__(self, settings):
        self.tally = Tally()
        self.lives = Lives(settings)
        self.books = [[] for _ in range(settings.symbols)]
        for number in range(settings.positions):
            key = number << 32
            book = self.books[number % settings.symbols]
            book.append(Position(key, self.lives.draw(key), START_BID))

    def tick(self, number, symbol, bid):
        book = self.books[symbol]
        ask = bid + SPREAD
        for at, position in enumerate(book):
            reason = position.fires(bid, ask)
            if reason:
                self.tally.add(position.key, number, reason)
                key = position.key + 1
                book[at] = Position(key, self.lives.draw(key), bid)
