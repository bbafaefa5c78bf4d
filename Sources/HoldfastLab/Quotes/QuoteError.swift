import Foundation

/// Why quotes cannot be read. Each message names the file, the cause and the fix.
public enum QuoteError: Error, Sendable, Equatable {
    case missing(path: String)
    case directory(path: String)
    case empty(path: String)
    /// The system or the archive library refused; detail is its own message.
    case unreadable(path: String, detail: String)
    /// The data broke off or did not unpack after `line` lines.
    case damaged(path: String, line: Int, detail: String)
    case unknownFormat(path: String, detail: String, fix: String)
    case noSymbol(path: String)
    case zone(text: String)
    /// With `strict` only.
    case badLine(BadLine)
}

extension QuoteError: CustomStringConvertible, LocalizedError {
    public var errorDescription: String? { description }

    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): no such file; check the path"
        case .directory(let path):
            "\(path): is a folder; name the quote files in it, such as \(path)/*.csv"
        case .empty(let path):
            "\(path): holds no lines; check that its download or export was complete"
        case .unreadable(let path, let detail):
            "\(path): cannot be read (\(detail)); check its permissions, or fetch it again"
        case .damaged(let path, let line, let detail):
            "\(path): broken after line \(line) (\(detail)); fetch the file again"
        case .unknownFormat(let path, let detail, let fix):
            "\(path): not a quote file that is known here (\(detail)); \(fix)"
        case .noSymbol(let path):
            "\(path): neither its name nor its folder tells the symbol; name the symbol"
        case .zone(let text):
            "\"\(text)\" is no time zone; give a name such as Europe/Berlin,"
                + " or an offset such as UTC-5 or +05:30"
        case .badLine(let line):
            "\(line); mend or remove the line, or read without strict to skip and count it"
        }
    }
}
