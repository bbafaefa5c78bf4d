import CHoldfast

/// One value of an event or an answer, as a story sees it.
enum Field: Equatable, Sendable {
    case null
    case decimal(String)
    case integer(String)
    case word(String)
    /// What a position was called, the latest last.
    case names([String])
    /// Words of a set.
    case words([String])
    case flag(Bool)
    case instant(Int64)

    static func count(_ value: some BinaryInteger) -> Field { .integer(String(value)) }

    /// A price in points; unset is "0".
    static func price(_ points: Int64, _ digits: Int) -> Field {
        .decimal(points == 0 ? "0" : Exact.text(points, scale: digits, least: digits))
    }

    /// Volume or money: 1e-8, at least two decimals.
    static func amount(_ units: Int64) -> Field { .decimal(Exact.text(units, scale: 8, least: 2)) }

    /// An average price: 1e-8 point.
    static func average(_ value: Int64, _ digits: Int) -> Field {
        .decimal(Exact.text(value, scale: digits + 8, least: digits))
    }

    /// A ratio of 1e-8 in percent.
    static func percent(_ ratio: Int64) -> Field {
        .decimal(Exact.text(ratio, scale: 6, least: 2))
    }

    static func money(_ units: Int64, known: Bool) -> Field { known ? amount(units) : .null }

    /// The word of a number; null when it stands for none.
    static func named(_ number: some BinaryInteger, _ vocabulary: Vocabulary) -> Field {
        vocabulary.word(number).map(Field.word) ?? .null
    }

    static func text(_ text: String?) -> Field { text.map(Field.word) ?? .null }

    static func id(_ id: hf_command_id) -> Field { text(CommandID.text(id)) }

    /// An instant; 0 is none.
    static func time(_ time: Int64) -> Field { time == 0 ? .null : .instant(time) }

    /// An instant to come; the last one there is stands for never.
    static func due(_ time: Int64) -> Field { time == Int64.max ? .null : .instant(time) }

    var json: JSON {
        switch self {
        case .null: .null
        case .decimal(let text), .word(let text): .text(text)
        case .integer(let text): .number(text)
        case .names(let names): names.last.map(JSON.text) ?? .null
        case .words(let words): .list(words.map(JSON.text))
        case .flag(let flag): .flag(flag)
        case .instant(let time): .text(Clock.text(time))
        }
    }

    /// Numbers and times compare by value, the rest as it is written.
    func matches(_ expected: JSON) -> Bool {
        switch (self, expected) {
        case (.null, .null): true
        case (.flag(let flag), .flag(let other)): flag == other
        case (.word(let word), .text(let other)): word == other
        case (.names(let names), .text(let other)): names.contains(other)
        case (.words(let words), .list(let others)):
            others.count == words.count && words.allSatisfy { others.contains(.text($0)) }
        case (.instant(let time), .text(let other)): Clock.instant(other) == time
        case (.decimal(let text), .text(let other)), (.decimal(let text), .number(let other)),
            (.integer(let text), .text(let other)), (.integer(let text), .number(let other)):
            Exact.normal(text) == Exact.normal(other)
        default: false
        }
    }
}

/// A record of the core as a story sees it: keys in a fixed order.
struct Projection: Equatable, Sendable {
    private(set) var keys: [String] = []
    private var values: [String: Field] = [:]

    init() {}

    subscript(key: String) -> Field? { values[key] }

    mutating func add(_ key: String, _ value: Field) {
        keys.append(key)
        values[key] = value
    }

    /// Every key that is expected has its value.
    func matches(_ expected: [JSON.Member]) -> Bool {
        expected.allSatisfy { (values[$0.key] ?? .null).matches($0.value) }
    }

    var json: JSON {
        .object(keys.map { JSON.Member(key: $0, value: (values[$0] ?? .null).json) })
    }

    /// These keys alone, for a message.
    func json(_ only: [String]) -> JSON {
        .object(only.map { JSON.Member(key: $0, value: (values[$0] ?? .null).json) })
    }
}
