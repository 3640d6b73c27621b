import AsyncHTTPClient
import NIOCore

/// How commands reach servers.
enum CommandHTTP {
    /// How long whoever waits at a terminal waits rather than tries again.
    static let patience = Duration.seconds(30)

    /// Connects in that time, follows no redirect and connects once; never shut down, as the process ends with its command.
    static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(patience), read: TimeAmount(patience))
        )
        // Whether to connect again is decided by the caller's policy alone.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()
}
