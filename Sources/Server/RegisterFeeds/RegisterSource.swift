package import Organisations
import Vocabulary

/// The address of a register's API: https, or plain http on this machine.
package struct RegisterSource: Sendable, Hashable {
    /// Why an address is none.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        /// What is wrong, and what to mend.
        package let description: String
    }

    /// The URL without a final slash.
    package let url: String
    /// Whether it names this machine by an address or as `localhost`.
    private let isLoopback: Bool

    /// Parses the URL below which the feeds stand, such as `RegisterAPI.defaultBase`.
    package init(parsing text: String) throws(Fault) {
        let target: OutboundTarget
        do throws(OutboundFault) { target = try OutboundTarget(text) } catch {
            throw Fault(description: "`\(text)` is no http URL: \(error)")
        }
        guard !text.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw Fault(description: "`\(text)` has a query or a fragment")
        }
        isLoopback = target.host == "localhost" || target.host == "::1" || Self.isLoopback(target.host)
        guard target.scheme == "https" || isLoopback else {
            throw Fault(description: "`\(text)` must be https: plain http is for loopback hosts")
        }
        url = target.url.hasSuffix("/") ? String(target.url.dropLast()) : target.url
    }

    private static func isLoopback(_ host: String) -> Bool {
        host.hasPrefix("127.") && NetworkAddress(parsing: host) != nil
    }

    /// The API at that address, asked over the network.
    ///
    /// - Parameters:
    ///   - allowsPrivateAddresses: Whether addresses outside the public internet may be connected to; those of this machine may
    ///     when the URL names it.
    ///   - patience: How often and after which waits a request is tried again.
    /// - Returns: The API; nothing is asked yet.
    package func api(
        allowsPrivateAddresses: Bool,
        patience: RegisterAPI.Patience = RegisterAPI.Patience()
    ) -> RegisterAPI {
        RegisterAPI(
            base: url,
            over: LiveOutboundHTTP(allowsPrivateAddresses: allowsPrivateAddresses || isLoopback),
            patience: patience
        )
    }
}
