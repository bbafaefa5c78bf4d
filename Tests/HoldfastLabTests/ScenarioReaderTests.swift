import Testing

@testable import HoldfastLab

@Suite struct ScenarioReaderTests {
    private func message(_ text: String) -> String? {
        do throws(StoryError) {
            _ = try Story(text: text, path: "s.jsonl")
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "a bad line is an error with its number and the nearest known word",
        arguments: [
            (
                #"{"do": "tikc", "symbol": "E"}"#,
                #"s.jsonl:1: there is no verb "tikc", did you mean "tick"?"#
            ),
            (
                "# a comment\n\n" + #"{"do": "tick", "symbol": "E", "bid": "1", "aks": "1"}"#,
                #"s.jsonl:3: "tick" has no key "aks", did you mean "ask"?"#
            ),
            (#"{"do": "tick", "symbol": "E", "bid": "1"}"#, #"s.jsonl:1: "tick" needs "ask""#),
            (
                #"{"do": "open", "side": "lnog"}"#,
                #"s.jsonl:1: "lnog" is no side, did you mean "long"?"#
            ),
            (
                #"{"do": "step", "time": "+1x"}"#,
                #"s.jsonl:1: "+1x" is not a time, like "2026-01-05T10:00:00.5Z" or "+1.5s""#
            ),
            (
                #"{"do": "rule", "kind": "trailing", "distanec": "1"}"#,
                #"s.jsonl:1: "rule" has no key "distanec", did you mean "distance"?"#
            ),
            (
                #"{"do": "rule", "kind": "trailing", "scope": {"rfe": "a"}}"#,
                #"s.jsonl:1: "scope" has no key "rfe", did you mean "ref"?"#
            ),
            (
                #"{"do": "rule", "id": 1, "scope": {"ref": "a"}}"#,
                #"s.jsonl:1: "rule" needs "kind""#
            ),
            (
                #"{"expcet": {"none": "any"}}"#,
                #"s.jsonl:1: a line begins with "do": VERB or "expect": {...}"#
                    + #", did you mean "expect"?"#
            ),
            (
                #"{"expect": {"event": "comand"}}"#,
                #"s.jsonl:1: "comand" is no event, did you mean "command"?"#
            ),
            (
                #"{"expect": {"event": "command", "ref": "a", "resaon": "sl"}}"#,
                #"s.jsonl:1: an expectation of "event" has no key "resaon", did you mean "reason"?"#
            ),
            (
                #"{"expect": {"status": "HF_E_GIRD"}}"#,
                #"s.jsonl:1: "HF_E_GIRD" is no status, did you mean "HF_E_GRID"?"#
            ),
            (
                #"{"do": "query", "summary": {}, "by": ["symbol", "sied"]}"#,
                #"s.jsonl:1: "sied" is no group, did you mean "side"?"#
            ),
            (
                #"{"expect": {"summary": {}, "losnig": 1}}"#,
                #"s.jsonl:1: an expectation of "summary" has no key "losnig", "#
                    + #"did you mean "losing"?"#
            ),
            (
                #"{"do": "fill", "side": "long", "volume": "1", "price": "1", "symbol": "E"}"#,
                #"s.jsonl:1: "fill" needs "account" or "ref""#
            ),
            (
                #"{"do": "ack", "price": "1"}"#,
                #"s.jsonl:1: "ack" needs "ref" or "command" or "account""#
            ),
            (
                #"{"do": "ack", "ref": "a", "answer": "dnoe"}"#,
                #"s.jsonl:1: "dnoe" is no answer, did you mean "done"?"#
            ),
            (
                #"{"do": "executor", "id": 1, "capabilities": ["closeby"]}"#,
                #"s.jsonl:1: "closeby" is no capability, did you mean "close_by"?"#
            ),
            (#"{"do": "session"}"#, #"s.jsonl:1: "session" needs "executor""#),
            (
                #"{"do": "reconcile", "account": 1, "positions": [{"ticket": 5, "symbol": "E"}]}"#,
                #"s.jsonl:1: "positions" needs "price""#
            ),
            (
                #"{"do": "reconcile", "account": 1, "deals": [{"price": "1", "volume": "1"}]}"#,
                #"s.jsonl:1: "deals" needs "ref" or "ticket""#
            ),
            (
                #"{"expect": {"sync": 1, "snapshot": 2}}"#,
                #"s.jsonl:1: an expectation of "sync" has no key "snapshot", "#
                    + #"did you mean "snapshots"?"#
            ),
            (
                #"{"expect": {"executor": 1, "silnet": true}}"#,
                #"s.jsonl:1: an expectation of "executor" has no key "silnet", "#
                    + #"did you mean "silent"?"#
            ),
            (
                #"{"do": "step", "do": "step"}"#,
                #"s.jsonl:1: is not JSON: the key "do" is there twice (column 16)"#
            ),
            ("# nothing else\n", "s.jsonl: tells no story"),
        ])
    func nearest(text: String, expected: String) {
        #expect(message(text) == expected)
    }

    @Test("a float where a decimal string belongs is an error; a whole number is exact and legal")
    func floats() {
        let line = { (bid: String) in #"{"do": "tick", "symbol": "E", "bid": \#(bid), "ask": "2"}"#
        }
        #expect(
            message(line("1.5"))
                == #"s.jsonl:1: "bid" must be a decimal in quotes, like "1.10", not 1.5"#)
        #expect(message(line("1e2"))?.hasSuffix("not 1e2") == true)
        #expect(message(line("1")) == nil)
        #expect(message(line(#""1.50""#)) == nil)
        #expect(message(line(#""1,5""#)) != nil)
        #expect(message(#"{"expect": {"position": "a", "sl": 1.5}}"#) != nil)
        #expect(message(#"{"expect": {"position": "a", "profit": null}}"#) == nil)
    }

    @Test("every verb of a later version says so", arguments: Verbs.later.sorted())
    func later(verb: String) {
        #expect(
            message(#"{"do": "\#(verb)"}"#) == #"s.jsonl:1: "\#(verb)" comes with a later version"#)
    }

    @Test("comments, empty lines and line ends of either kind are no lines of the story")
    func blanks() throws {
        let story = try Story(
            text: "# a\r\n\r\n  # b\n{\"do\": \"step\"}\r\n{\"expect\": {\"none\": \"any\"}}",
            path: "s")
        #expect(story.inputs == 1)
        #expect(story.expectations == 1)
        #expect(story.chapters.first?.input?.line == 4)
    }

    @Test("a quote file is read through before anything runs")
    func quotes() {
        let text = #"{"do": "ticks", "symbol": "E", "file": "nowhere.csv"}"#
        #expect(message(text)?.contains("nowhere.csv: no such file") == true)
    }
}
