import Vocabulary

extension ScopePlan {
    /// Compares files with the store.
    ///
    /// - Throws: everything that speaks against applying them, a limit of removals included.
    public init(
        files: [ScopeFile],
        facts: ScopePlanFacts,
        options: ScopePlanOptions = ScopePlanOptions()
    ) throws(ScopePlanProblems) {
        var planner = ScopePlanner(facts: facts, options: options)
        for file in files { planner.compare(file) }
        planner.compareRest(of: files)
        self = try planner.plan()
    }
}

/// Gathers the changes of one plan.
private struct ScopePlanner {
    let facts: ScopePlanFacts
    let options: ScopePlanOptions
    private var changes: [ScopePlan.Change] = []
    private var removals: [ScopePlan.Change] = []
    private var kept: [ScopePlan.Kept] = []
    private var moves: [ScopePlan.Move] = []
    private var problems: [ScopePlanProblem] = []
    private var assigned: Set<ScopePrefix> = []

    init(facts: ScopePlanFacts, options: ScopePlanOptions) {
        self.facts = facts
        self.options = options
    }

    func plan() throws(ScopePlanProblems) -> ScopePlan {
        var problems = problems
        if removals.count > options.maximumRemovals {
            let fault = ScopePlanFault.tooManyRemovals(removals.count, limit: options.maximumRemovals)
            problems.append(ScopePlanProblem(fault, at: nil))
        }
        guard problems.isEmpty else { throw ScopePlanProblems(problems: problems) }
        return ScopePlan(changes: changes + removals, kept: kept, moves: moves)
    }

    // MARK: What the files have

    mutating func compare(_ file: ScopeFile) {
        let prefix = file.prefix.value
        let owner = file.owner.value
        requireKnown(owner, at: file.owner.line)
        if let current = facts.owners[prefix] {
            // DESIGN §7: another owner's prefix is always a refusal.
            if current != owner { report(.prefixTaken(prefix, owner: current), at: file.owner.line) }
        } else if prefix.isReserved, owner != facts.operatorOrganisation {
            report(.prefixReserved(prefix), at: file.prefix.line)
        } else if assigned.insert(prefix).inserted {
            changes.append(.assignPrefix(prefix, to: owner, file.prefix.line))
        }
        for declaration in file.scopes {
            compare(declaration, owner: owner)
            compareAccess(of: declaration)
        }
    }

    private mutating func compare(_ declaration: ScopeDeclaration, owner: OrganisationNumber) {
        let stored = facts.scopes[declaration.name]
        var scope =
            stored
            ?? Scope(
                name: declaration.name,
                owner: owner,
                description: "",
                created: Timestamp(seconds: 0),
                origin: declaration.line.origin
            )
        var fields: [ScopePlan.ScopeChange] = []
        for field in ScopeField.allCases {
            guard let declared = declaration.fields[field] else { continue }
            let old = scope[field]
            do { try scope.set(field, to: declared.value) } catch { report(.scope(error), at: declared.line) }
            let new = scope[field]
            if new != old {
                fields.append(ScopePlan.FieldChange(field: field, old: old, new: new, line: declared.line))
            }
        }
        for fault in ScopeRules.faults(in: scope) {
            report(.scope(fault), at: declaration.fields[fault.field]?.line ?? declaration.line)
        }
        guard let stored else {
            changes.append(.createScope(declaration.name, fields, declaration.line))
            return
        }
        if !fields.isEmpty { changes.append(.changeScope(declaration.name, fields, declaration.line)) }
        noteMove(of: declaration.name, consumer: nil, from: stored.origin, to: declaration.line)
    }

    private mutating func compareAccess(of declaration: ScopeDeclaration) {
        guard let list = declaration.access else { return }
        var stored = GrantsByConsumer.Walk(facts.accesses[declaration.name] ?? GrantsByConsumer())
        for access in list {
            requireKnown(access.consumer, at: access.line)
            compare(access, to: declaration.name, stored: stored.grant(of: access.consumer))
        }
        for access in stored.rest where access.state == .approved {
            if !isFromFile(access.origin) {
                keep(declaration.name, access.consumer, access.origin, .notFromFile)
            } else if options.prunes {
                removals.append(.revokeAccess(declaration.name, access.consumer, origin: access.origin))
            } else {
                keep(declaration.name, access.consumer, access.origin, .notPruned)
            }
        }
    }

    private mutating func compare(_ declaration: AccessDeclaration, to scope: ScopeName, stored: ScopeAccess?) {
        var access =
            stored
            ?? ScopeAccess(
                scope: scope,
                consumer: declaration.consumer,
                created: Timestamp(seconds: 0),
                origin: declaration.line.origin
            )
        let isInForce = stored?.state == .approved
        if !isInForce { access.begin(from: declaration.line.origin) }
        var fields: [ScopePlan.AccessChange] = []
        for field in AccessField.allCases where !declaration.fields.isEmpty {
            guard let declared = declaration.fields[field] else { continue }
            let old = access[field]
            do { try access.set(field, to: declared.value) } catch { report(.access(error), at: declared.line) }
            let new = access[field]
            if new != old {
                fields.append(ScopePlan.FieldChange(field: field, old: old, new: new, line: declared.line))
            }
        }
        // A grant in force that stays as it is was judged when it was given; there may be a million of them.
        if !isInForce || !fields.isEmpty {
            for fault in access.faults {
                report(.access(fault), at: declaration.fields[fault.field]?.line ?? declaration.line)
            }
        }
        guard let stored, isInForce else {
            let again = stored != nil
            changes.append(.grantAccess(scope, declaration.consumer, fields, again: again, declaration.line))
            return
        }
        if !fields.isEmpty {
            changes.append(.changeAccess(scope, declaration.consumer, fields, declaration.line))
        }
        noteMove(of: scope, consumer: declaration.consumer, from: stored.origin, to: declaration.line)
    }

    // MARK: What only the store has

    mutating func compareRest(of files: [ScopeFile]) {
        let declared = Set(files.flatMap { $0.scopes.map(\.name) })
        let prefixes = Set(files.map(\.prefix.value))
        let names = Set(files.map(\.name))
        let rest = facts.scopes.values.filter { scope in
            scope.isActive && !declared.contains(scope.name) && prefixes.contains(scope.name.prefix)
        }
        for scope in rest.sorted(by: { $0.name < $1.name }) {
            guard let file = fileName(of: scope.origin), options.isWholeFolder || names.contains(file) else { continue }
            if options.prunes {
                removals.append(.deactivateScope(scope.name, origin: scope.origin))
            } else {
                keep(scope.name, nil, scope.origin, .notPruned)
            }
        }
    }

    // MARK: Notes

    private mutating func report(_ fault: ScopePlanFault, at line: SourceLine) {
        problems.append(ScopePlanProblem(fault, at: line))
    }

    private mutating func requireKnown(_ organisation: OrganisationNumber, at line: SourceLine) {
        if !facts.unknownOrganisations.isEmpty, facts.unknownOrganisations.contains(organisation) {
            report(.unknownOrganisation(organisation), at: line)
        }
    }

    private mutating func keep(
        _ scope: ScopeName,
        _ consumer: OrganisationNumber?,
        _ origin: String,
        _ reason: ScopePlan.Kept.Reason
    ) {
        kept.append(ScopePlan.Kept(scope: scope, consumer: consumer, origin: origin, reason: reason))
    }

    // Files own only what files created: what came from elsewhere keeps its origin, also when a file speaks of it.
    private mutating func noteMove(
        of scope: ScopeName,
        consumer: OrganisationNumber?,
        from origin: String,
        to line: SourceLine
    ) {
        guard isFromFile(origin), !line.isOrigin(origin) else { return }
        moves.append(ScopePlan.Move(scope: scope, consumer: consumer, line: line))
    }

    private func isFromFile(_ origin: String) -> Bool { origin.hasPrefix("file:") }

    // `file:acme.yaml:7` → `acme.yaml`.
    private func fileName(of origin: String) -> String? {
        guard isFromFile(origin) else { return nil }
        let place = origin.dropFirst("file:".count)
        guard let colon = place.lastIndex(of: ":") else { return String(place) }
        return String(place[..<colon])
    }
}
