package import Vocabulary

/// Times and limits of asking about revocation.
package struct RevocationRules: Sendable, Hashable {
    /// How much longer than it says itself a good answer serves.
    package var grace: Seconds
    /// An answer in use is renewed after this time at the latest, however long it says that it lasts: so long may a
    /// revocation go unseen.
    package var refresh: Seconds = .hours(1)
    /// How far the clocks of others may be ahead of ours.
    package var clockSkew: Seconds = .minutes(5)
    /// How long an answer serves that names no next update, and how old it may be when it comes: there is newer information
    /// at any time (RFC 6960 §2.4).
    package var lifeWithoutNextUpdate: Seconds = .minutes(10)
    /// How long a responder may take.
    package var answerTimeout = Duration.seconds(5)
    /// How long a list may take.
    package var listTimeout = Duration.seconds(20)
    /// The most bytes of a responder's answer.
    package var maximumAnswerSize = 65_536
    /// The most bytes of a list.
    package var maximumListSize = 20 * 1_048_576
    /// How long a request waits for an answer that nobody has asked for before.
    package var maximumWait = Duration.seconds(4)
    /// How many requests may wait at once.
    package var maximumWaiting = 1_000
    /// How many questions are asked at once.
    package var concurrency = 8
    /// How many of them may be for one host, so that one that hangs does not keep the questions for others.
    package var concurrencyPerHost = 2
    /// What no decision has rested on for this time is not renewed any more.
    package var unusedLife: Seconds = .hours(24)
    /// What no decision has rested on for this time is forgotten.
    package var memory: Seconds = .days(7)
    /// The most certificates that are remembered.
    package var maximumCertificates = 10_000
    /// The most lists that are held.
    package var maximumLists = 100
    /// The first wait after a failure; each further one doubles it.
    package var firstRetry: Seconds = 5
    /// The longest wait after failures.
    package var longestRetry: Seconds = .minutes(5)
    /// An acceptance is looked at again after this time, so that it is seen which evidence is in use.
    package var acceptanceLife: Seconds = .minutes(30)
    /// How long an acceptance under grace is remembered: fresh evidence ends it soon.
    package var graceAcceptanceLife: Seconds = 30

    /// The rules of an installation.
    package init(grace: Seconds) { self.grace = grace }

    /// When an answer is renewed: halfway to its end or after ``refresh``, whichever comes first, each by its own jitter,
    /// so that what came at once is not asked for again at once.
    package func renewal(of answer: RevocationRecord.Answer, id: [UInt8]) -> Timestamp {
        let life = max(2, answer.until.seconds - answer.fetched.seconds)
        let interval = max(1, min(refresh.count, life / 2))
        // The identifier is a digest: its bytes are as good as drawn, and the same after a restart.
        let share = Int64(id.first ?? 0)
        return answer.fetched + Seconds(interval - interval * share / (4 * 256))
    }

    /// How long to wait after so many failures in a row.
    package func retry(after failures: Int, id: [UInt8]) -> Seconds {
        let doubled = firstRetry.count << Int64(min(max(0, failures - 1), 16))
        let wait = min(longestRetry.count, doubled)
        return Seconds(max(1, wait - wait * Int64(id.last ?? 0) / (4 * 256)))
    }
}
