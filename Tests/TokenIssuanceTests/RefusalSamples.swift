import Delegations
import EnterpriseCertificates
import JOSE
import Organisations
import Scopes
import TokenIssuance
import Vocabulary

/// One refusal of every kind, for the tables of errors.
enum RefusalSamples {
    static let all: [Refusal] = transport + possession + assertion + client + decision

    private static let time = Timestamp(seconds: 1_795_000_000)
    private static let client1 = made { try ClientID(parsing: "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11") }
    private static let key = made { try KeyID(parsing: "payroll-2026") }
    private static let organisation = made { try OrganisationNumber(parsing: "991825827") }
    private static let scope = made { try ScopeName(parsing: "demo:fish.read") }
    private static let other = made { try ScopeName(parsing: "demo:fish.write") }

    private static let transport: [Refusal] = [
        .notFound(path: "/tokens"),
        .methodNotAllowed(method: "GET", allowed: ["POST"]),
        .bodyTooLarge(limit: TokenForm.maximumLength),
        .mediaType(received: "application/json"),
        .formMalformed,
        .formParameterTwice("assertion"),
        .formParameterMissing("assertion"),
        .formParameterValue("client_assertion_type", expected: TokenForm.jwtClientAssertionType),
        .grantType(received: "password"),
        .tooManyRequests(retryAfter: 2),
        .accessTokenMissing,
        .accessTokenRefused(.unusable), .accessTokenRefused(.audience), .accessTokenRefused(.bound),
        .accessTokenRefused(.ended), .accessTokenRefused(.onBehalf),
        .notAcceptable(offered: ["application/statuslist+jwt"]),
        .misdirected(host: "admin.example.no"),
        .notAcceptable(offered: ["application/json"]),
    ]

    private static let possession: [Refusal] = [
        .dpopProof(.missing), .dpopProof(.repeated), .dpopProof(.malformed(.parts(2))), .dpopProof(.type("JWT")),
        .dpopProof(.type(nil)),
        .dpopProof(.headerMember("crit")), .dpopProof(.algorithm("none")), .dpopProof(.algorithm(nil)),
        .dpopProof(.keyMissing), .dpopProof(.key(.symmetricKey)), .dpopProof(.claim("jti")), .dpopProof(.signature),
        .dpopProof(.method("GET")), .dpopProof(.target("https://localhost/token")),
        .dpopProof(.stale(issuedAt: time, now: time + 61)), .dpopProof(.notYetValid(issuedAt: time + 61, now: time)),
        .dpopProof(.nonceMissing), .dpopProof(.nonceUnknown), .dpopProof(.accessTokenHash), .dpopProof(.otherKey),
        .dpopProof(.replayed), .dpopRequired(scope), .dpopRequired(nil), .bindingRequired(scope),
    ]

    private static let assertion: [Refusal] = [
        .assertionMalformed(.parts(2)),
        .headerMember("alg", fault: .missing),
        .headerMember("kid", fault: .malformed),
        .headerMember("jwk", fault: .forbidden),
        .headerMember("kid", fault: .tooLong),
        .headerAlgorithm(received: "none", expected: ["RS256"]),
        .headerType(received: "at+jwt"),
        .credentialAmbiguous,
        .credentialMissing,
        .x5cNotArray,
        .x5cElement(index: 1),
        .claim("aud", fault: .missing),
        .claim("iat", fault: .malformed),
        .claim("scope", fault: .forbidden),
        .claim("jti", fault: .tooLong),
        .claimUnknown("consumer_orgno", suggestion: "consumer_org"),
        .claimUnknown("colour", suggestion: nil),
        .claimsExclusive(["consumer_org", "iss_onbehalfof"]),
        .mismatch("client_id"),
        .assertionEndsBeforeItBegins,
        .audience(received: ["https://maskinporten.no"], expected: "https://maskinporten.no/"),
        .assertionExpired(expires: time - 11, now: time),
        .assertionNotYetValid(claim: "iat", value: time + 30, now: time),
        .assertionNotYetValid(claim: "nbf", value: time + 30, now: time),
        .assertionLifetime(3_600, limit: 120),
        .replayed,
        .assertionBarred(until: time),
    ]

    private static let client: [Refusal] = [
        .clientCertificateMissing,
        .clientCertificateMalformed(field: "Client-Cert"),
        .clientCertificateMalformed(field: nil),
        .clientCertificateRequired(by: scope),
        .clientCertificateRequired(by: nil),
        .certificate(.subject(.missing("commonName"))),
        .certificate(.subject(.several("countryName", ["SE", "DK"]))),
        .certificate(.subject(.form("organizationIdentifier", "5560000001"))),
        .sealScope(scope, .closed),
        .sealScope(scope, .inactive),
        .sealScope(scope, .terms),
        .clientUnknown(client1.rawValue),
        .clientDisabled(client1),
        .keyUnknown(key),
        .keyNotRegistered(key),
        .keyExpired(key, expired: time),
        .keyRequired,
        .certificate(.expired(notAfter: time)),
        .certificateOrganisation(certificate: organisation),
        .signature,
    ]

    private static let decision: [Refusal] =
        [
            .organisation(organisation, .unknown),
            .organisation(organisation, .impeded(.deleted(CalendarDate(parsing: "2026-05-01")))),
            .organisation(organisation, .impeded(.mainUnitDeleted(organisation))),
            .organisation(organisation, .distressed),
            .scopesIncompatible(demand: "typ", scopes: [scope, other]),
            .pid(required: true, scope: scope),
            .pid(required: false, scope: scope),
            .resource("x", .malformed),
            .resource("https://b.no", .enforced("https://a.no")),
            .resource("https://b.no", .notAllowed(by: scope)),
            .resource(nil, .required(by: scope)),
            .authorizationDetailsType("urn:example"),
            .acting(for: organisation, .own),
            .acting(for: organisation, .fixed),
            .onBehalfOfUnknown,
            .authorizationDetailsMember("external_ref", expected: ["type", "systemuser_org", "externalRef"]),
            .authorizationDetailsValue(member: "id", expected: "a UUID"),
            .consent([.from, .expired]),
        ] + SystemUserLookupFailure.allCases.map { .systemUser($0, owner: organisation) }
        + Refusal.ConsentFault.allCases.map { .consent([$0]) }
        + scopeFaults.map { .scopes([.init(scope: scope, fault: $0, consumer: organisation)]) }

    private static let scopeFaults: [Refusal.ScopeFault] = [
        .unknown, .inactive, .notOnClient, .integrationType(allowed: ["idporten"]), .notGranted, .impeded(.requested),
        .impeded(.denied), .impeded(.notYet(from: time)), .impeded(.ended(until: time)),
        .impeded(.terms(required: "2", accepted: nil)), .notDelegable, .needsDelegation, .unprovenSupplier,
        .supplierNotGranted(organisation), .supplierImpeded(organisation, .ended(until: time)),
        .supplierImpeded(organisation, .terms(required: "2", accepted: "1")), .notDelegated(to: organisation),
        .delegationEnded(to: organisation, until: time), .noProcessorAgreement(with: organisation),
        .processorAgreementEnded(with: organisation, until: time),
    ]

    /// The literals are well-formed, or no test of the table is worth running.
    private static func made<Value>(_ make: () throws -> Value) -> Value {
        do { return try make() } catch { preconditionFailure("not well-formed: \(error)") }
    }
}
