/// A chaos session's own part of the table.
extension SessionTable {
    static func rows(_ chaos: ChaosReport) -> [(String, String)] {
        [
            (
                "executor",
                "killed \(chaos.kills) times, \(chaos.sessions) sessions,"
                    + " \(grouped(chaos.redelivered)) commands given out again"
            ),
            (
                "entries",
                "\(grouped(chaos.entries)) asked for, \(chaos.unfilled) not filled,"
                    + " \(chaos.doubts) commands in doubt,"
                    + " \(chaos.repeats) closes found nothing"
            ),
            (
                "syncs",
                "\(grouped(chaos.syncs)), \(chaos.failedSyncs) of them failed,"
                    + " \(chaos.stale) times STALE; \(chaos.adopted) adopted,"
                    + " \(chaos.suspects) suspects, \(chaos.removed) removed, \(chaos.fixed) fixed"
            ),
            (
                "from outside",
                "\(chaos.stops) stops at the broker, \(chaos.byHand) closed at the terminal,"
                    + " \(chaos.unknown) unknown"
            ),
            (
                "alarms",
                "\(chaos.waiting) of commands that waited, \(chaos.silent) of a silent executor;"
                    + " \(chaos.refused) answers refused"
            ),
        ]
    }

    static func timeline(_ chaos: ChaosReport) -> [String] {
        chaos.timeline.map { "  \(clock($0.time))  \($0.text)" }
    }

    /// The hour of the day, UTC, with milliseconds.
    static func clock(_ time: Int64) -> String {
        let milliseconds = time / 1_000_000 % 86_400_000
        let fraction = String(milliseconds % 1000 + 1000).dropFirst()
        let parts = [
            milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds / 1000 % 60,
        ]
        return parts.map { String($0 + 100).dropFirst() }.joined(separator: ":") + ".\(fraction)"
    }
}
