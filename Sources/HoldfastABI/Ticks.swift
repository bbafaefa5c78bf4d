import CHoldfast
import HoldfastCore
import HoldfastEngine

@c(hf_tick_init) @implementation
public func hf_tick_init(
    _ tick: UnsafeMutablePointer<hf_tick>!, _ symbol: UInt32, _ time: Int64, _ bid: Int64,
    _ ask: Int64
) -> hf_status {
    guard let out = tick else { return hf_status(HF_E_ARGUMENT) }
    var tick = hf_tick()
    (tick.symbol, tick.time, tick.bid, tick.ask) = (symbol, time, bid, ask)
    out.pointee = tick
    return hf_status(HF_OK)
}

@c(hf_tick_apply) @implementation
public func hf_tick_apply(_ core: OpaquePointer!, _ tick: UnsafePointer<hf_tick>!) -> hf_status {
    let (found, status) = Handles.shared.find(core)
    guard let found else { return hf_status(status) }
    guard let tick else { return hf_status(HF_E_ARGUMENT) }
    return found._withUnsafeGuaranteedRef {
        $0.ticks(tick, 1).first?.failure.rawValue ?? hf_status(HF_OK)
    }
}

@c(hf_ticks_apply) @implementation
public func hf_ticks_apply(
    _ core: OpaquePointer!, _ ticks: UnsafePointer<hf_tick>!, _ count: UInt32,
    _ report: UnsafeMutablePointer<hf_ticks_report>!
) -> hf_status {
    let (found, status) = Handles.shared.find(core)
    guard let found else { return hf_status(status) }
    if ticks == nil && count > 0 { return hf_status(HF_E_ARGUMENT) }
    guard let ticks, count > 0 else {
        report?.pointee = hf_ticks_report()
        return hf_status(HF_OK)
    }
    return found._withUnsafeGuaranteedRef { engine in
        let answer = engine.ticks(ticks, Int(count))
        report?.pointee = hf_ticks_report(
            accepted: answer.accepted, refused: answer.refused,
            first_status: answer.first?.failure.rawValue ?? hf_status(HF_OK),
            first_refused: answer.first?.at ?? 0)
        return hf_status(HF_OK)
    }
}

@c(hf_step) @implementation
public func hf_step(_ core: OpaquePointer!, _ now: Int64) -> hf_status {
    input(core) { (core) throws(Failure) in try core.step(now) }
}
