import Scopes
import Testing
import Vocabulary

@Suite("Spec §6.3: what a scope must keep to be registered")
struct ScopeRulesTests {
    private func faults(_ name: String = "acme:x", _ change: (inout Scope) -> Void) -> [ScopeFault] {
        var scope = Sample.scope(name)
        change(&scope)
        return ScopeRules.faults(in: scope)
    }

    @Test func `a scope with a name and a description may be registered`() {
        #expect(ScopeRules.faults(in: Sample.scope()).isEmpty)
    }

    @Test func `a scope with every field may be registered`() {
        #expect(ScopeRules.faults(in: Sample.full).isEmpty)
    }

    @Test(arguments: ["", " ", "\t\n"])
    func `a description must say something`(text: String) {
        #expect(faults { $0.description = text } == [.required(.description)])
    }

    @Test func `a description has at most 255 characters, counted as Unicode scalars`() {
        #expect(faults { $0.description = String(repeating: "ø", count: 255) }.isEmpty)
        #expect(
            faults { $0.description = String(repeating: "ø", count: 256) } == [.tooLong(.description, limit: 255)]
        )
        // One letter with 255 accents is one character to a reader and 256 to a database.
        let accents = "e" + String(repeating: "\u{301}", count: 255)
        #expect(faults { $0.description = accents } == [.tooLong(.description, limit: 255)])
    }

    @Test func `a long description has at most 1,023 characters`() {
        #expect(faults { $0.longDescription = String(repeating: "x", count: 1_023) }.isEmpty)
        #expect(
            faults { $0.longDescription = String(repeating: "x", count: 1_024) }
                == [.tooLong(.longDescription, limit: 1_023)]
        )
    }

    @Test(arguments: ["\n", "\u{0}", "\u{7F}", "\u{200B}", "\u{202E}", "\u{E000}", "\u{2028}", "\u{FEFF}"])
    func `a short text holds no control, format or private character`(character: String) throws {
        let scalar = try #require(character.unicodeScalars.first)
        #expect(faults { $0.description = "a\(character)b" } == [.character(.description, scalar)])
    }

    @Test(arguments: ["Čáhci, girji § 4 (a/b) - 100 %", "Les «fangst»", "数据", "a\tb\r\nc", "# *x* [y]"])
    func `a long text holds letters of any script, line breaks and Markdown`(text: String) {
        #expect(faults { $0.longDescription = text }.isEmpty)
    }

    @Test(arguments: ["<", ">", "\u{202E}", "\u{8}"])
    func `a long text holds nothing that could be HTML or turn the text`(character: String) throws {
        let scalar = try #require(character.unicodeScalars.first)
        #expect(faults { $0.longDescription = "a\(character)" } == [.character(.longDescription, scalar)])
        #expect(faults { $0.legalBasis = "a\(character)" } == [.character(.legalBasis, scalar)])
        #expect(faults { $0.purpose = "a\(character)" } == [.character(.purpose, scalar)])
    }

    @Test func `texts by language exist in nn, en and se`() {
        #expect(faults { $0.descriptions = ["nn": "a", "en": "b", "se": "c"] }.isEmpty)
        #expect(faults { $0.descriptions = ["nb": "a"] } == [.language(.descriptions, "nb")])
        #expect(faults { $0.longDescriptions = ["EN": "a"] } == [.language(.longDescriptions, "EN")])
        let long = String(repeating: "x", count: 256)
        #expect(faults { $0.descriptions = ["en": long] } == [.tooLong(.descriptions, limit: 255)])
        #expect(faults { $0.longDescriptions = ["en": long] }.isEmpty)
    }

    @Test func `lifetimes are 0 or more`() {
        #expect(faults { $0.maximumTokenAge = 0 }.isEmpty)
        #expect(faults { $0.maximumTokenAge = -1 } == [.outOfRange(.maximumTokenAge, -1)])
        #expect(faults { $0.authorizationMaximumLifetime = -1 } == [.outOfRange(.authorizationMaximumLifetime, -1)])
        #expect(faults { $0.maximumTokenAge = Seconds(ScopeRules.maximumNumber) }.isEmpty)
        let larger = ScopeRules.maximumNumber + 1
        #expect(faults { $0.maximumTokenAge = Seconds(larger) } == [.outOfRange(.maximumTokenAge, larger)])
    }

    @Test(arguments: ["maskinporten", "krr", "api_klient", "ansattporten", "idporten", "eformidling"])
    func `an integration type is one of the known`(type: String) {
        #expect(faults { $0.allowedIntegrationTypes = [type] }.isEmpty)
    }

    @Test(arguments: ["", "MASKINPORTEN", "maskinporten ", "saml"])
    func `an integration type is nothing else`(type: String) {
        #expect(
            faults { $0.allowedIntegrationTypes = ["krr", type] } == [.choice(.allowedIntegrationTypes, found: type)]
        )
    }

    @Test func `a list names nothing twice and has at most 100 items`() {
        #expect(faults { $0.dataCategories = ["a", "b", "a"] } == [.duplicate(.dataCategories, "a")])
        #expect(faults { $0.dataCategories = (1...100).map { "c\($0)" } }.isEmpty)
        #expect(faults { $0.dataCategories = (1...101).map { "c\($0)" } } == [.tooMany(.dataCategories, limit: 100)])
        #expect(faults { $0.dataCategories = ["a", " "] } == [.required(.dataCategories)])
    }

    @Test(arguments: ["https://api.example.no", "https://api.example.no/a?b=c%20d", "urn:altinn:resource", "internal"])
    func `a delegation source is an absolute URI or internal`(source: String) {
        #expect(faults { $0.delegationSource = source }.isEmpty)
    }

    @Test(arguments: ["altinn", "Internal", "https://", "/path", "https://a/#b", "https://a b", "1http://a", "a:"])
    func `a delegation source is nothing else`(source: String) {
        #expect(faults { $0.delegationSource = source } == [.notAbsoluteURI(.delegationSource, source)])
    }

    @Test func `an end is a time in UTC`() {
        #expect(faults { $0.activeUntil = "2027-06-30T12:00:00Z" }.isEmpty)
        for text in ["2027-06-30", "soon", "2027-06-30T12:00:00+01:00"] {
            #expect(faults { $0.activeUntil = text } == [.notTime(.activeUntil, text)])
        }
    }

    @Test func `a scope gives tokens until the very second of its end, and none while it is switched off`() {
        var scope = Sample.scope("acme:a")
        let end = Timestamp(seconds: 1_800_000_000)
        #expect(scope.isActive(at: end))
        scope.activeUntil = "\(end)"
        #expect(scope.isActive(at: end - 1))
        #expect(!scope.isActive(at: end))
        scope.isActive = false
        #expect(!scope.isActive(at: end - 1))
    }

    @Test func `audiences and resources are absolute URIs without fragment (RFC 8707 §2)`() {
        #expect(faults { $0.enforcedAudience = "api" } == [.notAbsoluteURI(.enforcedAudience, "api")])
        #expect(
            faults { $0.enforcedIntrospectionAudience = "https://a#b" }
                == [.notAbsoluteURI(.enforcedIntrospectionAudience, "https://a#b")]
        )
        #expect(
            faults { $0.allowedResources = ["https://a", "b"] } == [.notAbsoluteURI(.allowedResources, "b")]
        )
        // `internal` is a word of the delegation source alone.
        #expect(faults { $0.enforcedAudience = "internal" } == [.notAbsoluteURI(.enforcedAudience, "internal")])
    }

    @Test func `an enforced audience is one of the allowed resources, where there are any`() {
        #expect(
            faults {
                $0.enforcedAudience = "https://a"
                $0.allowedResources = ["https://b"]
            } == [.enforcedAudienceNotAllowed("https://a")]
        )
        #expect(
            faults {
                $0.enforcedAudience = "https://a"
                $0.allowedResources = ["https://b", "https://a"]
            }.isEmpty
        )
    }

    @Test(arguments: ["RS256", "PS256", "ES256", "EdDSA"])
    func `a signature algorithm is one of the four`(algorithm: String) {
        #expect(faults { $0.signingAlgorithm = algorithm }.isEmpty)
    }

    @Test(arguments: ["none", "HS256", "rs256", "RS384"])
    func `a signature algorithm is nothing else`(algorithm: String) {
        #expect(faults { $0.signingAlgorithm = algorithm } == [.choice(.signingAlgorithm, found: algorithm)])
    }

    @Test(arguments: ["idporten:dcr.write", "portvakt:operator", "altinn:portal/enduser"])
    func `rights of administration are open to nobody by themselves`(name: String) {
        let scope = Sample.name(name)
        #expect(faults(name) { $0.isAccessibleForAll = true } == [.reserved(.isAccessibleForAll, scope)])
        #expect(faults(name) { $0.delegationSource = "internal" } == [.reserved(.delegationSource, scope)])
        #expect(
            faults(name) { $0.supportsEuropeanBusinesses = true } == [.reserved(.supportsEuropeanBusinesses, scope)]
        )
        #expect(faults(name) { $0.allowsUnprovenSupplier = true } == [.reserved(.allowsUnprovenSupplier, scope)])
        #expect(faults(name) { $0.isAccessibleForAll = false }.isEmpty)
    }

    @Test(arguments: ["altinn:serviceowner", "krr:global/kontaktinformasjon.read", "acme:portal/enduser"])
    func `other scopes may be open`(name: String) {
        #expect(
            faults(name) {
                $0.isAccessibleForAll = true
                $0.delegationSource = "internal"
            }.isEmpty
        )
    }

    @Test func `every fault of a scope is reported, in the order of the fields`() {
        let found = faults {
            $0.description = ""
            $0.maximumTokenAge = -1
            $0.delegationSource = "x"
            $0.purpose = "\u{0}"
        }
        #expect(
            found == [
                .required(.description), .notAbsoluteURI(.delegationSource, "x"), .outOfRange(.maximumTokenAge, -1),
                .character(.purpose, "\u{0}"),
            ]
        )
    }

    @Test(arguments: [
        (ScopeFault.required(.description), "`description` must be given"),
        (.form(.maximumTokenAge), "`at_max_age` must be a whole number, 0 or more"),
        (.form(.visibility), "`visibility` must be `PUBLIC` or `PRIVATE` or `INTERNAL`"),
        (.choice(.pid, found: "yes"), "`pid` must be `allowed` or `required` or `refused`, not `yes`"),
        (.character(.purpose, "\u{202E}"), "`purpose` holds the character U+202E, which is not allowed there"),
        (.outOfRange(.maximumTokenAge, -1), "`at_max_age` must be 0 to 2147483647, not -1"),
        (
            .notAbsoluteURI(.delegationSource, "x"),
            "`delegation_source` must hold absolute URIs without fragment, not `x` (or be `internal`)"
        ),
        (.language(.descriptions, "nb"), "`descriptions` has no language `nb`; there are `nn`, `en`, `se`"),
    ])
    func `a fault says what to mend`(fault: ScopeFault, text: String) {
        #expect(fault.description == text)
    }
}

@Suite("Rules of an access grant")
struct AccessRulesTests {
    @Test func `it ends after it begins`() {
        var access = Sample.access(Sample.consumer)
        access.validFrom = Sample.now
        access.validUntil = Sample.now + 1
        #expect(access.faults.isEmpty)
        access.validUntil = Sample.now
        #expect(access.faults == [.endsBeforeItBegins(from: Sample.now, until: Sample.now)])
    }

    @Test(arguments: [AccessField.reason, .legalBasis, .purpose])
    func `its texts are at most 1,023 plain characters`(field: AccessField) throws {
        var access = Sample.access(Sample.consumer)
        try access.set(field, to: .text(String(repeating: "x", count: 1_023)))
        #expect(access.faults.isEmpty)
        try access.set(field, to: .text(String(repeating: "x", count: 1_024)))
        #expect(access.faults == [.tooLong(field, limit: 1_023)])
        try access.set(field, to: .text("a\nb"))
        #expect(access.faults == [.character(field, "\n")])
    }

    @Test func `a day of beginning begins at midnight and a day of end is the last one, in UTC`() throws {
        let day = try #require(Timestamp(parsing: "2027-06-30T00:00:00Z"))
        #expect(try AccessField.validFrom.value(parsing: "2027-06-30") == .time(day))
        #expect(try AccessField.validUntil.value(parsing: "2027-06-30") == .time(day + .days(1)))
        #expect(try AccessField.validUntil.value(parsing: "2027-06-30T00:00:00Z") == .time(day))
    }

    @Test(arguments: ["", "2027-02-29", "2027-6-30", "tomorrow", "2027-06-30T12:00", "2027-06-30T12:00:00+01:00"])
    func `a time is nothing else`(text: String) {
        #expect(throws: AccessFault.form(.validUntil)) { try AccessField.validUntil.value(parsing: text) }
    }

    @Test(arguments: AccessField.allCases)
    func `a value of the other form is refused`(field: AccessField) {
        let isTime = field == .validFrom || field == .validUntil
        var access = Sample.access(Sample.consumer)
        #expect(throws: AccessFault.form(field)) {
            try access.set(field, to: isTime ? .text("x") : .time(Sample.now))
        }
    }

    @Test func `an end is exclusive: at that second it is over`() {
        var access = Sample.access(Sample.consumer)
        access.validFrom = Sample.now
        access.validUntil = Sample.now + 10
        #expect(access.impediment(at: Sample.now - 1, requiredTerms: nil) == .notYet(from: Sample.now))
        #expect(access.impediment(at: Sample.now, requiredTerms: nil) == nil)
        #expect(access.impediment(at: Sample.now + 9, requiredTerms: nil) == nil)
        #expect(access.impediment(at: Sample.now + 10, requiredTerms: nil) == .ended(until: Sample.now + 10))
    }

    @Test func `only an approved grant with accepted terms gives a right`() {
        var access = Sample.access(Sample.consumer)
        #expect(access.impediment(at: Sample.now, requiredTerms: "2") == .terms(required: "2", accepted: nil))
        access.acceptedTermsVersion = "1"
        #expect(access.impediment(at: Sample.now, requiredTerms: "2") == .terms(required: "2", accepted: "1"))
        access.acceptedTermsVersion = "2"
        #expect(access.impediment(at: Sample.now, requiredTerms: "2") == nil)
        access.state = .denied
        #expect(access.impediment(at: Sample.now, requiredTerms: "2") == .denied)
        access.state = .requested
        #expect(access.impediment(at: Sample.now, requiredTerms: nil) == .requested)
    }
}
