import CHoldfast

/// What a story may ask the core.
struct Answers {
    let door: any Door
    let names: Names
    let now: Int64
    let path: String

    /// The answer to a `query`, with every field.
    func answer(_ fields: Fields) throws -> JSON {
        if let id = fields.count("sync") { return try sync(id).json }
        if let id = fields.count("executor") { return try executor(id).json }
        if let ref = fields.text("position") { return try position(ref).json }
        if let ref = fields.text("command") { return try command(ref, keys: []).json }
        if let id = fields.count("account") { return try account(id).json }
        if let filter = fields.object("summary") {
            let by = by(fields) | by(filter)
            return whole(try summary(filter, by: by), by: by)
        }
        if let filter = fields.object("performance") {
            let by = by(fields) | by(filter)
            return whole(try performance(filter, by: by), by: by)
        }
        if let filter = fields.object("history") {
            return .list(try history(filter).map { Projection($0, names).json })
        }
        let sort = fields.members.filter { $0.key == "sort" }
        let filter = fields.object("list")?.members ?? []
        return .list(try list(Fields(sort + filter)).map { Projection($0, names).json })
    }

    func position(_ ref: String) throws -> Projection {
        Projection(try door.position(names.position(ref)).get(), names)
    }

    func account(_ id: UInt64) throws -> Projection { Projection(try door.account(id).get()) }

    func sync(_ account: UInt64) throws -> Projection { Projection(try door.sync(account).get()) }

    func executor(_ id: UInt64) throws -> Projection { Projection(try door.executor(id).get()) }

    /// The position's latest command, of the action that is asked for; a query of deals only then.
    func command(_ ref: String, keys: [JSON.Member]) throws -> Projection {
        let position = try door.position(names.position(ref)).get()
        let action = Fields(keys).word("action", Words.action).map(Int.init)
        let told = names.commands.latest(of: position.id, action: action)
        let untold = action == HF_ACTION_QUERY_DEALS ? hf_command_id() : position.command
        return Projection(try door.command(told ?? untold).get(), names)
    }

    /// Open positions that a filter picks, in order of id, or of its `sort`.
    func list(_ filter: Fields) throws -> [hf_position] {
        let record = try encoded(filter)
        let found = try door.positions(record, now: now)
        return record.sort == 0 ? found.sorted { $0.id < $1.id } : found
    }

    private func encoded(_ filter: Fields) throws -> hf_filter {
        try Encoder(names: names, door: door, now: now, last: now, path: path).filter(filter)
    }
}

// MARK: - Sums and the history

extension Answers {
    /// HF_BY_..., added up.
    private func by(_ fields: Fields) -> UInt32 {
        fields.words("by", Words.by).reduce(0) { $0 | UInt32($1) }
    }

    /// Without groups there is one sum, with them a list.
    private func whole(_ sums: [Projection], by: UInt32) -> JSON {
        if by == 0, let sum = sums.first { return sum.json }
        return .list(sums.map(\.json))
    }

    func summary(_ filter: Fields, by: UInt32 = 0) throws -> [Projection] {
        try door.summary(try encoded(filter), by: by, now: now)
            .map { Projection($0, by: by, names) }
    }

    func performance(_ filter: Fields, by: UInt32 = 0) throws -> [Projection] {
        try door.performance(try encoded(filter), by: by, now: now)
            .map { Projection($0, by: by, names) }
    }

    /// Closed positions that a filter picks, in order of closing: all that the core still has.
    func history(_ filter: Fields) throws -> [hf_position] {
        let wanted = try encoded(filter)
        var cursor: UInt64 = 0
        let all: [hf_position]
        do {
            all = try door.history(after: &cursor)
        } catch let refused as Status where refused.code == HF_E_LAPPED {
            // The cursor now stands before the oldest one that is kept.
            all = try door.history(after: &cursor)
        }
        return all.filter { wanted.picks(closed: $0, now: now) }
    }
}

extension hf_filter {
    /// Whether a closed position meets every condition; ages are those of the close.
    fileprivate func picks(closed position: hf_position, now: Int64) -> Bool {
        func holds(_ bit: Int32, _ condition: Bool) -> Bool { !present.has(bit) || condition }
        let age = now.subtractingReportingOverflow(position.closed).partialValue
        return holds(HF_FILTER_ACCOUNT, position.account == account)
            && holds(HF_FILTER_STRATEGY, position.strategy == strategy)
            && holds(HF_FILTER_SYMBOL, position.symbol == symbol)
            && holds(HF_FILTER_SIDE, position.side == side)
            && holds(HF_FILTER_TAG, textOf(position.tag) == textOf(tag))
            && holds(HF_FILTER_OLDER_THAN, age > older_than)
            && holds(HF_FILTER_NEWER_THAN, age < newer_than)
    }
}
