import CHoldfast

/// What a value of a story must look like.
indirect enum Kind: Sendable {
    /// A price, volume, money: a string of a decimal, or a whole number.
    case decimal
    /// A whole number that may be negative.
    case integer
    /// A whole number from 0.
    case count
    case flag
    case text
    /// One of a set of words.
    case word(Vocabulary)
    /// An instant: RFC 3339.
    case instant
    /// An instant, or "+1.5s" after the last one.
    case moment
    case duration
    case command
    case object(Shape)
    case list(Kind)
    /// One, or a list of them.
    case oneOrMore(Kind)

    /// What a message says belongs here.
    var noun: String {
        switch self {
        case .decimal: "a decimal in quotes, like \"1.10\""
        case .integer: "a whole number"
        case .count: "a whole number from 0"
        case .flag: "true or false"
        case .text: "a string"
        case .word(let vocabulary): "a \(vocabulary.noun)"
        case .instant: "a time, like \"2026-01-05T10:00:00.5Z\""
        case .moment: "a time, like \"2026-01-05T10:00:00.5Z\" or \"+1.5s\""
        case .duration: "a duration, like \"30m\" or \"1.5s\""
        case .command: "a command id, like \"1-1-1\""
        case .object: "an object"
        case .list: "a list"
        case .oneOrMore(let kind): "\(kind.noun), or a list of them"
        }
    }
}

/// The keys that an object may have, and those that it must.
struct Shape: Sendable {
    let required: [String: Kind]
    let optional: [String: Kind]
    /// Groups of keys of which one at least must be there.
    let oneOf: [[String]]

    init(
        _ required: [String: Kind] = [:], optional: [String: Kind] = [:], oneOf: [[String]] = []
    ) {
        self.required = required
        self.optional = optional
        self.oneOf = oneOf
    }

    subscript(key: String) -> Kind? { required[key] ?? optional[key] }
    var keys: [String] { required.keys.sorted() + optional.keys.sorted() }
}

/// What is wrong with the text of a story.
struct ShapeError: Error, Equatable {
    let message: String
}

extension Shape {
    /// Checks every key and value. `nullable`: null is legal everywhere (unknown money is null).
    func check(
        _ members: [JSON.Member], of owner: String, nullable: Bool = false
    ) throws(ShapeError) {
        for member in members {
            guard let kind = self[member.key] else {
                throw ShapeError(
                    message: "\(owner) has no key \"\(member.key)\""
                        + Nearest.hint(member.key, among: keys))
            }
            if nullable && member.value == .null { continue }
            try kind.check(member.value, key: member.key)
        }
        let given = Set(members.map(\.key))
        for key in required.keys.sorted() where !given.contains(key) {
            throw ShapeError(message: "\(owner) needs \"\(key)\"")
        }
        for group in oneOf where given.isDisjoint(with: group) {
            let names = group.map { "\"\($0)\"" }.joined(separator: " or ")
            throw ShapeError(message: "\(owner) needs \(names)")
        }
    }
}

extension Kind {
    func check(_ value: JSON, key: String) throws(ShapeError) {
        switch (self, value) {
        case (.object(let shape), .object(let members)):
            try shape.check(members, of: "\"\(key)\"")
        case (.list(let kind), .list(let values)):
            for value in values { try kind.check(value, key: key) }
        case (.oneOrMore(let kind), .list): try Kind.list(kind).check(value, key: key)
        case (.oneOrMore(let kind), .text): try kind.check(value, key: key)
        case (.word(let vocabulary), .text(let word)):
            if vocabulary.number(word) == nil {
                throw ShapeError(
                    message: "\"\(word)\" is no \(vocabulary.noun)"
                        + Nearest.hint(word, among: vocabulary.words.map(\.word)))
            }
        default:
            if !accepts(value) {
                var message = "\"\(key)\" must be \(noun), not \(value.noun)"
                if case .text(let text) = value { message = "\"\(text)\" is not \(noun)" }
                throw ShapeError(message: message)
            }
        }
    }

    private func accepts(_ value: JSON) -> Bool {
        switch (self, value) {
        case (.decimal, .text(let text)): Exact.isDecimal(text)
        case (.decimal, .number(let text)): Exact.isDecimal(text) && !text.contains(".")
        case (.integer, .number(let text)), (.integer, .text(let text)): Int64(text) != nil
        case (.count, .number(let text)), (.count, .text(let text)): UInt64(text) != nil
        case (.flag, .flag), (.text, .text): true
        case (.instant, .text(let text)): Clock.instant(text) != nil
        case (.moment, .text(let text)): Moment(text) != nil
        case (.duration, .text(let text)): Clock.duration(text) != nil
        case (.duration, .number(let text)): text == "0"
        case (.command, .text(let text)): CommandID.parse(text) != nil
        default: false
        }
    }
}

/// A command id as text and back.
enum CommandID {
    static func parse(_ text: String) -> hf_command_id? {
        var id = hf_command_id()
        return hf_command_id_parse(text, &id) == 0 ? id : nil
    }

    /// nil for the zero id: none.
    static func text(_ id: hf_command_id) -> String? {
        if id.owner == 0 { return nil }
        var id = id
        var buffer = [CChar](repeating: 0, count: 32)
        guard hf_command_id_text(&id, &buffer, buffer.count) == 0 else { return nil }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
