import Testing

@testable import HoldfastLab

@Suite struct ScenarioClockTests {
    private static let second: Int64 = 1_000_000_000

    @Test(
        "an instant is RFC 3339 with up to nine decimals and any offset",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-01-05T00:00:00Z", Clock.start),
            ("2024-02-29T12:00:00.000000001Z", 1_709_208_000 * second + 1),
            ("2026-01-05T01:00:00+01:00", Clock.start), ("1969-12-31T23:59:59.5Z", -second / 2),
            ("2026-01-04T18:30:00.25-05:30", Clock.start + second / 4),
        ])
    func instants(text: String, instant: Int64) {
        #expect(Clock.instant(text) == instant)
    }

    @Test(
        "what is no instant is none",
        arguments: [
            "2026-01-05", "2026-01-05T00:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-01-05T24:00:00Z", "2026-01-05T00:00:60Z", "2026-01-05T00:00:00.Z",
            "2026-01-05T00:00:00.1234567891Z", "9999-01-05T00:00:00Z", "2026-01-05T00:00:00+1:00",
            "noon", "",
        ])
    func notInstants(text: String) {
        #expect(Clock.instant(text) == nil)
    }

    @Test("an instant is written as it is read")
    func roundTrip() {
        var instant: Int64 = -4_000_000_000 * Self.second
        while instant < 4_200_000_000 * Self.second {
            #expect(Clock.instant(Clock.text(instant)) == instant)
            instant += 123_456_789_012_345_678 / 7
        }
        #expect(Clock.text(Clock.start + Self.second / 4) == "2026-01-05T00:00:00.25Z")
    }

    @Test(
        "a duration is exact",
        arguments: [
            ("30m", 1_800 * second), ("1.5s", second * 3 / 2), ("200ms", second / 5),
            ("2h", 7_200 * second), ("1h30m", 5_400 * second), ("0", 0), ("0s", 0), ("1ns", 1),
            ("0.000000001s", 1), ("1.5us", 1500), ("1d", 86_400 * second),
        ])
    func durations(text: String, nanoseconds: Int64) {
        #expect(Clock.duration(text) == nanoseconds)
    }

    @Test(
        "what is no duration is none",
        arguments: ["", "5", "s", "1.5ns", "-1s", "1 s", "1x", "1.s", ".5s", "300000d", "1..5s"])
    func notDurations(text: String) {
        #expect(Clock.duration(text) == nil)
    }

    @Test("a moment is an instant, or an offset from the last time")
    func moments() {
        #expect(Moment("+1.5s")?.instant(after: 10) == Self.second * 3 / 2 + 10)
        #expect(Moment("1970-01-01T00:00:01Z")?.instant(after: 10) == Self.second)
        #expect(Moment("+1s")?.instant(after: .max) == nil)
        #expect(Moment("-1s") == nil)
    }
}
