import Administration
import AuditLedger
import Clients
import JOSE
import Organisations
import Scopes
import TokenIssuance
import Vocabulary

/// What the ledger tells of tokens that were made with something in other hands.
struct IncidentFindings {
    /// One token.
    struct Token: Hashable {
        let sequence: Int64
        let entry: IssuedTokenEntry
        /// Whether it named a person.
        let namesPerson: Bool
    }

    /// What one organisation has to do with it.
    struct Party {
        enum Role: String, CaseIterable {
            case consumer, supplier, provider
        }

        var roles: Set<Role> = []
        var name: String?
        var tokens = 0
        var first: Timestamp
        var last: Timestamp
    }

    /// One scope in the tokens.
    struct ScopeUse {
        let name: ScopeName
        /// What is known of it; nil when it is no more.
        let scope: Scope?
        var tokens = 0
    }

    /// More tokens than these are counted, not listed.
    static let mostTokens = 100_000

    let subject: IncidentSubject
    let since: Timestamp
    let until: Timestamp
    private(set) var tokens: [Token] = []
    private(set) var count = 0
    private(set) var alive = 0
    private(set) var first: Timestamp?
    private(set) var last: Timestamp?
    private(set) var scopes: [ScopeName: ScopeUse] = [:]
    private(set) var parties: [OrganisationNumber: Party] = [:]
    private(set) var clients: [ClientID: Int] = [:]
    private(set) var withPerson = 0
    /// Pseudonyms, counted and never told.
    private var persons: Set<String> = []
    private let rule: Rule

    var isCut: Bool { count > tokens.count }
    var personCount: Int { persons.count }

    init(
        of subject: IncidentSubject,
        since: Timestamp,
        until now: Timestamp,
        in reader: some OperationReader
    ) throws {
        self.subject = subject
        self.since = since
        until = now
        rule = try Rule(subject, since: since, reader)
        var query = LedgerQuery()
        query.kinds = [.tokenIssued]
        query.since = rule.since
        if case .client(let id) = subject { query.client = id }
        try reader.visitEntries(query, after: 0) { content in
            if rule.concerns(content.event), let entry = IssuedTokenEntry(content.event) {
                try note(entry, content, reader)
            }
            return true
        }
        for number in parties.keys { parties[number]?.name = try reader.organisation(number)?.name }
    }

    /// Which tokens are concerned.
    private struct Rule {
        let subject: IncidentSubject
        let since: Timestamp
        private var algorithm: String?
        private var until: Timestamp?
        private var boundKeys: Set<String> = []
        private var clients: Set<ClientID> = []

        init(_ subject: IncidentSubject, since: Timestamp, _ reader: some OperationReader) throws {
            self.subject = subject
            var start = since
            switch subject {
            case .signingKey(let id):
                guard let key = try reader.signingKeys().first(where: { $0.id == id }) else { break }
                // The ledger names the algorithm; of its keys one signs at a time.
                algorithm = key.algorithm.rawValue
                // A running server looks once a second: so long the key may have signed on.
                until = key.retires.map { $0 + 2 }
                start = max(since, key.activates)
            case .certificate(let thumbprint):
                for (client, key) in try reader.keys(boundToCertificate: thumbprint) {
                    boundKeys.insert("\(client)/\(key)")
                }
            case .organisation(let number):
                for query in [Self.query { $0.owner = number }, Self.query { $0.supplier = number }] {
                    clients.formUnion(try reader.clients(query).map(\.id))
                }
            case .clientKey, .client: break
            }
            self.since = start
        }

        private static func query(_ change: (inout ClientQuery) -> Void) -> ClientQuery {
            var query = ClientQuery()
            query.includesInactive = true
            change(&query)
            return query
        }

        func concerns(_ event: LedgerEvent) -> Bool {
            switch subject {
            case .signingKey:
                return event.details["alg"]?.string == algorithm && until.map { event.time < $0 } ?? true
            case .clientKey(let id):
                if case .key(id, _)? = event.credential { return true }
                return false
            case .client(let id): return event.client == id
            case .certificate(let thumbprint):
                switch event.credential {
                case .certificate(thumbprint, _): return true
                case .key(let key, _): return event.client.map { boundKeys.contains("\($0)/\(key)") } ?? false
                case .certificate, nil: return false
                }
            case .organisation(let number):
                return event.consumer == number || event.supplier == number
                    || event.client.map { clients.contains($0) } ?? false
            }
        }
    }

    private mutating func note(
        _ entry: IssuedTokenEntry,
        _ content: LedgerContent,
        _ reader: some OperationReader
    ) throws {
        let namesPerson = content.event.details["pid"]?.bool ?? false
        count += 1
        if until < entry.expires { alive += 1 }
        first = first.map { min($0, entry.issued) } ?? entry.issued
        last = last.map { max($0, entry.issued) } ?? entry.issued
        if tokens.count < Self.mostTokens {
            tokens.append(Token(sequence: content.position.sequence, entry: entry, namesPerson: namesPerson))
        }
        if namesPerson { withPerson += 1 }
        if let person = content.event.details["person"]?.string { persons.insert(person) }
        if let client = entry.client { clients[client, default: 0] += 1 }
        var roles: [OrganisationNumber: Set<Party.Role>] = [:]
        for name in entry.scopes {
            var use = try scopes[name] ?? ScopeUse(name: name, scope: reader.scope(name))
            use.tokens += 1
            scopes[name] = use
            if let owner = use.scope?.owner { roles[owner, default: []].insert(.provider) }
        }
        if let consumer = entry.consumer { roles[consumer, default: []].insert(.consumer) }
        if let supplier = entry.supplier { roles[supplier, default: []].insert(.supplier) }
        for (number, roles) in roles {
            var party = parties[number] ?? Party(first: entry.issued, last: entry.issued)
            party.roles.formUnion(roles)
            party.tokens += 1
            party.first = min(party.first, entry.issued)
            party.last = max(party.last, entry.issued)
            parties[number] = party
        }
    }

    /// The tokens that concern one party; nil: all, for the operator.
    func tokens(concerning party: OrganisationNumber?) -> [Token] {
        guard let party else { return tokens }
        return tokens.filter { token in
            token.entry.consumer == party || token.entry.supplier == party
                || token.entry.scopes.contains { scopes[$0]?.scope?.owner == party }
        }
    }

    /// The scopes that a party is shown of a token: a provider its own alone, everybody else all.
    func shown(_ entry: IssuedTokenEntry, to party: OrganisationNumber?) -> [ScopeName] {
        guard let party, entry.consumer != party, entry.supplier != party else { return entry.scopes }
        return entry.scopes.filter { scopes[$0]?.scope?.owner == party }
    }
}
