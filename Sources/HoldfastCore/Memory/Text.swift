/// Fixed text of the records as plain words.
public struct Text32: Equatable {
    public var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    public init() {}

    public static func == (a: Text32, b: Text32) -> Bool { a.words == b.words }
    var isEmpty: Bool { words.0 == 0 }
}

public struct Text40: Equatable {
    public var words: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
    public init() {}

    public static func == (a: Text40, b: Text40) -> Bool { a.words == b.words }
    var isEmpty: Bool { words.0 & 0xFF == 0 }
}

public struct Text8: Equatable {
    public var word: UInt64 = 0
    public init() {}
}

/// Whether a fixed field holds legal text: UTF-8, and nothing but zeros after the first zero. Read
/// by words: it is asked for every field of every input.
@inline(__always)
func isText<Field>(_ field: Field) -> Bool { withUnsafeBytes(of: field) { isText($0) } }

/// The same where it lies: handed over as a value it would be copied byte by byte.
@inline(__always)
func isText<Field>(_ field: inout Field) -> Bool { withUnsafeBytes(of: &field) { isText($0) } }

@inline(__always)
private func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    isZero(bytes) || isTextByWords(bytes)
}

@inline(never)
private func isTextByWords(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var isOver = false
    for at in stride(from: 0, to: bytes.count & ~7, by: 8) {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        if word == 0 || isOver {
            if word != 0 { return false }
            isOver = true
            continue
        }
        if word & highs != 0 { return isTextByBytes(bytes) }
        let zeros = (word &- ones) & ~word & highs
        if zeros == 0 { continue }
        if word >> UInt64(zeros.trailingZeroBitCount & ~7) != 0 { return false }
        isOver = true
    }
    return bytes.count & 7 == 0 || isTextByBytes(bytes)
}

@inline(never)
private func isTextByBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let length = bytes.firstIndex(of: 0) ?? bytes.count
    if bytes[length...].contains(where: { $0 != 0 }) { return false }
    return isUTF8(UnsafeRawBufferPointer(rebasing: bytes[..<length]))
}

/// Whether every byte is zero.
@inline(__always)
func isZero<Field>(_ field: Field) -> Bool { withUnsafeBytes(of: field) { isZero($0) } }

@inline(__always)
private func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest: UInt64 = 0
    let whole = bytes.count & ~7
    for at in stride(from: 0, to: whole, by: 8) {
        rest |= bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
    }
    for at in whole..<bytes.count { rest |= UInt64(bytes[at]) }
    return rest == 0
}

/// Well-formed UTF-8 as in Unicode's table 3-7.
func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    func follows(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
        at + offset < bytes.count && bytes[at + offset] >= low && bytes[at + offset] <= high
    }
    while at < bytes.count {
        switch bytes[at] {
        case 0x00...0x7F: at += 1
        case 0xC2...0xDF:
            if !follows(1) { return false }
            at += 2
        case 0xE0...0xEF:
            let low: UInt8 = bytes[at] == 0xE0 ? 0xA0 : 0x80
            let high: UInt8 = bytes[at] == 0xED ? 0x9F : 0xBF
            if !follows(1, low, high) || !follows(2) { return false }
            at += 3
        case 0xF0...0xF4:
            let low: UInt8 = bytes[at] == 0xF0 ? 0x90 : 0x80
            let high: UInt8 = bytes[at] == 0xF4 ? 0x8F : 0xBF
            if !follows(1, low, high) || !follows(2) || !follows(3) { return false }
            at += 4
        default: return false
        }
    }
    return true
}
