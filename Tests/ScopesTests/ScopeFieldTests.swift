import Scopes
import Testing
import Vocabulary

@Suite("Fields of a scope: one table for wire, files, plans and ledger")
struct ScopeFieldTests {
    @Test(arguments: ScopeField.allCases)
    func `a field set to the value that another scope has makes them equal in it`(field: ScopeField) throws {
        var scope = Sample.scope()
        let value = Sample.full[field]
        try scope.set(field, to: value)
        #expect(scope[field] == value)
        // And in no other one.
        for other in ScopeField.allCases where other != field { #expect(scope[other] == Sample.scope()[other]) }
    }

    @Test(arguments: ScopeField.allCases)
    func `the full sample differs from the default in every field`(field: ScopeField) {
        #expect(field == .description || Sample.full[field] != Sample.scope()[field])
    }

    @Test(arguments: ScopeField.allCases.filter { $0 != .description })
    func `absent gives a field its default`(field: ScopeField) throws {
        var scope = Sample.full
        try scope.set(field, to: .absent)
        #expect(scope[field] == Sample.scope()[field])
    }

    @Test(arguments: [ScopeFieldValue.absent, .text("")])
    func `a description cannot be taken away`(value: ScopeFieldValue) {
        var scope = Sample.scope()
        #expect(throws: ScopeFault.required(.description)) { try scope.set(.description, to: value) }
        #expect(scope == Sample.scope())
    }

    @Test func `an empty optional text is nothing`() throws {
        var scope = Sample.full
        try scope.set(.delegationSource, to: .text(""))
        #expect(scope.delegationSource == nil)
    }

    @Test(arguments: ScopeField.allCases)
    func `a value of another form is refused and changes nothing`(field: ScopeField) {
        let values: [ScopeFieldValue] = [.text("x"), .number(1), .flag(true), .list(["x"]), .texts(["en": "x"])]
        let own = Sample.full[field]
        var tried = 0
        for value in values where !hasForm(of: own, value) {
            var scope = Sample.scope()
            #expect(throws: ScopeFault.form(field)) { try scope.set(field, to: value) }
            #expect(scope == Sample.scope())
            tried += 1
        }
        #expect(tried == 4)
    }

    @Test(arguments: [ScopeField.visibility, .tokenForm, .headerType, .pid])
    func `a word that is none of the few is refused`(field: ScopeField) {
        var scope = Sample.scope()
        #expect(throws: ScopeFault.choice(field, found: "public")) { try scope.set(field, to: .text("public")) }
    }

    @Test(arguments: [
        ("at_max_age", ScopeField.maximumTokenAge), ("allowed_integration_types", .allowedIntegrationTypes),
        ("allowable_integration_types", .allowedIntegrationTypes),
        ("authorization_max_lifetime", .authorizationMaximumLifetime),
        ("authorization_max_age", .authorizationMaximumLifetime),
        ("enforced_aud_for_access_token", .enforcedAudience), ("protected", .isProtected),
    ])
    func `a field is known by the names of the self-service API`(name: String, field: ScopeField) {
        #expect(ScopeField(named: name) == field)
    }

    @Test(arguments: ["", "AT_MAX_AGE", "name", "prefix", "owner_orgno", "created"])
    func `what the owner cannot set is no field`(name: String) {
        #expect(ScopeField(named: name) == nil)
    }

    private func hasForm(of one: ScopeFieldValue, _ other: ScopeFieldValue) -> Bool {
        switch (one, other) {
        case (.text, .text), (.number, .number), (.flag, .flag), (.list, .list), (.texts, .texts): true
        default: false
        }
    }
}
