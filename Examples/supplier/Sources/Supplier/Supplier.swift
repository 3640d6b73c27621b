import Foundation
import PortvaktClient
import Vocabulary

/// Gets tokens on behalf of its customers: each has delegated the scope to the supplier, which asks in its own name.
///
/// One client serves all customers, and keeps their tokens apart.
@main
enum Supplier {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        let configuration: ClientConfiguration
        do { configuration = try ClientConfiguration.fromEnvironment() } catch { fail("\(error)") }
        guard let request = configuration.defaultRequest else { fail("`MASKINPORTEN_SCOPES` names no scope") }
        let customers: [OrganisationNumber]
        do {
            customers = try (environment["CUSTOMERS"] ?? "").split(separator: ",").map(
                OrganisationNumber.init(parsing:)
            )
        } catch { fail("`CUSTOMERS` are not organisation numbers: \(error)") }

        let tokens = TokenClient(configuration)
        var refusals = 0
        for customer in customers {
            var request = request
            request.consumerOrganisation = customer
            do {
                let token = try await tokens.token(for: request)
                print("\(customer): token until \(token.expiresAt) for \(request.scopeText)")
            } catch {
                // One customer's missing delegation is no reason to leave the others out.
                print("\(customer): refused, \(error)")
                refusals += 1
            }
        }
        if refusals > 0 { exit(1) }
    }

    private static func fail(_ reason: String) -> Never {
        FileHandle.standardError.write(Data("supplier: \(reason)\n".utf8))
        exit(1)
    }
}
