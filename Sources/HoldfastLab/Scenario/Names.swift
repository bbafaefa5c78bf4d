import CHoldfast

/// What a story calls things, and what the core calls them.
struct Names {
    private var symbolsByName: [String: UInt32] = [:]
    private var symbolsByID: [UInt32: (name: String, digits: Int)] = [:]
    private var positionsByRef: [String: UInt64] = [:]
    private var refsByPosition: [UInt64: String] = [:]
    private var positions: [UInt64: (account: UInt64, symbol: UInt32)] = [:]
    private var tickets: [Ticket: UInt64] = [:]
    private var queries: [UInt64: hf_command_id] = [:]
    /// Every ref that an `open` has named, refused ones too.
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

    // MARK: Positions

    mutating func mention(_ ref: String?) { if let ref { refs.insert(ref) } }

    private mutating func bind(_ ref: String?, to position: UInt64, _ open: hf_open) {
        positions[position] = (open.account, open.symbol)
        set(ticket: open.ticket, of: position)
        guard let ref else { return }
        positionsByRef[ref] = position
        refsByPosition[position] = ref
    }

    func position(_ ref: String?) -> UInt64 { ref.flatMap { positionsByRef[$0] } ?? Self.nobody }
    func ref(_ position: UInt64) -> String? { refsByPosition[position] }
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
        case HF_RECORD_OPEN where body.count == MemoryLayout<hf_open>.size:
            bind(ref, to: outcome.position, body.loadUnaligned(as: hf_open.self))
        case HF_RECORD_ACK where body.count == MemoryLayout<hf_ack>.size:
            let ack = body.loadUnaligned(as: hf_ack.self)
            let position = ack.command.owner == 0 ? ack.position : ack.command.owner
            if ack.present.has(HF_HAS_TICKET) { set(ticket: ack.ticket, of: position) }
        default: break
        }
    }

    // MARK: Queries

    /// Remembers the latest query_deals of a position.
    mutating func note(_ event: hf_event) {
        guard Int(event.kind) == HF_EVENT_COMMAND, Int(event.action) == HF_ACTION_QUERY_DEALS else {
            return
        }
        queries[event.position] = event.command
    }

    func query(of position: UInt64) -> hf_command_id? { queries[position] }
}
