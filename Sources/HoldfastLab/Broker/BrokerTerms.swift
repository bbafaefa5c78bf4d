/// The grids that a venue trades a symbol on.
public struct BrokerTerms: Sendable, Equatable {
    /// Points.
    public var tickSize: Int64 = 1
    /// 1e-8 lot.
    public var volumeStep: Int64 = 1_000_000
    public var volumeMin: Int64 = 1_000_000

    public init() {}

    public init(_ instrument: Instrument) {
        guard instrument.isTradable else { return }
        tickSize = instrument.tickSize
        volumeStep = instrument.volumeStep
        volumeMin = instrument.volumeLowest
    }
}
