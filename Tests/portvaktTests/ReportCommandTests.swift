import AuditLedger
import Delegations
import Foundation
import JOSE
import SQLiteStorage
import Server
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt report")
struct ReportCommandTests {
    private static let owner = AdministrationWorld.owner
    private static let consumer = AdministrationWorld.consumer
    private static let other = AdministrationWorld.other
    /// Made up; its control digits hold.
    private static let number = "01019010046"

    private let world: AdministrationWorld

    init() async throws {
        world = try await AdministrationWorld()
        await world.prepare()
    }

    private func run(_ arguments: String...) async {
        let run = await world.run(arguments)
        #expect(run.status == .done, "\(arguments): \(run.errors)")
    }

    /// A scope that is delegated, one with an unproven supplier, one that is open to all.
    private func share() async throws {
        let file = try world.file(
            "acme.yaml",
            """
            prefix: acme
            owner_orgno: "\(Self.owner)"
            scopes:
              - subscope: a
                description: Catch reports
                delegation_source: internal
                legal_basis: Act on fisheries § 1
                purpose: Control | of catches
                data_categories: [catches, vessels]
              - subscope: b
                description: Landings
                allows_unproven_supplier: true
              - subscope: c
                description: Tides
                accessible_for_all: true
            """
        )
        await run("scope", "apply", file, "--yes")
        await run("access", "grant", "acme:b", "\(Self.consumer)", "--purpose", "Research", "--until", "2027-06-30")
        await run("access", "grant", "acme:b", "\(Self.other)")
        await run("delegation", "grant", "\(Self.consumer)", "\(Self.other)", "acme:a")
        await run("access", "agree", "acme:a", "\(Self.consumer)", "\(Self.other)", "--reference", "Case 14")
        await run(
            "client",
            "create",
            "--org",
            "\(Self.consumer)",
            "--supplier",
            "\(Self.other)",
            "--name",
            "S",
            "--scope",
            "acme:b"
        )
        await run("client", "create", "--org", "\(Self.other)", "--name", "T", "--scope", "acme:c")
    }

    // MARK: Processing

    @Test(arguments: ["markdown", "csv", "json"])
    func `the record of processing in each of its forms`(format: String) async throws {
        try await share()
        let run = await world.run("report", "processing", "--format", format)
        #expect(run.status == .done, "\(run.errors)")
        try CommandGolden.expect(run.output, equals: "report-processing/record.\(format)")
    }

    @Test func `of one organisation, what it shares, uses or processes for others`() async throws {
        try await share()
        let run = await world.run("report", "processing", "--org", "\(Self.other)", "--json")
        let items = try #require(try run.json["items"] as? [[String: Any]])
        let lines = items.map { "\($0["scope"] ?? "") \($0["consumer_orgno"] ?? "") \($0["supplier_orgno"] ?? "")" }
        #expect(
            lines == [
                "acme:a \(Self.consumer) \(Self.other)", "acme:b \(Self.other) <null>",
                "acme:b \(Self.consumer) \(Self.other)", "acme:c \(Self.other) <null>",
            ]
        )
        #expect(items.map { $0["supplier_proof"] as? String } == ["delegation", nil, "unproven", nil])
    }

    // MARK: A person

    /// A file with a number, its owner's alone.
    private func number(_ text: String) throws -> String {
        let path = try world.file("number-\(UUID().uuidString)", text + "\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return path
    }

    @Test(arguments: ["markdown", "csv", "json"])
    func `what is kept about a person in each of its forms, and never the number`(format: String) async throws {
        let key = try PseudonymKeyFile.readOrMake(in: world.data, isUsed: false)
        let national = try #require(NationalIdentityNumber(parsing: Self.number))
        let person = key.pseudonym(of: national)
        let director = try #require(RoleCode(parsing: "DAGL"))
        let store = try SQLiteStore(.init(path: world.data), opening: .requireCurrent)
        try store.transaction { transaction in
            try transaction.give(
                RoleAssignment(
                    organisation: Self.consumer,
                    role: director,
                    holder: .person(person),
                    source: .given
                )
            )
            try transaction.raiseRevision()
        }
        try store.close()
        try world.remember { event in
            event.kind = .tokenIssued
            event.client = try ClientID(parsing: "client-1")
            event.consumer = Self.consumer
            event.scopes = [try ScopeName(parsing: "acme:a")]
            event.tokenID = TokenID("token-1")
            event.details["pid"] = true
            event.details["person"] = .string("\(person)")
        }
        try world.remember { event in
            event.kind = .delegationGiven
            event.consumer = Self.consumer
            event.supplier = Self.other
            event.details["actor_person"] = .string("\(person)")
            event.details["actor_organisation"] = .string("\(Self.owner)")
        }
        // Another person's, and a token that named nobody.
        try world.remember { event in
            event.kind = .tokenIssued
            event.details["person"] = .string(String(repeating: "0", count: 64))
        }
        let run = await world.run("report", "person", "--format", format, "--person", try number(Self.number))
        #expect(run.status == .done, "\(run.errors)")
        #expect(!(run.output + run.errors).contains(Self.number))
        try CommandGolden.expect(run.output, equals: "report-person/report.\(format)")
    }

    @Test func `nothing is told of what is no number, nor is it repeated`() async throws {
        let run = await world.run("report", "person", "--person", try number("01019010047"))
        #expect(run.status == .usage)
        #expect(!run.errors.contains("0101901004"))
    }

    @Test func `nothing is kept about a stranger`() async throws {
        let run = await world.run("report", "person", "--json", "--person", try number(Self.number))
        #expect(try (run.json["items"] as? [Any])?.isEmpty == true)
    }
}
