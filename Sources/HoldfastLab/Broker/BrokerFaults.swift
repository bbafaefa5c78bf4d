import CHoldfast

/// What goes wrong beside the order itself. It has a stream of its own, so that a command's fate
/// stays what it is.
struct BrokerFaults {
    private var draw: SeededRandom

    /// - Parameter turn: which delivery of the command it is, from 1.
    init(_ id: hf_command_id, turn: Int, seed: UInt64) {
        self.init(
            id.owner &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(id.count) &* 0xC2B2_AE3D_27D4_EB4F
                ^ UInt64(id.epoch) << 48 ^ UInt64(turn) << 56, "faults", seed: seed)
    }

    init(_ number: UInt64, _ stream: String, seed: UInt64) {
        var base = SeededRandom(seed: seed, stream: stream)
        draw = SeededRandom(seed: base.next() ^ number, stream: stream)
    }

    /// The answers as they arrive: some not at all, some twice, some late.
    mutating func mangle(
        _ answers: [BrokerAnswer], _ settings: BrokerSettings
    ) -> [BrokerAnswer] {
        answers.flatMap { answer -> [BrokerAnswer] in
            let isLost = draw.chance(ppm: settings.answerLost)
            let isTwice = draw.chance(ppm: settings.answerTwice)
            let isLate = draw.chance(ppm: settings.answerLate)
            let delays = (draw.below(settings.latest + 1), draw.below(3_000_000_000))
            if isLost { return [] }
            var answer = answer
            if isLate { answer.time += delays.0 }
            var again = answer
            again.time += delays.1
            return isTwice ? [answer, again] : [answer]
        }
    }

    mutating func chance(_ ppm: Int64) -> Bool { draw.chance(ppm: ppm) }
    mutating func below(_ bound: Int64) -> Int64 { draw.below(bound) }
    mutating func exponentialish() -> Int64 { draw.exponentialish() }
}

/// When the connection to the venue is lost: drawn for each minute of simulated time.
struct BrokerOutages {
    struct Outage: Equatable {
        var start: Int64
        var end: Int64
        /// Nothing is heard; else there is an answer that says so (10031).
        var isDeaf: Bool
    }

    static let minute: Int64 = 60_000_000_000

    let seed: UInt64
    let settings: BrokerSettings

    func outage(at time: Int64) -> Outage? {
        if settings.outage == 0 { return nil }
        // One that began minutes ago may still last.
        let first = (time - settings.outageLength.upperBound) / Self.minute
        return (first...time / Self.minute).lazy.compactMap { outage(in: $0) }
            .first { $0.start <= time && time < $0.end }
    }

    /// Those that begin in a span of time.
    func all(from start: Int64, to end: Int64) -> [Outage] {
        if settings.outage == 0 { return [] }
        return (start / Self.minute...end / Self.minute).compactMap { outage(in: $0) }
            .filter { start <= $0.start && $0.start < end }
    }

    private func outage(in minute: Int64) -> Outage? {
        var draw = BrokerFaults(UInt64(bitPattern: minute), "outage", seed: seed)
        guard draw.chance(settings.outage) else { return nil }
        let start = minute * Self.minute + draw.below(Self.minute)
        let lengths = settings.outageLength
        let end =
            start + lengths.lowerBound + draw.below(lengths.upperBound - lengths.lowerBound + 1)
        return Outage(start: start, end: end, isDeaf: draw.chance(settings.outageDeaf))
    }
}
