import Foundation

/// The bytes [start, end) of a reader's buffer, without a copy. Valid until the reader moves on, so
/// it is used inside one call and never stored.
struct ByteSpan {
    var start: UnsafePointer<UInt8>
    var end: UnsafePointer<UInt8>

    var count: Int { end - start }
    var isEmpty: Bool { start >= end }

    /// The first byte, or 0 where there is none.
    var first: UInt8 { start < end ? start.pointee : 0 }

    /// Without blanks, a carriage return and one pair of double quotes around it.
    var trimmed: ByteSpan {
        var span = self
        span.trimBlanks()
        if span.count >= 2, span.start[0] == Ascii.quote, span.end[-1] == Ascii.quote {
            span.start += 1
            span.end -= 1
            span.trimBlanks()
        }
        return span
    }

    private mutating func trimBlanks() {
        while start < end, Ascii.isBlank(start[0]) { start += 1 }
        while start < end, Ascii.isBlank(end[-1]) { end -= 1 }
    }

    /// The fields between separators, each trimmed. For opening a file, not for every line.
    func fields(_ separator: UInt8) -> [ByteSpan] {
        var fields: [ByteSpan] = []
        var at = start
        while true {
            var stop = at
            while stop < end, stop.pointee != separator { stop += 1 }
            fields.append(ByteSpan(start: at, end: stop).trimmed)
            if stop >= end { return fields }
            at = stop + 1
        }
    }

    func contains(_ byte: UInt8) -> Bool {
        !isEmpty && memchr(start, Int32(byte), count) != nil
    }

    /// As text, invalid UTF-8 repaired.
    var text: String {
        String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// At most `limit` characters, with control characters shown as a dot: safe to print.
    func shown(_ limit: Int) -> String {
        // A character is seldom more than four bytes; cutting first keeps huge lines cheap.
        let head = ByteSpan(start: start, end: start + min(count, 4 * limit))
        let clean = head.text.unicodeScalars.prefix(limit).map { scalar -> Character in
            let isControl = scalar.properties.generalCategory == .control
            return isControl ? "." : Character(scalar)
        }
        return String(clean)
    }
}

/// The few bytes that quote files are made of.
enum Ascii {
    static let tab = UInt8(ascii: "\t")
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")
    static let point = UInt8(ascii: ".")
    static let colon = UInt8(ascii: ":")
    static let minus = UInt8(ascii: "-")
    static let plus = UInt8(ascii: "+")
    static let slash = UInt8(ascii: "/")
    static let hash = UInt8(ascii: "#")
    static let zero = UInt8(ascii: "0")

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == space || byte == carriageReturn || byte == tab
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }

    /// Letters in lower case, everything else as it is.
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}
