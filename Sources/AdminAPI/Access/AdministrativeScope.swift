/// The scopes that the APIs of the admin listener know, as they stand in tokens and in `scopes/altinn.yaml` and
/// `scopes/idporten.yaml`.
public enum AdministrativeScope: String, Sendable, Hashable, CaseIterable {
    /// A portal vouches for the person that its token names.
    case portal = "altinn:portal/enduser"

    /// Reads the resource registry beyond what is public.
    case resourceRead = "altinn:resourceregistry/resource.read"
    /// Writes resources of one's own.
    case resourceWrite = "altinn:resourceregistry/resource.write"
    /// Writes any resource, with scopes of any prefix.
    case resourceAdmin = "altinn:resourceregistry/resource.admin"

    /// Reads one's suppliers.
    case suppliersRead = "altinn:accessmanagement/enduser:maskinportensuppliers.read"
    /// Changes one's suppliers.
    case suppliersWrite = "altinn:accessmanagement/enduser:maskinportensuppliers.write"
    /// Reads those that one is a supplier of.
    case consumersRead = "altinn:accessmanagement/enduser:maskinportenconsumers.read"
    /// Gives up being a supplier.
    case consumersWrite = "altinn:accessmanagement/enduser:maskinportenconsumers.write"

    /// Looks delegations of one's own scopes up.
    case delegations = "altinn:maskinporten/delegations"
    /// Looks any delegation up.
    case delegationsAdmin = "altinn:maskinporten/delegations.admin"

    /// Asks the decision point.
    case authorize = "altinn:authorization/authorize"
    /// Asks the decision point about anything.
    case authorizeAdmin = "altinn:authorization/authorize.admin"

    /// Reads for whom a person may act.
    case authorizedParties = "altinn:accessmanagement/authorizedparties"
    /// Reads for whom a person may act in the resources of one's own.
    case authorizedPartiesOwner = "altinn:accessmanagement/authorizedparties.resourceowner"
    /// Reads for whom anybody may act.
    case authorizedPartiesAdmin = "altinn:accessmanagement/authorizedparties.admin"

    /// Registers systems of one's own.
    case systemsWrite = "altinn:authentication/systemregister.write"
    /// Registers systems of anybody.
    case systemsAdmin = "altinn:authentication/systemregister.admin"
    /// Reads requests for system users.
    case requestsRead = "altinn:authentication/systemuser.request.read"
    /// Makes requests for system users.
    case requestsWrite = "altinn:authentication/systemuser.request.write"
    /// Looks system users up, as a token server does.
    case systemUserRead = "altinn:maskinporten/systemuser.read"
    /// Reads for which clients agents act.
    case clientDelegationsRead = "altinn:clientdelegations.read"
    /// Changes for which clients agents act.
    case clientDelegationsWrite = "altinn:clientdelegations.write"

    /// Reads consents that one asked for.
    case consentRequestsRead = "altinn:consentrequests.read"
    /// Asks for consents.
    case consentRequestsWrite = "altinn:consentrequests.write"
    /// Asks for consents, as a service owner.
    case consentRequestsOrganisation = "altinn:consentrequests.org"
    /// Looks consents up, as a token server does.
    case consentRead = "altinn:maskinporten/consent.read"

    /// Reads clients of one's own.
    case clientsRead = "idporten:dcr.read"
    /// Changes clients of one's own.
    case clientsModify = "idporten:dcr.modify"
    /// Registers and changes clients of one's own.
    case clientsWrite = "idporten:dcr.write"
    /// Changes the on-behalf-of entries of a client.
    case onBehalfOfWrite = "idporten:dcr/onbehalfof:write"
    /// Registers and changes clients for customers, as their supplier.
    case clientsSupplier = "idporten:dcr.supplier"
    /// Registers clients in the simplified way.
    case dataSharing = "idporten:dcr.datasharing"
    /// Registers and changes scopes of one's own, and who has access to them.
    case scopesWrite = "idporten:scopes.write"

    /// Is the installation's operator.
    case installationOperator = "portvakt:operator"
}
