/// The roles of a file's columns, told by their names.
///
/// Names are compared in lower case with `_` for blanks, dots and dashes, without quotes and angle
/// brackets; `_ns`, `_us`, `_ms` and `_s` at the end give the unit of an epoch number. The host's
/// time is the first that there is of `local_*`, `time`-like names, event and exchange times. The
/// best exchange time among the rest is the quote time: with `local_ns` and `exch_ms` the first is
/// `time`; with `timestamp` and `local_timestamp` (Tardis) the second is. `date` beside `time` is
/// one time in two columns (MetaTrader). Unknown names are ignored.
struct ColumnNames {
    /// One role a column.
    var roles: [ColumnRole]
    var timeUnit: EpochUnit?
    var quoteTimeUnit: EpochUnit?
    /// `<BID>`: MetaTrader's export, in which an empty price repeats the one before.
    var isMetaTrader: Bool

    private static let hostTime = [
        "local", "local_time", "local_timestamp", "host_time", "host", "receive_time", "recv_time",
        "received", "ts_recv",
    ]
    private static let plainTime = [
        "time", "timestamp", "datetime", "date_time", "date", "ts", "epoch", "unix", "unixtime",
        "unix_time", "gmt_time", "utc", "utc_time", "time_utc", "tick_time", "ms_since_midnight",
    ]
    private static let venueTime = [
        "exch", "exch_time", "exch_timestamp", "exchange_time", "exchange_timestamp", "exchange",
        "quote_time", "quotetime", "venue_time", "transaction_time", "trade_time", "event_time",
        "ts_event",
    ]
    private static let bid = ["bid", "bid_price", "bidprice", "best_bid", "best_bid_price"]
    private static let ask = [
        "ask", "ask_price", "askprice", "best_ask", "best_ask_price", "offer", "offer_price",
    ]
    private static let last = ["last", "last_price", "lastprice", "price", "trade_price"]
    private static let symbol = ["symbol", "pair", "instrument", "ticker", "currency_pair"]

    static let suffixes: [(text: String, unit: EpochUnit)] = [
        ("_ns", .nanoseconds), ("_us", .microseconds), ("_ms", .milliseconds), ("_s", .seconds),
    ]

    /// A name without its unit, and the unit.
    private static func split(_ name: String) -> (stem: String, unit: EpochUnit?) {
        for (text, unit) in suffixes where name.hasSuffix(text) {
            return (String(name.dropLast(text.count)), unit)
        }
        return (name, nil)
    }

    static func plain(_ name: String) -> String {
        let separators: [Character] = [" ", ".", "-"]
        let cut: [Character] = ["<", ">", "\"", "'"]
        return String(
            name.lowercased().filter { !cut.contains($0) }.map {
                separators.contains($0) ? "_" : $0
            })
    }

    /// Whether a line of such names is a header: it names at least one price or time and holds no
    /// number.
    static func isHeader(_ names: [String]) -> Bool {
        let stems = names.map { split(plain($0)).stem }
        let known = hostTime + plainTime + venueTime + bid + ask + last
        guard stems.contains(where: known.contains) else { return false }
        return !names.contains { DecimalText($0) != nil }
    }

    init(_ names: [String]) {
        let columns = names.map { Self.split(Self.plain($0)) }
        roles = [ColumnRole](repeating: .ignored, count: names.count)
        isMetaTrader = names.contains { $0.uppercased() == "<BID>" }

        func find(_ wanted: [String]) -> Int? {
            columns.indices.first { roles[$0] == .ignored && wanted.contains(columns[$0].stem) }
        }
        func give(_ role: ColumnRole, _ wanted: [String]...) -> Int? {
            for names in wanted {
                if let column = find(names) {
                    roles[column] = role
                    return column
                }
            }
            return nil
        }

        let host = give(.time, Self.hostTime)
        var time = host
        if time == nil, let date = find(["date"]), let clock = find(["time"]) {
            (roles[date], roles[clock]) = (.date, .clock)
        } else if time == nil {
            time = give(.time, Self.plainTime, Self.venueTime)
        }
        // A plain time is the venue's only where the host's own is known beside it.
        let venue = give(.quoteTime, Self.venueTime, host == nil ? [] : Self.plainTime)
        timeUnit = time.flatMap { columns[$0].unit }
        quoteTimeUnit = venue.flatMap { columns[$0].unit }
        _ = give(.bid, Self.bid)
        _ = give(.ask, Self.ask)
        _ = give(.last, Self.last)
        _ = give(.symbol, Self.symbol)
    }

    /// What a quote cannot do without and the header does not name.
    var lacking: [String] {
        var lacking: [String] = []
        if !roles.contains(.time), !roles.contains(.clock) { lacking.append("time") }
        if !roles.contains(.bid) { lacking.append("bid") }
        if !roles.contains(.ask) { lacking.append("ask") }
        return lacking
    }
}
