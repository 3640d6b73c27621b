public import LibCrypto
import TestAuthority
public import Vocabulary
import Foundation

/// The demo world's issuers as they are kept in `<data>/demo/issuers`: their keys, and what they have revoked.
public struct DemoAuthorities: Sendable {
    /// The host and port that their certificates name for responder and lists, on loopback.
    public let host: String
    /// The port.
    public let port: Int

    private let folder: String
    private let parties:
        [(style: CertificateAuthority.Style, root: CertificateAuthority.Party, issuing: CertificateAuthority.Party)]

    /// Opens the issuers of a data folder; nil when it is no demo world's.
    ///
    /// - Throws: when they are there and cannot be read.
    public init?(dataFolder: String) throws {
        folder = "\(dataFolder)/demo/issuers"
        guard FileManager.default.fileExists(atPath: folder) else { return nil }
        var parties: [(CertificateAuthority.Style, CertificateAuthority.Party, CertificateAuthority.Party)] = []
        // A world made before there were seals has no issuer of them.
        let hasSeals = FileManager.default.fileExists(atPath: "\(folder)/european-root.pem")
        for style in CertificateAuthority.Style.allCases + (hasSeals ? [.european] : []) {
            let root = try Self.party("\(folder)/\(style.rawValue)-root")
            let issuing = try Self.party("\(folder)/\(style.rawValue)-issuing")
            parties.append((style, root, issuing))
        }
        self.parties = parties
        let address = try parties.first.flatMap { try Certificate(der: $0.2.der).crlDistributionPoints.first } ?? ""
        guard let components = URLComponents(string: address), let host = components.host, let port = components.port,
            host == "127.0.0.1" || host == "localhost"
        else { throw DemoWorldError.inconsistent("the demo issuers name no responder on loopback: `\(address)`") }
        self.host = host
        self.port = port
    }

    /// Revokes a certificate that one of them has issued.
    ///
    /// - Returns: whether it was not revoked before.
    /// - Throws: `DemoWorldError` when none of them issued it.
    public func revoke(_ certificate: Certificate, at now: Timestamp) throws -> Bool {
        let issuer = try parties.first { try Certificate(der: $0.issuing.der).subject == certificate.issuer }
        guard let style = issuer?.style else {
            throw DemoWorldError.inconsistent("the certificate was not issued by an issuer of this demo world")
        }
        let serial = certificate.serialNumber.hexadecimal
        let all = try revocations()
        guard !all.contains(where: { $0.style == style && $0.serial == serial }) else { return false }
        let lines = all + [(style, serial, now)]
        let text = lines.map { "\($0.style.rawValue) \($0.serial) \($0.at.seconds)\n" }.joined()
        try DemoFolder(folder).write(Self.revocationFile, text)
        return true
    }

    /// The list of one of them, as of now.
    func list(named name: String, at now: Timestamp) throws -> [UInt8]? {
        for party in parties {
            for role in CertificateAuthority.Role.allCases where name == "\(party.style.rawValue)-\(role.rawValue)" {
                let own = role == .issuing ? try revocations().filter { $0.style == party.style } : []
                return try authority(party, at: now).revocationList(
                    of: role,
                    revoked: own.compactMap { line in
                        Self.serialNumber(line.serial).map { .init(serialNumber: $0, at: line.at) }
                    },
                    number: Int(now.seconds),
                    thisUpdate: now - 60,
                    nextUpdate: now + .days(1)
                )
            }
        }
        return nil
    }

    /// The certificate of one of them, in DER.
    func certificate(named name: String) -> [UInt8]? {
        for party in parties {
            if name == "\(party.style.rawValue)-root" { return party.root.der }
            if name == "\(party.style.rawValue)-issuing" { return party.issuing.der }
        }
        return nil
    }

    /// What their responder says to a request.
    func response(to request: OCSPRequest, at now: Timestamp) throws -> [UInt8] {
        guard let asked = request.certificates.first else { return OCSPSigner.refusal(Self.malformedRequest) }
        for party in parties {
            let issuing = try Certificate(der: party.issuing.der)
            let isAsked = try OCSPHash.allCases.contains { hash in
                let own = try OCSPCertificateID(of: issuing, issuedBy: issuing, hash: hash)
                return own.issuerNameHash == asked.issuerNameHash && own.issuerKeyHash == asked.issuerKeyHash
            }
            guard isAsked else { continue }
            let all = try revocations()
            let answers = request.certificates.map { certificate in
                let line = all.first { $0.style == party.style && $0.serial == certificate.serialNumber.hexadecimal }
                return OCSPAnswer(
                    certificate,
                    line.map { .revoked(at: $0.at) } ?? .good,
                    thisUpdate: now,
                    nextUpdate: now + Self.answerLifetime
                )
            }
            return try authority(party, at: now).ocspSigner.response(answers, nonce: request.nonce, at: now)
        }
        return OCSPSigner.refusal(Self.unauthorized)
    }

    /// The file with what was revoked: style, serial number and time a line.
    static let revocationFile = "revoked"

    private static let answerLifetime = Seconds.minutes(10)
    private static let malformedRequest: UInt8 = 1
    private static let unauthorized: UInt8 = 6

    private func authority(
        _ party: (
            style: CertificateAuthority.Style, root: CertificateAuthority.Party, issuing: CertificateAuthority.Party
        ),
        at now: Timestamp
    ) -> CertificateAuthority {
        CertificateAuthority(party.style, at: now, root: party.root, issuing: party.issuing)
    }

    private func revocations() throws -> [(style: CertificateAuthority.Style, serial: String, at: Timestamp)] {
        guard let text = try? String(contentsOfFile: "\(folder)/\(Self.revocationFile)", encoding: .utf8) else {
            return []
        }
        return text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ").map(String.init)
            guard parts.count == 3, let style = CertificateAuthority.Style(rawValue: parts[0]),
                let time = Int64(parts[2])
            else { return nil }
            return (style, parts[1], Timestamp(seconds: time))
        }
    }

    private static func party(_ path: String) throws -> CertificateAuthority.Party {
        let certificate = try Certificate(pem: Array(Data(contentsOf: URL(filePath: path + ".pem"))))
        let key = try PrivateKey(pem: String(contentsOfFile: path + ".key", encoding: .utf8))
        return CertificateAuthority.Party(der: certificate.der, key: key)
    }

    private static func serialNumber(_ hexadecimal: String) -> CertificateSerialNumber? {
        var bytes: [UInt8] = []
        var rest = Substring(hexadecimal)
        while let byte = UInt8(rest.prefix(2), radix: 16) {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return rest.isEmpty ? CertificateSerialNumber(bytes: bytes) : nil
    }
}
