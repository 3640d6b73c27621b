import Administration
import HTTPTypes
import Hummingbird

/// The cookie that holds a session's secret.
///
/// Under TLS it has the prefix `__Host-`: a browser takes such a cookie only from the very host, over TLS and for `Path=/`, so
/// that nobody on a neighbouring name can plant one. Browsers refuse that prefix with any other path; on plain loopback,
/// where there is no such prefix to be had, the path is `/console`.
struct ConsoleCookie: Sendable {
    /// Whether browsers reach the console over TLS.
    let isSecure: Bool

    /// The cookie's name.
    var name: String { isSecure ? "__Host-portvakt-console" : "portvakt-console" }

    private var attributes: String {
        isSecure ? "Path=/; Secure; HttpOnly; SameSite=Strict" : "Path=/console; HttpOnly; SameSite=Strict"
    }

    /// The secret that a request shows; nil without one, and when there are two: one of them was planted.
    func secret(in request: Request) -> ConsoleSecret? {
        let values = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair in
            let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            return parts.count == 2 && parts[0] == name ? parts[1] : nil
        }
        guard let value = values.first, values.count == 1 else { return nil }
        return ConsoleSecret(parsing: value)
    }

    /// `Set-Cookie` for a new session; without an end of its own, so that it ends with the browser at the latest.
    func setting(_ secret: ConsoleSecret) -> String { "\(name)=\(secret.text); \(attributes)" }

    /// `Set-Cookie` that takes it away.
    var removing: String { "\(name)=; Max-Age=0; \(attributes)" }
}
