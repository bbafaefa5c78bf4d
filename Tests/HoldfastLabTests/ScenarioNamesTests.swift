import CHoldfast
import HoldfastABI
import Testing

@testable import HoldfastLab

/// What a ref stands for: a position that turned over, the command that an ack answers.
@Suite struct ScenarioNamesTests {
    private let door = ScriptedDoor()

    private func fill(_ side: String, _ ref: String) -> String {
        #"{"do": "fill", \#(ref)"account": 2, "symbol": "EURUSD", "side": "\#(side)", "#
            + #""volume": "1", "price": "1.1"}"# + "\n"
    }

    private func position(_ id: UInt64, flippedFrom old: UInt64 = 0) -> hf_position {
        var position = hf_position()
        (position.id, position.flipped_from, position.symbol) = (id, old, 1)
        return position
    }

    private func event(_ kind: Int, _ position: UInt64) -> hf_event {
        var event = hf_event()
        (event.kind, event.position) = (UInt16(kind), position)
        return event
    }

    /// Position 1 turns over into 2.
    private func turn(naming ref: String, then expectations: String) throws -> String {
        door.given = [1, 2]
        (door.known[1], door.known[2]) = (position(1), position(2, flippedFrom: 1))
        (door.listed, door.closed) = ([position(2, flippedFrom: 1)], [position(1)])
        door.caused = [
            [event(HF_EVENT_OPENED, 1)],
            [event(HF_EVENT_CLOSED, 1), event(HF_EVENT_OPENED, 2)],
        ]
        return try door.tell(
            fill("long", #""ref": "a", "#) + fill("short", ref) + expectations
        ).report
    }

    @Test("after a turn the name given is the new position's, and the old one keeps its own")
    func turned() throws {
        let report = try turn(
            naming: #""ref": "b", "#,
            then: """
                {"expect": {"event": "closed", "ref": "a"}}
                {"expect": {"event": "opened", "ref": "b"}}
                {"expect": {"position": "a", "id": 1}}
                {"expect": {"position": "b", "id": 2, "flipped_from": 1}}
                {"expect": {"list": {}, "refs": ["b"]}}
                {"expect": {"history": {}, "refs": ["a"]}}
                """)
        #expect(report == "")
    }

    @Test(
        "after a turn without a new name the old one goes over",
        arguments: ["", #""ref": "a", "#])
    func followed(ref: String) throws {
        let report = try turn(
            naming: ref,
            then: """
                {"expect": {"event": "closed", "ref": "a"}}
                {"expect": {"event": "opened", "ref": "a"}}
                {"expect": {"position": "a", "id": 2}}
                {"expect": {"list": {}, "refs": ["a"]}}
                {"expect": {"history": {}, "refs": ["a"]}}
                """)
        #expect(report == "")
    }

    @Test("a position answers to every name that it was given")
    func aliases() throws {
        door.given = [1, 1]
        door.known[1] = position(1)
        door.listed = [position(1)]
        door.caused = [[], [event(HF_EVENT_CHANGED, 1), event(HF_EVENT_CHANGED, 1)]]
        let told = try door.tell(
            fill("long", #""ref": "a", "#) + fill("long", #""ref": "b", "#) + """
                {"expect": {"event": "changed", "ref": "a"}}
                {"expect": {"event": "changed", "ref": "b"}}
                {"expect": {"none": "any"}}
                {"expect": {"list": {}, "refs": ["a"]}}
                {"expect": {"list": {}, "refs": ["b"]}}
                """)
        #expect(told.report == "")
    }

    /// The count of the command that an ack of position 1 is given.
    private func answered(_ events: [hf_event]) throws -> UInt32? {
        let door = ScriptedDoor()
        door.given = [1]
        door.known[1] = position(1)
        door.caused = [events]
        let told = try door.tell(
            """
            {"do": "entry", "ref": "a", "account": 1, "symbol": "EURUSD", "side": "long", \
            "volume": "1"}
            {"do": "ack", "ref": "a"}
            """)
        #expect(told.report == "")
        return door.last(hf_ack.self)?.command.count
    }

    @Test("an ack means the live close, else close_by, entry, modify, and never a query")
    func order() throws {
        let all: [hf_event] = [
            .command(1, of: 1, HF_ACTION_OPEN), .command(2, of: 1, HF_ACTION_CLOSE_BY),
            .command(3, of: 1, HF_ACTION_REDUCE), .command(4, of: 1, HF_ACTION_MODIFY),
            .command(5, of: 1, HF_ACTION_QUERY_DEALS),
        ]
        func end(_ count: UInt32) -> hf_event {
            .command(count, of: 1, HF_ACTION_CLOSE, state: HF_COMMAND_EXECUTED)
        }
        #expect(try answered(all) == 3)
        #expect(try answered(all + [end(3)]) == 2)
        #expect(try answered(all + [end(3), end(2)]) == 1)
        #expect(try answered(all + [end(3), end(2), end(1)]) == 4)
        // None is live: the latest.
        #expect(try answered(all + [end(3), end(2), end(1), end(4)]) == 4)
        #expect(try answered(Array(all.prefix(1)) + [end(1)]) == 1)
        #expect(try answered([]) == 0)
    }

    @Test("a child takes the place of the command before it")
    func children() throws {
        let unknown = hf_event.command(1, of: 1, HF_ACTION_OPEN, state: HF_COMMAND_UNKNOWN)
        #expect(try answered([.command(1, of: 1, HF_ACTION_OPEN), unknown]) == 1)
        let requoted: [hf_event] = [
            .command(1, of: 1, HF_ACTION_OPEN),
            .command(1, of: 1, HF_ACTION_OPEN, state: HF_COMMAND_REJECTED),
            .command(2, of: 1, HF_ACTION_OPEN),
        ]
        #expect(try answered(requoted) == 2)
    }

    @Test("the expectation of a command is of the latest, or of the action that it names")
    func expected() throws {
        door.given = [1]
        door.known[1] = position(1)
        door.caused = [
            [
                .command(1, of: 1, HF_ACTION_OPEN), .command(2, of: 1, HF_ACTION_MODIFY),
                .command(3, of: 1, HF_ACTION_QUERY_DEALS),
            ]
        ]
        let entry = """
            {"do": "entry", "ref": "a", "account": 1, "symbol": "EURUSD", "side": "long", \
            "volume": "1"}

            """
        let told = try door.tell(
            entry + #"""
                {"do": "query", "command": "a"}
                {"expect": {"command": "a", "action": "open"}}
                """#)
        #expect(told.lines.first?.hasPrefix(#"{"answer": {"command": "1-2-1", "#) == true)
        // The door's commands have no action: what failed shows which one was asked for.
        #expect(told.report.contains(#"{"action": null}"#))
    }
}
