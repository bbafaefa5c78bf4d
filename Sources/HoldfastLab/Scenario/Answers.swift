import CHoldfast

/// What a story may ask the core.
struct Answers {
    let door: any Door
    let names: Names
    let now: Int64
    let path: String

    /// The answer to a `query`, with every field.
    func answer(_ fields: Fields) throws -> JSON {
        if let ref = fields.text("position") { return try position(ref).json }
        if let ref = fields.text("command") { return try command(ref, keys: []).json }
        if let id = fields.count("account") { return try account(id).json }
        let sort = fields.members.filter { $0.key == "sort" }
        let filter = fields.object("list")?.members ?? []
        return .list(try list(Fields(sort + filter)).map { Projection($0, names).json })
    }

    func position(_ ref: String) throws -> Projection {
        Projection(try door.position(names.position(ref)).get(), names)
    }

    func account(_ id: UInt64) throws -> Projection { Projection(try door.account(id).get()) }

    /// The position's latest command; the latest query of deals when that is asked for.
    func command(_ ref: String, keys: [JSON.Member]) throws -> Projection {
        let position = try door.position(names.position(ref)).get()
        let asksQuery = Fields(keys).text("action") == Words.action.word(HF_ACTION_QUERY_DEALS)
        let id = asksQuery ? names.query(of: position.id) ?? hf_command_id() : position.command
        return Projection(try door.command(id).get(), names)
    }

    /// Open positions that a filter picks, in order of id, or of its `sort`.
    func list(_ filter: Fields) throws -> [hf_position] {
        let record = try Encoder(names: names, door: door, now: now, path: path).filter(filter)
        let found = try door.positions(record, now: now)
        return record.sort == 0 ? found.sorted { $0.id < $1.id } : found
    }
}
