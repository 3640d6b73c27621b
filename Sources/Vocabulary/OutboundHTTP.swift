/// How the server asks others: one request, one answer read whole.
///
/// The live form (module Server) bounds time and size, follows no redirect, speaks only http and https, and connects only
/// to addresses that the installation allows, whatever a host name resolves to.
package protocol OutboundHTTP: Sendable {
    /// Sends a request and reads its answer, whatever the status.
    func send(_ request: OutboundRequest) async throws(OutboundFault) -> OutboundAnswer
}

/// One request to a server that is not trusted to behave.
package struct OutboundRequest: Sendable, Hashable {
    /// What is asked.
    package enum Method: Sendable, Hashable {
        /// A representation.
        case get
        /// That a body be taken.
        case post([UInt8], contentType: String)
    }

    /// What is asked.
    package var method: Method
    /// The absolute http or https URL.
    package var url: String
    /// Further header fields; `Host`, `Content-Type` and `Content-Length` are not for callers.
    package var headers: [Header] = []
    /// The time from resolving the name to the last byte of the answer.
    package var timeout: Duration
    /// The most bytes that the answer's body may have.
    package var maximumBodySize: Int

    /// A header field.
    package struct Header: Sendable, Hashable {
        /// Its name.
        package let name: String
        /// Its value.
        package let value: String

        /// A header field.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A request.
    package init(_ method: Method = .get, _ url: String, timeout: Duration, maximumBodySize: Int) {
        self.method = method
        self.url = url
        self.timeout = timeout
        self.maximumBodySize = maximumBodySize
    }
}

/// An answer, read whole.
package struct OutboundAnswer: Sendable, Hashable {
    /// The HTTP status; redirects are answers like others.
    package let status: Int
    /// The header fields, as they came.
    package let headers: [OutboundRequest.Header]
    /// The body.
    package let body: [UInt8]

    /// An answer.
    package init(status: Int, headers: [OutboundRequest.Header] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header field, its name in any case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Why no answer came.
package enum OutboundFault: Error, Sendable, Hashable {
    /// The URL is no absolute http or https URL that is asked; says why.
    case invalidURL(String)
    /// The host's addresses lie where this installation does not connect to; names one.
    case addressRefused(String)
    /// The host name has no address, or there is no connection, or it was lost; says how, without the request.
    case network(String)
    /// Not within the time.
    case timedOut
    /// The answer is larger than allowed.
    case tooLarge
    /// The task was cancelled.
    case cancelled
}

extension OutboundFault: CustomStringConvertible {
    /// What happened, as the rest of a sentence.
    package var description: String {
        switch self {
        case .invalidURL(let why): "the URL cannot be used: \(why)"
        case .addressRefused(let address):
            "its address `\(address)` is not public; `outbound_private_addresses` would allow it"
        case .network(let how): how
        case .timedOut: "no answer in time"
        case .tooLarge: "the answer is too large"
        case .cancelled: "the request was cancelled"
        }
    }
}
