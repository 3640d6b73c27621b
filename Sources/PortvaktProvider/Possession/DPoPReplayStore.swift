public import JOSE
public import Vocabulary

/// Remembers which DPoP proofs were used, so that each is used once (RFC 9449 §11.1).
///
/// The one that a verifier has unless told otherwise is a ``JOSE/DPoPReplayMemory`` of its process. Where several processes
/// serve one API, a store that they share is given: an insert that fails when the key is there, with an end.
///
/// ```swift
/// struct SharedStore: DPoPReplayStore {
///     func claim(_ key: [UInt8], until: Timestamp, at now: Timestamp) async throws -> DPoPReplayMemory.Outcome {
///         // SET key "" NX EXAT until
///     }
/// }
/// ```
public protocol DPoPReplayStore: Sendable {
    /// Remembers a proof, in one step with the question whether it was used before.
    ///
    /// - Parameters:
    ///   - key: What tells it from others, 32 bytes.
    ///   - until: The last second in which the proof would be accepted; the key may be forgotten after it.
    ///   - now: The present time.
    /// - Throws: whatever keeps the store from answering; the request is then refused with 503.
    /// - Returns: Whether it was new.
    func claim(_ key: [UInt8], until: Timestamp, at now: Timestamp) async throws -> DPoPReplayMemory.Outcome
}

extension DPoPReplayMemory: DPoPReplayStore {}
