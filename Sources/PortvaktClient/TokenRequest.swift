public import Vocabulary

/// What is asked of the authorization server: everything that changes the token it gives.
///
/// Equal requests give equal cache keys, whatever the order in which their scopes were named.
///
/// ```swift
/// let request = TokenRequest(parsing: "skatteetaten:inntekt") { $0.consumerOrganisation = customer }
/// ```
public struct TokenRequest: Sendable, Hashable {
    /// The scopes; sent sorted and separated by single spaces.
    public var scopes: Set<ScopeName>

    /// The APIs that the token is meant for (RFC 8707), absolute URIs in the order that its `aud` shall have.
    public var resource: [String] = []

    /// The organisation on whose behalf a supplier asks (`consumer_org`); it must have delegated the scopes.
    public var consumerOrganisation: OrganisationNumber?

    /// What the token shall permit in detail (RFC 9396): system user, consent.
    public var authorizationDetails: [AuthorizationDetail] = []

    /// The person that the token shall be restricted to (`pid`).
    public var person: PersonIdentifier?

    /// A request for scopes.
    public init(_ scopes: some Sequence<ScopeName>, configure: (inout TokenRequest) -> Void = { _ in }) {
        self.scopes = Set(scopes)
        configure(&self)
    }

    /// A request for scopes as they are written in configuration, separated by white space.
    ///
    /// - Throws: `ScopeName.ParseError` for the first that is no scope name.
    public init(
        parsing scopes: String,
        configure: (inout TokenRequest) -> Void = { _ in }
    ) throws(ScopeName.ParseError) {
        var names: Set<ScopeName> = []
        // By bytes: a caller may come here before each call of an API.
        for name in scopes.utf8.split(whereSeparator: { $0 == 0x20 || (0x09...0x0D).contains($0) }) {
            names.insert(try ScopeName(parsing: Substring(name)))
        }
        self.scopes = names
        configure(&self)
    }

    /// The `scope` as it is sent (RFC 6749 §3.3).
    public var scopeText: String { scopes.sorted().map(\.rawValue).joined(separator: " ") }
}

/// A Norwegian national identity number (fødselsnummer, D-nummer) on its way to the server; it never prints itself.
public struct PersonIdentifier: Sendable, Hashable {
    /// The eleven digits, to be named only where they are sent.
    public let exposed: String

    /// Parses eleven ASCII digits; nil for anything else.
    ///
    /// The control digits are the server's to judge.
    public init?(parsing text: String) {
        guard text.utf8.count == 11, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
            return nil
        }
        exposed = text
    }
}

extension PersonIdentifier: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`.
    public var description: String { "<redacted>" }

    /// `<redacted>`.
    public var debugDescription: String { "<redacted>" }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
