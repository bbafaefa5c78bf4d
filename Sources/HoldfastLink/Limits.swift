import CHoldfast
import CHoldfastLink

/// Every limit of the link. What a host may choose stands in hf_link_config.
enum Limits {
    static let links = 64
    static let messageBytes = 4096...67_108_864
    static let window = 1...1_000_000
    static let peers = 1...4096
    static let parked = 1...16_777_216
    static let noticeInterval = 1...60_000
    /// Of hf_link_poll and hf_link_await, ms.
    static let timeout: ClosedRange<Int32> = 0...86_400_000

    static let head = MemoryLayout<hf_record_head>.size
    /// A routing id and its length fit two words.
    static let routingID = 15
    /// sun_path without its NUL.
    static let ipcPath = 107
    /// The high water mark that holds the replies to `window` requests. A socket learns of what its
    /// peer read in steps of half its mark, and looks once in a hundred parts.
    static func queue(window: Int32) -> Int32 { 2 * window + 256 }
    /// Frames served before notices and events get their turn.
    static let batch = 256
    /// Events read and published at a time.
    static let eventPage = 256
    /// ms until closing sockets drop what they could not send.
    static let linger: Int32 = 500
    /// ms for a connection to say what it is.
    static let handshake: Int32 = 5000
    static let backlog: Int32 = 128
    /// ms after which an executor that takes nothing is told again.
    static let noticeRepeat: Int64 = 250

    static let defaultMessage: UInt32 = 1_048_576
    static let defaultWindow: UInt32 = 1000
    static let defaultPeers: UInt32 = 64
    static let defaultParked: UInt32 = 65_536
    static let defaultNoticeInterval: UInt32 = 20
}
