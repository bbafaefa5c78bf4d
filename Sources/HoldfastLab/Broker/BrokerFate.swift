import CHoldfast

/// What becomes of one command at the venue. It is drawn from (seed, command id) alone: neither the
/// order in which commands come nor how many come at a time shows in any result.
struct BrokerFate: Equatable {
    enum Kind: Equatable {
        case filled
        /// A part, in 1/65536 of the volume.
        case partly(Int64)
        case refused(UInt32)
        /// 10012, and whether it was done.
        case timedOut(isDone: Bool)
        case silent
        case lost
    }

    var kind = Kind.filled
    /// From the take to the start, from the start to the end.
    var transit: Int64 = 0
    var work: Int64 = 0
    /// After the start; nil for none.
    var receipt: Int64?
    /// The deal comes so much after the answer; nil: with it.
    var dealLater: Int64?
    /// Parts per billion of the price, adverse positive.
    var slippage: Int64 = 0
    /// The first delivery of a query is not heard.
    var isUnheard = false

    init(_ command: hf_command, seed: UInt64, _ settings: BrokerSettings) {
        var draw = Self.random(command.id, seed: seed)
        let span = settings.transit.upperBound - settings.transit.lowerBound
        transit = settings.transit.lowerBound + draw.below(span + 1)
        work =
            settings.workFloor
            + proportion(settings.workMean, draw.exponentialish(), SeededRandom.one)
        let hang = draw.below(settings.slowest + 1)
        if draw.chance(ppm: settings.slow) { work += hang }
        let receiptDelay = 500_000 + draw.below(4_000_000)
        if draw.chance(ppm: settings.receipt) { receipt = min(receiptDelay, work) }
        slippage = proportion(settings.slippage, draw.exponentialish(), SeededRandom.one)
        if draw.chance(ppm: settings.favourable) { slippage = -slippage / 2 }
        let later = 5_000_000 + draw.below(400_000_000)
        if draw.chance(ppm: settings.dealLater) { dealLater = later }
        isUnheard = draw.chance(ppm: settings.queryLost)
        let part = SeededRandom.one / 8 + draw.below(SeededRandom.one * 3 / 4)
        let isDone = draw.chance(ppm: 500_000)
        kind = Self.kind(
            draw.below(1_000_000), part: part, isDone: isDone, mode: command.fill_mode, settings)
    }

    private static func random(_ id: hf_command_id, seed: UInt64) -> SeededRandom {
        var base = SeededRandom(seed: seed, stream: "broker")
        let mixed =
            base.next() ^ (id.owner &* 0x9E37_79B9_7F4A_7C15)
            ^ (UInt64(id.count) &* 0xC2B2_AE3D_27D4_EB4F) ^ (UInt64(id.epoch) << 48)
        return SeededRandom(seed: mixed, stream: "command")
    }

    private static func kind(
        _ draw: Int64, part: Int64, isDone: Bool, mode: UInt8, _ settings: BrokerSettings
    ) -> Kind {
        var rest = draw
        func hits(_ chance: Int64) -> Bool {
            rest -= chance
            return rest < 0
        }
        if hits(settings.requote) { return .refused(UInt32(HF_RETCODE_REQUOTE)) }
        if hits(settings.priceOff) { return .refused(UInt32(HF_RETCODE_PRICE_OFF)) }
        if hits(settings.reject) { return .refused(UInt32(HF_RETCODE_REJECT)) }
        if hits(settings.tooMany) { return .refused(10024) }
        if hits(settings.timeout) { return .timedOut(isDone: isDone) }
        if hits(settings.silent) { return .silent }
        if hits(settings.lost) { return .lost }
        if hits(settings.partial) { return .partly(part) }
        if mode == UInt8(HF_FILL_IOC) && hits(settings.fillMode) {
            return .refused(UInt32(HF_RETCODE_INVALID_FILL))
        }
        return .filled
    }
}
