import EnterpriseCertificates
public import JOSE
import Organisations
import Scopes
import Vocabulary

extension Refusal {
    /// The facts of the refusal for programs: which scope, claim, key or party; expected and received.
    ///
    /// Before the client is authenticated these are only what the caller sent and public configuration (DESIGN §3); the
    /// refusals that can come that early carry nothing else. Never a `pid`, an assertion or a key.
    public var details: JSONObject {
        switch self {
        case .notFound(let path): ["path": .string(path)]
        case .methodNotAllowed(let method, let allowed):
            ["received": .string(method), "expected": strings(allowed)]
        case .bodyTooLarge(let limit): ["limit": .number(JSONNumber(Int64(limit)))]
        case .mediaType(let received):
            ["received": received.map(JSONValue.string) ?? .null, "expected": "application/x-www-form-urlencoded"]
        case .formMalformed, .credentialAmbiguous, .credentialMissing, .x5cNotArray, .keyRequired, .signature,
            .replayed,
            .assertionEndsBeforeItBegins:
            [:]
        case .formParameterTwice(let name), .formParameterMissing(let name): ["parameter": .string(name)]
        case .formParameterValue(let name, let expected):
            ["parameter": .string(name), "expected": .string(expected)]
        case .grantType(let received):
            [
                "received": .string(received),
                "expected": [.string(TokenForm.jwtBearerGrantType), .string(TokenForm.clientCredentialsGrantType)],
            ]
        case .accessTokenMissing, .accessTokenRefused: [:]
        case .notAcceptable(let offered): ["offered": strings(offered)]
        case .misdirected(let host): ["host": .string(host)]
        case .tooManyRequests(let retryAfter): ["retry_after": .number(JSONNumber(retryAfter.count))]
        case .assertionMalformed(let error): ["cause": .string("\(error)")]
        case .headerMember(let name, _): ["header": .string(name)]
        case .headerAlgorithm(let received, let expected) where expected.isEmpty:
            ["header": "alg", "received": .string(received)]
        case .headerAlgorithm(let received, let expected):
            ["header": "alg", "received": .string(received), "expected": strings(expected)]
        case .headerType(let received): ["header": "typ", "received": .string(received), "expected": "JWT"]
        case .x5cElement(let index): ["header": "x5c", "element": .number(JSONNumber(Int64(index)))]
        case .claim(let name, _): ["claim": .string(name)]
        case .claimUnknown(let name, let suggestion):
            ["claim": .string(name), "suggestion": suggestion.map(JSONValue.string) ?? .null]
        case .claimsExclusive(let names): ["claims": strings(names)]
        case .mismatch(let name): ["parameter": .string(name)]
        case .clientUnknown(let id): ["client_id": .string(id)]
        case .clientDisabled(let id): ["client_id": .string(id.rawValue)]
        case .keyUnknown(let id), .keyNotRegistered(let id): ["kid": .string(id.rawValue)]
        case .keyExpired(let id, let expired): ["kid": .string(id.rawValue), "expired": .string("\(expired)")]
        case .certificate(let rejection):
            rejection.details.sorted { $0.key < $1.key }.reduce(into: [:]) { $0[$1.key] = strings($1.value) }
        case .certificateOrganisation(let organisation): ["certificate_organisation": .string("\(organisation)")]
        case .clientCertificateMissing: ["parameter": "client_assertion"]
        case .clientCertificateMalformed(let field): field.map { ["header": .string($0)] } ?? [:]
        case .clientCertificateRequired(let scope): scope.map { ["scope": .string($0.rawValue)] } ?? [:]
        case .dpopProof(let fault): fault.details
        case .dpopRequired(let scope):
            scope.map { ["scope": .string($0.rawValue), "expected": "DPoP"] } ?? ["expected": "DPoP"]
        case .bindingRequired(let scope): ["scope": .string(scope.rawValue), "expected": ["DPoP", "mTLS"]]
        case .audience(let received, let expected):
            ["claim": "aud", "received": strings(received), "expected": .string(expected)]
        case .assertionExpired(let expires, let now):
            ["claim": "exp", "received": seconds(expires), "server_time": seconds(now)]
        case .assertionBarred(let until): ["claim": "iat", "expected": seconds(until)]
        case .assertionNotYetValid(let claim, let value, let now):
            ["claim": .string(claim), "received": seconds(value), "server_time": seconds(now)]
        case .assertionLifetime(let lifetime, let limit):
            ["received": .number(JSONNumber(lifetime.count)), "limit": .number(JSONNumber(limit.count))]
        case .organisation(let number, _): ["organisation": .string("\(number)")]
        case .scopes(let refusals): ["scopes": .array(refusals.map { .object($0.details) })]
        case .scopesIncompatible(let demand, let scopes):
            ["demand": .string(demand), "scopes": strings(scopes.map(\.rawValue))]
        case .pid(_, let scope): ["claim": "pid", "scope": .string(scope.rawValue)]
        case .resource(let resource, let fault): fault.details(of: resource)
        case .authorizationDetailsType(let type):
            ["received": .string(type), "expected": strings(AuthorizationDetail.types)]
        case .authorizationDetailsMember(let name, let expected):
            ["received": .string(name), "expected": strings(expected)]
        case .authorizationDetailsValue(let member, let expected):
            ["member": .string(member), "expected": .string(expected)]
        case .systemUser(_, let owner): ["systemuser_org": .string("\(owner)")]
        case .consent(let faults): ["causes": strings(faults.map(\.rawValue))]
        case .acting(let organisation, _):
            ["claim": "consumer_org", "organisation": .string("\(organisation)")]
        case .sealScope(let scope, _): ["scope": .string(scope.rawValue)]
        case .onBehalfOfUnknown: ["claim": "iss_onbehalfof"]
        }
    }
}

extension DPoPProofFault {
    /// Only what the proof itself says, and the server's time.
    fileprivate var details: JSONObject {
        switch self {
        case .missing, .repeated, .keyMissing, .key, .signature, .nonceMissing, .nonceUnknown, .accessTokenHash,
            .otherKey,
            .replayed:
            [:]
        case .malformed(let error): ["cause": .string("\(error)")]
        case .type(let type):
            ["header": "typ", "received": type.map(JSONValue.string) ?? .null, "expected": "dpop+jwt"]
        case .headerMember(let name): ["header": .string(name)]
        case .algorithm(let name):
            [
                "header": "alg", "received": name.map(JSONValue.string) ?? .null,
                "expected": strings(JWSAlgorithm.allCases.map(\.rawValue)),
            ]
        case .claim(let name): ["claim": .string(name)]
        case .method(let method): ["claim": "htm", "received": .string(method)]
        case .target(let target): ["claim": "htu", "received": .string(target)]
        case .stale(let issuedAt, let now), .notYetValid(let issuedAt, let now):
            ["claim": "iat", "received": seconds(issuedAt), "server_time": seconds(now)]
        }
    }
}

extension Refusal.ScopeRefusal {
    fileprivate var details: JSONObject {
        var details: JSONObject = [
            "scope": .string(scope.rawValue), "code": .string(fault.code.rawValue), "reason": .string(fault.reason),
        ]
        switch fault {
        case .unknown, .notOnClient, .inactive, .notDelegable, .needsDelegation, .unprovenSupplier: break
        case .integrationType(let allowed): details["expected"] = strings(allowed)
        case .otherRegister(let source): details["delegation_source"] = .string(source)
        case .notGranted: details["consumer"] = .string("\(consumer)")
        case .impeded(let impediment):
            details["consumer"] = .string("\(consumer)")
            add(impediment, to: &details)
        case .supplierNotGranted(let supplier): details["supplier"] = .string("\(supplier)")
        case .supplierImpeded(let supplier, let impediment):
            details["supplier"] = .string("\(supplier)")
            add(impediment, to: &details)
        case .notDelegated(let supplier):
            details["consumer"] = .string("\(consumer)")
            details["supplier"] = .string("\(supplier)")
        case .noProcessorAgreement(let supplier):
            details["consumer"] = .string("\(consumer)")
            details["supplier"] = .string("\(supplier)")
        case .delegationEnded(let supplier, let until), .processorAgreementEnded(let supplier, let until):
            details["consumer"] = .string("\(consumer)")
            details["supplier"] = .string("\(supplier)")
            details["until"] = .string("\(until)")
        }
        return details
    }

    private func add(_ impediment: ScopeAccess.Impediment, to details: inout JSONObject) {
        switch impediment {
        case .requested, .denied: break
        case .notYet(let from): details["from"] = .string("\(from)")
        case .ended(let until): details["until"] = .string("\(until)")
        case .terms(let required, let accepted):
            details["required_terms"] = .string(required)
            details["accepted_terms"] = accepted.map(JSONValue.string) ?? .null
        }
    }
}

extension Refusal.ResourceFault {
    fileprivate func details(of resource: String?) -> JSONObject {
        var details: JSONObject = ["received": resource.map(JSONValue.string) ?? .null]
        switch self {
        case .malformed: break
        case .enforced(let value): details["expected"] = .string(value)
        case .notAllowed(let scope), .required(let scope): details["scope"] = .string(scope.rawValue)
        }
        return details
    }
}

private func strings(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }

private func seconds(_ point: Timestamp) -> JSONValue { .number(JSONNumber(point.seconds)) }
