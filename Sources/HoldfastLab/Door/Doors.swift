import CHoldfast

/// Which door a run goes through.
public enum Backend: String, CaseIterable, Sendable {
    /// The C header, in this process.
    case abi
    /// The link: ZeroMQ sockets and frames.
    case zmq

    /// Opens a fresh core behind this door.
    public func open(_ config: hf_core_config = ABIDoor.defaults()) throws -> any Door {
        switch self {
        case .abi: return try ABIDoor(config: config)
        case .zmq: return try LinkDoor(config: config)
        }
    }
}
