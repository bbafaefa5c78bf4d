import CLinux
import CVector
import Glibc

/// The core that a session runs on.
public enum Processor {
    private typealias Affinity = @convention(c) (Int32, Int, UnsafeMutableRawPointer) -> Int32

    /// glibc declares both for _GNU_SOURCE alone, which the importer does not set.
    private static func affinity(_ name: String) -> Affinity? {
        dlsym(nil, name).map { unsafeBitCast($0, to: Affinity.self) }
    }

    /// Pins the calling thread, and the children it starts, to one core.
    /// - Parameter core: nil: the last one allowed.
    /// - Returns: the core, or nil when it could not be done.
    public static func pin(to core: Int? = nil) -> Int? {
        guard let get = affinity("sched_getaffinity"), let set = affinity("sched_setaffinity")
        else { return nil }
        var mask = [UInt8](repeating: 0, count: 128)
        if get(0, mask.count, &mask) < 0 { return nil }
        let allowed = (0..<mask.count * 8).filter { mask[$0 / 8] >> ($0 % 8) & 1 == 1 }
        guard let chosen = core ?? allowed.last, allowed.contains(chosen) else { return nil }
        mask = [UInt8](repeating: 0, count: mask.count)
        mask[chosen / 8] = 1 << (chosen % 8)
        return set(0, mask.count, &mask) == 0 ? chosen : nil
    }

    /// Kernels that it can run, the best last.
    public static var kernels: [Engine.Kernel] {
        hf_cpu_has_v3() != 0 ? [.scalar, .baseline, .v3] : [.scalar, .baseline]
    }

    static func pause() { hf_pause() }

    public static var best: Engine.Kernel { kernels.last ?? .scalar }

    /// Resident bytes of this process.
    static var resident: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard words.count > 1, let pages = Int(words[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
