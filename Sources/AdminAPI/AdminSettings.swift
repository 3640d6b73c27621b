public import AuditLedger
public import Delegations
public import HTTPServer
public import JOSE
public import Organisations
public import TokenIssuance
public import Vocabulary

/// What the API answers with, beside the store.
public struct AdminSettings: Sendable {
    /// The server's identifier: `iss` of the tokens that it takes.
    public var issuer: Issuer
    /// The URL of the admin listener: `aud` of the tokens that it takes.
    public var adminURL: String
    /// The portal to which persons are sent, with a final slash; nil when there is none.
    public var portalURL: String?
    /// The keys by which tokens are signed.
    public var keys: SigningKeyRing
    /// Makes the pseudonyms of persons.
    public var pseudonyms: PseudonymKey
    /// The nonces of DPoP proofs.
    public var proofNonces: DPoPNonces
    /// Whether a DPoP proof without nonce is refused.
    public var isProofNonceRequired: Bool
    /// Says which clients may go on.
    public var admission: Admission
    /// The rules of issuance, by which explanations are made.
    public var policy: IssuancePolicy
    /// What organisations may still ask of explanations.
    let explanations = ExplanationBudget()
    /// The clock of every decision.
    public var clock: any WallClock
    /// Whether a token of ours still stands, looked up at the moment.
    public typealias Standing = @Sendable (OwnToken, _ now: Timestamp) async throws -> Bool
    /// Says it of tokens that were verified.
    public var standing: Standing
    /// What the server does with organisations in distress.
    public var distress: DistressPolicy?
    /// The refusals from before a client was authenticated.
    public var earlyRefusals: @Sendable () throws -> [RefusalNote] = { [] }

    /// Settings.
    public init(
        issuer: Issuer,
        adminURL: String,
        portalURL: String? = nil,
        keys: SigningKeyRing,
        pseudonyms: PseudonymKey,
        proofNonces: DPoPNonces = DPoPNonces(),
        isProofNonceRequired: Bool = false,
        admission: Admission = Admission(),
        policy: IssuancePolicy,
        clock: any WallClock,
        standing: @escaping Standing
    ) {
        self.issuer = issuer
        self.adminURL = adminURL
        self.portalURL = portalURL
        self.keys = keys
        self.pseudonyms = pseudonyms
        self.proofNonces = proofNonces
        self.isProofNonceRequired = isProofNonceRequired
        self.admission = admission
        self.policy = policy
        self.clock = clock
        self.standing = standing
    }
}
