import EnterpriseCertificates
import Foundation
import HTTPServer
import Logging
import Server
import JOSE
import Organisations
import Testing
import Vocabulary

@Suite("DESIGN §16: configuration")
struct ConfigurationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(
        _ yaml: String,
        flags: [ConfigurationKey: String] = [:],
        environment: [String: String] = [:]
    ) throws -> ServerConfiguration {
        try Data(yaml.utf8).write(to: URL(filePath: folder.path + "/portvakt.yaml"))
        return try ServerConfiguration(
            ConfigurationInputs(dataFolder: folder.path, flags: flags, environment: environment)
        )
    }

    private func faults(
        _ yaml: String,
        flags: [ConfigurationKey: String] = [:],
        environment: [String: String] = [:]
    ) -> [String] {
        do {
            _ = try read(yaml, flags: flags, environment: environment)
            return []
        } catch let error as ConfigurationFaults {
            return error.faults.map { $0.description.replacing(folder.path, with: "DIR") }
        } catch {
            return ["\(error)"]
        }
    }

    private let minimal = "issuer: https://test.example.no/\nenvironment: test\nrevocation: off\n"

    @Test func `has a default for all that is not said`() throws {
        let configuration = try read(minimal)
        #expect(configuration.issuer.rawValue == "https://test.example.no/")
        #expect(configuration.listen.description == "127.0.0.1:7080")
        #expect(configuration.adminListen.description == "127.0.0.1:7081")
        #expect(configuration.adminURL == "http://127.0.0.1:7081/")
        #expect(configuration.maximumAssertionLifetime == 120)
        #expect(configuration.defaultTokenLifetime == 120)
        #expect(configuration.signingAlgorithm == .rs256)
        #expect(configuration.organisationDistress == .warn)
        #expect(configuration.keySetMaximumAge == 3_600)
        #expect(configuration.drainDelay == 0)
        #expect(configuration.logLevel == .notice)
        #expect(configuration.tls == nil)
    }

    @Test func `a portal has an https address, or one on loopback, and is none by default`() throws {
        #expect(try read(minimal).portalURL == nil)
        #expect(try read(minimal + "portal_url: https://portal.example.no\n").portalURL == "https://portal.example.no/")
        for text in ["http://portal.example.no/", "https://portal.example.no/?a=b", "portal"] {
            #expect(faults(minimal + "portal_url: \(text)\n").count == 1, "\(text)")
        }
    }

    @Test func `prefers a flag to a variable, that to the file, and that to the default`() throws {
        let yaml = minimal + "default_token_lifetime: 60\nidle_timeout: 5s\nmax_connections: 7\n"
        let configuration = try read(
            yaml,
            flags: [.listen: "127.0.0.1:1"],
            environment: [
                "PORTVAKT_LISTEN": "127.0.0.1:2", "PORTVAKT_IDLE_TIMEOUT": "6s", "PORTVAKT_JWKS_MAX_AGE": "2h",
            ]
        )
        #expect(configuration.listen.port == 1)
        #expect(configuration.idleTimeout == 6)
        #expect(configuration.maximumConnections == 7)
        #expect(configuration.defaultTokenLifetime == 60)
        #expect(configuration.keySetMaximumAge == 7_200)
    }

    @Test func `tells all faults together, each with where it stands`() {
        let told = faults(
            """
            issuer: http://id.example.no/
            environment: staging
            listen: 7080
            lisen: 127.0.0.1:1
            revocation: [off]
            tls_cert: /tmp/cert.pem
            """,
            flags: [.logLevel: "loud"],
            environment: ["PORTVAKT_MAXIMUM_ASSERTION_LIFETIME": "181", "PORTVAKT_DRAIN_DEADLINE": "soon"]
        )
        #expect(
            told == [
                "`lisen` (DIR/portvakt.yaml line 4): there is no such key; did you mean `listen`?",
                "`revocation` (DIR/portvakt.yaml line 5): the value must be one word or number",
                "`tls_cert` (DIR/portvakt.yaml line 6): `tls_key` must be set too",
                "`listen` (DIR/portvakt.yaml line 3): `7080` is not `HOST:PORT`, as `127.0.0.1:7080` or `[::1]:7080`",
                "`issuer` (DIR/portvakt.yaml line 1): `http://id.example.no/` must be https: plain http is for loopback hosts",
                "`environment` (DIR/portvakt.yaml line 2): `staging` is none of `test`, `prod`",
                "`revocation`: it must be set",
                "`maximum_assertion_lifetime` (PORTVAKT_MAXIMUM_ASSERTION_LIFETIME): `181` is not between 1 s and 180 s",
                "`drain_deadline` (PORTVAKT_DRAIN_DEADLINE): `soon` is no length of time, as `90`, `90s`, `5m` or `1h`",
                "`log_level` (--log-level): `loud` is none of "
                    + "`trace`, `debug`, `info`, `notice`, `warning`, `error`, `critical`",
            ]
        )
    }

    @Test func `demands what has no default`() {
        #expect(
            faults("") == [
                "`issuer`: it must be set", "`environment`: it must be set", "`revocation`: it must be set",
            ]
        )
    }

    @Test func `require takes its grace, and grace demands one`() throws {
        let told = faults(minimal.replacing("revocation: off", with: "revocation: require\nrevocation_grace: 1h"))
        #expect(told.isEmpty)
        let without = faults(minimal.replacing("revocation: off", with: "revocation: grace"))
        #expect(without.count == 1)
        #expect(without.first?.hasSuffix("`grace` needs `revocation_grace` to be more than 0") == true)
    }

    @Test(
        arguments: [
            "trusted_proxies: 192.0.2.7\n", "trusted_proxies: [192.0.2.7]\n", "trusted_proxies:\n  - 192.0.2.7\n",
        ]
    )
    func `one trusted proxy may be written as a word or as a list`(yaml: String) throws {
        #expect(try read(minimal + yaml).trustedProxies == TrustedProxies([AddressRange(parsing: "192.0.2.7")]))
    }

    @Test func `trusted proxies are addresses and ranges of both versions, none by default`() throws {
        #expect(try read(minimal).trustedProxies.isEmpty)
        let ranges = try TrustedProxies(["192.0.2.7", "10.0.0.0/8", "2001:db8::/32"].map(AddressRange.init(parsing:)))
        let inFile = try read(minimal + "trusted_proxies: [192.0.2.7, 10.0.0.0/8, \"2001:db8::/32\"]\n")
        #expect(inFile.trustedProxies == ranges)
        let text = "192.0.2.7, 10.0.0.0/8,2001:db8::/32"
        #expect(try read(minimal, environment: ["PORTVAKT_TRUSTED_PROXIES": text]).trustedProxies == ranges)
        #expect(try read(minimal, flags: [.trustedProxies: text]).trustedProxies == ranges)
    }

    @Test(
        arguments: [
            ("proxy.example.no", "has `proxy.example.no`, which is neither an address nor a range of them"),
            ("10.0.0.0/33", "has `10.0.0.0/33`, whose length is more than an address has bits"),
            ("10.0.0.1/8", "has `10.0.0.1/8`, an address with bits beyond its length: which is meant?"),
        ]
    )
    func `one item of trusted proxies that cannot be read is named, and none is believed`(item: String, told: String) {
        let here = "`trusted_proxies` (DIR/portvakt.yaml line 4): "
        let all = faults(minimal + "trusted_proxies: [192.0.2.7, \(item)]\n")
        #expect(all.count == 1)
        #expect(all.first?.hasPrefix(here) == true, "\(all)")
        #expect(all.first?.hasSuffix(told) == true, "\(all)")
    }

    @Test func `a list stands only where one is meant, and holds words alone`() {
        #expect(faults(minimal + "log_level: [info]\n").count == 1)
        #expect(faults(minimal + "trusted_proxies: [[192.0.2.7]]\n").count == 1)
        #expect(faults(minimal + "trusted_proxies: {a: b}\n").count == 1)
    }

    @Test(arguments: ["{", "- a\n- b\n", "just text", "issuer: a\nissuer: b\n"])
    func `refuses a file that is no flat mapping, with its name`(yaml: String) {
        let told = faults(yaml)
        #expect(told.contains { $0.hasPrefix("DIR/portvakt.yaml: ") })
    }

    @Test func `refuses a file that --config names and that is not there`() {
        #expect(throws: ConfigurationFaults.self) {
            try ServerConfiguration(ConfigurationInputs(dataFolder: folder.path, file: folder.path + "/none.yaml"))
        }
    }

    @Test func `refuses plain HTTP on other addresses than loopback`() throws {
        let open: [ConfigurationKey: String] = [.listen: "0.0.0.0:7080", .adminListen: "127.0.0.1:7081"]
        #expect(faults(minimal, flags: open).map { $0.prefix(30) } == ["`listen` (--listen): plain HTT"])
        let proxied = open.merging([.behindTLSProxy: "true"]) { $1 }
        let configuration = try read(minimal, flags: proxied)
        #expect(configuration.isBehindTLSProxy)
        #expect(configuration.drainDelay == 5)
        let tls = open.merging([.tlsCertificate: "/c", .tlsKey: "/k"]) { $1 }
        #expect(try read(minimal, flags: tls).tls?.certificate == "/c")
    }

    @Test func `never shows a secret and takes none from the file`() throws {
        let inFile = faults(minimal + "signing_key_passphrase: hunter2\n")
        #expect(inFile.count == 1)
        #expect(!inFile.joined().contains("hunter2"))
        let configuration = try read(minimal, environment: ["PORTVAKT_SIGNING_KEY_PASSPHRASE": "hunter2"])
        #expect(configuration.signingKeySecrets.passphrase?.exposed == "hunter2")
        var shown = ""
        dump(configuration, to: &shown)
        #expect(!shown.contains("hunter2"))
        #expect(!"\(configuration)".contains("hunter2"))
    }

    @Test func `reads a pass phrase from a private file alone`() throws {
        let path = folder.path + "/phrase"
        try Data("hunter2\nrest".utf8).write(to: URL(filePath: path))
        let yaml = minimal + "signing_key_passphrase_file: \(path)\n"
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        #expect(faults(yaml).first?.contains("chmod 600") == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(try read(yaml).signingKeySecrets.passphrase?.exposed == "hunter2")
    }

    @Test func `tells of variables that look like its own`() throws {
        let configuration = try read(
            minimal,
            environment: ["PORTVAKT_LISEN": "x", "PORTVAKT_DATA": "x", "PORTVAKT_SERVICE_HOST": "x", "HOME": "x"]
        )
        #expect(configuration.unknownVariables == ["PORTVAKT_LISEN"])
    }

    @Test(
        arguments: [
            ("127.0.0.1:7080", "127.0.0.1", 7_080, true), ("localhost:0", "localhost", 0, true),
            ("[::1]:443", "::1", 443, true), ("0.0.0.0:80", "0.0.0.0", 80, false), ("[::]:80", "::", 80, false),
        ]
    )
    func `reads where to listen`(text: String, host: String, port: Int, loopback: Bool) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.isLoopback == loopback)
        #expect(address.description == text)
    }

    @Test(arguments: ["", "7080", ":7080", "::1:80", "[::1]", "[a]:80", "host:65536", "host:-1", "host:", "a b:80"])
    func `refuses what is no address`(text: String) {
        #expect(throws: ListenAddress.ParseError.self) { try ListenAddress(parsing: text) }
    }

    @Test func `the document has the table of the code`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/configuration.md")
        if ProcessInfo.processInfo.environment["PORTVAKT_GOLDEN"] == "write" {
            let text = try String(contentsOf: file, encoding: .utf8)
            let head = text.prefix(upTo: text.range(of: "| Key |")?.lowerBound ?? text.endIndex)
            try Data((head + ConfigurationKey.markdown).utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8).hasSuffix(ConfigurationKey.markdown))
    }
}
