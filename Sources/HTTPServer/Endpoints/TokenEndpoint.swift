import HTTPTypes
import Hummingbird
import JOSE
import Logging
import NIOCore
public import TokenIssuance
import Vocabulary

/// Answers token requests; in the server always a ``TokenIssuer``.
public protocol TokenIssuing: Sendable {
    /// Answers one token request.
    ///
    /// - Throws: `RefusedRequest`, `Unavailable`, anything else for a fault of ours.
    func issue(_ form: TokenForm, proofs: PossessionProofs, trace: RequestTrace) async throws -> IssuedToken
}

extension TokenIssuer: TokenIssuing {}

/// `POST /token` (RFC 6749 §3.2, RFC 7523).
struct TokenEndpoint: Endpoint {
    let name = EndpointName.token
    let methods: [HTTPRequest.Method] = [.post]
    let issuer: any TokenIssuing
    let earlyRefusals: any EarlyRefusals
    var admission = Admission()
    let nextNonce: NextProofNonce
    let ignoredAuthorization: @Sendable () -> Void
    let logger: Logger

    let authenticatesCallers = true

    private static let fields: HTTPFields = [
        .contentType: "application/json",
        // RFC 6749 §5.1: tokens are never kept by a cache.
        .cacheControl: "no-store",
        .pragma: "no-cache",
    ]

    func readsBody(of request: Request) -> Bool {
        !RequestBodyReading.declaresMore(than: TokenForm.maximumLength, request)
    }

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        // Clients authenticate by assertion alone; a library that sends Basic beside it does no harm (DESIGN §2.1).
        if request.headers.contains(.authorization) { ignoredAuthorization() }
        do {
            let form = try TokenForm(
                parsing: try await RequestBodyReading.collect(
                    request,
                    from: trace,
                    upTo: TokenForm.maximumLength,
                    admission: admission
                ),
                mediaType: request.headers.value(of: .contentType)
            )
            let token = try await admission.work {
                try await issuer.issue(
                    form,
                    proofs: PossessionProofs(
                        dpop: Self.proofs(of: request),
                        clientCertificate: try await peer.clientCertificate()
                    ),
                    trace: trace
                )
            }
            logger.info(
                "token issued",
                metadata: ["trace_id": "\(trace.traceID)", "client_id": "\(token.client)", "jti": "\(token.tokenID)"]
            )
            return Response(
                status: .ok,
                headers: Self.fields,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: token.responseBody()))
            )
        } catch let refused as RefusedRequest {
            // What comes after authentication stands in the ledger.
            if !refused.isAuthenticated {
                earlyRefusals.record(refused.refusal, client: refused.claimedClient, trace: trace)
            }
            throw refused
        } catch let refusal as Refusal {
            earlyRefusals.record(refusal, client: nil, trace: trace)
            throw refusal
        }
    }

    func complete(_ response: inout Response, to request: Request) { nextNonce.complete(&response, to: request) }

    /// Every `DPoP` field; nothing is gathered for a request that has none.
    private static func proofs(of request: Request) -> [String] {
        request.headers.contains(.dpop) ? request.headers[values: .dpop] : []
    }
}

/// Gives the next nonce with every answer to a request with a DPoP proof.
struct NextProofNonce: Sendable {
    /// Nil where none is given.
    let nonces: DPoPNonces?
    let clock: any WallClock

    /// RFC 9449 §8.2: the client need not wait to be refused for its next nonce.
    func complete(_ response: inout Response, to request: Request) {
        guard let nonces, request.headers.contains(.dpop) else { return }
        response.headers.append(HTTPField(name: .dpopNonce, value: nonces.nonce(at: clock.now)))
    }
}
