/// One input of a story, checked.
struct Input: Sendable {
    let line: Int
    let verb: String
    let fields: Fields
    /// nil: at the last time.
    let time: Moment?
    /// Leave the commands PENDING.
    let hold: Bool

    /// What a snapshot's positions are to be called: a name beside the broker's ticket.
    var named: [(ref: String, ticket: UInt64)] {
        fields.objects("positions").compactMap { position in
            guard let ref = position.text("ref"), let ticket = position.count("ticket") else {
                return nil
            }
            return (ref, ticket)
        }
    }
}

/// A whole story, read and checked before anything of it runs.
public struct Story: Sendable {
    /// An input and the expectations after it; the first chapter may have no input.
    struct Chapter: Sendable {
        var input: Input?
        var expectations: [Expectation] = []
    }

    /// As named by whoever asked for it.
    public let path: String
    let chapters: [Chapter]

    public var inputs: Int { chapters.count { $0.input != nil } }
    public var expectations: Int { chapters.reduce(0) { $0 + $1.expectations.count } }
}

/// What is wrong with a story, and where. Nothing of it has run.
public struct StoryError: Error, Equatable, CustomStringConvertible {
    public let path: String
    /// 0: the file as a whole.
    public let line: Int
    public let message: String

    public var description: String {
        line == 0 ? "\(path): \(message)" : "\(path):\(line): \(message)"
    }
}
