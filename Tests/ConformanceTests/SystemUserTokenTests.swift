import AuditLedger
import Delegations
import Foundation
import JOSE
import LibCrypto
import Organisations
import SQLiteStorage
import Server
import TestSupport
import Testing
import Vocabulary

/// What the tests of tokens that rest on system users and consents add to the world.
enum DetailWorld {
    static let userID = "0e8f3f50-3c6f-45f4-9a36-0b4d2fd2b2aa"
    static let agentID = "1e8f3f50-3c6f-45f4-9a36-0b4d2fd2b2aa"
    static let consentID = "7f8d1b0a-5c0a-4b8a-93d1-0e0f5a5f3e11"
    static let oneTimeID = "8f8d1b0a-5c0a-4b8a-93d1-0e0f5a5f3e11"
    static let personConsentID = "9f8d1b0a-5c0a-4b8a-93d1-0e0f5a5f3e11"
    /// The customer who owns the system users, and gives consent.
    static var customer: OrganisationNumber { World.provider }
    static var system: String { "\(World.consumer)_payroll" }

    static func uuid(_ text: String) throws -> UUID { try #require(UUID(uuidString: text)) }

    /// A made-up person (month + 80).
    static func person() throws -> NationalIdentityNumber {
        for serial in 10_000...99_999 {
            if let number = NationalIdentityNumber(parsing: "018101\(serial)") { return number }
        }
        throw CocoaError(.featureUnsupported)
    }

    /// A system of the consumer with its client, system users of the customer, consents given to the consumer.
    static func fill(_ folder: String, at now: Timestamp) throws {
        let store = try SQLiteStore(DataFolder(path: folder), opening: .requireCurrent)
        defer { try? store.close() }
        let key = try PseudonymKeyFile.readOrMake(in: folder, isUsed: false)
        let person = key.pseudonym(of: try person())
        try store.transaction { transaction in
            let system = try SystemID(parsing: system)
            try transaction.put(
                RegisteredSystem(
                    id: system,
                    name: LocalisedText(["nb": "Lønn"]),
                    clients: [try ClientID(parsing: World.keyClient)],
                    created: now
                )
            )
            try transaction.put(user(userID, .standard, system, externalRef: "\(customer)", at: now))
            try transaction.put(user(agentID, .agent, system, externalRef: "agent", at: now))
            try transaction.insert(
                ClientDelegation(
                    id: UUID(),
                    agent: try uuid(agentID),
                    client: World.bankrupt,
                    packages: ["regnskapsforer-lonn"],
                    basis: .operator,
                    created: now
                )
            )
            try transaction.put(
                SystemUserRequest(
                    id: UUID(),
                    kind: .standard,
                    system: system,
                    customer: World.stranger,
                    externalRef: "\(World.stranger)",
                    rights: [],
                    packages: ["teknisk-samhandling-digdir"],
                    created: now
                )
            )
            for (id, from, isOneTime) in [
                (consentID, Party.organisation(customer), false), (oneTimeID, .organisation(customer), true),
                (personConsentID, .person(person), false),
            ] {
                try transaction.put(try consent(id, from: from, isOneTime: isOneTime, at: now))
            }
            try transaction.raiseRevision()
        }
    }

    private static func user(
        _ id: String,
        _ kind: SystemUserKind,
        _ system: SystemID,
        externalRef: String,
        at now: Timestamp
    ) throws -> SystemUser {
        SystemUser(
            id: try uuid(id),
            kind: kind,
            system: system,
            owner: customer,
            externalRef: externalRef,
            integrationTitle: "Lønn",
            rights: [],
            packages: kind == .agent ? ["regnskapsforer-lonn"] : ["teknisk-samhandling-digdir"],
            basis: .operator,
            created: now
        )
    }

    private static func consent(
        _ id: String,
        from: Party,
        isOneTime: Bool,
        at now: Timestamp
    ) throws -> ConsentRequest {
        var consent = ConsentRequest(
            id: try uuid(id),
            from: from,
            to: World.consumer,
            validTo: now + .days(30),
            rights: [
                ConsentRight(
                    actions: ["consent"],
                    resource: try ResourceID(parsing: "demo-income"),
                    metadata: [ConsentRight.Metadata(key: "year", value: "2025")]
                )
            ],
            redirectURL: "https://bank.example.no/done",
            template: "poa",
            isOneTime: isOneTime,
            created: now
        )
        consent.answer = .accepted
        consent.consented = now
        consent.basis = .operator
        return consent
    }

    // MARK: Requests

    /// `authorization_details` of a system user's request.
    static func systemUser(_ owner: OrganisationNumber, externalRef: String? = nil) -> JSONValue {
        var detail: JSONObject = [
            "type": "urn:altinn:systemuser",
            "systemuser_org": ["authority": "iso6523-actorid-upis", "ID": .string("0192:\(owner)")],
        ]
        detail["externalRef"] = externalRef.map { .string($0) }
        return [.object(detail)]
    }

    /// `authorization_details` of a consent's request.
    static func consent(_ id: String, from: String? = nil) -> JSONValue {
        [
            [
                "type": "urn:altinn:consent", "id": .string(id),
                "from": .string(from ?? "urn:altinn:organization:identifier-no:\(customer)"),
            ]
        ]
    }

    /// A grant with these details.
    static func form(_ details: JSONValue, client: String = World.keyClient, _ more: JSONObject = [:]) throws -> String
    {
        var mint = AssertionMint(
            client: client,
            audience: LiveServer.issuer,
            scope: "demo:read",
            at: SystemClock().now,
            jti: UUID().uuidString,
            kid: "rsa-1"
        )
        mint.claims["authorization_details"] = details
        for member in more.members { mint.claims[member.name] = member.value }
        return try "\(RefusalCase.grantType)&assertion=\(mint.signed(by: TestKeys.rsa))"
    }

    /// The claims of the token in an answer.
    static func claims(of answer: LiveServer.Answer) throws -> JSONObject {
        #expect(answer.status == 200, "\(answer.body)")
        let token = try #require(try answer.json()["access_token"]?.string)
        let payload = try Base64URL.decode(token.split(separator: ".")[1])
        return try #require(try JSONValue(parsing: payload).object)
    }

    /// Serves the world with these parts in it.
    static func run(_ body: (LiveServer) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "portvakt-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let now = SystemClock().now
        try LiveServer.make(folder, at: now)
        try fill(folder, at: now)
        try await LiveServer.serve(folder) { try await body($0) }
    }

    /// What happened to the consent of the organisation.
    static func events(_ folder: String) throws -> [ConsentEvent.Kind] {
        let store = try SQLiteStore(DataFolder(path: folder), opening: .requireCurrent)
        defer { try? store.close() }
        return try store.read { try $0.events(of: try uuid(consentID)).map(\.kind) }
    }

    /// Changes the store as another process would.
    static func change(_ folder: String, _ body: (SQLiteTransaction) throws -> Void) throws {
        let store = try SQLiteStore(DataFolder(path: folder), opening: .requireCurrent)
        defer { try? store.close() }
        try store.transaction { transaction in
            try body(transaction)
            try transaction.raiseRevision()
        }
    }
}

@Suite("Tokens of system users (spec/maskinporten §8.1)", .serialized)
struct SystemUserTokenTests {
    @Test func `the token names vendor, system user, owner and system`() async throws {
        try await DetailWorld.run { server in
            let details = DetailWorld.systemUser(DetailWorld.customer)
            let claims = try DetailWorld.claims(of: try await server.token(DetailWorld.form(details)))
            #expect(claims["consumer"]?["ID"]?.string == World.consumer.iso6523)
            #expect(claims["supplier"] == nil)
            let golden = try Golden.normalised(JSONValue.object(claims).text())
                .replacing(/"jti": "[^"]+"/, with: #""jti": "<jti>""#)
            try Golden.expect(golden, equals: "claims/system-user.json")
            let entry = try #require(try server.entries(of: .tokenIssued).first)
            #expect(entry.details["system_user"]?.string == DetailWorld.userID)
        }
    }

    @Test func `the agent is addressed by its owner and external reference; id is read as ID`() async throws {
        try await DetailWorld.run { server in
            let details: JSONValue = [
                [
                    "type": "urn:altinn:systemuser", "externalRef": "agent",
                    "systemuser_org": ["id": .string(DetailWorld.customer.iso6523)],
                ]
            ]
            let claims = try DetailWorld.claims(of: try await server.token(DetailWorld.form(details)))
            #expect(claims["authorization_details"]?.array?.first?["systemuser_id"]?.strings == [DetailWorld.agentID])
        }
    }

    @Test func `deleted, refused at once; made anew, served again`() async throws {
        try await DetailWorld.run { server in
            func ask() async throws -> LiveServer.Answer {
                try await server.token(DetailWorld.form(DetailWorld.systemUser(DetailWorld.customer)))
            }
            for _ in 1...2 { _ = try DetailWorld.claims(of: try await ask()) }
            func delete(_ time: Timestamp?) throws {
                try DetailWorld.change(server.folder) { transaction in
                    var user = try #require(try transaction.systemUser(try DetailWorld.uuid(DetailWorld.userID)))
                    user.deleted = time
                    try transaction.put(user)
                }
            }
            try delete(SystemClock().now)
            let refused = try await ask()
            #expect(try refused.json()["reason"]?.string == "external_ref_mismatch", "\(refused.body)")
            #expect(try refused.json()["error"]?.string == "invalid_altinn_customer_configuration")
            try delete(nil)
            _ = try DetailWorld.claims(of: try await ask())
        }
    }

    /// The five causes of MP-303 (spec/maskinporten §4.3), and what is refused before it.
    @Test func `each cause has its own reason`() async throws {
        try await DetailWorld.run { server in
            func expect(
                _ reason: String,
                _ code: String = "MP-303",
                golden: String? = nil,
                for details: JSONValue,
                _ more: JSONObject = [:]
            ) async throws {
                let answer = try await server.token(DetailWorld.form(details, more))
                let body = try answer.json()
                #expect(body["reason"]?.string == reason, "\(answer.body)")
                #expect(body["code"]?.string == code)
                #expect(answer.status == 400)
                if let golden {
                    try Golden.expect(try Golden.normalised(answer.body), equals: "details/\(golden).json")
                }
            }
            let customer = DetailWorld.customer
            try await expect(
                "system_user_unknown",
                golden: "system-user-unknown",
                for: DetailWorld.systemUser(World.unknown)
            )
            try await expect(
                "external_ref_mismatch",
                golden: "external-ref-mismatch",
                for: DetailWorld.systemUser(customer, externalRef: "x")
            )
            try await expect(
                "system_user_not_approved",
                golden: "system-user-not-approved",
                for: DetailWorld.systemUser(World.stranger)
            )
            try await expect(
                "agent_addressed_by_client",
                golden: "agent-addressed-by-client",
                for: DetailWorld.systemUser(World.bankrupt)
            )
            try await expect("authorization_details_type_unknown", "MP-301", for: [["type": "urn:example"]])
            try await expect(
                "authorization_details_member_unknown",
                "MP-302",
                golden: "member-unknown",
                for: [["type": "urn:altinn:systemuser", "external_ref": "x"]]
            )
            try await expect(
                "authorization_details_value",
                golden: "value",
                for: [["type": "urn:altinn:systemuser", "systemuser_org": ["ID": "310000000"]]]
            )
            let one = DetailWorld.systemUser(customer).array ?? []
            try await expect("authorization_details_value", for: .array(one + one))
            try await expect("claim_malformed", "MP-011", for: [])
            try await expect(
                "claims_exclusive",
                "MP-011",
                for: DetailWorld.systemUser(customer),
                [
                    "consumer_org": .string("\(World.stranger)")
                ]
            )
            try DetailWorld.change(server.folder) { transaction in
                var system = try #require(try transaction.system(try SystemID(parsing: DetailWorld.system)))
                system.clients = []
                try transaction.put(system)
            }
            try await expect(
                "client_not_on_system",
                golden: "client-not-on-system",
                for: DetailWorld.systemUser(customer)
            )
        }
    }

    @Test func `client credentials may say it in the form, in the assertion, or alike in both`() async throws {
        try await DetailWorld.run { server in
            func ask(_ form: JSONValue?, _ signed: JSONValue?) async throws -> LiveServer.Answer {
                var mint = AssertionMint(
                    client: World.keyClient,
                    audience: LiveServer.issuer,
                    scope: "demo:read",
                    at: SystemClock().now,
                    jti: UUID().uuidString,
                    kid: "rsa-1"
                )
                mint.claims["scope"] = JSONValue?.none
                mint.claims["sub"] = .string(World.keyClient)
                mint.claims["authorization_details"] = signed
                var text = "grant_type=client_credentials&scope=demo%3Aread&client_assertion_type="
                text += "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
                text += "&client_assertion=\(try mint.signed(by: TestKeys.rsa))"
                if let form {
                    let value = form.text().addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                    text += "&authorization_details=\(value)"
                }
                return try await server.token(text)
            }
            let details = DetailWorld.systemUser(DetailWorld.customer)
            for (form, signed) in [(details, nil), (nil, details), (details, details)] as [(JSONValue?, JSONValue?)] {
                let claims = try DetailWorld.claims(of: try await ask(form, signed))
                #expect(
                    claims["authorization_details"]?.array?.first?["systemuser_id"]?.strings == [DetailWorld.userID]
                )
            }
            let differing = try await ask(details, DetailWorld.consent(DetailWorld.consentID))
            #expect(try differing.json()["reason"]?.string == "parameters_disagree", "\(differing.body)")
        }
    }
}
