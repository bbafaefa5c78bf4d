/// The memory nodes (NUMA) of the machine, as the process around the core knows them: the core asks
/// no operating system itself. Every function may be called from any thread.
public struct Nodes: Sendable {
    /// The nodes whose memory may be used, a bit each; 0 where nobody can tell.
    public let mask: UInt64
    /// The node of the processor that runs the calling thread.
    public let current: @Sendable () -> Int?
    /// Puts a range of pages on a node, with what is in them already.
    /// - Returns: false when the system refuses.
    public let bind: @Sendable (_ range: UnsafeMutableRawBufferPointer, _ node: Int) -> Bool
    /// Tells the node of each page of a range, -1 for a page that has no memory.
    /// - Returns: false when the system does not tell.
    public let locate:
        @Sendable (_ range: UnsafeMutableRawBufferPointer, _ nodes: UnsafeMutablePointer<Int32>)
            -> Bool

    public init(
        mask: UInt64, current: @escaping @Sendable () -> Int?,
        bind: @escaping @Sendable (UnsafeMutableRawBufferPointer, Int) -> Bool,
        locate:
            @escaping @Sendable (UnsafeMutableRawBufferPointer, UnsafeMutablePointer<Int32>)
            -> Bool
    ) {
        self.mask = mask
        self.current = current
        self.bind = bind
        self.locate = locate
    }

    /// A machine that tells nothing.
    public static let unknown = Nodes(
        mask: 0, current: { nil }, bind: { _, _ in false }, locate: { _, _ in false })

    public static let pageSize = Pages.size

    var count: Int { mask.nonzeroBitCount }

    func has(_ node: Int) -> Bool {
        node >= 0 && node < Int(Limits.nodes) && mask & 1 << UInt64(node) != 0
    }
}
