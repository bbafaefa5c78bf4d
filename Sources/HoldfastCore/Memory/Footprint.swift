import CHoldfast
import HoldfastKernels

/// What an open position takes of memory, in bytes, where many are open: for whoever measures it.
public struct Footprint {
    /// Its row, its leaf with its share of the nodes above, its place in the directory.
    public let position: Double
    public let tree: Double
    public let directory: Double

    public init(_ config: hf_core_config) {
        position = Double(MemoryLayout<Position>.stride)
        // A lane for the leaf, and 1/16 of one on every level above: 1/16 + 1/16^2 ... = 1/15.
        tree = Double(Node.bytes) / Double(Node.lanes - 1)
        let entries = Index.entries(capacity: Int(config.positions))
        directory = Double(entries * MemoryLayout<UInt64>.size) / Double(config.positions)
    }
}
