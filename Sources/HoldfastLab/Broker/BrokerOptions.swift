/// What the venue of an executor's process is to be.
public struct BrokerOptions: Sendable {
    public enum Venue: String, Sendable, CaseIterable {
        /// As in the demo; `calm` without any trouble; `rough` with all that there is.
        case standard, calm, rough

        public var settings: BrokerSettings {
            switch self {
            case .standard: BrokerSettings()
            case .calm: .calm
            case .rough: .rough
            }
        }
    }

    public enum Failure: Error, Equatable, CustomStringConvertible {
        case time(String)
        case quotes

        public var description: String {
            switch self {
            case .time(let text):
                "--from, --to: \"\(text)\" is no time; write it like 2025-06-05T12:30:00Z"
            case .quotes: "--quotes: give up to 100000000, or files with --quote-file, not both"
            }
        }
    }

    public var id: UInt64 = 1
    public var seed: UInt64 = 1
    public var venue = Venue.standard
    /// Of the generated market; 0: none.
    public var quotes = 0
    /// Of the generated market; nil: the demo's.
    public var from: String?
    public var to: String?
    /// Recorded quotes in place of generated ones.
    public var files: [String] = []
    public var netting: [UInt64] = []
    /// Where it writes what it is told.
    public var log: String?

    public init() {}

    /// A broker, taken up where its log ends.
    /// - Throws: `Failure`, `QuoteError`, `BrokerLog.Failure`.
    public func open() throws -> any CommandExecutor {
        guard 0...100_000_000 ~= quotes, quotes == 0 || files.isEmpty else {
            throw Failure.quotes
        }
        var settings = venue.settings
        settings.netting = Set(netting)
        let source = try source()
        let broker = Broker(
            seed: seed, instruments: source?.instruments ?? MarketSymbol.standard.map(\.instrument),
            settings: settings, quotes: source)
        guard let log else { return broker }
        return LoggedBroker(broker, log: try BrokerLog(path: log, mark: mark))
    }

    private func source() throws -> (any SessionQuotes)? {
        if !files.isEmpty { return try FileQuotes(files.map { QuoteInput(path: $0) }) }
        if quotes == 0 { return nil }
        var market = Market.Settings(seed: seed, quotes: quotes)
        if let from { market.start = try time(from) }
        if let to { market.end = try time(to) }
        return GeneratedQuotes(Market(settings: market))
    }

    private func time(_ text: String) throws -> Int64 {
        guard let time = QuoteTime.read(text, zone: .utc) else { throw Failure.time(text) }
        return time
    }

    /// A log goes with the numbers that its books follow from.
    private var mark: UInt64 {
        BrokerLog.mark(
            ["\(id)", "\(seed)", venue.rawValue, "\(quotes)", from ?? "", to ?? ""] + files
                + netting.sorted().map { "\($0)" })
    }
}
