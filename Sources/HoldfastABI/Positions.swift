import CHoldfast
import HoldfastCore

@c(hf_open_init) @implementation
public func hf_open_init(
    _ open: UnsafeMutablePointer<hf_open>!, _ account: UInt64, _ symbol: UInt32, _ side: UInt8,
    _ volume: Int64, _ price: Int64
) -> hf_status {
    pure { () throws(Failure) in
        let out = try present(open)
        var open = hf_open()
        (open.account, open.symbol, open.side) = (account, symbol, side)
        (open.volume, open.price) = (volume, price)
        out.pointee = open
    }
}

@c(hf_position_open) @implementation
public func hf_position_open(
    _ core: OpaquePointer!, _ open: UnsafePointer<hf_open>!, _ now: Int64,
    _ position: UnsafeMutablePointer<UInt64>!
) -> hf_status {
    input(core) { (core) throws(Failure) in
        let position = try present(position)
        var open = try present(open).pointee
        if open.position != 0 { throw .argument }
        try core.open(&open, now)
        position.pointee = open.position
    }
}

@c(hf_position_enter) @implementation
public func hf_position_enter(
    _ core: OpaquePointer!, _ entry: UnsafePointer<hf_open>!, _ now: Int64,
    _ position: UnsafeMutablePointer<UInt64>!
) -> hf_status {
    input(core) { (core) throws(Failure) in
        let position = try present(position)
        var entry = try present(entry).pointee
        if entry.position != 0 { throw .argument }
        try core.enter(&entry, now)
        position.pointee = entry.position
    }
}

@c(hf_fill_init) @implementation
public func hf_fill_init(
    _ fill: UnsafeMutablePointer<hf_fill>!, _ account: UInt64, _ symbol: UInt32, _ side: UInt8,
    _ volume: Int64, _ price: Int64
) -> hf_status {
    pure { () throws(Failure) in
        let out = try present(fill)
        var fill = hf_fill()
        (fill.account, fill.symbol, fill.side) = (account, symbol, side)
        (fill.volume, fill.price) = (volume, price)
        out.pointee = fill
    }
}

@c(hf_fill_apply) @implementation
public func hf_fill_apply(
    _ core: OpaquePointer!, _ fill: UnsafePointer<hf_fill>!, _ now: Int64,
    _ position: UnsafeMutablePointer<UInt64>!
) -> hf_status {
    input(core) { (core) throws(Failure) in
        let position = try present(position)
        var fill = try present(fill).pointee
        try core.fill(&fill, now, isRecorded: false)
        position.pointee = fill.position
    }
}

@c(hf_position_close_by) @implementation
public func hf_position_close_by(
    _ core: OpaquePointer!, _ close_by: UnsafePointer<hf_close_by>!, _ now: Int64
) -> hf_status {
    input(core) { (core) throws(Failure) in try core.closeBy(try present(close_by).pointee, now) }
}

@c(hf_position_modify) @implementation
public func hf_position_modify(
    _ core: OpaquePointer!, _ modify: UnsafePointer<hf_modify>!, _ now: Int64
) -> hf_status {
    input(core) { (core) throws(Failure) in try core.modify(try present(modify).pointee, now) }
}

@c(hf_positions_close) @implementation
public func hf_positions_close(
    _ core: OpaquePointer!, _ close: UnsafePointer<hf_close>!, _ now: Int64,
    _ results: UnsafeMutablePointer<hf_close_result>!, _ max: UInt32,
    _ count: UnsafeMutablePointer<UInt32>!
) -> hf_status {
    input(core) { (core) throws(Failure) in
        let count = try present(count)
        if max > 0 && results == nil { throw .argument }
        var matched: UInt32 = 0
        try core.close(try present(close).pointee, now) { result in
            if matched < max { results[Int(matched)] = result }
            matched += 1
        }
        count.pointee = matched
    }
}

@c(hf_position_cancel) @implementation
public func hf_position_cancel(
    _ core: OpaquePointer!, _ cancel: UnsafePointer<hf_cancel>!, _ now: Int64
) -> hf_status {
    input(core) { (core) throws(Failure) in try core.cancel(try present(cancel).pointee, now) }
}

@c(hf_rule_put) @implementation
public func hf_rule_put(
    _ core: OpaquePointer!, _ rule: UnsafePointer<hf_rule>!, _ now: Int64
) -> hf_status {
    input(core) { (core) throws(Failure) in try core.put(try present(rule).pointee, now) }
}
