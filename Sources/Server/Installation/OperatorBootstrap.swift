public import Administration
import AuditLedger
public import Clients
public import JOSE
import Organisations
public import SQLiteStorage
import Scopes
public import Vocabulary

/// Gives a new installation its operator: the organisation, the reserved prefixes and scopes, and a client that administers.
public struct OperatorBootstrap: Sendable {
    /// What came of it.
    public struct Outcome: Sendable {
        /// The client that administers.
        public let client: Client
        /// Whether the register did not know the operator's organisation, which stands in it by the operator's word.
        public let isProvisional: Bool
        /// What else is worth knowing.
        public let warnings: [AdministrationWarning]
    }

    /// The operator's organisation.
    public let organisation: OrganisationNumber
    /// What it is called as long as the register does not say.
    public let name: String
    /// Prefixes that it gets beside the reserved ones.
    public let prefixes: [ScopePrefix]
    /// Who does it, for the ledger.
    public let actor: Actor

    /// The bundled scope files whose scopes administer: their names, and whether the operator itself gets access.
    private static let files: [(name: String, isOperators: Bool)] = [
        ("altinn.yaml", false), ("idporten.yaml", true), ("portvakt.yaml", true),
    ]

    /// What is to be done.
    public init(organisation: OrganisationNumber, name: String, prefixes: [ScopePrefix], actor: Actor) {
        self.organisation = organisation
        self.name = name
        self.prefixes = prefixes
        self.actor = actor
    }

    /// Does it, the client last, with that public key.
    ///
    /// - Throws: `AdministrationRefusal`, `StorageError`, and faults of the bundled scope files.
    public func run(in store: SQLiteStore, key: JWK, at now: Timestamp) throws -> Outcome {
        let isProvisional = try store.read { try $0.standing(of: organisation) } == nil
        if isProvisional { try enter(into: store, at: now) }
        let sources = Self.files.compactMap { file in BundledScopeFiles.all.first { $0.name == file.name } }
        let declared = try ScopeFile.read(sources.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) })
        return try store.transaction { transaction in
            try transaction.setOperatorOrganisation(organisation)
            let administration = Administration(in: transaction, by: actor, at: now, reason: "init")
            var warnings: [AdministrationWarning] = []
            for prefix in declared.map(\.prefix.value) + prefixes {
                warnings += try administration.assignPrefix(prefix, to: organisation).warnings
            }
            var administrative: [ScopeName] = []
            for file in declared {
                let isOperators = Self.files.contains { $0.name == file.name && $0.isOperators }
                for scope in file.scopes {
                    try administration.createScope(scope.name, scope.fields.mapValues(\.value), origin: "cli")
                    guard isOperators else { continue }
                    try administration.grantAccess(
                        to: scope.name,
                        for: organisation,
                        [.reason: .text("Operator")],
                        origin: "cli"
                    )
                    administrative.append(scope.name)
                }
            }
            let draft = ClientDraft(owner: organisation, name: "Operator", scopes: administrative)
            let outcome = try administration.createClient(draft, keys: [key])
            return Outcome(
                client: outcome.value,
                isProvisional: isProvisional,
                warnings: Array(Set(warnings + outcome.warnings))
            )
        }
    }

    /// Enters the operator's organisation into the register, since only a living unit gets a token.
    ///
    /// The first whole file of the register, or the first change that a feed tells of it, takes the place of this: a number
    /// that the register does not have is closed then, and gets no token.
    private func enter(into store: SQLiteStore, at now: Timestamp) throws {
        let importer = SQLiteOrganisationImport(into: store) { report in
            var event = report.ledgerEvent(by: actor, reason: "init", at: now)
            event.details["basis"] = "operator"
            return event
        }
        try importer.begin()
        let unit = Organisation(
            number: organisation,
            kind: .mainUnit,
            name: name,
            form: Organisation.Form(code: "ANNA", description: nil)
        )
        try importer.stage(added: [unit], changed: [])
        try importer.apply(ImportReport(document: .singleUnit, mode: .update, isDryRun: false))
    }
}
