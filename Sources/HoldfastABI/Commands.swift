import CHoldfast
import HoldfastCore

@c(hf_commands_take) @implementation
public func hf_commands_take(
    _ core: OpaquePointer!, _ executor: UInt64, _ epoch: UInt32, _ now: Int64,
    _ out: UnsafeMutablePointer<hf_command>!, _ max: UInt32, _ count: UnsafeMutablePointer<UInt32>!
) -> hf_status {
    input(core) { (core) throws(Failure) in
        let count = try present(count)
        if max > 0 && out == nil { throw .argument }
        count.pointee = UInt32(try core.take(executor, epoch: epoch, now, max: Int(max), out: out))
    }
}

@c(hf_commands_waiting) @implementation
public func hf_commands_waiting(
    _ core: OpaquePointer!, _ executor: UInt64, _ count: UnsafeMutablePointer<UInt32>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let count = try present(count)
        count.pointee = UInt32(clamping: try engine.core.waiting(executor))
    }
}

@c(hf_command_get) @implementation
public func hf_command_get(
    _ core: OpaquePointer!, _ id: UnsafePointer<hf_command_id>!,
    _ command: UnsafeMutablePointer<hf_command>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let out = try present(command)
        out.pointee = try engine.core.command(try present(id).pointee)
    }
}

@c(hf_ack_init) @implementation
public func hf_ack_init(
    _ ack: UnsafeMutablePointer<hf_ack>!, _ command: UnsafePointer<hf_command_id>!
) -> hf_status {
    pure { () throws(Failure) in
        let out = try present(ack)
        var ack = hf_ack()
        ack.command = try present(command).pointee
        out.pointee = ack
    }
}

@c(hf_ack_apply) @implementation
public func hf_ack_apply(
    _ core: OpaquePointer!, _ ack: UnsafePointer<hf_ack>!, _ now: Int64
) -> hf_status {
    input(core) { (core) throws(Failure) in
        var ack = try present(ack).pointee
        // Beside a command it is a recording's.
        if ack.command.owner != 0 { ack.position = 0 }
        try core.ack(ack, now)
    }
}

@c(hf_deal_apply) @implementation
public func hf_deal_apply(
    _ core: OpaquePointer!, _ deal: UnsafePointer<hf_deal>!, _ now: Int64
) -> hf_status {
    input(core) { (core) throws(Failure) in try core.deal(try present(deal).pointee, now) }
}
