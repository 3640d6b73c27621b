import CoreMetrics
import HTTPTypes
public import Hummingbird
import Logging
public import NIOCore
import NIOHTTP1
import TokenIssuance
import Vocabulary

/// What a listener needs to know of a connection.
public struct ListenerContext: InitializableFromSource, Sendable {
    let channel: any Channel

    /// The context of a request on `channel`.
    public init(channel: any Channel) { self.channel = channel }

    /// The context that Hummingbird's application and its tests make.
    public init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// What a listener on a socket answers with.
public protocol ListenerResponder: HTTPResponder where Context == ListenerContext {
    /// Whether the request's body is read before it is answered; else a peer that waits to send it is not asked for it.
    func readsBody(of request: Request) -> Bool
}

/// What surrounds every endpoint: trace id, error mapping, common header fields, metrics and log.
struct ListenerFront: Sendable {
    let issuer: Issuer
    let traceIDs: any TraceIDSource
    let date: DateField
    let metrics: ListenerMetrics
    let logger: Logger
    /// Where client certificates come from.
    var clientCertificates = ClientCertificateReading.off
    /// Says who may go on.
    var admission = Admission()
    /// Keeps a sign of addresses that may not; nil where nobody would look it up.
    var earlyRefusals: (any EarlyRefusals)?
    /// Which answers 503 get a line of the log.
    let unavailabilities = UnavailabilityLog()
    /// The form of this listener's errors.
    var errorForm = ErrorForm.oauth

    /// Answers one request; throws only what the connection itself must deal with.
    func respond(
        to request: Request,
        on channel: any Channel,
        find: (Request) throws -> any Endpoint
    ) async throws -> Response {
        let start = ContinuousClock.now
        let address = client(of: request, on: channel)
        let trace = trace(of: request, from: address)
        var name = EndpointName.other
        var served: (any Endpoint)?
        var authenticates = false
        var response: Response
        do {
            try requireOneHost(request, on: channel)
            let endpoint = try find(request)
            name = endpoint.name
            served = endpoint
            authenticates = endpoint.authenticatesCallers
            if authenticates { try admit(address, trace: trace) }
            if endpoint.tellsMethodsToAll { try endpoint.checkMethod(request.method) }
            let peer = RequestPeer(of: request, on: channel, reading: clientCertificates)
            response = try await endpoint.respond(to: request, trace: trace, peer: peer)
        } catch let error as HTTPParserError {
            // Hummingbird answers what its parser refused, and closes the connection.
            throw error
        } catch {
            charge(error, to: address, whereAuthenticating: authenticates)
            response = refuse(
                error,
                at: name,
                as: served?.errorForm ?? errorForm,
                trace: trace,
                after: start.duration(to: .now)
            )
        }
        served?.complete(&response, to: request)
        if request.method == .head { response = response.createHeadResponse() }
        response.headers.append(HTTPField(name: .traceID, value: trace.traceID.rawValue))
        response.headers.append(HTTPField(name: .date, value: date.text))
        response.headers.append(HTTPField(name: .contentTypeOptions, value: "nosniff"))
        response.headers.append(HTTPField(name: .referrerPolicy, value: "no-referrer"))
        metrics.record(name, status: response.status, duration: start.duration(to: .now))
        return response
    }

    /// RFC 9112 §3.2: a request with more than one `Host` is refused with 400, as what the parser refuses is; two servers
    /// on its way might each believe another one.
    private func requireOneHost(_ request: Request, on channel: any Channel) throws {
        // The first has become the authority. HTTP/2 may have both, if they are the same (RFC 9113 §8.3.1).
        let further = request.headers[values: .furtherHost]
        guard !further.isEmpty else { return }
        let isStream = channel.parent?.parent != nil
        guard isStream, further == [request.head.authority ?? ""] else { throw HTTPParserError.invalidHeaderToken }
    }

    /// Whose request it is: the peer's, or that of the client for whom a trusted proxy forwards it.
    private func client(of request: Request, on channel: any Channel) -> PeerAddress? {
        guard let peer = channel.remoteAddress.flatMap(PeerAddress.init) else { return nil }
        return admission.proxies.isEmpty ? peer : admission.proxies.client(of: peer, fields: request.headers)
    }

    /// Refuses an address that was refused too often, and everybody while there is too much to do, before anything is read.
    private func admit(_ address: PeerAddress?, trace: RequestTrace) throws {
        if case .exceeded(let seconds, let isFirst) = admission.look(at: address) {
            admission.metrics.addressesLimited.increment()
            let refusal = Refusal.tooManyRequests(retryAfter: Seconds(seconds))
            // One sign a second: a flood does not push what else was refused out of the ring.
            if isFirst { earlyRefusals?.record(refusal, client: nil, trace: trace) }
            throw refusal
        }
        try admission.checkWork()
    }

    /// Takes a refusal from the budget of whom it concerns: the client once it has proved who it is, before that the address.
    private func charge(_ error: any Error, to address: PeerAddress?, whereAuthenticating authenticates: Bool) {
        switch error {
        case let request as RefusedRequest:
            // To be told to come later costs nothing, or whoever asks on would never get out of it.
            if case .tooManyRequests = request.refusal { return }
            guard request.isAuthenticated else { return admission.draw(on: address) }
            if let client = request.claimedClient { admission.draw(on: client) }
        case let problem as Problem:
            guard let client = problem.caller else { return admission.draw(on: address) }
            admission.draw(on: client)
        case Refusal.tooManyRequests: return
        case let refusal as Refusal where authenticates || refusal == .accessTokenMissing:
            admission.draw(on: address)
        default: return
        }
    }

    private func trace(of request: Request, from address: PeerAddress?) -> RequestTrace {
        RequestTrace(
            traceID: traceIDs.next(),
            parentTraceID: request.headers.value(of: .traceParent).flatMap(TraceID.init(traceParent:)),
            remoteAddress: address?.description ?? "unknown"
        )
    }

    private func refuse(
        _ error: any Error,
        at endpoint: EndpointName,
        as form: ErrorForm,
        trace: RequestTrace,
        after duration: Duration
    ) -> Response {
        var answer = ErrorResponse(error, issuer: issuer)
        if form == .registration { answer.addRegistrationMembers(traceID: trace.traceID, at: date.now) }
        metrics.record(answer.code)
        var metadata: Logger.Metadata = [
            "trace_id": "\(trace.traceID)",
            "endpoint": "\(endpoint.rawValue)",
            "status": "\(answer.status.code)",
            "refusal": "\(answer.code.rawValue)",
            "reason": "\(answer.reason)",
            "remote_address": "\(trace.remoteAddress)",
            "duration_us": "\(duration.nanoseconds / 1_000)",
        ]
        if let parent = trace.parentTraceID { metadata["parent_trace_id"] = "\(parent)" }
        if let client = (error as? RefusedRequest)?.claimedClient ?? (error as? Problem)?.caller {
            metadata["client_id"] = "\(client)"
        }
        if answer.isOurs {
            metadata["cause"] = "\(error)"
            logFault(error, metadata)
        } else {
            // Whoever has not proved who he is cannot fill the log either: the ring and the counters hold the rest.
            let isProved = (error as? RefusedRequest)?.isAuthenticated ?? ((error as? Problem)?.caller != nil)
            logger.log(
                level: isProved && answer.status != .tooManyRequests ? .notice : .debug,
                "request refused",
                metadata: metadata
            )
        }
        return answer.response(issuer: issuer, traceID: trace.traceID, form: form)
    }

    private func logFault(_ error: any Error, _ metadata: Logger.Metadata) {
        guard let reason = error as? Unavailable else { return logger.error("request failed", metadata: metadata) }
        guard let untold = unavailabilities.tell(reason, at: .now) else {
            return logger.debug("request not served", metadata: metadata)
        }
        var metadata = metadata
        if untold > 0 { metadata["others_since_the_last_line"] = "\(untold)" }
        logger.error("request not served", metadata: metadata)
    }
}
