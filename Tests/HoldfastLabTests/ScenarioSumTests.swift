import CHoldfast
import HoldfastABI
import Testing

@testable import HoldfastLab

/// Money and sums as stories read them: exact, in their units, null when unknown.
@Suite struct ScenarioSumTests {
    private let door = ScriptedDoor()

    private var summary: hf_summary {
        var sum = hf_summary()
        (sum.count, sum.profitable, sum.losing, sum.unknown) = (4, 2, 1, 1)
        (sum.volume_long, sum.volume_short) = (150_000_000, 10_000_000)
        (sum.floating, sum.net, sum.exposure) = (1_250_000_000, 1_150_000_000, 0)
        (sum.strategy, sum.symbol, sum.side) = (0, 1, UInt8(HF_SHORT))
        sum.known = UInt32(HF_KNOWN_PROFIT) | UInt32(HF_KNOWN_NET)
        return sum
    }

    @Test("a summary is one of its filter, and unknown money is null")
    func summarised() throws {
        door.sums = [summary]
        let told = try door.tell(
            """
            {"expect": {"summary": {"symbol": "EURUSD", "losing": true}, "count": 4, \
            "profitable": 2, "losing": 1, "unknown": 1, "floating": "12.5", "net": "11.50", \
            "exposure": null, "volume_long": "1.5", "volume_short": "0.1"}}
            """)
        #expect(told.report == "")
        #expect(door.filter.symbol == 1 && door.by == 0)
        #expect(door.filter.present == UInt32(HF_FILTER_SYMBOL) | UInt32(HF_FILTER_LOSING))
        let wrong = try door.tell(#"{"expect": {"summary": {}, "exposure": "0"}}"#)
        #expect(wrong.report.contains(#"got       {"exposure": null}"#))
    }

    @Test("groups are a list, each with what names it")
    func grouped() throws {
        door.sums = [summary, summary]
        let told = try door.tell(
            """
            {"do": "query", "summary": {}, "by": ["symbol", "side"]}
            {"do": "query", "summary": {"account": 1, "by": "strategy"}}
            """)
        let group = #"{"symbol": "EURUSD", "side": "short", "count": 4, "profitable": 2, "#
        #expect(told.lines.first?.hasPrefix(#"{"answer": [\#(group)"#) == true)
        #expect(told.lines.last?.hasPrefix(#"{"answer": [{"strategy": 0, "count": 4, "#) == true)
        #expect(door.by == UInt32(HF_BY_STRATEGY))
        door.sums = [summary]
        let whole = try door.tell(#"{"do": "query", "summary": {}}"#)
        #expect(whole.lines == [Self.whole])
    }

    private static let whole =
        #"{"answer": {"count": 4, "profitable": 2, "losing": 1, "unknown": 1, "#
        + #""volume_long": "1.50", "volume_short": "0.10", "exposure": null, "#
        + #""floating": "12.50", "net": "11.50"}}"#

    @Test("performance is of closed positions; a factor without a loss is null")
    func performed() throws {
        var result = hf_performance()
        (result.count, result.wins, result.net) = (3, 3, 300_000_000)
        (result.win_rate, result.r_multiple, result.holding) = (100_000_000, 150_000_000, 5)
        result.known = UInt32(HF_KNOWN_NET) | UInt32(HF_KNOWN_R)
        result.reason = UInt8(HF_REASON_TP)
        door.results = [result]
        let told = try door.tell(
            """
            {"expect": {"performance": {"account": 1}, "count": 3, "wins": 3, "losses": 0, \
            "net": "3", "gross_loss": "0", "win_rate": "1", "profit_factor": null, \
            "r_multiple": "1.5", "holding": 5, "first": null}}
            {"do": "query", "performance": {}, "by": "reason"}
            """)
        #expect(told.report == "")
        #expect(told.lines.first?.hasPrefix(#"{"answer": [{"reason": "tp", "count": 3"#) == true)
    }

    @Test("the history is in order of closing, picked by a filter")
    func history() throws {
        door.given = [7, 8]
        for (id, account) in [(UInt64(8), UInt64(1)), (7, 1), (9, 2)] {
            var position = hf_position()
            (position.id, position.account) = (id, account)
            position.closed = Clock.start - Int64(id) * 1_000_000_000
            door.closed.append(position)
        }
        let told = try door.tell(
            ScenarioMoneyTests.two + """
                {"expect": {"history": {"account": 1}, "refs": ["b", "a"]}}
                {"expect": {"history": {"account": 1, "older_than": "7.5s"}, "refs": ["b"]}}
                {"expect": {"history": {"account": 1, "newer_than": "7.5s"}, "refs": ["a"]}}
                {"do": "query", "history": {"account": 2}}
                """)
        #expect(told.report == "")
        #expect(told.lines.first?.hasPrefix(#"{"answer": [{"position": 9, "id": 9"#) == true)
    }

    @Test("a list comes in its own order when it is sorted, else by id")
    func sorted() throws {
        door.given = [7, 8]
        for id: UInt64 in [8, 7] {
            var position = hf_position()
            position.id = id
            door.listed.append(position)
        }
        let told = try door.tell(
            ScenarioMoneyTests.two + """
                {"expect": {"list": {}, "refs": ["a", "b"]}}
                {"expect": {"list": {"sort": "profit"}, "refs": ["b", "a"]}}
                {"expect": {"list": {}, "sort": "newest", "refs": ["b", "a"]}}
                """)
        #expect(told.report == "")
        #expect(door.filter.sort == HF_SORT_NEWEST)
    }

    @Test("figures of an account are null until they are known")
    func account() throws {
        door.view.equity = 1_000_000_000
        (door.view.costs, door.view.stale) = (-250_000_000, 1)
        let unknown = """
            {"expect": {"account": 1, "equity": null, "floating": null, "margin": null, \
            "exposure": null, "costs": "-2.5", "stale": true, "leverage": null}}

            """
        #expect(try door.tell(unknown).report == "")
        door.view.known = UInt32(HF_KNOWN_NET) | UInt32(HF_KNOWN_MARGIN)
        #expect(
            try door.tell(#"{"expect": {"account": 1, "equity": "10", "margin": "0"}}"#).report
                == "")
    }

    @Test("a position's ratios are in percent and R, its averages exact")
    func position() throws {
        var position = hf_position()
        (position.id, position.symbol) = (7, 1)
        (position.profit_percent, position.r_multiple) = (-1_234_567, 250_000_000)
        (position.exit_average, position.slippage_entry) = (11_000_012_345_678, -3)
        position.disaster_placed = 109_000
        door.given = [7, 8]
        door.known[7] = position
        let told = try door.tell(
            ScenarioMoneyTests.two + """
                {"expect": {"position": "a", "profit_percent": null, "r_multiple": null, \
                "exit_average": "1.1000012345678", "slippage_entry": null, \
                "disaster_placed": "1.09"}}
                """)
        #expect(told.report == "")
        position.known = UInt32(HF_KNOWN_PERCENT | HF_KNOWN_R | HF_KNOWN_ENTRY)
        let known = Projection(position, Names())
        #expect(known["slippage_entry"] == .integer("-3"))
        #expect(known["profit_percent"] == .decimal("-1.234567"))
        #expect(known["r_multiple"] == .decimal("2.50"))
    }

    @Test("a balance changes in money")
    func balance() {
        var event = hf_event()
        (event.kind, event.what) = (UInt16(HF_EVENT_CHANGED), UInt8(HF_WHAT_BALANCE))
        (event.old_value, event.new_value) = (100_000_000, 50_000_000)
        let projection = Projection(event, Names())
        #expect(projection["what"] == .word("balance"))
        #expect(projection["old"] == .decimal("1.00") && projection["new"] == .decimal("0.50"))
    }
}
