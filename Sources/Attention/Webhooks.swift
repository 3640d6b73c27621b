internal import JOSE
internal import LibCrypto
public import Vocabulary

/// Where notices are sent, and by what they are signed.
public struct WebhookTarget: Sendable, Hashable {
    /// Why something is no target.
    public enum Fault: Error, Equatable, Sendable {
        /// The name is not 1 to 32 of `a-z`, `0-9`, `-`.
        case name(String)
        /// The address is no https URL.
        case url(String)
    }

    /// How many bytes a seed has.
    public static let seedLength = 32
    /// How long the former key signs beside the new one.
    public static let overlap = Seconds.hours(24)
    /// The most targets of an installation.
    public static let limit = 20

    /// The name that people gave it.
    public let name: String
    /// An https URL.
    public let url: String
    /// What its key is made of.
    public var seed: [UInt8]
    /// What its former key is made of, and when that one signs no more.
    public var former: Former?
    /// When it was added.
    public let created: Timestamp

    /// A key that is on its way out.
    public struct Former: Sendable, Hashable {
        /// What it is made of.
        public let seed: [UInt8]
        /// First second in which it signs no more.
        public let until: Timestamp

        /// A former key.
        public init(seed: [UInt8], until: Timestamp) {
            self.seed = seed
            self.until = until
        }
    }

    /// A target as it is stored.
    public init(name: String, url: String, seed: [UInt8], former: Former? = nil, created: Timestamp) {
        self.name = name
        self.url = url
        self.seed = seed
        self.former = former
        self.created = created
    }

    /// A new target, checked.
    public init(adding name: String, url: String, seed: [UInt8], at now: Timestamp) throws(Fault) {
        guard (1...32).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte) else { throw .name(name) }
        guard Self.isAcceptable(url) else { throw .url(url) }
        self.init(name: name, url: url, seed: seed, created: now)
    }

    /// Another key from now on; the present one signs beside it for a day, so that receivers can change in their time.
    public mutating func rotate(to seed: [UInt8], at now: Timestamp) {
        former = Former(seed: self.seed, until: now + Self.overlap)
        self.seed = seed
    }

    /// The seeds whose keys sign now, the newest first.
    public func seeds(at now: Timestamp) -> [[UInt8]] {
        guard let former, now < former.until else { return [seed] }
        return [seed, former.seed]
    }

    /// Whether notices may be sent to an address: https, at most 2,048 bytes, no user, no fragment.
    public static func isAcceptable(_ url: String) -> Bool {
        guard url.hasPrefix("https://"), url.utf8.count <= 2_048,
            url.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return false }
        let authority = url.dropFirst("https://".count).prefix { $0 != "/" && $0 != "?" }
        return !authority.isEmpty && !authority.contains("@") && !url.contains("#")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension WebhookTarget.Fault: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .name(let name): "`\(name)` is no name of a webhook: 1 to 32 of `a-z`, `0-9`, `-`"
        case .url(let url): "`\(url)` is no https URL without user and fragment"
        }
    }
}

/// Signs notices in the form of Standard Webhooks: HMAC-SHA-256 over identifier, time and body.
public struct WebhookSigner: Sendable {
    /// How many bytes the installation's key has.
    public static let keyLength = 32

    private let key: Secret

    /// A signer with the installation's key, in hexadecimal; every target's key is made of it.
    public init(key: Secret) { self.key = key }

    /// The key of a target as its receiver gets it: `whsec_` and 32 bytes in base64.
    public func secret(seed: [UInt8]) -> Secret { Secret("whsec_" + Self.text(bytes(seed: seed))) }

    /// The value of `webhook-signature`: `v1,…` for each key that signs now, separated by spaces.
    public func signature(id: String, time: Timestamp, body: [UInt8], seeds: [[UInt8]]) -> String {
        let content = Array("\(id).\(time.seconds).".utf8) + body
        return seeds.map { seed in
            "v1," + Self.text(AuthenticationCode(.sha256, key: bytes(seed: seed)).of(content))
        }.joined(separator: " ")
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: Base64Codec.encode(bytes, form: .standard), as: UTF8.self)
    }

    private func bytes(seed: [UInt8]) -> [UInt8] {
        AuthenticationCode(.sha256, key: Array(key.exposed.utf8)).of(Array("portvakt webhook ".utf8) + seed)
    }
}

/// One notice to one target, in the outbox.
public struct WebhookDelivery: Sendable, Hashable {
    /// Where it stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// To be sent, perhaps again.
        case pending
        /// Taken by the receiver.
        case delivered
        /// Not to be sent any more.
        case givenUp = "given_up"
    }

    /// What receivers tell repetitions by (`webhook-id`).
    public let id: String
    /// The target's name.
    public let target: String
    /// The body, the same in every attempt.
    public let payload: String
    /// When it was put into the outbox.
    public let created: Timestamp
    /// Where it stands.
    public var state: State
    /// How often it was sent.
    public var attempts: Int
    /// When it is to be sent next.
    public var due: Timestamp
    /// When it was delivered or given up.
    public var finished: Timestamp?
    /// The status of the last answer.
    public var status: Int?
    /// Why the last attempt failed.
    public var fault: String?

    /// A delivery as it is stored.
    public init(
        id: String,
        target: String,
        payload: String,
        created: Timestamp,
        state: State = .pending,
        attempts: Int = 0,
        due: Timestamp,
        finished: Timestamp? = nil,
        status: Int? = nil,
        fault: String? = nil
    ) {
        self.id = id
        self.target = target
        self.payload = payload
        self.created = created
        self.state = state
        self.attempts = attempts
        self.due = due
        self.finished = finished
        self.status = status
        self.fault = fault
    }

    /// A new delivery of an event.
    public init(id: String, target: String, _ event: AttentionEvent, at now: Timestamp) {
        let payload: JSONObject = [
            "type": .string(event.type), "timestamp": .string("\(now)"), "data": .object(event.item.json),
        ]
        self.init(id: id, target: target, payload: JSONValue.object(payload).text(), created: now, due: now)
    }

    /// A notice that tells nothing but that the way is open.
    public init(testing target: WebhookTarget, at now: Timestamp) {
        let payload: JSONObject = [
            "type": "attention.test", "timestamp": .string("\(now)"), "data": ["webhook": .string(target.name)],
        ]
        self.init(
            id: "msg_test_\(now.seconds)",
            target: target.name,
            payload: JSONValue.object(payload).text(),
            created: now,
            due: now
        )
    }
}

/// When a delivery that failed is sent again.
public enum WebhookRetries {
    /// The waits after each failed attempt: about a day in all.
    public static let waits: [Seconds] = [
        5, 30, .minutes(2), .minutes(10), .minutes(30), .hours(1), .hours(2), .hours(4), .hours(8), .hours(8),
    ]
    /// How much a wait may be longer or shorter, of itself: receivers that were down are not all asked at once.
    public static let jitter = 0.2

    /// What becomes of a delivery after an attempt.
    ///
    /// - Parameters:
    ///   - delivery: the delivery before the attempt.
    ///   - status: the answer's status; nil when none came.
    ///   - fault: why none came.
    ///   - draw: a random number from -1 to 1.
    ///   - now: the present time.
    /// - Returns: the delivery as it is kept: delivered, given up, or due again.
    public static func outcome(
        of delivery: WebhookDelivery,
        status: Int?,
        fault: String?,
        draw: Double,
        at now: Timestamp
    ) -> WebhookDelivery {
        var delivery = delivery
        delivery.attempts += 1
        delivery.status = status
        delivery.fault = fault
        if let status, (200..<300).contains(status) {
            delivery.state = .delivered
            delivery.finished = now
            return delivery
        }
        guard delivery.attempts <= waits.count else {
            delivery.state = .givenUp
            delivery.finished = now
            return delivery
        }
        let wait = waits[delivery.attempts - 1]
        delivery.due = now + Seconds(max(1, Int64((Double(wait.count) * (1 + jitter * draw)).rounded())))
        return delivery
    }
}

/// Keeps the list and the outbox inside an open transaction; blocks.
public protocol AttentionStore: AttentionReader, WebhookReader {
    /// Keeps new or changed records, and forgets those that were resolved before a time.
    func keep(_ records: [AttentionRecord], forgettingResolvedBefore time: Timestamp) throws

    /// Keeps a new target, or the new keys of one.
    func put(_ target: WebhookTarget) throws

    /// Forgets a target and what waits for it.
    func removeWebhookTarget(_ name: String) throws

    /// Puts deliveries into the outbox, or keeps what became of them; one of a target that is no more is forgotten.
    func put(_ deliveries: [WebhookDelivery]) throws

    /// Forgets deliveries that were finished before a time, and gives up the oldest beyond a number that wait.
    func trimDeliveries(finishedBefore time: Timestamp, keepingPending limit: Int, at now: Timestamp) throws
}

/// Reads webhooks in one snapshot; blocks.
public protocol WebhookReader {
    /// All targets, by name.
    func webhookTargets() throws -> [WebhookTarget]

    /// What waits to be sent and is due, the oldest first, so many of each target at most.
    func dueDeliveries(at now: Timestamp, ofEach limit: Int) throws -> [WebhookDelivery]

    /// How many wait for each target, and the last attempts' outcome.
    func webhookStandings() throws -> [WebhookStanding]
}

/// How a target stands.
public struct WebhookStanding: Sendable, Hashable {
    /// The target's name.
    public let target: String
    /// How many notices wait.
    public let pending: Int
    /// How many were given up.
    public let givenUp: Int
    /// When one was last delivered.
    public let lastDelivered: Timestamp?

    /// A standing.
    public init(target: String, pending: Int, givenUp: Int, lastDelivered: Timestamp?) {
        self.target = target
        self.pending = pending
        self.givenUp = givenUp
        self.lastDelivered = lastDelivered
    }
}
