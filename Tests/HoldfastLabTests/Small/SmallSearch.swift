import CHoldfast

/// One position and what happens to it, letter by letter.
protocol SmallStory: AnyObject {
    associatedtype Letter: CaseIterable & Sendable

    init(_ slot: SmallSlot)

    var slot: SmallSlot { get }
    /// Everything that can be read of it, as far as it decides what can follow.
    var key: String { get }
    /// False where the letter says nothing in this state.
    func apply(_ letter: Letter) -> Bool
}

/// Every state within reach, breadth first, each by its shortest story told anew.
struct SmallSearch<Story: SmallStory> {
    private(set) var states: Set<String> = []
    private(set) var transitions = 0
    private(set) var failures: [String] = []
    private let world = SmallWorld()
    private var end: Int64?

    mutating func exhaust(depth: Int) {
        var front: [[Story.Letter]] = [[]]
        for _ in 0..<depth {
            var next: [[Story.Letter]] = []
            for path in front {
                for letter in Story.Letter.allCases {
                    if let longer = follow(path, letter) { next.append(longer) }
                    if failures.count >= 8 { return }
                }
            }
            front = next
        }
    }

    /// The path with its letter, where that is a state that was not seen before.
    private mutating func follow(
        _ path: [Story.Letter], _ letter: Story.Letter
    ) -> [Story.Letter]? {
        guard let slot = world.slot(from: end) else {
            failures.append("the core does not open")
            return nil
        }
        let story = Story(slot)
        for before in path { _ = story.apply(before) }
        let isSaid = story.apply(letter)
        end = slot.now
        guard isSaid else { return nil }
        transitions += 1
        let isNew = states.insert(story.key).inserted
        slot.read()
        if isNew, slot.failures.isEmpty { end = slot.rest() }
        for failure in slot.failures { failures.append("\(path + [letter]): \(failure)") }
        return isNew ? path + [letter] : nil
    }
}
