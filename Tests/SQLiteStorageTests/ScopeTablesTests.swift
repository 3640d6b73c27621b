import GRDB
import Scopes
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("Tables of scopes and access")
struct ScopeTablesTests {
    private func number(_ stem: Int) -> OrganisationNumber { OrganisationNumber(stem: stem) ?? number(stem + 1) }

    private func name(_ text: String) throws -> ScopeName { try ScopeName(parsing: text) }

    private func store(_ body: (SQLiteStore) throws -> Void) throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        defer { try? store.close() }
        try body(store)
    }

    private func assign(_ prefix: String, to owner: OrganisationNumber, in transaction: SQLiteTransaction) throws {
        let prefix = try ScopePrefix(parsing: prefix)
        try transaction.insert(
            ScopePrefixAssignment(prefix: prefix, owner: owner, created: epoch, lastUpdated: epoch + 1)
        )
    }

    private func scope(_ text: String, _ change: (inout Scope) throws -> Void = { _ in }) throws -> Scope {
        var scope = Scope(
            name: try name(text),
            owner: number(31_000_012),
            description: "Read «catch» reports\u{301}",
            created: epoch,
            origin: "file:acme.yaml:4"
        )
        scope.lastUpdated = epoch + 5
        try change(&scope)
        return scope
    }

    @Test func `a prefix comes back as it was kept, and stands once`() throws {
        try store { store in
            try store.transaction { try assign("b", to: number(31_000_012), in: $0) }
            try store.transaction { try assign("a", to: number(31_420_077), in: $0) }
            let all = try store.read { try $0.prefixAssignments() }
            #expect(all.map(\.prefix.rawValue) == ["a", "b"])
            #expect(all.map(\.owner) == [number(31_420_077), number(31_000_012)])
            #expect(all.map(\.lastUpdated) == [epoch + 1, epoch + 1])
            #expect(try store.read { try $0.prefixAssignment(all[1].prefix) } == all[1])
            #expect(try store.read { try $0.prefixAssignment(ScopePrefix(parsing: "c")) } == nil)
            #expect(throws: StorageError.self) {
                try store.transaction { try assign("a", to: number(31_000_012), in: $0) }
            }
        }
    }

    @Test func `a scope comes back with every field as it was kept`() throws {
        try store { store in
            let full = try scope("acme:a") { scope in
                for field in ScopeField.allCases {
                    switch field.form {
                    case .text, .optionalText: try scope.set(field, to: .text("x \(field.rawValue)"))
                    case .choice: try scope.set(field, to: .text(field.words?.last ?? ""))
                    case .number: try scope.set(field, to: .number(17))
                    case .flag: try scope.set(field, to: .flag(scope[field] == .flag(false)))
                    case .list: try scope.set(field, to: .list(["b", "a", "æ\"\\"]))
                    case .texts: try scope.set(field, to: .texts(["nn": "n", "se": "Á"]))
                    }
                }
            }
            let plain = try scope("acme:b")
            try store.transaction { transaction in
                try assign("acme", to: full.owner, in: transaction)
                try transaction.insert(full)
                try transaction.insert(plain)
            }
            #expect(try store.read { try $0.scope(full.name) } == full)
            #expect(try store.read { try $0.scope(plain.name) } == plain)
            #expect(try store.read { try $0.scope(name("acme:c")) } == nil)
            // Names are compared byte by byte.
            #expect(try store.read { try $0.scope(name("acme:A")) } == nil)
            var changed = full
            try changed.set(.purpose, to: .absent)
            changed.lastUpdated = epoch + 9
            changed.origin = "cli"
            try store.transaction { try $0.update(changed) }
            #expect(try store.read { try $0.scope(full.name) } == changed)
        }
    }

    @Test func `a scope needs an assigned prefix and stands once`() throws {
        try store { store in
            let scope = try scope("acme:a")
            #expect(throws: StorageError.self) { try store.transaction { try $0.insert(scope) } }
            try store.transaction { transaction in
                try assign("acme", to: scope.owner, in: transaction)
                try transaction.insert(scope)
            }
            #expect(throws: StorageError.self) { try store.transaction { try $0.insert(scope) } }
        }
    }

    @Test func `lists are by prefix, owner and activity`() throws {
        try store { store in
            try store.transaction { transaction in
                try assign("acme", to: number(31_000_012), in: transaction)
                try assign("other", to: number(31_420_077), in: transaction)
                for text in ["acme:b", "acme:a"] { try transaction.insert(scope(text)) }
                try transaction.insert(scope("acme:c") { $0.isActive = false })
                try transaction.insert(scope("other:a") { $0.owner = number(31_420_077) })
            }
            func names(_ change: (inout ScopeQuery) throws -> Void) throws -> [String] {
                var query = ScopeQuery()
                try change(&query)
                return try store.read { try $0.scopes(query).map(\.name.rawValue) }
            }
            #expect(try names { _ in } == ["acme:a", "acme:b", "other:a"])
            #expect(try names { $0.includesInactive = true } == ["acme:a", "acme:b", "acme:c", "other:a"])
            #expect(try names { $0.prefix = try ScopePrefix(parsing: "acme") } == ["acme:a", "acme:b"])
            #expect(try names { $0.owner = number(31_420_077) } == ["other:a"])
        }
    }

    @Test func `a grant comes back as it was kept, and its new values after it`() throws {
        try store { store in
            var access = ScopeAccess(
                scope: try name("acme:a"),
                consumer: number(31_420_077),
                created: epoch,
                origin: "file:acme.yaml:7"
            )
            access.validFrom = epoch + 1
            access.validUntil = epoch + 2
            access.reason = "R"
            access.legalBasis = "L"
            access.purpose = "P"
            access.acceptedTermsVersion = "2026-1"
            access.lastUpdated = epoch + 3
            try store.transaction { transaction in
                try assign("acme", to: number(31_000_012), in: transaction)
                try transaction.insert(scope("acme:a"))
                try transaction.put(access)
            }
            #expect(try store.read { try $0.access(to: access.scope, of: access.consumer) } == access)
            #expect(try store.read { try $0.access(to: access.scope, of: number(31_000_012)) } == nil)
            var denied = ScopeAccess(scope: access.scope, consumer: access.consumer, created: epoch, origin: "cli")
            denied.state = .denied
            denied.lastUpdated = epoch + 4
            try store.transaction { try $0.put(denied) }
            #expect(try store.read { try $0.access(to: access.scope, of: access.consumer) } == denied)
        }
    }

    @Test func `lists of grants are by scope, consumer, owner, state and end`() throws {
        try store { store in
            let consumers = [number(31_420_077), number(31_234_567)].sorted()
            try store.transaction { transaction in
                try assign("acme", to: number(31_000_012), in: transaction)
                try assign("other", to: number(31_999_999), in: transaction)
                for text in ["acme:a", "acme:b"] { try transaction.insert(scope(text)) }
                try transaction.insert(scope("other:a") { $0.owner = number(31_999_999) })
                for text in ["acme:a", "acme:b", "other:a"] {
                    for consumer in consumers {
                        var access = ScopeAccess(
                            scope: try name(text),
                            consumer: consumer,
                            created: epoch,
                            origin: "cli"
                        )
                        if text == "acme:b" { access.validUntil = epoch + 100 }
                        if text == "other:a", consumer == consumers[0] { access.state = .denied }
                        try transaction.put(access)
                    }
                }
            }
            func found(_ change: (inout AccessQuery) throws -> Void) throws -> [String] {
                var query = AccessQuery()
                try change(&query)
                return try store.read { try $0.accesses(query).map { "\($0.scope) \($0.consumer)" } }
            }
            let all = ["acme:a", "acme:b", "other:a"].flatMap { scope in consumers.map { "\(scope) \($0)" } }
            #expect(try found { $0.includesUnapproved = true } == all)
            #expect(try found { _ in } == all.filter { $0 != "other:a \(consumers[0])" })
            #expect(try found { $0.scope = try name("acme:b") } == Array(all[2...3]))
            #expect(try found { $0.consumer = consumers[0] } == [all[0], all[2]])
            #expect(try found { $0.owner = number(31_999_999) } == [all[5]])
            #expect(try found { $0.endingBefore = epoch + 100 } == [])
            #expect(try found { $0.endingBefore = epoch + 101 } == Array(all[2...3]))
        }
    }

    @Test func `what a decision needs is found by primary key, never by a scan`() throws {
        try store { store in
            let lookUps = [
                ("SELECT * FROM scope WHERE name = 'a:b'", "scope USING PRIMARY KEY (name=?)"),
                (
                    "SELECT * FROM scope_access WHERE scope = 'a:b' AND consumer = 1",
                    "scope_access USING PRIMARY KEY (scope=? AND consumer=?)"
                ),
                ("SELECT * FROM client WHERE id = 'c'", "client USING PRIMARY KEY (id=?)"),
                (
                    "SELECT scope FROM client_scope WHERE client = 'c' ORDER BY position",
                    "client_scope USING PRIMARY KEY (client=?)"
                ),
                ("SELECT * FROM client_key WHERE client = 'c'", "client_key USING PRIMARY KEY (client=?)"),
                ("SELECT * FROM scope_access WHERE consumer = 1", "scope_access USING INDEX scope_access_consumer"),
                ("SELECT * FROM client WHERE owner = 1 ORDER BY owner, name", "client USING INDEX client_owner"),
            ]
            for (sql, expected) in lookUps {
                let plan = try store.transaction { transaction in
                    try Row.fetchAll(transaction.grdb, sql: "EXPLAIN QUERY PLAN " + sql).map {
                        $0["detail"] as String
                    }
                }
                #expect(plan.count == 1 && plan[0].hasPrefix("SEARCH \(expected)"), "\(sql): \(plan)")
            }
        }
    }

    @Test func `a damaged row is told as a damaged database`() throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        defer { try? store.close() }
        try store.transaction { transaction in
            try assign("acme", to: number(31_000_012), in: transaction)
            try transaction.insert(scope("acme:a"))
            try transaction.insert(scope("acme:b"))
        }
        try installation.foreignConnection().write { database in
            try database.execute(sql: "UPDATE scope SET fields = '{\"at_max_age\":\"x\"}' WHERE name = 'acme:a'")
            try database.execute(sql: "UPDATE scope SET fields = '{' WHERE name = 'acme:b'")
        }
        #expect(throws: StorageError.corrupt(detail: "field `at_max_age` of scope `acme:a` is malformed")) {
            try store.read { try $0.scope(name("acme:a")) }
        }
        #expect(throws: StorageError.corrupt(detail: "scope `acme:b` is malformed")) {
            try store.read { try $0.scope(name("acme:b")) }
        }
    }
}
