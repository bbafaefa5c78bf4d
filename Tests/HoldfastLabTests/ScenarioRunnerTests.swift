import CHoldfast
import HoldfastABI
import Testing

@testable import HoldfastLab

/// Stories of these tests, on a core of this process.
struct Told {
    let verdict: Verdict
    let lines: [String]

    init(_ text: String, backend: Backend = .abi, prints: Bool = false) throws {
        let story = try Story(text: text, path: "story.jsonl")
        var lines: [String] = []
        let runner = Runner(story, door: try backend.open(), printsEvents: prints) {
            lines.append($0)
        }
        verdict = runner.run()
        self.lines = lines
    }

    /// A symbol, an account, a quote and a long position "a" with a stop.
    static let opening = """
        {"do": "symbol", "name": "EURUSD", "digits": 5, "tick_size": "0.00001", "tick_value": "1", \
        "contract": "100000", "volume_min": "0.01", "volume_max": "500", "volume_step": "0.01", \
        "profit_currency": "USD"}
        {"do": "account", "id": 1, "mode": "hedging", "currency": "USD", "balance": "10000"}
        {"do": "tick", "symbol": "EURUSD", "bid": "1.10000", "ask": "1.10010"}
        {"do": "open", "ref": "a", "account": 1, "symbol": "EURUSD", "side": "long", \
        "volume": "0.10", "price": "1.10010", "sl": "1.09500"}

        """
}

@Suite struct ScenarioRunnerTests {
    @Test("a story that holds passes, and says nothing")
    func passes() throws {
        let told = try Told(
            Told.opening + """
                {"expect": {"event": "opened", "ref": "a"}}
                {"do": "tick", "symbol": "EURUSD", "bid": "1.0949", "ask": "1.095", "time": "+1s"}
                {"expect": {"event": "command", "ref": "a", "action": "close", "reason": "sl"}}
                {"expect": {"none": "any"}}
                {"expect": {"command": "a", "state": "sent", "attempt": 1}}
                {"do": "ack", "ref": "a"}
                {"expect": {"position": "a", "state": "closed", "realised": "-52"}}
                {"expect": {"list": {"all": true}, "refs": []}}
                """)
        #expect(told.verdict.report == "")
        #expect(told.verdict.passed)
        #expect(told.lines == [])
    }

    @Test("a failure shows what was expected, what there was, and the line")
    func failure() throws {
        let told = try Told(
            Told.opening + """
                {"expect": {"event": "opened", "ref": "b"}}
                {"expect": {"position": "a", "state": "closed"}}
                """)
        #expect(told.verdict.failures.map(\.line) == [5, 6])
        let report = told.verdict.report
        #expect(report.contains(#"expected  {"expect": {"event": "opened", "ref": "b"}}"#))
        #expect(report.contains(#"got       {"event": "opened", "#))
        #expect(report.contains(#"no position was called "b", did you mean "a"?"#))
        #expect(report.contains(#"got       {"state": "open"}"#))
        #expect(report.contains("line      6"))
    }

    @Test("an input that is refused is a failure unless the story expects that status")
    func refusals() throws {
        let late = #"{"do": "modify", "ref": "a", "sl": "1.2"}"# + "\n"
        let told = try Told(Told.opening + late)
        #expect(told.verdict.failures.first?.got == ["HF_E_LEVEL_BREACHED"])
        #expect(told.verdict.failures.first?.line == 5)
        let expected = #"{"expect": {"status": "HF_E_LEVEL_BREACHED"}}"#
        #expect(try Told(Told.opening + late + expected).verdict.passed)
        let other = #"{"expect": {"status": "HF_E_GRID"}}"#
        #expect(try !Told(Told.opening + late + other).verdict.passed)
        let needless = #"{"expect": {"status": "HF_E_GRID"}}"#
        #expect(try !Told(Told.opening + needless).verdict.passed)
    }

    @Test("a price off the grid is refused before it reaches the core")
    func grid() throws {
        let told = try Told(
            Told.opening + """
                {"do": "modify", "ref": "a", "sl": "1.095001"}
                {"expect": {"status": "HF_E_GRID"}}
                {"expect": {"none": "any"}}
                {"expect": {"position": "a", "sl": "1.095"}}
                """)
        #expect(told.verdict.report == "")
    }

    @Test("hold leaves commands pending; the next input's take gives them out")
    func hold() throws {
        let told = try Told(
            Told.opening + """
                {"do": "tick", "symbol": "EURUSD", "bid": "1.0949", "ask": "1.095", "hold": true}
                {"expect": {"command": "a", "state": "pending"}}
                {"do": "step", "time": "+10ms"}
                {"expect": {"none": "any"}}
                {"expect": {"command": "a", "state": "sent"}}
                """)
        #expect(told.verdict.report == "")
    }

    @Test("a query prints every field, has no events and takes nothing")
    func query() throws {
        let told = try Told(
            Told.opening + """
                {"do": "query", "position": "a"}
                {"do": "query", "account": 1}
                {"do": "query", "list": {"symbol": "EURUSD"}}
                {"do": "query", "position": "b"}
                {"expect": {"status": "HF_E_POSITION"}}
                {"expect": {"none": "any"}}
                {"do": "tick", "symbol": "EURUSD", "bid": "1.0949", "ask": "1.095", "hold": true}
                {"do": "query", "command": "a"}
                {"expect": {"command": "a", "state": "pending"}}
                """)
        #expect(told.verdict.report == "")
        #expect(told.lines.count == 5)
        #expect(told.lines[0].hasPrefix(#"{"answer": {"position": "a", "id": 1, "account": 1, "#))
        #expect(told.lines[1].hasPrefix(#"{"answer": {"account": 1, "mode": "hedging", "#))
        #expect(told.lines[2].hasPrefix(#"{"answer": [{"position": "a", "#))
        #expect(told.lines[3] == #"{"answer": null, "status": "HF_E_POSITION"}"#)
        #expect(told.lines[4].hasPrefix(#"{"answer": {"command": "1-1-1", "ref": "a", "#))
    }
}
