import Scopes
import Testing
import Vocabulary

@Suite("Scope files: read strictly, every fault with its line")
struct ScopeFileTests {
    private func read(_ text: String, name: String = "acme.yaml") throws(ScopeFileProblems) -> ScopeFile {
        try ScopeFile.read([(name, text)])[0]
    }

    /// What a reader of the messages sees.
    private func messages(_ text: String) -> String {
        do {
            _ = try read(text)
            return "accepted"
        } catch {
            return error.description
        }
    }

    private func file(_ scope: String) -> String {
        "prefix: acme\nowner_orgno: \"\(Sample.owner)\"\nscopes:\n\(scope)"
    }

    // MARK: Accepted

    @Test func `the example of the specification is read with its lines`() throws {
        let file = try read(
            """
            # scopes/acme.yaml
            prefix: acme
            owner_orgno: "\(Sample.owner)"
            scopes:
              - subscope: catch/reports.read
                description: Read catch reports
                at_max_age: 120
                visibility: PRIVATE
                delegation_source: internal
                access:
                  - orgno: "\(Sample.consumer)"
                    until: 2027-06-30
                    reason: Agreement 2026-14
            """
        )
        #expect(file.prefix.value.rawValue == "acme")
        #expect(file.prefix.line.description == "acme.yaml:2")
        #expect(file.owner.value == Sample.owner)
        let scope = try #require(file.scopes.first)
        #expect(scope.name.rawValue == "acme:catch/reports.read")
        #expect(scope.line.origin == "file:acme.yaml:5")
        #expect(
            scope.fields.mapValues(\.value) == [
                .description: .text("Read catch reports"), .maximumTokenAge: .number(120),
                .visibility: .text("PRIVATE"),
                .delegationSource: .text("internal"),
            ]
        )
        #expect(
            scope.fields.mapValues(\.line.line) == [
                .description: 6, .maximumTokenAge: 7, .visibility: 8, .delegationSource: 9,
            ]
        )
        let access = try #require(scope.access?.first)
        #expect(access.consumer == Sample.consumer)
        #expect(access.line.line == 11)
        let end = try #require(Timestamp(parsing: "2027-07-01T00:00:00Z"))
        #expect(access.fields.mapValues(\.value) == [.validUntil: .time(end), .reason: .text("Agreement 2026-14")])
    }

    @Test func `every field can be declared`() throws {
        let file = try read(
            file(
                """
                  - subscope: all
                    description: Everything
                    long_description: |
                      Two
                      lines
                    descriptions: {nn: Alt, en: Everything}
                    long_descriptions: {se: Buot}
                    active: false
                    active_until: "2027-06-30T12:00:00Z"
                    visibility: INTERNAL
                    allowable_integration_types: [maskinporten, krr]
                    accessible_for_all: true
                    delegation_source: https://www.altinn.no/
                    at_max_age: 0
                    authorization_max_age: 10
                    token_type: OPAQUE
                    requires_user_consent: true
                    requires_user_authentication: true
                    requires_pseudonymous_tokens: true
                    enforced_aud_for_access_token: https://api.example.no
                    enforced_aud_for_introspection: https://api.example.no
                    protected: true
                    supports_european_businesses: true
                    allowed_resources: [https://api.example.no]
                    token_header_typ: at+jwt
                    token_signing_alg: PS256
                    pid: required
                    token_status_list: true
                    allows_unproven_supplier: true
                    dpop_bound_access_tokens: true
                    tls_client_certificate_bound_access_tokens: true
                    required_terms_version: 2.0
                    requires_processor_agreement: true
                    legal_basis: An act
                    purpose: A purpose
                    data_categories: [a, b]
                """
            )
        )
        #expect(Set(file.scopes[0].fields.keys) == Set(ScopeField.allCases))
        // An unquoted number is text where text is due.
        #expect(file.scopes[0].fields[.requiredTermsVersion]?.value == .text("2.0"))
        #expect(file.scopes[0].fields[.longDescription]?.value == .text("Two\nlines\n"))
        #expect(file.scopes[0].access == nil)
    }

    @Test func `an unquoted organisation number is text and keeps its zero`() throws {
        let number = try OrganisationNumber(parsing: "012345674")
        let file = try read("prefix: acme\nowner_orgno: \(number)\nscopes: []")
        #expect(file.owner.value == number)
        #expect(file.owner.value.description.hasPrefix("0"))
    }

    @Test func `absent access is not managed, an empty list is nobody, null fields are defaults`() throws {
        let text = file("  - {subscope: a, description: A, delegation_source: null, purpose: ~, access: []}")
        let scope = try read(text).scopes[0]
        #expect(scope.access == [])
        #expect(scope.fields[.delegationSource]?.value == .absent)
        #expect(scope.fields[.purpose]?.value == .absent)
        #expect(try read(file("  - {subscope: a, description: A}")).scopes[0].access == nil)
    }

    @Test func `an alias stands for a list`() throws {
        let file = try read(
            file(
                """
                  - subscope: a
                    description: A
                    access: &both
                      - orgno: "\(Sample.consumer)"
                      - orgno: "\(Sample.otherConsumer)"
                  - subscope: b
                    description: B
                    access: *both
                """
            )
        )
        #expect(file.scopes[1].access?.map(\.consumer) == [Sample.consumer, Sample.otherConsumer])
    }

    @Test func `several files may share a prefix and its owner`() throws {
        let one = file("  - {subscope: a, description: A}")
        let two = file("  - {subscope: b, description: B}")
        let files = try ScopeFile.read([("one.yaml", one), ("two.yaml", two)])
        #expect(files.map(\.name) == ["one.yaml", "two.yaml"])
    }

    // MARK: Refused

    @Test func `all faults of a file are reported together, by line`() {
        let text = """
            prefix: acme
            owner_orgno: \(wrong(Sample.owner))
            contact: someone@example.no
            scopes:
              - subscope: catch/reports.read
                descripton: Read catch reports
                at_max_age: -1
                visibility: public
                accessible_for_all: yes
                access:
                  - orgno: "31420077"
                    untill: 2027-06-30
                  - orgno: "\(Sample.consumer)"
                    until: soon
                  - orgno: "\(Sample.consumer)"
              - description: No name
              - subscope: a b
                description: 'A'
                allowed_integration_types: maskinporten
              - just text
            """
        #expect(
            messages(text) == """
                acme.yaml:2: `\(wrong(Sample.owner))` is no organisation number: its check digit (modulus 11) does not hold
                acme.yaml:3: unknown key `contact`
                acme.yaml:6: unknown key `descripton`; did you mean `description`
                acme.yaml:9: `accessible_for_all` must be true or false
                acme.yaml:11: `31420077` is no organisation number of nine digits
                acme.yaml:12: unknown key `untill`; did you mean `until`
                acme.yaml:14: `until` must be a day as `2027-06-30` or a time as `2027-06-30T12:00:00Z`
                acme.yaml:15: `\(Sample.consumer)` is listed twice, first on line 13
                acme.yaml:16: `subscope` is missing
                acme.yaml:17: `acme:a b` is no scope name: it holds a space, `"`, `\\` or something outside printable ASCII
                acme.yaml:19: `allowed_integration_types` must be a list
                acme.yaml:20: `scopes` must be a mapping with `subscope`
                """
        )
    }

    @Test func `rules of registration are reported on the line of their field`() {
        let text = file(
            """
              - subscope: a
                at_max_age: -1
                visibility: public
                delegation_source: altinn
              - subscope: b
                description: ""
                enforced_aud_for_access_token: https://a.example
                allowed_resources:
                  - https://b.example
                at_max_age: 99999999999999999999
            """
        )
        #expect(
            messages(text) == """
                acme.yaml:4: `description` must be given
                acme.yaml:5: `at_max_age` must be 0 to 2147483647, not -1
                acme.yaml:6: `visibility` must be `PUBLIC` or `PRIVATE` or `INTERNAL`, not `public`
                acme.yaml:7: `delegation_source` must hold absolute URIs without fragment, not `altinn` (or be `internal`)
                acme.yaml:9: `description` must be given
                acme.yaml:10: `enforced_aud_for_access_token` is `https://a.example`, which `allowed_resources` does not list
                acme.yaml:13: `at_max_age` must be 0 to 2147483647, not 9223372036854775807
                """
        )
    }

    @Test func `a reserved scope must not be open`() {
        let text = """
            prefix: portvakt
            owner_orgno: "\(Sample.owner)"
            scopes:
              - subscope: operator
                description: The operator
                accessible_for_all: true
            """
        #expect(
            messages(text)
                == "acme.yaml:6: `accessible_for_all` must not be set on the reserved scope `portvakt:operator`"
        )
    }

    @Test(arguments: ["[", "{a: ", "- "])
    func `what is nested without end is refused in words of ours`(opening: String) {
        let text = "prefix: acme\nscopes:\n  " + String(repeating: opening, count: 100_000)
        #expect(messages(text).hasSuffix(": not YAML: it is nested too deep"))
    }

    @Test func `duplicate keys are all found, with both lines`() {
        let text = """
            prefix: acme
            owner_orgno: "\(Sample.owner)"
            prefix: other
            scopes:
              - subscope: a
                description: A
                "description": B
                at_max_age: 1
                at_max_age: 2
              - subscope: b
                descr: B
            """
        #expect(
            messages(text) == """
                acme.yaml:3: `prefix` is given twice, first on line 1
                acme.yaml:7: `description` is given twice, first on line 6
                acme.yaml:9: `at_max_age` is given twice, first on line 8
                acme.yaml:10: `description` must be given
                acme.yaml:11: unknown key `descr`
                """
        )
    }

    @Test func `a key given three times is reported twice`() {
        let text = file("  - subscope: a\n    description: A\n    description: B\n    description: C")
        #expect(
            messages(text) == """
                acme.yaml:6: `description` is given twice, first on line 5
                acme.yaml:7: `description` is given twice, first on line 5
                """
        )
    }

    @Test func `both spellings of one field are refused`() {
        let text = file(
            "  - {subscope: a, description: A,\n     authorization_max_age: 1,\n     authorization_max_lifetime: 1}"
        )
        #expect(
            messages(text)
                == "acme.yaml:6: `authorization_max_age` and `authorization_max_lifetime` are the same field"
        )
    }

    @Test func `a scope declared twice is refused, in one file and in two`() throws {
        let one = file("  - {subscope: a, description: A}\n  - {subscope: a, description: B}")
        #expect(messages(one) == "acme.yaml:5: the scope `acme:a` is declared twice, first at acme.yaml:4")
        let two = [
            ("one.yaml", file("  - {subscope: a, description: A}")),
            ("two.yaml", file("  - {subscope: a, description: A}")),
        ]
        let fault = ScopeFileFault.duplicateScope(Sample.name("acme:a"), first: SourceLine(file: "one.yaml", line: 4))
        let problem = ScopeFileProblem(fault, at: SourceLine(file: "two.yaml", line: 4))
        #expect(throws: ScopeFileProblems(problems: [problem])) { try ScopeFile.read(two) }
    }

    @Test func `one prefix under two owners is refused`() throws {
        let prefix = try ScopePrefix(parsing: "acme")
        let two = [
            ("one.yaml", "prefix: acme\nowner_orgno: \"\(Sample.owner)\"\nscopes: []"),
            ("two.yaml", "prefix: acme\nowner_orgno: \"\(Sample.consumer)\"\nscopes: []"),
        ]
        let fault = ScopeFileFault.anotherOwner(prefix, Sample.owner, first: SourceLine(file: "one.yaml", line: 2))
        let problem = ScopeFileProblem(fault, at: SourceLine(file: "two.yaml", line: 2))
        #expect(throws: ScopeFileProblems(problems: [problem])) { try ScopeFile.read(two) }
    }

    @Test func `the faults of all files are reported together, in the order of the files`() {
        let files = [("z.yaml", "prefix: Z\nowner_orgno: 1\nscopes: []"), ("a.yaml", "- 1")]
        #expect(throws: ScopeFileProblems.self) { try ScopeFile.read(files) }
        do { _ = try ScopeFile.read(files) } catch {
            #expect(
                error.description == """
                    z.yaml:1: `Z` is no scope prefix: 1 to 64 of `a-z`, `0-9`, `-`, `_`, `.`
                    z.yaml:2: `1` is no organisation number of nine digits
                    a.yaml:1: `the file` must be a mapping with `prefix`, `owner_orgno` and `scopes`
                    """
            )
        }
    }

    @Test(arguments: [
        ("", "acme.yaml:1: `the file` must be a mapping with `prefix`, `owner_orgno` and `scopes`"),
        ("prefix: acme", "acme.yaml:1: `owner_orgno` is missing\nacme.yaml:1: `scopes` is missing"),
        (
            "prefix: [acme\nscopes: x",
            "acme.yaml:2: not YAML: while parsing a flow sequence, did not find expected ',' or ']'"
        ),
        ("prefix: \"acme", "acme.yaml:1: not YAML: while scanning a quoted scalar, found unexpected end of stream"),
        ("a: *b", "acme.yaml:1: not YAML: found undefined alias"),
        (
            "a: 1\n---\nb: 2",
            "acme.yaml:2: not YAML: expected a single document in the stream, but found another document"
        ),
        (
            "a: 1\n\tb: 2",
            "acme.yaml:2: not YAML: while scanning a plain scalar, found a tab character that violates indentation"
        ),
        ("a: \u{1}", "acme.yaml:1: not YAML: control characters are not allowed"),
    ])
    func `a file that is no such mapping is refused with its line`(text: String, expected: String) {
        #expect(messages(text) == expected)
    }

    @Test(arguments: [
        ("description: [a]", "`description` must be text"), ("description: true", "`description` must be text"),
        ("description: {a: b}", "`description` must be text"),
        ("active: \"true\"", "`active` must be true or false"), ("active: no", "`active` must be true or false"),
        ("active: 1", "`active` must be true or false"),
        ("at_max_age: \"120\"", "`at_max_age` must be a whole number, 0 or more"),
        ("at_max_age: 1.0", "`at_max_age` must be a whole number, 0 or more"),
        ("at_max_age: 0x10", "`at_max_age` must be a whole number, 0 or more"),
        ("at_max_age: 0120", "`at_max_age` must be a whole number, 0 or more"),
        ("data_categories: [[a]]", "`data_categories` must be text"),
        ("data_categories: {a: b}", "`data_categories` must be a list"),
        ("descriptions: text", "`descriptions` must be a mapping"),
        ("descriptions: {nn: [a]}", "`nn` must be text"),
        ("access: \"\(Sample.consumer)\"", "`access` must be a list"),
        ("access: [\"\(Sample.consumer)\"]", "`access` must be a mapping with `orgno`"),
        ("? [a]\n    : b", "`a key` must be text"),
    ])
    func `a value of another form is refused`(line: String, expected: String) {
        let description = line.hasPrefix("description:") ? "" : "description: A\n    "
        let text = file("  - subscope: a\n    \(description)\(line)")
        let number = description.isEmpty ? 5 : 6
        #expect(messages(text) == "acme.yaml:\(number): \(expected)")
    }

    // MARK: Bombs

    @Test func `aliases within aliases under unknown keys are not walked`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let rest = "prefix: acme\nowner_orgno: \"\(Sample.owner)\"\nscopes: []\n"
        #expect(messages(rest + text).hasSuffix("acme.yaml:34: unknown key `a30`"))
    }

    @Test func `a list that aliases make huge is refused as a whole`() {
        let access = (0..<2_000).map { "      - orgno: \"\(Sample.number(31_000_000 + 7 * $0))\"\n" }.joined()
        var text = file("  - subscope: s\n    description: S\n    access: &all\n\(access)")
        for index in 0..<500 {
            text += "  - subscope: s\(index)\n    description: S\n    access: *all\n"
        }
        #expect(messages(text) == "acme.yaml:1: its aliases stand for more than 1000000 values")
    }

    @Test(arguments: [
        "? *a30\n: x\n", "*a30 : x\n", "*a30: x\n", "[*a30, *a30]: x\n", "{*a30, *a30}\n", "x: {*a30: 1}\n",
        "x: [? *a30 : 1]\n", "- ? *a30\n", "x: [*a30 : 1]\n", "x:\n  ? - *a30\n  : 1\n", "x: {[*a30]}\n",
    ])
    func `an alias in a key is refused before it is hashed`(key: String) {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...30 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let line = 32 + (key.hasPrefix("x:\n") ? 1 : 0)
        #expect(
            messages(text + key)
                == "acme.yaml:\(line): aliases (`*name`) are read as whole values only, and not in a file that uses `{`"
        )
    }

    @Test func `Markdown emphasis, question marks and braces are text where there are no aliases`() throws {
        let file = try read(
            file(
                """
                  - subscope: a
                    description: Who? *This* & that {x}
                    long_description: |
                      * one *two three* & [link]: text
                      ? four
                """
            )
        )
        #expect(file.scopes[0].fields[.description]?.value == .text("Who? *This* & that {x}"))
    }

    @Test func `a file deeper than the parser goes is refused`() {
        let text = "prefix: " + String(repeating: "[", count: 20_000)
        #expect(messages(text).hasPrefix("acme.yaml:1: not YAML: "))
    }

    @Test func `a file larger than 16 MiB is refused unread`() {
        let text = "#" + String(repeating: "x", count: ScopeFile.maximumSize)
        #expect(messages(text) == "acme.yaml:1: larger than 16777216 bytes")
    }

    @Test func `no broken file crashes the reader or is taken for a sound one`() throws {
        let sound = file(
            "  - subscope: a\n    description: A\n    access:\n      - orgno: \"\(Sample.consumer)\"\n        until: 2027-01-01\n"
        )
        _ = try read(sound)
        var generator = SeededGenerator(seed: 20_261_122)
        let pieces = [
            "{", "}", "[", "]", ":", "-", "?", "&a", "*a", "!!str", "\"", "'", "|", ">", "#", "\n", "\t", "\u{0}", "%",
            "@",
        ]
        var accepted = 0
        for _ in 0..<2_000 {
            var scalars = Array(sound.unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<scalars.count, using: &generator)
                let piece = pieces.randomElement(using: &generator) ?? ""
                scalars.replaceSubrange(index..<min(index + 1, scalars.count), with: piece.unicodeScalars)
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            do throws(ScopeFileProblems) {
                let file = try read(String(view))
                accepted += 1
                for scope in file.scopes { #expect(scope.fields[.description] != nil) }
            } catch {
                #expect(!error.problems.isEmpty)
                for problem in error.problems { #expect(problem.line.line >= 1) }
            }
        }
        #expect(accepted < 1_000)
    }

    /// The number with another check digit.
    private func wrong(_ number: OrganisationNumber) -> String {
        let digits = number.description
        let last = Int(digits.suffix(1)) ?? 0
        return digits.dropLast() + String((last + 1) % 10)
    }
}
