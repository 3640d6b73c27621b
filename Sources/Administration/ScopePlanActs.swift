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
        for prefix in Set(files.map(\.prefix.value)) {
            facts.owners[prefix] = try prefixAssignment(prefix)?.owner
            var query = ScopeQuery()
            query.prefix = prefix
            query.includesInactive = true
            for scope in try scopes(query) { facts.scopes[scope.name] = scope }
        }
        var mentioned = Set(files.map(\.owner.value))
        for scope in files.flatMap(\.scopes) {
            guard let list = scope.access else { continue }
            mentioned.formUnion(list.map(\.consumer))
            var query = AccessQuery()
            query.scope = scope.name
            query.includesUnapproved = true
            for access in try accesses(query) { facts.accesses[scope.name, default: [:]][access.consumer] = access }
        }
        facts.unknownOrganisations = try mentioned.filter { try standing(of: $0) == nil }
        return try ScopePlan(files: files, facts: facts, options: options)
    }
}

extension Administration {
    /// Makes the store agree with scope files, as far as they speak: the plan is made and carried out in this transaction.
    ///
    /// - Parameters:
    ///   - files: the files.
    ///   - options: whether and how much may be removed.
    ///   - shown: the plan that somebody agreed to; nil when nobody was asked.
    /// - Throws: `ScopePlanProblems`; `AdministrationRefusal.stalePlan` when the plan is not the one that was shown.
    /// - Returns: the plan that was carried out.
    @discardableResult
    public func apply(
        _ files: [ScopeFile],
        _ options: ScopePlanOptions = ScopePlanOptions(),
        agreed shown: ScopePlan? = nil
    ) throws -> AdministrationOutcome<ScopePlan> {
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
