import HTTPTypes
import Hummingbird
import JOSE
import Logging
import JOSE
import NIOCore
public import TokenIssuance

/// Answers what is asked about tokens; in the server always a ``TokenIntrospector``.
public protocol TokenIntrospecting: Sendable {
    /// Says what the caller may know of a token.
    ///
    /// - Throws: `RefusedRequest`, `Unavailable`, anything else for a fault of ours.
    func introspect(
        _ form: TokenQueryForm,
        authorization: String?,
        proofs: PossessionProofs,
        trace: RequestTrace
    ) async throws -> Introspection

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
    func revoke(
        _ form: TokenQueryForm,
        authorization: String?,
        proofs: PossessionProofs,
        trace: RequestTrace
    ) async throws -> Bool
}

extension TokenRevoker: TokenRevoking {}

/// What both endpoints that take a token share: the form, what proves the caller, and where early refusals go.
struct TokenQueryReading: Sendable {
    let earlyRefusals: any EarlyRefusals
    let admission: Admission

    static let fields: HTTPFields = [.cacheControl: "no-store", .pragma: "no-cache"]

    static func readsBody(of request: Request) -> Bool {
        !RequestBodyReading.declaresMore(than: TokenQueryForm.maximumLength, request)
    }

    func answer<Value>(
        _ request: Request,
        trace: RequestTrace,
        peer: RequestPeer,
        _ body: (TokenQueryForm, PossessionProofs) async throws -> Value
    ) async throws -> Value {
        do {
            let form = try TokenQueryForm(
                parsing: try await RequestBodyReading.collect(
                    request,
                    upTo: TokenQueryForm.maximumLength,
                    admission: admission
                ),
                mediaType: request.headers[.contentType]
            )
            return try await admission.work {
                try await body(form, PossessionProofs(clientCertificate: try await peer.clientCertificate()))
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
}

/// `POST /introspect` (RFC 7662).
struct IntrospectionEndpoint: Endpoint {
    let name = EndpointName.introspect
    let methods: [HTTPRequest.Method] = [.post]
    let authenticatesCallers = true
    let introspector: any TokenIntrospecting
    let reading: TokenQueryReading

    private static let json = "application/json"
    private static let signed = "application/token-introspection+jwt"

    func readsBody(of request: Request) -> Bool { TokenQueryReading.readsBody(of: request) }

    func respond(to request: Request, trace: RequestTrace) async throws -> Response {
        try await respond(to: request, trace: trace, peer: .unknown)
    }

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        let introspection = try await reading.answer(request, trace: trace, peer: peer) { form, proofs in
            try await introspector.introspect(
                form,
                authorization: request.headers[.authorization],
                proofs: proofs,
                trace: trace
            )
        }
        var fields = TokenQueryReading.fields
        let body: ByteBuffer
        // RFC 9701 §4: signed for whoever asks for that by name.
        let accept = AcceptField(request.headers[.accept])
        let wish = accept.quality(of: Self.signed, byName: true)
        if wish > 0, wish >= accept.quality(of: Self.json, byName: true) {
            fields[.contentType] = Self.signed
            body = ByteBuffer(string: try introspector.sign(introspection))
        } else {
            fields[.contentType] = Self.json
            body = ByteBuffer(bytes: introspection.members.encoded())
        }
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: body))
    }
}

/// `POST /revoke` (RFC 7009).
struct RevocationEndpoint: Endpoint {
    let name = EndpointName.revoke
    let methods: [HTTPRequest.Method] = [.post]
    let authenticatesCallers = true
    let revoker: any TokenRevoking
    let reading: TokenQueryReading
    let logger: Logger

    func readsBody(of request: Request) -> Bool { TokenQueryReading.readsBody(of: request) }

    func respond(to request: Request, trace: RequestTrace) async throws -> Response {
        try await respond(to: request, trace: trace, peer: .unknown)
    }

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        let hasChanged = try await reading.answer(request, trace: trace, peer: peer) { form, proofs in
            try await revoker.revoke(
                form,
                authorization: request.headers[.authorization],
                proofs: proofs,
                trace: trace
            )
        }
        logger.info("revocation answered", metadata: ["trace_id": "\(trace.traceID)", "revoked": "\(hasChanged)"])
        // RFC 7009 §2.2: 200 and nothing to read, whatever the token was.
        return Response(status: .ok, headers: TokenQueryReading.fields)
    }
}
