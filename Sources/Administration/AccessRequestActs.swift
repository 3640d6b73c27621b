import AuditLedger
import JOSE
public import Scopes
public import Vocabulary

// Consumers ask for access, owners of scopes answer (DESIGN §7).
extension Administration {
    /// Asks the owner of a scope for access, or changes a request that waits.
    ///
    /// While a grant is in force the request is for its prolongation, and the grant stands until it is answered.
    ///
    /// - Parameters:
    ///   - name: The scope.
    ///   - consumer: Who asks.
    ///   - fields: The days that are wanted, and why; `purpose` must be there.
    ///   - terms: The version of the terms of use that the consumer accepts with the request.
    /// - Throws: `AdministrationRefusal`: `.unknownScope`, `.unknownOrganisation`, `.access`, `.accessEndsInThePast`,
    ///   `.accessRequest`.
    /// - Returns: the request as it is kept.
    @discardableResult
    public func requestAccess(
        to name: ScopeName,
        for consumer: OrganisationNumber,
        _ fields: [AccessField: AccessFieldValue],
        accepting terms: String?
    ) throws -> AdministrationOutcome<AccessRequest> {
        let scope = try existing(name)
        let warnings = try warnings(about: consumer)
        guard scope.isActive(at: now) else { throw AdministrationRefusal.accessRequest(.scopeInactive(name)) }
        if scope.isAccessibleForAll { throw AdministrationRefusal.accessRequest(.scopeOpenToAll(name)) }
        var wanted = ScopeAccess(scope: name, consumer: consumer, created: now, origin: "request")
        try set(fields, on: &wanted)
        guard wanted.purpose.map({ !PlainText.isBlank($0) }) ?? false else {
            throw AdministrationRefusal.accessRequest(.purposeMissing)
        }
        if let until = wanted.validUntil, until <= now { throw AdministrationRefusal.accessEndsInThePast(until: until) }
        try requireTerms(terms, of: scope)
        wanted.acceptedTermsVersion = terms
        let access = try transaction.access(to: name, of: consumer)
        try checkProlongation(of: access, by: wanted)
        let request = AccessRequest(wanted)
        let before = try transaction.accessRequest(to: name, of: consumer)
        if let before, before.state == .pending, before.isSame(as: request) {
            return AdministrationOutcome(before, hasChanged: false, warnings: warnings)
        }
        try transaction.put(request)
        if access == nil || access?.state == .denied {
            var row = wanted
            row.state = .requested
            row.created = access?.created ?? now
            try transaction.put(row)
        }
        try record(.accessRequested, details(of: request)) { $0.concern(name, consumer) }
        return AdministrationOutcome(request, warnings: warnings)
    }

    /// Takes a request back; what waits for no answer stays as it is.
    ///
    /// - Throws: `AdministrationRefusal.unknownScope`.
    /// - Returns: the request as it is now; nil when there never was one.
    @discardableResult
    public func withdrawRequest(
        for name: ScopeName,
        of consumer: OrganisationNumber
    ) throws -> AdministrationOutcome<AccessRequest?> {
        _ = try existing(name)
        guard let request = try answer(.withdrawn, to: name, consumer, { _ in }) else {
            return AdministrationOutcome(try transaction.accessRequest(to: name, of: consumer), hasChanged: false)
        }
        try closeRequested(name, consumer, reason: "the request was withdrawn")
        try record(.accessRequestWithdrawn, answered(request)) { $0.concern(name, consumer) }
        return AdministrationOutcome(request)
    }

    /// Answers a request by a grant for the days that were asked for, or for fewer.
    ///
    /// - Parameters:
    ///   - name: The scope.
    ///   - consumer: Who asked.
    ///   - fields: What is given otherwise than it was asked for: days within those wanted, a reason of the owner's.
    ///   - origin: Where the grant comes from: `cli` or `api`.
    /// - Throws: `AdministrationRefusal`: `.unknownScope`, `.unknownOrganisation`, `.access`, `.accessEndsInThePast`,
    ///   `.accessRequest`.
    /// - Returns: the grant as it is now.
    @discardableResult
    public func approveRequest(
        for name: ScopeName,
        of consumer: OrganisationNumber,
        _ fields: [AccessField: AccessFieldValue] = [:],
        origin: String
    ) throws -> AdministrationOutcome<ScopeAccess> {
        let scope = try existing(name)
        guard let request = try transaction.accessRequest(to: name, of: consumer), request.state == .pending else {
            throw AdministrationRefusal.accessRequest(.notPending(name, consumer))
        }
        var given = request.wanted
        try set(fields, on: &given)
        try checkNarrowing(of: request.wanted, to: given)
        let access = try transaction.access(to: name, of: consumer)
        // A prolongation leaves no gap: what is in force began when it began.
        if let access, access.impediment(at: now, requiredTerms: nil) == nil { given.validFrom = access.validFrom }
        var values: [AccessField: AccessFieldValue] = [:]
        for field in AccessField.allCases { values[field] = given[field] }
        var outcome = try grantAccess(to: name, for: consumer, values, origin: origin)
        if !outcome.hasChanged {
            // The very same days were in force; the request is answered all the same.
            try answer(.approved, to: name, consumer) { _ in }
            try record(.accessGranted, details(of: request)) { $0.concern(name, consumer) }
            outcome = AdministrationOutcome(outcome.value, warnings: outcome.warnings)
        }
        if let required = scope.requiredTermsVersion, outcome.value.acceptedTermsVersion != required {
            return AdministrationOutcome(
                outcome.value,
                warnings: outcome.warnings + [.termsOutdated(name, consumer, required: required)]
            )
        }
        return outcome
    }

    /// Answers a request by no, for the reason of the act; a grant in force that it would have prolonged stands.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownScope`, `.accessRequest`.
    @discardableResult
    public func denyRequest(
        for name: ScopeName,
        of consumer: OrganisationNumber
    ) throws -> AdministrationOutcome<AccessRequest> {
        _ = try existing(name)
        guard let reason, !PlainText.isBlank(reason) else { throw AdministrationRefusal.accessRequest(.reasonMissing) }
        guard let request = try answer(.denied, to: name, consumer, { _ in }) else {
            throw AdministrationRefusal.accessRequest(.notPending(name, consumer))
        }
        try closeRequested(name, consumer, reason: reason)
        try record(.accessRequestDenied, answered(request)) { $0.concern(name, consumer) }
        return AdministrationOutcome(request)
    }

    /// Accepts the terms of use of a scope that one has access to, or that is open to all.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownScope`, `.unknownOrganisation`, `.accessRequest` for another version
    ///   than the one in force, or without access.
    @discardableResult
    public func acceptTerms(
        of name: ScopeName,
        version: String,
        for consumer: OrganisationNumber
    ) throws -> AdministrationOutcome<ScopeAccess> {
        let scope = try existing(name)
        let warnings = try warnings(about: consumer)
        try requireTerms(version, of: scope)
        let before = try transaction.access(to: name, of: consumer)
        var access: ScopeAccess
        switch before {
        case let before? where before.state == .approved: access = before
        // Terms alone stand between such a scope and everybody; a withdrawal stands all the same.
        case nil where scope.isAccessibleForAll:
            access = ScopeAccess(scope: name, consumer: consumer, created: now, origin: Self.termsOrigin)
        case let before? where scope.isAccessibleForAll && before.origin == Self.closedOrigin:
            access = before
            access.begin(from: Self.termsOrigin)
        default: throw AdministrationRefusal.accessRequest(.notGranted(name))
        }
        if access.acceptedTermsVersion == version, access == before {
            return AdministrationOutcome(access, hasChanged: false, warnings: warnings)
        }
        let accepted = access.acceptedTermsVersion
        access.acceptedTermsVersion = version
        access.lastUpdated = now
        try transaction.put(access)
        let details: JSONObject = [
            "changes": ["accepted_terms_version": change(accepted.map { .string($0) }, .string(version))]
        ]
        try record(.termsAccepted, details) { $0.concern(name, consumer) }
        return AdministrationOutcome(access, warnings: warnings)
    }

    /// Ends what rests on accepted terms alone: the owner of a scope that is open to all no more has granted these nothing.
    ///
    /// When the scope is opened again, terms can be accepted again.
    func endAcceptances(of name: ScopeName) throws {
        var query = AccessQuery()
        query.scope = name
        for before in try transaction.accesses(query) where before.origin == Self.termsOrigin {
            var access = before
            access.state = .denied
            access.origin = Self.closedOrigin
            access.reason = "the scope is open to all no more"
            access.lastUpdated = now
            try transaction.put(access)
            try record(.accessRevoked, details(before: before, after: access)) { $0.concern(name, access.consumer) }
        }
    }

    /// The origin of what rests on accepted terms alone.
    static var termsOrigin: String { "terms" }
    /// The origin of such a one that ended with its scope's being open.
    private static var closedOrigin: String { "terms-closed" }

    // MARK: Rules

    /// The answer as a change of the request, which waited before.
    private func answered(_ request: AccessRequest) -> JSONObject {
        [
            "changes": [
                "state": change(
                    .string(AccessRequest.State.pending.rawValue),
                    .string(request.state.rawValue)
                )
            ]
        ]
    }

    private func requireTerms(_ accepted: String?, of scope: Scope) throws {
        guard accepted != scope.requiredTermsVersion else { return }
        throw AdministrationRefusal.accessRequest(.terms(accepted: accepted, required: scope.requiredTermsVersion))
    }

    /// A request beside a grant in force follows on it without a gap, which one row could not hold.
    private func checkProlongation(of access: ScopeAccess?, by wanted: ScopeAccess) throws {
        guard let access, access.impediment(at: now, requiredTerms: nil) == nil else { return }
        guard let end = access.validUntil else { throw AdministrationRefusal.accessRequest(.alreadyGranted) }
        if let from = wanted.validFrom, from > end {
            throw AdministrationRefusal.accessRequest(.beginsAfterGrant(until: end))
        }
    }

    private func checkNarrowing(of wanted: ScopeAccess, to given: ScopeAccess) throws {
        if let from = wanted.validFrom, given.validFrom.map({ $0 < from }) ?? true {
            throw AdministrationRefusal.accessRequest(.wider(.validFrom))
        }
        if let until = wanted.validUntil, given.validUntil.map({ $0 > until }) ?? true {
            throw AdministrationRefusal.accessRequest(.wider(.validUntil))
        }
    }

    /// Answers the request that waits, if there is one.
    @discardableResult
    func answer(
        _ state: AccessRequest.State,
        to name: ScopeName,
        _ consumer: OrganisationNumber,
        _ read: (AccessRequest) -> Void
    ) throws -> AccessRequest? {
        guard var request = try transaction.accessRequest(to: name, of: consumer), request.state == .pending else {
            return nil
        }
        read(request)
        request.state = state
        request.answer = reason
        request.lastUpdated = now
        try transaction.put(request)
        return request
    }

    /// The grant that a first request left as asked for is none.
    private func closeRequested(_ name: ScopeName, _ consumer: OrganisationNumber, reason: String) throws {
        guard var access = try transaction.access(to: name, of: consumer), access.state == .requested else { return }
        access.state = .denied
        access.reason = reason
        access.lastUpdated = now
        try transaction.put(access)
    }

    private func details(of request: AccessRequest) -> JSONObject {
        var wanted: JSONObject = [:]
        for field in AccessField.allCases { wanted[field.rawValue] = request.wanted[field].json }
        wanted["accepted_terms_version"] = request.wanted.acceptedTermsVersion.map { .string($0) }
        return ["request": .object(wanted)]
    }
}

extension AccessRequest {
    /// Whether it asks for the same.
    fileprivate func isSame(as other: AccessRequest) -> Bool {
        AccessField.allCases.allSatisfy { wanted[$0] == other.wanted[$0] }
            && wanted.acceptedTermsVersion == other.wanted.acceptedTermsVersion
    }
}

extension LedgerEvent {
    /// Names the scope and the consumer that an act is about.
    fileprivate mutating func concern(_ scope: ScopeName, _ consumer: OrganisationNumber) {
        scopes = [scope]
        self.consumer = consumer
    }
}
