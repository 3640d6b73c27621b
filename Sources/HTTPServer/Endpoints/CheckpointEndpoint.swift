import HTTPTypes
import Hummingbird
import TokenIssuance

/// `GET /audit/checkpoint`: the newest checkpoint of the ledger, for whoever keeps them elsewhere .
struct CheckpointEndpoint: Endpoint {
    let name = EndpointName.checkpoint
    let methods: [HTTPRequest.Method] = [.get, .head]
    let checkpoint: PublishedCheckpoint

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        guard let document = checkpoint.current else {
            throw Refusal.notFound(path: String(request.uri.path.prefix(200)))
        }
        return document.response(to: request)
    }
}
