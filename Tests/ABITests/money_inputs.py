"""Random inputs for money_history, each made from what the model holds at that moment."""

import random

from money_history import opposite
from money_model import HEDGING, LONG, NETTING, SHORT, UNIT

STEP = 1_000_000  # 0.01 lot
FEEDS = {  # digits, profit currency, tick value of a point, price, spread
    "EURUSD": (5, "USD", UNIT, 110_000, 12),
    "USDJPY": (3, "JPY", 100 * UNIT, 150_000, 15),
    "EURGBP": (5, "GBP", UNIT, 85_000, 9),
    "GBPUSD": (5, "USD", UNIT, 127_000, 14),
    "XAUUSD": (2, "USD", UNIT, 200_000, 30),
    "GER40": (1, "EUR", UNIT // 10, 180_000, 12),
}
RATES = [  # base, quote, about
    ("EUR", "USD", 1.1), ("USD", "JPY", 150), ("EUR", "GBP", 0.85), ("GBP", "USD", 1.27),
    ("EUR", "JPY", 165), ("GBP", "JPY", 190), ("USD", "EUR", 0.909), ("JPY", "USD", 0.00667),
    ("GBP", "EUR", 1.176), ("XAU", "EUR", 1818),
]
VERBS = {
    "tick": 12, "open": 5, "fill": 9, "close": 8, "take": 7, "ack": 14, "deal": 7, "deposit": 1,
    "rate": 2, "account": 1, "enter": 3, "entered": 5, "close_by": 6, "stop": 1,
    "no": 1, "again": 2, "symbol": 0.3,
}
CLOSE_BY = 5  # an action
HUGE = 1 << 52  # a volume_max that is legal
NOES = [0, 10004, 10006, 10008, 10019]


class Maker:
    """Inputs of one history. `huge` ones have amounts that do not fit 64 bits."""

    def __init__(self, seed, huge=False):
        self.random, self.huge = random.Random(f"money {seed}"), huge
        self.prices, self.named, self.deals = {}, 0, 0
        self.sent = []  # deals, fills and acks with a number, to be told again

    def chance(self, share):
        return self.random.random() < share

    def start(self):
        """Symbols in any order, some without a quote; two accounts; perhaps rates by hand."""
        names = self.random.sample(sorted(FEEDS), self.random.choice([1, 2, 3, 6]))
        odd = self.chance(0.4)
        for name in names:
            digits, currency, tick_value, price, _ = FEEDS[name]
            tick_size = self.random.choice([1, 3, 5]) if odd else 1
            if odd:
                tick_value = tick_value * tick_size // self.random.choice([1, 3, 7]) + 1
            self.prices[name] = price
            yield "symbol", {
                "name": name, "digits": digits, "tick_size": tick_size, "tick_value": tick_value,
                "profit_currency": currency, "on_last": self.chance(0.1), "step": STEP,
                "volume_max": HUGE if self.huge else 100 * UNIT,
                "base_currency": "EUR" if name == "XAUUSD" and self.chance(0.2) else ""}
        if self.chance(0.2):
            self.prices["EURUSD.r"] = 111_000
            yield "symbol", {"name": "EURUSD.r", "digits": 5, "tick_size": 1, "tick_value": UNIT,
                             "profit_currency": "USD"}
        for number, mode in ((1, HEDGING), (2, NETTING)):
            yield "account", {
                "number": number, "mode": mode, "balance": self.balance(),
                "currency": self.random.choice(["USD", "USD", "EUR", "JPY"]), **self.terms()}
        for name in self.prices:
            if self.chance(0.6):
                yield self.tick(name)
        for _ in range(self.random.choice([0, 0, 1, 4])):
            yield self.rate()

    def balance(self):
        return (1 << 62) if self.huge and self.chance(0.5) else 10_000 * UNIT

    def terms(self):
        terms = {}
        if self.chance(0.5):
            terms["leverage"] = self.random.choice([1, 30, 33, 500]) * UNIT
        if self.chance(0.2):
            terms["margin"] = self.random.randint(0, 10**13)
        if self.chance(0.2):
            terms["max_positions"] = self.random.randint(2, 8)
        if self.chance(0.2):
            terms["max_volume"] = self.random.randint(100, 2000) * STEP
        return terms

    # --- Small values

    def name(self):
        self.named += 1
        return f"p{self.named}"

    def side(self):
        return self.random.choice([LONG, SHORT])

    def volume(self, most=300):
        if self.huge and self.chance(0.5):
            return self.random.randint(1, HUGE // STEP // 64) * STEP
        return self.random.randint(1, most) * STEP

    def near(self, name):
        """A price within a percent; in huge histories sometimes far away."""
        if self.huge and self.chance(0.2):
            return self.random.randint(1, 9 * 10**10)
        price = self.prices[name]
        return max(1, price + self.random.randint(-price // 100, price // 100))

    def cost(self):
        return self.random.choice([0, -1, 7, -UNIT // 3, -self.random.randint(1, 50 * UNIT)])

    def costs(self):
        columns = [c for c in ("commission", "swap", "fee") if self.chance(0.35)]
        return {column: self.cost() for column in columns}

    def profit(self):
        """The broker's own figure."""
        if self.huge or not self.chance(0.15):
            return None
        return self.random.randint(-500 * UNIT, 500 * UNIT)

    def number(self, share=0.75):
        """A deal number, or none."""
        self.deals += 1
        return self.deals if self.chance(share) else 0

    def feed(self):
        return self.random.choice([name for name in self.prices if name != "EURUSD.r"])

    def position(self, history, keep=lambda p: p.volume):
        """The name of one of these positions."""
        names = [n for n, p in history.names.items() if keep(p) and n not in history.busy]
        return self.random.choice(names) if names else None

    # --- Inputs

    def next(self, history):
        verb = self.random.choices(list(VERBS), VERBS.values())[0]
        if history.pairs and self.chance(0.4):
            verb = "closed_by"
        made = getattr(self, verb)(history) if verb in NEEDS else getattr(self, verb)()
        if made and made[1].get("deal"):
            self.sent.append(made)
        return made or self.tick()

    def tick(self, name=None):
        name = name or self.random.choice(list(self.prices))
        price = self.prices[name] = max(50, self.near(name))
        spread = FEEDS.get(name, FEEDS["EURUSD"])[4] * self.random.choice([0, 1, 1, 3, -1])
        bid, ask = price, max(1, price + spread)
        return "tick", {"symbol": name, "bid": bid, "ask": ask,
                        "last": self.random.randint(min(bid, ask), max(bid, ask))}

    def rate(self):
        base, quote, about = self.random.choice(RATES)
        bid = int(about * UNIT * self.random.uniform(0.98, 1.02))
        ask = bid + self.random.randint(0, bid // 500 + 1)
        return "rate", {"base": base, "quote": quote, "bid": bid, "ask": ask}

    def symbol(self, history):
        one = history.books.symbols[self.feed()]
        return "symbol", {"name": one.name, "tick_value": one.tick_value + 1000}

    def deposit(self, history):
        account = self.random.choice([1, 2])
        huge = self.huge and history.books.accounts[account].balance is not None
        amount = self.random.choice([0, UNIT, -UNIT // 7, 1 << 62 if huge else 5 * UNIT])
        return "deposit", {"account": account, "amount": amount}

    def account(self, history):
        number = self.random.choice([1, 2])
        one = history.books.accounts[number]
        currency = "JPY" if one.currency == "USD" and self.chance(0.1) else one.currency
        return "account", {"number": number, "mode": one.mode, "currency": currency,
                           "balance": 5, **self.terms()}

    def open(self):
        symbol, side = self.feed(), self.side()
        price, sl = self.near(symbol), 0
        if self.chance(0.5) and not self.huge:
            far = self.prices[symbol] // 20
            sl = (price - far if side == LONG else price + far) // 15 * 15
        return "open", {
            "name": self.name(), "account": 1 if self.chance(0.7) else 2, "symbol": symbol,
            "side": side, "volume": self.volume() + self.chance(0.03), "price": price, "sl": sl,
            "commission": self.cost(), "swap": self.cost()}

    def enter(self, history):
        if self.huge:
            return None
        symbol, side, sl = self.feed(), self.side(), 0
        one = history.books.symbols[symbol]
        if one.bid and self.chance(0.4):
            sl = (one.bid * 9 if side == LONG else one.ask * 11) // 10 // 15 * 15
        return "enter", {
            "name": self.name(), "account": self.random.choice([1, 2]), "symbol": symbol,
            "side": side, "volume": self.volume() + self.chance(0.03), "sl": sl}

    def entered(self, history):
        name = self.position(history, lambda p: p.state == "pending")
        if name is None:
            return self.take()
        p = history.names[name]
        volume = 0 if self.chance(0.6) else self.random.randint(1, p.asked // STEP) * STEP
        return "entered", {
            "name": name, "volume": volume + self.odd(p.asked), "costs": self.costs(),
            "price": self.near(p.symbol.name) if self.chance(0.7) or not p.symbol.bid else 0,
            "deal": self.number()}

    def odd(self, volume):
        """Sometimes more than there is."""
        return volume + STEP if self.chance(0.03) else 0

    def fill(self, history):
        account = 1 if self.chance(0.4) else 2
        made = {"name": self.name(), "account": account, "symbol": self.feed(),
                "side": self.side(), "costs": self.costs(), "deal": self.number()}
        if account == 1 and self.chance(0.98):
            of = self.position(history, lambda p: p.account.number == 1 and p.state != "closed")
            if of is None:
                return None
            p = history.names[of]
            made |= {"of": of, "symbol": p.symbol.name}
        else:
            there = history.books.of(history.books.accounts[account],
                                     history.books.symbols[made["symbol"]])
            p = there[0] if there else None
        made |= {"volume": self.volume(), "price": self.near(made["symbol"])}
        if p and p.state == "pending":
            made |= {"side": p.side, "volume": p.asked}
        elif p and p.told_in and self.chance(0.6):
            made |= {"side": p.side, "volume": p.volume + self.chance(0.3) * STEP}
        elif p and p.side != made["side"] and self.chance(0.3):
            made["volume"] = p.volume
        elif p and p.side != made["side"] and account == 1:
            made["volume"] = self.random.randint(1, p.volume // STEP) * STEP + self.odd(p.volume)
        if self.chance(0.02):
            made[self.random.choice(["price", "volume"])] = 0
        return "fill", made

    def stop(self, history):
        name = self.position(history)
        if name is None or self.huge:
            return None
        p = history.names[name]
        far = p.symbol.bid // 15 + 100
        level = max(1, (p.open_price + far * self.random.choice([-1, 1])) // 15) * 15
        return "stop", {"name": name, "sl": level}

    def close(self, history):
        name = self.position(history) if self.chance(0.95) else self.position(history, bool)
        if name is None:
            return None
        share = self.random.choice([{}, {"fraction": UNIT // 2}, {"fraction": UNIT // 3},
                                    {"volume": self.volume(100)}])
        return "close", {"name": name, **share}

    def take(self):
        return "take", {"account": self.random.choice([1, 2])}

    def out(self, history):
        """A position with a closing command that was taken."""
        names = [n for n, p in history.names.items()
                 if any(c.position == history.numbers[n] for c in history.commands[-20:])
                 and p.volume and n not in history.busy]
        return self.random.choice(names) if names else None

    def ack(self, history):
        name = self.out(history)
        if name is None:
            return self.take()
        p = history.names[name]
        part = self.random.randint(1, p.volume // STEP) * STEP + self.odd(p.volume)
        return "ack", {
            "name": name, "volume": part if self.chance(0.4) else 0,
            "price": self.near(p.symbol.name) if self.chance(0.6) else 0, "costs": self.costs(),
            "profit": self.profit(), "deal": self.number(0.5 if p.account.mode == HEDGING else 1)}

    def no(self, history):
        name = self.out(history) or self.position(history, lambda p: p.state == "pending")
        return ("no", {"name": name, "retcode": self.random.choice(NOES)}) if name else None

    def deal(self, history):
        """A close at the broker, or the deal of what an ack told before."""
        name = self.position(history, lambda p: p.told) if self.chance(0.7) else None
        name = name or self.position(history, lambda p: p.volume or p.told)
        if name is None:
            return None
        p = history.names[name]
        made = {"name": name, "costs": self.costs(), "deal": self.number(),
                "price": self.near(p.symbol.name), "reason": self.random.randint(0, 3),
                "profit": self.profit()}
        if p.told:
            made["deal"] = made["deal"] or self.number(1)
            return "deal", made | self.of_told(p)
        volume = p.volume if self.chance(0.3) else self.random.randint(1, p.volume // STEP) * STEP
        return "deal", made | {"volume": volume + self.odd(p.volume)}

    def of_told(self, p):
        """Open in the documents and kept out: the rate and the rounding of a corrected price."""
        first = p.told[0]
        made = {"volume": first.volume, "price": first.price, "named": self.chance(0.3)}
        same = p.symbol.profit_currency == p.account.currency
        whole = p.symbol.worth(STEP).denominator == 1
        if same and whole and first.profit == first.ours:
            made["price"] = self.near(p.symbol.name)
        if first.profit is None or p.realised is None:
            made["profit"] = None
        if p.volume and len(p.told) == 1 and self.chance(0.3):
            made |= {"volume": first.volume + STEP, "named": False}
        return made

    def again(self, history):
        """A deal that was told before, sometimes with other content."""
        sent = [s for s in self.sent if s[0] in ("deal", "fill")]
        if not sent:
            return None
        verb, made = self.random.choice(sent)
        if self.chance(0.3):
            made = made | {"price": made["price"] + 1}
        return verb, made

    def close_by(self, history):
        """Two that are opposite; seldom any two."""
        free = [n for n, p in history.names.items() if p.volume and n not in history.busy]
        pairs = [(m, n) for m in free for n in free if m != n
                 and (self.chance(0.003) or opposite_of(history.names[m], history.names[n]))]
        if not pairs:
            return None
        first, second = self.random.choice(pairs)
        return "close_by", {"first": first, "second": second}

    def closed_by(self, history):
        first = self.random.choice(list(history.pairs))
        number = history.numbers[first]
        if all(c.position != number or c.action != CLOSE_BY for c in history.commands[-9:]):
            return "take", {"account": 1}
        return "closed_by", {
            "first": first, "costs": self.costs(), "profit": self.profit(), "deal": self.number(),
            "retcode": 10006 if self.chance(0.15) else 0}


def opposite_of(one, other):
    return one.account.mode == HEDGING and (
        (one.symbol, one.side, one.account) == (other.symbol, opposite(other.side), other.account))


NEEDS = {"account", "enter", "entered", "fill", "stop", "close", "ack", "no", "deal", "again",
         "close_by", "closed_by", "symbol", "deposit"}
