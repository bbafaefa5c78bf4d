"""The money of the core, slowly and exactly: an independent reading of its documents.

Whole numbers and fractions alone, and nothing kept that can be computed anew. The words are those
of docs/semantics.md: points, volume in 1e-8 lot, money in 1e-8 of a currency. Unknown money is
None. What a call refuses is `Refused`, and then nothing has changed.
"""

from fractions import Fraction

UNIT = 100_000_000  # of a lot, a money amount, a ratio, a rate
LONG, SHORT = 1, 2
HEDGING, NETTING = 1, 2
COLUMNS = ("commission", "swap", "fee")
NO_COSTS = (0, 0, 0)


class Refused(Exception):
    """The name of a status."""


def toward_zero(fraction):
    return int(fraction)


def half_away(fraction):
    """Money is rounded once, half away from zero."""
    size = int(abs(Fraction(fraction)) + Fraction(1, 2))
    return size if fraction >= 0 else -size


def fits(number):
    return -(1 << 63) <= number < 1 << 63


def told(number):
    """What a record can hold: a number that does not fit is unknown."""
    return number if number is not None and fits(number) else None


def total(*numbers):
    """A sum with an unknown part is unknown."""
    return None if None in numbers else sum(numbers)


def each(*columns):
    return tuple(map(sum, zip(*columns)))


def columns_of(costs):
    return tuple(costs.get(name, 0) for name in COLUMNS)


def named(costs, old):
    """What changes where the columns that are named replace old ones."""
    return tuple(costs[c] - old.get(c, 0) if c in costs else 0 for c in COLUMNS)


class Symbol:
    def __init__(self, name, digits, tick_size, tick_value, profit_currency, base_currency="",
                 on_last=False, step=1_000_000, volume_max=100 * UNIT):
        self.name, self.digits, self.tick_size = name, digits, tick_size
        self.tick_value, self.profit_currency = tick_value, profit_currency
        self.base_given = base_currency
        self.base_currency = base_currency or self.base_by_name()
        self.on_last, self.step, self.volume_max = on_last, step, volume_max
        self.bid = self.ask = self.last = 0

    def base_by_name(self):
        """Three letters before the profit currency, or all before it at the end of the name."""
        first, profit = self.name[:3], self.profit_currency
        if len(first) == 3 and first.isalpha() and self.name[3:].startswith(profit):
            return first
        before = len(self.name) - len(profit)
        return self.name[:before] if 1 <= before <= 7 and self.name.endswith(profit) else ""

    def closing_price(self, side):
        """The bid closes a long, the ask a short; a symbol that triggers on `last` has that."""
        return self.last if self.on_last else self.bid if side == LONG else self.ask

    def worth(self, gain):
        """P&L = volume x delta / tick_size x tick_value, of a gain in points x 1e-8 lot."""
        return Fraction(gain * self.tick_value, self.tick_size * UNIT)

    def check_volume(self, volume):
        if volume < self.step or volume > self.volume_max or volume % self.step:
            raise Refused("HF_E_VOLUME")


class Rates:
    """Pairs in the order in which they were first defined: the feeds of each, a rate by hand."""

    def __init__(self):
        self.feeds, self.by_hand = {}, {}

    def define(self, symbol):
        if symbol.base_currency:
            self.feeds.setdefault((symbol.base_currency, symbol.profit_currency), []).append(symbol)

    def put(self, base, quote, bid, ask):
        if bid <= 0 or ask <= 0:
            raise Refused("HF_E_PRICE")
        self.feeds.setdefault((base, quote), [])
        self.by_hand[base, quote] = Fraction(bid, UNIT), Fraction(ask, UNIT)

    def rate(self, base, quote):
        """A symbol with a quote goes before a rate by hand, the first defined before others."""
        for symbol in self.feeds.get((base, quote), ()):
            if symbol.bid:
                one = 10**symbol.digits
                return Fraction(symbol.bid, one), Fraction(symbol.ask, one)
        return self.by_hand.get((base, quote))

    def leg(self, source, target, is_gain):
        """PROFIT/ACCOUNT: a gain at bid, a loss at ask; the inverse: gain / ask, loss / bid."""
        if direct := self.rate(source, target):
            return direct[0] if is_gain else direct[1]
        if inverse := self.rate(target, source):
            return 1 / (inverse[1] if is_gain else inverse[0])
        return None

    def factor(self, source, target, is_gain):
        """Direct, else inverse, else across the first currency in the table that leads there."""
        if source == target:
            return Fraction(1)
        if one := self.leg(source, target, is_gain):
            return one
        for pair in self.feeds:
            if source in pair:
                across = pair[0] if pair[1] == source else pair[1]
                legs = [self.leg(source, across, is_gain), self.leg(across, target, is_gain)]
                if None not in legs:
                    return legs[0] * legs[1]
        return None


class Account:
    def __init__(self, number, mode, currency, balance=0, initial=None, leverage=None, margin=None,
                 max_positions=None, max_volume=None):
        self.number, self.mode, self.currency, self.balance = number, mode, currency, balance
        self.initial = balance if initial is None else initial
        self.deals = {}  # number -> (price, volume)
        self.terms(leverage, margin, max_positions, max_volume)

    def terms(self, leverage=None, margin=None, max_positions=None, max_volume=None):
        """An account put again: terms and figures are replaced, balance and initial are kept."""
        self.leverage, self.margin = leverage, margin
        self.max_positions, self.max_volume = max_positions, max_volume

    def knows(self, deal, price, volume):
        """Known by (account, number); the same number with other content is a conflict."""
        if not deal or deal not in self.deals:
            return False
        if self.deals[deal] != (price, volume):
            raise Refused("HF_E_CONFLICT")
        return True

    def remember(self, deal, price, volume):
        if deal:
            self.deals[deal] = price, volume


class Told:
    """What an ack without a deal number told: unmatched until its deal comes."""

    def __init__(self, volume, price, costs, command=None, removed=0, profit=0, ours=0,
                 worth=None):
        self.command, self.volume, self.price, self.removed = command, volume, price, removed
        self.profit, self.ours, self.worth, self.costs = profit, ours, worth, dict(costs)


class Position:
    """Cost is the sum of price x volume over the open part; the average is derived from it."""

    def __init__(self, account, symbol, side, sl=0, asked=0):
        self.account, self.symbol, self.side = account, symbol, side
        self.sign = 1 if side == LONG else -1
        self.state, self.asked = "pending", asked
        self.volume = self.initial = self.cost = self.open_price = 0
        self.open_costs = self.booked = NO_COSTS
        self.realised = 0
        self.exits = self.closed_volume = 0
        self.sl_first, self.risk, self.flipped_from = sl, None, None
        self.told, self.told_in = [], []  # unmatched: of closes, of the entry

    def add(self, volume, price, costs=NO_COSTS):
        """A scale-in adds to both; its costs are booked as the position is closed."""
        if self.state == "pending":
            self.state, self.open_price = "open", price
        self.volume += volume
        self.initial += volume
        self.cost += volume * price
        self.open_costs = each(self.open_costs, costs)

    def correct_in(self, old, price, costs):
        """The deal of what an entry's ack told: its price, and the columns that it names."""
        self.told_in.remove(old)
        self.cost += (price - old.price) * old.volume
        self.open_price = price
        self.open_costs = each(self.open_costs, named(costs, old.costs))

    def part(self, volume):
        """Cost and open costs of a part: x volume / open volume, truncated; the last the rest."""
        share = Fraction(volume, self.volume)
        costs = tuple(toward_zero(cost * share) for cost in self.open_costs)
        return toward_zero(self.cost * share), costs

    def remove(self, volume, price):
        """Takes a part out; what of the cost and of the open costs went with it."""
        removed, costs = self.part(volume)
        self.volume -= volume
        self.cost -= removed
        self.open_costs = tuple(a - b for a, b in zip(self.open_costs, costs))
        self.exits += volume * price
        self.closed_volume += volume
        if not self.volume:
            self.state = "closed"
        return removed, costs

    def matching(self, deal, command=None):
        """Unmatched volume that a deal is of; without a number it is of none."""
        return [t for t in self.told if deal and command in (None, t.command)]

    def gain(self, price):
        """Of what is open, in points x 1e-8 lot."""
        return self.sign * (self.volume * price - self.cost)

    def average(self):
        """In 1e-8 point, truncated."""
        return self.cost * UNIT // self.volume

    def exit_average(self):
        """Sum of exit price x volume over the closed volume, 1e-8 point, truncated."""
        return self.exits * UNIT // self.closed_volume if self.closed_volume else 0

    def profit_percent(self):
        """The price's move over the average entry in its favour: a ratio truncated toward zero."""
        price = self.symbol.closing_price(self.side)
        if not price or not self.volume:
            return None
        return toward_zero(Fraction(self.gain(price) * UNIT, self.cost))

    def columns(self):
        """Commission, swap and fee: booked and open."""
        return each(self.booked, self.open_costs)
