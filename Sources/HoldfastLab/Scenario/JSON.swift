/// One JSON value as it was written. Foundation's decoder reads 1.0 as an integer and drops a
/// repeated key without a word; a strict reader of prices may do neither, so numbers keep their
/// text and objects their order.
indirect enum JSON: Equatable, Sendable {
    case null
    case flag(Bool)
    case number(String)
    case text(String)
    case list([JSON])
    case object([Member])

    struct Member: Equatable, Sendable {
        let key: String
        let value: JSON
    }

    /// What a message calls it.
    var noun: String {
        switch self {
        case .null: "null"
        case .flag: "true or false"
        case .number(let text): text
        case .text: "a string"
        case .list: "a list"
        case .object: "an object"
        }
    }
}

// MARK: - Writing

extension JSON: CustomStringConvertible {
    var description: String {
        switch self {
        case .null: "null"
        case .flag(let flag): flag ? "true" : "false"
        case .number(let text): text
        case .text(let text): JSON.quoted(text)
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.map { JSON.quoted($0.key) + ": " + $0.value.description }
                .joined(separator: ", ") + "}"
        }
    }

    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
