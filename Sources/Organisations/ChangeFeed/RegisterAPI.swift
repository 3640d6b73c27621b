import JOSE
package import Vocabulary

/// Enhetsregisteret's open API, asked politely: with patience, a limit to it, and nothing taken on trust.
package struct RegisterAPI: Sendable {
    /// The open API of the real register.
    package static let defaultBase = "https://data.brreg.no/enhetsregisteret/api"
    /// The largest page of a feed in bytes: 10,000 entries with the fields that changed.
    static let maximumPage = 64 * 1_048_576
    /// The largest answer for one unit in bytes: its roles, with some thousand participants.
    static let maximumUnit = 16 * 1_048_576

    private let base: String
    private let http: any OutboundHTTP
    private let patience: Patience

    /// How often and after which waits a request is tried again.
    package struct Patience: Sendable {
        /// How often a request is tried.
        package var attempts: Int
        /// The wait before the second try; doubled for each further one.
        package var firstWait: Duration
        /// The longest wait, also where the register names one in `Retry-After`.
        package var longestWait: Duration
        /// Waits; throws when the task is cancelled.
        package var sleep: @Sendable (Duration) async throws -> Void

        /// A patience.
        package init(
            attempts: Int = 5,
            firstWait: Duration = .seconds(1),
            longestWait: Duration = .seconds(60),
            sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
        ) {
            self.attempts = attempts
            self.firstWait = firstWait
            self.longestWait = longestWait
            self.sleep = sleep
        }
    }

    /// The API below `base`, such as ``defaultBase``.
    package init(base: String, over http: any OutboundHTTP, patience: Patience = Patience()) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.http = http
        self.patience = patience
    }

    /// What the register answers about one thing.
    enum Answer: Sendable, Hashable {
        /// It is there.
        case found([UInt8])
        /// The register does not know it, or not in this register (404).
        case notFound
        /// Removed for legal reasons (410).
        case gone
    }

    /// The next page of a feed.
    ///
    /// - Throws: ``RegisterAPIFault``; `CancellationError`.
    func page(of feed: RegisterFeed, behind cursor: FeedCursor, size: Int) async throws -> FeedPage {
        let path = Self.pagePath(of: feed, behind: cursor, size: size)
        guard case .found(let bytes) = try await get(path, limit: Self.maximumPage) else {
            throw RegisterAPIFault(path: path, cause: "there is no such feed")
        }
        do throws(FeedPage.Malformed) {
            return try FeedPage(bytes, of: feed, behind: cursor, size: size)
        } catch {
            throw RegisterAPIFault(path: path, cause: "\(error)")
        }
    }

    /// What the register has of one unit, or of its roles.
    ///
    /// - Throws: ``RegisterAPIFault``; `CancellationError`.
    func content(of number: OrganisationNumber, in feed: RegisterFeed) async throws -> Answer {
        try await get(feed.path(of: number), limit: Self.maximumUnit)
    }

    static func pagePath(of feed: RegisterFeed, behind cursor: FeedCursor, size: Int) -> String {
        let place =
            switch (feed, cursor) {
            case (.roles, .since(let time)): "afterTime=\(time)"
            case (.roles, .through(let time, _)): "afterTime=\(instantBefore(time))"
            case (.roles, .after): "afterTime=\(Timestamp(seconds: 0))"
            case (_, .since(let time)): "dato=\(time)"
            // The identifier asked for counts too.
            case (_, .after(let id)): "oppdateringsid=\(id + 1)"
            case (_, .through(let time, _)): "dato=\(time)"
            }
        return "\(feed.path)?\(place)&size=\(size)"
    }

    /// The whole second in which `time` lies: events of the same instant come once more, and are known.
    private static func instantBefore(_ time: String) -> String {
        guard let point = Timestamp(feed: time) else { return time }
        return "\(Timestamp(seconds: point.seconds - 1))"
    }

    private func get(_ path: String, limit: Int) async throws -> Answer {
        var wait = patience.firstWait
        var attempt = 1
        while true {
            let failure: Failure
            do throws(Failure) {
                return try await ask(path, limit: limit)
            } catch {
                failure = error
            }
            try Task.checkCancellation()
            guard failure.isPassing, attempt < patience.attempts else {
                throw RegisterAPIFault(path: path, cause: failure.cause, attempts: attempt)
            }
            try await patience.sleep(min(failure.wait ?? wait, patience.longestWait))
            wait = min(wait * 2, patience.longestWait)
            attempt += 1
        }
    }

    private struct Failure: Error {
        let cause: String
        /// Whether the same request may succeed a little later.
        let isPassing: Bool
        /// How long the register asks to wait.
        var wait: Duration?
    }

    private func ask(_ path: String, limit: Int) async throws(Failure) -> Answer {
        var request = OutboundRequest(.get, "\(base)/\(path)", timeout: .seconds(60), maximumBodySize: limit)
        request.headers = [OutboundRequest.Header("Accept", "application/json")]
        let answer: OutboundAnswer
        do throws(OutboundFault) {
            answer = try await http.send(request)
        } catch {
            switch error {
            case .invalidURL, .addressRefused, .tooLarge, .cancelled: throw Failure(cause: "\(error)", isPassing: false)
            case .network, .timedOut: throw Failure(cause: "\(error)", isPassing: true)
            }
        }
        switch answer.status {
        case 200: return .found(answer.body)
        case 404: return .notFound
        case 410: return .gone
        case 429, 500...599:
            let seconds = answer.header("Retry-After").flatMap { Int64($0) }
            throw Failure(cause: "status \(answer.status)", isPassing: true, wait: seconds.map { .seconds(max($0, 0)) })
        default: throw Failure(cause: "status \(answer.status)", isPassing: false)
        }
    }
}

/// Why the register's API could not be used.
package struct RegisterAPIFault: Error, Hashable, CustomStringConvertible {
    /// What was asked for, below the API's base.
    package let path: String
    /// What happened.
    package let cause: String
    /// How often it was tried.
    package var attempts = 1

    /// What happened, and to what.
    package var description: String {
        "`\(path)`: \(cause)" + (attempts > 1 ? ", tried \(attempts) times" : "")
    }
}
