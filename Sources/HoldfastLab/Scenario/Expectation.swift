import CHoldfast

/// One `{"expect": ...}`, checked.
struct Expectation: Sendable {
    enum Subject: Sendable {
        /// One event of the last input, of a kind.
        case event(Int)
        /// No event is left of a kind; 0: of any.
        case none(Int)
        case position(String)
        /// The position's latest command.
        case command(String)
        case account(UInt64)
        /// How well an account and its broker agree.
        case sync(UInt64)
        case executor(UInt64)
        case list(Fields, refs: [String])
        /// Closed positions.
        case history(Fields, refs: [String])
        case summary(Fields)
        case performance(Fields)
        case status(Int32)
    }

    let line: Int
    /// As it stands in the file.
    let source: String
    let subject: Subject
    /// What else must hold.
    let keys: [JSON.Member]

    /// In this order: the answer of `sync` has a command, and most have an account, an executor.
    private static let subjects = [
        "event", "none", "sync", "position", "command", "list", "history", "summary",
        "performance", "account", "status", "executor",
    ]

    init(_ members: [JSON.Member], line: Int, source: String) throws(ShapeError) {
        self.line = line
        self.source = source
        let given = Set(members.map(\.key))
        guard let name = Self.subjects.first(where: { given.contains($0) }) else {
            let hint = members.first.map { Nearest.hint($0.key, among: Self.subjects) } ?? ""
            throw ShapeError(
                message: "an expectation is of one of \(Self.subjects.joined(separator: ", "))"
                    + hint)
        }
        let fields = Fields(members)
        try Self.shape(name, fields).check(
            members, of: "an expectation of \"\(name)\"", nullable: true)
        guard let subject = Self.subject(name, fields) else {
            throw ShapeError(message: "\"\(name)\" must not be null")
        }
        self.subject = subject
        keys = members.filter { $0.key != name && $0.key != "sort" && $0.key != "refs" }
    }

    private static func shape(_ name: String, _ fields: Fields) -> Shape {
        switch name {
        case "event", "none":
            let vocabulary = name == "none" ? Words.noneOf : Words.event
            let kind = fields.text(name).flatMap { vocabulary.number($0) } ?? 0
            return Shape(
                [name: .word(vocabulary)], optional: Projection.eventKeys(kind))
        case "position": return Shape([name: .text], optional: Projection.positionKeys)
        case "command": return Shape([name: .text], optional: Projection.commandKeys)
        case "account": return Shape([name: .count], optional: Projection.accountKeys)
        case "sync": return Shape([name: .count], optional: Projection.syncKeys)
        case "executor": return Shape([name: .count], optional: Projection.executorKeys)
        case "status": return Shape([name: .word(Words.status)])
        case "summary":
            return Shape(
                [name: .object(Shape(optional: Verbs.filter))], optional: Projection.summaryKeys)
        case "performance":
            return Shape(
                [name: .object(Shape(optional: Verbs.filter))],
                optional: Projection.performanceKeys)
        case "history":
            return Shape([
                name: .object(Shape(optional: Verbs.closedFilter)), "refs": .list(.text),
            ])
        default:
            return Shape(
                ["list": .object(listFilter), "refs": .list(.text)],
                optional: ["sort": .word(Words.sort)])
        }
    }

    static let listFilter = Shape(
        optional: Verbs.filter.merging(["sort": .word(Words.sort)]) { own, _ in own })

    private static func subject(_ name: String, _ fields: Fields) -> Subject? {
        switch name {
        case "event": fields.word(name, Words.event).map { .event(Int($0)) }
        case "none": fields.word(name, Words.noneOf).map { .none(Int($0)) }
        case "position": fields.text(name).map { .position($0) }
        case "command": fields.text(name).map { .command($0) }
        case "account": fields.count(name).map { .account($0) }
        case "sync": fields.count(name).map { .sync($0) }
        case "executor": fields.count(name).map { .executor($0) }
        case "status":
            fields.text(name).flatMap { Words.status.number($0) }.map { .status(Int32($0)) }
        case "summary": fields.object(name).map { .summary($0) }
        case "performance": fields.object(name).map { .performance($0) }
        case "history":
            if let filter = fields.object(name), let refs = refs(fields) {
                .history(filter, refs: refs)
            } else {
                nil
            }
        default: list(fields)
        }
    }

    private static func list(_ fields: Fields) -> Subject? {
        guard let filter = fields.object("list"), let refs = refs(fields) else { return nil }
        let sort = fields["sort"].map { [JSON.Member(key: "sort", value: $0)] } ?? []
        return .list(Fields(sort + filter.members), refs: refs)
    }

    private static func refs(_ fields: Fields) -> [String]? {
        guard case .list(let values) = fields["refs"] else { return nil }
        return values.compactMap { if case .text(let ref) = $0 { ref } else { nil } }
    }
}
