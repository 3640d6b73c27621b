public import Administration
public import Delegations
internal import RelationalStorage
public import Vocabulary

extension SQLiteReader: AdministrativeReader {
    /// The operator's organisation (setting `operator`), the only one that may own reserved prefixes; nil without any.
    public var operatorOrganisation: OrganisationNumber? {
        get throws {
            try setting("operator").map { text in
                do { return try OrganisationNumber(parsing: text) } catch {
                    throw StorageError.corrupt(detail: "the operator `\(text)` is no organisation number")
                }
            }
        }
    }
}

extension SQLiteTransaction: AdministrativeTransaction {
    /// Names the operator's organisation; `init --org` does so.
    public func setOperatorOrganisation(_ number: OrganisationNumber) throws {
        try set("operator", to: "\(number)")
    }
}

/// All that the decision point asks, in one snapshot.
extension SQLiteReader: DecisionReader {}
