import Foundation
import Testing

@testable import HoldfastLab

@Suite(.needsQuoteData) struct QuotesRealDataTests {
    /// Reads a folder's files, one after another; every line must be readable.
    private func read(
        _ folder: String, symbol: String, zone: QuoteZone = .utc
    ) throws -> (count: Int, digits: Int, crossed: Int) {
        var result = (count: 0, digits: 0, crossed: 0)
        for path in try QuoteData.files(folder) {
            let file = try QuoteFile(path: path, zone: zone)
            #expect(file.symbol == symbol)
            var before = Int64.min
            while let quote = try file.next() {
                result.count += 1
                result.digits = max(result.digits, Int(max(quote.bid.scale, quote.ask.scale)))
                let bid = try #require(quote.bid.units(digits: 5))
                let ask = try #require(quote.ask.units(digits: 5))
                if bid > ask { result.crossed += 1 }
                if quote.time < before { Issue.record("\(path):\(quote.line): back in time") }
                before = quote.time
            }
            #expect(file.badLineCount == 0)
        }
        return result
    }

    @Test("the gold files hold 461,108 quotes of three digits")
    func gold() throws {
        let gold = try read("cfd-oanda-tick-xauusd", symbol: "XAUUSD")
        #expect(gold.count == 461_108)
        #expect(gold.digits == 3)
    }

    @Test("the Oanda EURUSD files hold 532,903 quotes, none crossed")
    func oanda() throws {
        let euro = try read("forex-oanda-tick-eurusd", symbol: "EURUSD")
        #expect(euro.count == 532_903)
        #expect(euro.digits == 5)
        #expect(euro.crossed == 0)
    }

    @Test("the FXCM EURUSD files hold 263,872 quotes, some crossed")
    func fxcm() throws {
        let euro = try read("forex-fxcm-tick-eurusd", symbol: "EURUSD", zone: QuoteZone("UTC-5"))
        #expect(euro.count == 263_872)
        #expect(euro.crossed > 0)
    }

    @Test("the BTCUSDT file holds 66,089 quotes with the host's and the venue's time")
    func bitcoin() throws {
        let file = try QuoteFile(path: QuoteData.bitcoin)
        #expect(file.symbol == "BTCUSDT")
        let quotes = try file.all()
        #expect(quotes.count == 66_089)
        #expect(file.badLineCount == 0)
        let first = try #require(quotes.first)
        #expect(first.time == 1_723_161_255_088_169_167)
        #expect(first.quoteTime == 1_723_161_256_313_000_000)
        #expect(try first.bid == decimal("61800.20") && first.ask == decimal("61800.30"))
        let mids = quotes.compactMap { $0.bid.units(digits: 2) }
        #expect(mids.count == quotes.count)
        let span = try #require(quotes.last).time - first.time
        #expect(span / 1_000_000_000 == 344)
    }

    /// The largest step of the mid price between two quotes, in 0.5e-5, and the second of its end.
    private func largestStep(_ path: String, _ zone: QuoteZone) throws -> (
        step: Int64, second: Int64
    ) {
        let file = try QuoteFile(path: path, zone: zone)
        var largest: (step: Int64, second: Int64) = (0, 0)
        var before: Int64?
        while let quote = try file.next() {
            let bid = try #require(quote.bid.units(digits: 5))
            let ask = try #require(quote.ask.units(digits: 5))
            let step = abs(bid + ask - (before ?? bid + ask))
            if step > largest.step { largest = (step, quote.time / 1_000_000_000) }
            before = bid + ask
        }
        return largest
    }

    @Test("the payroll jump is at 12:30:01 UTC at both venues, FXCM's clock being UTC-5")
    func payroll() throws {
        let name = "/20140502_quote.zip"
        let moment = try utc("2014-05-02T12:30:01") / 1_000_000_000
        let oanda = try largestStep(QuoteData.ticks + "/forex-oanda-tick-eurusd" + name, .utc)
        #expect(oanda.second == moment)
        #expect(oanda.step == 2 * 209)
        let fxcm = try largestStep(
            QuoteData.ticks + "/forex-fxcm-tick-eurusd" + name, QuoteZone("UTC-5"))
        #expect(fxcm.second == moment)
        #expect(fxcm.step == 2 * 307)
    }

    @Test("all days of three feeds merge into one stream in order of time")
    func merge() throws {
        let fxcm = try QuoteZone("UTC-5")
        let inputs =
            try QuoteData.files("forex-oanda-tick-eurusd").map { QuoteInput(path: $0) }
            + QuoteData.files("forex-fxcm-tick-eurusd").map {
                QuoteInput(path: $0, symbol: "EURUSD.fxcm", zone: fxcm)
            } + QuoteData.files("cfd-oanda-tick-xauusd").map { QuoteInput(path: $0) }
        let merge = try QuoteMerge(inputs)
        #expect(merge.symbols == ["EURUSD", "EURUSD.fxcm", "XAUUSD"])
        var counts = [0, 0, 0]
        var before = Int64.min
        while let (symbol, quote) = try merge.next() {
            counts[symbol] += 1
            if quote.time < before { Issue.record("back in time at \(quote)") }
            before = quote.time
        }
        #expect(counts == [532_903, 263_872, 461_108])
    }

    @Test("hourly bars are refused as no quotes")
    func bars() {
        let error = quoteError {
            _ = try QuoteFile(path: QuoteData.ticks + "/forex-fxcm-hour-eurusd.zip")
        }
        #expect(error?.description.contains("11 columns without a header") == true)
    }
}
