import HTTPTypes
import Hummingbird
import JOSE
import NIOCore
import TokenIssuance
import Vocabulary

/// What an error becomes on the wire: the one place where faults turn into status, header fields and body (DESIGN §3).
struct ErrorResponse {
    let status: HTTPResponse.Status
    let error: String
    let description: String
    let code: ErrorCode
    let reason: String
    let details: JSONObject
    /// Header fields that this error demands: `Allow`, `Retry-After`, `WWW-Authenticate`.
    private(set) var fields: HTTPFields = [:]
    /// Members of the form ``ErrorForm/problem`` alone; an Altinn number among them takes the place of `code`.
    private(set) var problemMembers: JSONObject = [:]

    /// Whether it is our fault rather than the caller's.
    var isOurs: Bool { status.kind == .serverError }

    /// A refused token request.
    init(_ request: RefusedRequest, issuer: Issuer) {
        self.init(request.refusal, status: request.status, error: request.oauthError.rawValue)
        if request.isTokenAccess {
            fields[.wwwAuthenticate] = proofChallenge(issuer)
        } else if let challenge = Self.tokenChallenge(request.refusal, issuer: issuer) {
            fields[.wwwAuthenticate] = challenge
        } else if request.status == 401 {
            // RFC 9110 §15.5.2: 401 carries a challenge. No scheme is registered for RFC 7523; this names the method.
            fields[.wwwAuthenticate] = "private_key_jwt realm=\"\(issuer)\""
        }
    }

    /// RFC 6750 §3: what an endpoint that takes tokens answers to one that is missing or not acceptable.
    private static func tokenChallenge(_ refusal: Refusal, issuer: Issuer) -> String? {
        switch refusal {
        // Without any credentials the challenge has no error code; RFC 7662 §2.1 leaves the choice of method.
        case .accessTokenMissing: "Bearer realm=\"\(issuer)\", private_key_jwt realm=\"\(issuer)\""
        case .accessTokenRefused(let fault):
            "Bearer realm=\"\(issuer)\", error=\"invalid_token\", error_description=\"\(oauthText(refusal.explanation))\""
                + (fault == .bound ? ", DPoP realm=\"\(issuer)\"" : "")
        default: nil
        }
    }

    /// A request that never became a token request, or a form that is none.
    init(_ refusal: Refusal, issuer: Issuer) {
        self.init(refusal, status: refusal.code.status, error: refusal.code.oauthError.rawValue)
        // RFC 6750 §3: without any credentials the challenge has no error code.
        if refusal == .accessTokenMissing { fields[.wwwAuthenticate] = "Bearer realm=\"\(issuer)\"" }
    }

    /// RFC 9449 §7.1, §9: what was wrong with the proof of a token's key, and which algorithms would do.
    private func proofChallenge(_ issuer: Issuer) -> String {
        let algorithms = JWSAlgorithm.allCases.map(\.rawValue).joined(separator: " ")
        let text = Self.oauthText(description)
        return "DPoP realm=\"\(issuer)\", error=\"\(error)\", error_description=\"\(text)\", algs=\"\(algorithms)\""
    }

    /// The server cannot answer at the moment.
    init(_ unavailable: Unavailable) {
        status = .serviceUnavailable
        error = OAuthErrorCode.temporarilyUnavailable.rawValue
        code = .unavailable
        reason = unavailable.rawValue
        description = unavailable.explanation
        details = [:]
        fields[.retryAfter] = String(unavailable.retryAfter.count)
    }

    /// A fault of ours: nothing of it is told (DESIGN §3).
    init(ofOurs: any Error) {
        status = .internalServerError
        error = OAuthErrorCode.serverError.rawValue
        code = .serverError
        reason = "server_error"
        description = "the server failed; its operator finds the cause by the trace id"
        details = [:]
    }

    /// A refusal of an API.
    init(_ problem: Problem, issuer: Issuer) {
        status = HTTPResponse.Status(code: problem.status)
        error = problem.code.oauthError.rawValue
        code = problem.code
        reason = problem.reason
        description = problem.detail
        details = problem.details
        problemMembers = problem.members
        // RFC 6750 §3: what was wrong with the token, or which scope is missing.
        switch problem.code {
        case .accessTokenRefused:
            fields[.wwwAuthenticate] =
                "Bearer realm=\"\(issuer)\", error=\"\(error)\", error_description=\"\(Self.oauthText(description))\""
        case .invalidDPoPProof, .useDPoPNonce:
            fields[.wwwAuthenticate] = proofChallenge(issuer)
        case .insufficientScope:
            let scopes = (details["scopes"]?.strings ?? []).joined(separator: " ")
            fields[.wwwAuthenticate] = "Bearer realm=\"\(issuer)\", error=\"\(error)\", scope=\"\(scopes)\""
        default: break
        }
    }

    /// Whatever was thrown.
    init(_ thrown: any Error, issuer: Issuer) {
        switch thrown {
        case let request as RefusedRequest: self.init(request, issuer: issuer)
        case let refusal as Refusal: self.init(refusal, issuer: issuer)
        case let unavailable as Unavailable: self.init(unavailable)
        case let problem as Problem: self.init(problem, issuer: issuer)
        default: self.init(ofOurs: thrown)
        }
    }

    private init(_ refusal: Refusal, status: Int, error: String) {
        self.status = HTTPResponse.Status(code: status)
        self.error = error
        code = refusal.code
        reason = refusal.reason
        description = refusal.explanation
        details = refusal.details
        switch refusal {
        case .methodNotAllowed(_, let allowed): fields[.allow] = allowed.joined(separator: ", ")
        case .tooManyRequests(let retryAfter): fields[.retryAfter] = String(retryAfter.count)
        default: break
        }
    }

    /// The body: the members of RFC 6749 §5.2 first, then ours.
    func body(issuer: Issuer, traceID: TraceID) -> [UInt8] { members(issuer: issuer, traceID: traceID).encoded() }

    private func members(issuer: Issuer, traceID: TraceID) -> JSONObject {
        [
            "error": .string(error),
            // Clients log the text alone, so the trace id stands in it too.
            "error_description": .string("\(Self.oauthText(description)) (trace_id: \(traceID))"),
            "error_uri": .string(issuer.endpoint("errors/\(code.rawValue)")),
            "code": .string(code.rawValue),
            "reason": .string(reason),
            "trace_id": .string(traceID.rawValue),
            "details": .object(details),
        ]
    }

    /// The body of the form ``ErrorForm/problem``: the members of RFC 9457 §3.1, then those of Altinn's problems, then the others.
    func problemBody(issuer: Issuer, traceID: TraceID) -> [UInt8] {
        var members: JSONObject = [
            "type": .string(issuer.endpoint("errors/\(code.rawValue)")),
            "title": .string(ErrorCatalogue.page(code).title),
            "status": .integer(Int64(status.code)),
            "detail": .string(description),
            // What Altinn's own problems call it.
            "traceId": .string(traceID.rawValue),
        ]
        for member in problemMembers.members { members[member.name] = member.value }
        for member in self.members(issuer: issuer, traceID: traceID).members where !members.contains(member.name) {
            members[member.name] = member.value
        }
        return members.encoded()
    }

    /// Adds what the self-service API's errors have always had (spec §4.4): the time, its trace id under another name, and a
    /// list of what is wrong, with the member that is meant.
    mutating func addRegistrationMembers(traceID: TraceID, at now: Timestamp) {
        problemMembers["timestamp"] = .string("\(now)")
        problemMembers["correlation_id"] = .string(traceID.rawValue)
        guard !problemMembers.contains("errors") else { return }
        let field = details["parameter"] ?? details["member"]
        problemMembers["errors"] = [
            [
                "errorMessage": .string(description), "isFieldError": .bool(field != nil), "objectName": "request",
                "fieldIdentifier": field ?? .null,
            ]
        ]
    }

    /// The answer, but for the fields that every answer has.
    func response(issuer: Issuer, traceID: TraceID, form: ErrorForm = .oauth) -> Response {
        var fields = fields
        fields[.contentType] = form == .oauth ? "application/json" : "application/problem+json"
        fields[.cacheControl] = "no-store"
        fields[.pragma] = "no-cache"
        let bytes =
            form == .oauth
            ? body(issuer: issuer, traceID: traceID) : problemBody(issuer: issuer, traceID: traceID)
        return Response(
            status: status,
            headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// RFC 6749 §5.2: `error_description` holds %x20-21 / %x23-5B / %x5D-7E, so neither `"` nor `\` nor what is not ASCII.
    private static func oauthText(_ text: String) -> String {
        guard !text.utf8.allSatisfy(isOAuthText) else { return text }
        return String(
            decoding: text.unicodeScalars.map { scalar in
                switch scalar {
                case "\"": UInt8(ascii: "'")
                case _ where scalar.isASCII && isOAuthText(UInt8(scalar.value)): UInt8(scalar.value)
                default: UInt8(ascii: "?")
                }
            },
            as: UTF8.self
        )
    }

    private static func isOAuthText(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}

extension Unavailable {
    /// What is the matter, and that it will pass.
    var explanation: String {
        switch self {
        case .storeUnavailable: "the ledger cannot be written at the moment; no token is issued without an entry"
        case .storeStalled: "the ledger's disk does not answer; try again with a new assertion, this one may be used"
        case .queueFull: "too many requests are waiting"
        case .clockBehind: "the server's clock is behind the time that it has already seen"
        case .noSigningKey: "the server has no active signing key"
        case .signingFailed: "the device that holds the server's signing key does not sign"
        case .statusListsFull: "every status list is full of tokens that have not ended"
        case .registerOutdated:
            "the server's copy of the register of organisations is too old to decide on; it must be brought up to date"
        case .draining: "the server is shutting down"
        }
    }

    /// When it is worth trying again.
    var retryAfter: Seconds {
        switch self {
        case .queueFull, .draining: 1
        case .storeUnavailable, .storeStalled, .signingFailed: 5
        case .clockBehind, .noSigningKey, .statusListsFull, .registerOutdated: 30
        }
    }
}
