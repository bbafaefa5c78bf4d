/// Why a session cannot go on.
public enum SessionError: Error, Equatable, CustomStringConvertible {
    /// The core refused what the session cannot do without.
    case refused(what: String, status: Status)
    case noQuotes
    /// A signal asked for the end.
    case interrupted
    /// The executor's process is gone or says nothing.
    case executor(String)

    public var description: String {
        switch self {
        case .refused(let what, let status): "\(what): refused with \(status); \(Self.fix(status))"
        case .noQuotes:
            "there is no quote to run on; check that the files hold quotes and not only a header"
        case .interrupted: "interrupted"
        case .executor(let detail): "the executor failed: \(detail)"
        }
    }

    private static func fix(_ status: Status) -> String {
        switch status.description {
        case "HF_E_GRID": "give levels on the symbol's tick grid, or set --digits"
        case "HF_E_VOLUME": "give a volume on the symbol's grid (0.01 to 100 lots in 0.01)"
        case "HF_E_PRICE", "HF_E_RANGE": "check prices, distances and --digits"
        case "HF_E_FULL": "open fewer positions at a time (--max-open)"
        default: "check this input"
        }
    }
}
