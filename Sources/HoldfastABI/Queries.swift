import CHoldfast
import HoldfastCore

@c(hf_events_read) @implementation
public func hf_events_read(
    _ core: OpaquePointer!, _ cursor: UnsafeMutablePointer<UInt64>!,
    _ out: UnsafeMutablePointer<hf_event>!, _ max: UInt32, _ count: UnsafeMutablePointer<UInt32>!,
    _ lost: UnsafeMutablePointer<UInt64>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let cursor = try present(cursor)
        let count = try present(count)
        if max > 0 && out == nil { throw .argument }
        let answer = engine.core.events(&cursor.pointee, out, max: Int(max))
        lost?.pointee = answer.lost
        if answer.lost > 0 { throw .lapped }
        count.pointee = UInt32(answer.count)
    }
}

@c(hf_events_wait) @implementation
public func hf_events_wait(
    _ core: OpaquePointer!, _ cursor: UInt64, _ timeout_ms: Int32,
    _ ready: UnsafeMutablePointer<UInt32>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let ready = try present(ready)
        let isReady = try engine.core.waitForEvent(after: cursor, timeout_ms: timeout_ms) {
            Int64(engine.now() / 1_000_000)
        }
        ready.pointee = isReady ? 1 : 0
    }
}

@c(hf_events_arm) @implementation
public func hf_events_arm(
    _ core: OpaquePointer!, _ cursor: UInt64, _ descriptor: UnsafeMutablePointer<Int32>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let descriptor = try present(descriptor)
        descriptor.pointee = try engine.core.armEvents(after: cursor)
    }
}

@c(hf_state_hash) @implementation
public func hf_state_hash(
    _ core: OpaquePointer!, _ hash: UnsafeMutablePointer<UInt64>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in try present(hash).pointee = engine.core.hash }
}

@c(hf_counters_get) @implementation
public func hf_counters_get(
    _ core: OpaquePointer!, _ counters: UnsafeMutablePointer<hf_counters>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        try present(counters).pointee = engine.core.counters
    }
}

@c(hf_latency_get) @implementation
public func hf_latency_get(
    _ core: OpaquePointer!, _ which: UInt32, _ latency: UnsafeMutablePointer<hf_latency>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let out = try present(latency)
        out.pointee = try engine.latency(which)
    }
}
