import CHoldfast

/// Why a replay cannot begin; the message names the cause and the fix.
public enum ReplayError: Error, Equatable, CustomStringConvertible {
    case bars(path: String)
    case symbols(count: Int, files: Int)
    case digits(String)
    case maxOpen
    case recording(path: String, status: Status)
    case noQuotes(paths: [String])
    case noneOnGrid(shown: String)

    public var description: String {
        switch self {
        case .bars(let path):
            "\(path): holds bars, not quotes; replay of bars comes with a later version,"
                + " give files of ticks (time,bid,ask)"
        case .symbols(let count, let files):
            "\(count) times --symbol for \(files) files; give one for all, or one for each file"
        case .digits(let text):
            "--digits \(text): not a number from 0 to 15; write --digits 5 or --digits EURUSD=5"
        case .maxOpen: "--max-open: give 1 to 65536"
        case .recording(let path, let status):
            "\(path): the recording cannot be written (\(status));"
                + " check the folder, and that no file of this name exists"
        case .noQuotes(let paths):
            "\(paths.joined(separator: ", ")): no line could be read as a quote;"
                + " check the format (time,bid,ask)"
        case .noneOnGrid(let shown):
            "every quote has more decimals than --digits allows, such as \(shown); give more"
        }
    }
}

/// A replay: recorded quotes through a core of this process, with a simulated broker.
public struct ReplayJob {
    public struct Options: Sendable {
        public var files: [String]
        public var zone: QuoteZone = .utc
        /// None: told by the files; one: of all; else one for each file.
        public var symbols: [String] = []
        /// "5", or "EURUSD=5".
        public var digits: [String] = []
        /// A list of positions; nil: by the policy.
        public var positions: String?
        public var seed: UInt64 = 1
        public var isStrict = false
        public var maxOpen = 500
        public var record: String?
        public var stripes: UInt32 = 1

        public init(files: [String]) { self.files = files }
    }

    /// A report, and what of the files could not be used.
    public struct Result: Sendable {
        public var report: SessionReport
        public var badLines: Int
        public var badShown: [String]
        public var offGrid: Int
    }

    private let options: Options
    public var onProgress: ((Session.Progress) throws -> Void)?
    /// Told the path of each file when it is looked through before the start.
    public var onFile: (String) throws -> Void = { _ in }
    /// Tests put another executor around the broker.
    var wrap: (Broker) -> any CommandExecutor = { $0 }

    public init(_ options: Options) { self.options = options }

    /// - Throws: `ReplayError`, `QuoteError`, `FileQuotesError`, `PositionFile.Fault` before
    ///   anything runs, `SessionError` and `QuoteError` after.
    public func run() throws -> Result {
        guard 1...65_536 ~= options.maxOpen else { throw ReplayError.maxOpen }
        let quotes = try openQuotes()
        guard quotes.total > 0 else { throw ReplayError.noQuotes(paths: options.files) }
        guard quotes.total > quotes.offGrid else {
            throw ReplayError.noneOnGrid(shown: quotes.offGridShown.first ?? "the first")
        }
        let openings = try openings(quotes.instruments)
        var config = ABIDoor.defaults()
        config.stripes = options.stripes
        config.symbols = max(config.symbols, UInt32(quotes.instruments.count))
        let door = try ABIDoor(config: config)
        if let path = options.record {
            let status = hf_recording_open(door.core, path)
            if status != 0 { throw ReplayError.recording(path: path, status: Status(status)) }
        }
        let broker = Broker(seed: options.seed, instruments: quotes.instruments)
        let session = Session(
            door: door, venue: DirectVenue(door: door, executor: wrap(broker)), quotes: quotes,
            openings: openings)
        session.onProgress = onProgress
        let report = try session.run()
        if let path = options.record {
            let status = hf_recording_close(door.core)
            if status != 0 { throw ReplayError.recording(path: path, status: Status(status)) }
        }
        return Result(
            report: report, badLines: quotes.badLineCount,
            badShown: quotes.badLines.map(\.description) + quotes.offGridShown,
            offGrid: quotes.offGrid)
    }

    private func openQuotes() throws -> FileQuotes {
        do {
            return try FileQuotes(try inputs(), settings: try digits(), onFile: onFile)
        } catch QuoteError.unknownFormat(let path, let detail, let fix) {
            if BarSniff.holdsBars(path) { throw ReplayError.bars(path: path) }
            throw QuoteError.unknownFormat(path: path, detail: detail, fix: fix)
        }
    }

    private func inputs() throws -> [QuoteInput] {
        let (files, symbols) = (options.files, options.symbols)
        guard symbols.count <= 1 || symbols.count == files.count else {
            throw ReplayError.symbols(count: symbols.count, files: files.count)
        }
        return files.enumerated().map { index, path in
            QuoteInput(
                path: path,
                symbol: symbols.count == 1 ? symbols[0] : symbols.isEmpty ? nil : symbols[index],
                zone: options.zone, strict: options.isStrict)
        }
    }

    private func digits() throws -> FileQuotes.Settings {
        var settings = FileQuotes.Settings()
        for text in options.digits {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard let last = parts.last, let digits = Int(last), 0...15 ~= digits,
                parts.count <= 2, parts.first?.isEmpty == false
            else { throw ReplayError.digits(text) }
            if parts.count == 2 {
                settings.digits[String(parts[0])] = digits
            } else {
                settings.digitsOfAll = digits
            }
        }
        return settings
    }

    private func openings(_ instruments: [Instrument]) throws -> any SessionOpenings {
        if let path = options.positions {
            let listed = try PositionFile.read(
                path: path, instruments: instruments, zone: options.zone)
            return ListedOpenings(listed, symbols: instruments.count, max: options.maxOpen)
        }
        var settings = PositionPolicy.Settings()
        settings.openMax = options.maxOpen
        return PolicyOpenings(
            PositionPolicy(instruments: instruments, seed: options.seed, settings: settings))
    }
}
