import AsyncHTTPClient
import Foundation
import NIOCore

/// Why no answer came.
package enum HTTPFault: Error, Sendable, Equatable {
    /// No connection, or it was lost; says how, without the request.
    case network(String)
    /// Not within the time.
    case timedOut
    /// The answer is larger than allowed.
    case tooLarge
    /// The URL cannot be used.
    case invalidURL
    /// The HTTP client followed a redirect, which it must not; what it took along may be elsewhere.
    case redirected
    /// The task was cancelled.
    case cancelled

    /// What an error of the HTTP client means; its text may name the URL, never the request.
    init(_ error: any Error) {
        switch error {
        case let fault as HTTPFault: self = fault
        case is CancellationError: self = .cancelled
        case is NIOTooManyBytesError: self = .tooLarge
        case let error as HTTPClientError:
            switch error {
            case .cancelled: self = .cancelled
            case .readTimeout, .writeTimeout, .connectTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
                .getConnectionFromPoolTimeout:
                self = .timedOut
            case .redirectLimitReached, .redirectCycleDetected: self = .redirected
            case .invalidURL, .emptyHost, .emptyScheme: self = .invalidURL
            default: self = .network(error.shortDescription)
            }
        // NIO's own words for these begin with "connection reset", whatever happened.
        case let error as IOError: self = .network(String(cString: strerror(error.errnoCode)))
        default: self = .network("\(error)")
        }
    }
}
