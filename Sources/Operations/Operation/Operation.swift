public import Administration
public import Attention
public import AuditLedger
public import Delegations
public import Organisations
public import TokenIssuance
public import Vocabulary

// How an inquiry is written (a file in the folder of its subject; then a line in `OperationCatalogue`):
//
//     package struct ListPrefixes: Inquiry {
//         package static let name = "prefix-list"
//         package static let summary = "List the prefixes of scopes and who owns them."
//         package static let parameters = [Parameter("org", .organisation, "Only prefixes of this organisation.")]
//         package let arguments: Arguments
//         private let owner: OrganisationNumber?
//
//         package init(_ arguments: Arguments) throws(OperationFault) {
//             self.arguments = arguments
//             owner = try arguments.organisation("org")
//         }
//
//         package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report { … }
//     }
//
// Such a type and its members are `package`: what they mean stands here, on the protocols. The command line makes it with `ListPrefixes(["org": org])`; the API with what came in the query. Faults are thrown as
// `OperationFault`; what `Administration` refuses passes through as it is.

/// Something that command line, operator API and console can ask for by name.
public protocol Operation: Sendable {
    /// The name: noun and verb with hyphens, as in the command and in the path of the API.
    static var name: String { get }
    /// What it does, in one sentence.
    static var summary: String { get }
    /// What it takes.
    static var parameters: [Parameter] { get }
    /// The largest body in which its parameters come, in bytes.
    static var maximumBody: Int { get }
    /// What it was made from, so that it can be sent to a server.
    var arguments: Arguments { get }

    /// Reads what was given.
    init(_ arguments: Arguments) throws(OperationFault)
}

extension Operation {
    /// Enough for every parameter that is no file: 256 KiB.
    public static var maximumBody: Int { 256 * 1_024 }
}

/// An operation that only reads.
public protocol Inquiry: Operation {
    /// Whether what is asked with belongs in no address: the API takes it in the body of a `POST`.
    static var asksInBody: Bool { get }

    /// Whether the ledger remembers that it was asked: ``note(in:_:)`` is performed first, in a transaction of its own.
    static var isRecorded: Bool { get }

    /// The answer, from one snapshot.
    func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report

    /// Writes into the ledger that it is asked, before it is answered.
    func note(in administration: Administration<some OperationTransaction>, _ context: OperationContext) throws
}

extension Inquiry {
    /// A query asks, unless something says otherwise.
    public static var asksInBody: Bool { false }

    /// Questions leave no trace, unless something says otherwise.
    public static var isRecorded: Bool { false }

    /// Writes nothing.
    public func note(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws {}

    /// What it takes, with the reason that may be given for what the ledger remembers.
    public static var parametersWithReason: [Parameter] {
        isRecorded ? parameters + [Parameter("reason", .text, "Why it is asked, kept in the ledger.")] : parameters
    }
}

/// An operation that changes something; all of it happens, with its ledger entries, or nothing.
public protocol OperatorAct: Operation {
    /// Does it in an open transaction.
    func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report
}

extension OperatorAct {
    /// What it takes, with the reason that every act may be given.
    public static var parametersWithReason: [Parameter] {
        parameters.contains { $0.name == "reason" }
            ? parameters : parameters + [Parameter("reason", .text, "Why it is done, kept in the ledger.")]
    }
}

extension Arguments {
    /// The longest reason that the ledger keeps, in Unicode scalars.
    public static let maximumReason = 1_023

    /// Why an act is done, as the ledger keeps it.
    public func reason() throws(OperationFault) -> String? {
        guard let reason = try text("reason") else { return nil }
        guard reason.unicodeScalars.count <= Self.maximumReason, PlainText.firstMisplaced(in: reason) == nil else {
            throw .usage("\(title(of: "reason")) must be one line of at most \(Self.maximumReason) characters")
        }
        return reason
    }
}

/// All that operations read, in one snapshot.
public typealias OperationReader = AdministrativeReader & DecisionReader & ConsentReader & HoldingReader
    & RegisterBrowsingReader & InstallationReader & LedgerReader & BrowsingReader & UsageReader & SigningKeyReader
    & FactsReader & AttentionReader & WebhookReader & LedgerTreeReader & ResourceRecordReader & IncidentReader

/// An open transaction in which every act can be performed.
public typealias OperationTransaction = OperationReader & AdministrativeTransaction & AccessListStore & SystemUserStore
    & ConsentStore & ConsoleStore & AttentionStore & IncidentStore & SigningKeyStore

/// What an operation is answered in the light of, beside the store.
public struct OperationContext: Sendable {
    /// Who looks.
    public let viewer: Viewer
    /// The present time.
    public let now: Timestamp
    /// What scopes and grants made by the act remember as their origin: `cli`, `api`.
    public var origin: String
    /// What the server does with organisations in distress; nil when its configuration cannot be read.
    public var distress: DistressPolicy?
    /// The rules of issuance; nil when the server's configuration cannot be read.
    public var policy: IssuancePolicy?
    /// The refusals from before a client was authenticated, which stand in no ledger.
    public var earlyRefusals: @Sendable () throws -> [RefusalNote]
    /// The key under which persons are known; nil when there is none and none is made for that use.
    public var pseudonyms: @Sendable (PseudonymUse) throws -> PseudonymKey?

    /// A context.
    public init(
        viewer: Viewer,
        now: Timestamp,
        origin: String = "cli",
        distress: DistressPolicy? = nil,
        policy: IssuancePolicy? = nil,
        earlyRefusals: @escaping @Sendable () throws -> [RefusalNote] = { [] },
        pseudonyms: @escaping @Sendable (PseudonymUse) throws -> PseudonymKey? = { _ in nil }
    ) {
        self.viewer = viewer
        self.now = now
        self.origin = origin
        self.distress = distress
        self.policy = policy
        self.earlyRefusals = earlyRefusals
        self.pseudonyms = pseudonyms
    }
}

/// What the key of pseudonyms is wanted for.
public enum PseudonymUse: Sendable, Hashable {
    /// Only to find who is known already: a question makes no key.
    case finding
    /// To keep somebody under it; `othersAreKnown`: a key that is missing then is lost, and no other takes its place.
    case keeping(othersAreKnown: Bool)
}
