import Administration
import HTTPServer
import HTTPTypes
import JOSE
import Scopes
import Vocabulary

// Scopes (spec §6.3, §6.4). Their names hold slashes, so that they stand in the query.
extension AdminAPI {
    static var scopesBase: String { "/api/v1/scopes" }

    static var writesScopes: AccessDemand { .anyOf(.scopesWrite) }

    static var ownScopes: [Operation<Store>] { scopeReading + scopeWriting }

    private static var scopeReading: [Operation<Store>] {
        var list = OperationDescription(summary: "The scopes of the token's organisation")
        list.text = "With `scope` that one scope is the answer, and no list."
        list.parameters =
            [
                .query("scope", .scopeName, "The one scope that is asked for."),
                .query("inactive", .flag, "Whether deactivated ones are listed as well."),
            ] + ListWindow.parameters
        list.answers = [
            .ok(
                .anyOf(.list(.component("Scope_ScopeExternal")), .component("Scope_ScopeExternal")),
                "The scopes, or the one scope.",
                fields: listFields + [entityTag]
            )
        ]
        var one = OperationDescription(summary: "One scope of the token's organisation")
        one.parameters = [scopeParameter]
        one.answers = [.ok(.component("Scope_ScopeExternal"), "The scope.", fields: [entityTag])]
        return [
            Operation(.get, scopesBase, .scopes, writesScopes, list) { call in
                let window = try ListWindow(call.query)
                var query = ScopeQuery()
                query.owner = call.token.consumer
                query.includesInactive = try call.query.flag("inactive")
                if try call.query.filled("scope") != nil { return try await oneScope(call) }
                let scopes = try await call.read { [query] in try $0.scopes(query) }
                return window.answer(
                    window.items(of: scopes).map { .object($0.jsonObject) },
                    of: scopes.count,
                    in: call
                )
            },
            Operation(.get, scopesBase + "/scope", .scopes, writesScopes, one, oneScope),
        ]
    }

    private static func oneScope(_ call: Call<Store>) async throws -> APIAnswer {
        let (name, owner) = (try call.scopeInQuery, call.token.consumer)
        return answer(try await call.read { try $0.scope(name, ownedBy: owner) })
    }

    private static var scopeWriting: [Operation<Store>] {
        var create = OperationDescription(summary: "Create a scope under a prefix of one's own")
        create.body = .json(.component("ScopeRequest"))
        create.answers = [.ok(.component("Scope_ScopeExternal"), "The scope.", fields: [entityTag])]
        create.refusals = [.conflict, .mediaType]
        var change = OperationDescription(summary: "Change a scope")
        change.text = """
            Fields that are left out stay as they are; the name cannot be changed. `active: true` takes a deactivated scope back \
            into use, with the accesses that it had.
            """
        change.parameters = [scopeParameter, ifMatch]
        change.body = .json(.component("UpdateScopeRequest"))
        change.answers = create.answers
        change.refusals = [.stale, .mediaType]
        var remove = OperationDescription(summary: "Deactivate a scope")
        remove.text = "Nobody gets tokens with it from now on. Accesses stay, and clients keep it."
        remove.parameters = [scopeParameter, ifMatch]
        remove.answers = create.answers
        remove.refusals = [.stale]
        return [
            Operation(.post, scopesBase, .scopes, writesScopes, create) { call in
                let owner = call.token.consumer
                return answer(
                    try await BodyFaults.telling(as: "scope") {
                        let object = try call.object
                        let request = try ScopeRequest(parsing: object) { prefix, subscope in
                            let missing: [ScopeRequest.Fault] = [.scope(.required(.description))]
                            return newNameFaults(prefix, subscope) + (object.contains("description") ? [] : missing)
                        }
                        let name = try scopeName(of: request)
                        return try await call.act { try $0.createScope(name, request.fields, by: owner).value }
                    }
                )
            },
            Operation(.put, scopesBase, .scopes, writesScopes, change) { call in
                let (name, owner, precondition) = (try call.scopeInQuery, call.token.consumer, try call.precondition)
                return answer(
                    try await BodyFaults.telling(as: "scope") {
                        let request = try ScopeRequest(parsing: try call.object) { prefix, subscope in
                            (prefix ?? name.prefix.rawValue != name.prefix.rawValue ? [.immutable("prefix")] : [])
                                + (subscope ?? name.subscope != name.subscope ? [.immutable("subscope")] : [])
                        }
                        return try await call.act {
                            try $0.changeScope(name, request.fields, by: owner, expecting: precondition).value
                        }
                    }
                )
            },
            Operation(.delete, scopesBase, .scopes, writesScopes, remove) { call in
                let (name, owner, precondition) = (try call.scopeInQuery, call.token.consumer, try call.precondition)
                return answer(
                    try await call.act {
                        try $0.changeScope(name, [.isActive: .flag(false)], by: owner, expecting: precondition).value
                    }
                )
            },
        ]
    }

    private static func newNameFaults(_ prefix: String?, _ subscope: String?) -> [ScopeRequest.Fault] {
        let missing = [("prefix", prefix), ("subscope", subscope)].filter { $0.1 == nil || $0.1 == "" }
        guard missing.isEmpty, let prefix, let subscope else { return missing.map { .required($0.0) } }
        return (try? ScopePrefix(parsing: prefix)).flatMap { try? ScopeName(prefix: $0, subscope: subscope) } == nil
            ? [.name("\(prefix):\(subscope)")] : []
    }

    private static func scopeName(of request: ScopeRequest) throws -> ScopeName {
        try ScopeName(prefix: try ScopePrefix(parsing: request.prefix ?? ""), subscope: request.subscope ?? "")
    }

    private static func answer(_ scope: Scope) -> APIAnswer { .json(.object(scope.jsonObject)).of(scope.version) }

    static var scopeParameter: OperationDescription.Parameter {
        .query("scope", .scopeName, "The scope's name.", required: true)
    }
}
