import CHoldfast
import Foundation
import HoldfastABI
import Testing

@testable import HoldfastLab

@Suite("Replay: real quotes", .needsQuoteData) struct ReplayRealDataTests {
    private func replay(
        _ files: [String], zone: String = "UTC", maxOpen: Int = 200
    ) throws -> ReplayJob.Result {
        var options = ReplayJob.Options(files: files)
        options.zone = try QuoteZone(zone)
        options.maxOpen = maxOpen
        return try ReplayJob(options).run()
    }

    @Test(
        "every tick file replays and every close agrees with the exact model",
        arguments: [
            ("cfd-oanda-tick-xauusd", "UTC", 461_108), ("forex-oanda-tick-eurusd", "UTC", 532_903),
            ("forex-fxcm-tick-eurusd", "UTC-5", 263_872),
        ])
    func folders(_ folder: String, _ zone: String, _ quotes: Int) throws {
        let result = try replay(try QuoteData.files(folder), zone: zone)
        #expect(result.report.failed.isEmpty, "\(result.report.checks.flatMap(\.failures))")
        #expect(result.report.accepted == UInt64(quotes))
        #expect(result.report.opened > 300)
        #expect(result.badLines == 0 && result.offGrid == 0)
        #expect((result.report.crossed > 0) == folder.contains("fxcm"))
    }

    @Test("the BTCUSDT file replays")
    func bitcoin() throws {
        let report = try replay([QuoteData.bitcoin]).report
        #expect(report.failed.isEmpty)
        #expect(report.accepted == 66_089 && report.opened > 200)
    }

    @Test("files of two symbols are merged, and recorded inputs applied again give the same hash")
    func merged() throws {
        let files = try ["cfd-oanda-tick-xauusd", "forex-oanda-tick-eurusd"].map { folder in
            try #require(QuoteData.files(folder).first { $0.contains("20140504") })
        }
        let scratch = try Scratch()
        var options = ReplayJob.Options(files: files)
        options.record = scratch.path("replay.rec")
        options.stripes = 1
        let one = try ReplayJob(options).run().report
        #expect(one.failed.isEmpty && one.slippage.map(\.symbol) == ["XAUUSD", "EURUSD"])
        let again = try Reapply(RecordingFile(path: scratch.path("replay.rec"))).run()
        #expect(again.agrees && SessionNames.hash(again.hash) == one.hash)
        options.record = nil
        options.stripes = 4
        #expect(try ReplayJob(options).run().report.hash == one.hash)
    }

    @Test("hourly bars are refused with a word that bars come later")
    func bars() throws {
        let path = QuoteData.ticks + "/forex-fxcm-hour-eurusd.zip"
        #expect(throws: ReplayError.bars(path: path)) { try replay([path]) }
    }
}

@Suite("Replay: the user's own files") struct ReplayTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func quotes(_ count: Int = 400, digits: Int = 5, bad: Int? = nil) throws -> String {
        var draw = SeededRandom(seed: 9, stream: "walk")
        var mid: Int64 = 110_000
        var lines = ["time,bid,ask"]
        for index in 0..<count {
            mid += draw.below(21) - 10
            let seconds = 1_750_000_000 + index * 2
            let price = { (points: Int64) in
                String(decimal: points, digits: digits)
            }
            lines.append("\(seconds),\(price(mid)),\(price(mid + 10))")
            if index == bad { lines.append("\(seconds),oops,\(price(mid))") }
        }
        return try scratch.write("eurusd.csv", lines.joined(separator: "\n") + "\n")
    }

    @Test("bad lines are counted and shown with file and line, and the rest runs")
    func badLines() throws {
        let path = try quotes(bad: 10)
        let result = try ReplayJob(.init(files: [path])).run()
        #expect(result.report.failed.isEmpty && result.report.accepted == 400)
        #expect(result.badLines == 1)
        #expect(result.badShown.first?.hasPrefix("\(path):13: ") == true)
    }

    @Test("strict stops at the first bad line, before anything runs")
    func strict() throws {
        var options = ReplayJob.Options(files: [try quotes(bad: 10)])
        options.isStrict = true
        options.record = scratch.path("never.rec")
        #expect(throws: QuoteError.self) { try ReplayJob(options).run() }
        #expect(!FileManager.default.fileExists(atPath: scratch.path("never.rec")))
    }

    @Test("digits are told by the quotes, or given; what has more is left out and shown")
    func digits() throws {
        let path = try quotes()
        var options = ReplayJob.Options(files: [path])
        options.digits = ["EURUSD=5"]
        #expect(try ReplayJob(options).run().offGrid == 0)
        options.digits = ["4"]
        let result = try ReplayJob(options).run()
        #expect(result.offGrid > 300 && result.badShown.count == 5)
        #expect(result.badShown[0].hasPrefix("\(path):") && result.report.failed.isEmpty)
        options.digits = ["2"]
        #expect(throws: ReplayError.self) { try ReplayJob(options).run() }
        options.isStrict = true
        #expect(throws: FileQuotesError.self) { try ReplayJob(options).run() }
        for text in ["x", "16", "-1", "=5", "EURUSD=", "A=1=2", ""] {
            options.digits = [text]
            #expect(throws: ReplayError.digits(text)) { try ReplayJob(options).run() }
        }
        options.digits = ["GBPUSD=5"]
        #expect(throws: FileQuotesError.unknownSymbol("GBPUSD", known: ["EURUSD"])) {
            try ReplayJob(options).run()
        }
    }

    @Test("what cannot begin says why and what to do")
    func refusals() throws {
        var options = ReplayJob.Options(files: [try quotes(), try quotes(), try quotes()])
        options.symbols = ["A", "B"]
        #expect(throws: ReplayError.symbols(count: 2, files: 3)) { try ReplayJob(options).run() }
        options.symbols = ["A"]
        options.maxOpen = 0
        #expect(throws: ReplayError.maxOpen) { try ReplayJob(options).run() }
        options.maxOpen = 5
        options.record = scratch.path("no/such/folder.rec")
        #expect(throws: ReplayError.self) { try ReplayJob(options).run() }
        let head = try scratch.write("gbpusd.csv", "time,bid,ask\n1750000000,x,y\n")
        #expect(throws: (any Error).self) { try ReplayJob(.init(files: [head])).run() }
        #expect(throws: QuoteError.missing(path: "/no/such.csv")) {
            try ReplayJob(.init(files: ["/no/such.csv"])).run()
        }
    }

    @Test("positions come from a list, as CSV or as JSON lines")
    func listed() throws {
        let csv = try scratch.write(
            "positions.csv",
            """
            # symbol first
            symbol,side,volume,time,price,sl,tp,trailing
            EURUSD,long,0.10,,,1.09900,,
            EURUSD,short,0.25,2025-06-15T15:08:00Z,,,,0.00030

            EURUSD,buy,1,1750000300,1.10000,,1.09000,
            EURUSD,long,0.10,2031-01-01T00:00:00Z,,,,
            """)
        let json = try scratch.write(
            "positions.jsonl",
            """
            {"symbol": "EURUSD", "side": "long", "volume": "0.10", "sl": "1.09900"}
            {"symbol": "EURUSD", "side": "sell", "volume": "0.25", "time": "1750000080", \
            "trailing": "0.0003"}
            {"symbol": "EURUSD", "side": "long", "volume": "1.0", "time": "1750000300000", \
            "price": "1.1", "tp": "1.09"}
            {"symbol": "EURUSD", "side": "long", "volume": "0.1", "time": "1924988400"}
            """)
        var options = ReplayJob.Options(files: [try quotes()])
        options.positions = csv
        let one = try ReplayJob(options).run().report
        #expect(one.failed.isEmpty && one.opened == 3 && one.notOpened == 1)
        #expect(one.closes["trailing"] == 1 && one.closes["tp"] == 1)
        options.positions = json
        #expect(try ReplayJob(options).run().report.hash == one.hash)
        options.maxOpen = 1
        #expect(try ReplayJob(options).run().report.openMost == 1)
    }

    @Test(
        "a bad list names the line, the cause and the fix",
        arguments: [
            ("", "holds no position"), ("symbol,side\n", "no column \"volume\""),
            ("symbol,side,volume,colour\n", "\"colour\" is no column"),
            ("symbol,side,volume,volume\n", "twice"),
            ("symbol,side,volume\nEURUSD,long\n", ":2: 2 fields"),
            ("symbol,side,volume\nEURUSD,up,1\n", "side \"up\""),
            ("symbol,side,volume\nEURUSD,long,0.001\n", "cannot be traded"),
            ("symbol,side,volume\nEURUSD,long,-1\n", "out of range"),
            ("symbol,side,volume\nEURUSD,long,1e99\n", "decimal number"),
            ("symbol,side,volume\nGBPUSD,long,1\n", "the symbols are EURUSD"),
            ("symbol,side,volume,sl\nEURUSD,long,1,1.000001\n", "more than 5 decimals"),
            ("symbol,side,volume,time\nEURUSD,long,1,noon\n", "time \"noon\""),
            ("symbol,side,volume\n,long,1\n", "symbol is missing"),
            ("{\"symbol\": \"EURUSD\", \"side\": \"long\", \"volume\": 1}\n", "object of strings"),
            ("{\"symbol\": \"EURUSD\", \"size\": \"1\"}\n", "\"size\" is no key"),
        ])
    func badList(_ text: String, _ cause: String) {
        let instruments = [Instrument.recorded("EURUSD", digits: 5)]
        #expect {
            try PositionFile.read(text, path: "p.csv", instruments: instruments)
        } throws: { error in
            "\(error)".hasPrefix("p.csv") && "\(error)".contains(cause)
        }
    }

    @Test("the command exits 0 when checks hold and 2 for bad input, with a message")
    func command() throws {
        let path = try quotes()
        let good = try Ran(["replay", path, "--seed", "4", "--json"])
        #expect(good.status == 0 && good.output.count == 1)
        let report = try JSONDecoder().decode(
            SessionReport.self, from: Data(good.output[0].utf8))
        #expect(report.accepted == 400 && report.holds)
        let table = try Ran(["replay", path, "--max-open", "20"])
        #expect(table.status == 0)
        #expect(table.output.contains { $0.contains("state hash") })
        for arguments in [
            ["replay", "/no/such/file.csv"], ["replay", path, "--zone", "Nowhere"],
            ["replay", path, "--digits", "x"], ["replay", path, "--positions", "/no/such"],
            ["replay", path, "--max-open", "0"],
        ] {
            let bad = try Ran(arguments)
            #expect(bad.status == 2 && bad.output.isEmpty, "\(arguments)")
            #expect(bad.errors.last?.hasPrefix("holdfast: ") == true, "\(arguments)")
        }
    }

    @Test("an executor that loses a deal makes the replay fail its checks")
    func failing() throws {
        var job = ReplayJob(.init(files: [try quotes()]))
        job.wrap = { broker in
            BadExecutor(broker) { command, answers, book in
                if let deal = broker.book.deals.last, deal.position == command.position {
                    book.add(deal)
                }
                return answers
            }
        }
        #expect(try job.run().report.failed == ["double"])
    }
}

@Suite("Replay: files of bars") struct BarSniffTests {
    @Test(
        "bars are told from quotes by their header or by their prices",
        arguments: [
            ("time,open,high,low,close\n1,1,2,0.5,1.5\n", true),
            ("20140502 00:00,1.1,1.3,1.0,1.2,5\n20140502 01:00,1.2,1.4,1.1,1.3,7\n", true),
            ("1750000000,1.1,1.2\n1750000001,1.1,1.2\n", false), ("hello\nworld\n", false),
            ("", false),
        ])
    func sniff(_ text: String, _ isBars: Bool) throws {
        let scratch = try Scratch()
        #expect(BarSniff.holdsBars(try scratch.write("x.csv", text)) == isBars)
    }
}

extension String {
    /// Points as decimal text.
    fileprivate init(decimal points: Int64, digits: Int) {
        let text = String(points)
        let padded = String(repeating: "0", count: Swift.max(0, digits + 1 - text.count)) + text
        self.init(padded.dropLast(digits) + "." + padded.suffix(digits))
    }
}
