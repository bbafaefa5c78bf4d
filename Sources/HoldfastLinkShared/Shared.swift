@_exported import HoldfastLink

/// The link is a guest as well: as in HoldfastShared, Swift's runtime gets no handlers for crashes.
@c(_swift_installCrashHandler)
public func installNoCrashHandler() -> Int32 { 0 }
