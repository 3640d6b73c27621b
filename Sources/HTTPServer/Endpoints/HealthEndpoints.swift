import HTTPTypes
import Hummingbird
import NIOCore
import TokenIssuance

/// `GET /health/live`: the process answers; it says nothing about whether it can do its work.
struct LiveEndpoint: Endpoint {
    let name = EndpointName.live
    let methods: [HTTPRequest.Method] = [.get, .head]

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        healthResponse("live")
    }
}

/// `GET /health/ready`: the server can issue tokens now and is not about to end.
struct ReadyEndpoint: Endpoint {
    let name = EndpointName.ready
    let methods: [HTTPRequest.Method] = [.get, .head]
    let readiness: Readiness

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        if let obstacle = readiness.obstacle { throw obstacle }
        return healthResponse("ready")
    }
}

private func healthResponse(_ status: String) -> Response {
    Response(
        status: .ok,
        headers: [.contentType: "application/json", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"status\":\"\(status)\"}"))
    )
}
