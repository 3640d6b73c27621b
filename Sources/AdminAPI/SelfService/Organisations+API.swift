import Administration
import HTTPServer
import HTTPTypes
import JOSE
import Organisations
import Scopes
import Vocabulary

// Prefixes, organisations, and who the caller is (spec §5.2, §6.2).
extension AdminAPI {
    /// Whoever may use any part of the self-service API.
    private static var registers: AccessDemand {
        .anyOf(.clientsRead, .clientsModify, .clientsWrite, .clientsSupplier, .scopesWrite, .dataSharing)
    }

    static var selfServiceOrganisations: [Operation<Store>] {
        var prefixes = OperationDescription(summary: "The prefixes of the token's organisation")
        prefixes.parameters = ListWindow.parameters
        prefixes.answers = [.ok(.list(.component("ScopePrefix")), "The prefixes.", fields: listFields)]
        var organisation = OperationDescription(summary: "An organisation of the register")
        organisation.parameters = [.path("orgno", .organisation, "Its number.")]
        organisation.answers = [.ok(.component("Organization"), "The organisation.")]
        var user = OperationDescription(summary: "The organisation that the token stands for")
        user.answers = [.ok(.component("AuthenticatedOrganization"), "The organisation, with the token's scopes.")]
        return [
            Operation(.get, "/api/v1/prefix", .scopes, writesScopes, prefixes) { call in
                let (owner, window) = (call.token.consumer, try ListWindow(call.query))
                let (own, name) = try await call.read { reader in
                    (try reader.prefixAssignments().filter { $0.owner == owner }, try reader.organisation(owner)?.name)
                }
                return window.answer(
                    window.items(of: own).map { .object($0.jsonObject(ownerName: name)) },
                    of: own.count,
                    in: call
                )
            },
            Operation(.get, "/api/v1/organizations/{orgno}", .organisations, registers, organisation) { call in
                let number = try call.path.plainOrganisation("orgno")
                guard let organisation = try await call.read({ try $0.organisation(number) }) else {
                    throw Problem.unknown("organisation `\(number)` in the register")
                }
                return .json(.object(object(of: organisation)))
            },
            Operation(.get, "/api/v1/auth/user", .organisations, registers, user) { call in
                let number = call.token.consumer
                var object: JSONObject = ["orgno": .string("\(number)")]
                object["name"] = try await call.read { try $0.organisation(number)?.name }.map { .string($0) }
                object["client_id"] = .string(call.token.client.rawValue)
                object["scopes"] = .strings(call.token.scopes.sorted())
                return .json(.object(object))
            },
        ]
    }

    private static func object(of organisation: Organisation) -> JSONObject {
        var object: JSONObject = [
            "orgno": .string("\(organisation.number)"), "name": .string(organisation.name),
            "organization_form": .string(organisation.form.code),
        ]
        object["parent_orgno"] = organisation.parent.map { .string("\($0)") }
        object["active"] = .bool(organisation.isLive)
        object["in_distress"] = .bool(organisation.distress.isPresent)
        return object
    }
}
