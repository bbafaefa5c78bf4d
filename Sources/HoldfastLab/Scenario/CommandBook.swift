import CHoldfast

/// The commands that a story's events told of: which one a ref stands for.
struct CommandBook {
    private struct Command {
        let id: hf_command_id
        let action: Int
        /// Its place among all commands told of.
        let number: Int
        var isLive: Bool

        var key: CommandKey { CommandKey(id) }
    }

    /// By position, the latest of each kind of action.
    private var latest: [UInt64: [Command]] = [:]
    /// By account, the latest question for its positions.
    private var questions: [UInt64: Command] = [:]
    private var told = 0

    /// Closing a part or all is one kind: a position has one such command out at a time.
    private static func kind(_ action: Int) -> Int {
        action == HF_ACTION_REDUCE ? HF_ACTION_CLOSE : action
    }

    /// Which live command an ack answers first. A query of deals is never meant.
    private static let order = [
        HF_ACTION_CLOSE, HF_ACTION_CLOSE_BY, HF_ACTION_OPEN, HF_ACTION_MODIFY,
    ]

    mutating func note(_ event: hf_event) {
        let isLive = Int(event.state) <= HF_COMMAND_UNKNOWN
        let action = Self.kind(Int(event.action))
        switch Int(event.kind) {
        case HF_EVENT_COMMAND:
            told += 1
            let command = Command(id: event.command, action: action, number: told, isLive: isLive)
            if action == HF_ACTION_QUERY_POSITIONS {
                questions[event.account] = command
                return
            }
            latest[event.position, default: []].removeAll { $0.action == action }
            latest[event.position, default: []].append(command)
        case HF_EVENT_COMMAND_STATE:
            for at in (latest[event.position] ?? []).indices
            where latest[event.position]?[at].key == CommandKey(event.command) {
                latest[event.position]?[at].isLive = isLive
            }
        default: break
        }
    }

    /// The latest command of a position, of one action or of any but a query.
    func latest(of position: UInt64, action: Int? = nil) -> hf_command_id? {
        let all = latest[position] ?? []
        guard let action else {
            return all.filter { Self.order.contains($0.action) }.max { $0.number < $1.number }?.id
        }
        return all.first { $0.action == Self.kind(action) }?.id
    }

    /// The query_positions of an account: the core has one live at a time.
    func question(of account: UInt64) -> hf_command_id? { questions[account]?.id }

    /// The command that an ack of a position means: the live one that closes, else one that closes
    /// by, opens, modifies; none live: the latest. `closing` is what the position itself calls its
    /// latest closing command: it stands where no event told of any.
    func answerable(of position: UInt64, closing: hf_command_id) -> hf_command_id {
        let live = (latest[position] ?? []).filter(\.isLive)
        for action in Self.order {
            if let command = live.first(where: { $0.action == action }) { return command.id }
        }
        return latest(of: position) ?? closing
    }
}
