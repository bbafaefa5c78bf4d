import CHoldfast

/// A call as it was seen: when it began and when it had ended, by one counter, and its answer.
struct LinearSeen {
    let call: LinearCall
    let thread: Int
    let begun: Int
    let ended: Int
    var answer: [UInt64]

    var text: String { "\(begun)-\(ended) thread \(thread): \(call.text) -> \(answer)" }
}

/// Looks for an order of the calls of a history in which a core that is driven by one thread gives
/// the same answers, and in which no call stands before one that had ended when it began (Wing and
/// Gong 1993; the memory of what led nowhere is Lowe's, 2017).
struct LinearSearch {
    let history: [LinearSeen]
    let isNetting: Bool
    /// Cores opened: the cost.
    private(set) var cores = 0
    private var dead: Set<[UInt64]> = []
    private var remembers = true
    private var steps = 0
    private static let most = 60_000

    init(_ history: [LinearSeen], isNetting: Bool) {
        self.history = history.sorted { $0.ended < $1.ended }
        self.isNetting = isNetting
    }

    enum Verdict { case order([Int]), none, tooLong }

    mutating func run() -> Verdict {
        if let order = walk() { return .order(order) }
        // What was remembered is told apart by the state hash and the histories, which do not say
        // all: so before a history is called wrong every order is tried.
        remembers = false
        steps = 0
        if let order = walk() { return .order(order) }
        return steps > Self.most ? .tooLong : .none
    }

    /// Depth first. A core cannot go back: after a wrong answer a fresh one is driven there again.
    private mutating func walk() -> [Int]? {
        var order: [Int] = []
        var tried: [[Int]] = [candidates([])]
        var core = fresh()
        defer { LinearCore.close(core) }
        var isSpoilt = false
        while steps <= Self.most {
            guard let next = tried[order.count].popLast() else {
                // Nothing is left to try here.
                if order.isEmpty { return nil }
                tried.removeLast()
                order.removeLast()
                isSpoilt = true
                continue
            }
            if isSpoilt {
                LinearCore.close(core)
                core = fresh()
                for index in order { _ = history[index].call.run(core) }
                isSpoilt = false
            }
            steps += 1
            if history[next].call.run(core) != history[next].answer {
                isSpoilt = true
                continue
            }
            order.append(next)
            if order.count == history.count { return order }
            let isDead = remembers && !dead.insert(state(core, order)).inserted
            tried.append(isDead ? [] : candidates(order))
        }
        return nil
    }

    private mutating func fresh() -> OpaquePointer? {
        cores += 1
        return LinearCore.open(stripes: 1, isNetting: isNetting)
    }

    /// The calls that may come next; the likeliest stands last.
    private func candidates(_ order: [Int]) -> [Int] {
        let left = history.indices.filter { !order.contains($0) }
        let first = left.map { history[$0].ended }.min() ?? 0
        return left.filter { history[$0].begun < first }.reversed()
    }

    /// Which calls were made and what they led to.
    private func state(_ core: OpaquePointer?, _ order: [Int]) -> [UInt64] {
        var hash: UInt64 = 0
        _ = hf_state_hash(core, &hash)
        let made = order.reduce(UInt64(0)) { $0 | UInt64(1) << UInt64($1) }
        var state = [made, hash]
        var cursor: UInt64 = 0
        var page = [hf_position](repeating: hf_position(), count: 64)
        var count: UInt32 = 0
        _ = hf_history_read(core, &cursor, &page, 64, &count, nil)
        for closed in page.prefix(Int(count)) {
            state += [closed.id, closed.realised.word, closed.commission.word, closed.fee.word]
        }
        return state
    }
}
