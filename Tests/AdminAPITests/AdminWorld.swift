@testable import AdminAPI
import Administration
import AuditLedger
import Delegations
import Foundation
import HTTPServer
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import LibCrypto
import Logging
import NIOCore
import Organisations
import SQLiteStorage
import Scopes
import Synchronization
import TestSupport
import TestTokens
import Testing
import TokenIssuance
import Vocabulary

/// A store in which a test's acts happen as the server's do, though on the test's own thread.
struct TestStore: AdministrationStore {
    let store: SQLiteStore

    func read<Value: Sendable>(_ body: @escaping @Sendable (SQLiteReader) throws -> Value) async throws -> Value {
        try await store.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteTransaction) throws -> Value
    ) async throws -> Value {
        try store.transaction(body)
    }
}

/// Which tokens do not stand any more, as a test has it.
final class EndedTokens: Sendable {
    private let identifiers = Mutex<Set<TokenID>>([])

    func contains(_ token: TokenID) -> Bool { identifiers.withLock { $0.contains(token) } }

    func insert(_ token: TokenID) { identifiers.withLock { _ = $0.insert(token) } }
}

/// The admin listener over a real database, with the keys to mint tokens for it.
final class AdminWorld {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let issuer = "https://test.example.no/"
    static let adminURL = "http://localhost/"

    let store: SQLiteStore
    let clock = FixedClock(AdminWorld.now)
    let keys: SigningKeyRing
    let keyID: KeyID
    let pseudonyms: PseudonymKey
    let nonces = DPoPNonces()
    /// Tokens that somebody has ended.
    let ended = EndedTokens()
    private let folder: DataFolder
    private let listener: AdminListener
    let api: AdminAPI<TestStore>
    let settings: AdminSettings

    /// The key that portals' tokens are bound to.
    let prover: ProofMint
    private let proofs = Mutex(0)

    init(isProofNonceRequired: Bool = false) throws {
        prover = try ProofMint()
        let url = FileManager.default.temporaryDirectory.appending(path: "portvakt-admin-api-\(UUID())")
        folder = DataFolder(path: url.path)
        try folder.create()
        store = try SQLiteStore(folder, opening: .migrate)
        keyID = try KeyID(parsing: "signing-1")
        keys = SigningKeyRing([
            SigningKeyRing.Key(
                record: SigningKeyRecord(id: keyID, algorithm: .es256, published: Self.now, activates: Self.now),
                privateKey: TestKeys.p256
            )
        ])
        pseudonyms = try #require(PseudonymKey(bytes: [UInt8](repeating: 7, count: PseudonymKey.length)))
        let issuer = try Issuer(parsing: Self.issuer)
        let settings = AdminSettings(
            issuer: issuer,
            adminURL: Self.adminURL,
            portalURL: "https://portal.example.no/",
            keys: keys,
            pseudonyms: pseudonyms,
            proofNonces: nonces,
            isProofNonceRequired: isProofNonceRequired,
            policy: IssuancePolicy(
                issuer: issuer,
                administrationAudience: Self.adminURL,
                pseudonyms: pseudonyms
            ),
            clock: clock,
            standing: { [ended] token, _ in !ended.contains(token.tokenID) }
        )
        self.settings = settings
        api = AdminAPI(store: TestStore(store: store), settings: settings)
        listener = AdminListener(
            issuer: issuer,
            hosts: ["localhost"],
            api: api,
            readiness: Readiness(),
            clock: clock,
            traceIDs: CountingTraceIDs(),
            logger: .silent
        )
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    // MARK: The register

    /// Puts living organisations of a form into the register.
    func know(_ numbers: OrganisationNumber..., form: String = "AS") throws {
        let importer = SQLiteOrganisationImport(into: store) { _ in
            LedgerEvent(time: AdminWorld.now, kind: .organisationsImported)
        }
        try importer.begin()
        try importer.stage(
            added: numbers.sorted().map {
                Organisation(
                    number: $0,
                    kind: .mainUnit,
                    name: "DEMO \($0)",
                    form: Organisation.Form(code: form, description: nil)
                )
            },
            changed: []
        )
        try importer.apply(ImportReport(document: .wholeRegister, mode: .update, isDryRun: false))
    }

    /// Acts as the operator.
    @discardableResult
    func act<Result>(_ body: (Administration<SQLiteTransaction>) throws -> Result) throws -> Result {
        let actor = Actor(operatingSystemUser: "kari", host: "vakt1")
        return try store.transaction { try body(Administration(in: $0, by: actor, at: clock.now)) }
    }

    /// Gives a person a role, as the register or an access manager would.
    func give(_ role: RoleCode, for organisation: OrganisationNumber, to number: String) throws {
        let person = Party.person(try pseudonym(number))
        try store.transaction { transaction in
            try transaction.give(
                RoleAssignment(organisation: organisation, role: role, holder: person, source: .given)
            )
            try transaction.raiseRevision()
        }
    }

    /// The newest event of the ledger.
    func lastEvent() throws -> LedgerEvent? {
        try store.read { reader in
            var last: LedgerEvent?
            try reader.visitEntries(LedgerQuery(), after: 0) { content in
                last = content.event
                return true
            }
            return last
        }
    }

    // MARK: Tokens and requests

    /// The claims of a token with these scopes; change them and ``mint(_:)``.
    func claims(
        _ scopes: [String],
        of consumer: OrganisationNumber = AdminWorld.owner,
        pid: String? = nil
    ) -> JSONObject {
        var claims: JSONObject = [
            "iss": .string(Self.issuer),
            "client_id": "7e6f0a3a-28d8-4ac2-8a10-000000000001",
            "consumer": ["authority": "iso6523-actorid-upis", "ID": .string(consumer.iso6523)],
            "scope": .string(scopes.joined(separator: " ")),
            "token_type": "Bearer",
            "iat": .integer(clock.now.seconds),
            "exp": .integer(clock.now.seconds + 120),
            "jti": "token-1",
            "aud": .string(Self.adminURL),
        ]
        if let pid {
            claims["pid"] = .string(pid)
            // DESIGN §8: where a person acts the token is bound to a key.
            claims["token_type"] = "DPoP"
            claims["cnf"] = ["jkt": .string(prover.thumbprint)]
        }
        return claims
    }

    /// A proof for a request with a token; each has a `jti` of its own.
    func proof(_ method: HTTPRequest.Method, _ path: String, token: String) throws -> String {
        try prover.proof(draft(method, path, token: token))
    }

    /// What a good proof says.
    func draft(_ method: HTTPRequest.Method, _ path: String, token: String) -> DPoPProofDraft {
        let number = proofs.withLock { number in
            number += 1
            return number
        }
        return DPoPProofDraft(
            method: method.rawValue,
            url: Self.adminURL + path.drop { $0 == "/" },
            identifier: "proof-\(number)",
            issuedAt: clock.now,
            accessToken: token
        )
    }

    func mint(
        _ claims: JSONObject,
        type: String = "JWT",
        key: PrivateKey = TestKeys.p256,
        kid: String? = nil
    ) throws -> String {
        try CompactJWS.sign(
            header: ["alg": "ES256", "kid": .string(kid ?? keyID.rawValue), "typ": .string(type)],
            payload: claims.encoded(),
            with: key,
            algorithm: .es256
        )
    }

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        token: String? = nil,
        headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> TestResponse {
        var headers = headers
        if let token, !headers.contains(.authorization) {
            // What is no token is sent as the bearer token that it is not.
            let claims = try? CompactJWS(parsing: token).payloadObject()
            let isBound = claims?["token_type"] == "DPoP"
            headers[.authorization] = (isBound ? "DPoP " : "Bearer ") + token
            if isBound, !headers.contains(.dpop) { headers[.dpop] = try proof(method, path, token: token) }
        }
        if body != nil, !headers.contains(.contentType) { headers[.contentType] = "application/json" }
        return try await Application(responder: listener, logger: .silent).test(.router) { [headers] client in
            try await client.execute(
                uri: path,
                method: method,
                headers: headers,
                body: body.map { ByteBuffer(string: $0) }
            )
        }
    }

    /// A request with a good token of these scopes.
    func call(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ scopes: AdministrativeScope...,
        of consumer: OrganisationNumber = AdminWorld.owner,
        pid: String? = nil,
        prefixes: [String] = [],
        headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> TestResponse {
        var names = scopes.map(\.rawValue)
        var headers = headers
        let level = HTTPField.Name.authenticationLevel
        if pid != nil, !headers.contains(level) { headers[level] = "3" }
        if pid != nil, !scopes.contains(.portal) { names.append(AdministrativeScope.portal.rawValue) }
        var claims = claims(names, of: consumer, pid: pid)
        if !prefixes.isEmpty { claims["consumer_prefix"] = .strings(prefixes) }
        return try await send(method, path, token: try mint(claims), headers: headers, body: body)
    }

    // MARK: Names

    static let operatorOrganisation = number(31_000_001)
    static let owner = number(31_000_012)
    static let consumer = number(31_420_077)
    static let supplier = number(31_234_567)
    static let stranger = number(31_999_999)

    static func number(_ stem: Int) -> OrganisationNumber { OrganisationNumber(stem: stem) ?? number(stem + 1) }

    static func scope(_ text: String) throws -> ScopeName { try ScopeName(parsing: text) }

    /// Synthetic persons: months above 80.
    static let director = person("17858499")
    static let member = person("02857798")

    /// A number with both control digits behind its first nine.
    private static func person(_ stem: String) -> String {
        for serial in 0..<1_000 {
            let text = String(stem.prefix(6)) + String(repeating: "0", count: 3 - String(serial).count) + "\(serial)"
            for control in 0..<100 {
                let number = text + (control < 10 ? "0" : "") + "\(control)"
                if NationalIdentityNumber(parsing: number) != nil { return number }
            }
        }
        preconditionFailure("no number begins with \(stem)")
    }

    func pseudonym(_ number: String) throws -> PersonPseudonym {
        pseudonyms.pseudonym(of: try #require(NationalIdentityNumber(parsing: number)))
    }
}

/// Trace ids in order: `…01`, `…02` and so on.
final class CountingTraceIDs: TraceIDSource {
    private let count = Mutex<UInt64>(0)

    func next() -> TraceID {
        TraceID(
            high: 0,
            low: count.withLock { count in
                count += 1
                return count
            }
        )
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension TestResponse {
    var text: String { String(buffer: body) }

    func json() throws -> JSONValue { try JSONValue(parsing: Array(body.readableBytesView)) }

    func object() throws -> JSONObject { try #require(json().object) }

    func array() throws -> [JSONValue] { try #require(json().array) }
}

/// Wire documents kept byte for byte; `PORTVAKT_GOLDEN=write` writes them anew.
enum Golden {
    static func check(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
        if ProcessInfo.processInfo.environment["PORTVAKT_GOLDEN"] == "write" {
            try Data(text.utf8).write(to: file)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        #expect(text == kept, "differs from Golden/\(name)", sourceLocation: sourceLocation)
    }
}
