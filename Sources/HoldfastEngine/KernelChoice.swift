import CHoldfast
import Glibc
import HoldfastCore

/// The kernel that the environment asks for, where the host leaves it to the core: for tests, and
/// to rule an instruction set out in the field.
enum KernelChoice {
    static let variable = "HOLDFAST_KERNEL"

    static func apply(_ config: hf_core_config) throws(Failure) -> hf_core_config {
        if config.kernel != UInt32(HF_KERNEL_AUTO) { return config }
        guard let wish = getenv(variable), wish.pointee != 0 else { return config }
        var chosen = config
        for (name, kernel) in [
            ("scalar", HF_KERNEL_SCALAR), ("baseline", HF_KERNEL_BASELINE), ("v3", HF_KERNEL_V3),
        ] where strcmp(wish, name) == 0 {
            chosen.kernel = UInt32(kernel)
            return chosen
        }
        throw .argument
    }
}
