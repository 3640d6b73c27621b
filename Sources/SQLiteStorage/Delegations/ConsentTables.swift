public import Delegations
public import Foundation
internal import RelationalStorage
public import TokenIssuance
public import Vocabulary

/// Consents and what happened to them.
extension SQLiteReader: ConsentReader {
    /// The consent of that identifier.
    public func consent(_ id: UUID) throws -> ConsentRequest? {
        try Self.consents.first(in: database, "WHERE id = ?", [id.stored])
    }

    /// The consents asked for, oldest first.
    public func consents(_ query: ConsentQuery) throws -> [ConsentRequest] {
        var filter = SQLFilter()
        switch query.from {
        case .organisation(let number): filter.require("from_organisation = ?", number.integer)
        case .person(let person): filter.require("from_person = ?", person.stored)
        case nil: break
        }
        filter.require("? IN (recipient, handled_by)", query.to?.integer)
        return try Self.consents.all(in: database, filter, orderedBy: "created, id")
    }

    /// What happened to a consent, oldest first; `.expired` is not among it.
    public func events(of consent: UUID) throws -> [ConsentEvent] {
        try Self.events.all(in: database, "WHERE consent = ? ORDER BY id", [consent.stored])
    }

    /// What happened to all consents that the organisation asked for or handles, in order, after a place in that list.
    public func consentEvents(
        to organisation: OrganisationNumber,
        through supplier: OrganisationNumber?,
        after sequence: Int64,
        limit: Int
    ) throws -> [ConsentEvent] {
        let handling = supplier == nil ? "" : " AND handled_by = ?"
        return try Self.events.all(
            in: database,
            """
            WHERE id > ? AND consent IN (SELECT id FROM consent WHERE recipient = ?\(handling))
            ORDER BY id LIMIT ?
            """,
            supplier.map { [sequence, organisation.integer, $0.integer, limit] }
                ?? [sequence, organisation.integer, limit]
        )
    }

    // MARK: Rows

    private static let consents = StoredRecord(
        """
        SELECT id, from_organisation, from_person, recipient, required_delegator, handled_by, valid_to, rights, message, \
        redirect_url, view_mode, template, one_time, created, answer, consented, basis, used FROM consent
        """,
        read: consent
    )
    private static let events = StoredRecord(
        "SELECT id, consent, kind, time, by_organisation, by_person FROM consent_event",
        read: event
    )

    private static func consent(_ row: Row) throws -> ConsentRequest {
        let owner = "consent `\(row[0] as String)`"
        guard let from = try StoredValue.party(row[1], row[2], of: owner) else {
            throw StorageError.corrupt(detail: "\(owner) names nobody who was asked")
        }
        var consent = ConsentRequest(
            id: try StoredValue.uuid(row[0], of: owner),
            from: from,
            to: try StoredValue.organisation(row[3], of: owner),
            requiredDelegator: try StoredValue.person(row[4], of: owner),
            handledBy: try (row[5] as Int64?).map { try StoredValue.organisation($0, of: owner) },
            validTo: Timestamp(seconds: row[6]),
            rights: try StoredValue.consentRights(row[7], of: owner),
            message: try StoredValue.texts(row[8], of: owner),
            redirectURL: row[9],
            portalViewMode: try StoredValue.word(row[10], of: owner),
            template: row[11],
            isOneTime: row[12],
            created: Timestamp(seconds: row[13])
        )
        consent.answer = try StoredValue.word(row[14], of: owner)
        consent.consented = (row[15] as Int64?).map { Timestamp(seconds: $0) }
        if let basis = row[16] as Data? {
            consent.basis = basis.isEmpty ? .operator : try StoredValue.basis(basis, of: owner)
        }
        consent.used = (row[17] as Int64?).map { Timestamp(seconds: $0) }
        return consent
    }

    private static func event(_ row: Row) throws -> ConsentEvent {
        let owner = "a consent event"
        return ConsentEvent(
            sequence: row[0],
            consent: try StoredValue.uuid(row[1], of: owner),
            kind: try StoredValue.word(row[2], of: owner),
            time: Timestamp(seconds: row[3]),
            by: try StoredValue.party(row[4], row[5], of: owner)
        )
    }
}

extension SQLiteTransaction: ConsentStore {
    /// Keeps a consent, new or changed.
    public func put(_ consent: ConsentRequest) throws {
        try database.execute(
            sql: """
                INSERT INTO consent (id, from_organisation, from_person, recipient, required_delegator, handled_by, valid_to,
                    rights, message, redirect_url, view_mode, template, one_time, created, answer, consented, basis, used)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET answer = excluded.answer, consented = excluded.consented,
                    basis = excluded.basis, used = excluded.used
                """,
            arguments: [
                consent.id.stored, consent.from.organisation?.integer, consent.from.person?.stored,
                consent.to.integer, consent.requiredDelegator?.stored, consent.handledBy?.integer,
                consent.validTo.seconds, consent.rights.stored, consent.message.stored, consent.redirectURL,
                consent.portalViewMode.rawValue, consent.template, consent.isOneTime, consent.created.seconds,
                consent.answer.rawValue, consent.consented?.seconds, Self.stored(consent.basis),
                consent.used?.seconds,
            ]
        )
    }

    /// Adds an event; its sequence is drawn by the store.
    public func append(_ event: ConsentEvent) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO consent_event (consent, kind, time, by_organisation, by_person) VALUES (?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            event.consent.stored, event.kind.rawValue, event.time.seconds, event.by?.organisation?.integer,
            event.by?.person?.stored,
        ])
    }

    private static func stored(_ basis: DelegationBasis?) -> Data? {
        switch basis {
        case nil: nil
        case .operator: Data()
        case .person(let person): person.stored
        }
    }
}

extension SQLiteTransaction: ConsentUseStore {
    /// Keeps that a token was issued on a consent; a one-time consent is used up by it, for the next decision to see.
    public func noteUse(of consent: ConsentRequest, at now: Timestamp) throws {
        try append(ConsentEvent(consent: consent.id, kind: .used, time: now, by: .organisation(consent.to)))
        guard consent.isOneTime else { return }
        try database.execute(
            sql: "UPDATE consent SET used = ? WHERE id = ?",
            arguments: [now.seconds, consent.id.stored]
        )
        try raiseRevision()
    }
}
