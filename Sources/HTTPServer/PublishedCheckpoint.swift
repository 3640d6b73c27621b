import Synchronization
import Vocabulary

/// The newest checkpoint of the ledger, as everybody may fetch it (C2SP tlog-checkpoint).
public final class PublishedCheckpoint: Sendable {
    /// Checkpoints come each minute, or each second: a copy must not be much older.
    private static let maximumAge = Seconds(5)

    private let document = Mutex<PublishedDocument?>(nil)

    /// No checkpoint yet.
    public init() {}

    /// Puts a note in place of the present one.
    public func publish(_ note: String) {
        let bytes = Array(note.utf8)
        let known = document.withLock { document -> PublishedDocument? in
            guard document == nil else { return document }
            document = PublishedDocument(
                bytes,
                maximumAge: Self.maximumAge,
                mediaType: "text/plain; charset=utf-8"
            )
            return nil
        }
        known?.replace(with: bytes)
    }

    /// The newest checkpoint; nil before the first one.
    var current: PublishedDocument? { document.withLock { $0 } }
}
