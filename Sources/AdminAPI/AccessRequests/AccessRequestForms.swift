import JOSE
import Scopes

/// What the OpenAPI document says of requests for access and of agreements.
enum AccessRequestForms {
    private typealias Parameter = OperationDescription.Parameter

    private static let scope = Parameter.query("scope", .scopeName, "The scope.", required: true)
    private static let anyScope = Parameter.query("scope", .scopeName, "Only those for this scope.")
    private static let state = Parameter.query(
        "state",
        .text(words: AccessRequest.State.allCases.map(\.rawValue)),
        "Only those in this state."
    )
    private static let consumer = Parameter.path("consumer_orgno", .organisation, "Who asked.")
    private static let supplier = Parameter.path("supplier_orgno", .organisation, "The supplier.")
    private static let day = Schema.text().meaning(
        "A day as `2027-06-30`, which counts whole, or a time as `2027-06-30T12:00:00Z`."
    )
    private static let long = Schema.text(most: 1_023)

    private static let request = Schema.members(
        [
            ("scope", .scopeName), ("state", .text(words: AccessRequest.State.allCases.map(\.rawValue))),
            ("consumer_orgno", .organisation), ("owner_orgno", .organisation), ("valid_from", .time),
            ("until", .time), ("reason", .text()), ("legal_basis", .text()), ("purpose", .text()),
            ("accepted_terms_version", .text()), ("required_terms_version", .text()), ("answer", .text()),
            ("created", .time), ("last_updated", .time),
        ],
        required: ["scope", "state", "consumer_orgno", "created", "last_updated"]
    )
    private static let agreement = Schema.members(
        [
            ("scope", .scopeName), ("consumer_orgno", .organisation), ("supplier_orgno", .organisation),
            ("reference", .text()), ("until", .time), ("created", .time), ("last_updated", .time),
        ],
        required: ["scope", "consumer_orgno", "supplier_orgno", "reference", "created", "last_updated"]
    )

    static let ownList = described(
        "Lists the requests for access of one's own organisation.",
        [anyScope, state] + ListWindow.parameters,
        list: request
    )
    static let ask = described(
        "Asks the owner of a scope for access, or changes a request that waits.",
        [scope],
        body: .json(
            .members(
                [
                    ("purpose", long), ("legal_basis", long), ("reason", long), ("valid_from", day), ("until", day),
                    ("accepted_terms_version", .text(most: 255)),
                ],
                required: ["purpose"]
            )
        ),
        answer: request,
        isVersioned: true
    )
    static let withdraw = described("Takes a request back.", [scope], answer: request)
    static let terms = described(
        "Accepts the terms of use in force of a scope.",
        [scope],
        body: .json(.members([("version", .text(least: 1, most: 255))], required: ["version"])),
        answer: .anyObject
    )
    static let receivedList = described(
        "Lists the requests for access to scopes of one's own.",
        [anyScope, state] + ListWindow.parameters,
        list: request
    )
    static let received = described(
        "One request for access to a scope of one's own.",
        [consumer, scope],
        answer: request,
        isVersioned: true
    )
    static let approve = described(
        "Grants what was asked for, or fewer days of it.",
        [consumer, scope, ifMatch],
        body: .json(.members([("valid_from", day), ("until", day), ("reason", long)]), required: false),
        answer: .anyObject
    )
    static let deny = described(
        "Answers a request by no, for a reason.",
        [consumer, scope, ifMatch],
        body: .json(.members([("reason", .text(least: 1, most: 1_023))], required: ["reason"])),
        answer: request
    )
    static let agreementList = described(
        "Lists the processor agreements that one takes part in, or that concern one's scopes.",
        [anyScope] + ListWindow.parameters,
        list: agreement
    )
    static let registerAgreement = described(
        "Registers one's agreement with a supplier for a scope, or changes it.",
        [supplier, scope],
        body: .json(.members([("reference", .text(least: 1, most: 255)), ("until", day)], required: ["reference"])),
        answer: agreement
    )
    static let removeAgreement = described("Takes an agreement back.", [supplier, scope], answer: agreement)

    /// A consumer may change what it asks for until it is answered: an owner answers what it has read.
    private static let ifMatch = Parameter.header(
        "If-Match",
        .entityTags,
        "The `ETag` of the request that is answered; has it changed since, nothing is done, and the answer is 412."
    )

    private static func described(
        _ summary: String,
        _ parameters: [OperationDescription.Parameter],
        body: OperationDescription.Body? = nil,
        answer: Schema,
        isVersioned: Bool = false
    ) -> OperationDescription {
        var description = OperationDescription(summary: summary)
        description.parameters = parameters
        description.body = body
        description.answers = [
            .ok(answer, fields: isVersioned ? [("ETag", "The version, for `If-Match` of the answer.")] : [])
        ]
        if parameters.contains(where: { $0.name == ifMatch.name }) { description.refusals = [.stale] }
        return description
    }

    private static func described(
        _ summary: String,
        _ parameters: [OperationDescription.Parameter],
        list item: Schema
    ) -> OperationDescription {
        var description = OperationDescription(summary: summary)
        description.parameters = parameters
        description.answers = [.ok(.list(item), fields: ListWindow.fields)]
        return description
    }
}
