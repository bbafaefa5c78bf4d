/// Walks over the text of a time; every step checks for the end.
struct TimeCursor {
    var at: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>

    var isAtEnd: Bool { at >= end }
    private var byte: UInt8 { at < end ? at.pointee : 0 }

    mutating func take(_ wanted: UInt8) -> Bool {
        guard at < end, at.pointee == wanted else { return false }
        at += 1
        return true
    }

    mutating func skipSpaces() {
        while at < end, at.pointee == Ascii.space { at += 1 }
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard end - at >= length else { return false }
        for index in 0..<length where at[index] != word.utf8Start[index] { return false }
        at += length
        return true
    }

    /// Digits ahead, counted up to 20.
    private var digitRun: Int {
        var run = 0
        while run < 20, at + run < end, Ascii.isDigit(at[run]) { run += 1 }
        return run
    }

    /// Exactly `count` digits, at most 9; callers have counted them.
    private mutating func number(_ count: Int) -> Int {
        var value = 0
        for _ in 0..<count where at < end {
            value = value &* 10 &+ Int(at.pointee &- Ascii.zero)
            at += 1
        }
        return value
    }

    /// Days since 1970, or nil.
    mutating func date() -> Int64? {
        switch digitRun {
        case 4:
            let year = number(4)
            let separator = byte
            let isKnown =
                separator == Ascii.minus || separator == Ascii.point || separator == Ascii.slash
            guard isKnown, take(separator), let month = small(), take(separator),
                let day = small()
            else { return nil }
            return CivilTime.days(year: year, month: month, day: day)
        case 1, 2:
            guard let day = small(), take(Ascii.point), let month = small(), take(Ascii.point),
                digitRun == 4
            else { return nil }
            return CivilTime.days(year: number(4), month: month, day: day)
        case 8, 14, 17:
            let year = number(4)
            let month = number(2)
            return CivilTime.days(year: year, month: month, day: number(2))
        default:
            return nil
        }
    }

    /// One or two digits.
    private mutating func small() -> Int? {
        let run = digitRun
        return 1...2 ~= run ? number(run) : nil
    }

    /// ns since midnight, or nil. 24:00 and leap seconds are refused.
    mutating func clock() -> Int64? {
        var (hour, minute, second) = (0, 0, 0)
        var fraction: Int64 = 0
        let run = digitRun
        if run == 6 || 7...15 ~= run {
            (hour, minute, second) = (number(2), number(2), number(2))
            fraction = fractionDigits()
        } else {
            guard let first = small(), take(Ascii.colon), digitRun == 2 else { return nil }
            (hour, minute) = (first, number(2))
            if take(Ascii.colon) {
                guard digitRun == 2 else { return nil }
                second = number(2)
            }
        }
        if run <= 6, byte == Ascii.point || byte == Ascii.comma {
            at += 1
            guard digitRun > 0 else { return nil }
            fraction = fractionDigits()
        }
        guard hour < 24, minute < 60, second < 60 else { return nil }
        let seconds = Int64((hour * 60 + minute) * 60 + second)
        return seconds * CivilTime.nanosecondsPerSecond + fraction
    }

    /// Digits after the point as ns; those beyond the ninth are skipped.
    private mutating func fractionDigits() -> Int64 {
        var (value, count): (Int64, Int) = (0, 0)
        while at < end, Ascii.isDigit(at.pointee) {
            if count < 9 {
                value = value * 10 + Int64(at.pointee &- Ascii.zero)
                count += 1
            }
            at += 1
        }
        return value * PowerOfTen[9 - count]
    }

    struct ZoneSuffix { var seconds: Int64? }

    /// `Z`, `UTC`, `GMT+0200`, `+02:00` or nothing, up to the end; nil for anything else.
    mutating func zoneSuffix() -> ZoneSuffix? {
        skipSpaces()
        if isAtEnd { return ZoneSuffix(seconds: nil) }
        let isNamed = take(UInt8(ascii: "Z")) || takeWord("UTC") || takeWord("GMT")
        if isNamed, isAtEnd { return ZoneSuffix(seconds: 0) }
        guard let seconds = offset(), isAtEnd else { return nil }
        return ZoneSuffix(seconds: seconds)
    }

    /// `+2`, `-05`, `+0530`, `+05:30` as seconds east of UTC, up to 18 hours; nil otherwise.
    mutating func offset() -> Int64? {
        let isWest = take(Ascii.minus)
        guard isWest || take(Ascii.plus) else { return nil }
        var (hours, minutes) = (0, 0)
        let run = digitRun
        switch run {
        case 4: (hours, minutes) = (number(2), number(2))
        case 1, 2: hours = number(run)
        default: return nil
        }
        if run < 4, take(Ascii.colon) {
            guard digitRun == 2 else { return nil }
            minutes = number(2)
        }
        guard hours <= 18, minutes < 60 else { return nil }
        let seconds = Int64(hours * 3600 + minutes * 60)
        return isWest ? -seconds : seconds
    }
}
