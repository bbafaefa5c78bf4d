import CHoldfast

/// The checked members of an input: reading one cannot fail for its form, only for its value (off
/// the grid, too large), and that is a status.
struct Fields: Sendable {
    let members: [JSON.Member]

    init(_ members: [JSON.Member]) { self.members = members }

    func has(_ key: String) -> Bool { self[key] != nil }

    subscript(key: String) -> JSON? { members.first { $0.key == key }?.value }

    func text(_ key: String) -> String? {
        switch self[key] {
        case .text(let text), .number(let text): text
        default: nil
        }
    }

    func flag(_ key: String) -> Bool { self[key] == .flag(true) }

    func count(_ key: String) -> UInt64? { text(key).flatMap { UInt64($0) } }
    func integer(_ key: String) -> Int64? { text(key).flatMap { Int64($0) } }
    func duration(_ key: String) -> Int64? { text(key).flatMap { Clock.duration($0) } }
    func instant(_ key: String) -> Int64? { text(key).flatMap { Clock.instant($0) } }

    func word(_ key: String, _ vocabulary: Vocabulary) -> UInt8? {
        text(key).flatMap { vocabulary.number($0) }.map { UInt8(clamping: $0) }
    }

    /// Words of a set, one or a list of them.
    func words(_ key: String, _ vocabulary: Vocabulary) -> [Int] {
        let values = if case .list(let values) = self[key] { values } else { [self[key] ?? .null] }
        return values.compactMap {
            if case .text(let word) = $0 { vocabulary.number(word) } else { nil }
        }
    }

    func object(_ key: String) -> Fields? {
        if case .object(let members) = self[key] { Fields(members) } else { nil }
    }

    /// The objects of a list; none without it.
    func objects(_ key: String) -> [Fields] {
        guard case .list(let values) = self[key] else { return [] }
        return values.compactMap {
            if case .object(let members) = $0 { Fields(members) } else { nil }
        }
    }

    func moment(_ key: String) -> Moment? { text(key).flatMap(Moment.init) }

    /// Points of a symbol, or volume and money with 8 digits.
    func units(_ key: String, digits: Int = 8) throws(Status) -> Int64? {
        guard let text = text(key) else { return nil }
        return try Exact.units(text, digits: digits)
    }

    /// "2" is 2 %: a ratio of 0.02.
    func percent(_ key: String) throws(Status) -> Int64? { try units(key, digits: 6) }
}

/// Writes text into a fixed field of a record; what does not fit is HF_E_RANGE, never cut.
func setText<Field>(_ field: inout Field, _ text: String?) throws(Status) {
    guard let text else { return }
    let bytes = Array(text.utf8)
    if bytes.count > MemoryLayout<Field>.size { throw Status(HF_E_RANGE) }
    withUnsafeMutableBytes(of: &field) { target in
        for at in target.indices { target[at] = at < bytes.count ? bytes[at] : 0 }
    }
}

/// The text of a fixed field.
func textOf<Field>(_ field: Field) -> String {
    withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

extension Status {
    init(_ code: Int) { self.init(Int32(code)) }
}

/// Presence bits come out of the header as Int32.
extension UInt32 {
    func has(_ bit: Int32) -> Bool { self & UInt32(bitPattern: bit) != 0 }
    mutating func set(_ bit: Int32) { self |= UInt32(bitPattern: bit) }
}
