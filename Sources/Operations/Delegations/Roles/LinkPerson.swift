package import Administration
package import Delegations
import Vocabulary

/// Says that a person of the register's open data is the person with a national identity number.
package struct LinkPerson: OperatorAct {
    package static let name = "role-link"
    package static let summary =
        "Say that a person of the register's open data is the person with a national identity number."
    package static let parameters = [
        Parameter("person", .identityNumber, "The person's national identity number.").required,
        Parameter("pseudonym", .text, "The pseudonym of open data; or the role, by the four that follow."),
        Parameter("org", .organisation, "The unit that assigned the role."),
        Parameter("role", .text, "The role, as `DAGL`."),
        Parameter("name", .text, "The person's name, all of it, as the register has it."),
        Parameter("born", .text, "The person's birth date, as 1970-01-31."),
    ]
    package let arguments: Arguments
    private let person: NationalIdentityNumber
    private let pseudonym: PersonPseudonym?
    private let named: OpenRole?

    /// A role as open data tell of it.
    private struct OpenRole: Sendable {
        let unit: OrganisationNumber
        let role: RoleCode
        let name: String
        let born: CalendarDate?
    }

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        person = try arguments.required("person", arguments.identityNumber)
        pseudonym = try arguments.pseudonym("pseudonym")
        let isNamed = ["org", "role", "name", "born"].contains { arguments[$0] != nil }
        guard isNamed != (pseudonym != nil) else {
            throw .usage("name either the pseudonym, or the unit, the role and the person's name")
        }
        named = isNamed ? try Self.role(arguments) : nil
    }

    private static func role(_ arguments: Arguments) throws(OperationFault) -> OpenRole {
        var born: CalendarDate?
        if let text = try arguments.text("born") {
            guard let day = CalendarDate(parsing: text) else {
                throw .usage("\(arguments.title(of: "born")) is no date", hint: "write 1970-01-31")
            }
            born = day
        }
        return OpenRole(
            unit: try arguments.required("org", arguments.organisation),
            role: try arguments.role("role"),
            name: try arguments.requiredText("name"),
            born: born
        )
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let key = try context.keptPseudonyms(administration.transaction)
        let person = key.pseudonym(of: person)
        guard
            let open = pseudonym
                ?? named.map({ key.pseudonym(inUnit: $0.unit, role: $0.role, name: $0.name, birthDate: $0.born) })
        else { throw OperationFault.usage("no role is named") }
        let outcome = try administration.linkPerson(open, to: person)
        return Report(
            Record(
                "role-link",
                [
                    .init("pseudonym", open), .init("person", person),
                    .init("result", outcome.hasChanged ? "linked" : "already"),
                ]
            )
        )
    }
}

/// Takes back that a person of open data is a person with a number.
package struct UnlinkPerson: OperatorAct {
    package static let name = "role-unlink"
    package static let summary = "Take back that a person of open data is a person with a number."
    package static let parameters = [Parameter("pseudonym", .text, "The pseudonym that was linked.").required]
    package let arguments: Arguments
    /// The pseudonym.
    package let pseudonym: PersonPseudonym

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        pseudonym = try arguments.required("pseudonym", arguments.pseudonym)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.linkPerson(pseudonym, to: nil)
        return Report(
            Record(
                "role-link",
                [.init("pseudonym", pseudonym), .init("result", outcome.hasChanged ? "unlinked" : "already")]
            )
        )
    }
}
