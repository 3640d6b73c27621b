import Administration
import Organisations
import Scopes
import Vocabulary

/// What the register says of an organisation, and the prefixes that it owns; without what hangs on it, which may be long.
package struct ShowOrganisationFacts: Inquiry {
    package static let name = "org-facts"
    package static let summary = "Show what the register says of an organisation, and the prefixes that it owns."
    package static let parameters = [Parameter("org", .organisation, "The organisation number.").required]
    package let arguments: Arguments
    private let number: OrganisationNumber

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        number = try arguments.required("org", arguments.organisation)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard let unit = try reader.organisation(number), let standing = try reader.standing(of: number) else {
            throw OperationFault.absent(
                "organisation",
                "\(number)",
                hint: "import the register with `portvakt org import`"
            )
        }
        // As lists of prefixes are: their owner's.
        let prefixes =
            context.viewer.isOne(of: number)
            ? try reader.prefixAssignments().filter { $0.owner == number }.map(\.prefix) : []
        return Report(
            Record(
                "organisation-facts",
                [
                    .init("organisation_number", number), .init("name", unit.name),
                    .init("status", OrganisationStatus.words(standing)), .init("kind", unit.kind.rawValue),
                    .init("form", unit.form.code), .init("form_description", unit.form.description),
                    .init("parent", unit.parent),
                    .init("parent_name", try unit.parent.flatMap { try reader.organisation($0)?.name }),
                    .init("registered", unit.registered), .init("industry_code", unit.industryCode),
                    .init("address", Self.address(of: unit)), .init("earlier_names", unit.historicNames.map(\.name)),
                    .init("prefixes", prefixes),
                ]
            )
        )
    }

    private static func address(of unit: Organisation) -> String? {
        guard let address = unit.address else { return nil }
        let place = [address.postalCode, address.place].compactMap(\.self).joined(separator: " ")
        return (address.lines + [place]).filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
