"""What each input does to the money: accounts, symbols and positions of money_model together."""

import copy
from contextlib import contextmanager
from fractions import Fraction

from money_model import (
    COLUMNS, HEDGING, LONG, NETTING, NO_COSTS, UNIT, Position, Rates, Refused, Told, columns_of,
    each, fits, half_away, named, told, total, toward_zero,
)

# What an ack, a deal, a fill does whose money does not fit 64 bits (S1.10; the header's tags).
OVERFLOW_REFUSES = True
# The first of a close_by is closed at the other's open price truncated to a point, or at its cost.
CLOSE_BY_IN_POINTS = False


class Books:
    """Symbols, accounts and positions, and what each input does to their money."""

    def __init__(self):
        self.symbols, self.accounts, self.positions, self.rates = {}, {}, [], Rates()

    @contextmanager
    def whole(self, *parts):
        """A refused input changes nothing."""
        before = [copy.deepcopy(part.__dict__, self.shared()) for part in parts]
        count = len(self.positions)
        try:
            yield
        except Refused:
            for part, kept in zip(parts, before):
                part.__dict__ = kept
            del self.positions[count:]
            raise

    def shared(self):
        """What a copy of a position or account does not copy."""
        kept = [*self.symbols.values(), *self.accounts.values(), *self.positions]
        return {id(one): one for one in kept}

    def add_symbol(self, symbol):
        self.symbols[symbol.name] = symbol
        self.rates.define(symbol)

    def add_position(self, position):
        self.positions.append(position)
        return position

    def of(self, account, symbol=None):
        """Open and pending positions of an account."""
        return [p for p in self.positions if p.account is account and p.state != "closed"
                and symbol in (None, p.symbol)]

    # --- Values

    def value(self, account, symbol, gain):
        """One fraction, converted at the worse side of its own sign, rounded once."""
        return self.converted(account, symbol, gain, gain > 0)

    def converted(self, account, symbol, gain, is_gain):
        factor = self.rates.factor(symbol.profit_currency, account.currency, is_gain)
        return None if factor is None else half_away(symbol.worth(gain) * factor)

    def profit(self, position):
        """Floating price profit at the closing price in force."""
        price = position.symbol.closing_price(position.side)
        if not position.volume:
            return 0
        gain = position.gain(price)
        return self.value(position.account, position.symbol, gain) if price else None

    def groups(self, account):
        """(symbol, side) of what is open: volume and cost."""
        sums = {}
        for p in self.of(account):
            if p.volume:
                old = sums.get((p.symbol, p.side), (0, 0))
                sums[p.symbol, p.side] = old[0] + p.volume, old[1] + p.cost
        return sums

    def floating(self, account):
        """Each group is converted once on its own sign and rounded once."""
        parts = []
        for (symbol, side), (volume, cost) in self.groups(account).items():
            price = symbol.closing_price(side)
            gain = (volume * price - cost) * (1 if side == LONG else -1)
            parts.append(told(self.value(account, symbol, gain)) if price else None)
        return total(*parts)

    def exposure(self, account, entries=False):
        """Volume x price x tick_value / tick_size, converted as a loss; both sides add up."""
        sums = {key: volume for key, (volume, _) in self.groups(account).items()}
        for p in self.of(account) if entries else ():
            if p.state == "pending":
                sums[p.symbol, p.side] = sums.get((p.symbol, p.side), 0) + p.asked
        parts = []
        for (symbol, side), volume in sums.items():
            price = symbol.closing_price(side)
            worth = self.converted(account, symbol, volume * price, False)
            parts.append(told(worth) if price else None)
        return total(*parts)

    def costs(self, account):
        return sum(sum(p.open_costs) for p in self.of(account))

    def equity(self, account):
        """Balance + floating + the costs not booked yet."""
        parts = account.balance, told(self.floating(account)), self.costs(account)
        return told(total(*parts))

    def margin(self, account):
        """The host's figure, else exposure / leverage truncated, else unknown."""
        if account.margin is not None:
            return account.margin
        exposure = self.exposure(account)
        if exposure is None or not account.leverage:
            return None
        return exposure * UNIT // account.leverage

    def risk(self, position):
        """|open price - first sl| x initial volume in money, converted as a loss."""
        points = abs(position.open_price - position.sl_first) * position.initial
        if not position.sl_first or not points:
            return None
        return self.converted(position.account, position.symbol, points, False)

    def view_position(self, position):
        """What a record of the position must say; None: its known bit is off."""
        p = position
        profit, realised = told(self.profit(p)), told(p.realised)
        columns = p.columns()
        net = told(total(profit, realised, *columns))
        view = {
            "volume": p.volume, "volume_initial": p.initial, "open_price": p.open_price,
            "profit": profit, "realised": realised, "net": net, "exit_average": p.exit_average(),
            "profit_percent": told(p.profit_percent()), "r_multiple": None,
            **dict(zip(COLUMNS, columns)),
        }
        if p.volume:
            view["average"] = p.average()
        if p.state == "closed" and p.risk and net is not None:
            view["r_multiple"] = told(toward_zero(Fraction(net * UNIT, p.risk)))
        return view

    def view_account(self, account):
        return {
            "balance": account.balance, "initial": account.initial, "costs": self.costs(account),
            "floating": told(self.floating(account)), "equity": self.equity(account),
            "exposure": told(self.exposure(account)), "margin": told(self.margin(account)),
            "positions": sum(bool(p.volume) for p in self.of(account)),
        }

    # --- Inputs

    def deposit(self, account, amount):
        """Adds to balance and initial alike."""
        if not amount:
            raise Refused("HF_E_RANGE")
        balance = total(account.balance, amount)
        if not fits(account.initial + amount) or (balance is not None and not fits(balance)):
            raise Refused("HF_E_OVERFLOW")
        account.balance, account.initial = balance, account.initial + amount

    def open(self, account, symbol, side, volume, price, sl=0, costs=NO_COSTS):
        """A position that exists; its commission and swap are open costs."""
        symbol.check_volume(volume)
        if price <= 0:
            raise Refused("HF_E_PRICE")
        if account.mode == NETTING and self.of(account, symbol):
            raise Refused("HF_E_DUPLICATE")
        position = self.add_position(Position(account, symbol, side, sl))
        position.add(volume, price, costs)
        return position

    def enter(self, account, symbol, side, volume, sl=0):
        """Asks for a position: it is pending, and counts where caps are tested."""
        symbol.check_volume(volume)
        if account.mode == NETTING and self.of(account, symbol):
            raise Refused("HF_E_DUPLICATE")
        with self.whole():
            position = self.add_position(Position(account, symbol, side, sl, volume))
            self.check_caps(account)
            return position

    def check_caps(self, account):
        """Caps of the account with what is asked for, which stands as a pending position."""
        there = self.of(account)
        if account.max_positions is not None and len(there) > account.max_positions:
            raise Refused("HF_E_CAP")
        volume = sum(p.volume + (p.asked if p.state == "pending" else 0) for p in there)
        if account.max_volume is not None and volume > account.max_volume:
            raise Refused("HF_E_CAP")
        if not account.leverage:
            return
        exposure, equity = self.exposure(account, True), self.equity(account)
        if exposure is None or equity is None:
            raise Refused("HF_E_UNKNOWN_MONEY")
        if exposure * UNIT > equity * account.leverage:
            raise Refused("HF_E_CAP")

    def entered(self, position, volume, price, costs=None, deal=0):
        """An executor's yes to an entry: it opens what was filled, the rest is given up."""
        account = position.account
        if account.knows(deal, price, volume):
            return
        if volume > position.asked or volume <= 0:
            raise Refused("HF_E_VOLUME")
        position.add(volume, price, columns_of(costs or {}))
        account.remember(deal, price, volume)
        if not deal:
            position.told_in.append(Told(volume, price, costs or {}))

    def end_entry(self, position):
        position.state = "closed"

    def book(self, position, volume, price, costs=NO_COSTS, profit=None):
        """Realises a part: r x price minus exactly what was removed, and its costs with it."""
        removed, shares = position.remove(volume, price)
        ours = self.value(position.account, position.symbol,
                          position.sign * (volume * price - removed))
        profit = ours if profit is None else profit
        self.add_booked(position, profit, each(shares, costs))
        return removed, ours, profit

    def add_booked(self, position, profit, costs):
        """Balance = what was given + deposits + everything booked; unknown from then on."""
        account = position.account
        position.realised = self.kept(total(position.realised, self.kept(profit)))
        position.booked = each(position.booked, costs)
        account.balance = self.kept(total(account.balance, self.kept(profit), sum(costs)))
        if position.state == "closed" and position.risk is None:
            # At the rates of the close, once: what was unknown then stays unknown.
            position.risk = self.risk(position) or 0

    def kept(self, amount):
        """A booked amount that does not fit: the input is refused, or it is unknown."""
        if amount is not None and not fits(amount) and OVERFLOW_REFUSES:
            raise Refused("HF_E_OVERFLOW")
        return told(amount)

    def ack(self, position, command, volume, price, costs=None, profit=None, deal=0):
        """An executor's yes. `command` is (id, volume); without a deal its volume is unmatched."""
        account, costs = position.account, costs or {}
        if account.knows(deal, price, volume):
            return
        if price <= 0:
            raise Refused("HF_E_PRICE")
        if volume <= 0 or volume > command[1] or volume > position.volume:
            raise Refused("HF_E_VOLUME")
        with self.whole(position, account):
            removed, ours, booked = self.book(position, volume, price, columns_of(costs), profit)
            account.remember(deal, price, volume)
            if not deal:
                worth = position.symbol.worth(1)
                position.told.append(
                    Told(volume, price, costs, command[0], removed, booked, ours, worth))

    def deal(self, position, volume, price, costs=None, profit=None, deal=0, command=None):
        """What the broker did: first it consumes unmatched volume, then it closes."""
        account, costs = position.account, costs or {}
        if price <= 0:
            raise Refused("HF_E_PRICE")
        if account.knows(deal, price, volume):
            return
        matching = position.matching(deal, command)
        rest = volume - sum(t.volume for t in matching)
        if volume <= 0 or (matching and rest < 0 and matching[0].volume != volume):
            raise Refused("HF_E_VOLUME")
        if rest > position.volume:
            raise Refused("HF_E_VOLUME")
        with self.whole(position, account):
            account.remember(deal, price, volume)
            if not matching:
                self.book(position, volume, price, columns_of(costs), profit)
                return
            self.correct(position, matching[0], price, costs, profit if rest <= 0 else None)
            if rest > 0:
                self.book(position, rest, price)

    def correct(self, position, old, price, costs, profit):
        """A later deal replaces only the columns that it names; its price corrects the books."""
        position.told.remove(old)
        position.exits += (price - old.price) * old.volume
        if profit is not None:
            more = None if old.profit is None else profit - old.profit
        else:
            # The difference alone is valued anew, at the rate in force now.
            gain = position.sign * old.volume * (price - old.price)
            more = self.value(position.account, position.symbol, gain) if gain else 0
        self.add_booked(position, more, named(costs, old.costs))

    def fill(self, account, symbol, side, volume, price, costs=None, deal=0, position=None):
        """A deal by symbol (netting) or of a named position; the position that results."""
        costs = costs or {}
        if price <= 0:
            raise Refused("HF_E_PRICE")
        if volume <= 0:
            raise Refused("HF_E_VOLUME")
        there = position or next(iter(self.of(account, symbol)), None)
        if account.mode == HEDGING and position is None:
            raise Refused("HF_E_POSITION")
        if account.knows(deal, price, volume):
            return there
        if there and there.state == "closed":
            raise Refused("HF_E_CLOSED")
        with self.whole(account, *([there] if there else [])):
            account.remember(deal, price, volume)
            if there is None or there.side == side:
                there = there or self.add_position(Position(account, symbol, side))
                self.grow(there, volume, price, costs, deal)
                return there
            if volume > there.volume and account.mode == HEDGING:
                raise Refused("HF_E_VOLUME")
            if volume > there.volume:
                return self.flip(there, side, volume, price, columns_of(costs))
            self.book(there, volume, price, columns_of(costs))
            return there

    def grow(self, there, volume, price, costs, deal):
        """Adds, with open costs, but for what an entry's ack without a number told already."""
        for old in there.told_in[:1] if deal else ():
            there.correct_in(old, price, costs)
            volume, costs = volume - old.volume, {}
        if volume:
            there.add(volume, price, columns_of(costs))

    def flip(self, old, side, volume, price, costs):
        """Closes at the fill, opens the rest anew; costs split by volume, the rest to the new."""
        share = Fraction(old.volume, volume)
        closing = tuple(toward_zero(cost * share) for cost in costs)
        rest = volume - old.volume
        self.book(old, old.volume, price, closing)
        new = Position(old.account, old.symbol, side)
        new.flipped_from = old
        new.add(rest, price, tuple(a - b for a, b in zip(costs, closing)))
        return self.add_position(new)

    def close_by(self, first, second, costs=None, profit=None):
        """The common volume realises short's cost - long's cost once, on the first.

        The first is closed at the open price of the second, which is closed at its own.
        """
        volume = min(first.volume, second.volume)
        in_points = second.average() // UNIT * volume
        with self.whole(first, second, first.account):
            cost, shares = first.remove(volume, 0)
            other, other_shares = second.remove(volume, 0)
            first.exits += in_points if CLOSE_BY_IN_POINTS else other
            second.exits += other
            if profit is None:
                profit = self.value(first.account, first.symbol, first.sign * (other - cost))
            self.add_booked(first, profit, each(shares, columns_of(costs or {})))
            self.add_booked(second, 0, other_shares)
