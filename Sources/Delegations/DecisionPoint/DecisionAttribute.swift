/// The attributes by which policies, requests and answers name things (altinn.md §4.2).
public enum DecisionAttribute {
    // MARK: Parties, of subjects and of resources

    /// A user of Altinn; unknown here, where persons have pseudonyms only.
    public static let userID = "urn:altinn:userid"
    /// A party by its number.
    public static let partyID = "urn:altinn:partyid"
    /// A party by its UUID.
    public static let partyUUID = "urn:altinn:party:uuid"
    /// A person by national identity number.
    public static let personNumber = "urn:altinn:person:identifier-no"
    /// A person by UUID.
    public static let personUUID = "urn:altinn:person:uuid"
    /// An organisation by number.
    public static let organisationNumber = "urn:altinn:organization:identifier-no"
    /// An organisation by number, as older policies and clients write it.
    public static let legacyOrganisationNumber = "urn:altinn:organizationnumber"
    /// An organisation by UUID.
    public static let organisationUUID = "urn:altinn:organization:uuid"
    /// A system user by UUID.
    public static let systemUser = "urn:altinn:systemuser:uuid"
    /// A service owner by its short name.
    public static let serviceOwner = "urn:altinn:org"
    /// A session of a user.
    public static let session = "urn:altinn:sessionid"

    // MARK: What the decision point finds out about the subject

    /// A role of the register or of Altinn 2, by its code.
    public static let roleCode = "urn:altinn:rolecode"
    /// A role of the register, by the name that Altinn 3 gives it.
    public static let registerRole = "urn:altinn:external-role:ccr"
    /// A role of Altinn 3.
    public static let role = "urn:altinn:role"
    /// An access package.
    public static let accessPackage = "urn:altinn:accesspackage"
    /// What kind of party the subject is: `organization`, `person`, `systemuser`.
    public static let partyType = "urn:altinn:partytype"
    /// An access list that the subject is on, `<organisation number>:<identifier>`.
    public static let accessList = "urn:altinn:access-list"
    /// A role in the estate of a deceased; nobody has one here.
    public static let estateRole = "urn:digitaltdodsbo:rolecode"

    /// What a request may not say of its subject, because it is for the decision point to find out.
    static let found: Set<String> = [
        roleCode, registerRole, role, accessPackage, partyType, accessList, estateRole,
    ]

    // MARK: Resources, actions, obligations

    /// A resource of the registry.
    public static let resource = "urn:altinn:resource"
    /// An app, beside its service owner.
    public static let app = "urn:altinn:app"
    /// What is to be done.
    public static let action = "urn:oasis:names:tc:xacml:1.0:action:action-id"
    /// The category of an obligation that demands a level of login.
    public static let minimumLevel = "urn:altinn:minimum-authenticationlevel"
    /// The same for system users and tokens of organisations, where it differs.
    public static let minimumLevelOfOrganisations = "urn:altinn:minimum-authenticationlevel-org"
}
