package import Administration
import AuditLedger
package import TokenIssuance
import Vocabulary

/// Stops at once what has fallen into other hands, and enters it.
package struct DeclareIncident: OperatorAct {
    package static let name = "incident-declare"
    package static let summary =
        "Stop what has fallen into other hands, a key, a client, a certificate or all of an organisation, and end its tokens."
    package static let parameters = IncidentArguments.parameters
    package let arguments: Arguments
    private let given: IncidentArguments
    /// A signing key made for this moment, by whoever can write the data folder.
    package var replacement: SigningKeyRecord?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try IncidentArguments(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let subject = try given.subject(in: administration.transaction)
        let since = try given.since(before: context.now)
        var measures: [IncidentMeasure] = []
        if case .signingKey(let id) = subject { measures = try withdraw(id, in: administration, at: context.now) }
        let (incident, done) = try administration.declareIncident(
            subject,
            since: since,
            longestLife: IssuancePolicy.highestLifetime,
            measures: measures
        )
        return Report(
            Record(
                "incident",
                [
                    .init("incident", incident.id), .init("subject_kind", incident.kind),
                    .init("subject", incident.subject), .init("since", incident.since),
                    .init("declared", incident.declared), .init("measures", done.map(Self.value)),
                ]
            )
        )
    }

    private static func value(_ measure: IncidentMeasure) -> OutputValue {
        .object([
            .init("measure", measure.kind.rawValue), .init("subject", measure.subject),
            .init("result", measure.hasChanged ? "done" : "already"),
        ])
    }

    private func withdraw(
        _ id: KeyID,
        in administration: Administration<some OperationTransaction>,
        at now: Timestamp
    ) throws -> [IncidentMeasure] {
        let known = try administration.transaction.signingKeys()
        let changes: [SigningKeyRecord]
        do throws(SigningKeySchedule.RetirementRefusal) {
            changes = try SigningKeySchedule.emergency(
                withdrawing: id,
                among: known,
                replacement: replacement,
                at: now
            )
        } catch {
            throw OperationFault(
                .conflict,
                "signing_key_needed",
                "\(error)",
                hint:
                    "run it on the data folder, where another key can be made: `portvakt incident --key \(id) --data DIR`"
            )
        }
        for key in changes {
            try administration.transaction.store(key)
            try administration.recordSigningKey(key.ledgerDetails())
        }
        guard let first = changes.first else {
            return [IncidentMeasure(.signingKeyWithdrawn, "\(id)", hasChanged: false)]
        }
        return [IncidentMeasure(.signingKeyWithdrawn, "\(first.id)")]
            + changes.dropFirst().map { IncidentMeasure(.signingKeyActivated, "\($0.id)") }
    }
}

/// Lets a certificate that was blocked prove its organisation's clients again.
package struct UnblockCertificate: OperatorAct {
    package static let name = "certificate-unblock"
    package static let summary =
        "Let a certificate that was blocked after an incident prove its organisation's clients again."
    package static let parameters = [
        Parameter("certificate", .text, "The SHA-256 of its DER in hexadecimal.").required
    ]
    package let arguments: Arguments
    private let thumbprint: String

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        thumbprint = try arguments.requiredText("certificate").lowercased().filter { $0 != ":" }
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let wasBlocked = try administration.unblockCertificate(thumbprint)
        return Report(
            Record(
                "certificate-state",
                [.init("certificate", thumbprint), .init("result", wasBlocked ? "unblocked" : "not blocked")]
            )
        )
    }
}
