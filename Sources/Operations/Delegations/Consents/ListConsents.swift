import Delegations
import FoundationEssentials
import Vocabulary

/// Consents.
package struct ListConsents: Inquiry {
    package static let name = "consent-list"
    package static let summary = "List consents."
    package static let parameters = [
        Parameter("from", .organisation, "Only those that this organisation was asked for."),
        Parameter("to", .organisation, "Only those that this organisation asked for or handles."),
    ]
    package let arguments: Arguments
    private let query: ConsentQuery

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query = ConsentQuery(
            from: try arguments.organisation("from").map { .organisation($0) },
            to: try arguments.organisation("to")
        )
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let consents = try reader.consents(query).filter { context.viewer.sees($0) }
        let now = context.now
        return Report(
            Table(
                "consent-list",
                consents,
                whenEmpty: "there is no such consent",
                columns: [
                    Column("id") { $0.id.uuidString.lowercased() },
                    Column("from") { "\($0.from)" },
                    Column("to") { $0.to },
                    Column("handled_by", .detail) { $0.handledBy },
                    Column("status") { $0.status(at: now).rawValue },
                    Column("resources") { $0.rights.map(\.resource.rawValue) },
                    Column("valid_to") { $0.validTo },
                    Column("consented", .detail) { $0.consented },
                    Column("used", .detail) { $0.used },
                ]
            )
        )
    }
}

/// A consent and what happened to it.
package struct ShowConsent: Inquiry {
    package static let name = "consent-show"
    package static let summary = "Show a consent and what happened to it."
    package static let parameters = [Parameter("id", .text, "The consent.").required]
    package let arguments: Arguments
    private let id: UUID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.identifier("id")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard let consent = try reader.consent(id), context.viewer.sees(consent) else { throw ConsentProblem.notFound }
        let events = try reader.events(of: id).map { $0.jsonObject() }
        return Report(ConsentOutput.record(consent, [.init("events", events)], at: context.now))
    }
}

extension Viewer {
    /// Whether it sees a consent: who was asked, who asked, and who handles it.
    fileprivate func sees(_ consent: ConsentRequest) -> Bool {
        isOne(of: consent.from.organisation, consent.to, consent.handledBy)
    }
}

/// How consents are shown.
enum ConsentOutput {
    /// A consent; persons are named by UUID.
    static func record(
        _ consent: ConsentRequest,
        _ more: [OutputValue.Member] = [],
        at now: Timestamp,
        result: String? = nil
    ) -> Record {
        let naming = PartyNaming()
        return Record(
            "consent",
            [
                .init("id", consent.id.uuidString.lowercased()), .init("from", naming.urn(of: consent.from)),
                .init("to", consent.to), .init("handled_by", consent.handledBy),
                .init("required_delegator", consent.requiredDelegator.map { naming.urn(of: .person($0)) }),
                .init("status", consent.status(at: now).rawValue), .init("valid_to", consent.validTo),
                .init("rights", consent.rights.map { $0.jsonObject(metadataName: "metadata") }),
                .init("one_time", consent.isOneTime), .init("created", consent.created),
                .init("consented", consent.consented), .init("used", consent.used),
            ] + more + SystemOutput.named(result)
        )
    }
}
