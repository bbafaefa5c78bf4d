import CHoldfast
import CHoldfastLink

/// The statuses that the link answers with by itself; those of the core pass through.
enum Code {
    static let ok = hf_status(HF_OK)
    static let argument = hf_status(HF_E_ARGUMENT)
    static let range = hf_status(HF_E_RANGE)
    static let time = hf_status(HF_E_TIME)
    static let executor = hf_status(HF_E_EXECUTOR)
    static let state = hf_status(HF_E_STATE)
    static let unsupported = hf_status(HF_E_UNSUPPORTED)
    static let full = hf_status(HF_E_FULL)
    static let lapped = hf_status(HF_E_LAPPED)
    static let handle = hf_status(HF_E_HANDLE)
    static let forked = hf_status(HF_E_FORKED)
    static let version = hf_status(HF_E_VERSION)
}

/// Why a call of the boundary did nothing.
struct Refusal: Error {
    let status: hf_status
    init(_ status: hf_status) { self.status = status }
}

/// Why a frame was no good, as its sender is told.
struct Fault: Error, Equatable {
    let status: hf_status
    let cause: UInt32

    init(_ status: hf_status, _ cause: Int) {
        self.status = status
        self.cause = UInt32(truncatingIfNeeded: cause)
    }

    static let short = Fault(Code.range, HF_LINK_CAUSE_SHORT)
    static let size = Fault(Code.range, HF_LINK_CAUSE_SIZE)
    static let version = Fault(Code.version, HF_LINK_CAUSE_VERSION)
    static let head = Fault(Code.argument, HF_LINK_CAUSE_HEAD)
    static let hello = Fault(Code.state, HF_LINK_CAUSE_HELLO)
    static let role = Fault(Code.state, HF_LINK_CAUSE_ROLE)
    static let foreign = Fault(Code.executor, HF_LINK_CAUSE_ROLE)
    static let kind = Fault(Code.unsupported, HF_LINK_CAUSE_KIND)
    static let peers = Fault(Code.full, HF_LINK_CAUSE_PEERS)
    static let epoch = Fault(Code.executor, HF_LINK_CAUSE_EPOCH)
    static let parked = Fault(Code.full, HF_LINK_CAUSE_PARKED)
    static let done = Fault(Code.state, HF_LINK_CAUSE_DONE)
    static let body = Fault(Code.argument, HF_LINK_CAUSE_BODY)

    /// The bytes were wrong, not only who sent them or when.
    var isBadFrame: Bool {
        switch Int(cause) {
        case HF_LINK_CAUSE_SHORT, HF_LINK_CAUSE_SIZE, HF_LINK_CAUSE_VERSION, HF_LINK_CAUSE_HEAD,
            HF_LINK_CAUSE_KIND, HF_LINK_CAUSE_BODY:
            return true
        default:
            return false
        }
    }
}
