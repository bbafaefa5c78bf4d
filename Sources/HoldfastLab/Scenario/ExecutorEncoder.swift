import CHoldfast

extension Encoder {
    /// An executor is up, can do all and has no limits where the story does not say otherwise.
    func executor(_ fields: Fields) throws -> hf_executor {
        var executor = hf_executor()
        executor.id = fields.count("id") ?? 0
        executor.up = !fields.has("up") || fields.flag("up") ? 1 : 0
        executor.rate = try fields.units("rate") ?? 0
        executor.heartbeat_late = fields.duration("heartbeat_late") ?? 0
        executor.in_flight_max = UInt32(clamping: fields.count("in_flight_max") ?? 0)
        executor.capabilities = HF_CAN_ALL
        if fields.has("capabilities") {
            executor.capabilities = fields.words("capabilities", Words.capability)
                .reduce(0) { $0 | UInt32($1) }
        }
        return executor
    }
}
