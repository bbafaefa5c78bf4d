import CHoldfast
import CHoldfastLink
import CZeroMQ
import Glibc

/// Publishes every event of the core, numbered.
final class Publisher {
    private let socket: UnsafeMutableRawPointer?
    private var cursor: UInt64
    private var page: [hf_event]
    private let frame = UnsafeMutableRawPointer.allocate(
        byteCount: Limits.head + MemoryLayout<hf_event>.size, alignment: 64)

    /// Events before the link was opened are asked for, not published.
    init(socket: UnsafeMutableRawPointer?, after cursor: UInt64) {
        self.socket = socket
        self.cursor = cursor
        page = Array(repeating: hf_event(), count: socket == nil ? 0 : Limits.eventPage)
    }

    deinit { frame.deallocate() }

    func publish(_ core: OpaquePointer, _ tally: Tally) {
        guard let socket else { return }
        while true {
            var count: UInt32 = 0
            var lost: UInt64 = 0
            let status = hf_events_read(
                core, &cursor, &page, UInt32(page.count), &count, &lost)
            if status == Code.lapped {
                // Watchers see the gap in the numbers.
                tally.add(.eventsLapped, Int(truncatingIfNeeded: lost))
                continue
            }
            guard status == Code.ok, count > 0 else { return }
            for event in page.prefix(Int(count)) { send(event, socket) }
            tally.add(.events, Int(count))
            if Int(count) < page.count { return }
        }
    }

    /// PUB never blocks and drops for a subscriber that is slow.
    private func send(_ event: hf_event, _ socket: UnsafeMutableRawPointer) {
        let size = MemoryLayout<hf_event>.size
        var head = hf_record_head()
        head.kind = UInt16(truncatingIfNeeded: HF_RECORD_EVENT)
        head.version = UInt16(truncatingIfNeeded: HF_ABI_VERSION)
        head.size = UInt32(truncatingIfNeeded: size)
        head.sequence = event.number
        head.time = event.time
        frame.storeBytes(of: head, as: hf_record_head.self)
        (frame + Limits.head).storeBytes(of: event, as: hf_event.self)
        while zmq_send(socket, frame, Limits.head + size, ZMQ_DONTWAIT) < 0 {
            if zmq_errno() != EINTR { return }
        }
    }
}
