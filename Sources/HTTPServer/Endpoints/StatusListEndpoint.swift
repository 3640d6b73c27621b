import HTTPTypes
import Hummingbird
import TokenIssuance

/// `GET /statuslists/<n>` (Token Status List draft, §8.1): fetched often, by whoever likes, and never worth any work.
struct StatusListEndpoint: Endpoint {
    let name = EndpointName.statusLists
    let methods: [HTTPRequest.Method] = [.get, .head]
    let lists: PublishedStatusLists
    /// The path up to the number.
    let prefix: String

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        let path = request.uri.path
        let digits = path.dropFirst(prefix.count)
        // One spelling each: a list is known by its URI, byte for byte.
        guard path.hasPrefix(prefix), let number = Int(digits), String(number) == digits,
            let document = lists.list(number)
        else { throw Refusal.notFound(path: String(path.prefix(200))) }
        // Draft §8.1: the JWT is what there is; whoever takes nothing but CBOR is told so.
        guard AcceptField(request.headers[.accept]).quality(of: PublishedStatusLists.mediaType) > 0 else {
            throw Refusal.notAcceptable(offered: [PublishedStatusLists.mediaType])
        }
        return document.response(to: request)
    }
}
