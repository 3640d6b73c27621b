import HTTPTypes
import Hummingbird
import JOSE
import Logging
import NIOCore
public import TokenIssuance

/// Answers what is asked about tokens; in the server always a ``TokenIntrospector``.
public protocol TokenIntrospecting: Sendable {
    /// Says what the caller may know of a token.
    ///
    /// - Throws: `RefusedRequest`, `Unavailable`, anything else for a fault of ours.
    func introspect(_ query: TokenQuery) async throws -> Introspection

    /// The answer as a signed JWT.
    ///
    /// - Throws: `Unavailable`.
    func sign(_ introspection: Introspection) throws -> String
}

extension TokenIntrospector: TokenIntrospecting {}

/// Ends tokens; in the server always a ``TokenRevoker``.
public protocol TokenRevoking: Sendable {
    /// Ends a token if the caller may; true when anything changed.
    ///
    /// - Throws: `RefusedRequest`, `Unavailable`, anything else for a fault of ours.
    func revoke(_ query: TokenQuery) async throws -> Bool
}

extension TokenRevoker: TokenRevoking {}

/// An endpoint that takes a token from a caller who proves who he is: `POST /introspect`, `POST /revoke`.
struct TokenQueryEndpoint: Endpoint {
    let name: EndpointName
    let methods: [HTTPRequest.Method] = [.post]
    let authenticatesCallers = true
    let earlyRefusals: any EarlyRefusals
    let admission: Admission
    let nextNonce: NextProofNonce
    /// Answers a query, asked with those header fields.
    let answer: @Sendable (TokenQuery, HTTPFields) async throws -> Response

    private static let fields: HTTPFields = [.cacheControl: "no-store", .pragma: "no-cache"]

    func readsBody(of request: Request) -> Bool {
        !RequestBodyReading.declaresMore(than: TokenQueryForm.maximumLength, request)
    }

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        do {
            let form = try TokenQueryForm(
                parsing: try await RequestBodyReading.collect(
                    request,
                    from: trace,
                    upTo: TokenQueryForm.maximumLength,
                    admission: admission
                ),
                mediaType: request.headers[.contentType]
            )
            return try await admission.work {
                let proofs = PossessionProofs(
                    dpop: request.headers[values: .dpop],
                    clientCertificate: try await peer.clientCertificate()
                )
                let query = TokenQuery(
                    form: form,
                    authorization: request.headers[values: .authorization],
                    proofs: proofs,
                    trace: trace
                )
                return try await answer(query, request.headers)
            }
        } catch let refused as RefusedRequest {
            // Nothing of these endpoints' refusals stands in the ledger.
            earlyRefusals.record(refused.refusal, client: refused.claimedClient, trace: trace)
            throw refused
        } catch let refusal as Refusal {
            earlyRefusals.record(refusal, client: nil, trace: trace)
            throw refusal
        }
    }

    func complete(_ response: inout Response, to request: Request) { nextNonce.complete(&response, to: request) }
}

extension TokenQueryEndpoint {
    /// `POST /introspect` (RFC 7662).
    static func introspection(
        _ introspector: any TokenIntrospecting,
        earlyRefusals: any EarlyRefusals,
        admission: Admission,
        nextNonce: NextProofNonce
    ) -> TokenQueryEndpoint {
        TokenQueryEndpoint(
            name: .introspect,
            earlyRefusals: earlyRefusals,
            admission: admission,
            nextNonce: nextNonce
        ) { query, headers in
            let introspection = try await introspector.introspect(query)
            var fields = Self.fields
            let body: ByteBuffer
            // RFC 9701 §4: signed for whoever asks for that by name.
            let accept = AcceptField(headers[.accept])
            let wish = accept.quality(of: signed, byName: true)
            if wish > 0, wish >= accept.quality(of: json, byName: true) {
                fields[.contentType] = signed
                body = ByteBuffer(string: try introspector.sign(introspection))
            } else {
                fields[.contentType] = json
                body = ByteBuffer(bytes: introspection.members.encoded())
            }
            return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: body))
        }
    }

    /// `POST /revoke` (RFC 7009).
    static func revocation(
        _ revoker: any TokenRevoking,
        earlyRefusals: any EarlyRefusals,
        admission: Admission,
        nextNonce: NextProofNonce,
        logger: Logger
    ) -> TokenQueryEndpoint {
        TokenQueryEndpoint(
            name: .revoke,
            earlyRefusals: earlyRefusals,
            admission: admission,
            nextNonce: nextNonce
        ) { query, _ in
            let hasChanged = try await revoker.revoke(query)
            logger.info(
                "revocation answered",
                metadata: ["trace_id": "\(query.trace.traceID)", "revoked": "\(hasChanged)"]
            )
            // RFC 7009 §2.2: 200 and nothing to read, whatever the token was.
            return Response(status: .ok, headers: Self.fields)
        }
    }

    private static let json = "application/json"
    private static let signed = "application/token-introspection+jwt"
}
