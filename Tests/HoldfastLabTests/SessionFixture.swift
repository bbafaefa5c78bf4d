import CHoldfast
import HoldfastABI

@testable import HoldfastLab

/// Sessions on the generated market, in process.
enum SessionFixture {
    static func run(
        seed: UInt64 = 1, quotes: Int = 40_000, stripes: UInt32 = 1, batch: Int = 1,
        broker: BrokerSettings = .init(), wrap: (Broker) -> any CommandExecutor = { $0 },
        oracle: (([Instrument]) -> any TriggerOracle)? = nil
    ) throws -> SessionReport {
        var config = ABIDoor.defaults()
        config.stripes = stripes
        let door = try ABIDoor(config: config)
        let market = Market(settings: .init(seed: seed, quotes: quotes))
        let executor = Broker(seed: seed, instruments: market.instruments, settings: broker)
        var settings = Session.Settings()
        settings.batch = batch
        let session = Session(
            door: door, venue: DirectVenue(door: door, executor: wrap(executor)),
            quotes: GeneratedQuotes(market),
            openings: PolicyOpenings(
                PositionPolicy(instruments: market.instruments, seed: seed)),
            oracle: oracle.map { $0(market.instruments) }, settings: settings)
        return try session.run()
    }
}
