import CHoldfast
import HoldfastABI

@testable import HoldfastLab

/// Sessions in process, on the generated market or on given quotes.
struct SessionFixture {
    var seed: UInt64 = 1
    var quotes = 20_000
    var stripes: UInt32 = 1
    var broker = BrokerSettings()
    var settings = Session.Settings()
    var wrap: (Broker) -> any CommandExecutor = { $0 }
    var oracle: ((TriggerModel) -> any TriggerOracle)?

    func run() throws -> SessionReport {
        let market = Market(settings: .init(seed: seed, quotes: quotes))
        return try run(
            GeneratedQuotes(market),
            openings: PolicyOpenings(
                PositionPolicy(instruments: market.instruments, seed: seed)))
    }

    func run(_ quotes: any SessionQuotes, openings: any SessionOpenings) throws -> SessionReport {
        var config = ABIDoor.defaults()
        config.stripes = stripes
        let door = try ABIDoor(config: config)
        let executor = wrap(Broker(seed: seed, instruments: quotes.instruments, settings: broker))
        let session = Session(
            door: door, venue: DirectVenue(door: door, executor: executor), quotes: quotes,
            openings: openings,
            oracle: oracle.map { $0(TriggerModel(instruments: quotes.instruments)) },
            settings: settings)
        return try session.run()
    }
}

/// Quotes that a test wrote down.
final class WrittenQuotes: SessionQuotes {
    let instruments: [Instrument]
    let permille: Int? = nil
    private var rest: [MarketQuote]

    init(_ instruments: [Instrument], _ quotes: [MarketQuote]) {
        self.instruments = instruments
        rest = quotes.reversed()
    }

    func next() -> MarketQuote? { rest.popLast() }
}

/// An executor that does something wrong with what the broker says.
final class BadExecutor: CommandExecutor {
    private let broker: Broker
    private let change: (hf_command, [BrokerAnswer], inout BrokerBook) -> [BrokerAnswer]
    private var extra = BrokerBook()

    init(
        _ broker: Broker,
        _ change: @escaping (hf_command, [BrokerAnswer], inout BrokerBook) -> [BrokerAnswer]
    ) {
        self.broker = broker
        self.change = change
    }

    var book: BrokerBook {
        var book = broker.book
        for deal in extra.deals { book.add(deal) }
        return book
    }

    func answers(to command: hf_command, now: Int64) -> [BrokerAnswer] {
        change(command, broker.answers(to: command, now: now), &extra)
    }
}

/// A model with something changed in what it says.
struct TamperedModel: TriggerOracle {
    var model: TriggerModel
    var change: (TriggerPrediction) -> TriggerPrediction = { $0 }
    var changeCounts: (TickCounts) -> TickCounts = { $0 }

    var counts: TickCounts { changeCounts(model.counts) }
    mutating func see(_ quote: MarketQuote, index: Int) { model.see(quote, index: index) }
    mutating func open(_ id: UInt64, _ position: PlannedPosition) { model.open(id, position) }
    func prediction(of id: UInt64) -> TriggerPrediction? { model.prediction(of: id).map(change) }
}

extension SessionReport {
    /// Names of the checks that do not hold.
    var failed: [String] { checks.filter { !$0.holds }.map(\.name) }
}
