import EnterpriseCertificates
import HTTPServer
import JOSE
import LibCrypto
import SQLiteStorage
import Scopes
import TokenIssuance
import Vocabulary

/// What a server says of itself when it starts: what it is, where, with which keys, and what an operator should mend.
public struct Banner: Sendable, Hashable {
    /// One fact: a name and its value.
    public struct Line: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The value.
        public let value: String
    }

    /// The facts, in the order shown.
    public let lines: [Line]
    /// What should be mended, though the server starts.
    public let warnings: [String]

    /// The banner as text, without colours.
    public var text: String {
        let width = lines.map(\.name.count).max() ?? 0
        let facts = lines.map { line in
            "  " + line.name + String(repeating: " ", count: width - line.name.count + 2) + line.value + "\n"
        }
        return facts.joined() + warnings.map { "  warning: \($0)\n" }.joined()
    }

    init(_ configuration: ServerConfiguration, opened: OpenedInstallation, openFiles: Int, at now: Timestamp) {
        let scheme = configuration.tls == nil ? "http" : "https"
        let trust = opened.trust.current
        var lines = [
            Line(name: "issuer", value: configuration.issuer.rawValue),
            Line(name: "environment", value: configuration.environment.rawValue),
            Line(name: "public", value: "\(scheme)://\(configuration.listen)"),
            Line(name: "admin", value: "\(scheme)://\(configuration.adminListen)"),
            Line(name: "data", value: configuration.dataFolder),
        ]
        for record in opened.records where record.state(at: now) != .retired {
            let times =
                [record.state(at: now) == .next ? "signs from \(record.activates)" : nil]
                + [record.retires.map { "until \($0)" }]
            let details = ([record.algorithm.rawValue, record.state(at: now).rawValue] + times.compactMap { $0 })
            lines.append(Line(name: "signing key", value: "\(record.id)  " + details.joined(separator: ", ")))
        }
        lines.append(
            Line(
                name: "trust",
                value: "\(trust.anchors.count) anchors, revocation \(configuration.revocation.description)"
            )
        )
        let counts = try? opened.store.read { try $0.counts() }
        if let counts {
            let numbers = "\(counts.clients) clients, \(counts.scopes) scopes, \(counts.accesses) access grants"
            lines.append(Line(name: "holds", value: numbers))
        }
        self.lines = lines
        warnings = Self.warnings(configuration, opened: opened, counts: counts, openFiles: openFiles, at: now)
    }

    private static func warnings(
        _ configuration: ServerConfiguration,
        opened: OpenedInstallation,
        counts: InstallationCounts?,
        openFiles: Int,
        at now: Timestamp
    ) -> [String] {
        var warnings: [String] = []
        if configuration.environment == .prod, configuration.revocation == .off {
            warnings.append("`revocation` is `off` in `prod`: a revoked enterprise certificate still gets tokens")
        }
        if configuration.isBehindTLSProxy, configuration.trustedProxies.isEmpty {
            warnings.append(
                "`behind_tls_proxy` is on and `trusted_proxies` is empty: callers cannot be told apart, and no address has a "
                    + "budget of its own; name the proxy's addresses"
            )
        }
        if configuration.environment == .prod, configuration.allowsPrivateAddresses {
            warnings.append(
                "`outbound_private_addresses` is on in `prod`: certificates may send requests into this network"
            )
        }
        if let former = opened.formerIssuer {
            warnings.append(
                "the installation was made for the issuer `\(former)`: providers that trust it refuse new tokens"
            )
        }
        if counts?.hasRegister == false {
            warnings.append("the organisation register is empty: no client gets a token before `portvakt org import`")
        }
        for anchor in opened.trust.current.anchors where anchor.notAfter < now + Seconds.days(60) {
            warnings.append("the trust anchor `\(anchor.subject.shortName)` ends at \(anchor.notAfter)")
        }
        let connections = OpenFiles.connections(wanted: configuration.maximumConnections, files: openFiles)
        if connections.public < configuration.maximumConnections {
            warnings.append(
                "`max_connections` is \(configuration.maximumConnections), but this process may open \(openFiles) files: "
                    + "\(connections.public) connections, \(connections.others) to the admin listener"
            )
        }
        warnings += configuration.unknownVariables.map { "the variable `\($0)` is no setting of this server" }
        return warnings
    }
}
