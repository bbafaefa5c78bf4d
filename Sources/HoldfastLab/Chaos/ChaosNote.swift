/// Something that a trader would want to know of.
public enum ChaosNote: Sendable, Equatable, CustomStringConvertible {
    case killed(session: UInt32, ExecutorDoom.Stage?)
    case started(session: UInt32)
    case redelivered(Int)
    case doubt(position: UInt64)
    case outage(until: Int64, isDeaf: Bool)
    case silent
    case heard
    case stale(account: UInt64)
    case fresh(account: UInt64, found: UInt32)
    case failed(account: UInt64)
    case adopted(position: UInt64)
    case suspect(position: UInt64)
    case settled

    public var description: String {
        switch self {
        case .killed(let session, let stage):
            "executor KILLED (session \(session)), \(Self.words(stage))"
        case .started(let session):
            "executor back as session \(session), its books read from its log"
        case .redelivered(let count):
            "\(count) command\(count == 1 ? "" : "s") given out again with the same id"
        case .doubt(let position):
            "first command UNKNOWN: no answer for position \(position) by its deadline"
        case .outage(let end, let isDeaf):
            "broker out of reach until \(SessionTable.clock(end)): orders "
                + (isDeaf ? "are not heard" : "are answered 10031")
        case .silent: "executor silent: commands wait"
        case .heard: "executor heard again"
        case .stale(let account):
            "account \(account) STALE: no good snapshot for too long;"
                + " nothing closed, nothing forgotten"
        case .fresh(let account, let found):
            "account \(account) no longer stale: snapshot with \(found) positions agreed"
        case .failed(let account):
            "sync of account \(account) failed: the broker could not be asked; nothing changed"
        case .adopted(let position):
            "position \(position) adopted: opened at the terminal, not by us"
        case .suspect(let position):
            "position \(position) SUSPECT: gone at the broker without a deal, still watched"
        case .settled: "everything settled, registry and broker agree: flat"
        }
    }

    private static func words(_ stage: ExecutorDoom.Stage?) -> String {
        switch stage {
        case nil: "nothing was out"
        case .taken: "with commands out that it had not written down"
        case .logged: "with commands written down and done, none answered"
        case .answered: "with commands out, half of them answered"
        }
    }
}
