import Foundation
import JOSE
import LibCrypto
import TestAuthority
import TestSupport
import Vocabulary

// Requests with electronic seals (spec §8.7) and those that miss a client certificate (RFC 8705).

extension RefusalCase {
    /// A grant of a European organisation, right but for one change.
    static func sealedForm(
        issuer: String,
        now: Timestamp,
        scope: String = "demo:customs",
        by authority: Result<CertificateAuthority, any Error> = World.european,
        certificate: (inout EnterpriseCertificateRequest) -> Void = { _ in },
        grant: (inout AssertionMint) -> Void = { _ in }
    ) throws -> String {
        var request = EnterpriseCertificateRequest(
            identifier: "NTRSE-5560000001",
            name: "Svensk Handel AB",
            key: TestKeys.rsa
        )
        certificate(&request)
        let issued = try authority.get().issue(request)
        var mint = AssertionMint(client: "ours", audience: issuer, scope: scope, at: now, jti: UUID().uuidString)
        mint.header["x5c"] = .array(issued.chain.map { .string(Base64.encode($0)) })
        grant(&mint)
        return try "\(grantType)&assertion=\(mint.signed(by: TestKeys.rsa))"
    }

    private static func seal(
        _ name: String,
        _ code: String,
        _ reason: String,
        scope: String = "demo:customs",
        by authority: Result<CertificateAuthority, any Error> = World.european,
        certificate: @escaping @Sendable (inout EnterpriseCertificateRequest) -> Void = { _ in },
        grant: @escaping @Sendable (inout AssertionMint) -> Void = { _ in }
    ) -> RefusalCase {
        RefusalCase(name: name, code: code, reason: reason, status: 400) { issuer, now in
            try sealedForm(
                issuer: issuer,
                now: now,
                scope: scope,
                by: authority,
                certificate: certificate,
                grant: grant
            )
        }
    }

    static let seals: [RefusalCase] = [
        seal("seal-scope-closed", "MP-100", "client_unknown", scope: "demo:open"),
        seal("seal-scope-closed-among-open", "MP-100", "client_unknown", scope: "demo:customs demo:open"),
        seal("seal-scope-unknown", "MP-100", "client_unknown", scope: "demo:nothing"),
        seal("seal-consumer-org", "MP-011", "claim_forbidden", grant: { $0.claims["consumer_org"] = "991825827" }),
        seal("seal-pid", "MP-011", "claim_forbidden", grant: { $0.claims["pid"] = "01828510068" }),
        seal("seal-anchor-foreign", "MP-120", "certificate_untrusted", by: World.otherEuropean),
        seal(
            "seal-two-identifiers",
            "MP-120",
            "certificate_subject",
            certificate: { $0.organisationIdentifiers = ["NTRSE-5560000001", "VATSE-556000000101"] }
        ),
        RefusalCase(name: "seal-enterprise", code: "MP-100", reason: "client_unknown", status: 400) { issuer, now in
            // A Norwegian certificate is no seal: without a client it proves nobody.
            let request = EnterpriseCertificateRequest(
                organisation: World.consumer,
                name: "KONSUMENT AS",
                key: TestKeys.rsa
            )
            let issued = try World.authority.get().issue(request)
            return try sealedForm(
                issuer: issuer,
                now: now,
                grant: { $0.header["x5c"] = .array(issued.chain.map { .string(Base64.encode($0)) }) }
            )
        },
    ]

    static let clientCertificates: [RefusalCase] = [
        RefusalCase(
            name: "client-certificate-missing",
            code: "PV-026",
            reason: "client_certificate_missing",
            status: 401
        ) { _, _ in "grant_type=client_credentials&client_id=\(World.certificateClient)&scope=demo:read" },
        RefusalCase(
            name: "client-certificate-required",
            code: "PV-026",
            reason: "client_certificate_required",
            status: 400
        ) { issuer, now in
            let mint = AssertionMint(
                client: World.keyClient,
                audience: issuer,
                scope: "demo:bound",
                at: now,
                jti: UUID().uuidString,
                kid: "rsa-1"
            )
            return try "\(grantType)&assertion=\(mint.signed(by: TestKeys.rsa))"
        },
    ]
}
