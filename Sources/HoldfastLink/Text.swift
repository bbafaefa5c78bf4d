/// NUL-padded text fields of records.
enum Text {
    /// The text of a field, or nil when it is no UTF-8 or bytes follow its first NUL.
    static func read<Field>(_ field: Field) -> String? {
        withUnsafeBytes(of: field) { bytes in
            let end = bytes.firstIndex(of: 0) ?? bytes.endIndex
            guard bytes[end...].allSatisfy({ $0 == 0 }) else { return nil }
            let text = String(decoding: bytes[..<end], as: UTF8.self)
            return text.utf8.elementsEqual(bytes[..<end]) ? text : nil
        }
    }

    /// False when the text does not fit; the field is then unchanged.
    static func write<Field>(_ text: String, into field: inout Field) -> Bool {
        withUnsafeMutableBytes(of: &field) { bytes in
            guard text.utf8.count <= bytes.count else { return false }
            for index in bytes.indices { bytes[index] = 0 }
            bytes.copyBytes(from: text.utf8)
            return true
        }
    }

    /// Into a caller's buffer with a NUL behind it; false when it does not fit.
    static func copy(_ text: String, to out: UnsafeMutablePointer<CChar>, size: Int) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count < size else { return false }
        for (index, byte) in bytes.enumerated() { out[index] = CChar(bitPattern: byte) }
        out[bytes.count] = 0
        return true
    }
}
