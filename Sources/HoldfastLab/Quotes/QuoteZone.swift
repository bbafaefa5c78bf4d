import Foundation

/// The clock that a file's times are in, where they do not say it themselves. Epoch numbers and
/// times with their own offset are never moved by it.
///
/// Where clocks jump forward, a time that did not exist is read with the offset before the jump
/// (02:30 becomes 03:30 summer time). Where they fall back, a time that existed twice is the first
/// of the two, the one in summer time: a file that runs through that hour goes back in time once.
public struct QuoteZone: Sendable {
    /// As it was given.
    public let name: String
    private let rule: Rule

    private enum Rule: Sendable {
        /// Seconds east of UTC.
        case fixed(Int64)
        case named(TimeZone)
    }

    public static let utc = QuoteZone(name: "UTC", rule: .fixed(0))

    private init(name: String, rule: Rule) {
        self.name = name
        self.rule = rule
    }

    /// Reads an IANA name ("America/New_York"), "UTC", "Z", or an offset with or without UTC or
    /// GMT before it: "UTC-5", "-05:00", "+0530". East of Greenwich is positive, as in ISO 8601
    /// (the IANA names "Etc/GMT+5" have it the other way round).
    /// - Throws: `QuoteError.zone`.
    public init(_ text: String) throws(QuoteError) {
        let plain = text.filter { $0 != " " }
        var upper = plain.uppercased()
        let seconds: Int64? = upper.withUTF8 { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var cursor = TimeCursor(at: base, end: base + buffer.count)
            return cursor.zoneSuffix()?.seconds
        }
        if let seconds {
            self.init(name: text, rule: .fixed(seconds))
        } else if let zone = TimeZone(identifier: plain) {
            self.init(name: text, rule: .named(zone))
        } else {
            throw .zone(text: text)
        }
    }

    /// Seconds east of UTC at a local time, given in seconds since 1970 as if it were UTC.
    fileprivate func offset(local seconds: Int64) -> Int64 {
        switch rule {
        case .fixed(let offset): return offset
        case .named(let zone):
            // The offsets a day before and after: clocks are not changed twice in two days.
            let before = Self.offset(of: zone, at: seconds - 86_400)
            let after = Self.offset(of: zone, at: seconds + 86_400)
            if before == after { return before }
            if Self.offset(of: zone, at: seconds - before) == before { return before }
            if Self.offset(of: zone, at: seconds - after) == after { return after }
            return before
        }
    }

    private static func offset(of zone: TimeZone, at utc: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(utc))))
    }
}

/// A zone with the last answer kept. Clocks are changed at whole quarters of an hour (since 1972),
/// so one answer holds for a quarter.
struct ZoneClock {
    let zone: QuoteZone
    private var quarter = Int64.min
    private var offset: Int64 = 0

    private static let quarterNanoseconds: Int64 = 900 * CivilTime.nanosecondsPerSecond

    init(_ zone: QuoteZone) { self.zone = zone }

    /// UTC of a local time, both in ns since 1970; nil when out of range.
    mutating func utc(local: Int64) -> Int64? {
        let wanted = local / Self.quarterNanoseconds - (local < 0 ? 1 : 0)
        if wanted != quarter {
            quarter = wanted
            offset = zone.offset(local: wanted * 900)
        }
        let (utc, overflow) = local.subtractingReportingOverflow(
            offset * CivilTime.nanosecondsPerSecond)
        return overflow ? nil : utc
    }
}
