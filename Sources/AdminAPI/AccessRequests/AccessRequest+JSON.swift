import Administration
import HTTPServer
import JOSE
import Organisations
import Scopes
import Vocabulary

extension AdministrativeReader {
    /// Another's scope is like one that does not exist.
    func requireOwner(_ owner: OrganisationNumber, of name: ScopeName) throws {
        guard try scope(name)?.owner == owner else { throw Problem.unknown("scope `\(name)` of yours") }
    }

    /// A scope that nobody but its owner may know of is like one that does not exist: to whoever has no part in it.
    ///
    /// A private one may be asked for by whoever was told its name; its terms and agreements are for those who have access.
    func requireKnown(_ name: ScopeName, to consumer: OrganisationNumber, isAsking: Bool = false) throws {
        guard let scope = try scope(name), scope.owner != consumer else { return }
        let isOpen =
            switch scope.visibility {
            case .everyone: true
            case .restricted: isAsking
            case .internal: false
            }
        guard try isOpen || access(to: name, of: consumer) != nil else {
            throw AdministrationRefusal.unknownScope(name)
        }
    }

    /// A part of the requests asked for, with the names of who asks and who is asked; and how many there are.
    func objects(of query: AccessRequestQuery, in window: ListWindow) throws -> (items: [JSONValue], total: Int) {
        let requests = try accessRequests(query)
        return (try window.items(of: requests).map { .object(try object(of: $0)) }, requests.count)
    }

    /// The request of an organisation for a scope of that owner, with its version.
    func request(
        for name: ScopeName,
        of consumer: OrganisationNumber,
        to owner: OrganisationNumber
    ) throws -> AccessRequest {
        try requireOwner(owner, of: name)
        guard let request = try accessRequest(to: name, of: consumer) else {
            throw Problem.unknown("request of `\(consumer)` for `\(name)`")
        }
        return request
    }

    /// A request as the API tells it.
    func object(of request: AccessRequest) throws -> JSONObject {
        let scope = try scope(request.scope)
        var object: JSONObject = [
            "scope": .string(request.scope.rawValue),
            "state": .string(request.state.rawValue),
            "consumer_orgno": .string("\(request.consumer)"),
        ]
        object["consumer_organization_name"] = try organisation(request.consumer).map { .string($0.name) }
        if let scope {
            object["owner_orgno"] = .string("\(scope.owner)")
            object["owner_organization_name"] = try organisation(scope.owner).map { .string($0.name) }
            object["required_terms_version"] = scope.requiredTermsVersion.map { .string($0) }
        }
        for field in AccessField.allCases {
            if let value = request.wanted[field].json { object[field.rawValue] = value }
        }
        object["accepted_terms_version"] = request.wanted.acceptedTermsVersion.map { .string($0) }
        object["answer"] = request.answer.map { .string($0) }
        object["created"] = .string("\(request.requested)")
        object["last_updated"] = .string("\(request.lastUpdated)")
        return object
    }

    /// A grant as the API tells it (spec §6.5).
    func object(of access: ScopeAccess) throws -> JSONObject {
        guard let scope = try scope(access.scope) else { throw Problem.unknown("scope `\(access.scope)`") }
        return access.jsonObject(
            owner: scope.owner,
            ownerName: try organisation(scope.owner)?.name,
            consumerName: try organisation(access.consumer)?.name
        )
    }
}

extension ProcessorAgreement {
    /// The agreement as the API tells it.
    var jsonObject: JSONObject {
        var object: JSONObject = [
            "scope": .string(scope.rawValue), "consumer_orgno": .string("\(consumer)"),
            "supplier_orgno": .string("\(supplier)"), "reference": .string(reference),
        ]
        object["until"] = validUntil.map { .string("\($0)") }
        object["created"] = .string("\(created)")
        object["last_updated"] = .string("\(lastUpdated)")
        return object
    }
}

extension JSONPart {
    /// The fields of a grant that a body holds; a day counts whole.
    func accessFields() throws(Problem) -> [AccessField: AccessFieldValue] {
        var fields: [AccessField: AccessFieldValue] = [:]
        for field in AccessField.allCases {
            guard let text = try text(field.rawValue) else { continue }
            do throws(AccessFault) { fields[field] = try field.value(parsing: text) } catch {
                throw try member(field.rawValue).fault(
                    "is no day as `2027-06-30` and no time as `2027-06-30T12:00:00Z`"
                )
            }
        }
        return fields
    }
}

extension Query {
    /// A scope that must be named.
    func requiredScope(_ name: String) throws(Problem) -> ScopeName {
        _ = try required(name)
        guard let scope = try scope(name) else { throw Self.fault(name, "is missing") }
        return scope
    }

    /// The state of a request; nil when it is absent.
    func requestState(_ name: String) throws(Problem) -> AccessRequest.State? {
        guard let text = self[name] else { return nil }
        guard let state = AccessRequest.State(rawValue: text) else {
            let words = AccessRequest.State.allCases.map { "`\($0.rawValue)`" }
            throw Self.fault(name, "is none of \(words.joined(separator: ", "))")
        }
        return state
    }
}
