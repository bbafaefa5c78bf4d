import CHoldfast

/// Every input of a run in a plain file: hf_record_head and body, one after another; first the
/// configuration, last the state hash. Not thread-safe: its caller holds the recorder's lock.
public final class Recording {
    private var file: FileStorage
    private var failure: StorageError?

    public init(path: String, config: hf_core_config) throws(StorageError) {
        file = try FileStorage(path: path)
        append(HF_RECORD_CONFIG, config)
    }

    /// Writes an input; after a failure nothing more, and `end` says so.
    public func append(
        _ head: hf_record_head, _ body: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer
    ) {
        if failure != nil { return }
        do {
            try withUnsafeBytes(of: head) { (bytes) throws(StorageError) in
                try file.append(bytes)
            }
            try file.append(body)
            try file.append(tail)
        } catch {
            failure = error
        }
    }

    /// Writes the last record and what is buffered.
    public func end(hash: UInt64, sequence: UInt64) throws(StorageError) {
        append(HF_RECORD_HASH, hf_hash(hash: hash), sequence: sequence)
        if let failure { throw failure }
        try file.flush()
    }

    private func append<Record>(_ kind: Int, _ record: Record, sequence: UInt64 = 0) {
        var head = hf_record_head()
        head.kind = UInt16(kind)
        head.version = UInt16(HF_ABI_VERSION)
        head.size = UInt32(MemoryLayout<Record>.size)
        head.sequence = sequence
        withUnsafeBytes(of: record) {
            append(head, $0, UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }
}
