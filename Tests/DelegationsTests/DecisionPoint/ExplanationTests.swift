import Delegations
import Foundation
import JOSE
import TestSupport
import Testing
import Vocabulary
import XACML

@Suite("Explanations of decisions")
struct ExplanationTests {
    /// The kinds of decision, each with its file.
    static let cases: [(name: String, outcome: @Sendable () throws -> DecisionOutcome)] = [
        ("permit-by-role", { try DecisionWorld().decide(.party(.person(DecisionWorld.director))) }),
        ("not-applicable", { try DecisionWorld().decide(.party(.person(DecisionWorld.member))) }),
        (
            "permit-by-delegation",
            {
                var world = try DecisionWorld()
                world.delegate()
                return try world.decide(.party(.organisation(DecisionWorld.supplier)))
            }
        ),
        (
            "permit-by-delegation-to-key-role",
            {
                var world = try DecisionWorld()
                world.delegate()
                return try world.decide(.party(.person(DecisionWorld.chair)))
            }
        ),
        (
            "permit-by-system-user-right",
            {
                var world = try DecisionWorld()
                let service = DecisionWorld.resource("acme-service")
                try world.add(service, DecisionPolicy.schema(service))
                try world.addSystemUser(rights: [SystemRight(resource: service)])
                return try world.decide(.systemUser(DecisionWorld.systemUser), "ScopeAccess", service)
            }
        ),
        (
            "deny-by-access-list",
            {
                var world = try DecisionWorld()
                world.resources[DecisionWorld.schema]?.accessListMode = .enabled
                return try world.decide(.party(.person(DecisionWorld.director)))
            }
        ),
        (
            "permit-by-main-unit-and-key-role",
            {
                var world = try DecisionWorld()
                let unit = Sample.organisation(14)
                world.roles.add(unit, form: "BEDR", mainUnit: DecisionWorld.customer)
                world.roles.assign(
                    "APIADM",
                    of: DecisionWorld.customer,
                    to: .organisation(DecisionWorld.supplier),
                    source: .given
                )
                return try world.decide(.party(.person(DecisionWorld.chair)), of: .organisation(unit))
            }
        ),
        (
            "indeterminate-resource",
            {
                try DecisionWorld().decide(
                    .party(.person(DecisionWorld.director)),
                    "read",
                    DecisionWorld.resource("acme-unknown")
                )
            }
        ),
        (
            "indeterminate-subject",
            {
                try DecisionWorld().decide(
                    subject: [(DecisionAttribute.userID, "1")],
                    resource: [(DecisionAttribute.resource, "acme-catch")]
                )
            }
        ),
    ]

    @Test(arguments: cases.indices)
    func `name the rule, role path or record that decided, and no person`(index: Int) throws {
        let (name, decide) = Self.cases[index]
        let outcome = try decide()
        let text = outcome.explanationText + "\n\n" + outcome.explanationJSON.text() + "\n"
        for person in [DecisionWorld.director, DecisionWorld.member, DecisionWorld.chair] {
            #expect(!text.contains("\(person)"))
            #expect(!text.contains(person.abbreviated))
        }
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Golden/decisions/\(name).txt")
        if ProcessInfo.processInfo.environment["PORTVAKT_GOLDEN"] == "write" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(decoding: Data(contentsOf: file), as: UTF8.self) == text, "PORTVAKT_GOLDEN=write writes it")
    }
}
