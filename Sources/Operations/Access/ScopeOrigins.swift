import Administration
import Scopes
import Vocabulary

/// Tells the scope's owner alone where a grant comes from: a path of a file on the owner's machine is nobody else's business.
struct ScopeOrigins {
    private let viewer: Viewer
    private var owners: [ScopeName: OrganisationNumber?] = [:]

    /// Origins as somebody sees them.
    init(for viewer: Viewer) { self.viewer = viewer }

    /// Where a grant comes from; nil where the viewer does not own the scope.
    mutating func origin(of access: ScopeAccess, _ reader: some OperationReader) throws -> String? {
        guard viewer.organisation != nil else { return access.origin }
        let owner = try owners[access.scope] ?? reader.scope(access.scope)?.owner
        owners[access.scope] = .some(owner)
        return owner.map { viewer.isOne(of: $0) } ?? false ? access.origin : nil
    }
}
