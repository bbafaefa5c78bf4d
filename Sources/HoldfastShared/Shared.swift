@_exported import HoldfastABI

/// Swift's runtime, linked into the library, installs handlers for crashes when it is loaded into
/// a process whose environment names a toolchain (SWIFT_ROOT). A guest does not touch the signals
/// of its host: this stands in the place of the runtime's function and does nothing.
@c(_swift_installCrashHandler)
public func installNoCrashHandler() -> Int32 { 0 }
