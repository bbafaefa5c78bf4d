import CHoldfast
import HoldfastKernels
import HoldfastKernelsBaseline
import HoldfastKernelsV3

/// The configuration: its defaults, what is legal, what it chooses.
public enum Configuration {
    public static var defaults: hf_core_config {
        var config = hf_core_config()
        config.struct_size = UInt32(MemoryLayout<hf_core_config>.size)
        config.abi_version = UInt32(HF_ABI_VERSION)
        config.epoch = 1
        config.stripes = 1
        config.symbols = 1024
        config.accounts = 256
        config.executors = 64
        config.positions = 65536
        config.rules = 65536
        config.outbox = 16384
        config.events = 65536
        config.history = 65536
        config.deals = 65536
        config.finished = 65536
        return config
    }

    static func check(_ config: hf_core_config, hasV3: Bool) throws(Failure) {
        if config.struct_size != UInt32(MemoryLayout<hf_core_config>.size) { throw .version }
        if config.abi_version != UInt32(HF_ABI_VERSION) { throw .version }
        if !isZero(config.reserved) { throw .argument }
        if config.flags & ~UInt32(HF_CONFIG_LATENCY) != 0 { throw .argument }
        if config.durability > UInt32(HF_DURABILITY_DURABLE) { throw .argument }
        if config.durability != UInt32(HF_DURABILITY_NONE) { throw .unsupported }
        if config.kernel > UInt32(HF_KERNEL_V3) { throw .argument }
        if config.kernel == UInt32(HF_KERNEL_V3) && !hasV3 { throw .unsupported }
        if config.placement > UInt32(HF_PLACE_KERNEL) { throw .argument }
        if config.node != 0 && config.placement != UInt32(HF_PLACE_NODE) { throw .argument }
        if config.node >= Limits.nodes { throw .range }
        if config.epoch == 0 { throw .range }
        for (value, most) in [
            (config.stripes, Limits.stripes), (config.symbols, Limits.symbols),
            (config.accounts, Limits.accounts), (config.executors, Limits.executors),
            (config.positions, Limits.positions), (config.rules, Limits.positions),
            (config.outbox, Limits.ring), (config.events, Limits.ring),
            (config.history, Limits.ring), (config.deals, Limits.ring),
            (config.finished, Limits.ring),
        ] where value == 0 || value > most { throw .range }
        if config.outbox < 2 || config.events & (config.events - 1) != 0 { throw .range }
    }

    static func face(_ config: hf_core_config, hasV3: Bool) -> BookFace {
        switch Int(config.kernel) {
        case HF_KERNEL_SCALAR: Baseline.scalar
        case HF_KERNEL_BASELINE: Baseline.face
        default: hasV3 ? V3.face : Baseline.face
        }
    }

    /// HF_KERNEL_... that a configuration comes to.
    static func kernel(_ config: hf_core_config, hasV3: Bool) -> Int {
        if config.kernel != UInt32(HF_KERNEL_AUTO) { return Int(config.kernel) }
        return hasV3 ? HF_KERNEL_V3 : HF_KERNEL_BASELINE
    }
}
