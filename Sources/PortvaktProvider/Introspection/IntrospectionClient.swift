import Fetching
import JOSE
import LibCrypto
import Synchronization
public import Vocabulary

/// Times and bounds of asking about tokens.
public struct IntrospectionOptions: Sendable, Hashable {
    /// How long an answer serves; zero: each call asks.
    ///
    /// For so long a token that was ended may pass.
    /// Never beyond the token's own `exp`.
    public var cacheTime = Duration.seconds(5)
    /// The most answers that are held, about 1 KiB each.
    public var maximumAnswers = 10_000
    /// How long the issuer may take to answer.
    public var timeout = Duration.seconds(5)
    /// How long a call waits for an answer, all attempts together.
    public var patience = Duration.seconds(6)
    /// The most bytes of an answer.
    public var maximumSize = 65_536

    /// Five seconds of memory, five of time.
    public init() {}
}

/// The header fields that prove to the issuer who asks: `Authorization`, and `DPoP` with a token that is bound to a key.
public typealias IntrospectionCredentials =
    @Sendable (_ url: String, _ attempt: Int) async throws -> [(name: String, value: String)]

/// Asks the issuer whether a token is in force (RFC 7662), for providers to whom the signature alone is not enough.
///
/// The provider proves who it is by a token of its own organisation, without which no issuer should say anything (§2.1). With
/// the client library:
///
/// ```swift
/// let own = TokenClient(try .fromEnvironment())
/// let introspection = IntrospectionClient(issuer: issuer) { _, attempt in
///     let token = try await own.token(for: request, freshness: attempt == 1 ? .cached : .forceRefresh)
///     return [("Authorization", token.authorization)]
/// }
/// guard case .active(let token) = try await introspection.introspect(text) else { … }
/// ```
///
/// All calls with one token share one question and its answer. What cannot be asked is an error and never an answer.
public final class IntrospectionClient: Sendable {
    private typealias Question = SharedFetch<Introspection, IntrospectionError>

    private struct Entry {
        var answer: (introspection: Introspection, until: Duration)?
        var question: Question?
        var usedAt: Duration
    }

    private let issuer: Issuer
    private let endpoint: String
    private let credentials: IntrospectionCredentials
    private let transport: any IntrospectionTransport
    private let options: IntrospectionOptions
    private let wallClock: any WallClock
    private let clock: any KeySetClock
    private let entries = Mutex<[[UInt8]: Entry]>([:])

    /// A client of that issuer.
    ///
    /// - Parameters:
    ///   - issuer: Whose tokens are asked about.
    ///   - endpoint: Where it answers; its `/introspect` unless told otherwise.
    ///   - transport: How questions are sent.
    ///   - options: Times and bounds.
    ///   - wallClock: The clock that `exp` is compared with.
    ///   - clock: The clock that answers age by.
    ///   - credentials: The fields that prove who asks, for that URL; called again, with `attempt` 2, when the issuer has
    ///     refused the first ones.
    public init(
        issuer: Issuer,
        endpoint: String? = nil,
        transport: any IntrospectionTransport = HTTPIntrospectionTransport(),
        options: IntrospectionOptions = IntrospectionOptions(),
        wallClock: any WallClock = SystemClock(),
        clock: any KeySetClock = SystemKeySetClock(),
        credentials: @escaping IntrospectionCredentials
    ) {
        self.issuer = issuer
        self.endpoint = endpoint ?? issuer.endpoint("introspect")
        self.transport = transport
        self.options = options
        self.wallClock = wallClock
        self.clock = clock
        self.credentials = credentials
    }

    /// What the issuer says of a token.
    ///
    /// - Throws: ``IntrospectionError``; a call must then be refused with 503 and not served.
    public func introspect(_ token: String) async throws(IntrospectionError) -> Introspection {
        guard isSecure else { throw .insecureEndpoint }
        // What no token of ours looks like is not carried any further.
        guard Self.isToken(token) else { return .inactive }
        // The token itself is held by nobody.
        let key = HashFunction.sha256.digest(Array(token.utf8))
        let now = clock.elapsed
        let (known, question) = entries.withLock { entries -> (Introspection?, Question?) in
            var entry = entries[key] ?? Entry(usedAt: now)
            entry.usedAt = now
            if let answer = entry.answer, now < answer.until, isInForce(answer.introspection) {
                entries[key] = entry
                return (answer.introspection, nil)
            }
            entry.answer = nil
            let question = entry.question ?? Question()
            if entry.question == nil {
                entry.question = question
                start(question, about: token, key: key)
            }
            Self.keep(entry, under: key, in: &entries, atMost: options.maximumAnswers)
            return (nil, question)
        }
        if let known { return known }
        switch await question?.outcome(within: options.patience) {
        case .success(let answer): return isInForce(answer) ? answer : .inactive
        case .failure(let error): throw error
        case nil: throw .unavailable("no answer came in time")
        }
    }

    // MARK: Asking

    private func start(_ question: Question, about token: String, key: [UInt8]) {
        question.run { [self] in
            // Counted from the question: what ended after it is not in the answer.
            let asked = clock.elapsed
            let outcome: Result<Introspection, IntrospectionError>
            do throws(IntrospectionError) { outcome = .success(try await ask(about: token)) } catch {
                outcome = .failure(error)
            }
            entries.withLock { entries in
                guard entries[key]?.question === question else { return }
                if case .success(let answer) = outcome, options.cacheTime > .zero {
                    entries[key]?.answer = (answer, asked + options.cacheTime)
                    entries[key]?.question = nil
                } else {
                    entries[key] = nil
                }
            }
            return outcome
        }
    }

    private func ask(about token: String) async throws(IntrospectionError) -> Introspection {
        let end = clock.elapsed + options.timeout
        var response = try await send(token, attempt: 1, until: end)
        // The provider's own token may have ended meanwhile, or its proof wants a nonce.
        if response.status == 401 { response = try await send(token, attempt: 2, until: end) }
        let members = (try? JSONValue(parsing: response.body))?.object
        switch response.status {
        case 200: break
        case 400, 401, 403: throw .refused(status: response.status, error: members?["error"]?.string)
        default: throw .unavailable("status \(response.status)")
        }
        guard let members, let isActive = members["active"]?.bool else { throw .answer("`active`") }
        guard isActive else { return .inactive }
        // A token of another issuer is none of ours, whoever calls it active.
        guard members["iss"].map({ $0.string == issuer.rawValue }) ?? true else { throw .answer("`iss`") }
        do throws(VerificationError) { return .active(try IntrospectedToken(members)) } catch {
            throw .answer("\(error)")
        }
    }

    private func send(
        _ token: String,
        attempt: Int,
        until end: Duration
    ) async throws(IntrospectionError) -> KeyResponse {
        let fields: [(name: String, value: String)]
        do { fields = try await credentials(endpoint, attempt) } catch { throw .credentials("\(error)") }
        let left = end - clock.elapsed
        guard left > .zero else { throw .unavailable("no answer came in time") }
        let request = IntrospectionRequest(
            url: endpoint,
            credentials: fields,
            form: "token=\(token)&token_type_hint=access_token",
            timeout: left,
            maximumSize: options.maximumSize
        )
        do throws(KeyTransportError) { return try await transport.post(request) } catch {
            throw .unavailable("\(error)")
        }
    }

    // MARK: Rules

    private var isSecure: Bool {
        if endpoint.hasPrefix("https://") { return true }
        guard endpoint.hasPrefix("http://") else { return false }
        let authority = endpoint.dropFirst("http://".count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { return false }
        let host =
            authority.hasPrefix("[") ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        return Issuer.isLoopback(host)
    }

    private func isInForce(_ introspection: Introspection) -> Bool {
        guard case .active(let token) = introspection else { return true }
        return wallClock.now < token.expiresAt
    }

    /// A compact JWS (RFC 7515 §7.1), which needs no escaping in a form.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= maximumLength
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    private static let maximumLength = 16 * 1_024

    /// Keeps an entry; of too many a part goes at once: what has ended, then what was not used for longest.
    private static func keep(
        _ entry: Entry,
        under key: [UInt8],
        in entries: inout [[UInt8]: Entry],
        atMost limit: Int
    ) {
        entries[key] = entry
        guard entries.count > max(1, limit) else { return }
        let idle = entries.filter { $0.key != key && $0.value.question == nil }.sorted {
            $0.value.usedAt < $1.value.usedAt
        }
        for old in idle.prefix(max(1, limit / 8)) { entries[old.key] = nil }
    }
}
