import CHoldfast

/// The last events of a core, for any number of readers with cursors of their own. A slow reader is
/// told that it was lapped; nobody ever waits for one.
struct EventRing {
    private let lock = Lock()
    private let ring: UnsafeMutablePointer<hf_event>
    private let last: UnsafeMutablePointer<UInt64>
    private let capacity: UInt64

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        ring = try arena.reserve(hf_event.self, capacity)
        last = try arena.reserve(UInt64.self, 1)
        self.capacity = UInt64(capacity)
    }

    func destroy() { lock.destroy() }

    func append(_ event: hf_event) {
        lock.take()
        last.pointee += 1
        let at = Int(last.pointee & (capacity - 1))
        ring[at] = event
        ring[at].number = last.pointee
        lock.give()
    }

    var written: UInt64 { lock.hold { last.pointee } }

    /// Copies events after `cursor` and moves it.
    /// - Returns: how many, or how many were lost when the ring has overtaken the reader.
    func read(
        _ cursor: inout UInt64, _ out: UnsafeMutablePointer<hf_event>?, max: Int
    ) -> (count: Int, lost: UInt64) {
        lock.take()
        defer { lock.give() }
        let newest = last.pointee
        let oldest = newest > capacity ? newest - capacity : 0
        if cursor < oldest {
            let lost = oldest - cursor
            cursor = oldest
            return (0, lost)
        }
        if cursor > newest { cursor = newest }
        let count = min(max, Int(newest - cursor))
        if let out {
            for index in 0..<count {
                out[index] = ring[Int((cursor + UInt64(index) + 1) & (capacity - 1))]
            }
        }
        cursor += UInt64(count)
        return (count, 0)
    }
}
