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
        /// A page of a change feed of the register changed something.
        case registerSynced = "register_synced"
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
        /// An organisation asked for access.
        case accessRequested = "access_requested"
        /// A request for access was taken back.
        case accessRequestWithdrawn = "access_request_withdrawn"
        /// A request for access was answered by no.
        case accessRequestDenied = "access_request_denied"
        /// An organisation accepted terms of use.
        case termsAccepted = "terms_accepted"
        /// A consumer registered its agreement with a supplier.
        case processorAgreementRegistered = "processor_agreement_registered"
        /// A consumer took back its agreement with a supplier.
        case processorAgreementRemoved = "processor_agreement_removed"
        /// Somebody was told whether a client would get a token, and why.
        case explanationGiven = "explanation_given"
        /// Somebody was told all that is kept about a person.
        case personReported = "person_reported"
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
        /// A resource was put into the registry.
        case resourceCreated = "resource_created"
        /// A new version of a resource was put into the registry.
        case resourceChanged = "resource_changed"
        /// A resource was taken out of the registry.
        case resourceDeleted = "resource_deleted"
        /// A resource's policy was uploaded or taken away.
        case resourcePolicyChanged = "resource_policy_changed"
        /// A consumer's delegation to a supplier was given.
        case delegationGiven = "delegation_given"
        /// A delegation got another end.
        case delegationChanged = "delegation_changed"
        /// A delegation was revoked by its giver, or given up by its receiver.
        case delegationRevoked = "delegation_revoked"
        /// An organisation became the supplier of another.
        case supplierAdded = "supplier_added"
        /// An organisation is no longer the supplier of another.
        case supplierRemoved = "supplier_removed"
        /// An on-behalf-of entry was put on a client.
        case onBehalfOfAdded = "on_behalf_of_added"
        /// An on-behalf-of entry of a client was changed.
        case onBehalfOfChanged = "on_behalf_of_changed"
        /// An on-behalf-of entry was taken from a client.
        case onBehalfOfRemoved = "on_behalf_of_removed"
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
        /// A system was registered.
        case systemRegistered = "system_registered"
        /// A system's record, rights or packages were changed.
        case systemChanged = "system_changed"
        /// A system was deleted, and with it its system users.
        case systemDeleted = "system_deleted"
        /// A vendor asked a customer for a system user.
        case systemUserRequested = "system_user_requested"
        /// A request for a system user was passed on to somebody who may approve it.
        case systemUserRequestEscalated = "system_user_request_escalated"
        /// A request for a system user was taken back.
        case systemUserRequestDeleted = "system_user_request_deleted"
        /// A request was approved: there is a system user now.
        case systemUserApproved = "system_user_approved"
        /// A request for a system user, or for a change of one, was refused.
        case systemUserRejected = "system_user_rejected"
        /// A vendor asked for a change of a system user.
        case systemUserChangeRequested = "system_user_change_requested"
        /// A change was approved: the system user has other rights now.
        case systemUserChanged = "system_user_changed"
        /// A system user was deleted.
        case systemUserDeleted = "system_user_deleted"
        /// An agent system user was given a client.
        case clientDelegated = "client_delegated"
        /// An agent system user lost a client.
        case clientDelegationRemoved = "client_delegation_removed"
        /// An organisation asked for consent.
        case consentRequested = "consent_requested"
        /// Consent was given.
        case consentAccepted = "consent_accepted"
        /// Consent was refused.
        case consentRejected = "consent_rejected"
        /// Consent was withdrawn.
        case consentRevoked = "consent_revoked"
        /// A request for consent was taken back.
        case consentDeleted = "consent_deleted"
        /// A token, or all of a client, consumer or scope, were ended before their time.
        case tokensRevoked = "tokens_revoked"
        /// A webhook was added.
        case webhookAdded = "webhook_added"
        /// A webhook was removed.
        case webhookRemoved = "webhook_removed"
        /// A webhook got another key.
        case webhookKeyRotated = "webhook_key_rotated"
        /// The operator accepted that the clock was set back.
        case clockAccepted = "clock_accepted"
        /// A backup was put in the place of the database: what came after it is not in this ledger.
        case storeRestored = "store_restored"
        /// An incident was declared, and what it concerns was stopped.
        case incidentDeclared = "incident_declared"
        /// A certificate proves no client any more, whatever its issuer says.
        case certificateBlocked = "certificate_blocked"
        /// A certificate that was blocked proves its organisation's clients again.
        case certificateUnblocked = "certificate_unblocked"
        /// A one-time link to the console was made.
        case consoleLinkMade = "console_link_made"
        /// Somebody logged in to the console with such a link.
        case consoleLoggedIn = "console_logged_in"
        /// A session of the console was ended by whoever had it.
        case consoleLoggedOut = "console_logged_out"
        /// Another key signs checkpoints from now on.
        case checkpointKeyReplaced = "checkpoint_key_replaced"
        /// Old entries were let go, at a checkpoint that proves what they were.
        case ledgerPruned = "ledger_pruned"
        /// Somebody who holds the pseudonyms' key looked for what the ledger says of a person.
        case personSearched = "person_searched"
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
