/// Which event each expectation of an input has consumed. Neither the order of the events nor that
/// of the expectations matters: an expectation that finds its only event taken moves the taker to
/// another one, when there is one.
struct Matching {
    let events: [Projection]
    private var wanted: [(kind: Int, keys: [JSON.Member])] = []
    /// By event: the expectation that consumed it.
    private var taker: [Int?]
    private let kinds: [Int]

    init(events: [Projection], kinds: [Int]) {
        self.events = events
        self.kinds = kinds
        taker = Array(repeating: nil, count: events.count)
    }

    /// Consumes one event; false: none matches that is free or can be freed.
    mutating func consume(kind: Int, keys: [JSON.Member]) -> Bool {
        wanted.append((kind, keys))
        var tried: Set<Int> = []
        let found = assign(wanted.count - 1, &tried)
        if !found { wanted.removeLast() }
        return found
    }

    private mutating func assign(_ expectation: Int, _ tried: inout Set<Int>) -> Bool {
        let (kind, keys) = wanted[expectation]
        for at in events.indices where !tried.contains(at) {
            guard kinds[at] == kind, events[at].matches(keys) else { continue }
            tried.insert(at)
            let holder = taker[at]
            if let holder, !assign(holder, &tried) { continue }
            taker[at] = expectation
            return true
        }
        return false
    }

    /// The events that no expectation has consumed, of a kind (0: of any), narrowed by keys.
    func left(kind: Int, keys: [JSON.Member]) -> [Projection] {
        events.indices
            .filter { taker[$0] == nil && (kind == 0 || kinds[$0] == kind) }
            .map { events[$0] }
            .filter { $0.matches(keys) }
    }
}
