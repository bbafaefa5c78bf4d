import CHoldfast
import HoldfastABI
import Testing

@testable import HoldfastLab

/// The records that inputs about accounts, entries and fills become.
@Suite struct ScenarioMoneyTests {
    private let door = ScriptedDoor()

    @Test(
        "a pair is a base and the currency that it is quoted in",
        arguments: [
            ("EURUSD", "EUR", "USD"), ("BTCUSDT", "BTC", "USDT"), ("DOGEUSDC", "DOGE", "USDC"),
            ("BTCUSD", "BTC", "USD"), ("USD", "", "USD"), ("USDT", "U", "SDT"),
        ])
    func pairs(text: String, base: String, quote: String) {
        let pair = CurrencyPair(text)
        #expect(pair.base == base)
        #expect(pair.quote == quote)
    }

    @Test("a rate has eight digits, a deposit a sign")
    func money() throws {
        let told = try door.tell(
            #"""
            {"do": "rate", "pair": "USDJPY", "bid": "151.23456789", "ask": "151.3"}
            {"do": "deposit", "account": 1, "amount": "-12.5"}
            """#)
        #expect(told.report == "")
        let rate = try #require(door.last(hf_rate.self))
        #expect(textOf(rate.base) == "USD" && textOf(rate.quote) == "JPY")
        #expect(rate.bid == 15_123_456_789 && rate.ask == 15_130_000_000)
        let deposit = try #require(door.last(hf_deposit.self))
        #expect(deposit.account == 1 && deposit.amount == -1_250_000_000)
        #expect(door.applied.suffix(2).map(\.kind) == [HF_RECORD_RATE, HF_RECORD_DEPOSIT])
    }

    @Test("terms of symbols and accounts have what money needs")
    func terms() throws {
        _ = try door.tell(
            #"{"do": "account", "id": 1, "currency": "USD", "margin": "100", "leverage": "30"}"#)
        let symbol = try #require(door.last(hf_symbol.self))
        #expect(textOf(symbol.base_currency) == "EUR")
        let account = try #require(door.last(hf_account.self))
        #expect(account.margin == 10_000_000_000 && account.present.has(HF_ACCOUNT_MARGIN))
        #expect(account.leverage == 3_000_000_000)
    }

    @Test("an entry has no price and no time, and says when its volume may be cut")
    func entry() throws {
        door.given = [7]
        let told = try door.tell(
            #"""
            {"do": "entry", "ref": "a", "account": 1, "symbol": "EURUSD", "side": "short", \#
            "volume": "0.1", "sl": "1.2", "disaster_distance": "0.001", \#
            "disaster_step": "0.0001", "cap_volume": true, "client_id": "x", \#
            "time": "2026-01-05T10:00:00Z"}
            """#)
        #expect(told.report == "")
        #expect(door.applied.last?.kind == HF_RECORD_ENTRY)
        let entry = try #require(door.last(hf_open.self))
        #expect(entry.price == 0 && entry.time == 0 && entry.sl == 120_000)
        #expect(entry.disaster_distance == 100 && entry.disaster_step == 10)
        #expect(entry.flags.has(HF_OPEN_CAP_VOLUME) && !entry.flags.has(HF_OPEN_TIME))
        #expect(entry.flags.has(HF_OPEN_DISASTER_DISTANCE))
    }

    @Test("a fill goes by symbol on a netting account, by position on a hedging one")
    func fill() throws {
        door.given = [7, 8, 7]
        let told = try door.tell(
            #"""
            {"do": "open", "ref": "h", "account": 1, "symbol": "EURUSD", "side": "long", \#
            "volume": "1", "price": "1.1"}
            {"do": "fill", "ref": "n", "account": 2, "symbol": "EURUSD", "side": "long", \#
            "volume": "0.1", "price": "1.1", "fee": "-1", "deal": 5}
            """#)
        #expect(told.report == "")
        let first = try #require(door.last(hf_fill.self))
        #expect(first.account == 2 && first.symbol == 1 && first.position == 0)
        #expect(first.volume == 10_000_000 && first.price == 110_000 && first.deal == 5)
        #expect(first.fee == -100_000_000 && first.present == UInt32(HF_HAS_FEE))
        // The position that is named tells account and symbol.
        let again = ScriptedDoor()
        again.given = [7, 7]
        _ = try again.tell(
            #"""
            {"do": "open", "ref": "h", "account": 1, "symbol": "EURUSD", "side": "long", \#
            "volume": "1", "price": "1.1"}
            {"do": "fill", "ref": "h", "side": "long", "volume": "0.1", "price": "1.10005", \#
            "ticket": 9}
            """#)
        let second = try #require(again.last(hf_fill.self))
        #expect(second.account == 1 && second.symbol == 1 && second.position == 7)
        #expect(second.price == 110_005 && second.present == UInt32(HF_HAS_TICKET))
    }

    @Test("close_by names both, modify unsets the disaster stop, close asks without acting")
    func changes() throws {
        door.given = [7, 8]
        let told = try door.tell(
            Self.two + #"""
                {"do": "close_by", "ref": "a", "with": "b"}
                {"do": "modify", "ref": "a", "disaster_sl": "0", "disaster_distance": "0.002"}
                {"do": "close", "newer_than": "5m", "state": "pending", "dry_run": true}
                """#)
        #expect(told.report == "")
        let closeBy = try #require(door.last(hf_close_by.self))
        #expect(closeBy.position == 7 && closeBy.with == 8)
        let modify = try #require(door.last(hf_modify.self))
        #expect(modify.change_disaster_sl == HF_UNSET && modify.change_sl == HF_LEAVE)
        #expect(modify.change_disaster_distance == HF_SET && modify.disaster_distance == 200)
        let close = try #require(door.last(hf_close.self))
        #expect(close.dry_run == 1 && close.filter.newer_than == 300_000_000_000)
        #expect(close.filter.states == 1 << HF_POSITION_PENDING)
        #expect(
            close.filter.present == UInt32(HF_FILTER_NEWER_THAN) | UInt32(HF_FILTER_STATES))
    }

    @Test("a ref that nobody gave is named where a position is unknown")
    func strangers() throws {
        let core = try Told(
            Told.opening + #"{"do": "close_by", "ref": "a", "with": "b"}"#)
        #expect(core.verdict.passed == false)
        let message = #"{"do": "fill", "side": "long", "volume": "1", "price": "1"}"#
        #expect(throws: StoryError.self) { try Story(text: message, path: "s") }
    }

    /// Positions 7 and 8.
    static let two = """
        {"do": "open", "ref": "a", "account": 1, "symbol": "EURUSD", "side": "long", \
        "volume": "1", "price": "1.1"}
        {"do": "open", "ref": "b", "account": 1, "symbol": "EURUSD", "side": "short", \
        "volume": "1", "price": "1.1"}

        """
}
