import Fetching
import Logging
import Synchronization
import Vocabulary

/// A server's metadata: read once an hour, kept when a later reading fails.
final class MetadataSource: Sendable {
    /// Why there are none.
    enum Fault: Error {
        case transport(TransportError)
        case status(Int)
        case document(ServerMetadata.Fault)
    }

    private struct State {
        var known: ServerMetadata?
        var readAt: Duration = .zero
        var fetch: SharedFetch<ServerMetadata, Fault>?
    }

    private static let lifetime = Duration.seconds(3600)
    private static let pauseAfterFailure = Duration.seconds(60)
    private static let maximumSize = 256 * 1024

    private let location: ServerLocation
    private let transport: any TokenTransport
    private let clock: any ClientClock
    private let timeout: Duration
    private let logger: Logger
    private let state: Mutex<State>

    init(
        _ location: ServerLocation,
        transport: any TokenTransport,
        clock: any ClientClock,
        timeout: Duration,
        logger: Logger
    ) {
        self.location = location
        self.transport = transport
        self.clock = clock
        self.timeout = timeout
        self.logger = logger
        state = Mutex(State())
    }

    /// The metadata, read if need be.
    func metadata() async throws(Fault) -> ServerMetadata {
        switch location {
        case .explicit(let issuer, let tokenEndpoint): ServerMetadata(issuer: issuer, tokenEndpoint: tokenEndpoint)
        case .metadata(let place): try await metadata(at: place)
        }
    }

    private enum Step {
        case take(ServerMetadata)
        case wait(SharedFetch<ServerMetadata, Fault>, isNew: Bool)
    }

    private func metadata(at place: MetadataLocation) async throws(Fault) -> ServerMetadata {
        let step = state.withLock { state -> Step in
            if let known = state.known, clock.elapsed - state.readAt < Self.lifetime { return .take(known) }
            if let fetch = state.fetch { return .wait(fetch, isNew: false) }
            let fetch = SharedFetch<ServerMetadata, Fault>()
            state.fetch = fetch
            return .wait(fetch, isNew: true)
        }
        switch step {
        case .take(let known): return known
        case .wait(let fetch, let isNew):
            if isNew { fetch.run { await self.read(place) } }
            switch await fetch.outcome() {
            case .success(let metadata): return metadata
            case .failure(let fault):
                guard let known = state.withLock(\.known) else { throw fault }
                return known
            case nil: throw .transport(.cancelled)
            }
        }
    }

    private func read(_ place: MetadataLocation) async -> Result<ServerMetadata, Fault> {
        let outcome: Result<ServerMetadata, Fault>
        do throws(Fault) {
            outcome = .success(try await fetch(place))
        } catch {
            outcome = .failure(error)
        }
        state.withLock { state in
            state.fetch = nil
            switch outcome {
            case .success(let metadata):
                state.known = metadata
                state.readAt = clock.elapsed
            case .failure:
                // What is known serves on; the next look is in a minute.
                state.readAt = clock.elapsed - Self.lifetime + Self.pauseAfterFailure
            }
        }
        if case .failure(let fault) = outcome {
            logger.warning("metadata_unread", metadata: ["url": "\(place.url)", "fault": "\(fault)"])
        }
        return outcome
    }

    private func fetch(_ place: MetadataLocation) async throws(Fault) -> ServerMetadata {
        let response: TransportResponse
        do throws(TransportError) {
            response = try await transport.send(
                TransportRequest(
                    method: .get,
                    url: place.url,
                    headers: [("Accept", "application/json")],
                    timeout: timeout,
                    maximumResponseSize: Self.maximumSize
                )
            )
        } catch {
            throw .transport(error)
        }
        guard response.status == 200 else { throw .status(response.status) }
        do throws(ServerMetadata.Fault) {
            return try ServerMetadata(parsing: response.body, from: place)
        } catch {
            throw .document(error)
        }
    }
}
