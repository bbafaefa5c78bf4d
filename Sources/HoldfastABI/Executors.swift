import CHoldfast
import HoldfastCore

@c(hf_executor_init) @implementation
public func hf_executor_init(
    _ executor: UnsafeMutablePointer<hf_executor>!, _ id: UInt64
) -> hf_status {
    pure { () throws(Failure) in try present(executor).pointee = hf_executor(id: id) }
}

@c(hf_executor_put) @implementation
public func hf_executor_put(
    _ core: OpaquePointer!, _ executor: UnsafePointer<hf_executor>!, _ now: Int64
) -> hf_status {
    input(core) { (core) throws(Failure) in try core.put(try present(executor).pointee, now) }
}

@c(hf_executor_get) @implementation
public func hf_executor_get(
    _ core: OpaquePointer!, _ id: UInt64, _ executor: UnsafeMutablePointer<hf_executor_view>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let out = try present(executor)
        out.pointee = try engine.core.executor(view: id)
    }
}

@c(hf_retcode_answer) @implementation
public func hf_retcode_answer(_ retcode: UInt32) -> UInt32 {
    UInt32(Retcode.answer(retcode).rawValue)
}
