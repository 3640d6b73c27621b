public import Vocabulary

/// The rules of consents (spec/altinn §7).
public struct ConsentRules<Reader: ResourceReader, Authority: DelegationAuthority> {
    private let reader: Reader
    private let authority: Authority

    /// Rules over the facts that `reader` gives and the answers of `authority`.
    public init(_ reader: Reader, authority: Authority) {
        self.reader = reader
        self.authority = authority
    }

    // MARK: Asking

    /// The request that a draft makes, if it may be made.
    ///
    /// Persons become pseudonyms under `key`; `handledBy` is the supplier that asks on behalf of `to`; `knows` says whether
    /// the register knows an organisation.
    ///
    /// - Throws: `ConsentFaults` with every fault; `ConsentProblem.notAuthorised` when the organisation may not ask.
    public func request(
        _ draft: ConsentDraft,
        under key: PseudonymKey,
        handledBy: OrganisationNumber? = nil,
        at now: Timestamp,
        knows: (OrganisationNumber) throws -> Bool
    ) throws -> ConsentRequest {
        var faults = draft.faults
        for (number, path) in [(draft.from?.organisation, "/from"), (draft.to, "/to")] {
            if let number, try !knows(number) {
                faults.append(ConsentFault(.party, at: path, "the register does not know `\(number)`"))
            }
        }
        if let validTo = draft.validTo, validTo <= now {
            faults.append(ConsentFault(.validTo, at: "/validTo", "must lie ahead"))
        }
        let (rights, resources) = try self.rights(of: draft, &faults)
        let templates = Set(resources.map { $0.consentTemplate ?? "" })
        if templates.count > 1 {
            faults.append(ConsentFault(.template, at: "/consentRights", "the resources have different templates"))
        }
        guard faults.isEmpty, let id = draft.id, let from = draft.from, let to = draft.to, let validTo = draft.validTo,
            let redirectURL = draft.redirectURL
        else { throw ConsentFaults(faults) }
        for right in rights {
            guard try authority.permits("requestconsent", on: right.resource, to: to) else {
                throw ConsentProblem.notAuthorised
            }
        }
        return ConsentRequest(
            id: id,
            from: from.party(under: key),
            to: to,
            requiredDelegator: draft.requiredDelegator.map { key.pseudonym(of: $0) },
            handledBy: handledBy,
            validTo: validTo,
            rights: rights,
            message: draft.message,
            redirectURL: redirectURL,
            portalViewMode: draft.portalViewMode,
            template: templates.first ?? "",
            isOneTime: resources.contains(where: \.isOneTimeConsent),
            created: now
        )
    }

    private func rights(
        of draft: ConsentDraft,
        _ faults: inout [ConsentFault]
    ) throws -> (rights: [ConsentRight], resources: [Resource]) {
        var rights: [ConsentRight] = []
        var resources: [Resource] = []
        for (index, right) in draft.rights.enumerated() {
            // More or fewer than one is a fault that the draft has already.
            guard right.resources.count == 1, let text = right.resources.first else { continue }
            let path = "/consentRights/\(index)"
            guard let id = try? ResourceID(parsing: text), let resource = try reader.resource(id),
                resource.type == .consent
            else {
                faults.append(
                    ConsentFault(.resource, at: "\(path)/resource", "`\(text)` is no resource of type Consent")
                )
                continue
            }
            faults += Self.faults(in: right.metadata, declaredBy: resource, at: "\(path)/metaData")
            resources.append(resource)
            rights.append(ConsentRight(actions: right.actions, resource: id, metadata: right.metadata))
        }
        return (rights, resources)
    }

    private static func faults(
        in metadata: [ConsentRight.Metadata],
        declaredBy resource: Resource,
        at path: String
    ) -> [ConsentFault] {
        var faults: [ConsentFault] = []
        for item in metadata {
            if resource.consentMetadata[item.key] == nil {
                faults.append(
                    ConsentFault(.metadataUnknown, at: "\(path)/\(item.key)", "the resource declares no such key")
                )
            } else if PlainText.isBlank(item.value) {
                faults.append(ConsentFault(.metadataEmpty, at: "\(path)/\(item.key)", "must have a value"))
            }
        }
        let given = Set(metadata.map(\.key))
        for (key, declaration) in resource.consentMetadata.sorted(by: { $0.key < $1.key })
        where !declaration.isOptional && !given.contains(key) {
            faults.append(ConsentFault(.metadataMissing, at: "\(path)/\(key)", "the resource demands this key"))
        }
        return faults
    }

    // MARK: Answering

    /// Whether somebody may answer for the party that was asked: it is the delegator named, if one is, who could give every
    /// named action on every resource on.
    ///
    /// - Throws: `ConsentProblem.notAuthorised`.
    public func checkAnswer(to consent: ConsentRequest, by right: ActingRight) throws {
        guard case .person(let person, let level) = right else { return }
        if let required = consent.requiredDelegator, required != person { throw ConsentProblem.notAuthorised }
        for right in consent.rights {
            let actions = try authority.delegability(of: right.resource, by: person, level: level, for: consent.from)
            let free = Set(actions.filter { $0.obstacle == nil }.map { $0.action.lowercased() })
            guard right.actions.allSatisfy({ free.contains($0.lowercased()) }) else {
                throw ConsentProblem.notAuthorised
            }
        }
    }

    /// The consent once it is given; the same when it was given already.
    ///
    /// - Throws: `ConsentProblem`: `.cannotBeAccepted` in a wrong state, `.notAuthorised`.
    public func accepted(_ consent: ConsentRequest, by right: ActingRight, at now: Timestamp) throws -> ConsentRequest {
        try checkAnswer(to: consent, by: right)
        switch consent.status(at: now) {
        case .accepted: return consent
        case .created:
            var accepted = consent
            accepted.answer = .accepted
            accepted.consented = now
            accepted.basis = right.basis
            return accepted
        case .rejected, .revoked, .deleted, .expired: throw ConsentProblem.cannotBeAccepted
        }
    }

    /// The consent once it is refused.
    ///
    /// - Throws: `ConsentProblem`: `.cannotBeRejected` in a wrong state, `.notAuthorised`.
    public func rejected(_ consent: ConsentRequest, by right: ActingRight, at now: Timestamp) throws -> ConsentRequest {
        try checkAnswer(to: consent, by: right)
        guard consent.status(at: now) == .created else { throw ConsentProblem.cannotBeRejected }
        var rejected = consent
        rejected.answer = .rejected
        return rejected
    }

    /// The consent once it is withdrawn; the same when it was withdrawn already.
    ///
    /// - Throws: `ConsentProblem`: `.cannotBeRevoked` in a wrong state, `.notAuthorised`.
    public func revoked(_ consent: ConsentRequest, by right: ActingRight, at now: Timestamp) throws -> ConsentRequest {
        try checkAnswer(to: consent, by: right)
        switch consent.status(at: now) {
        case .revoked: return consent
        case .accepted:
            var revoked = consent
            revoked.answer = .revoked
            return revoked
        case .created, .rejected, .deleted, .expired: throw ConsentProblem.cannotBeRevoked
        }
    }
}

extension ConsentRequest {
    /// The request once the asking organisation, or its supplier on its behalf, has taken it back.
    ///
    /// - Throws: `ConsentProblem`: `.notFound` for anybody else, `.cannotBeRejected` in a wrong state.
    public func takenBack(
        by organisation: OrganisationNumber,
        through supplier: OrganisationNumber? = nil,
        at now: Timestamp
    ) throws(ConsentProblem) -> ConsentRequest {
        guard isOpen(to: organisation, through: supplier) else { throw .notFound }
        guard status(at: now) == .created else { throw .cannotBeRejected }
        var deleted = self
        deleted.answer = .deleted
        return deleted
    }

    /// Whether a caller may see it: the organisation that asked, or on its behalf the supplier that handles it.
    ///
    /// In its own name a supplier sees nothing that it handles: its right is the delegation by which it gets tokens for the
    /// organisation, and ends with it.
    public func isOpen(to organisation: OrganisationNumber, through supplier: OrganisationNumber?) -> Bool {
        to == organisation && (supplier == nil || supplier == handledBy)
    }

    /// Whether the organisation asked for it, or handles it.
    public func concerns(_ organisation: OrganisationNumber) -> Bool { to == organisation || handledBy == organisation }

    /// Everything that keeps it from being used, all together (spec/altinn §7.3).
    public func impediments(
        from party: Party,
        to organisation: OrganisationNumber,
        at now: Timestamp
    ) -> [ConsentProblem] {
        var problems: [ConsentProblem] = []
        if !concerns(organisation) { problems.append(.notFound) }
        if from != party { problems.append(.fromMismatch) }
        if isExpired(at: now) { problems.append(.expired) }
        switch answer {
        case .accepted where isOneTime && used != nil: problems.append(.notAccepted)
        case .accepted: break
        case .revoked: problems.append(.revoked)
        case .created, .rejected, .deleted, .expired: problems.append(.notAccepted)
        }
        return problems
    }
}
