import CHoldfast
import CHoldfastLink

/// The functions of holdfast_link.h: they check and translate, nothing else.

private func entry(_ handle: OpaquePointer?, _ body: (Link) -> hf_status) -> hf_status {
    guard let link = LinkTable.shared.find(handle) else { return Code.handle }
    guard link.forks == LinkTable.forks else { return Code.forked }
    return body(link)
}

@c @implementation
public func hf_link_config_init(
    _ config: UnsafeMutablePointer<hf_link_config>!, _ endpoint: UnsafePointer<CChar>!
) -> hf_status {
    guard let config, let endpoint else { return Code.argument }
    guard let filled = Settings.defaults(endpoint: String(cString: endpoint)) else {
        return Code.range
    }
    config.pointee = filled
    return Code.ok
}

private func open(_ core: OpaquePointer, _ settings: Settings) throws(Refusal) -> OpaquePointer {
    let table = LinkTable.shared
    let link = try Link(core: core, settings: settings, forks: LinkTable.forks)
    guard let handle = table.insert(link) else {
        _ = link.stop()
        throw Refusal(Code.full)
    }
    do throws(Refusal) {
        try link.start()
    } catch {
        table.remove(handle)
        _ = link.stop()
        throw error
    }
    return handle
}

@c @implementation
public func hf_link_open(
    _ core: OpaquePointer!, _ config: UnsafePointer<hf_link_config>!,
    _ link: UnsafeMutablePointer<OpaquePointer?>!
) -> hf_status {
    guard let link else { return Code.argument }
    link.pointee = nil
    guard let config else { return Code.argument }
    guard let core else { return Code.handle }
    do throws(Refusal) {
        link.pointee = try open(core, try Settings(config))
        return Code.ok
    } catch {
        return error.status
    }
}

@c @implementation
public func hf_link_close(_ link: UnsafeMutablePointer<OpaquePointer?>!) -> hf_status {
    guard let link else { return Code.argument }
    let handle = link.pointee
    let status = entry(handle) { $0.stop() ? Code.ok : Code.state }
    // After a fork the sockets are the parent's: only the handle goes.
    if status == Code.state { return status }
    LinkTable.shared.remove(handle)
    link.pointee = nil
    return status
}

@c @implementation
public func hf_link_endpoint(
    _ link: OpaquePointer!, _ text: UnsafeMutablePointer<CChar>!, _ size: Int
) -> hf_status {
    entry(link) { link in
        guard let text else { return Code.argument }
        return Text.copy(link.endpoint, to: text, size: size) ? Code.ok : Code.range
    }
}

@c @implementation
public func hf_link_publish_endpoint(
    _ link: OpaquePointer!, _ text: UnsafeMutablePointer<CChar>!, _ size: Int
) -> hf_status {
    entry(link) { link in
        guard let text else { return Code.argument }
        return Text.copy(link.publishEndpoint, to: text, size: size) ? Code.ok : Code.range
    }
}

@c @implementation
public func hf_link_notify(_ link: OpaquePointer!, _ now: Int64) -> hf_status {
    entry(link) { link in
        link.notify(now)
        return Code.ok
    }
}

@c @implementation
public func hf_link_poll(_ link: OpaquePointer!, _ timeout_ms: Int32) -> hf_status {
    entry(link) { link in
        guard Limits.timeout.contains(timeout_ms) else { return Code.range }
        return link.exclusively {
            link.turn(Int64(timeout_ms))
            if link.drain() > 0 { link.settle() }
            return Code.ok
        }
    }
}

@c @implementation
public func hf_link_advance(_ link: OpaquePointer!, _ now: Int64) -> hf_status {
    entry(link) { link in link.exclusively { link.advance(now) } }
}

@c @implementation
public func hf_link_await(
    _ link: OpaquePointer!, _ now: Int64, _ timeout_ms: Int32,
    _ next_due: UnsafeMutablePointer<Int64>!
) -> hf_status {
    entry(link) { link in
        guard let next_due else { return Code.argument }
        guard Limits.timeout.contains(timeout_ms) else { return Code.range }
        return link.exclusively {
            let status = link.await(now, timeout_ms)
            next_due.pointee = link.parking.earliest
            return status
        }
    }
}

@c @implementation
public func hf_link_counters_get(
    _ link: OpaquePointer!, _ counters: UnsafeMutablePointer<hf_link_counters>!
) -> hf_status {
    entry(link) { link in
        guard let counters else { return Code.argument }
        counters.pointee = link.tally.record()
        return Code.ok
    }
}
