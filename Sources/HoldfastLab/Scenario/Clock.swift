/// Instants and durations as text: ns since the Unix epoch, ns.
enum Clock {
    /// Where a story without a first time begins: a Monday.
    static let start: Int64 = 1_767_571_200_000_000_000  // 2026-01-05T00:00:00Z

    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
    ]

    /// "30m", "1.5s", "1h30m", "0": exact, never negative.
    static func duration(_ text: some StringProtocol) -> Int64? {
        if text == "0" { return 0 }
        var rest = Substring(text)
        if rest.isEmpty { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let unit = units.first(where: { $0.name == name }),
                let part = scaled(number, by: unit.nanoseconds)
            else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = sum
        }
        return total
    }

    /// "1.5" times a unit, when that is a whole number of ns.
    private static func scaled(_ number: Substring, by unit: Int64) -> Int64? {
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = Int64(parts[0]) else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        if overflow { return nil }
        guard parts.count == 2 else { return product }
        guard !parts[1].isEmpty, parts[1].count <= 14, let fraction = Int64(parts[1]) else {
            return nil
        }
        var power: Int64 = 1
        for _ in parts[1] { power *= 10 }
        let wide = Int128(fraction) * Int128(unit)
        guard wide % Int128(power) == 0 else { return nil }
        let (sum, over) = product.addingReportingOverflow(Int64(wide / Int128(power)))
        return over ? nil : sum
    }

    /// RFC 3339 with up to nine decimals of a second: "2026-01-05T10:00:00.25Z", "...+01:00".
    static func instant(_ text: some StringProtocol) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[13] == 0x3A,
            bytes[16] == 0x3A, "Tt ".utf8.contains(bytes[10]),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
            let day = number(bytes[8..<10]), let hour = number(bytes[11..<13]),
            let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            (1...12).contains(month), day >= 1, day <= days(in: month, of: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var at = 19
        var fraction: Int64 = 0
        if bytes[at] == 0x2E {
            let end = bytes[(at + 1)...].firstIndex { $0 < 0x30 || $0 > 0x39 } ?? bytes.count
            let count = end - at - 1
            guard (1...9).contains(count), let value = number(bytes[(at + 1)..<end]) else {
                return nil
            }
            fraction = value
            for _ in count..<9 { fraction *= 10 }
            at = end
        }
        guard let offset = offset(bytes[at...]) else { return nil }
        let seconds = epochDays(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
        let (product, tooLarge) = (seconds - offset).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = product.addingReportingOverflow(fraction)
        return tooLarge || overflow ? nil : sum
    }

    /// An instant as RFC 3339 in UTC, with as many decimals as it needs.
    static func text(_ instant: Int64) -> String {
        let second: Int64 = 1_000_000_000
        let fraction = ((instant % second) + second) % second
        let seconds = (instant - fraction) / second
        let ofDay = ((seconds % 86_400) + 86_400) % 86_400
        let (year, month, day) = date((seconds - ofDay) / 86_400)
        var text = "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(ofDay / 3600, 2))"
        text += ":\(pad(ofDay / 60 % 60, 2)):\(pad(ofDay % 60, 2))"
        if fraction > 0 {
            var decimals = pad(fraction, 9)
            while decimals.last == "0" { decimals.removeLast() }
            text += "." + decimals
        }
        return text + "Z"
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let zone = Array(bytes)
        if zone == [0x5A] || zone == [0x7A] { return 0 }
        guard zone.count == 6, zone[0] == 0x2B || zone[0] == 0x2D, zone[3] == 0x3A,
            let hours = number(zone[1..<3]), let minutes = number(zone[4..<6]),
            hours < 24, minutes < 60
        else { return nil }
        return (zone[0] == 0x2B ? 1 : -1) * (hours * 3600 + minutes * 60)
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March.
    private static func epochDays(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let yearOfEra = y - era * 400
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear - 719_468
    }

    private static func date(_ days: Int64) -> (Int64, Int64, Int64) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let ofEra = z - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * month + 2) / 5 + 1
        let civil = month < 10 ? month + 3 : month - 9
        return (yearOfEra + era * 400 + (civil <= 2 ? 1 : 0), civil, day)
    }
}

/// When an input happens.
enum Moment: Equatable, Sendable {
    case at(Int64)
    /// After the last time.
    case after(Int64)

    /// RFC 3339, or "+1.5s".
    init?(_ text: String) {
        if text.hasPrefix("+") {
            guard let duration = Clock.duration(text.dropFirst()) else { return nil }
            self = .after(duration)
        } else {
            guard let instant = Clock.instant(text) else { return nil }
            self = .at(instant)
        }
    }

    /// nil when it does not fit into 64 bits.
    func instant(after last: Int64) -> Int64? {
        switch self {
        case .at(let instant): return instant
        case .after(let duration):
            let (sum, overflow) = last.addingReportingOverflow(duration)
            return overflow ? nil : sum
        }
    }
}
