import CHoldfast
import Testing

/// Every state and event within so many steps of one position.
@Suite("Small models, exhausted")
struct SmallModelTests {
    static let depth = Int(HistorySetting.number("HOLDFAST_SMALL_STEPS") ?? 8)

    @Test("the command of one position keeps its promises in every state within 8 steps")
    func command() { exhaust(SmallCommand.self, "command") }

    @Test("the snapshots of one position keep theirs in every state within 8 steps")
    func sync() { exhaust(SmallSync.self, "sync") }

    private func exhaust<Story: SmallStory>(_ story: Story.Type, _ name: String) {
        var search = SmallSearch<Story>()
        search.exhaust(depth: Self.depth)
        print("\(name): \(search.states.count) states, \(search.transitions) transitions")
        for failure in search.failures { Issue.record("\(failure)") }
        #expect(search.states.count > 200)
    }
}
