import CHoldfast

/// A way into a core: in process through the C header, or through the link. The scenario runner,
/// the demo and the replay speak to this and cannot tell the doors apart.
public protocol Door: AnyObject {
    /// Applies one input. The status of the input stands in the outcome; an error means that the
    /// door itself failed.
    func apply(kind: Int, time: Int64, body: UnsafeRawBufferPointer) throws -> hf_outcome
    /// Gives out at most `max` commands of an executor; they are SENT from now on.
    func take(executor: UInt64, epoch: UInt32, now: Int64, max: Int) throws -> [hf_command]
    /// Reads what happened after event number `cursor` and moves it.
    func events(after cursor: inout UInt64) throws -> [hf_event]
    /// A position, open or in the history.
    func position(_ id: UInt64) throws -> Result<hf_position, Status>
    /// A live command, or a finished one that is remembered.
    func command(_ id: hf_command_id) throws -> Result<hf_command, Status>
    /// Open positions that match, all pages.
    func positions(_ filter: hf_filter, now: Int64) throws -> [hf_position]
    /// Sums over open positions that match, a record for each group of `by` (HF_BY_...).
    func summary(_ filter: hf_filter, by: UInt32, now: Int64) throws -> [hf_summary]
    /// Reads what was closed after `cursor` and moves it.
    func history(after cursor: inout UInt64) throws -> [hf_position]
    /// What closed positions came to, a record for each group of `by` (HF_BY_...).
    func performance(_ filter: hf_filter, by: UInt32, now: Int64) throws -> [hf_performance]
    func account(_ id: UInt64) throws -> Result<hf_account_view, Status>
    func executor(_ id: UInt64) throws -> Result<hf_executor_view, Status>
    /// How well an account and its broker agree.
    func sync(_ account: UInt64) throws -> Result<hf_sync_status, Status>
    func counters() throws -> hf_counters
    func hash() throws -> UInt64
}

/// A status that is not HF_OK.
public struct Status: Error, Equatable, CustomStringConvertible {
    public let code: Int32
    public init(_ code: Int32) { self.code = code }
    public var description: String { String(cString: hf_status_name(code)) }
}

extension Door {
    /// Applies a record of fixed size.
    public func apply<Record>(_ kind: Int, _ record: Record, time: Int64) throws -> hf_outcome {
        try withUnsafeBytes(of: record) { try apply(kind: kind, time: time, body: $0) }
    }
}
