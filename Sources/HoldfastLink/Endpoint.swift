import CHoldfast
import CHoldfastLink

/// An address that the link accepts: ipc, or tcp on loopback. What libzmq would take besides (other
/// transports, interface names, source addresses) never reaches it.
struct Endpoint: Equatable {
    /// As libzmq gets it.
    let text: String
    /// The file of an ipc endpoint that has one.
    let path: String?
    let isIPv6: Bool

    init(_ given: String) throws(Refusal) {
        if given.isEmpty { throw Refusal(Code.argument) }
        if given.hasPrefix("ipc://") {
            let name = String(given.dropFirst(6))
            if name.isEmpty { throw Refusal(Code.unsupported) }
            if name.utf8.count > Limits.ipcPath { throw Refusal(Code.range) }
            text = given
            path = name == "*" || name.hasPrefix("@") ? nil : name
            isIPv6 = false
        } else if given.hasPrefix("tcp://") {
            let address = given.utf8.dropFirst(6)
            guard let colon = address.lastIndex(of: UInt8(ascii: ":")) else {
                throw Refusal(Code.unsupported)
            }
            let port = Array(address[address.index(after: colon)...])
            guard let host = Endpoint.loopback(Array(address[..<colon])), Endpoint.isPort(port)
            else { throw Refusal(Code.unsupported) }
            text = "tcp://\(host):" + String(decoding: port, as: UTF8.self)
            path = nil
            isIPv6 = host.hasPrefix("[")
        } else {
            throw Refusal(Code.unsupported)
        }
    }

    /// The host as libzmq gets it, or nil when it is not of this machine. "localhost" becomes a
    /// number, so that no resolver decides where a socket listens.
    private static func loopback(_ host: [UInt8]) -> String? {
        let text = String(decoding: host, as: UTF8.self)
        if text == "localhost" { return "127.0.0.1" }
        if text == "[::1]" { return text }
        let parts = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let numbers = parts.map { number($0, most: 255) }
        guard numbers.allSatisfy({ $0 != nil }), numbers[0] == 127 else { return nil }
        return text
    }

    private static func isPort(_ port: [UInt8]) -> Bool {
        port == [UInt8(ascii: "*")] || number(port[...], most: 65_535) != nil
    }

    /// A plain decimal without a sign or a leading zero (which some resolvers read as octal).
    private static func number(_ digits: ArraySlice<UInt8>, most: Int) -> Int? {
        guard (1...5).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            digits.count == 1 || digits.first != 48
        else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
        return value <= most ? value : nil
    }
}
