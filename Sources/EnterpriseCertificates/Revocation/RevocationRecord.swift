import LibCrypto
public import Vocabulary

/// What is known of one certificate's revocation, or of one list, as it is kept across restarts.
public struct RevocationRecord: Sendable, Hashable {
    /// What it is about.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// One certificate.
        case certificate
        /// A revocation list at one address.
        case list
    }

    /// What an answer says.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// Not revoked; of a list, that it was proven.
        case good
        /// Revoked.
        case revoked
        /// The responder does not know the certificate.
        case unknown
    }

    /// How an answer was had.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// From a responder (RFC 6960).
        case ocsp
        /// From a list (RFC 5280 §5).
        case crl
    }

    /// An answer that was proven when it came.
    public struct Answer: Sendable, Hashable {
        /// What it says.
        public var status: Status
        /// How it was had.
        public var source: Source
        /// The address that gave it.
        public var address: String
        /// The answer in DER; empty for what a list says of a certificate, since the list is kept itself.
        public var der: [UInt8]
        /// The time that it speaks of.
        public var thisUpdate: Timestamp
        /// The last second at which it serves without grace.
        public var until: Timestamp
        /// When it came.
        public var fetched: Timestamp
        /// When the certificate was revoked.
        public var revoked: Timestamp?

        /// An answer.
        public init(
            status: Status,
            source: Source,
            address: String,
            der: [UInt8] = [],
            thisUpdate: Timestamp,
            until: Timestamp,
            fetched: Timestamp,
            revoked: Timestamp? = nil
        ) {
            self.status = status
            self.source = source
            self.address = address
            self.der = der
            self.thisUpdate = thisUpdate
            self.until = until
            self.fetched = fetched
            self.revoked = revoked
        }
    }

    /// What it is about.
    public var kind: Kind
    /// Names it: of a certificate by it and its issuer, of a list by its address.
    public var id: [UInt8]
    /// Whom the certificate names; the address of a list.
    public var subject: String
    /// The certificate and the rest of its path as PEM, or the path of a list's issuer.
    public var chain: String
    /// The newest answer; nil when there never was one.
    public var answer: Answer?
    /// When it was last asked for; nil when it never was.
    public var attempted: Timestamp?
    /// How often in a row no answer came.
    public var failures = 0
    /// Why none came the last time.
    public var fault: String?
    /// When a decision last rested on it.
    public var used: Timestamp

    /// A record without an answer.
    public init(kind: Kind, id: [UInt8], subject: String, chain: String, used: Timestamp) {
        self.kind = kind
        self.id = id
        self.subject = subject
        self.chain = chain
        self.used = used
    }

    /// The name of a list at this address.
    public static func listID(_ address: String) -> [UInt8] { HashFunction.sha256.digest(Array(address.utf8)) }
}

/// Keeps records across restarts.
package protocol RevocationArchive: Sendable {
    /// Stores records, each in place of the older one of its name.
    func save(_ records: [RevocationRecord]) async throws

    /// Forgets records.
    func remove(_ ids: [[UInt8]]) async throws
}

extension RevocationRecord {
    /// The addresses that the certificate in question names: responders, then lists.
    public var sourceAddresses: [String] {
        guard kind == .certificate, let question = RevocationQuestion(chainPEM: chain) else { return [] }
        return question.responders + question.lists
    }
}
