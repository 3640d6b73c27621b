import AuditLedger
import Delegations
import Foundation
import JOSE
import SQLiteStorage
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt decide and accesslist")
struct DecideCommandTests {
    private let world: AdministrationWorld
    private static let list = "\(AdministrationWorld.owner):readers"

    /// Prefix `acme`, and the resource `acme-catch` that bundles `acme:a` and asks for APIADM.
    init() async throws {
        world = try await AdministrationWorld()
        await world.prepare()
        let store = try SQLiteStore(.init(path: world.data), opening: .requireCurrent)
        let id = try ResourceID(parsing: "acme-catch")
        let text = LocalisedText(["nb": "a", "nn": "a", "en": "a"])
        var resource = Resource(
            identifier: id,
            type: .maskinportenSchema,
            title: text,
            description: text,
            rightDescription: text,
            competentAuthority: .init(organisation: AdministrationWorld.owner)
        )
        resource.references = [.init(reference: "acme:a", type: .maskinportenScope)]
        resource.accessListMode = .enabled
        try store.transaction { [resource] transaction in
            try transaction.put(resource, at: AdministrationWorld.now)
            try transaction.setPolicy(Array(Self.policy.utf8), of: id, at: AdministrationWorld.now)
            try transaction.insert(
                ScopeDelegation(
                    id: DelegationID(UUID()),
                    consumer: AdministrationWorld.consumer,
                    supplier: AdministrationWorld.other,
                    resource: id,
                    since: AdministrationWorld.now,
                    basis: .operator
                )
            )
        }
        try store.close()
    }

    private func decide(_ arguments: String...) async -> CommandLineRun {
        await world.run(
            [
                "decide", "--subject", "\(AdministrationWorld.other)", "--action", "ScopeAccess", "--resource",
                "acme-catch",
                "--party", "\(AdministrationWorld.consumer)",
            ] + arguments
        )
    }

    @Test func `exits with 3 unless it is Permit, and a list that admits the party makes it that`() async throws {
        let denied = await decide("--output", "json")
        #expect(denied.status == .negative)
        #expect(try JSONValue(parsing: denied.output)["decision"]?.string == "Deny")
        for arguments in [
            ["accesslist", "set", Self.list, "Readers"],
            ["accesslist", "add", Self.list, "\(AdministrationWorld.consumer)"],
            ["accesslist", "connect", Self.list, "acme-catch", "--action", "ScopeAccess"],
        ] {
            let run = await world.run(arguments)
            #expect(run.status == .done, "\(arguments): \(run.errors)")
        }
        let permitted = await decide("--output", "json")
        #expect(permitted.status == .done, "\(permitted.errors)")
        let result = try JSONValue(parsing: permitted.output)
        #expect(result["decision"]?.string == "Permit")
        #expect(result["minimum_level"]?.integer == 3)
        #expect(result["decided_by"]?.string?.hasPrefix("delegation `") == true)
        let removed = await world.run("accesslist", "remove", Self.list, "\(AdministrationWorld.consumer)", "--yes")
        #expect(removed.status == .done)
        #expect(await decide().status == .negative)
        let kinds = try world.events().map(\.kind.rawValue).filter { $0.hasPrefix("access_list") }
        #expect(
            kinds == [
                "access_list_created", "access_list_member_added", "access_list_connected",
                "access_list_member_removed",
            ]
        )
    }

    @Test func `explains each step`() async throws {
        let run = await decide("--explain", "--output", "json")
        #expect(run.status == .negative)
        let items = try #require(try JSONValue(parsing: run.output)["items"]?.array)
        #expect(
            items.compactMap { $0["step"]?.string } == [
                "question", "subject", "policy", "delegation", "access_list", "decision",
            ]
        )
        #expect(items.last?["text"]?.string?.hasPrefix("`Deny` by the resource's access lists: ") == true)
    }

    @Test func `takes a request of the JSON profile, and answers with its response`() async throws {
        let request = try world.file(
            "request.json",
            """
            {"Request":{"AccessSubject":[{"Attribute":[{"AttributeId":"urn:altinn:organization:identifier-no",\
            "Value":"\(AdministrationWorld.other)"}]}],"Action":[{"Attribute":[{"AttributeId":\
            "urn:oasis:names:tc:xacml:1.0:action:action-id","Value":"ScopeAccess"}]}],"Resource":[{"Attribute":[\
            {"AttributeId":"urn:altinn:resource","Value":"acme-catch","IncludeInResult":true},\
            {"AttributeId":"urn:altinn:organization:identifier-no","Value":"\(AdministrationWorld.other)"}]}]}}
            """
        )
        let run = await world.run("decide", request, "--response")
        #expect(run.status == .negative)
        let result = try #require(
            try JSONValue(parsing: run.output.trimmingCharacters(in: .newlines))["Response"]?.array?.first
        )
        #expect(result["Decision"]?.string == "NotApplicable")
        #expect(result["Category"]?.array?.count == 1)
        #expect(result["Obligations"] == nil)
    }

    @Test func `says what is wrong with a question`() async throws {
        let broken = try world.file("broken.json", "{\"Request\":[]}")
        let run = await world.run("decide", broken)
        #expect(run.status == .failed)
        #expect(run.errors.contains("`Request` must be an object"))
        #expect(await world.run("decide").status == .usage)
        #expect(await world.run("decide", broken, "--subject", "1").status == .usage)
        #expect(await world.run("accesslist", "show", "readers").status == .usage)
        let unknown = await world.run("accesslist", "show", Self.list)
        #expect(unknown.status == .failed)
        #expect(unknown.errors.contains("there is no access list `\(Self.list)`"))
    }

    @Test func `lists and shows access lists`() async throws {
        for arguments in [
            ["accesslist", "set", Self.list, "Readers", "--description", "May read"],
            ["accesslist", "add", Self.list, "\(AdministrationWorld.consumer)", "\(AdministrationWorld.other)"],
            ["accesslist", "connect", Self.list, "acme-catch"],
        ] { #expect(await world.run(arguments).status == .done) }
        let list = try JSONValue(parsing: await world.run("accesslist", "list", "--output", "json").output)
        #expect(list["items"]?.array?.first?["members"]?.integer == 2)
        let shown = try JSONValue(parsing: await world.run("accesslist", "show", Self.list, "--output", "json").output)
        #expect(shown["description"]?.string == "May read")
        #expect(shown["resources"]?.array?.first?["resource"]?.string == "acme-catch")
        #expect(await world.run("accesslist", "disconnect", Self.list, "acme-catch", "--yes").status == .done)
        #expect(await world.run("accesslist", "delete", Self.list).status == .usage)
        #expect(await world.run("accesslist", "delete", Self.list, "--yes").status == .done)
        #expect(await world.run("accesslist", "delete", Self.list, "--yes").status == .failed)
    }

    private static let policy: String = {
        func match(_ attribute: String, _ value: String, _ category: String) -> String {
            """
            <Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case"><AttributeValue \
            DataType="http://www.w3.org/2001/XMLSchema#string">\(value)</AttributeValue><AttributeDesignator \
            AttributeId="\(attribute)" Category="\(category)" DataType="http://www.w3.org/2001/XMLSchema#string" \
            MustBePresent="false"/></Match>
            """
        }
        let subject = match(
            "urn:altinn:rolecode",
            "APIADM",
            "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"
        )
        let resource = match(
            "urn:altinn:resource",
            "acme-catch",
            "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"
        )
        let action = match(
            "urn:oasis:names:tc:xacml:1.0:action:action-id",
            "ScopeAccess",
            "urn:oasis:names:tc:xacml:3.0:attribute-category:action"
        )
        return """
            <?xml version="1.0" encoding="utf-8"?>
            <Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1.0" \
            RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/>\
            <Rule RuleId="access" Effect="Permit"><Target><AnyOf><AllOf>\(subject)\(resource)\(action)</AllOf></AnyOf>\
            </Target></Rule><ObligationExpressions><ObligationExpression FulfillOn="Permit" ObligationId="level">\
            <AttributeAssignmentExpression AttributeId="a" Category="urn:altinn:minimum-authenticationlevel">\
            <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">3</AttributeValue>\
            </AttributeAssignmentExpression></ObligationExpression></ObligationExpressions></Policy>
            """
    }()
}
