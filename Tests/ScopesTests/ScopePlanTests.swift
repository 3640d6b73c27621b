import Scopes
import Testing
import Vocabulary

@Suite("Scope plans: diff and apply share them")
struct ScopePlanTests {
    private let prefix = Sample.name("acme:x").prefix

    private func files(_ scopes: String, name: String = "acme.yaml") throws -> [ScopeFile] {
        try ScopeFile.read([(name, "prefix: acme\nowner_orgno: \"\(Sample.owner)\"\nscopes:\n\(scopes)")])
    }

    private func facts(_ scopes: Scope..., accesses: [ScopeAccess] = []) -> ScopePlanFacts {
        var facts = ScopePlanFacts()
        facts.owners = [prefix: Sample.owner]
        for scope in scopes { facts.scopes[scope.name] = scope }
        for access in accesses { facts.accesses[access.scope, default: GrantsByConsumer()][access.consumer] = access }
        return facts
    }

    private func scope(_ subscope: String, origin: String = "file:acme.yaml:4") -> Scope {
        var scope = Sample.scope("acme:\(subscope)")
        scope.origin = origin
        return scope
    }

    private func access(
        _ subscope: String,
        _ consumer: OrganisationNumber,
        origin: String = "file:acme.yaml:7"
    ) -> ScopeAccess {
        var access = Sample.access(consumer, to: "acme:\(subscope)")
        access.origin = origin
        return access
    }

    private func line(_ line: Int) -> SourceLine { SourceLine(file: "acme.yaml", line: line) }

    // MARK: Adding

    @Test func `an empty store gets prefix, scope and access, in the order in which they can be made`() throws {
        let plan = try ScopePlan(
            files: files(
                """
                  - subscope: a
                    description: A
                    at_max_age: 30
                    access:
                      - orgno: "\(Sample.consumer)"
                        until: 2027-06-30
                """
            ),
            facts: ScopePlanFacts()
        )
        #expect(
            plan.lines == [
                "+ prefix acme for \(Sample.owner)  (acme.yaml:1)",
                "+ scope acme:a  (acme.yaml:4)",
                "    + description \"A\"",
                "    + at_max_age 30",
                "+ access acme:a \(Sample.consumer)  (acme.yaml:8)",
                "    + until 2027-07-01T00:00:00Z",
                "3 to add, 0 to change, 0 to remove",
            ]
        )
    }

    @Test func `a changed field is shown with its old and its new value and its line`() throws {
        var stored = scope("a")
        stored.maximumTokenAge = 120
        stored.allowedIntegrationTypes = ["krr"]
        let plan = try ScopePlan(
            files: files(
                "  - subscope: a\n    description: A\n    at_max_age: 60\n    allowed_integration_types: [maskinporten, krr]"
            ),
            facts: facts(stored)
        )
        #expect(
            plan.lines == [
                "~ scope acme:a",
                "    ~ description \"Read catch reports\" → \"A\"  (acme.yaml:5)",
                "    ~ allowed_integration_types [krr] → [maskinporten, krr]  (acme.yaml:7)",
                "    ~ at_max_age 120 → 60  (acme.yaml:6)",
                "0 to add, 1 to change, 0 to remove",
            ]
        )
    }

    @Test func `what a file does not say stays as it is, and null gives the default`() throws {
        var stored = scope("a")
        stored.delegationSource = "internal"
        stored.purpose = "Control"
        let plan = try ScopePlan(
            files: files("  - subscope: a\n    description: Read catch reports\n    purpose: null"),
            facts: facts(stored)
        )
        #expect(
            plan.changes == [
                .changeScope(
                    stored.name,
                    [.init(field: .purpose, old: .text("Control"), new: .absent, line: line(6))],
                    line(4)
                )
            ]
        )
    }

    @Test func `a file that agrees with the store changes nothing`() throws {
        let text = "  - subscope: a\n    description: Read catch reports\n    access: [{orgno: \"\(Sample.consumer)\"}]"
        let plan = try ScopePlan(
            files: files(text),
            facts: facts(scope("a"), accesses: [access("a", Sample.consumer, origin: "file:acme.yaml:6")])
        )
        #expect(plan.isEmpty)
        #expect(plan.lines == ["0 to add, 0 to change, 0 to remove"])
        #expect(plan.moves.isEmpty)
    }

    @Test func `lines that moved are no change`() throws {
        let text =
            "\n\n  - subscope: a\n    description: Read catch reports\n    access: [{orgno: \"\(Sample.consumer)\"}]"
        let plan = try ScopePlan(
            files: files(text),
            facts: facts(scope("a"), accesses: [access("a", Sample.consumer)])
        )
        #expect(plan.isEmpty)
        #expect(
            plan.moves == [
                .init(scope: Sample.name("acme:a"), consumer: nil, line: line(6)),
                .init(scope: Sample.name("acme:a"), consumer: Sample.consumer, line: line(8)),
            ]
        )
    }

    @Test func `a deactivated scope that the file calls active comes back`() throws {
        var stored = scope("a")
        stored.isActive = false
        let text = "  - subscope: a\n    description: Read catch reports\n    active: true"
        let plan = try ScopePlan(files: files(text), facts: facts(stored))
        #expect(
            plan.changes == [
                .changeScope(
                    stored.name,
                    [.init(field: .isActive, old: .flag(false), new: .flag(true), line: line(6))],
                    line(4)
                )
            ]
        )
        // And one that says nothing leaves it so.
        let silent = try files("  - subscope: a\n    description: Read catch reports")
        #expect(try ScopePlan(files: silent, facts: facts(stored)).isEmpty)
    }

    @Test(arguments: [ScopeAccess.State.denied, .requested])
    func `access that is not in force is granted again, without its old limits`(state: ScopeAccess.State) throws {
        var stored = access("a", Sample.consumer)
        stored.state = state
        stored.reason = "old"
        stored.validUntil = Sample.now
        let text = "  - subscope: a\n    description: Read catch reports\n    access: [{orgno: \"\(Sample.consumer)\"}]"
        let plan = try ScopePlan(files: files(text), facts: facts(scope("a"), accesses: [stored]))
        #expect(plan.changes == [.grantAccess(stored.scope, Sample.consumer, [], again: true, line(6))])
        #expect(plan.lines[0] == "+ access acme:a \(Sample.consumer) again  (acme.yaml:6)")
    }

    @Test func `a changed grant is shown field by field`() throws {
        var stored = access("a", Sample.consumer)
        stored.reason = "old"
        let plan = try ScopePlan(
            files: files(
                """
                  - subscope: a
                    description: Read catch reports
                    access:
                      - orgno: "\(Sample.consumer)"
                        reason: new
                """
            ),
            facts: facts(scope("a"), accesses: [stored])
        )
        #expect(
            plan.lines == [
                "~ access acme:a \(Sample.consumer)", "    ~ reason \"old\" → \"new\"  (acme.yaml:8)",
                "0 to add, 1 to change, 0 to remove",
            ]
        )
    }

    // MARK: Removing

    private var gone: ScopePlanFacts {
        facts(
            scope("a"),
            scope("b"),
            scope("c", origin: "cli"),
            accesses: [
                access("a", Sample.consumer), access("a", Sample.otherConsumer, origin: "cli"),
                access("b", Sample.consumer),
            ]
        )
    }

    private let nobody = "  - {subscope: a, description: Read catch reports, access: []}"

    @Test func `nothing is removed without prune`() throws {
        let plan = try ScopePlan(files: files(nobody), facts: gone)
        #expect(plan.isEmpty)
        #expect(
            plan.lines == [
                "  access acme:a \(Sample.otherConsumer) stays: not in the files, and not made by one (cli)",
                "  access acme:a \(Sample.consumer) stays: not in the files, and `--prune` was not given  (was file:acme.yaml:7)",
                "  scope acme:b stays: not in the files, and `--prune` was not given  (was file:acme.yaml:4)",
                "0 to add, 0 to change, 0 to remove",
            ]
        )
    }

    @Test func `prune removes what came from files, and that alone`() throws {
        var options = ScopePlanOptions()
        options.prunes = true
        let plan = try ScopePlan(files: files(nobody), facts: gone, options: options)
        #expect(
            plan.changes == [
                .revokeAccess(Sample.name("acme:a"), Sample.consumer, origin: "file:acme.yaml:7"),
                .deactivateScope(Sample.name("acme:b"), origin: "file:acme.yaml:4"),
            ]
        )
        #expect(plan.kept.map(\.consumer) == [Sample.otherConsumer])
        #expect(plan.summary == "0 to add, 0 to change, 2 to remove")
    }

    @Test func `prune leaves access alone that the file does not manage`() throws {
        var options = ScopePlanOptions()
        options.prunes = true
        let silent = try files(
            "  - {subscope: a, description: Read catch reports}\n  - {subscope: b, description: Read catch reports}"
        )
        let plan = try ScopePlan(files: silent, facts: gone, options: options)
        #expect(plan.isEmpty)
        #expect(plan.kept.isEmpty)
    }

    @Test func `prune with one file touches only what came from that file`() throws {
        var options = ScopePlanOptions()
        options.prunes = true
        options.isWholeFolder = false
        let facts = facts(scope("a"), scope("b"), scope("c", origin: "file:other.yaml:4"))
        let plan = try ScopePlan(files: files(nobody), facts: facts, options: options)
        #expect(plan.changes == [.deactivateScope(Sample.name("acme:b"), origin: "file:acme.yaml:4")])
        // The whole folder was read, and other.yaml is no more in it.
        options.isWholeFolder = true
        let whole = try ScopePlan(files: files(nobody), facts: facts, options: options)
        #expect(whole.removals == 2)
    }

    @Test func `prune leaves other prefixes, inactive scopes and withdrawn access alone`() throws {
        var options = ScopePlanOptions()
        options.prunes = true
        var inactive = scope("b")
        inactive.isActive = false
        var other = Sample.scope("other:a")
        other.origin = "file:other.yaml:4"
        var withdrawn = access("a", Sample.consumer)
        withdrawn.state = .denied
        var asked = access("a", Sample.otherConsumer)
        asked.state = .requested
        let plan = try ScopePlan(
            files: files(nobody),
            facts: facts(scope("a"), inactive, other, accesses: [withdrawn, asked]),
            options: options
        )
        #expect(plan.isEmpty)
    }

    @Test func `more removals than allowed are refused`() throws {
        var options = ScopePlanOptions()
        options.prunes = true
        options.maximumRemovals = 2
        _ = try ScopePlan(files: files(nobody), facts: gone, options: options)
        options.maximumRemovals = 1
        let problem = ScopePlanProblem(.tooManyRemovals(2, limit: 1), at: nil)
        #expect(throws: ScopePlanProblems(problems: [problem])) {
            try ScopePlan(files: files(nobody), facts: gone, options: options)
        }
        #expect(problem.description == "2 removals, and at most 1 are allowed; allow more with `--max-removals`")
    }

    // MARK: Ownership

    @Test func `a scope made by hand keeps its origin when a file speaks of it`() throws {
        let text = "  - {subscope: a, description: Other}"
        let plan = try ScopePlan(files: files(text), facts: facts(scope("a", origin: "cli")))
        #expect(plan.changes.count == 1)
        #expect(plan.moves.isEmpty)
    }

    @Test func `another owner's prefix is a refusal`() throws {
        var facts = ScopePlanFacts()
        facts.owners = [prefix: Sample.consumer]
        let problem = ScopePlanProblem(.prefixTaken(prefix, owner: Sample.consumer), at: line(2))
        #expect(throws: ScopePlanProblems(problems: [problem])) { try ScopePlan(files: files(nobody), facts: facts) }
    }

    @Test(arguments: ["idporten", "altinn", "krr", "portvakt"])
    func `a reserved prefix is for the operator's organisation`(name: String) throws {
        let text = "prefix: \(name)\nowner_orgno: \"\(Sample.owner)\"\nscopes: []"
        let files = try ScopeFile.read([("acme.yaml", text)])
        let reserved = try ScopePrefix(parsing: name)
        let problem = ScopePlanProblem(.prefixReserved(reserved), at: line(1))
        var facts = ScopePlanFacts()
        #expect(throws: ScopePlanProblems(problems: [problem])) { try ScopePlan(files: files, facts: facts) }
        facts.operatorOrganisation = Sample.consumer
        #expect(throws: ScopePlanProblems(problems: [problem])) { try ScopePlan(files: files, facts: facts) }
        facts.operatorOrganisation = Sample.owner
        #expect(
            try ScopePlan(files: files, facts: facts).changes == [.assignPrefix(reserved, to: Sample.owner, line(1))]
        )
    }

    @Test func `an organisation that the register does not know is a refusal, owner and consumer`() throws {
        var facts = ScopePlanFacts()
        facts.unknownOrganisations = [Sample.owner, Sample.consumer]
        let text =
            "  - subscope: a\n    description: A\n    access:\n      - orgno: \"\(Sample.consumer)\"\n      - orgno: \"\(Sample.otherConsumer)\""
        #expect(
            throws: ScopePlanProblems(problems: [
                ScopePlanProblem(.unknownOrganisation(Sample.owner), at: line(2)),
                ScopePlanProblem(.unknownOrganisation(Sample.consumer), at: line(7)),
            ])
        ) {
            try ScopePlan(files: files(text), facts: facts)
        }
    }

    @Test func `a scope that would break a rule together with what the store has is a refusal`() throws {
        var stored = scope("a")
        stored.allowedResources = ["https://a.example"]
        let text = "  - subscope: a\n    description: A\n    enforced_aud_for_access_token: https://b.example"
        let problem = ScopePlanProblem(.scope(.enforcedAudienceNotAllowed("https://b.example")), at: line(6))
        #expect(throws: ScopePlanProblems(problems: [problem])) {
            try ScopePlan(files: files(text), facts: facts(stored))
        }
    }

    @Test func `a grant that would end before it begins, given what the store has, is a refusal`() throws {
        var stored = access("a", Sample.consumer)
        stored.validFrom = Timestamp(parsing: "2027-06-01T00:00:00Z")
        let text =
            "  - subscope: a\n    description: Read catch reports\n    access:\n      - orgno: \"\(Sample.consumer)\"\n        until: 2027-01-01"
        let from = try #require(stored.validFrom)
        let until = try #require(Timestamp(parsing: "2027-01-02T00:00:00Z"))
        let problem = ScopePlanProblem(.access(.endsBeforeItBegins(from: from, until: until)), at: line(8))
        #expect(throws: ScopePlanProblems(problems: [problem])) {
            try ScopePlan(files: files(text), facts: facts(scope("a"), accesses: [stored]))
        }
    }
}
