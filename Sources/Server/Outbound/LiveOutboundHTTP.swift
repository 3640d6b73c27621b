import AsyncHTTPClient
import Fetching
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Vocabulary

/// Requests to others, by AsyncHTTPClient.
///
/// A name is resolved once, its addresses are looked at, and the connection goes to one of them and no other: a name that
/// resolves to another address a moment later (DNS rebinding) changes nothing. The connection's own end is compared too.
struct LiveOutboundHTTP: OutboundHTTP {
    /// Whether addresses outside the public internet are connected to.
    let allowsPrivateAddresses: Bool
    /// Finds the addresses of a host.
    var resolver: any HostResolver = SystemResolver()
    /// A PEM file of issuers that certificates may rest on beside the machine's own; nil: none.
    var furtherTrust: String?

    init(allowsPrivateAddresses: Bool, resolver: any HostResolver = SystemResolver(), furtherTrust: String? = nil) {
        self.allowsPrivateAddresses = allowsPrivateAddresses
        self.resolver = resolver
        self.furtherTrust = furtherTrust
    }

    /// As a configuration lets webhooks be called.
    init(webhooks configuration: ServerConfiguration) {
        self.init(
            allowsPrivateAddresses: configuration.allowsPrivateAddresses,
            furtherTrust: configuration.webhookTrust
        )
    }

    /// How long a connection may take to come about, of the request's whole time.
    private static let connectTimeout = TimeAmount.seconds(3)
    /// How many of a host's addresses are tried.
    private static let maximumAddresses = 3

    /// Threads of their own: a resolver that hangs must hold up nobody but those who ask by name.
    private static let resolving: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 4)
        pool.start()
        return pool
    }()

    func send(_ request: OutboundRequest) async throws(OutboundFault) -> OutboundAnswer {
        let started = ContinuousClock.now
        let target = try OutboundTarget(request.url)
        var fault = OutboundFault.network("the host has no address")
        for address in try await addresses(of: target.host).prefix(Self.maximumAddresses) {
            let left = request.timeout - (ContinuousClock.now - started)
            guard left > .zero else { throw .timedOut }
            do throws(OutboundFault) {
                return try await exchange(request, with: target, at: address, within: left)
            } catch {
                // Only where nothing was sent yet is the next address tried.
                guard case .network = error, case .get = request.method else { throw error }
                fault = error
            }
        }
        throw fault
    }

    /// The addresses of a host that may be connected to.
    private func addresses(of host: String) async throws(OutboundFault) -> [NetworkAddress] {
        let found: [NetworkAddress]
        do {
            found = try await Self.resolving.runIfActive { [resolver] in try resolver.addresses(of: host) }
        } catch is CancellationError {
            throw .cancelled
        } catch let error as OutboundResolutionFault {
            throw .network("the host name cannot be resolved: \(error.text)")
        } catch {
            throw .network("the host name cannot be resolved")
        }
        guard let first = found.first else { throw .network("the host has no address") }
        let allowed = found.filter { allowsPrivateAddresses || $0.isPublic }
        guard !allowed.isEmpty else { throw .addressRefused(first.description) }
        return allowed
    }

    private func exchange(
        _ request: OutboundRequest,
        with target: OutboundTarget,
        at address: NetworkAddress,
        within time: Duration
    ) async throws(OutboundFault) -> OutboundAnswer {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: Self.connectTimeout, read: TimeAmount(time))
        )
        configuration.httpVersion = .http1Only
        if let furtherTrust {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(furtherTrust)]
            configuration.tlsConfiguration = tls
        }
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.dnsOverride = [target.host: address.description]
        configuration.http1_1ConnectionDebugInitializer = { channel in
            // The last word has the socket: it speaks to the address that was looked at, or to nobody.
            guard let remote = channel.remoteAddress?.ipAddress, NetworkAddress(parsing: remote) == address else {
                return channel.close().flatMapThrowing { throw HTTPFault.network("the connection went astray") }
            }
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        // A client of its own for each request: connections to an address that was checked are not kept for later.
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<HTTPAnswer, HTTPFault>
        do throws(HTTPFault) {
            result = .success(
                try await HTTPExchange(client).send(
                    message(request, target),
                    within: time,
                    readingUpTo: request.maximumBodySize
                )
            )
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        switch result {
        case .success(let answer):
            return OutboundAnswer(
                status: answer.status,
                headers: answer.headers.map { OutboundRequest.Header($0.name, $0.value) },
                body: answer.body
            )
        case .failure(let fault): throw OutboundFault(fault)
        }
    }

    private func message(_ request: OutboundRequest, _ target: OutboundTarget) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: target.url)
        message.headers.add(name: "User-Agent", value: "portvakt")
        for header in request.headers { message.headers.add(name: header.name, value: header.value) }
        if case .post(let body, let contentType) = request.method {
            message.method = .POST
            message.headers.add(name: "Content-Type", value: contentType)
            message.body = .bytes(ByteBuffer(bytes: body))
        }
        return message
    }
}

extension OutboundFault {
    fileprivate init(_ fault: HTTPFault) {
        switch fault {
        case .network(let how): self = .network(how)
        case .timedOut: self = .timedOut
        case .tooLarge: self = .tooLarge
        case .invalidURL: self = .invalidURL("the HTTP client does not take it")
        case .redirected: self = .network("a redirect was followed")
        case .cancelled: self = .cancelled
        }
    }
}
