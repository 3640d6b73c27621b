import Foundation
import JOSE
import LibCrypto
import TestAuthority
import TestSupport
import Testing
import Vocabulary

/// One request that is refused, by the name of its golden file.
struct RefusalCase: Sendable, CustomTestStringConvertible {
    /// The name of the case and of its golden file.
    let name: String
    /// The code that it is refused with.
    let code: String
    /// The reason that it is refused with.
    let reason: String
    /// The status of the answer.
    let status: Int
    /// The form that is sent.
    let form: @Sendable (_ issuer: String, _ now: Timestamp) throws -> String

    var testDescription: String { name }
}

extension RefusalCase {
    static let grantType = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"

    /// A grant of the client with keys, right but for one change.
    private static func grant(
        _ name: String,
        _ code: String,
        _ reason: String,
        status: Int = 400,
        client: String = World.keyClient,
        scope: String = "demo:read",
        key: PrivateKey = TestKeys.rsa,
        _ change: @escaping @Sendable (inout AssertionMint, Timestamp) -> Void = { _, _ in }
    ) -> RefusalCase {
        RefusalCase(name: name, code: code, reason: reason, status: status) { issuer, now in
            var mint = AssertionMint(client: client, audience: issuer, scope: scope, at: now, kid: "rsa-1")
            mint.claims["jti"] = .string(UUID().uuidString)
            change(&mint, now)
            return try "\(grantType)&assertion=\(mint.signed(by: key))"
        }
    }

    /// A grant of the client with a certificate, right but for one change.
    private static func certificate(
        _ name: String,
        _ code: String,
        _ reason: String,
        by authority: Result<CertificateAuthority, any Error> = World.authority,
        _ change: @escaping @Sendable (inout EnterpriseCertificateRequest, Timestamp) -> Void
    ) -> RefusalCase {
        RefusalCase(name: name, code: code, reason: reason, status: 400) { issuer, now in
            var request = EnterpriseCertificateRequest(
                organisation: World.consumer,
                name: "KONSUMENT AS",
                key: TestKeys.rsa
            )
            change(&request, now)
            let issued = try authority.get().issue(request)
            var mint = AssertionMint(
                client: World.certificateClient,
                audience: issuer,
                scope: "demo:read",
                at: now,
                jti: UUID().uuidString
            )
            mint.header["x5c"] = .array(issued.chain.map { .string(Base64.encode($0)) })
            return try "\(grantType)&assertion=\(mint.signed(by: TestKeys.rsa))"
        }
    }

    private static func raw(
        _ name: String,
        _ code: String,
        _ reason: String,
        status: Int = 400,
        _ form: String
    ) -> RefusalCase {
        RefusalCase(name: name, code: code, reason: reason, status: status) { _, _ in form }
    }

    static let all: [RefusalCase] =
        forms + headers + claims + times + clients + certificates + decisions + delegations + unproven
        + seals + clientCertificates

    private static let forms: [RefusalCase] = [
        raw("form-empty", "PV-001", "form_parameter_missing", ""),
        raw("form-percent", "PV-001", "form_malformed", "grant_type=%zz"),
        raw("form-twice", "PV-001", "form_parameter_twice", "grant_type=a&grant_type=b"),
        raw("form-without-assertion", "PV-001", "form_parameter_missing", grantType),
        raw("grant-type", "PV-002", "grant_type_unsupported", "grant_type=password&username=a&password=b"),
        raw("assertion-no-jwt", "MP-011", "assertion_malformed", "\(grantType)&assertion=abc"),
        raw("assertion-base64", "MP-011", "assertion_malformed", "\(grantType)&assertion=a%2Bb.e30.e30"),
        raw("assertion-encrypted", "MP-011", "assertion_malformed", "\(grantType)&assertion=a.b.c.d.e"),
        raw(
            "assertion-dots",
            "MP-011",
            "assertion_malformed",
            "\(grantType)&assertion=" + String(repeating: ".", count: 10_000)
        ),
        raw(
            "assertion-too-long",
            "MP-011",
            "assertion_malformed",
            "\(grantType)&assertion=" + String(repeating: "a", count: 17_000)
        ),
        RefusalCase(name: "assertion-duplicate-member", code: "MP-011", reason: "assertion_malformed", status: 400) {
            _,
            _ in
            let header = Base64URL.encode(Array(#"{"alg":"RS256","\u0061lg":"none","kid":"rsa-1"}"#.utf8))
            return "\(grantType)&assertion=\(header).e30.AAAA"
        },
        raw(
            "client-assertion-missing",
            "PV-001",
            "form_parameter_missing",
            "grant_type=client_credentials&scope=demo:read"
        ),
    ]

    private static let headers: [RefusalCase] = [
        grant("alg-none", "MP-011", "header_algorithm") { mint, _ in mint.header["alg"] = "none" },
        grant("alg-hs256", "MP-011", "header_algorithm") { mint, _ in mint.header["alg"] = "HS256" },
        grant("alg-not-the-keys", "MP-011", "header_algorithm") { mint, _ in mint.header["alg"] = "RS512" },
        grant("typ-access-token", "MP-011", "header_type") { mint, _ in mint.header["typ"] = "at+jwt" },
        grant("header-jwk", "MP-011", "header_forbidden") { mint, _ in mint.header["jwk"] = ["kty": "RSA"] },
        grant("header-jku", "MP-011", "header_forbidden") { mint, _ in mint.header["jku"] = "http://127.0.0.1:1/jwk" },
        grant("header-crit", "MP-011", "header_forbidden") { mint, _ in mint.header["crit"] = ["exp"] },
        grant("kid-and-x5c", "MP-011", "credential_ambiguous") { mint, _ in mint.header["x5c"] = ["AQID"] },
        grant("no-kid-no-x5c", "MP-011", "kid_missing") { mint, _ in mint.header["kid"] = JSONValue?.none },
        grant("x5c-string", "MP-123", "x5c_not_array") { mint, _ in
            mint.header["kid"] = JSONValue?.none
            mint.header["x5c"] = "AQID"
        },
        grant("x5c-base64", "MP-123", "x5c_malformed") { mint, _ in
            mint.header["kid"] = JSONValue?.none
            mint.header["x5c"] = ["-----BEGIN CERTIFICATE-----"]
        },
    ]

    private static let claims: [RefusalCase] = [
        grant("claim-missing", "MP-011", "claim_missing") { mint, _ in mint.claims["exp"] = JSONValue?.none },
        grant("claim-malformed", "MP-011", "claim_malformed") { mint, _ in mint.claims["iat"] = "now" },
        grant("claim-unknown", "MP-011", "claim_unknown") { mint, _ in mint.claims["consumer_orgno"] = "310000001" },
        grant("claim-scope-twice", "MP-011", "claim_malformed", scope: "demo:read demo:read"),
        grant("consumer-org-malformed", "MP-011", "claim_malformed") { mint, _ in
            mint.claims["consumer_org"] = "310000001"
        },
        grant("claims-exclusive", "MP-011", "claims_exclusive") { mint, _ in
            mint.claims["consumer_org"] = .string("\(World.stranger)")
            mint.claims["iss_onbehalfof"] = "x"
        },
        grant("pid-malformed", "MP-011", "claim_malformed") { mint, _ in mint.claims["pid"] = "12345678901" },
        grant("authorization-details", "MP-301", "authorization_details_type_unknown") { mint, _ in
            mint.claims["authorization_details"] = [["type": "urn:example"]]
        },
        grant("resource-malformed", "PV-016", "resource_malformed") { mint, _ in mint.claims["resource"] = "/here" },
        grant("aud-without-slash", "MP-110", "audience_wrong") { mint, _ in
            mint.claims["aud"] = .string(String((mint.claims["aud"]?.string ?? "").dropLast()))
        },
        grant("aud-token-endpoint", "MP-110", "audience_wrong") { mint, _ in
            mint.claims["aud"] = .string((mint.claims["aud"]?.string ?? "") + "token")
        },
        grant("aud-two", "MP-110", "audience_wrong") { mint, _ in
            mint.claims["aud"] = [.string(mint.claims["aud"]?.string ?? ""), "https://maskinporten.no/"]
        },
    ]

    private static let times: [RefusalCase] = [
        grant("expired", "MP-130", "assertion_expired") { mint, now in
            mint.claims["iat"] = .integer(now.seconds - 100)
            mint.claims["exp"] = .integer(now.seconds - 30)
        },
        grant("iat-ahead", "PV-012", "iat_in_future") { mint, now in
            mint.claims["iat"] = .integer(now.seconds + 40)
            mint.claims["exp"] = .integer(now.seconds + 90)
        },
        grant("nbf-ahead", "PV-012", "nbf_in_future") { mint, now in mint.claims["nbf"] = .integer(now.seconds + 40) },
        grant("lifetime", "PV-013", "assertion_lifetime_too_long") { mint, now in
            mint.claims["exp"] = .integer(now.seconds + 3_600)
        },
        grant("exp-before-iat", "MP-011", "assertion_ends_before_it_begins") { mint, now in
            mint.claims["exp"] = .integer(now.seconds - 1)
        },
    ]

    private static let clients: [RefusalCase] = [
        grant("client-unknown", "MP-100", "client_unknown", client: "00000000-0000-4000-8000-000000000000"),
        grant("client-disabled", "PV-014", "client_disabled", client: World.disabledClient),
        grant("kid-unknown", "PV-010", "key_unknown") { mint, _ in mint.header["kid"] = "rsa-2" },
        grant("kid-not-registered", "PV-010", "key_not_registered", client: World.certificateClient),
        grant("key-expired", "MP-121", "key_expired", key: TestKeys.otherRSA) { mint, _ in
            mint.header["kid"] = "old-1"
        },
        grant("signature", "MP-124", "signature_invalid", key: TestKeys.otherRSA),
    ]

    private static let certificates: [RefusalCase] = [
        RefusalCase(name: "kid-required", code: "PV-011", reason: "kid_required", status: 400) { issuer, now in
            let request = EnterpriseCertificateRequest(
                organisation: World.consumer,
                name: "KONSUMENT AS",
                key: TestKeys.rsa
            )
            let issued = try World.authority.get().issue(request)
            var mint = AssertionMint(client: World.keyClient, audience: issuer, scope: "demo:read", at: now)
            mint.header["x5c"] = .array(issued.chain.map { .string(Base64.encode($0)) })
            return try "\(grantType)&assertion=\(mint.signed(by: TestKeys.rsa))"
        },
        certificate("certificate-organisation", "MP-122", "certificate_organisation") { request, _ in
            request.organisation = World.stranger
        },
        certificate("certificate-untrusted", "MP-120", "certificate_untrusted", by: World.otherAuthority) { _, _ in },
        certificate("certificate-expired", "MP-120", "certificate_expired") { request, now in
            request.notBefore = now - 1_000
            request.notAfter = now - 100
        },
        certificate("certificate-not-yet-valid", "MP-120", "certificate_not_yet_valid") { request, now in
            request.notBefore = now + 1_000
            request.notAfter = now + 2_000
        },
        certificate("certificate-self-signed", "MP-120", "certificate_self_signed") { request, _ in
            request.isSelfSigned = true
        },
        certificate("certificate-policy", "MP-120", "certificate_policy") { request, _ in request.policies = [] },
        certificate("certificate-key-usage", "MP-120", "certificate_key_usage") { request, _ in
            request.keyUsage = [.nonRepudiation]
        },
        certificate("certificate-organisation-number", "MP-120", "certificate_organisation_number") { request, _ in
            request.organisationIdentifiers = ["VATNO-991825827"]
        },
    ]

    /// A grant of the supplier's client for another organisation.
    private static func delegated(
        _ name: String,
        _ code: String,
        _ reason: String,
        status: Int = 403,
        client: String = World.supplierClient,
        scope: String = "demo:delegated",
        for consumer: OrganisationNumber = World.consumer
    ) -> RefusalCase {
        grant(name, code, reason, status: status, client: client, scope: scope) { mint, _ in
            mint.claims["consumer_org"] = .string("\(consumer)")
        }
    }

    private static let delegations: [RefusalCase] = [
        delegated("consumer-is-owner", "PV-019", "consumer_is_owner", status: 400, for: World.supplier),
        delegated(
            "consumer-fixed",
            "PV-019",
            "consumer_fixed",
            status: 400,
            client: World.ownedClient,
            for: World.stranger
        ),
        delegated("consumer-unknown", "PV-015", "organisation_unknown", status: 400, for: World.unknown),
        delegated("scope-not-delegable", "PV-024", "scope_not_delegable", status: 400, scope: "demo:read"),
        delegated("delegation-without-access", "MP-250", "access_not_granted", scope: "demo:ungranted"),
        delegated("delegation-missing", "MP-251", "delegation_missing", scope: "demo:not-delegated"),
        delegated("delegation-ended", "MP-251", "delegation_ended", scope: "demo:delegation-ended"),
        delegated(
            "delegations-several",
            "MP-250",
            "access_not_granted",
            scope: "demo:delegated demo:not-delegated demo:ungranted"
        ),
    ]

    /// A grant of the supplier's client with an on-behalf-of value.
    private static func onBehalfOf(
        _ name: String,
        _ code: String,
        _ reason: String,
        status: Int = 403,
        scope: String,
        value: String = "customer"
    ) -> RefusalCase {
        grant(name, code, reason, status: status, client: World.supplierClient, scope: scope) { mint, _ in
            mint.claims["iss_onbehalfof"] = .string(value)
        }
    }

    private static let unproven: [RefusalCase] = [
        onBehalfOf(
            "on-behalf-of-unknown",
            "PV-023",
            "on_behalf_of_unknown",
            status: 400,
            scope: "demo:unproven",
            value: "x"
        ),
        onBehalfOf("scope-needs-delegation", "PV-024", "scope_needs_delegation", status: 400, scope: "demo:delegated"),
        onBehalfOf("unproven-supplier", "PV-025", "unproven_supplier_not_allowed", scope: "demo:read"),
        grant(
            "unproven-supplier-client",
            "PV-025",
            "unproven_supplier_not_allowed",
            status: 403,
            client: World.ownedClient
        ),
        onBehalfOf(
            "supplier-access-not-granted",
            "MP-250",
            "supplier_access_not_granted",
            scope: "demo:unproven-for-consumer"
        ),
        onBehalfOf("supplier-access-ended", "MP-250", "supplier_access_not_in_force", scope: "demo:unproven-ended"),
    ]

    private static let decisions: [RefusalCase] = [
        grant("organisation-unknown", "PV-015", "organisation_unknown", client: World.unknownClient),
        grant("organisation-deleted", "PV-015", "organisation_deleted", client: World.deletedClient),
        grant("scope-unknown", "MP-200", "scope_unknown", scope: "demo:nothing"),
        grant("scope-not-on-client", "MP-200", "scope_not_on_client", scope: "demo:write"),
        grant("scope-inactive", "PV-017", "scope_inactive", scope: "demo:inactive"),
        grant("scope-integration-type", "MP-201", "scope_integration_type", scope: "demo:users"),
        grant("access-not-granted", "MP-250", "access_not_granted", status: 403, client: World.strangerClient),
        grant("access-ended", "MP-250", "access_ended", status: 403, scope: "demo:ended"),
        grant("access-terms", "MP-250", "access_terms", status: 403, scope: "demo:terms"),
        grant("scopes-several", "MP-200", "scope_not_on_client", scope: "demo:read demo:write demo:ended"),
        grant("scopes-incompatible", "PV-020", "scopes_incompatible", scope: "demo:read demo:at") { mint, _ in
            mint.claims["resource"] = "https://api.example.no/a"
        },
        grant("audience-enforced", "PV-016", "resource_enforced", scope: "demo:enforced") { mint, _ in
            mint.claims["resource"] = "https://api.example.no/c"
        },
        grant("audiences-enforced", "PV-016", "resource_enforced", scope: "demo:enforced demo:other-enforced"),
        grant("audience-required", "PV-016", "resource_required", scope: "demo:at"),
        grant("pid-required", "PV-018", "pid_required", scope: "demo:person"),
    ]
}
