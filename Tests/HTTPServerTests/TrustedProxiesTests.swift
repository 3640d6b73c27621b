import HTTPTypes
import NIOCore
import Testing

@testable import HTTPServer

private func address(_ text: String) throws -> PeerAddress { try #require(PeerAddress(parsing: text)) }

@Suite("Addresses of peers")
struct PeerAddressTests {
    @Test(arguments: [
        "192.0.2.60", "0.0.0.0", "255.255.255.255", "127.0.0.1", "::", "::1", "2001:db8::1", "fe80::1",
        "2001:db8:1:2:3:4:5:6",
    ])
    func `reads an address and writes it the same`(text: String) throws {
        #expect(try address(text).description == text)
    }

    @Test(arguments: [
        "", " ", "192.0.2", "192.0.2.256", "192.0.2.060 ", "1.2.3.4:80", "[::1]", "::1%eth0", "fe80::1%1", "unknown",
        "_hidden", "2001:db8::1::2", "0x7f000001", "2130706433",
    ])
    func `is no other text`(text: String) { #expect(PeerAddress(parsing: text) == nil) }

    @Test func `version 4 inside version 6 is version 4`() throws {
        #expect(try address("::ffff:192.0.2.60") == address("192.0.2.60"))
        #expect(try address("::ffff:192.0.2.60").description == "192.0.2.60")
        #expect(try address("::192.0.2.60") != address("192.0.2.60"))
    }

    @Test(arguments: [("192.0.2.60", 80), ("::1", 1), ("2001:db8::1:2", 443), ("::ffff:10.1.2.3", 9)])
    func `is read from a socket's address`(text: String, port: Int) throws {
        #expect(PeerAddress(try SocketAddress(ipAddress: text, port: port)) == PeerAddress(parsing: text))
        #expect(PeerAddress(try SocketAddress(unixDomainSocketPath: "/run/portvakt")) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.255.255", true), ("128.0.0.1", false), ("126.255.255.255", false),
        ("::1", true), ("::2", false), ("::", false), ("::ffff:127.0.0.1", true), ("0:0:0:1::1", false),
    ])
    func `knows loopback`(text: String, isLoopback: Bool) throws { #expect(try address(text).isLoopback == isLoopback) }

    @Test func `a budget belongs to one address of version 4 and to 64 bits of version 6`() throws {
        #expect(try address("192.0.2.1").budgetKey != address("192.0.2.2").budgetKey)
        #expect(try address("2001:db8:0:1::1").budgetKey == address("2001:db8:0:1:ffff:ffff:ffff:ffff").budgetKey)
        #expect(try address("2001:db8:0:1::1").budgetKey != address("2001:db8:0:2::1").budgetKey)
        #expect(try address("::ffff:192.0.2.1").budgetKey == address("192.0.2.1").budgetKey)
    }
}

@Suite("Ranges of addresses (RFC 4632 §3.1, RFC 4291 §2.3)")
struct AddressRangeTests {
    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.0", true), ("192.0.2.0/24", "192.0.2.255", true),
        ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.0/24", "192.0.1.255", false),
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false), ("192.0.2.7/32", "192.0.2.7", true),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("10.0.0.0/8", "::ffff:10.9.8.7", true), ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::1", false), ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
        ("2001:db8::/65", "2001:db8::8000:0:0:1", false), ("2001:db8::1/128", "2001:db8::1", true),
        ("2001:db8::/64", "2001:db8::ffff:1:2:3", true), ("::/0", "192.0.2.1", true), ("::1", "::1", true),
    ])
    func `holds what lies in it`(range: String, member: String, isIn: Bool) throws {
        #expect(try AddressRange(parsing: range).contains(address(member)) == isIn)
    }

    @Test(arguments: [
        ("", AddressRange.ParseError.form), ("10.0.0.0/", .form), ("10.0.0.0/+8", .form), ("10.0.0.0/8/8", .form),
        ("proxy.example", .form), ("10.0.0.0/33", .length), ("2001:db8::/129", .length),
        ("10.0.0.1/8", .bitsBeyondPrefix), ("2001:db8::1/64", .bitsBeyondPrefix), ("10.0.0.0/-1", .form),
    ])
    func `is no other text`(text: String, error: AddressRange.ParseError) {
        #expect(throws: error) { try AddressRange(parsing: text) }
    }
}

@Suite("Whose request it is behind a proxy (RFC 7239)")
struct TrustedProxiesTests {
    private let proxies: TrustedProxies

    init() throws {
        proxies = TrustedProxies(try ["10.0.0.0/8", "2001:db8:f::/48"].map { try AddressRange(parsing: $0) })
    }

    private func client(of peer: String, _ fields: [(HTTPField.Name, String)]) throws -> String {
        var sent = HTTPFields()
        for (name, value) in fields { sent.append(HTTPField(name: name, value: value)) }
        return proxies.client(of: try address(peer), fields: sent).description
    }

    @Test func `a peer that is not listed is itself, whatever it says`() throws {
        #expect(try client(of: "192.0.2.9", [(.forwardedFor, "203.0.113.1")]) == "192.0.2.9")
        #expect(try client(of: "192.0.2.9", [(.forwarded, "for=203.0.113.1")]) == "192.0.2.9")
    }

    @Test func `nobody is believed where none is listed`() throws {
        let none = TrustedProxies.none
        #expect(!none.trusts(try address("10.0.0.1")))
        #expect(!none.trusts(nil))
        let fields: HTTPFields = [.forwardedFor: "203.0.113.1"]
        #expect(none.client(of: try address("10.0.0.1"), fields: fields) == PeerAddress(parsing: "10.0.0.1"))
    }

    @Test(arguments: [
        ("203.0.113.1", "203.0.113.1"),
        // What the client sent itself stands left of what the proxy saw.
        ("198.51.100.7, 203.0.113.1", "203.0.113.1"),
        ("203.0.113.1, 10.0.0.2,10.0.0.3", "203.0.113.1"),
        ("10.0.0.3 , 10.0.0.2", "10.0.0.3"),
        ("203.0.113.1:4711", "203.0.113.1"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:203.0.113.1", "203.0.113.1"),
        // No address where the client should stand: the proxy answers for it.
        ("unknown", "10.0.0.1"), ("203.0.113.1, unknown", "10.0.0.1"), ("", "10.0.0.1"), ("203.0.113.1,", "10.0.0.1"),
        ("203.0.113.1;x", "10.0.0.1"), ("[2001:db8::7]x", "10.0.0.1"), ("unknown, 10.0.0.2", "10.0.0.1"),
    ])
    func `takes the last hop of X-Forwarded-For that is not listed`(value: String, expected: String) throws {
        #expect(try client(of: "10.0.0.1", [(.forwardedFor, value)]) == expected)
    }

    @Test(arguments: [
        ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
        ("for=192.0.2.43, for=198.51.100.17", "198.51.100.17"),
        ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
        ("proto=https ; FOR = \"192.0.2.60:80\"", "192.0.2.60"),
        ("for=192.0.2.60, for=10.0.0.2;proto=https", "192.0.2.60"),
        ("for=192.0.2.60;ext=\"a, for=198.51.100.1\"", "192.0.2.60"),
        ("for=192.0.2.60;ext=\"a\\\", for=198.51.100.1\"", "192.0.2.60"),
        ("for=unknown", "10.0.0.1"), ("for=_hidden, for=10.0.0.2", "10.0.0.1"), ("proto=https", "10.0.0.1"),
        ("for=192.0.2.60, proto=https", "10.0.0.1"), ("", "10.0.0.1"), ("for=2001:db8::1]", "10.0.0.1"),
    ])
    func `takes the last hop of Forwarded that is not listed`(value: String, expected: String) throws {
        #expect(try client(of: "10.0.0.1", [(.forwarded, value)]) == expected)
    }

    @Test func `fields on several lines are one list`() throws {
        let lines: [(HTTPField.Name, String)] = [(.forwardedFor, "203.0.113.1"), (.forwardedFor, "10.0.0.2")]
        #expect(try client(of: "10.0.0.1", lines) == "203.0.113.1")
        #expect(try client(of: "2001:db8:f::1", lines.reversed()) == "203.0.113.1")
    }

    @Test func `two fields that disagree are both disbelieved`() throws {
        let forged: [(HTTPField.Name, String)] = [(.forwarded, "for=198.51.100.1"), (.forwardedFor, "203.0.113.1")]
        #expect(try client(of: "10.0.0.1", forged) == "10.0.0.1")
        let same: [(HTTPField.Name, String)] = [(.forwarded, "for=203.0.113.1"), (.forwardedFor, "203.0.113.1")]
        #expect(try client(of: "10.0.0.1", same) == "203.0.113.1")
    }

    @Test(arguments: ["Forwarded", "X-Forwarded-For", "x-forwarded-proto", "X-Forwarded-Host", "X-Real-IP", "Via"])
    func `sees that a request was forwarded`(name: String) throws {
        var fields = HTTPFields()
        #expect(!TrustedProxies.isForwarded(fields))
        fields[try #require(HTTPField.Name(name))] = "x"
        #expect(TrustedProxies.isForwarded(fields))
    }
}
