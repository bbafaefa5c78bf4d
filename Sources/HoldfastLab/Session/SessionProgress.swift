/// Progress as people and programs read it: a bar on a terminal, JSON lines otherwise.
public struct SessionProgress {
    public enum Style: Sendable { case bar, lines }

    private let style: Style
    private let write: (String) -> Void
    private let start: UInt64
    private var shown: UInt64
    private var hasBar = false
    /// Nanoseconds between two.
    private let interval: UInt64

    /// - Parameter write: takes text as it is, without a newline of its own.
    public init(style: Style, now: UInt64 = MonotonicClock.now(), write: @escaping (String) -> Void)
    {
        self.style = style
        self.write = write
        start = now
        shown = now
        interval = style == .bar ? 100_000_000 : 1_000_000_000
    }

    /// Shows how far it is, unless it was shown a moment ago.
    public mutating func show(
        _ progress: Session.Progress, now: UInt64 = MonotonicClock.now()
    ) {
        guard now &- shown >= interval else { return }
        shown = now
        let seconds = Double(now &- start) / 1e9
        switch style {
        case .bar:
            hasBar = true
            write("\r\u{1B}[K" + Self.bar(progress, seconds: seconds))
        case .lines:
            write(Self.line(progress, seconds: seconds) + "\n")
        }
    }

    /// Takes the bar away: what follows begins on a clean line.
    public mutating func clear() {
        if hasBar { write("\r\u{1B}[K") }
        hasBar = false
    }

    static func bar(_ progress: Session.Progress, seconds: Double) -> String {
        let rate = seconds > 0 ? Double(progress.quotes) / seconds : 0
        var text = ""
        if let permille = progress.permille {
            let full = permille * 24 / 1000
            text += "[" + String(repeating: "#", count: full)
            text += String(repeating: ".", count: 24 - full) + "] "
            text += "\(permille / 10) %  "
        }
        text += "\(SessionTable.grouped(progress.quotes)) quotes, "
        text += "\(SessionTable.grouped(Int(rate))) a second, "
        if let left = left(progress, seconds) { text += "\(left) s left, " }
        return text + "\(progress.open) open, \(progress.closed) closed"
    }

    static func line(_ progress: Session.Progress, seconds: Double) -> String {
        let rate = seconds > 0 ? Int(Double(progress.quotes) / seconds) : 0
        var fields = ["\"progress\": {\"quotes\": \(progress.quotes)", "\"rate\": \(rate)"]
        if let permille = progress.permille {
            fields.append("\"percent\": \(SessionTable.decimals(Double(permille) / 10, 1))")
        }
        if let left = left(progress, seconds) { fields.append("\"seconds_left\": \(left)") }
        fields.append("\"open\": \(progress.open)")
        fields.append("\"closed\": \(progress.closed)")
        return "{" + fields.joined(separator: ", ") + "}}"
    }

    private static func left(_ progress: Session.Progress, _ seconds: Double) -> Int? {
        guard let permille = progress.permille, permille > 0 else { return nil }
        return Int(seconds * Double(1000 - permille) / Double(permille))
    }
}
