import JOSE
import LibCrypto
import Synchronization
import TokenIssuance
import Vocabulary

/// Keeps the ring of signing keys and the published key set equal to timetable and files.
final class LoadedSigningKeys: Sendable {
    /// What one look found.
    enum Change: Sendable {
        /// Everything as before.
        case none
        /// Other keys, other times of the same, or other faults: the keys with faults are left out.
        case loaded([SigningKeyRecord], faults: [SigningKeyFolder.Fault])
    }

    private struct Loaded: Sendable {
        var records: [SigningKeyRecord] = []
        var files: [KeyID: SigningKeyFolder.Signature] = [:]
        var keys: [KeyID: SigningKey] = [:]
        var faults: [SigningKeyFolder.Fault] = []
        /// The faults of keys that are not asked for again before their files change.
        var final: [KeyID: SigningKeyFolder.Fault] = [:]
    }

    let ring = SigningKeyRing([])
    private let folder: SigningKeyFolder
    private let loaded = Mutex(Loaded())

    init(folder: SigningKeyFolder) { self.folder = folder }

    /// Takes in the timetable as it stands in the store, and files that have changed; blocks on the file system.
    ///
    /// The timetable is followed whatever the files are like: a key that is withdrawn goes, though another cannot be read.
    /// A key that is held signs on when its file goes bad.
    ///
    /// - Parameters:
    ///   - records: The whole timetable.
    ///   - now: The time of the look.
    ///   - publish: Gets the key set before anything signs with a key that is new in it.
    /// - Returns: What changed since the last look.
    func refresh(
        _ records: [SigningKeyRecord],
        at now: Timestamp,
        publish: ([UInt8]) -> Void = { _ in }
    ) -> Change {
        let known = loaded.withLock { $0 }
        let next = look(for: records.filter { $0.state(at: now) != .retired }, known)
        loaded.withLock { $0 = next }
        let keys = next.records.compactMap { record in
            next.keys[record.id].map { SigningKeyRing.Key(record: record, signingKey: $0) }
        }
        // Also when nothing was loaded: keys come into the set and leave it by the clock.
        publish(Self.keySet(of: SigningKeyRing(keys), at: now))
        // Said once for each state of the files.
        guard next.records != known.records || next.files != known.files || next.faults != known.faults else {
            return .none
        }
        ring.replace(with: keys)
        return .loaded(keys.map(\.record), faults: next.faults)
    }

    /// The keys of the timetable: those held, and those read; one with a fault is tried again at each look, unless that
    /// could lock a token.
    private func look(for records: [SigningKeyRecord], _ known: Loaded) -> Loaded {
        // A retired key's file may be gone, and nobody misses it.
        var next = Loaded(records: records)
        for record in records {
            let held = known.keys[record.id].flatMap { record.algorithm.fits($0.kind) ? $0 : nil }
            next.files[record.id] = folder.signature(of: record.id)
            if held != nil, known.files[record.id] == next.files[record.id], next.files[record.id] != nil {
                next.keys[record.id] = held
                continue
            }
            // A PIN that was refused is not tried again: a few wrong ones lock a token.
            if let fault = known.final[record.id], known.files[record.id] == next.files[record.id] {
                next.keys[record.id] = held
                next.final[record.id] = fault
                next.faults.append(fault)
                continue
            }
            do throws(SigningKeyFolder.Fault) {
                next.keys[record.id] = try folder.key(record.id, for: record.algorithm)
            } catch {
                next.keys[record.id] = held
                next.faults.append(error)
                if error.isFinal { next.final[record.id] = error }
            }
        }
        return next
    }

    /// The key set as providers fetch it at `now` (RFC 7517 §5).
    func keySet(at now: Timestamp) -> [UInt8] { Self.keySet(of: ring, at: now) }

    private static func keySet(of ring: SigningKeyRing, at now: Timestamp) -> [UInt8] {
        let keys = ring.published(at: now).map { key in
            JSONValue.object(
                JWK(
                    key.publicKey,
                    keyID: key.record.id.rawValue,
                    algorithm: key.record.algorithm
                ).object
            )
        }
        return JSONValue.object(["keys": .array(keys)]).encoded()
    }
}
