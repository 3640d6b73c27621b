import AuditLedger
import JOSE
public import Scopes
import Vocabulary

extension AdministrativeReader {
    /// Compares scope files with what this snapshot holds; changes nothing.
    ///
    /// - Throws: `ScopePlanProblems` with all that speaks against applying them.
    public func plan(_ files: [ScopeFile], _ options: ScopePlanOptions = ScopePlanOptions()) throws -> ScopePlan {
        var facts = ScopePlanFacts()
        facts.operatorOrganisation = try operatorOrganisation
        let declarations = Dictionary(grouping: files.flatMap(\.scopes), by: \.name.prefix)
        for prefix in Set(files.map(\.prefix.value)) {
            facts.owners[prefix] = try prefixAssignment(prefix)?.owner
            var query = ScopeQuery()
            query.prefix = prefix
            query.includesInactive = true
            for scope in try scopes(query) { facts.scopes[scope.name] = scope }
            let managed = (declarations[prefix] ?? []).filter { $0.access != nil }.map(\.name)
            facts.accesses.merge(try accesses(ofScopes: managed, under: prefix)) { first, _ in first }
        }
        // A grant in force is left as it is: only who would get one must be known.
        var mentioned = Set(files.map(\.owner.value))
        for scope in files.flatMap(\.scopes) {
            guard let list = scope.access else { continue }
            let stored = facts.accesses[scope.name] ?? GrantsByConsumer()
            mentioned.formUnion(stored.consumersWithoutGrant(in: list))
        }
        facts.unknownOrganisations = try mentioned.filter { try standing(of: $0) == nil }
        return try ScopePlan(files: files, facts: facts, options: options)
    }

    /// Scopes fewer than this are asked for one by one; of more, everything under their prefix is read at once.
    private var fewScopes: Int { 16 }

    private func accesses(
        ofScopes names: [ScopeName],
        under prefix: ScopePrefix
    ) throws -> [ScopeName: GrantsByConsumer] {
        var query = AccessQuery()
        query.includesUnapproved = true
        var found: [ScopeName: GrantsByConsumer] = [:]
        func note(_ accesses: ArraySlice<ScopeAccess>, of name: ScopeName) {
            found[name] = GrantsByConsumer(ascending: accesses)
        }
        guard names.count >= fewScopes else {
            for name in names {
                query.scope = name
                note(try accesses(query)[...], of: name)
            }
            return found
        }
        query.prefix = prefix
        let wanted = Set(names)
        var rest = try accesses(query)[...]
        while let name = rest.first?.scope {
            let own = rest.prefix { $0.scope == name }
            if wanted.contains(name) { note(own, of: name) }
            rest = rest.dropFirst(own.count)
        }
        return found
    }
}

extension Administration {
    /// Makes the store agree with scope files, as far as they speak: the plan is made and carried out in this transaction.
    ///
    /// - Parameters:
    ///   - files: the files.
    ///   - options: whether and how much may be removed.
    ///   - shown: the plan that somebody agreed to; nil when nobody was asked.
    ///   - base: the revision of the facts that it must still be; nil when any will do.
    /// - Throws: `ScopePlanProblems`; `AdministrationRefusal.stalePlan` when the plan is not the one that was shown, or
    ///   the facts are of another revision.
    /// - Returns: the plan that was carried out.
    @discardableResult
    public func apply(
        _ files: [ScopeFile],
        _ options: ScopePlanOptions = ScopePlanOptions(),
        agreed shown: ScopePlan? = nil,
        basedOn base: Int64? = nil
    ) throws -> AdministrationOutcome<ScopePlan> {
        if let base, try transaction.revision != base { throw AdministrationRefusal.stalePlan }
        let plan = try transaction.plan(files, options)
        if let shown, shown != plan { throw AdministrationRefusal.stalePlan }
        var warnings: [AdministrationWarning] = []
        for change in plan.changes { warnings += try carryOut(change) }
        try note(plan.moves)
        var seen: Set<AdministrationWarning> = []
        return AdministrationOutcome(
            plan,
            hasChanged: !plan.isEmpty,
            warnings: warnings.filter { seen.insert($0).inserted }
        )
    }

    /// Carries a plan file out: its files are applied if facts and plan are still those that it was made of.
    ///
    /// - Throws: `AdministrationRefusal.stalePlan`, `ScopeFileProblems`, `ScopePlanProblems`.
    @discardableResult
    public func apply(
        _ file: ScopePlanFile,
        maximumRemovals: Int
    ) throws -> AdministrationOutcome<ScopePlan> {
        // Before the files are read: what is stale is not looked at any further.
        guard try transaction.revision == file.revision else { throw AdministrationRefusal.stalePlan }
        var options = file.options
        options.maximumRemovals = maximumRemovals
        let files = try ScopeFile.read(file.sources.map { ($0.name, $0.text) })
        let plan = try transaction.plan(files, options)
        guard plan.lines == file.lines else { throw AdministrationRefusal.stalePlan }
        return try apply(files, options, agreed: plan)
    }

    private func carryOut(_ change: ScopePlan.Change) throws -> [AdministrationWarning] {
        switch change {
        case .assignPrefix(let prefix, let owner, _): return try assignPrefix(prefix, to: owner).warnings
        case .createScope(let name, let fields, let line):
            let fields = Dictionary(uniqueKeysWithValues: fields.map { ($0.field, $0.new) })
            return try createScope(name, fields, origin: line.origin).warnings
        case .changeScope(let name, let fields, _):
            let fields = Dictionary(uniqueKeysWithValues: fields.map { ($0.field, $0.new) })
            return try changeScope(name, fields).warnings
        case .grantAccess(let name, let consumer, let fields, _, let line):
            let fields = Dictionary(uniqueKeysWithValues: fields.map { ($0.field, $0.new) })
            return try grant(name, consumer, fields, origin: line.origin).warnings
        case .changeAccess(let name, let consumer, let fields, let line):
            let fields = Dictionary(uniqueKeysWithValues: fields.map { ($0.field, $0.new) })
            return try grant(name, consumer, fields, origin: line.origin).warnings
        case .revokeAccess(let name, let consumer, _): return try revokeAccess(to: name, for: consumer).warnings
        case .deactivateScope(let name, _): return try setScope(name, active: false).warnings
        }
    }

    // No decision rests on where a thing was declared: no revision, and one entry for all that moved.
    private func note(_ moves: [ScopePlan.Move]) throws {
        guard !moves.isEmpty else { return }
        for move in moves {
            if let consumer = move.consumer {
                guard var access = try transaction.access(to: move.scope, of: consumer) else { continue }
                access.origin = move.line.origin
                try transaction.put(access)
            } else {
                guard var scope = try transaction.scope(move.scope) else { continue }
                scope.origin = move.line.origin
                try transaction.update(scope)
            }
        }
        var event = LedgerEvent(time: now, kind: .scopeChanged, details: ["moved_lines": .integer(Int64(moves.count))])
        actor.sign(&event)
        try transaction.append(event, claiming: [])
    }
}
