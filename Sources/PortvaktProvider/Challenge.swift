public import JOSE
import Vocabulary

/// What an API answers to a request whose token is missing or not good enough (RFC 6750 §3).
///
/// The field for clients that follow the standard (``authenticate``) and the body for people (``problem``) tell the same.
public struct Challenge: Sendable, Hashable {
    /// The HTTP status: 400, 401, 403, or 503 when the issuer's keys or lists cannot be had.
    public let status: Int
    /// The value of `WWW-Authenticate`; nil with 503, as another token would not help.
    public let authenticate: String?
    /// When to come back, in seconds (`Retry-After`); nil but with 503.
    public let retryAfter: Int?
    /// The body, as `application/problem+json` (RFC 9457).
    public let problem: JSONObject

    /// The realm that is named unless the API has its own (RFC 9110 §11.5).
    public static let defaultRealm = "api"

    /// The answer to a request without a token: no `error`, for nothing was wrong (RFC 6750 §3.1).
    ///
    /// The scopes that the rule demands are named, so that the client knows what to ask for.
    ///
    /// - Parameters:
    ///   - rule: What the API demands.
    ///   - realm: The name of what is protected.
    ///   - dpop: What the verifier demands of bound tokens (``TokenVerifier/dpop``): which schemes are named.
    /// - Returns: A challenge of 401.
    public static func tokenMissing(
        for rule: AccessRule? = nil,
        realm: String = defaultRealm,
        dpop: DPoPPolicy = .off
    ) -> Challenge {
        Challenge(
            status: 401,
            realm: realm,
            error: nil,
            code: "token_missing",
            description: dpop.mode == .required
                ? "a token that is bound to a key is needed in the `Authorization` field, with its proof in `DPoP`"
                : "a bearer token is needed in the `Authorization` field",
            scopes: rule?.scopes ?? [],
            dpop: dpop
        )
    }

    /// The answer to a request whose token failed.
    ///
    /// With a verifier that takes bound tokens its ``TokenVerifier/nextNonce`` goes into the field `DPoP-Nonce`.
    public init(_ error: VerificationError, realm: String = defaultRealm, dpop: DPoPPolicy = .off) {
        let (status, name, scopes): (Int, String?, [String]) =
            switch error {
            case .request: (400, "invalid_request", [])
            // Not the client's fault, and why the issuer does not answer is not its business.
            case .key(.unavailable), .status(.unavailable), .status(.refused), .status(.index): (503, nil, [])
            case .proofMemory: (503, nil, [])
            case .proof(let fault): (401, fault.wantsNonce ? "use_dpop_nonce" : "invalid_dpop_proof", [])
            case .access(let denial): (403, "insufficient_scope", denial.scopes)
            default: (401, "invalid_token", [])
            }
        let isAvailable = status != 503
        self.init(
            status: status,
            realm: isAvailable ? realm : nil,
            error: name,
            code: error.code,
            description: isAvailable
                ? Self.shortened("\(error)")
                : error.check == .status
                    ? "whether the token was ended cannot be known at present"
                    : error.check == .binding
                        ? "\(error)"
                        : "the keys of the tokens' issuer cannot be had at present",
            scopes: scopes,
            dpop: dpop,
            concernsProof: error.concernsProof
        )
    }

    /// Only with a realm is there a challenge.
    private init(
        status: Int,
        realm: String?,
        error: String?,
        code: String,
        description: String,
        scopes: [String],
        dpop: DPoPPolicy,
        concernsProof: Bool = false
    ) {
        self.status = status
        let scope = scopes.joined(separator: " ")
        var parameters: [String] = []
        var problem: JSONObject = ["title": .string(Self.title(of: status)), "status": .integer(Int64(status))]
        if let realm { parameters.append(Self.parameter("realm", realm)) }
        if let error {
            parameters.append(Self.parameter("error", error))
            parameters.append(Self.parameter("error_description", description))
            problem["error"] = .string(error)
        }
        if !scope.isEmpty {
            parameters.append(Self.parameter("scope", scope))
            problem["scope"] = .string(scope)
        }
        problem["code"] = .string(code)
        problem["detail"] = .string(description)
        authenticate = realm.map { realm in
            Self.challenges(parameters, realm: realm, dpop: dpop, concernsProof: concernsProof)
        }
        retryAfter = status == 503 ? Self.pause : nil
        self.problem = problem
    }

    /// RFC 9449 §7.1, §7.2: the scheme that the fault lies in has the error; the other one is told of beside it.
    private static func challenges(
        _ parameters: [String],
        realm: String,
        dpop: DPoPPolicy,
        concernsProof: Bool
    ) -> String {
        let bearer = "Bearer " + parameters.joined(separator: ", ")
        let algorithms = parameter("algs", dpop.algorithms.map(\.rawValue).sorted().joined(separator: " "))
        let bound = "DPoP " + (parameters + [algorithms]).joined(separator: ", ")
        return switch dpop.mode {
        case .off: bearer
        case .required: bound
        case .acceptIfBound where concernsProof: bound
        case .acceptIfBound: "\(bearer), DPoP \(parameter("realm", realm)), \(algorithms)"
        }
    }

    /// Seconds after which the issuer may be back: keys are asked for at most every second while there are none.
    private static let pause = 5

    /// What a token brought along, such as a `kid`, may be longer than the fields that a proxy lets through.
    private static func shortened(_ text: String) -> String {
        text.count > longestDescription ? text.prefix(longestDescription) + "..." : text
    }

    private static let longestDescription = 400

    private static func title(of status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        default: "Service Unavailable"
        }
    }

    /// RFC 6750 §3: printable ASCII without `"` and `\`; what a token brought along must not end the text.
    private static func parameter(_ name: String, _ text: String) -> String {
        let sound = text.unicodeScalars.map {
            (0x20...0x7E).contains($0.value) && $0 != "\"" && $0 != "\\" ? Character($0) : "?"
        }
        return "\(name)=\"\(String(sound))\""
    }
}

extension AccessRule {
    /// The scopes that a client may ask for to fulfil the rule, alternatives included, each once.
    var scopes: [String] {
        switch self {
        case .scope(let scope): [scope.rawValue]
        case .anyScope(let scopes): scopes.map(\.rawValue)
        case .allOf(let rules), .anyOf(let rules): distinct(rules.flatMap(\.scopes))
        case .scopePrefix, .consumer, .supplier, .supplierAllowed, .noSupplier, .delegationSource, .audience, .custom:
            []
        }
    }
}

extension AccessRule.Denial {
    /// The scopes that are missing, alternatives included, each once.
    var scopes: [String] {
        switch self {
        case .scope(let scopes): scopes.map(\.rawValue)
        case .none(let denials): distinct(denials.flatMap(\.scopes))
        case .scopePrefix, .consumer, .supplier, .delegationSource, .audience, .custom: []
        }
    }
}

private func distinct(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
}
