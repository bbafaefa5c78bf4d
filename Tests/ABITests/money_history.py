"""Applies inputs to a core and to the model of its money, and compares after each of them.

An input is (verb, arguments) of plain values: positions go by names that the history gives, so an
input whose position is not there is passed over, and a history stays one when inputs are taken out.
"""

import holdfast as h
from money_books import Books
from money_model import HEDGING, LONG, NETTING, SHORT, Account, Refused, Symbol

STEP = 20_000_000  # ns between two inputs
EXECUTOR_EPOCH = 1
KNOWN = {
    "profit": "PROFIT", "realised": "REALISED", "net": "NET", "profit_percent": "PERCENT",
    "r_multiple": "R", "floating": "PROFIT", "equity": "NET", "balance": "REALISED",
    "exposure": "EXPOSURE", "margin": "MARGIN",
}
HAS = {"profit": "PROFIT", "commission": "COMMISSION", "swap": "SWAP", "fee": "FEE"}
LIVE = (h.HF_COMMAND_SENT, h.HF_COMMAND_ACKNOWLEDGED, h.HF_COMMAND_UNKNOWN)
ID = ("owner", "count", "epoch")
CLOSING = (h.HF_ACTION_CLOSE, h.HF_ACTION_REDUCE)
CONFIG = {
    "symbols": 16, "accounts": 4, "executors": 4, "positions": 128, "rules": 4, "outbox": 64,
    "events": 1024, "history": 256, "deals": 256, "finished": 256, "stripes": 2,
}


class Difference(Exception):
    """Core and model say different things."""


class History:
    def __init__(self, library):
        self.core, self.books, self.now = h.Core(library, **CONFIG), Books(), 10**9
        self.names, self.numbers, self.symbols = {}, {}, {}
        self.commands, self.busy, self.pairs, self.requotes = [], set(), {}, {}
        self.vague = set()  # closed by another: what later deals of it do is left open
        self.statuses = {}

    def play(self, inputs):
        """Applies them all; the place of the first difference, and what it is."""
        for at, (verb, arguments) in enumerate(inputs):
            try:
                self.apply(verb, arguments)
            except Difference as difference:
                return at, str(difference)
        return None

    def apply(self, verb, arguments):
        self.now += STEP
        try:
            getattr(self, f"do_{verb}")(**arguments)
        except h.Failed as failed:
            raise Difference(f"{verb}: {failed}") from failed
        self.compare()

    def both(self, verb, model, core, may=()):
        """Both do it; the answers of both, or None twice where they refuse alike."""
        expected = actual = "HF_OK"
        ours = theirs = None
        try:
            ours = model()
        except Refused as refused:
            expected = str(refused)
        try:
            theirs = core()
        except h.Failed as failed:
            actual = str(failed)
        key = f"{verb} {actual}"
        self.statuses[key] = self.statuses.get(key, 0) + 1
        if expected != actual and actual not in may:
            raise Difference(f"{verb}: {actual}, and the model says {expected}")
        return ours, theirs

    # --- Comparing

    def compare(self):
        for account in self.books.accounts.values():
            view = self.core.account_view(account.number)
            values = self.books.view_account(account)
            for field, value in values.items():
                there = view.account if field in ("balance", "initial") else view
                self.check(f"account {account.number}", field, value, there, view.known)
        for name, position in self.names.items():
            there = self.core.position(self.numbers[name])
            if position.state == "pending":
                values = {"volume": 0, "volume_initial": 0}
            else:
                values = self.books.view_position(position)
            for field, value in values.items():
                self.check(name, field, value, there, there.known)
            self.check_state(name, position, there)

    def check(self, who, field, value, record, known):
        actual = getattr(record, field)
        if field in KNOWN:
            is_known = bool(known & h.constant(f"HF_KNOWN_{KNOWN[field]}"))
            if is_known != (value is not None):
                raise Difference(f"{who}: {field} is {actual if is_known else 'unknown'},"
                                 f" and the model says {'unknown' if value is None else value}")
            if value is None:
                value = actual if field == "balance" else 0
        if actual != value:
            raise Difference(f"{who}: {field} is {actual}, and the model says {value}")

    def check_state(self, name, position, there):
        old = self.numbers_of(position.flipped_from) if position.flipped_from else 0
        states = {"pending": [1], "open": [2, 3], "closed": [5]}[position.state]
        if there.state not in states or there.flipped_from != old:
            raise Difference(f"{name}: state {there.state}, flipped_from {there.flipped_from},"
                             f" and the model says {position.state}, {old}")

    def numbers_of(self, position):
        return next(self.numbers[name] for name, p in self.names.items() if p is position)

    # --- Definitions and prices

    def do_symbol(self, name, **fields):
        again = self.books.symbols.get(name)
        if again:
            again.tick_value = fields["tick_value"]
        else:
            self.books.add_symbol(Symbol(name, **fields))
        one = self.books.symbols[name]
        self.symbols[name] = self.core.symbol(
            name, one.digits, one.tick_size, one.tick_value, one.profit_currency, self.now,
            base_currency=one.base_given.encode(), trigger=int(one.on_last),
            volume_min=one.step, volume_step=one.step, volume_max=one.volume_max)

    def do_account(self, number, mode=HEDGING, currency="USD", **terms):
        account = self.books.accounts.get(number)
        given = {k: v for k, v in terms.items() if v is not None}
        present = sum(h.constant(f"HF_ACCOUNT_{k.upper()}") for k in given if k != "balance")
        fields = given | {"present": present, "mode": mode}

        def model():
            if account is None:
                self.books.accounts[number] = Account(number, mode, currency, **terms)
                return
            if self.books.of(account) and (mode, currency) != (account.mode, account.currency):
                raise Refused("HF_E_STATE")
            if (mode, currency) == (account.mode, account.currency):
                account.terms(**{k: v for k, v in terms.items() if k not in BALANCES})
        if account and (mode, currency) != (account.mode, account.currency) and not (
                any(p.state == "open" for p in self.books.of(account))):
            return
        self.both("account", model, lambda: self.core.account(number, currency, self.now, **fields))

    def do_rate(self, base, quote, bid, ask):
        record = h.hf_rate(base=base, quote=quote, bid=bid, ask=ask)
        self.both("rate", lambda: self.books.rates.put(base, quote, bid, ask),
                  lambda: self.core.call("rate_put", record, self.now))

    def do_tick(self, symbol, bid, ask, last=0):
        one = self.books.symbols[symbol]
        one.bid, one.ask, one.last = bid, ask, last
        self.core.tick(self.symbols[symbol], self.now, bid, ask, last=last)

    def do_deposit(self, account, amount):
        record = h.hf_deposit(account=account, amount=amount)
        self.both("deposit", lambda: self.books.deposit(self.books.accounts[account], amount),
                  lambda: self.core.call("deposit_apply", record, self.now))

    # --- Positions

    def keep(self, name, answers):
        """A new position gets its name; the same number again must be the same position."""
        ours, theirs = answers
        if ours is None:
            return
        known = next((n for n, p in self.names.items() if p is ours), None)
        if known is None:
            self.names[name], self.numbers[name] = ours, theirs
        elif self.numbers[known] != theirs:
            raise Difference(f"position {theirs}, and the model says {known}")

    def do_open(self, name, account, symbol, side, volume, price, sl=0, commission=0, swap=0):
        costs = commission, swap, 0
        self.keep(name, self.both(
            "open",
            lambda: self.books.open(self.books.accounts[account], self.books.symbols[symbol], side,
                                    volume, price, sl, costs),
            lambda: self.core.open(account, self.symbols[symbol], side, volume, price, self.now,
                                   sl=sl, commission=commission, swap=swap)))

    def do_enter(self, name, account, symbol, side, volume, sl=0):
        record = h.hf_open(account=account, symbol=self.symbols[symbol], side=side, volume=volume,
                           sl=sl)
        self.keep(name, self.both(
            "enter",
            lambda: self.books.enter(self.books.accounts[account], self.books.symbols[symbol],
                                     side, volume, sl),
            lambda: self.core.get("position_enter", record, self.now, kind=h.ctypes.c_uint64)))

    def do_fill(self, name, account, symbol, side, volume, price, costs=None, deal=0, of=None):
        costs = costs or {}
        position = self.names.get(of)
        if of and (position is None or of in self.busy | self.vague or position.told):
            return
        there = [p for p in self.books.of(self.books.accounts[account], self.books.symbols[symbol])
                 if of in (None, self.name_of(p))]
        if any(p.state == "pending" and (p.side, p.asked) != (side, volume) for p in there):
            return
        if deal and any(p.told_in and p.side == side and (
                p.volume != p.told_in[0].volume or volume < p.volume) for p in there):
            return
        number = self.numbers[of] if of else 0
        record = h.hf_fill(account=account, symbol=self.symbols[symbol], side=side, volume=volume,
                           price=price, deal=deal, position=number, present=has(costs), **costs)
        self.keep(name, self.both(
            "fill",
            lambda: self.books.fill(self.books.accounts[account], self.books.symbols[symbol], side,
                                    volume, price, costs, deal, position),
            lambda: self.core.get("fill_apply", record, self.now, kind=h.ctypes.c_uint64)))

    def name_of(self, position):
        return next(name for name, p in self.names.items() if p is position)

    def do_stop(self, name, sl):
        """An owner's sl: the first one is what R is counted from."""
        position = self.names.get(name)
        if position is None or position.state != "open":
            return
        self.core.modify(self.numbers[name], self.now, sl=sl, change_sl=h.HF_SET, allow_immediate=1)
        position.sl_first = position.sl_first or sl

    # --- Commands and answers

    def do_close(self, name, volume=0, fraction=0):
        """Asks; whether a command is made is not the model's affair."""
        position = self.names.get(name)
        if position is None or position.state == "pending":
            return
        may = {"HF_E_CLOSED"} if position.state == "closed" else {"HF_OK", "HF_E_INTENT_LIVE"}
        may |= {"HF_E_VOLUME"} if volume or fraction else set()
        try:
            self.core.close_position(self.numbers[name], self.now, volume=volume, fraction=fraction)
            status = "HF_OK"
        except h.Failed as failed:
            status = str(failed)
        if status not in may:
            raise Difference(f"close: {status}, and the model says {sorted(may)}")

    def do_take(self, account):
        taken = self.core.take(account, self.now, EXECUTOR_EPOCH)
        self.commands += [h.hf_command.from_buffer_copy(command) for command in taken]

    def command_of(self, name, actions):
        """The youngest of these that is out."""
        for command in reversed(self.commands):
            if command.position == self.numbers[name] and command.action in actions:
                if self.core.command(command.id).state in LIVE:
                    return command
        return None

    def do_no(self, name, retcode):
        """A no, or a receipt: no money moves, and an entry ends."""
        position = self.names.get(name)
        command = position and self.command_of(name, (*CLOSING, h.HF_ACTION_OPEN))
        if command is None or name in self.busy:
            return
        self.core.ack(command.id, self.now, retcode=retcode, present=h.HF_HAS_RETCODE)
        self.requotes[name] = self.requotes.get(name, 0) + (retcode == 10004)
        more = retcode in (0, 10008) or (retcode == 10004 and self.requotes[name] <= 3)
        if command.action == h.HF_ACTION_OPEN and not more:
            self.books.end_entry(position)

    def do_ack(self, name, volume=0, price=0, costs=None, profit=None, deal=0):
        position, costs = self.names.get(name), costs or {}
        command = position and self.command_of(name, CLOSING)
        if command is None or name in self.busy:
            return
        fields, present = answer(costs, profit, volume=volume, price=price)
        told = command.id.owner, command.id.count, command.id.epoch
        self.both(
            "ack",
            lambda: self.books.ack(position, (told, command.volume), volume or command.volume,
                                   price or command.price, costs, profit, deal),
            lambda: self.core.ack(command.id, self.now, deal=deal, present=present, **fields))

    def do_entered(self, name, volume=0, price=0, costs=None, deal=0):
        position, costs = self.names.get(name), costs or {}
        command = position and self.command_of(name, (h.HF_ACTION_OPEN,))
        if command is None or position.state != "pending" or not (price or command.price):
            return
        fields, present = answer(costs, None, volume=volume, price=price)
        self.both(
            "entered",
            lambda: self.books.entered(position, volume or command.volume, price or command.price,
                                       costs, deal),
            lambda: self.core.ack(command.id, self.now, deal=deal, present=present, **fields))

    def do_deal(self, name, volume, price, costs=None, profit=None, deal=0, reason=0, named=False):
        """`named`: the executor tells for which command; only for what an ack told."""
        position, costs = self.names.get(name), costs or {}
        if position is None or position.state == "pending" or name in self.busy | self.vague:
            return
        same = position.account.deals.get(deal) == (price, volume)
        matching = position.matching(deal)
        if matching and not same and matching[0].volume != volume and (
                volume <= matching[0].volume or len(matching) > 1):
            return
        if matching and price != matching[0].price and (
                matching[0].worth != position.symbol.worth(1)):
            return
        if position.state == "closed" and not matching and not same:
            return
        fields, present = answer(costs, profit)
        command = matching[0].command if named and matching else None
        if command:
            fields["command"] = h.hf_command_id(**dict(zip(ID, command)))
        self.both(
            "deal",
            lambda: self.books.deal(position, volume, price, costs, profit, deal, command),
            lambda: self.core.deal(self.now, account=position.account.number, volume=volume,
                                   position=self.numbers[name], price=price, deal=deal,
                                   reason=reason, present=present, **fields))

    def do_close_by(self, first, second):
        one, other = self.names.get(first), self.names.get(second)
        if None in (one, other) or "pending" in (one.state, other.state):
            return
        record = h.hf_close_by(position=self.numbers[first], **{"with": self.numbers[second]})

        def model():
            if "closed" in (one.state, other.state):
                raise Refused("HF_E_CLOSED")
            if (one.account, one.symbol) != (other.account, other.symbol) or one.side == other.side:
                raise Refused("HF_E_ARGUMENT")
            if one.account.mode == NETTING:
                raise Refused("HF_E_STATE")
            if {first, second} & self.busy or any(
                    self.core.position(self.numbers[n]).intent_volume for n in (first, second)):
                raise Refused("HF_E_INTENT_LIVE")
            self.busy |= {first, second}
            self.pairs[first] = second
        self.both("close_by", model, lambda: self.core.call("position_close_by", record, self.now))

    def do_closed_by(self, first, costs=None, profit=None, deal=0, retcode=0):
        """The answer to a close_by: all of it, or a no that ends it."""
        second = self.pairs.get(first)
        command = second and self.command_of(first, (h.HF_ACTION_CLOSE_BY,))
        if command is None:
            return
        fields, present = answer(costs or {}, profit)
        if retcode:
            fields, present = {"retcode": retcode}, h.HF_HAS_RETCODE
        one, other = self.names[first], self.names[second]

        def model():
            if not retcode:
                self.books.close_by(one, other, costs, profit)
            # An answer that is refused leaves the command out.
            self.busy -= {first, second}
            self.vague |= set() if retcode else {second} if deal else {first, second}
            del self.pairs[first]
        self.both(
            "closed_by", model,
            lambda: self.core.ack(command.id, self.now, deal=deal, present=present, **fields))


BALANCES = ("balance", "initial")


def has(costs):
    return sum(h.constant(f"HF_HAS_{HAS[name]}") for name in costs)


def answer(costs, profit, **given):
    """Fields of an ack or deal, and the mask that says which."""
    fields = {name: value for name, value in given.items() if value}
    present = has(costs) + sum(h.constant(f"HF_HAS_{name.upper()}") for name in fields)
    if profit is not None:
        fields["profit"] = profit
        present += h.HF_HAS_PROFIT
    return fields | costs, present


def opposite(side):
    return SHORT if side == LONG else LONG
