import CHoldfast
import HoldfastCore
import HoldfastEngine

/// Runs an input of a core: any failure becomes its status, and is counted.
@inline(__always)
func input(
    _ core: OpaquePointer?, _ body: (borrowing Core) throws(Failure) -> Void
) -> hf_status {
    let (found, status) = Handles.shared.find(core)
    guard let found else { return hf_status(status) }
    return found._withUnsafeGuaranteedRef { engine in
        do throws(Failure) {
            try body(engine.core)
            return hf_status(HF_OK)
        } catch {
            engine.core.countRefusal()
            return error.rawValue
        }
    }
}

/// Runs a query: failures are not counted as refused inputs.
@inline(__always)
func query(
    _ core: OpaquePointer?, _ body: (Engine) throws(Failure) -> Void
) -> hf_status {
    let (found, status) = Handles.shared.find(core)
    guard let found else { return hf_status(status) }
    return found._withUnsafeGuaranteedRef { engine in
        do throws(Failure) {
            try body(engine)
            return hf_status(HF_OK)
        } catch {
            return error.rawValue
        }
    }
}

/// A pointer that must be there.
@inline(__always)
func present<T>(_ pointer: UnsafePointer<T>?) throws(Failure) -> UnsafePointer<T> {
    guard let pointer else { throw .argument }
    return pointer
}

@inline(__always)
func present<T>(_ pointer: UnsafeMutablePointer<T>?) throws(Failure) -> UnsafeMutablePointer<T> {
    guard let pointer else { throw .argument }
    return pointer
}

/// Runs what needs no core.
@inline(__always)
func pure(_ body: () throws(Failure) -> Void) -> hf_status {
    do throws(Failure) {
        try body()
        return hf_status(HF_OK)
    } catch {
        return error.rawValue
    }
}
