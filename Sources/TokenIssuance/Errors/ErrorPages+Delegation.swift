// Pages on acting for another organisation: delegation, on-behalf-of, clients that a supplier registered.
extension ErrorPage {
    static let notDelegated = ErrorPage(
        code: .notDelegated,
        title: "The consumer has not delegated a scope to the supplier",
        meaning:
            "The client asks with `consumer_org`, and the consumer has no delegation in force to exactly the organisation that owns the client, of a resource that bundles the scope.",
        causes: [
            "nobody who may act for the consumer has delegated the resource yet",
            "the delegation was revoked, by the consumer or by the supplier, or has ended",
            "it was given by the main unit and asked for with the sub-unit's number, or the other way about",
            "it was made in another environment",
            "the scope requires a processor agreement, and the consumer has registered none with the supplier, or it is over",
        ],
        fixes: [
            "let the consumer delegate the resource to the supplier",
            "let the consumer register the agreement (`access agree`)",
            "look at both sides with `portvakt delegation check CONSUMER SUPPLIER SCOPE --explain`",
        ],
        example:
            "Consumer has not delegated access to the scope to the supplier: `310000124` has not delegated `demo:fish.read` to `310000132`; someone who may act for it can do so"
    )

    static let actingRefused = ErrorPage(
        code: .actingRefused,
        title: "The client cannot act for that organisation",
        meaning:
            "`consumer_org` names an organisation for which this client needs no delegation, or for which it cannot have one.",
        causes: [
            "`consumer_org` is the organisation that owns the client",
            "a supplier registered the client for one consumer, and it asks for another",
        ],
        fixes: [
            "leave `consumer_org` out to act for the client's own organisation",
            "use a client that the supplier itself owns",
        ],
        example:
            "The combination of consumer_org and delegation scope on client is invalid: `310000124` owns the client itself; leave `consumer_org` out"
    )

    static let onBehalfOfUnknown = ErrorPage(
        code: .onBehalfOfUnknown,
        title: "The on-behalf-of value is not registered on the client",
        meaning:
            "Each value of `iss_onbehalfof` is registered on the client together with the customer that it stands for.",
        causes: [
            "the value is misspelt; case matters",
            "it was removed, or belongs to another client",
        ],
        fixes: [
            "register it: `portvakt client onbehalfof add`",
            "better: let the customer delegate the scope, and ask with `consumer_org`",
        ],
        example:
            "the value of `iss_onbehalfof` is not registered on the client; add it there with its customer"
    )

    static let scopeNotDelegable = ErrorPage(
        code: .scopeNotDelegable,
        title: "A scope cannot be had by a supplier in this way",
        meaning:
            "A scope with a `delegation_source` is had by suppliers with `consumer_org` alone; one without cannot be delegated, and one whose source is another register has its delegations there, which this server cannot look up.",
        causes: [
            "`consumer_org` with a scope that has no `delegation_source`",
            "`iss_onbehalfof` with a scope that has one",
            "`consumer_org` with a scope whose `delegation_source` is another register",
        ],
        fixes: [
            "ask the scope's owner to set `delegation_source`, to `internal` for delegations that are given here",
            "ask with `consumer_org` where the scope has one",
        ],
        example:
            "`demo:fish.read` names no register of delegations, and cannot be had with `consumer_org`"
    )

    static let unprovenSupplier = ErrorPage(
        code: .unprovenSupplier,
        title: "The scope does not allow suppliers without the customer's own act",
        meaning:
            "With `iss_onbehalfof`, and with a client that a supplier registered for a customer, the supplier alone says that it acts for the customer. A scope's owner turns that on with `allows_unproven_supplier`.",
        causes: [
            "the scope's owner has not turned it on"
        ],
        fixes: [
            "let the customer delegate the scope, and ask with `consumer_org`",
            "ask the scope's owner to turn on `allows_unproven_supplier`",
        ],
        example:
            "`demo:fish.read` does not allow a supplier without the customer's own act; its owner can turn on `allows_unproven_supplier`"
    )
}
