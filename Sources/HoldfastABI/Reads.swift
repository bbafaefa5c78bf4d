import CHoldfast
import HoldfastCore

@c(hf_position_get) @implementation
public func hf_position_get(
    _ core: OpaquePointer!, _ id: UInt64, _ position: UnsafeMutablePointer<hf_position>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let out = try present(position)
        out.pointee = try engine.core.position(id)
    }
}

@c(hf_position_find) @implementation
public func hf_position_find(
    _ core: OpaquePointer!, _ account: UInt64, _ ticket: UInt64,
    _ position: UnsafeMutablePointer<UInt64>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let out = try present(position)
        out.pointee = try engine.core.position(account: account, ticket: ticket)
    }
}

@c(hf_positions_list) @implementation
public func hf_positions_list(
    _ core: OpaquePointer!, _ filter: UnsafePointer<hf_filter>!, _ now: Int64,
    _ cursor: UnsafeMutablePointer<hf_cursor>!, _ out: UnsafeMutablePointer<hf_position>!,
    _ max: UInt32, _ count: UnsafeMutablePointer<UInt32>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let filter = try present(filter).pointee
        let cursor = try present(cursor)
        let count = try present(count)
        guard max > 0, let out else { throw .argument }
        count.pointee = UInt32(
            try engine.core.list(filter, now, &cursor.pointee, out, max: Int(max)))
    }
}

@c(hf_positions_summary) @implementation
public func hf_positions_summary(
    _ core: OpaquePointer!, _ filter: UnsafePointer<hf_filter>!, _ by: UInt32, _ now: Int64,
    _ out: UnsafeMutablePointer<hf_summary>!, _ max: UInt32, _ count: UnsafeMutablePointer<UInt32>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let filter = try present(filter).pointee
        let count = try present(count)
        if max > 0 && out == nil { throw .argument }
        count.pointee = UInt32(
            clamping: try engine.core.summary(filter, by: by, now, out, max: Int(max)))
    }
}

@c(hf_history_read) @implementation
public func hf_history_read(
    _ core: OpaquePointer!, _ cursor: UnsafeMutablePointer<UInt64>!,
    _ out: UnsafeMutablePointer<hf_position>!, _ max: UInt32,
    _ count: UnsafeMutablePointer<UInt32>!, _ lost: UnsafeMutablePointer<UInt64>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let cursor = try present(cursor)
        let count = try present(count)
        if max > 0 && out == nil { throw .argument }
        let answer = engine.core.closed(&cursor.pointee, out, max: Int(max))
        lost?.pointee = answer.lost
        if answer.lost > 0 { throw .lapped }
        count.pointee = UInt32(answer.count)
    }
}

@c(hf_performance_get) @implementation
public func hf_performance_get(
    _ core: OpaquePointer!, _ filter: UnsafePointer<hf_filter>!, _ by: UInt32, _ now: Int64,
    _ out: UnsafeMutablePointer<hf_performance>!, _ max: UInt32,
    _ count: UnsafeMutablePointer<UInt32>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let filter = try present(filter).pointee
        let count = try present(count)
        if max > 0 && out == nil { throw .argument }
        count.pointee = UInt32(
            clamping: try engine.core.performance(filter, by: by, now, out, max: Int(max)))
    }
}
