#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ListenAddress {
    /// Why nobody can listen here now; nil when somebody can.
    ///
    /// Listens for an instant. A port may still be taken in between, but commonly the fault is told with all others and
    /// before anything has started.
    func obstacle() -> String? {
        guard port != 0 else { return nil }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        guard status == 0, let first = list else {
            return "cannot listen on `\(self)`: \(String(cString: gai_strerror(status)))"
        }
        defer { freeaddrinfo(first) }
        let descriptor = socket(first.pointee.ai_family, first.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return "cannot listen on `\(self)`: \(String(cString: strerror(errno)))" }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0, listen(descriptor, 1) == 0 else {
            return Self.explanation(of: errno, for: self)
        }
        return nil
    }

    static func explanation(of code: Int32, for address: ListenAddress) -> String {
        switch code {
        case EADDRINUSE: "`\(address)` is taken by another process: stop it, or listen elsewhere"
        case EACCES: "`\(address)` may not be listened on by this user: ports below 1024 want a privilege"
        case EADDRNOTAVAIL: "`\(address)` is no address of this machine"
        default: "cannot listen on `\(address)`: \(String(cString: strerror(code)))"
        }
    }
}
