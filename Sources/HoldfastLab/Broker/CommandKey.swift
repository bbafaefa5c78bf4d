import CHoldfast

/// A command's id as a key.
public struct CommandKey: Hashable, Sendable, CustomStringConvertible {
    public let owner: UInt64
    public let count: UInt32
    public let epoch: UInt32

    public init(_ id: hf_command_id) {
        (owner, count, epoch) = (id.owner, id.count, id.epoch)
    }

    /// The order in which answers of one instant take effect.
    func isBefore(_ other: CommandKey) -> Bool {
        if owner != other.owner { return owner < other.owner }
        return count != other.count ? count < other.count : epoch < other.epoch
    }

    public var description: String {
        var id = hf_command_id(owner: owner, count: count, epoch: epoch)
        var text = [CChar](repeating: 0, count: 32)
        _ = hf_command_id_text(&id, &text, text.count)
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// NUL-padded text of a record.
enum FixedText {
    static func read<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// Cuts what does not fit; the callers check the length of what a user wrote.
    static func write<Field>(_ text: String, into field: inout Field) {
        withUnsafeMutableBytes(of: &field) { bytes in
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            for (index, byte) in text.utf8.prefix(bytes.count).enumerated() { bytes[index] = byte }
        }
    }
}
