import CHoldfast

@c(hf_core_close) @implementation
public func hf_core_close(_ core: UnsafeMutablePointer<OpaquePointer?>?) -> Int32 {
    core == nil ? 1 : 0
}
