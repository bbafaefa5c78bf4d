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
