public import HTTPTypes
public import Hummingbird
import JOSE
import NIOCore
public import PortvaktProvider

/// The answer to a request whose token is missing or not good enough: the challenge's field and a problem document.
///
/// A route may throw it too, to refuse by a rule of its own with the answers of RFC 6750.
public struct TokenRefusal: HTTPResponseError {
    /// What is answered.
    public let challenge: Challenge

    /// A refusal by a challenge.
    public init(_ challenge: Challenge) { self.challenge = challenge }

    /// The refusal of a token that failed a check.
    ///
    /// - Parameters:
    ///   - error: What failed.
    ///   - realm: The name of what is protected.
    ///   - dpop: What the verifier demands of bound tokens.
    public init(
        _ error: VerificationError,
        realm: String = Challenge.defaultRealm,
        dpop: DPoPPolicy = .off
    ) {
        challenge = Challenge(error, realm: realm, dpop: dpop)
    }

    /// The HTTP status.
    public var status: HTTPResponse.Status { HTTPResponse.Status(code: challenge.status) }

    /// The answer, which no cache may keep.
    public func response(from request: Request, context: some RequestContext) throws -> Response { response() }

    func response() -> Response {
        var response = problemResponse(status, challenge.problem)
        response.headers[.wwwAuthenticate] = challenge.authenticate
        response.headers[.retryAfter] = challenge.retryAfter.map { "\($0)" }
        return response
    }
}

/// An answer in the form of RFC 9457.
func problemResponse(_ status: HTTPResponse.Status, _ problem: JSONObject) -> Response {
    Response(
        status: status,
        headers: [.contentType: "application/problem+json", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.encoded()))
    )
}
