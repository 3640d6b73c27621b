package import Administration
import Organisations
import Vocabulary

/// Makes a one-time link to the console.
package struct MakeConsoleLink: OperatorAct {
    package static let name = "console-link-make"
    package static let summary = "Make a one-time link to the console: the operator's view, or an organisation's."
    package static let parameters = [
        Parameter("org", .organisation, "The organisation whose view it opens; the operator's when not given.")
    ]
    package let arguments: Arguments
    private let organisation: OrganisationNumber?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        organisation = try arguments.organisation("org")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        // An organisation opens no other's view, and not the operator's.
        guard context.viewer.isOne(of: organisation) else {
            throw OperationFault(.notAllowed, "view_not_yours", "an organisation opens its own view only")
        }
        var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
        let secret = ConsoleSecret(drawing: &generator)
        let link = try administration.makeConsoleLink(secret, for: organisation)
        return Report(
            Record(
                "console-link",
                [
                    .init("path", "console/login?code=\(secret.text)"), .init("organisation", organisation),
                    .init("ends", link.ends),
                ]
            )
        )
    }
}
