import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing
import Vocabulary

@testable import Server

@Suite("Requests to others")
struct OutboundTests {
    /// A resolver that answers from a table, and counts.
    final class Table: HostResolver {
        let answers: [String: [[UInt8]]]
        let asked = Mutex(0)

        init(_ answers: [String: [[UInt8]]]) { self.answers = answers }

        func addresses(of host: String) throws -> [NetworkAddress] {
            asked.withLock { $0 += 1 }
            guard let found = answers[host] else { throw OutboundResolutionFault(text: "no such host") }
            return found.compactMap(NetworkAddress.init)
        }
    }

    @Test(
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
            "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
            "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
            "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "100::1", "fc00::1", "fd12:3456::1",
            "fe80::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1",
        ]
    )
    func `an address outside the public internet is known as such`(text: String) throws {
        let address = try #require(NetworkAddress(parsing: text))
        #expect(!address.isPublic)
    }

    @Test(
        arguments: [
            "8.8.8.8", "11.0.0.1", "100.63.255.255", "100.128.0.1", "128.0.0.1", "169.253.1.1", "172.15.0.1",
            "172.32.0.1", "192.167.1.1", "198.20.0.1", "223.255.255.255", "2a00:1450::1", "2001:4860:4860::8888",
        ]
    )
    func `a public address is one`(text: String) throws {
        let address = try #require(NetworkAddress(parsing: text))
        #expect(address.isPublic)
        #expect(address.description == text)
    }

    @Test(
        arguments: [
            ("http://Ocsp.Example.no", "http://ocsp.example.no/"),
            ("http://ocsp.example.no:8080/a?b=c#d", "http://ocsp.example.no:8080/a?b=c"),
            ("HTTPS://x.no:443/", "https://x.no/"), ("http://[2001:db8::1]:81/x", "http://[2001:db8::1]:81/x"),
            ("http://x.no?q", "http://x.no/?q"),
        ]
    )
    func `a URL has one reading`(text: String, normal: String) throws {
        #expect(try OutboundTarget(text).url == normal)
    }

    @Test(
        arguments: [
            "", "ocsp.example.no", "//x.no/", "ldap://x.no/", "file:///etc/passwd", "gopher://x.no/", "http://",
            "http://a@127.0.0.1/", "http://127.0.0.1\\@x.no/", "http://x.no:0/", "http://x.no:65536/",
            "http://x.no:8a/",
            "http://x.no\r\nHost: y/", "http://x no/", "http://[::1/", "http://[127.0.0.1]/", "http://[::1]a/",
            "http://æ.no/", "http://x.no/ø",
        ]
    )
    func `what is no plain http or https URL is not asked`(text: String) {
        #expect(throws: OutboundFault.self) { try OutboundTarget(text) }
    }

    @Test(arguments: ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
    func `however loopback is spelt, it is not connected to unless that is allowed`(host: String) async throws {
        let http = LiveOutboundHTTP(allowsPrivateAddresses: false)
        let request = OutboundRequest(.get, "http://\(host):9/", timeout: .seconds(60), maximumBodySize: 100)
        await #expect {
            try await http.send(request)
        } throws: { error in
            if case OutboundFault.addressRefused = error { true } else { false }
        }
    }

    @Test func `a name that has public and private addresses is connected to at the public ones alone`() async throws {
        let table = Table(["mixed.example.no": [[127, 0, 0, 1]], "none.example.no": []])
        var http = LiveOutboundHTTP(allowsPrivateAddresses: false)
        http.resolver = table
        await #expect(throws: OutboundFault.addressRefused("127.0.0.1")) {
            try await http.send(
                OutboundRequest(.get, "http://mixed.example.no/", timeout: .seconds(60), maximumBodySize: 10)
            )
        }
        await #expect(throws: OutboundFault.network("the host has no address")) {
            try await http.send(
                OutboundRequest(.get, "http://none.example.no/", timeout: .seconds(60), maximumBodySize: 10)
            )
        }
    }

    @Test func `a name is resolved once, and the connection goes where it was seen to lead`() async throws {
        try await SmallServer.running { port in
            // The machine's own resolver knows no such name: the answer can only come by the table's address.
            let table = Table(["rebound.invalid": [[127, 0, 0, 1]]])
            var http = LiveOutboundHTTP(allowsPrivateAddresses: true)
            http.resolver = table
            let answer = try await http.send(
                OutboundRequest(
                    .get,
                    "http://rebound.invalid:\(port)/hello",
                    timeout: .seconds(60),
                    maximumBodySize: 100
                )
            )
            #expect(answer.status == 200)
            #expect(String(decoding: answer.body, as: UTF8.self) == "GET /hello rebound.invalid:\(port)")
            #expect(table.asked.withLock { $0 } == 1)
        }
    }

    @Test func `a redirect is an answer like others, and nobody follows it`() async throws {
        try await SmallServer.running { port in
            let http = LiveOutboundHTTP(allowsPrivateAddresses: true)
            let answer = try await http.send(
                OutboundRequest(.get, "http://127.0.0.1:\(port)/redirect", timeout: .seconds(60), maximumBodySize: 100)
            )
            #expect(answer.status == 302)
            #expect(answer.header("location") == "/hello")
        }
    }

    @Test func `a body beyond the limit, and one that never ends, are cut off`() async throws {
        try await SmallServer.running { port in
            let http = LiveOutboundHTTP(allowsPrivateAddresses: true)
            await #expect(throws: OutboundFault.tooLarge) {
                try await http.send(
                    OutboundRequest(
                        .get,
                        "http://127.0.0.1:\(port)/large",
                        timeout: .seconds(60),
                        maximumBodySize: 1_000
                    )
                )
            }
            await #expect(throws: OutboundFault.timedOut) {
                try await http.send(
                    OutboundRequest(
                        .get,
                        "http://127.0.0.1:\(port)/silent",
                        timeout: .milliseconds(300),
                        maximumBodySize: 1_000
                    )
                )
            }
        }
    }

    @Test func `a body is posted with its type`() async throws {
        try await SmallServer.running { port in
            let http = LiveOutboundHTTP(allowsPrivateAddresses: true)
            let answer = try await http.send(
                OutboundRequest(
                    .post([1, 2, 3], contentType: "application/ocsp-request"),
                    "http://127.0.0.1:\(port)/ocsp",
                    timeout: .seconds(60),
                    maximumBodySize: 100
                )
            )
            #expect(String(decoding: answer.body, as: UTF8.self) == "POST /ocsp 127.0.0.1:\(port)")
        }
    }

    @Test func `a port where nobody listens is a fault of the network`() async throws {
        let http = LiveOutboundHTTP(allowsPrivateAddresses: true)
        await #expect {
            try await http.send(
                OutboundRequest(.get, "http://127.0.0.1:1/", timeout: .seconds(60), maximumBodySize: 10)
            )
        } throws: { error in
            if case OutboundFault.network = error { true } else { false }
        }
    }
}

/// An HTTP server that tells what it was asked.
enum SmallServer {
    static func running(_ body: (Int) async throws -> Void) async throws {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Teller())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(try #require(channel.localAddress?.port))
        } catch {
            try? await channel.close()
            throw error
        }
        try? await channel.close()
    }

    private final class Teller: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private var head: HTTPRequestHead?

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body: break
            case .end:
                guard let head, head.uri != "/silent" else { return }
                var fields = HTTPHeaders()
                var text = "\(head.method) \(head.uri) \(head.headers.first(name: "host") ?? "")"
                if head.uri == "/large" { text = String(repeating: "x", count: 100_000) }
                if head.uri == "/redirect" { fields.add(name: "Location", value: "/hello") }
                fields.add(name: "Content-Length", value: String(text.utf8.count))
                let status: HTTPResponseStatus = head.uri == "/redirect" ? .found : .ok
                context.write(
                    wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: fields))),
                    promise: nil
                )
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
