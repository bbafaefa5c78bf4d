import CHoldfast
import HoldfastCore

@c(hf_stripe_bind) @implementation
public func hf_stripe_bind(_ core: OpaquePointer!, _ stripe: UInt32, _ node: UInt32) -> hf_status {
    query(core) { (engine) throws(Failure) in try engine.core.bind(stripe, node: node) }
}

@c(hf_stripe_placement) @implementation
public func hf_stripe_placement(
    _ core: OpaquePointer!, _ stripe: UInt32, _ placement: UnsafeMutablePointer<hf_placement>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let out = try present(placement)
        out.pointee = try engine.core.placement(stripe)
    }
}
