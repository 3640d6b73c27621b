import Administration
import JOSE
import Organisations
package import Scopes
import Vocabulary

/// A scope, where it was declared, and who has access to it.
package struct ShowScope: Inquiry {
    package static let name = "scope-show"
    package static let summary = "Show a scope, where it was declared, and who has access to it."
    package static let parameters = [
        Parameter("scope", .scope, "The scope.").required,
        Parameter("brief", .flag, "Without the organisations that have access to it, of which there may be many."),
    ]
    package let arguments: Arguments
    private let scope: ScopeName
    private let isBrief: Bool

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        isBrief = try arguments.flag("brief")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let own = try context.viewer.organisation.flatMap { try reader.access(to: self.scope, of: $0) }
        guard let scope = try reader.scope(scope), context.viewer.sees(scope, access: own) else {
            throw OperationFault(.absent, "scope_not_found", "there is no scope `\(scope)`")
        }
        var members = scope.outputMembers
        members.append(.init("gives_tokens", scope.isActive(at: context.now)))
        members.append(.init("owner_name", try reader.organisation(scope.owner)?.name))
        // In which file of whose it was declared is its owner's to know.
        members.append(.init("origin", context.viewer.isOne(of: scope.owner) ? scope.origin : nil))
        guard !isBrief else { return Report(Record("scope", members)) }
        var query = AccessQuery()
        query.scope = scope.name
        let accesses = try ListAccess.accesses(query, for: context.viewer, reader)
        members.append(.init("consumers", accesses.map(\.consumer)))
        return Report(Record("scope", members))
    }
}

extension Scope {
    /// What a person or script sees of a scope: the fields of the self-service API, texts by language once.
    package var outputMembers: [OutputValue.Member] {
        jsonObject.members.filter { !$0.name.contains("#") }.map { OutputValue.Member($0.name, $0.value) }
    }
}
