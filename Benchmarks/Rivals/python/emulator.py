"""NautilusTrader's OrderEmulator: the stop and the target of a position are emulated orders.

A stop is a STOP_MARKET (or TRAILING_STOP_MARKET) order, a target a LIMIT order, both reduce-only
and triggered by bid and ask. What the emulator releases to the execution engine is the trigger; the
other order is cancelled, and two more are submitted. Nothing executes behind it: no venue, no
fills, no positions, no risk checks, so this is less work than a strategy on that platform does.
"""

import statistics
import time
from decimal import Decimal

from nautilus_trader.cache.cache import Cache
from nautilus_trader.common.component import MessageBus, TestClock
from nautilus_trader.core.uuid import UUID4
from nautilus_trader.execution.emulator import OrderEmulator
from nautilus_trader.execution.messages import CancelOrder, SubmitOrder
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import OrderSide, TrailingOffsetType, TriggerType
from nautilus_trader.model.identifiers import ClientOrderId, StrategyId, TraderId
from nautilus_trader.model.objects import Price, Quantity
from nautilus_trader.model.orders import LimitOrder, StopMarketOrder, TrailingStopMarketOrder
from nautilus_trader.portfolio.portfolio import Portfolio
from nautilus_trader.test_kit.providers import TestInstrumentProvider
from workload import SPREAD, START_BID, STOP, TARGET, TRAILING, Lives, Tally

DIGITS = 5
TRADER = TraderId("RIVAL-001")
STRATEGY = StrategyId("S-001")


def price(ticks):
    return Price(ticks / 10**DIGITS, DIGITS)


class Emulator:
    def __init__(self, settings):
        if settings.symbols != 1:
            raise SystemExit("rival: the emulator is run with one symbol")
        self.tally = Tally()
        self.lives = Lives(settings)
        self.clock = TestClock()
        self.bus = MessageBus(trader_id=TRADER, clock=self.clock)
        self.cache = Cache()
        self.instrument = TestInstrumentProvider.default_fx_ccy("EUR/USD")
        self.cache.add_instrument(self.instrument)
        self.listen()
        portfolio = Portfolio(self.bus, self.cache, self.clock)
        self.emulator = OrderEmulator(portfolio, self.bus, self.cache, self.clock)
        self.emulator.start()
        self.size = Quantity.from_int(1)
        self.number = 0
        self.released = []
        self.quote_ns = []
        self.lives_of = {}  # client order id: key, reason, id of the other order
        self.emulator.create_matching_core(
            self.instrument.id, self.instrument.price_increment)
        self.quote(START_BID)
        for position in range(settings.positions):
            self.open(position << 32, START_BID)

    def listen(self):
        """The engines that the emulator talks to; only what it releases matters here."""
        for endpoint in ("RiskEngine.process", "DataEngine.execute", "RiskEngine.execute"):
            self.bus.register(endpoint=endpoint, handler=lambda _: None)
        self.bus.register(endpoint="ExecEngine.process", handler=self.canceled)
        self.bus.register(endpoint="ExecEngine.execute", handler=self.release)

    def release(self, command):
        self.released.append(command.order.client_order_id)

    def canceled(self, event):
        order = self.cache.order(event.client_order_id)
        order.apply(event)
        self.cache.update_order(order)

    def tick(self, number, _, bid):
        self.number = number
        begin = time.perf_counter_ns()
        self.quote(bid)
        self.quote_ns.append(time.perf_counter_ns() - begin)
        released, self.released = self.released, []
        for order in released:
            key, reason, other = self.lives_of.pop(order)
            self.tally.add(key, number, reason)
            del self.lives_of[other]
            self.cancel(other)
            self.open(key + 1, bid)

    def notes(self):
        """The median quote by itself: without what we send after a trigger, and mostly quiet."""
        return {"quote_p50_ns": statistics.median(self.quote_ns)}

    def quote(self, bid):
        self.emulator.on_quote_tick(
            QuoteTick(
                self.instrument.id, price(bid), price(bid + SPREAD), self.size, self.size,
                self.number, self.number))

    def open(self, key, bid):
        is_short, is_trailing, stop, target = self.lives.draw(key)
        watched, sign = (bid + SPREAD, -1) if is_short else (bid, 1)
        stop_id, target_id = ClientOrderId(f"{key:x}-S"), ClientOrderId(f"{key:x}-T")
        reason = TRAILING if is_trailing else STOP
        self.lives_of[stop_id] = (key, reason, target_id)
        self.lives_of[target_id] = (key, TARGET, stop_id)
        common = {
            "trader_id": TRADER, "strategy_id": STRATEGY, "instrument_id": self.instrument.id,
            "order_side": OrderSide.BUY if is_short else OrderSide.SELL, "quantity": self.size,
            "init_id": UUID4(), "ts_init": self.number, "reduce_only": True,
            "emulation_trigger": TriggerType.BID_ASK,
        }
        limit = price(watched + sign * target)
        self.submit(LimitOrder(client_order_id=target_id, price=limit, **common))
        common |= {"trigger_type": TriggerType.BID_ASK, "client_order_id": stop_id}
        level = price(watched - sign * stop)
        if is_trailing:
            self.submit(
                TrailingStopMarketOrder(
                    trigger_price=level, trailing_offset=Decimal(stop) / 10**DIGITS,
                    trailing_offset_type=TrailingOffsetType.PRICE, **common))
        else:
            self.submit(StopMarketOrder(trigger_price=level, **common))

    def submit(self, order):
        self.cache.add_order(order)
        self.emulator.execute(
            SubmitOrder(
                trader_id=TRADER, strategy_id=STRATEGY, order=order, command_id=UUID4(),
                ts_init=self.number))

    def cancel(self, client_order_id):
        self.emulator.execute(
            CancelOrder(
                trader_id=TRADER, strategy_id=STRATEGY, instrument_id=self.instrument.id,
                client_order_id=client_order_id, venue_order_id=None, command_id=UUID4(),
                ts_init=self.number))
