public import JOSE
public import Vocabulary

/// One thing that operators must not miss: something that ends, has ended, or is not as it should be.
public struct AttentionItem: Sendable, Hashable {
    /// What it is about; the words stand in feeds and payloads and are never reused.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A key of an active client ends; with it the certificate that it was registered with.
        case clientKey = "client_key"
        /// A signing key of the server retires without a successor.
        case signingKey = "signing_key"
        /// An organisation's access to a scope ends.
        case access
        /// A delegation to a supplier ends.
        case delegation
        /// An anchor or intermediate of the trust folder ends.
        case trustAnchor = "trust_anchor"
        /// The server's own TLS certificate ends.
        case tlsCertificate = "tls_certificate"
        /// An organisation that has access, clients or delegations is no more.
        case closedOrganisation = "closed_organisation"
        /// The local register is old.
        case registerAge = "register_age"
        /// Much of what a client asks for is refused.
        case refusals
        /// Scope files in the data folder and the store differ.
        case scopeDrift = "scope_drift"
        /// The ledger's head cannot be read, or does not follow from what stands before it.
        case ledger
        /// Entries of the ledger that no checkpoint was signed for, though long enough has passed.
        case checkpoint
        /// Notices to a webhook were given up.
        case webhook
        /// An incident was declared.
        case incident
    }

    /// How pressing it is.
    public enum Severity: Int, Sendable, Hashable, CaseIterable, Comparable {
        /// Ends within 60 days.
        case notice = 1
        /// Ends within 30 days, or should be looked at.
        case warning = 2
        /// Ends within 7 days.
        case urgent = 3
        /// Has ended, or is broken.
        case critical = 4

        /// The word of it.
        public var word: String {
            switch self {
            case .notice: "notice"
            case .warning: "warning"
            case .urgent: "urgent"
            case .critical: "critical"
            }
        }

        /// The severity of a word.
        public init?(word: String) {
            guard let found = Self.allCases.first(where: { $0.word == word }) else { return nil }
            self = found
        }

        /// Orders by how pressing they are.
        public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
    }

    /// Stays the same as long as the thing does: `access:acme:catch.read/991825827`.
    public let id: String
    /// What it is about.
    public let kind: Kind
    /// How pressing it is.
    public var severity: Severity
    /// The organisation concerned; nil: the operator alone.
    public let party: OrganisationNumber?
    /// The organisation on the other side, which may be the one that can mend it: a scope's owner, a supplier.
    public let other: OrganisationNumber?
    /// Since when it has been as pressing as it is, where that follows from the thing itself.
    public var since: Timestamp?
    /// When it ends or has ended.
    public let until: Timestamp?
    /// What there is to know, in one line, without any person.
    public let words: String
    /// The same in Norwegian, for pages that people read; nil of an item that an earlier version kept.
    public let norwegianWords: String?
    /// The command that mends it; nil when none alone does.
    public let command: String?

    /// An item.
    public init(
        _ kind: Kind,
        _ subject: String,
        _ severity: Severity,
        party: OrganisationNumber? = nil,
        other: OrganisationNumber? = nil,
        since: Timestamp? = nil,
        until: Timestamp? = nil,
        _ words: String,
        norwegian norwegianWords: String? = nil,
        command: String? = nil
    ) {
        id = "\(kind.rawValue):\(subject)"
        self.kind = kind
        self.severity = severity
        self.party = party
        self.other = other
        self.since = since
        self.until = until
        self.words = words
        self.norwegianWords = norwegianWords
        self.command = command
    }

    /// Whether it is that organisation's to know, on either side.
    public func concerns(_ organisation: OrganisationNumber) -> Bool { party == organisation || other == organisation }

    init(
        id: String,
        kind: Kind,
        severity: Severity,
        party: OrganisationNumber?,
        other: OrganisationNumber?,
        since: Timestamp?,
        until: Timestamp?,
        words: String,
        norwegianWords: String?,
        command: String?
    ) {
        self.id = id
        self.kind = kind
        self.severity = severity
        self.party = party
        self.other = other
        self.since = since
        self.until = until
        self.words = words
        self.norwegianWords = norwegianWords
        self.command = command
    }
}

/// The steps by which an end comes closer.
public enum AttentionSteps {
    /// How far ahead ends are listed.
    public static let horizon = Seconds.days(60)
    /// How long what has ended stays listed.
    public static let aftermath = Seconds.days(30)

    /// How pressing an end is, and since when; nil when it is neither near nor just over.
    public static func step(of end: Timestamp, at now: Timestamp) -> (AttentionItem.Severity, since: Timestamp)? {
        let left = end - now
        if left <= 0 { return end + aftermath > now ? (.critical, end) : nil }
        if left <= .days(7) { return (.urgent, end + Seconds(-Seconds.days(7).count)) }
        if left <= .days(30) { return (.warning, end + Seconds(-Seconds.days(30).count)) }
        return left <= horizon ? (.notice, end + Seconds(-horizon.count)) : nil
    }

    /// As ``words(_:_:)``, in Norwegian.
    static func norwegianWords(_ end: Timestamp, _ severity: AttentionItem.Severity) -> String {
        switch severity {
        case .critical: "utløp `\(end)`"
        case .urgent: "utløper `\(end)`, innen 7 dager"
        case .warning: "utløper `\(end)`, innen 30 dager"
        case .notice: "utløper `\(end)`, innen 60 dager"
        }
    }

    /// `ended at …`, or `ends at …, within 7 days`.
    static func words(_ end: Timestamp, _ severity: AttentionItem.Severity) -> String {
        switch severity {
        case .critical: "ended at `\(end)`"
        case .urgent: "ends at `\(end)`, within 7 days"
        case .warning: "ends at `\(end)`, within 30 days"
        case .notice: "ends at `\(end)`, within 60 days"
        }
    }
}

// MARK: JSON

extension AttentionItem {
    /// The item as feeds, payloads and the store have it.
    public var json: JSONObject {
        var object: JSONObject = [
            "id": .string(id), "kind": .string(kind.rawValue), "severity": .string(severity.word),
        ]
        object["party_orgno"] = party.map { .string("\($0)") }
        object["other_orgno"] = other.map { .string("\($0)") }
        object["since"] = since.map { .string("\($0)") }
        object["until"] = until.map { .string("\($0)") }
        object["words"] = .string(words)
        object["words_nb"] = norwegianWords.map { .string($0) }
        object["command"] = command.map { .string($0) }
        return object
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(parsing object: JSONObject) {
        guard let id = object["id"]?.string, let words = object["words"]?.string,
            let kind = object["kind"]?.string.flatMap(Kind.init(rawValue:)),
            let severity = object["severity"]?.string.flatMap(Severity.init(word:))
        else { return nil }
        self.init(
            id: id,
            kind: kind,
            severity: severity,
            party: object["party_orgno"]?.string.flatMap { try? OrganisationNumber(parsing: $0) },
            other: object["other_orgno"]?.string.flatMap { try? OrganisationNumber(parsing: $0) },
            since: object["since"]?.string.flatMap { Timestamp(parsing: $0) },
            until: object["until"]?.string.flatMap { Timestamp(parsing: $0) },
            words: words,
            norwegianWords: object["words_nb"]?.string,
            command: object["command"]?.string
        )
    }
}
