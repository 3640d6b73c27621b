import Administration
import Delegations
import HTTPServer
import HTTPTypes
import JOSE
import Organisations
import Scopes
import Vocabulary

// Access of organisations to scopes (spec §6.5).
extension AdminAPI {
    static var accesses: [Operation<Store>] { accessReading + accessWriting }

    private static var accessPath: String { scopesBase + "/access/{consumer_orgno}" }

    private static var accessReading: [Operation<Store>] {
        var list = OperationDescription(summary: "Who has access to a scope of one's own")
        list.text = "Also what was withdrawn (`DENIED`) or asked for (`REQUESTED`)."
        list.parameters = [scopeParameter] + ListWindow.parameters
        list.answers = [.ok(.list(.component("ScopeAccess")), "The accesses.", fields: listFields)]
        var all = OperationDescription(summary: "The scopes that the token's organisation has been given")
        all.parameters = ListWindow.parameters
        all.answers = list.answers
        var one = OperationDescription(summary: "An organisation's access to a scope of one's own")
        one.parameters = [consumerParameter, scopeParameter]
        one.answers = [.ok(.component("ScopeAccess"), "The access.", fields: [entityTag])]
        let readsOwn = AccessDemand.anyOf(.scopesWrite, .clientsRead, .clientsModify, .clientsWrite)
        return [
            Operation(.get, scopesBase + "/access", .scopes, writesScopes, list) { call in
                let (name, owner, window) = (try call.scopeInQuery, call.token.consumer, try ListWindow(call.query))
                var query = AccessQuery()
                query.scope = name
                query.includesUnapproved = true
                query.part = window.range
                let (items, total) = try await call.read { [query] reader in
                    _ = try reader.scope(name, ownedBy: owner)
                    return try answers(query, in: reader)
                }
                return window.answer(items, of: total, in: call)
            },
            Operation(.get, scopesBase + "/access/all", .scopes, readsOwn, all, given),
            Operation(.get, accessPath, .scopes, writesScopes, one) { call in
                let (name, owner) = (try call.scopeInQuery, call.token.consumer)
                let consumer = try call.path.plainOrganisation("consumer_orgno")
                let (access, item) = try await call.read { reader in
                    let access = try reader.access(to: name, of: consumer, givenBy: owner)
                    return (access, try answer(access, in: reader))
                }
                return .json(item).of(access.version)
            },
        ]
    }

    /// The grants in force of the token's organisation.
    static func given(_ call: Call<Store>) async throws -> APIAnswer {
        let window = try ListWindow(call.query)
        var query = AccessQuery()
        query.consumer = call.token.consumer
        query.part = window.range
        let (items, total) = try await call.read { [query] reader in try answers(query, in: reader) }
        return window.answer(items, of: total, in: call)
    }

    private static var accessWriting: [Operation<Store>] {
        var grant = OperationDescription(summary: "Grant an organisation access to a scope")
        grant.text = """
            A grant in force to which nothing is changed stays as it is. One that was withdrawn begins a new life. The body is \
            ours and may be left out.
            """
        grant.parameters = [consumerParameter, scopeParameter, ifMatch]
        grant.body = .json(.component("ScopeAccessRequest"), required: false)
        grant.answers = [.ok(.component("ScopeAccess"), "The access as it is now.", fields: [entityTag])]
        grant.refusals = [.stale, .mediaType]
        var revoke = OperationDescription(summary: "Withdraw an organisation's access to a scope")
        revoke.text = "No new token from now on; the record stays as `DENIED`. What is withdrawn already stays so."
        revoke.parameters = [consumerParameter, scopeParameter, ifMatch]
        revoke.answers = grant.answers
        revoke.refusals = [.stale]
        return [
            Operation(.put, accessPath, .scopes, writesScopes, grant) { call in
                let (name, owner, precondition) = (try call.scopeInQuery, call.token.consumer, try call.precondition)
                let consumer = try call.path.plainOrganisation("consumer_orgno")
                let (access, item) = try await BodyFaults.telling(as: "scopeAccess") {
                    let fields = call.body.isEmpty ? [:] : try accessFields(in: try call.object)
                    return try await call.act { administration in
                        let access = try administration.grantAccess(
                            to: name,
                            for: consumer,
                            fields,
                            by: owner,
                            expecting: precondition
                        ).value
                        return (access, try answer(access, in: administration.transaction))
                    }
                }
                return .json(item).of(access.version)
            },
            Operation(.delete, accessPath, .scopes, writesScopes, revoke) { call in
                let (name, owner, precondition) = (try call.scopeInQuery, call.token.consumer, try call.precondition)
                let consumer = try call.path.plainOrganisation("consumer_orgno")
                let (access, item) = try await call.act { administration in
                    let access = try administration.revokeAccess(
                        to: name,
                        for: consumer,
                        by: owner,
                        expecting: precondition
                    ).value
                    return (access, try answer(access, in: administration.transaction))
                }
                return .json(item).of(access.version)
            },
        ]
    }

    private static func accessFields(in object: JSONObject) throws -> [AccessField: AccessFieldValue] {
        var fields: [AccessField: AccessFieldValue] = [:]
        var faults: [AccessFault] = []
        for field in AccessField.allCases {
            switch object[field.rawValue] {
            case nil: break
            case .null?: fields[field] = .absent
            case .string(let text)?:
                if field == .validFrom || field == .validUntil, let time = InternetTime.parse(text) {
                    // With an offset from UTC, and fractions of a second, as programs write times.
                    fields[field] = .time(time)
                } else {
                    do { fields[field] = try field.value(parsing: text) } catch { faults.append(error) }
                }
            default: faults.append(.form(field))
            }
        }
        guard faults.isEmpty else { throw AccessRequestFaults(faults: faults) }
        return fields
    }

    /// A part of the grants that are asked for, and how many there are in all.
    private static func answers(
        _ query: AccessQuery,
        in reader: some AdministrativeReader
    ) throws -> (items: [JSONValue], total: Int) {
        let items = try reader.accesses(query).map { try answer($0, in: reader) }
        // A list that is given whole need not be counted.
        let isWhole = query.part.map { $0.lowerBound == 0 && items.count < $0.count } ?? true
        return (items, isWhole ? items.count : try reader.accessCount(query))
    }

    private static func answer(_ access: ScopeAccess, in reader: some AdministrativeReader) throws -> JSONValue {
        let owner = try reader.scope(access.scope)?.owner ?? access.consumer
        return .object(
            access.jsonObject(
                owner: owner,
                ownerName: try reader.organisation(owner)?.name,
                consumerName: try reader.organisation(access.consumer)?.name
            )
        )
    }

    private static var consumerParameter: OperationDescription.Parameter {
        .path("consumer_orgno", .organisation, "The organisation that gets, has or had access.")
    }
}

extension PathValues {
    /// An organisation number of nine digits and nothing else: no other spelling, nothing that a path could be made of.
    func plainOrganisation(_ name: String) throws(Problem) -> OrganisationNumber {
        guard let number = try? OrganisationNumber(parsing: self[name]) else {
            throw Self.fault(name, "is no organisation number of nine digits with a right check digit")
        }
        return number
    }
}
