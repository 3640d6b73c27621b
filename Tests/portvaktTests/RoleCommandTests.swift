import AuditLedger
import Foundation
import JOSE
import Organisations
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt role, and roles in org import and org show")
struct RoleCommandTests {
    private let world: AdministrationWorld
    private let kari: SyntheticRegister.Person
    private let ola: SyntheticRegister.Person

    init() async throws {
        world = try await AdministrationWorld()
        kari = try Self.person(born: "1990-01-01", "RASK")
        ola = try Self.person(born: "1991-02-02", "LUR")
    }

    private static func person(born: String, _ name: String) throws -> SyntheticRegister.Person {
        let day = try #require(CalendarDate(parsing: born))
        return try #require(
            (0..<20).lazy.compactMap {
                SyntheticRegister.Person(birthDate: day, serial: $0, givenName: name, familyName: "ELG")
            }.first
        )
    }

    /// A file with a person's number, its owner's alone.
    private func number(of person: SyntheticRegister.Person) throws -> String {
        let path = try world.file("number-\(UUID().uuidString)", person.number.exposed + "\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return path
    }

    /// The owner's managing director and accountant, in one of the register's shapes.
    private func importRoles(authorised: Bool = true, _ more: String...) async throws -> CommandLineRun {
        let number = authorised ? #","fodselsnummer":"\#(kari.number.exposed)""# : ""
        let file = try world.file(
            "roles.json",
            """
            [{"organisasjonsnummer":"\(AdministrationWorld.owner)","rollegrupper":[{"type":{"kode":"DAGL"},"roller":[
            {"type":{"kode":"DAGL"},"person":{"navn":{"fornavn":"RASK","etternavn":"ELG"},"fodselsdato":"1990-01-01"\(number)}},
            {"type":{"kode":"REGN"},"enhet":{"organisasjonsnummer":"\(AdministrationWorld.consumer)"}}]}]}]
            """
        )
        return await world.run(["org", "import", file] + more)
    }

    @Test func `org import takes roles, told from the content, and counts them`() async throws {
        let run = try await importRoles(authorised: true, "--json")
        #expect(run.status == .done, "\(run.errors)")
        let members = try run.json
        #expect(members["kinds"] as? [String] == ["roles"])
        #expect(members["new"] as? Int == 1)
        #expect(members["roles"] as? Int == 2)
        #expect(members["roles_unlinked"] as? Int == 0)
        #expect(try world.events().last?.kind == .rolesImported)
        #expect(try await importRoles().output.contains("unchanged\t1\n"))
    }

    @Test func `org show counts roles, and role list names holders by number or pseudonym`() async throws {
        _ = try await importRoles()
        let shown = try await world.run("org", "show", "\(AdministrationWorld.owner)", "--json").json
        #expect(shown["roles"] as? [String] == ["DAGL=1", "REGN=1"])
        let list = await world.run("role", "list", "\(AdministrationWorld.owner)", "--json")
        #expect(list.output.contains("\"\(AdministrationWorld.consumer)\""))
        #expect(!list.output.contains(kari.number.exposed) && !list.output.contains("RASK"))
        let held = await world.run("role", "list", "--person", try number(of: kari), "--output", "tsv")
        #expect(held.output.contains("\(AdministrationWorld.owner)\tEIER\tDAGL\tregister"))
    }

    @Test func `with organisation and person every way to a role is told`() async throws {
        _ = try await importRoles()
        let run = await world.run(
            "role",
            "list",
            "\(AdministrationWorld.owner)",
            "--person",
            try number(of: kari),
            "--output",
            "tsv"
        )
        let owner = AdministrationWorld.owner
        #expect(run.output.contains("APIADM\t`\(owner)` has assigned `DAGL`; given by `DAGL`"))
        let none = await world.run("role", "list", "\(owner)", "--person", try number(of: ola))
        #expect(none.status == .done)
        #expect(!none.output.contains("APIADM"))
    }

    @Test func `a role is given and taken back by the operator's act, each once`() async throws {
        let arguments = [
            "role", "give", "\(AdministrationWorld.owner)", "apiadm", "--to", "\(AdministrationWorld.other)", "--json",
        ]
        #expect(try await world.run(arguments).json["result"] as? String == "given")
        #expect(try await world.run(arguments).json["result"] as? String == "already")
        let event = try #require(try world.events().last)
        #expect(event.kind == .roleGiven)
        #expect(event.details["basis"]?.string == "operator")
        #expect(event.details["role"]?.string == "APIADM")
        #expect(event.consumer == AdministrationWorld.owner)
        let revoke = [
            "role", "revoke", "\(AdministrationWorld.owner)", "APIADM", "--from", "\(AdministrationWorld.other)",
            "--json",
            "--yes",
        ]
        #expect(try await world.run(revoke).json["result"] as? String == "revoked")
        #expect(try await world.run(revoke).json["result"] as? String == "already")
        #expect(try world.events().last?.kind == .roleRevoked)
    }

    @Test func `a person is given a role by a number that is kept nowhere`() async throws {
        let run = await world.run(
            "role",
            "give",
            "\(AdministrationWorld.owner)",
            "HADM",
            "--to-person",
            try number(of: ola),
            "--json"
        )
        #expect(run.status == .done, "\(run.errors)")
        #expect(!run.output.contains(ola.number.exposed))
        let ledger = try world.events().map { "\($0)" }.joined()
        #expect(!ledger.contains(ola.number.exposed))
        let database = try Data(contentsOf: URL(filePath: world.data + "/portvakt.db"))
        #expect(database.range(of: Data(ola.number.exposed.utf8)) == nil)
    }

    @Test func `what cannot be given is refused with a code`() async throws {
        for (role, code) in [("DAGL", "role_not_givable"), ("NONE", "role_not_givable")] {
            let run = await world.run(
                "role",
                "give",
                "\(AdministrationWorld.owner)",
                role,
                "--to",
                "\(AdministrationWorld.other)",
                "--json"
            )
            #expect(run.status == .failed)
            #expect(run.errors.contains("\"\(code)\""))
        }
        let owner = "\(AdministrationWorld.owner)"
        #expect(
            await world.run("role", "give", owner, "APIADM", "--to", owner, "--json").errors.contains("role_to_itself")
        )
        let stranger = "\(AdministrationWorld.number(31_999_999))"
        let unknown = await world.run("role", "give", stranger, "APIADM", "--to", owner, "--json")
        #expect(unknown.errors.contains("\"organisation_unknown\""))
        #expect(await world.run("role", "give", owner, "APIADM").status == .usage)
        let noNumber = try world.file("none", "12345678901")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: noNumber)
        let refused = await world.run("role", "give", owner, "APIADM", "--to-person", noNumber, "--json")
        #expect(refused.status == .usage)
        #expect(!refused.errors.contains("12345678901"))
    }

    @Test func `a person of open data is nobody until linked, and after that has the role`() async throws {
        let imported = try await importRoles(authorised: false, "--json")
        #expect(try imported.json["roles_unlinked"] as? Int == 1)
        let owner = "\(AdministrationWorld.owner)"
        let file = try number(of: kari)
        let before = await world.run("role", "list", owner, "--person", file)
        #expect(!before.output.contains("APIADM"))
        #expect(before.errors.contains("portvakt role link"))
        let wrong = await world.run(
            "role",
            "link",
            owner,
            "DAGL",
            "--name",
            "RASK ELG",
            "--born",
            "1990-01-02",
            "--person",
            file,
            "--json"
        )
        #expect(wrong.errors.contains("\"pseudonym_not_found\""))
        let link = await world.run(
            "role",
            "link",
            owner,
            "DAGL",
            "--name",
            "Rask  Elg",
            "--born",
            "1990-01-01",
            "--person",
            file,
            "--json"
        )
        #expect(link.status == .done, "\(link.errors)")
        let pseudonym = try #require(try link.json["pseudonym"] as? String)
        #expect(try world.events().last?.kind == .personLinked)
        #expect(await world.run("role", "list", owner, "--person", file).output.contains("APIADM"))
        #expect(
            try await world.run("role", "unlink", pseudonym, "--json", "--yes").json["result"] as? String
                == "unlinked"
        )
        #expect(await !world.run("role", "list", owner, "--person", file).output.contains("APIADM"))
    }

    @Test func `without its key the data folder is not given another one`() async throws {
        _ = try await importRoles()
        try FileManager.default.removeItem(atPath: world.data + "/keys/pseudonym.key")
        let run = try await importRoles(authorised: true, "--json")
        #expect(run.status == .failed)
        #expect(run.errors.contains("\"pseudonym_key\""))
    }
}
