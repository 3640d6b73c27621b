import HTTPTypes
import Organisations
import Administration
import Delegations
import HTTPServer
import JOSE
import Vocabulary

// The look-up by which token servers ask for a system user (altinn.md §6.4).
extension AdminAPI {
    static var systemUserLookup: [Operation<Store>] {
        [
            Operation(
                .get,
                "/authentication/api/v1/systemuser/byExternalId",
                .systemUsers,
                .anyOf(.systemUserRead),
                query: ["clientId", "systemProviderOrgNo", "systemUserOwnerOrgNo", "externalRef"]
            ) { call in
                let text = try call.query.required("clientId")
                guard let client = try? ClientID(parsing: text) else {
                    throw Query.fault("clientId", "is no client identifier")
                }
                let vendor = try call.query.requiredOrganisation("systemProviderOrgNo")
                let owner = try call.query.requiredOrganisation("systemUserOwnerOrgNo")
                let reference = call.query["externalRef"]
                let object = try await call.read { reader -> JSONObject in
                    let result = try SystemUserLookup(reader).systemUser(
                        ofClient: client,
                        vendor: vendor,
                        owner: owner,
                        externalRef: reference
                    )
                    switch result {
                    case .success(let user):
                        return user.lookupObject(supplierName: try reader.organisation(vendor)?.name)
                    case .failure: throw SystemUserProblem.systemUserNotFound
                    }
                }
                return .json(.object(object))
            }
        ]
    }
}
