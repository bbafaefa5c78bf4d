import Foundation
import Testing

@testable import HoldfastLab

@Suite struct QuotesTimeTests {
    /// The time of a file's only quote.
    private func time(_ field: String, zone: String = "UTC") throws -> Int64? {
        try QuoteFile.text("time,bid,ask\n\(field),1,2\n", zone: QuoteZone(zone)).next()?.time
    }

    @Test(
        "dates and times are read in every usual form",
        arguments: [
            "2014-05-02 12:30:01.513", "2014-05-02T12:30:01.513Z", "2014.05.02 12:30:01.513",
            "2014/05/02 12:30:01.513", "20140502 123001513", "20140502 12:30:01.513",
            "02.05.2014 12:30:01.513", "2014-05-02T14:30:01.513+02:00", "20140502123001513",
            "2014-05-02 07:30:01.513-0500", "2014-05-02 12:30:01.513 UTC",
            "\"2014-05-02 12:30:01.513\"",
            "02.05.2014 14:30:01.513 GMT+0200", "20140502 123001.513",
            "2014-05-02T12:30:01.5130000009",
            "1399033801.513", "1399033801513", "1399033801513000", "1399033801513000000",
            "1399033801513.0", "1.399033801513e9",
        ])
    func forms(_ field: String) throws {
        #expect(try time(field) == utc("2014-05-02T12:30:01", 513_000_000))
    }

    @Test("shorter times fill up with zeros")
    func shortForms() throws {
        #expect(try time("2014-05-02") == utc("2014-05-02T00:00:00"))
        #expect(try time("20140502") == utc("2014-05-02T00:00:00"))
        #expect(try time("2014-05-02 12:30") == utc("2014-05-02T12:30:00"))
        #expect(try time("20140502123001") == utc("2014-05-02T12:30:01"))
        #expect(try time("-1.5") == -1_500_000_000)
        #expect(try time("-0.0000000015") == -2)
    }

    @Test(
        "what is no time is a bad line",
        arguments: [
            "2014-02-29 00:00:00", "2014-13-01 00:00:00", "2014-05-02 24:00:00",
            "2014-05-02 12:60:00",
            "2014-05-02 12:30:60", "2014-05-02 12:30:01.", "2014-05-02 12:30:01 EST", "2014-05/02",
            "",
            "2014-05-02T12:30:01+25:00", "9999-01-01 00:00:00", "1600-01-01 00:00:00", "05/02/2014",
            "99999999999999999999", "9223372036854775807000", "nan", "12:30:01", "2014-5-2 1:2:3",
        ])
    func badTimes(_ field: String) throws {
        let good = "2014-05-02 12:30:01,1,2\n"
        let file = try QuoteFile.text("time,bid,ask\n\(good)\(good)\(field),1,2\n\(good)")
        #expect(try file.all().count == 3)
        #expect(file.badLineCount == 1)
        #expect(file.badLines.first?.line == 4)
    }

    @Test("every day of the calendar agrees with Foundation")
    func calendar() throws {
        var foundation = Calendar(identifier: .gregorian)
        foundation.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: -100_000, to: 106_000, by: 7) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400)
            let parts = foundation.dateComponents([.year, .month, .day], from: date)
            let year = try #require(parts.year)
            let month = try #require(parts.month)
            let number = try #require(parts.day)
            guard 1678...2261 ~= year else { continue }
            #expect(CivilTime.days(year: year, month: month, day: number) == Int64(day))
        }
    }

    @Test("an epoch number of another unit than the file's is a bad line, not another year")
    func mangledUnit() throws {
        let file = try QuoteFile.text(
            "time,bid,ask\n1399033801513,1,2\n139903380151,1,2\n13990338015,1,2\n1399033801514,1,2")
        #expect(try file.all().count == 3)
        #expect(file.badLines.map(\.line) == [4])
        #expect(file.badLines[0].reason.contains("unit"))
    }

    @Test("a column's name gives the unit where the size of the numbers would mislead")
    func unitByName() throws {
        let file = try QuoteFile.text("time_ms,bid,ask\n1500,1,2\n")
        #expect(try file.next()?.time == 1_500_000_000)
    }

    @Test(
        "a fixed offset is east of Greenwich when positive",
        arguments: [
            ("UTC-5", 17), ("-05:00", 17), ("GMT-0500", 17), ("UTC+05:30", 6), ("Z", 12),
            ("UTC", 12),
            ("+2", 10), ("utc-5", 17),
        ])
    func fixedZones(_ zone: String, _ hour: Int) throws {
        let minute = zone.hasSuffix("30") ? 30 : 0
        let expected =
            try utc("2014-05-02T00:00:00") + Int64(hour * 3600 + minute * 60) * 1_000_000_000
        #expect(try time("2014-05-02 12:00:00", zone: zone) == expected)
    }

    @Test("a named zone follows its summer time")
    func namedZones() throws {
        #expect(
            try time("2014-01-02 12:00:00", zone: "America/New_York") == utc("2014-01-02T17:00:00"))
        #expect(
            try time("2014-05-02 12:00:00", zone: "America/New_York") == utc("2014-05-02T16:00:00"))
        #expect(try time("2014-05-02 12:00:00", zone: "Asia/Kolkata") == utc("2014-05-02T06:30:00"))
    }

    @Test("a time that a zone skips is moved past the gap, one that it has twice is the first")
    func gapAndOverlap() throws {
        let berlin = "Europe/Berlin"
        #expect(try time("2014-03-30 01:59:59", zone: berlin) == utc("2014-03-30T00:59:59"))
        #expect(try time("2014-03-30 02:30:00", zone: berlin) == utc("2014-03-30T01:30:00"))
        #expect(try time("2014-03-30 03:00:00", zone: berlin) == utc("2014-03-30T01:00:00"))
        #expect(try time("2014-10-26 01:59:59", zone: berlin) == utc("2014-10-25T23:59:59"))
        #expect(try time("2014-10-26 02:30:00", zone: berlin) == utc("2014-10-26T00:30:00"))
        #expect(try time("2014-10-26 03:00:00", zone: berlin) == utc("2014-10-26T02:00:00"))
    }

    @Test("a zone moves neither epoch numbers nor times with their own offset")
    func zoneLeavesAlone() throws {
        #expect(try time("1399033801", zone: "UTC-5") == utc("2014-05-02T12:30:01"))
        #expect(try time("2014-05-02T12:30:01Z", zone: "UTC-5") == utc("2014-05-02T12:30:01"))
    }

    @Test(
        "an unknown zone is refused with the forms that are known",
        arguments: [
            "", "Mars/Olympus", "UTC+99", "5 o'clock", "+1:2", "+0530:30",
        ])
    func badZones(_ zone: String) {
        let error = quoteError { _ = try QuoteZone(zone) }
        #expect(error == .zone(text: zone))
        #expect(error?.description.contains("Europe/Berlin") == true)
    }
}
