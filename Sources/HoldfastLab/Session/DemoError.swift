/// Why a demo cannot begin.
public enum DemoError: Error, Equatable, CustomStringConvertible {
    case quotes(most: Int)
    case speed
    case recording(path: String, status: Status)
    case folder(String)
    case link(endpoint: String, status: Status)

    public var description: String {
        switch self {
        case .quotes(let most): "--quotes: give 1000 to \(most)"
        case .speed:
            "--speed: give 0 for as fast as possible, 1 for real time, 60 for an hour a minute"
        case .recording(let path, let status):
            "\(path): the recording cannot be written (\(status));"
                + " check the folder, and that no file of this name exists"
        case .folder(let detail):
            "no private folder can be made (\(detail)); set TMPDIR to a folder of your own"
        case .link(let endpoint, let status):
            "the link cannot be opened on \(endpoint) (\(status)); set TMPDIR to a shorter path"
        }
    }
}
