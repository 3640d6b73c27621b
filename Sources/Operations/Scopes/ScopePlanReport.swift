import JOSE
package import Scopes
import Vocabulary

extension Report {
    /// A plan for scope files: every change, what stays, and the sums.
    ///
    /// - Parameters:
    ///   - plan: the plan.
    ///   - isApplied: whether it was carried out.
    ///   - revision: the revision of the facts that it was made of, or led to.
    package init(_ plan: ScopePlan, isApplied: Bool, revision: Int64) {
        self.init(
            Table(
                "scope-plan",
                plan.changes,
                facts: [
                    .init("applied", isApplied), .init("revision", revision), .init("add", plan.additions),
                    .init("change", plan.alterations), .init("remove", plan.removals),
                    .init("kept", plan.kept.map(\.output)),
                    .init("lines", plan.lines),
                ],
                whenEmpty: "files and store agree",
                columns: ScopePlan.Change.columns
            )
        )
    }
}

extension ScopePlan.Change {
    /// A change as a row.
    fileprivate static var columns: [Column<ScopePlan.Change>] {
        [
            Column("action") { $0.sign.rawValue },
            Column("object") { $0.object },
            Column("name") { $0.name },
            Column("consumer_orgno", title: "CONSUMER") { $0.consumer },
            Column("fields") { $0.fields },
            Column("place") { $0.place },
        ]
    }

    fileprivate var object: String {
        switch self {
        case .assignPrefix: "prefix"
        case .createScope, .changeScope, .deactivateScope: "scope"
        case .grantAccess, .changeAccess, .revokeAccess: "access"
        }
    }

    fileprivate var name: String {
        switch self {
        case .assignPrefix(let prefix, _, _): prefix.rawValue
        case .createScope(let name, _, _), .changeScope(let name, _, _), .deactivateScope(let name, _),
            .grantAccess(let name, _, _, _, _), .changeAccess(let name, _, _, _), .revokeAccess(let name, _, _):
            name.rawValue
        }
    }

    fileprivate var consumer: OrganisationNumber? {
        switch self {
        case .assignPrefix(_, let owner, _): owner
        case .grantAccess(_, let consumer, _, _, _), .changeAccess(_, let consumer, _, _),
            .revokeAccess(_, let consumer, _):
            consumer
        case .createScope, .changeScope, .deactivateScope: nil
        }
    }

    fileprivate var fields: [OutputValue] {
        switch self {
        case .createScope(_, let fields, _), .changeScope(_, let fields, _): fields.map(\.output)
        case .grantAccess(_, _, let fields, _, _), .changeAccess(_, _, let fields, _): fields.map(\.output)
        case .assignPrefix, .revokeAccess, .deactivateScope: []
        }
    }

    fileprivate var place: String {
        switch self {
        case .assignPrefix(_, _, let line), .createScope(_, _, let line), .changeScope(_, _, let line),
            .grantAccess(_, _, _, _, let line), .changeAccess(_, _, _, let line):
            line.description
        case .revokeAccess(_, _, let origin), .deactivateScope(_, let origin): origin
        }
    }
}

extension ScopePlan.FieldChange where Field: RawRepresentable<String> {
    fileprivate func output(_ old: OutputValue, _ new: OutputValue) -> OutputValue {
        .object([.init("field", field.rawValue), .init("old", old), .init("new", new), .init("place", "\(line)")])
    }
}

extension ScopePlan.ScopeChange {
    fileprivate var output: OutputValue { output(old.json?.output ?? .none, new.json?.output ?? .none) }
}

extension ScopePlan.AccessChange {
    fileprivate var output: OutputValue { output(old.json?.output ?? .none, new.json?.output ?? .none) }
}

extension ScopePlan.Kept {
    fileprivate var output: OutputValue {
        .object([
            .init("scope", scope), .init("consumer_orgno", consumer), .init("origin", origin),
            .init("reason", reason == .notPruned ? "not_pruned" : "not_from_file"),
        ])
    }
}
