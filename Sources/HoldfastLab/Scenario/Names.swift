import CHoldfast

/// What a story calls things, and what the core calls them.
struct Names {
    private var symbolsByName: [String: UInt32] = [:]
    private var symbolsByID: [UInt32: (name: String, digits: Int)] = [:]
    private var positionsByRef: [String: UInt64] = [:]
    /// All that a position was ever called; the last counts.
    private var refsByPosition: [UInt64: [String]] = [:]
    private var positions: [UInt64: (account: UInt64, symbol: UInt32)] = [:]
    private var tickets: [Ticket: UInt64] = [:]
    private var netting: Set<UInt64> = []
    private(set) var commands = CommandBook()
    /// Every ref that an input has given a position, refused ones too.
    private(set) var refs: Set<String> = []
    /// The executors of the accounts, in order of appearance.
    private(set) var executors: [UInt64] = []

    private struct Ticket: Hashable {
        let account: UInt64
        let ticket: UInt64
    }

    /// No position ever has it: the core answers HF_E_POSITION.
    static let nobody = UInt64.max

    // MARK: Symbols

    private mutating func define(symbol name: String, id: UInt32, digits: Int) {
        symbolsByName[name] = id
        symbolsByID[id] = (name, digits)
    }

    /// The number of a symbol; 0, which no symbol has, when it is unknown.
    func symbolID(_ name: String?) -> UInt32 { name.flatMap { symbolsByName[$0] } ?? 0 }
    func symbol(_ id: UInt32) -> String? { symbolsByID[id]?.name }

    /// The digits of a symbol. An unknown one takes any price as far as the core, which refuses it.
    func digits(_ symbol: UInt32) -> Int { symbolsByID[symbol]?.digits ?? 8 }

    /// For distances that name no symbol: those of the only one.
    var onlyDigits: Int {
        let digits = Set(symbolsByID.values.map(\.digits))
        return digits.count == 1 ? digits.first ?? 8 : 8
    }

    // MARK: Accounts

    private mutating func define(executor: UInt64) {
        if !executors.contains(executor) { executors.append(executor) }
    }

    func isNetting(_ account: UInt64) -> Bool { netting.contains(account) }

    // MARK: Positions

    mutating func mention(_ ref: String?) { if let ref { refs.insert(ref) } }

    private mutating func know(
        _ position: UInt64, account: UInt64, symbol: UInt32, ticket: UInt64, ref: String?
    ) {
        // A deal that was known already gives no position.
        if position == 0 { return }
        positions[position] = (account, symbol)
        set(ticket: ticket, of: position)
        if let ref { bind(ref, to: position) }
    }

    private mutating func bind(_ ref: String, to position: UInt64) {
        refs.insert(ref)
        positionsByRef[ref] = position
        refsByPosition[position, default: []].removeAll { $0 == ref }
        refsByPosition[position, default: []].append(ref)
    }

    /// What a position was called names the one that it turned over into.
    mutating func follow(_ position: UInt64, from old: UInt64) {
        for ref in refsByPosition[old] ?? [] where positionsByRef[ref] == old {
            bind(ref, to: position)
        }
    }

    func position(_ ref: String?) -> UInt64 { ref.flatMap { positionsByRef[$0] } ?? Self.nobody }
    func ref(_ position: UInt64) -> String? { refsByPosition[position]?.last }
    /// Whether a position was ever called that; one that turned over shares its name.
    func called(_ position: UInt64) -> [String] { refsByPosition[position] ?? [] }
    func symbol(of position: UInt64) -> UInt32? { positions[position]?.symbol }
    func account(of position: UInt64) -> UInt64? { positions[position]?.account }
    func digits(of position: UInt64) -> Int { positions[position].map { digits($0.symbol) } ?? 8 }

    private mutating func set(ticket: UInt64, of position: UInt64) {
        guard ticket != 0, let account = account(of: position) else { return }
        tickets[Ticket(account: account, ticket: ticket)] = position
    }

    func position(account: UInt64, ticket: UInt64) -> UInt64? {
        tickets[Ticket(account: account, ticket: ticket)]
    }

    // MARK: Learning

    /// Takes in what an accepted input defined. `ref`: what the story calls a position.
    mutating func learn(
        _ kind: Int, _ body: UnsafeRawBufferPointer, _ outcome: hf_outcome, ref: String?
    ) {
        switch kind {
        case HF_RECORD_SYMBOL where body.count == MemoryLayout<hf_symbol>.size:
            let symbol = body.loadUnaligned(as: hf_symbol.self)
            define(symbol: textOf(symbol.name), id: outcome.symbol, digits: Int(symbol.digits))
        case HF_RECORD_ACCOUNT where body.count == MemoryLayout<hf_account>.size:
            let account = body.loadUnaligned(as: hf_account.self)
            define(
                executor: account.present.has(HF_ACCOUNT_EXECUTOR) ? account.executor : account.id)
            if Int(account.mode) == HF_NETTING {
                netting.insert(account.id)
            } else {
                netting.remove(account.id)
            }
        case HF_RECORD_OPEN where body.count == MemoryLayout<hf_open>.size,
            HF_RECORD_ENTRY where body.count == MemoryLayout<hf_open>.size:
            let open = body.loadUnaligned(as: hf_open.self)
            know(
                outcome.position, account: open.account, symbol: open.symbol, ticket: open.ticket,
                ref: ref)
        case HF_RECORD_FILL where body.count == MemoryLayout<hf_fill>.size:
            let fill = body.loadUnaligned(as: hf_fill.self)
            know(
                outcome.position, account: fill.account, symbol: fill.symbol, ticket: fill.ticket,
                ref: ref)
        case HF_RECORD_EXECUTOR where body.count == MemoryLayout<hf_executor>.size:
            define(executor: body.loadUnaligned(as: hf_executor.self).id)
        case HF_RECORD_ACK where body.count == MemoryLayout<hf_ack>.size:
            let ack = body.loadUnaligned(as: hf_ack.self)
            let position = ack.command.owner == 0 ? ack.position : ack.command.owner
            if ack.present.has(HF_HAS_TICKET) { set(ticket: ack.ticket, of: position) }
        default: break
        }
    }

    /// Takes in a position that a snapshot brought.
    mutating func adopt(_ position: hf_position, ref: String?) {
        know(
            position.id, account: position.account, symbol: position.symbol,
            ticket: position.ticket, ref: ref)
    }

    // MARK: Commands

    /// What the core tells by itself: commands, and tickets that the broker has changed.
    mutating func note(_ event: hf_event) {
        commands.note(event)
        if Int(event.kind) == HF_EVENT_CHANGED, Int(event.what) == HF_WHAT_TICKET {
            set(ticket: UInt64(bitPattern: event.new_value), of: event.position)
        }
    }

    /// The latest query_deals of a position.
    func query(of position: UInt64) -> hf_command_id? {
        commands.latest(of: position, action: HF_ACTION_QUERY_DEALS)
    }
}
