import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import HummingbirdHTTP2
import JOSE
import LibCrypto
import NIOCore
import NIOHTTP1
import NIOSSL
import PortvaktHummingbird
import PortvaktProvider
import ServiceLifecycle
import TestAuthority
import TestSupport
import Testing
import Vocabulary

/// A context that keeps the connection, as an API with TLS of its own has it.
private struct ConnectionContext: TokenRequestContext {
    var coreContext: CoreRequestContextStorage
    var token: VerifiedToken?
    let channel: any Channel

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// A key with a certificate that it has signed itself: whether it is the token's is all that counts (RFC 8705 §2.2).
private struct Holder {
    let der: [UInt8]
    let pem: [UInt8]
    let key: [UInt8]

    init(_ name: String) throws {
        let own = try PrivateKey.generate(.ec(.p256))
        var request = EnterpriseCertificateRequest(
            organisation: try #require(OrganisationNumber(stem: 31_000_000)),
            name: name,
            key: own
        )
        request.isSelfSigned = true
        let authority = try CertificateAuthority(
            .buypass,
            keys: .init(authority: .ec(.p256), enterprise: .ec(.p256)),
            at: SystemClock().now
        )
        let certificate = try authority.issue(request)
        der = certificate.der
        pem = Array(certificate.pem.utf8)
        key = Array(try own.pem().utf8)
    }

    var thumbprint: String { Base64URL.encode(HashFunction.sha256.digest(der)) }

    /// A client that shows the certificate; none where nobody is given.
    static func client(showing holder: Holder?, _ version: HTTPClient.Configuration.HTTPVersion) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        if let holder {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(holder.pem).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: holder.key, format: .pem))
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = version
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}

@Suite("RFC 8705 §3 over TLS: the certificate of the connection", .serialized)
struct CertificateOverTLSTests {
    /// Serves an API that asks for client certificates and lets any pass, while `body` calls its port.
    private func serving(_ body: @Sendable (Int) async throws -> Void) async throws {
        let server = try Holder("localhost")
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(server.pem).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: server.key, format: .pem))
        )
        tls.certificateVerification = .optionalVerification
        tls.trustRoots = .certificates([])
        let router = Router(context: ConnectionContext.self)
        router.group()
            .add(
                middleware: TokenAuthentication<ConnectionContext>(
                    Sample.verifier,
                    certificate: { _, context in await CertificateThumbprint.ofConnection(context.channel) }
                )
            )
            .add(middleware: Require(.scope(Sample.read)))
            .get("units") { _, _ in "in" }
        let (ports, bound) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router,
            server: try .http2Upgrade(
                tlsChannelConfiguration: TLSChannelConfiguration(
                    tlsConfiguration: tls,
                    customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) }
                )
            ),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { bound.yield($0.localAddress?.port ?? 0) },
            logger: Sample.silent
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [application], logger: Sample.silent)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var first = ports.makeAsyncIterator()
            let port = try #require(await first.next())
            do { try await body(port) } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func status(
        _ token: String,
        showing holder: Holder?,
        _ version: HTTPClient.Configuration.HTTPVersion,
        port: Int,
        fields: [(String, String)] = []
    ) async throws -> Int {
        let client = try Holder.client(showing: holder, version)
        var request = HTTPClientRequest(url: "https://127.0.0.1:\(port)/units")
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        for (name, value) in fields { request.headers.add(name: name, value: value) }
        let result: Result<HTTPClientResponse, any Error>
        do { result = .success(try await client.execute(request, timeout: .seconds(30))) } catch {
            result = .failure(error)
        }
        let answer = try? result.get()
        #expect(answer == nil || answer?.version == (version == .http1Only ? .http1_1 : .http2))
        _ = try await answer?.body.collect(upTo: 1 << 16)
        try await client.shutdown()
        return Int(try result.get().status.code)
    }

    @Test func `the holder of the certificate gets in, over HTTP/1_1 and HTTP/2; another one and nobody do not`()
        async throws
    {
        let owner = try Holder("owner")
        let other = try Holder("other")
        let bound = try Sample.token { $0["cnf"] = ["x5t#S256": .string(owner.thumbprint)] }
        let free = try Sample.token()
        try await serving { port async throws in
            for version in [HTTPClient.Configuration.HTTPVersion.http1Only, .automatic] {
                #expect(try await status(bound, showing: owner, version, port: port) == 200)
                #expect(try await status(bound, showing: other, version, port: port) == 401)
                #expect(try await status(bound, showing: nil, version, port: port) == 401)
                #expect(try await status(free, showing: other, version, port: port) == 200)
                #expect(try await status(free, showing: nil, version, port: port) == 200)
            }
        }
    }

    @Test func `a field that names the certificate proves nothing where the connection is asked`() async throws {
        let owner = try Holder("owner")
        let bound = try Sample.token { $0["cnf"] = ["x5t#S256": .string(owner.thumbprint)] }
        try await serving { port async throws in
            let field = [("client-cert", ":\(Base64.encode(owner.der)):")]
            for version in [HTTPClient.Configuration.HTTPVersion.http1Only, .automatic] {
                #expect(try await status(bound, showing: nil, version, port: port, fields: field) == 401)
            }
        }
    }
}
