import CHoldfast
import HoldfastCore
import HoldfastEngine

@c(hf_abi_version) @implementation
public func hf_abi_version() -> UInt32 { UInt32(HF_ABI_VERSION) }

nonisolated(unsafe) private let versionText = staticText("0.1.0")

@c(hf_version_text) @implementation
public func hf_version_text() -> UnsafePointer<CChar>! { versionText }

@c(hf_status_name) @implementation
public func hf_status_name(_ status: hf_status) -> UnsafePointer<CChar>! {
    Names.shared.text(status)
}

/// The names of the statuses as static C strings.
private struct Names: @unchecked Sendable {
    static let shared = Names()
    private let names: [hf_status: UnsafePointer<CChar>]
    private let unknown = staticText("HF_E_?")

    init() {
        var names = [hf_status(HF_OK): staticText("HF_OK")]
        for (code, name) in Self.all { names[hf_status(code)] = staticText("HF_E_" + name) }
        self.names = names
    }

    func text(_ status: hf_status) -> UnsafePointer<CChar> { names[status] ?? unknown }

    private static let all: [(Int, String)] = [
        (HF_E_ARGUMENT, "ARGUMENT"), (HF_E_RANGE, "RANGE"), (HF_E_OVERFLOW, "OVERFLOW"),
        (HF_E_GRID, "GRID"), (HF_E_VOLUME, "VOLUME"), (HF_E_PRICE, "PRICE"),
        (HF_E_TIME, "TIME"), (HF_E_SYMBOL, "SYMBOL"), (HF_E_ACCOUNT, "ACCOUNT"),
        (HF_E_POSITION, "POSITION"), (HF_E_COMMAND, "COMMAND"), (HF_E_RULE, "RULE"),
        (HF_E_EXECUTOR, "EXECUTOR"), (HF_E_DUPLICATE, "DUPLICATE"),
        (HF_E_CONFLICT, "CONFLICT"), (HF_E_LEVEL_SIDE, "LEVEL_SIDE"),
        (HF_E_LEVEL_BREACHED, "LEVEL_BREACHED"), (HF_E_STOPS_LEVEL, "STOPS_LEVEL"),
        (HF_E_FREEZE_LEVEL, "FREEZE_LEVEL"), (HF_E_INTENT_LIVE, "INTENT_LIVE"),
        (HF_E_CLOSED, "CLOSED"), (HF_E_STATE, "STATE"), (HF_E_BLOCKED, "BLOCKED"),
        (HF_E_CAP, "CAP"), (HF_E_UNKNOWN_MONEY, "UNKNOWN_MONEY"),
        (HF_E_UNSUPPORTED, "UNSUPPORTED"), (HF_E_FULL, "FULL"), (HF_E_STORAGE, "STORAGE"),
        (HF_E_LAPPED, "LAPPED"), (HF_E_HANDLE, "HANDLE"), (HF_E_FORKED, "FORKED"),
        (HF_E_VERSION, "VERSION"), (HF_E_FAULT, "FAULT"),
    ]
}

/// Text that lives as long as the process.
private func staticText(_ text: String) -> UnsafePointer<CChar> {
    let bytes = Array(text.utf8CString)
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    copy.initialize(from: bytes, count: bytes.count)
    return UnsafePointer(copy)
}

@c(hf_core_config_init) @implementation
public func hf_core_config_init(_ config: UnsafeMutablePointer<hf_core_config>!) -> hf_status {
    pure { () throws(Failure) in try present(config).pointee = Configuration.defaults }
}

@c(hf_core_open) @implementation
public func hf_core_open(
    _ config: UnsafePointer<hf_core_config>!, _ core: UnsafeMutablePointer<OpaquePointer?>!
) -> hf_status {
    pure { () throws(Failure) in
        let core = try present(core)
        core.pointee = nil
        let engine = try Engine(try present(config).pointee)
        guard let handle = Handles.shared.add(engine) else { throw .full }
        core.pointee = handle
    }
}

@c(hf_core_close) @implementation
public func hf_core_close(_ core: UnsafeMutablePointer<OpaquePointer?>!) -> hf_status {
    guard let core else { return hf_status(HF_E_ARGUMENT) }
    let (engine, status) = Handles.shared.remove(core.pointee)
    core.pointee = nil
    guard let engine, status == HF_OK else { return hf_status(status) }
    if !engine.isRecording { return hf_status(HF_OK) }
    return pure { () throws(Failure) in try engine.endRecording() }
}

@c(hf_recording_open) @implementation
public func hf_recording_open(_ core: OpaquePointer!, _ path: UnsafePointer<CChar>!) -> hf_status {
    query(core) { (engine) throws(Failure) in
        try engine.startRecording(String(cString: try present(path)))
    }
}

@c(hf_recording_close) @implementation
public func hf_recording_close(_ core: OpaquePointer!) -> hf_status {
    query(core) { (engine) throws(Failure) in try engine.endRecording() }
}
