package import Vocabulary

/// What is known of a certificate's revocation at one time.
package enum RevocationStanding: Sendable, Hashable {
    /// It is not revoked: known until then, the last second; under grace when the answer has ended and no newer came.
    case good(until: Timestamp, age: Seconds, isGrace: Bool)
    /// It is revoked.
    case revoked
    /// It cannot be told.
    case unknown(RevocationDoubt)
}

extension RevocationRules {
    /// What a record says now.
    ///
    /// - Parameters:
    ///   - record: what is known; nil when nothing is.
    ///   - nextAttempt: when somebody will be asked again after failures; nil when nothing has failed.
    ///   - now: the present time.
    /// - Returns: what may be decided on it.
    package func standing(
        of record: RevocationRecord?,
        nextAttempt: Timestamp?,
        at now: Timestamp
    ) -> RevocationStanding {
        let isWaiting = nextAttempt.map { now < $0 } ?? false
        guard let answer = record?.answer else {
            guard isWaiting, let fault = record?.fault else {
                return .unknown(RevocationDoubt("no responder or list has answered yet", isPending: true))
            }
            return .unknown(RevocationDoubt("no responder or list answers: \(fault)"))
        }
        let age = Seconds(max(0, now.seconds - answer.thisUpdate.seconds))
        switch answer.status {
        // What is revoked stays so, however old the answer is.
        case .revoked: return .revoked
        case .unknown:
            guard now > answer.until, !isWaiting else {
                return .unknown(
                    RevocationDoubt("the issuer's responder does not know the certificate", evidenceAge: age)
                )
            }
            return .unknown(
                RevocationDoubt("the issuer's responder did not know it", evidenceAge: age, isPending: true)
            )
        case .good:
            guard answer.thisUpdate <= now + clockSkew else {
                return .unknown(RevocationDoubt("the answer is of a time to come, `\(answer.thisUpdate)`"))
            }
            if now <= answer.until { return .good(until: answer.until, age: age, isGrace: false) }
            if now <= answer.until + grace { return .good(until: answer.until + grace, age: age, isGrace: true) }
            let cause =
                "the newest answer ended at `\(answer.until)`" + (record?.fault.map { "; no newer one: \($0)" } ?? "")
            return .unknown(RevocationDoubt(cause, evidenceAge: age, isPending: !isWaiting))
        }
    }
}
