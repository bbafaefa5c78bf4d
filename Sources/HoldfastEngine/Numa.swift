import CNuma
import Glibc
import HoldfastCore

/// The machine's memory nodes by libnuma, which need not be there.
///
/// Only what prints nothing is called: libnuma's wrappers write to stderr where the bare calls
/// answer with an error.
struct Numa: @unchecked Sendable {
    /// Read when the first core opens; libnuma stays loaded from then on.
    static let nodes = Numa()?.seam ?? .unknown

    private let mask: UInt64
    private let bindRange: hf_numa_mbind
    private let movePages: hf_numa_move_pages

    private init?() {
        // Where the kernel shows no nodes or forbids to ask, libnuma would complain on stderr.
        if access("/sys/devices/system/node", F_OK) != 0 || hf_numa_is_allowed() == 0 { return nil }
        guard let library = dlopen("libnuma.so.1", RTLD_NOW | RTLD_LOCAL) else { return nil }
        func find<Function>(_ name: String, _: Function.Type) -> Function? {
            dlsym(library, name).map { unsafeBitCast($0, to: Function.self) }
        }
        guard let isAvailable = find("numa_available", hf_numa_available.self),
            let allowed = find("numa_get_mems_allowed", hf_numa_get_mems_allowed.self),
            let isSet = find("numa_bitmask_isbitset", hf_numa_bitmask_isbitset.self),
            let free = find("numa_bitmask_free", hf_numa_bitmask_free.self),
            let bind = find("mbind", hf_numa_mbind.self),
            let move = find("move_pages", hf_numa_move_pages.self),
            isAvailable() >= 0, let nodes = allowed()
        else { return nil }
        defer { free(nodes) }
        mask = (0..<Limits.nodes).reduce(0) { mask, node in
            isSet(nodes, node) != 0 ? mask | 1 << UInt64(node) : mask
        }
        bindRange = bind
        movePages = move
    }

    private var seam: Nodes {
        Nodes(mask: mask, current: Numa.current, bind: bind, locate: locate)
    }

    private static func current() -> Int? {
        var (processor, node): (UInt32, UInt32) = (0, 0)
        return getcpu(&processor, &node) == 0 ? Int(node) : nil
    }

    /// Preferred, not strict: on a node without room a strict policy ends in the death of the host.
    private func bind(_ range: UnsafeMutableRawBufferPointer, _ node: Int) -> Bool {
        var nodes = UInt(1) << UInt(node)
        // The kernel reads one bit less than it is told.
        return bindRange(
            range.baseAddress, UInt(range.count), MPOL_PREFERRED, &nodes, UInt(Limits.nodes) + 1,
            UInt32(MPOL_MF_MOVE)) == 0
    }

    private func locate(
        _ range: UnsafeMutableRawBufferPointer, _ nodes: UnsafeMutablePointer<Int32>
    ) -> Bool {
        let count = range.count / Nodes.pageSize
        return withUnsafeTemporaryAllocation(
            of: UnsafeMutableRawPointer?.self, capacity: count
        ) { pages in
            for page in 0..<count {
                pages.initializeElement(
                    at: page, to: range.baseAddress.map { $0 + page * Nodes.pageSize })
            }
            // Without nodes to move to it is a query; an error of a page stands in its place.
            return movePages(0, UInt(count), pages.baseAddress, nil, nodes, 0) == 0
        }
    }
}
