/// A session's report as text.
public struct SessionTable {
    private let report: SessionReport

    public init(_ report: SessionReport) { self.report = report }

    public var lines: [String] {
        var lines = report.market.map { "  " + $0 }
        lines.append("")
        for (name, text) in rows { lines.append(Self.row(name, text)) }
        lines.append("")
        lines += slippage
        lines.append("")
        if let chaos = report.chaos {
            lines += Self.timeline(chaos)
            lines.append("")
        }
        lines += checks
        return lines
    }

    private static func row(_ name: String, _ text: String) -> String {
        "  " + name + String(repeating: " ", count: max(1, 13 - name.count)) + text
    }

    private var rows: [(String, String)] {
        let report = report
        let seconds = Double(report.elapsed) / 1e9
        let rate = seconds > 0 ? Int(Double(report.quotes) / seconds) : 0
        var rows = [
            (
                "session",
                "\(Self.span(report.simulated)) simulated in \(Self.decimals(seconds, 1)) s"
            ),
            (
                "ticks",
                "\(Self.grouped(Int(clamping: report.accepted))) accepted, "
                    + "\(report.refused) refused, "
                    + "\(Self.grouped(Int(clamping: report.crossed))) crossed; "
                    + "\(Self.grouped(rate)) a second"
            ),
            ("positions", positions),
            ("closes", closes),
            ("commands", commands),
            ("attempts", attempts),
        ]
        if let chaos = report.chaos { rows += Self.rows(chaos) }
        rows.append(("tick to cmd", Self.latency(report.tickToCommand)))
        rows.append(("cmd to ack", Self.latency(report.commandToAck)))
        rows.append(("state hash", report.hash))
        return rows
    }

    private var positions: String {
        let text =
            "\(Self.grouped(report.opened)) opened, \(report.openMost) at once at most"
        return report.notOpened == 0
            ? text : text + "; \(report.notOpened) listed ones never: their time did not come"
    }

    private var closes: String {
        let sorted = report.closes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.map { "\($0.key) \(Self.grouped($0.value))" }.joined(separator: ", ")
    }

    private var commands: String {
        "\(Self.grouped(report.commands)): \(report.partials) partial fills, "
            + "\(report.requotes) requotes, \(report.rejects) rejects, "
            + "\(report.unknowns) in doubt, \(report.queries) queries, "
            + "\(report.escalations) escalations, \(report.alarms) alarms"
    }

    private var attempts: String {
        report.attempts.enumerated().map { "\($0.offset + 1): \(Self.grouped($0.element))" }
            .joined(separator: ", ")
    }

    private var slippage: [String] {
        let table =
            [["slippage", "closes", "p50", "p99", "max"]]
            + report.slippage.map {
                [$0.symbol, "\($0.closes)", "\($0.p50)", "\($0.p99)", "\($0.max)"]
            }
        let widths = (0..<5).map { column in table.map { $0[column].count }.max() ?? 0 }
        return table.map { row in
            let cells = row.indices.map { column in
                let blank = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + blank : blank + row[column]
            }
            return "  " + cells.joined(separator: "  ")
        }
    }

    private var checks: [String] {
        report.checks.flatMap { check in
            ["  \(check.holds ? "ok    " : "FAILED") \(check.detail)"]
                + check.failures.map { "           " + $0 }
        }
    }

    // MARK: text

    static func latency(_ latency: LatencySummary) -> String {
        if latency.count == 0 { return "-" }
        let parts = [
            ("p50", latency.p50), ("p99", latency.p99), ("p99.9", latency.p999),
            ("max", latency.max),
        ]
        return parts.map { "\($0.0) \(micro($0.1))" }.joined(separator: ", ") + " us"
    }

    private static func micro(_ nanoseconds: UInt64) -> String {
        decimals(Double(nanoseconds) / 1000, 1)
    }

    static func decimals(_ value: Double, _ places: Int) -> String {
        var factor = 1.0
        for _ in 0..<places { factor *= 10 }
        guard value.isFinite, abs(value * factor) < 9e15 else { return "-" }
        let scaled = Int((value * factor).rounded())
        let sign = scaled < 0 ? "-" : ""
        let digits = String(scaled.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return sign + padded.dropLast(places) + (places > 0 ? "." + padded.suffix(places) : "")
    }

    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number.magnitude).reversed().enumerated() {
            if index > 0 && index % 3 == 0 { text.append(" ") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + String(text.reversed())
    }

    static func span(_ time: Int64) -> String {
        let seconds = max(0, time) / 1_000_000_000
        let days = seconds / 86_400
        let clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map {
            $0 < 10 ? "0\($0)" : "\($0)"
        }.joined(separator: ":")
        return days > 0 ? "\(days) d \(clock)" : clock
    }
}
