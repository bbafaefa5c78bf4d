import CHoldfast

/// Decimal text and whole units: exact both ways, and compared by value.
enum Exact {
    /// Digits with at most one point and a sign before them.
    static func isDecimal(_ text: some StringProtocol) -> Bool {
        let unsigned = text.hasPrefix("-") ? text.dropFirst() : text.dropFirst(0)
        let parts = unsigned.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { 0x30 <= $0 && $0 <= 0x39 } }
    }

    /// The one text of a value: "-0.10" is "-0.1", "007" is "7", "-0.0" is "0".
    static func normal(_ text: some StringProtocol) -> String {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let negative = text.hasPrefix("-")
        var whole = parts.first.map { String($0.drop { $0 == "-" || $0 == "0" }) } ?? ""
        var decimals = parts.count > 1 ? String(parts[1]) : ""
        while decimals.last == "0" { decimals.removeLast() }
        if whole.isEmpty { whole = "0" }
        let value = decimals.isEmpty ? whole : whole + "." + decimals
        return negative && value != "0" ? "-" + value : value
    }

    /// Units of 10^-digits. By value: zeros after the last digit that counts are no error.
    static func units(_ text: String, digits: Int) throws(Status) -> Int64 {
        var units: Int64 = 0
        let status = hf_units_from_text(normal(text), UInt32(clamping: digits), &units)
        if status != 0 { throw Status(status) }
        return units
    }

    /// Units of 10^-scale as text with at least `least` decimals, more only where they count.
    static func text(_ units: Int64, scale: Int, least: Int) -> String {
        var digits = String(units.magnitude)
        if digits.count <= scale {
            digits = String(repeating: "0", count: scale + 1 - digits.count) + digits
        }
        let whole = digits.dropLast(scale)
        var decimals = String(digits.suffix(scale))
        while decimals.count > least, decimals.last == "0" { decimals.removeLast() }
        return (units < 0 ? "-" : "") + whole + (decimals.isEmpty ? "" : "." + decimals)
    }
}
