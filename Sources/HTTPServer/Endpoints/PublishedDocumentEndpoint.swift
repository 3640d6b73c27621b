import HTTPTypes
import Hummingbird
import TokenIssuance

/// `GET /jwk` and the metadata: fetched often, by whoever likes, and never worth any work.
struct PublishedDocumentEndpoint: Endpoint {
    let name: EndpointName
    let document: PublishedDocument
    let methods: [HTTPRequest.Method] = [.get, .head]

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        document.response(to: request)
    }
}
