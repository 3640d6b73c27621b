public import Vocabulary

/// Something that an operator should hear of; the server logs and counts it.
public enum LedgerNotice: Sendable {
    /// The clock was stepped ahead by more than a minute; the mark does not follow yet.
    case clockSteppedAhead(by: Seconds)
    /// The clock has stood ahead for one longest lifetime: the mark follows.
    case clockStepTakenIn(by: Seconds)
    /// The clock went back before its step ahead was believed.
    case clockStepWentBack
    /// The clock is behind the mark: no tokens until it has caught up, or an operator accepts it.
    case clockBehind(by: Seconds, mark: Timestamp)
    /// The clock has caught up with the mark.
    case clockInOrder
    /// An operator lowered the mark: the claims were read again.
    case clockAccepted(mark: Timestamp)
    /// Batches could not be made durable; so many requests got no token since the last notice.
    case batchFailed(requests: Int, any Error)
    /// The store takes batches again.
    case storeRecovered
    /// The claims were read from the store at start.
    case claimsRead(count: Int)
}
