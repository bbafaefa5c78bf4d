import CHoldfast
import HoldfastCore

@c(hf_symbol_init) @implementation
public func hf_symbol_init(
    _ symbol: UnsafeMutablePointer<hf_symbol>!, _ name: UnsafePointer<CChar>!, _ digits: UInt32,
    _ tick_size: Int64, _ tick_value: Int64, _ profit_currency: UnsafePointer<CChar>!
) -> hf_status {
    pure { () throws(Failure) in
        let out = try present(symbol)
        var symbol = hf_symbol()
        try copy(try present(name), into: &symbol.name)
        symbol.broker_name = symbol.name
        try copy(try present(profit_currency), into: &symbol.profit_currency)
        symbol.digits = digits
        symbol.tick_size = tick_size
        symbol.tick_value = tick_value
        symbol.volume_min = Limits.unit / 100
        symbol.volume_step = Limits.unit / 100
        symbol.volume_max = Limits.unit * 100
        symbol.late_ticks = Limits.lateTicks
        out.pointee = symbol
    }
}

/// Copies text into a fixed field, NUL-padded, never cut.
func copy<Field>(_ text: UnsafePointer<CChar>, into field: inout Field) throws(Failure) {
    let fits = withUnsafeMutableBytes(of: &field) { bytes in
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        for index in 0...bytes.count {
            if text[index] == 0 { return true }
            if index == bytes.count { return false }
            bytes[index] = UInt8(bitPattern: text[index])
        }
        return false
    }
    if !fits { throw .range }
}

@c(hf_rate_put) @implementation
public func hf_rate_put(
    _ core: OpaquePointer!, _ rate: UnsafePointer<hf_rate>!, _ now: Int64
) -> hf_status {
    input(core) { (core) throws(Failure) in try core.put(try present(rate).pointee, now) }
}

@c(hf_deposit_apply) @implementation
public func hf_deposit_apply(
    _ core: OpaquePointer!, _ deposit: UnsafePointer<hf_deposit>!, _ now: Int64
) -> hf_status {
    input(core) { (core) throws(Failure) in try core.deposit(try present(deposit).pointee, now) }
}

@c(hf_symbol_put) @implementation
public func hf_symbol_put(
    _ core: OpaquePointer!, _ symbol: UnsafePointer<hf_symbol>!, _ now: Int64,
    _ id: UnsafeMutablePointer<UInt32>!
) -> hf_status {
    input(core) { (core) throws(Failure) in
        let id = try present(id)
        id.pointee = try core.put(try present(symbol).pointee, now)
    }
}

@c(hf_symbol_find) @implementation
public func hf_symbol_find(
    _ core: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ id: UnsafeMutablePointer<UInt32>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let id = try present(id)
        var field = hf_symbol().name
        do throws(Failure) { try copy(try present(name), into: &field) } catch {
            throw error == .range ? .symbol : error
        }
        id.pointee = try engine.core.symbol(named: field)
    }
}

@c(hf_symbol_get) @implementation
public func hf_symbol_get(
    _ core: OpaquePointer!, _ id: UInt32, _ symbol: UnsafeMutablePointer<hf_symbol>!,
    _ quote: UnsafeMutablePointer<hf_tick>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let out = try present(symbol)
        let (terms, last) = try engine.core.symbol(id)
        out.pointee = terms
        quote?.pointee = last
    }
}

@c(hf_account_init) @implementation
public func hf_account_init(
    _ account: UnsafeMutablePointer<hf_account>!, _ id: UInt64, _ currency: UnsafePointer<CChar>!
) -> hf_status {
    pure { () throws(Failure) in
        let out = try present(account)
        var account = hf_account()
        account.id = id
        account.mode = UInt8(HF_HEDGING)
        account.digits = 2
        try copy(try present(currency), into: &account.currency)
        out.pointee = account
    }
}

@c(hf_account_put) @implementation
public func hf_account_put(
    _ core: OpaquePointer!, _ account: UnsafePointer<hf_account>!, _ now: Int64
) -> hf_status {
    input(core) { (core) throws(Failure) in try core.put(try present(account).pointee, now) }
}

@c(hf_account_get) @implementation
public func hf_account_get(
    _ core: OpaquePointer!, _ id: UInt64, _ account: UnsafeMutablePointer<hf_account_view>!
) -> hf_status {
    query(core) { (engine) throws(Failure) in
        let out = try present(account)
        out.pointee = try engine.core.account(named: id)
    }
}
