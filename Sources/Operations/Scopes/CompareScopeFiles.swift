import Scopes
import Vocabulary

/// What scope files, as texts, would change.
package struct CompareScopeFiles: Inquiry {
    package static let name = "scope-diff"
    package static let summary = "Show what scope files would change."
    package static let parameters =
        [ScopeFileArguments.files] + ScopeFileArguments.pruning + ScopeFileArguments.guards
    // Files are no part of an address.
    package static let asksInBody = true
    package static let maximumBody = ScopeFileArguments.maximumBody
    package let arguments: Arguments
    private let given: ScopeFileArguments

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        // Whoever looks must see all of it; the limit is for whoever removes.
        given = try ScopeFileArguments(arguments, mostRemovals: .max)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let (_, plan, revision) = try given.plan(reader)
        return Report(plan, isApplied: false, revision: revision)
    }
}
