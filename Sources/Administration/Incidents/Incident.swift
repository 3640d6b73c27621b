public import Vocabulary

/// What has fallen into other hands, or may have.
public enum IncidentSubject: Sendable, Hashable {
    /// A key with which this server signs tokens.
    case signingKey(KeyID)
    /// A key with which clients prove themselves, on whichever client it is registered.
    case clientKey(KeyID)
    /// A client, with all it has.
    case client(ClientID)
    /// An enterprise certificate: the SHA-256 of its DER in lower-case hexadecimal.
    case certificate(String)
    /// An organisation: all clients that it owns or holds.
    case organisation(OrganisationNumber)

    /// The kind, for stores and the ledger; never reused for another one.
    public var kind: String {
        switch self {
        case .signingKey: "signing_key"
        case .clientKey: "client_key"
        case .client: "client"
        case .certificate: "certificate"
        case .organisation: "organisation"
        }
    }

    /// The identifier within the kind.
    public var identifier: String {
        switch self {
        case .signingKey(let id), .clientKey(let id): id.rawValue
        case .client(let id): id.rawValue
        case .certificate(let thumbprint): thumbprint
        case .organisation(let number): "\(number)"
        }
    }
}

/// One thing that was done to stop an incident.
public struct IncidentMeasure: Sendable, Hashable {
    /// What was done; the words stand in reports and the ledger.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A signing key signs no more and is in the key set no more.
        case signingKeyWithdrawn = "signing_key_withdrawn"
        /// Another signing key signs in its place, at once.
        case signingKeyActivated = "signing_key_activated"
        /// A key was taken from a client.
        case clientKeyRemoved = "client_key_removed"
        /// A client gets no more tokens.
        case clientDisabled = "client_disabled"
        /// A certificate proves no client any more.
        case certificateBlocked = "certificate_blocked"
        /// All tokens that a client had were ended.
        case tokensRevoked = "tokens_revoked"
        /// All tokens with a place in a status list were ended there.
        case statusEntriesEnded = "status_entries_ended"
    }

    /// What was done.
    public let kind: Kind
    /// To what.
    public let subject: String
    /// Whether it changed anything; it may have been so already.
    public let hasChanged: Bool

    /// A measure.
    public init(_ kind: Kind, _ subject: String, hasChanged: Bool = true) {
        self.kind = kind
        self.subject = subject
        self.hasChanged = hasChanged
    }
}

/// An incident as it was declared.
public struct Incident: Sendable, Hashable {
    /// Its number, from 1.
    public var id: Int64
    /// What it is about.
    public let kind: String
    /// Which one.
    public let subject: String
    /// From when on whatever was done with it is not to be trusted.
    public let since: Timestamp
    /// When it was declared, and stopped.
    public let declared: Timestamp

    /// An incident.
    public init(id: Int64, kind: String, subject: String, since: Timestamp, declared: Timestamp) {
        self.id = id
        self.kind = kind
        self.subject = subject
        self.since = since
        self.declared = declared
    }
}

/// Reads what incidents are about, inside an open transaction or snapshot; blocks.
public protocol IncidentReader {
    /// The clients with a key of that identifier.
    func clients(withKey id: KeyID) throws -> [ClientID]

    /// The keys that were registered with that certificate, each with its client.
    func keys(boundToCertificate thumbprint: String) throws -> [(client: ClientID, key: KeyID)]

    /// The incidents, the newest first.
    func incidents() throws -> [Incident]
}

/// Keeps incidents and what stops them, inside an open transaction; blocks.
public protocol IncidentStore: IncidentReader {
    /// Keeps an incident under the next number, which is returned.
    func keep(_ incident: Incident) throws -> Int64

    /// Blocks a certificate; false when it was.
    func block(certificate thumbprint: String, at now: Timestamp) throws -> Bool

    /// Lets a certificate prove clients again; false when it was not blocked.
    func unblock(certificate thumbprint: String) throws -> Bool

    /// Marks every token with a place in a status list as ended; returns how many.
    func endAllStatusEntries(at now: Timestamp) throws -> Int
}
