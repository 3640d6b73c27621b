// Pages on authorization details: system users and consents (RFC 9396).
extension ErrorPage {
    static let unknownAuthorizationDetailsType = ErrorPage(
        code: .unknownAuthorizationDetailsType,
        title: "The type of authorization details is unknown",
        meaning:
            "`authorization_details` has a type that this server does not serve (RFC 9396).",
        causes: [
            "the type is misspelt: it is `urn:altinn:systemuser` or `urn:altinn:consent`"
        ],
        fixes: [
            "leave `authorization_details` out, or use a type that the metadata name in `authorization_details_types_supported`"
        ],
        example:
            "Unknown authorization details type: authorization details of type `urn:example` are not served here"
    )

    static let unknownAuthorizationDetailsMember = ErrorPage(
        code: .unknownAuthorizationDetailsMember,
        title: "Authorization details have an unknown member",
        meaning:
            "A system user is asked for with `systemuser_org` and perhaps `externalRef`, a consent with `id` and `from`; nothing else may stand there.",
        causes: [
            "a member is misspelt",
            "the members of a token's `authorization_details` were sent as a request",
        ],
        fixes: [
            "remove the member; `details` name it and those that the type has"
        ],
        example:
            "Unknown fields in authorization details: the member `external_ref` is unknown; the type has `type`, `systemuser_org`, `externalRef`"
    )

    static let authorizationDetailsValue = ErrorPage(
        code: .authorizationDetailsValue,
        title: "Authorization details name nothing that can be had",
        meaning:
            "The system user or consent that the request names does not exist, or cannot be used by this client now. `reason` tells which condition fails; of a consent `details` list all of them. `error` is `invalid_altinn_customer_configuration` for system users, `invalid_authorization_details` for consents and for values that cannot be read.",
        causes: [
            "the client is not registered on the vendor's system",
            "the customer has no system user of that system, or has not approved the request",
            "the system user was made with an `externalRef`, and the request names another or none",
            "`systemuser_org` is a client of an agent system user, not the agent's owner",
            "the consent does not exist for the consumer, was given by another party, has expired, was not given, was withdrawn or used up",
        ],
        fixes: [
            "put the client on the system: `portvakt system update`",
            "ask the customer for a system user: `portvakt systemuser request`, and let them approve it",
            "send the `externalRef` that the system user has: `portvakt systemuser list`",
            "ask for a new consent: `portvakt consent request`",
        ],
        example:
            "Invalid authorization details values: `310000124` has no system user of the client's system; ask for one",
        exampleReason: "system_user_unknown"
    )
}
