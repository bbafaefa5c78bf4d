import CHoldfast
import CHoldfastLink

/// A configuration that was checked.
struct Settings {
    let isHosted: Bool
    let isSimulated: Bool
    let maxMessage: Int
    let window: Int32
    let maxPeers: Int
    let maxParked: Int
    let noticeInterval: Int64
    let endpoint: Endpoint
    let publish: Endpoint?

    init(_ pointer: UnsafePointer<hf_link_config>) throws(Refusal) {
        // A caller with a shorter struct owns no more than its first word.
        let size = UnsafeRawPointer(pointer).loadUnaligned(as: UInt32.self)
        guard size == UInt32(MemoryLayout<hf_link_config>.size) else {
            throw Refusal(Code.version)
        }
        let config = UnsafeRawPointer(pointer).loadUnaligned(as: hf_link_config.self)
        guard config.abi_version == HF_ABI_VERSION else { throw Refusal(Code.version) }
        let (hosted, simulated) = (UInt32(HF_LINK_HOSTED), UInt32(HF_LINK_SIMULATED))
        guard config.flags & ~(hosted | simulated) == 0,
            withUnsafeBytes(of: config.reserved, { $0.allSatisfy { $0 == 0 } })
        else { throw Refusal(Code.argument) }
        guard Limits.messageBytes.contains(Int(config.max_message)),
            Limits.window.contains(Int(config.window)),
            Limits.peers.contains(Int(config.max_peers)),
            Limits.parked.contains(Int(config.max_parked)),
            Limits.noticeInterval.contains(Int(config.notice_interval)),
            let endpoint = Text.read(config.endpoint), let publish = Text.read(config.publish)
        else { throw Refusal(Code.range) }
        isSimulated = config.flags & simulated != 0
        isHosted = isSimulated || config.flags & hosted != 0
        maxMessage = Int(config.max_message)
        window = Int32(config.window)
        maxPeers = Int(config.max_peers)
        maxParked = Int(config.max_parked)
        noticeInterval = Int64(config.notice_interval)
        self.endpoint = try Endpoint(endpoint)
        self.publish = publish.isEmpty ? nil : try Endpoint(publish)
    }

    /// The defaults of hf_link_config_init.
    static func defaults(endpoint: String) -> hf_link_config? {
        var config = hf_link_config()
        config.struct_size = UInt32(MemoryLayout<hf_link_config>.size)
        config.abi_version = HF_ABI_VERSION
        config.max_message = Limits.defaultMessage
        config.window = Limits.defaultWindow
        config.max_peers = Limits.defaultPeers
        config.max_parked = Limits.defaultParked
        config.notice_interval = Limits.defaultNoticeInterval
        return Text.write(endpoint, into: &config.endpoint) ? config : nil
    }
}
