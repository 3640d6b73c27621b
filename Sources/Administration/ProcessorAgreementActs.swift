import AuditLedger
import JOSE
public import Scopes
public import Vocabulary

// Agreements between consumers and their suppliers, which a scope's owner may require (DESIGN §7, GDPR art. 28).
extension Administration {
    /// Registers the agreement of a consumer with a supplier for a scope, or changes it.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownScope`, `.unknownOrganisation`, `.accessRequest`.
    @discardableResult
    public func registerAgreement(
        on name: ScopeName,
        of consumer: OrganisationNumber,
        with supplier: OrganisationNumber,
        reference: String,
        until: Timestamp? = nil
    ) throws -> AdministrationOutcome<ProcessorAgreement> {
        _ = try existing(name)
        let warnings = try warnings(about: consumer) + warnings(about: supplier)
        guard consumer != supplier else { throw AdministrationRefusal.accessRequest(.sameParty) }
        guard !PlainText.isBlank(reference), reference.unicodeScalars.count <= ScopeRules.maximumShortText,
            PlainText.firstMisplaced(in: reference) == nil
        else { throw AdministrationRefusal.accessRequest(.reference) }
        if let until, until <= now {
            throw AdministrationRefusal.accessRequest(.agreementEndsInThePast(until: until))
        }
        let before = try transaction.processorAgreement(on: name, of: consumer, with: supplier)
        var agreement =
            before
            ?? ProcessorAgreement(
                scope: name,
                consumer: consumer,
                supplier: supplier,
                reference: reference,
                created: now
            )
        agreement.reference = reference
        agreement.validUntil = until
        if agreement == before { return AdministrationOutcome(agreement, hasChanged: false, warnings: warnings) }
        agreement.lastUpdated = now
        try transaction.put(agreement)
        try record(.processorAgreementRegistered, details(before: before, after: agreement)) {
            $0.concern(agreement)
        }
        return AdministrationOutcome(agreement, warnings: warnings)
    }

    /// Takes an agreement back; no token rests on it from then on.
    ///
    /// - Throws: `AdministrationRefusal.unknownScope`.
    @discardableResult
    public func removeAgreement(
        on name: ScopeName,
        of consumer: OrganisationNumber,
        with supplier: OrganisationNumber
    ) throws -> AdministrationOutcome<ProcessorAgreement?> {
        _ = try existing(name)
        guard let agreement = try transaction.processorAgreement(on: name, of: consumer, with: supplier) else {
            return AdministrationOutcome(nil, hasChanged: false)
        }
        try transaction.remove(agreement)
        try record(.processorAgreementRemoved, details(before: agreement, after: nil)) { $0.concern(agreement) }
        return AdministrationOutcome(agreement)
    }

    private func details(before: ProcessorAgreement?, after: ProcessorAgreement?) -> JSONObject {
        [
            "changes": [
                "reference": change(before.map { .string($0.reference) }, after.map { .string($0.reference) }),
                "until": change(
                    before?.validUntil.map { .string("\($0)") },
                    after?.validUntil.map { .string("\($0)") }
                ),
            ]
        ]
    }
}

extension LedgerEvent {
    fileprivate mutating func concern(_ agreement: ProcessorAgreement) {
        scopes = [agreement.scope]
        consumer = agreement.consumer
        supplier = agreement.supplier
    }
}
