import CHoldfast
import Testing

@testable import HoldfastLab

@Suite struct ScenarioMatchingTests {
    private static func command(_ position: String, price: String) -> Projection {
        var projection = Projection()
        projection.add("event", .word("command"))
        projection.add("ref", .word(position))
        projection.add("price", .decimal(price))
        projection.add("profit", .null)
        return projection
    }

    private var two: Matching {
        Matching(
            events: [Self.command("a", price: "1.10"), Self.command("b", price: "1.20")],
            kinds: [HF_EVENT_COMMAND, HF_EVENT_COMMAND])
    }

    private func keys(_ text: String) throws -> [JSON.Member] {
        guard case .object(let members) = try JSONReader.read(text) else { return [] }
        return members
    }

    private func take(_ matching: inout Matching, _ keys: [JSON.Member]) -> Bool {
        matching.consume(kind: HF_EVENT_COMMAND, keys: keys)
    }

    @Test("an expectation consumes one event; keys not given are not compared")
    func consumes() throws {
        var matching = two
        let a = try keys(#"{"ref": "a"}"#)
        #expect(take(&matching, a))
        #expect(!take(&matching, a))
        #expect(take(&matching, []))
        #expect(!take(&matching, []))
    }

    @Test("a wide expectation leaves the event that a narrow one needs")
    func order() throws {
        var matching = two
        #expect(take(&matching, []))
        #expect(take(&matching, try keys(#"{"ref": "a"}"#)))
        #expect(matching.left(kind: 0, keys: []).isEmpty)
    }

    @Test("none is about events that are left, of its kind, narrowed by its keys")
    func none() throws {
        var matching = two
        #expect(take(&matching, try keys(#"{"ref": "a"}"#)))
        #expect(matching.left(kind: 0, keys: []).count == 1)
        #expect(matching.left(kind: HF_EVENT_CLOSED, keys: []).isEmpty)
        #expect(matching.left(kind: HF_EVENT_COMMAND, keys: try keys(#"{"ref": "a"}"#)).isEmpty)
        #expect(
            matching.left(kind: HF_EVENT_COMMAND, keys: try keys(#"{"ref": "b"}"#)).count == 1)
    }

    @Test(
        "values compare by what they are",
        arguments: [
            (#"{"price": "1.1"}"#, true), (#"{"price": "1.100"}"#, true),
            (#"{"price": "1.11"}"#, false), (#"{"ref": "a"}"#, true), (#"{"ref": "A"}"#, false),
            (#"{"profit": null}"#, true), (#"{"profit": "0"}"#, false),
            (#"{"price": null}"#, false),
            (#"{"level": null}"#, true), (#"{"level": "0"}"#, false),
        ])
    func values(text: String, equal: Bool) throws {
        #expect(Self.command("a", price: "1.10").matches(try keys(text)) == equal)
    }

    @Test("times compare as instants, whole numbers with or without quotes")
    func instants() throws {
        var projection = Projection()
        projection.add("time", .instant(Clock.start))
        projection.add("attempt", .count(2))
        #expect(projection.matches(try keys(#"{"time": "2026-01-05T01:00:00+01:00"}"#)))
        #expect(projection.matches(try keys(#"{"attempt": 2}"#)))
        #expect(projection.matches(try keys(#"{"attempt": "2"}"#)))
        #expect(!projection.matches(try keys(#"{"attempt": 3}"#)))
    }
}
