/// The grids that a venue trades a symbol on, and its distances.
public struct BrokerTerms: Sendable, Equatable {
    /// Points.
    public var tickSize: Int64 = 1
    /// 1e-8 lot.
    public var volumeStep: Int64 = 1_000_000
    public var volumeMin: Int64 = 1_000_000
    /// 1e-8 of the account currency per lot per tick; 0: profits are not known.
    public var tickValue: Int64 = 0
    /// Points: a level nearer to the price is refused (10016).
    public var stopsLevel: Int64 = 0
    /// Points: within it nothing may be changed or closed (10029).
    public var freezeLevel: Int64 = 0
    /// Points that its bid lies below that of the quotes, and its ask above.
    public var markup: Int64 = 0

    public init() {}

    public init(_ instrument: Instrument, _ settings: BrokerSettings = .init()) {
        guard instrument.isTradable else { return }
        tickSize = instrument.tickSize
        volumeStep = instrument.volumeStep
        volumeMin = instrument.volumeLowest
        tickValue = instrument.tickValue
        stopsLevel = settings.stopsTicks * tickSize
        freezeLevel = settings.freezeTicks * tickSize
        markup = settings.markupTicks * tickSize
    }

    /// Profit of a volume (1e-8 lot) times points, rounded once, half away from zero.
    func money(_ pointVolume: Int128) -> Int64 {
        let scale = Int128(tickSize) * 100_000_000
        let exact = pointVolume * Int128(tickValue)
        let rounded = (abs(exact) + scale / 2) / scale
        return Int64(clamping: exact < 0 ? -rounded : rounded)
    }
}
