/// Dates and times as people write them, read in ns since 1970 of whatever clock they are in.
///
/// Dates: `2014-05-02`, `2014.05.02`, `2014/05/02`, `20140502`, `02.05.2014`. Then `T`, a blank, or
/// nothing, and `12:30`, `12:30:01`, `12:30:01.513`, `123001513`. Then `Z`, `UTC`, `+02:00`,
/// `+0200`, `+02` or nothing. Fractions beyond ns are cut. Years 1678 to 2261, which Int64 ns hold.
struct CivilTime {
    /// ns since 1970, as if the clock were UTC.
    var local: Int64
    /// Seconds east of UTC, where the text says so.
    var offset: Int64?

    static let nanosecondsPerDay: Int64 = 86_400_000_000_000
    static let nanosecondsPerSecond: Int64 = 1_000_000_000

    /// - Throws: `.notTime` without a column.
    static func parse(_ span: ByteSpan) throws(LineFault) -> CivilTime {
        var cursor = TimeCursor(at: span.start, end: span.end)
        guard let day = cursor.date() else { throw LineFault(kind: .notTime) }
        let midnight = day * nanosecondsPerDay
        if cursor.isAtEnd { return CivilTime(local: midnight, offset: nil) }
        if !cursor.take(UInt8(ascii: "T")) { cursor.skipSpaces() }
        guard let clock = cursor.clock(), let offset = cursor.zoneSuffix() else {
            throw LineFault(kind: .notTime)
        }
        return CivilTime(local: midnight + clock, offset: offset.seconds)
    }

    /// A date alone: days since 1970, or nil.
    static func day(_ span: ByteSpan) -> Int64? {
        var cursor = TimeCursor(at: span.start, end: span.end)
        guard let day = cursor.date(), cursor.isAtEnd else { return nil }
        return day
    }

    /// A time of day alone, with or without a zone; local is ns since midnight.
    static func clock(_ span: ByteSpan) throws(LineFault) -> CivilTime {
        var cursor = TimeCursor(at: span.start, end: span.end)
        guard let clock = cursor.clock(), let offset = cursor.zoneSuffix() else {
            throw LineFault(kind: .notTime)
        }
        return CivilTime(local: clock, offset: offset.seconds)
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar; nil for one that does not exist or
    /// is outside 1678 to 2261. Shifts the year to begin in March, so that leap days come last.
    static func days(year: Int, month: Int, day: Int) -> Int64? {
        guard 1678...2261 ~= year, 1...12 ~= month else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let isShort = month == 4 || month == 6 || month == 9 || month == 11
        let monthDays = month == 2 ? (isLeap ? 29 : 28) : (isShort ? 30 : 31)
        guard 1...monthDays ~= day else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let yearDay = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let leapDays = shifted / 4 - shifted / 100 + shifted / 400
        return Int64(shifted * 365 + leapDays + yearDay - 719_468)
    }
}
