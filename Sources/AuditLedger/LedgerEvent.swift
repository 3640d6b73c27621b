public import JOSE
public import Vocabulary

/// Something that the ledger remembers: a token, a refusal, an act of administration.
///
/// Never holds an assertion, a token, a key or a national identity number in clear (DESIGN §9).
public struct LedgerEvent: Sendable, Hashable {
    /// What happened; the raw values stand in the ledger for ever and are never reused.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// An access token was issued.
        case tokenIssued = "token_issued"
        /// A token request was refused after its client was authenticated.
        case tokenRefused = "token_refused"
        /// Equal refusals of one client, beyond ten a minute, counted together.
        case tokenRefusalsSummed = "token_refusals_summed"
        /// An installation was made.
        case initialised
        /// A register file was imported.
        case organisationsImported = "organisations_imported"
        /// A file of roles was imported.
        case rolesImported = "roles_imported"
        /// A role was given inside the module.
        case roleGiven = "role_given"
        /// A role that was given was taken back.
        case roleRevoked = "role_revoked"
        /// A pseudonym of open data was tied to a person with a number.
        case personLinked = "person_linked"
        /// It was untied.
        case personUnlinked = "person_unlinked"
        /// A prefix was assigned to an organisation.
        case prefixAssigned = "prefix_assigned"
        /// A scope was created.
        case scopeCreated = "scope_created"
        /// A scope was changed.
        case scopeChanged = "scope_changed"
        /// A scope was deactivated.
        case scopeDeactivated = "scope_deactivated"
        /// A scope was activated again.
        case scopeActivated = "scope_activated"
        /// Access was granted.
        case accessGranted = "access_granted"
        /// Access was withdrawn.
        case accessRevoked = "access_revoked"
        /// A client was registered.
        case clientCreated = "client_created"
        /// A client was changed.
        case clientChanged = "client_changed"
        /// A client was disabled.
        case clientDisabled = "client_disabled"
        /// A client was enabled again.
        case clientEnabled = "client_enabled"
        /// A key was registered on a client.
        case clientKeyAdded = "client_key_added"
        /// A key was removed from a client.
        case clientKeyRemoved = "client_key_removed"
        /// A signing key of the server was made and published.
        case signingKeyCreated = "signing_key_created"
        /// A signing key's timetable was changed.
        case signingKeyScheduled = "signing_key_scheduled"
        /// An access list was made.
        case accessListCreated = "access_list_created"
        /// An access list got another name or description.
        case accessListChanged = "access_list_changed"
        /// An access list was deleted.
        case accessListDeleted = "access_list_deleted"
        /// An organisation was put on an access list.
        case accessListMemberAdded = "access_list_member_added"
        /// An organisation was taken off an access list.
        case accessListMemberRemoved = "access_list_member_removed"
        /// An access list counts for a resource, or for other actions of it.
        case accessListConnected = "access_list_connected"
        /// An access list counts for a resource no more.
        case accessListDisconnected = "access_list_disconnected"
        /// The decision point was asked.
        case decisionMade = "decision_made"
        /// The operator accepted that the clock was set back.
        case clockAccepted = "clock_accepted"
    }

    /// What proved the client.
    public enum Credential: Sendable, Hashable {
        /// A registered key: its identifier and RFC 7638 thumbprint.
        case key(KeyID, thumbprint: String)
        /// An enterprise certificate: its SHA-256 in hexadecimal and the revocation mode in force.
        case certificate(thumbprint: String, revocation: String)
    }

    /// When it happened.
    public var time: Timestamp
    /// What happened.
    public var kind: Kind
    /// The request that it belongs to.
    public var traceID: TraceID?
    /// The trace id that the caller sent in `traceparent`.
    public var parentTraceID: TraceID?
    /// The client concerned.
    public var client: ClientID?
    /// What proved the client.
    public var credential: Credential?
    /// The organisation that gets the right, or that the act concerns.
    public var consumer: OrganisationNumber?
    /// The organisation that acts for the consumer.
    public var supplier: OrganisationNumber?
    /// The scopes concerned, in the order asked.
    public var scopes: [ScopeName] = []
    /// The token's `jti`.
    public var tokenID: TokenID?
    /// The refusal's code, `MP-012`.
    public var code: String?
    /// The refusal's reason, `assertion_replayed`.
    public var reason: String?
    /// The revision of the facts that were decided on.
    public var revision: Int64?
    /// Who did it: the operating-system user and host with `--data`, the client with the API.
    public var actor: String?
    /// Everything else that belongs to this kind: lifetime, audience, before and after.
    public var details: JSONObject

    /// An event of which nothing but time and kind is known yet.
    public init(time: Timestamp, kind: Kind, details: JSONObject = [:]) {
        self.time = time
        self.kind = kind
        self.details = details
    }
}
