import Glibc

extension UnsafeMutablePointer {
    /// Makes a record of the C header all zero where it lies: assigned, it would be made elsewhere
    /// and copied.
    @inline(__always)
    func blank() { memset(self, 0, MemoryLayout<Pointee>.size) }
}
