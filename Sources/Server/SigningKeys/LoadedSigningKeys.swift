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
        /// Other keys, or other times of the same.
        case loaded([SigningKeyRecord])
        /// A key cannot be used; the keys loaded before stay.
        case refused([SigningKeyFolder.Fault])
    }

    private struct Loaded {
        var records: [SigningKeyRecord] = []
        var files: [KeyID: SigningKeyFolder.Signature] = [:]
        var keys: [KeyID: PrivateKey] = [:]
    }

    let ring = SigningKeyRing([])
    private let folder: SigningKeyFolder
    private let loaded = Mutex(Loaded())

    init(folder: SigningKeyFolder) { self.folder = folder }

    /// Takes in the timetable as it stands in the store, and files that have changed; blocks on the file system.
    func refresh(_ records: [SigningKeyRecord], at now: Timestamp) -> Change {
        // A retired key's file may be gone, and nobody misses it.
        let wanted = records.filter { $0.state(at: now) != .retired }
        var next = Loaded(records: wanted)
        for record in wanted { next.files[record.id] = folder.signature(of: record.id) }
        let known = loaded.withLock { $0 }
        guard next.records != known.records || next.files != known.files else { return .none }
        var faults: [SigningKeyFolder.Fault] = []
        for record in wanted {
            if let key = known.keys[record.id], known.files[record.id] == next.files[record.id] {
                next.keys[record.id] = key
                continue
            }
            do throws(SigningKeyFolder.Fault) {
                next.keys[record.id] = try folder.key(record.id, for: record.algorithm)
            } catch {
                faults.append(error)
            }
        }
        guard faults.isEmpty else {
            // Said once for each state of the files: remembered as seen, though the keys stay the old ones.
            loaded.withLock {
                $0.records = next.records
                $0.files = next.files
            }
            return .refused(faults)
        }
        loaded.withLock { [next] in $0 = next }
        ring.replace(
            with: wanted.compactMap { record in
                next.keys[record.id].map { SigningKeyRing.Key(record: record, privateKey: $0) }
            }
        )
        return .loaded(wanted)
    }

    /// The key set as providers fetch it at `now` (RFC 7517 §5).
    func keySet(at now: Timestamp) -> [UInt8] {
        let keys = ring.published(at: now).map { key in
            JSONValue.object(
                JWK(
                    key.privateKey.publicKey,
                    keyID: key.record.id.rawValue,
                    algorithm: key.record.algorithm
                ).object
            )
        }
        return JSONValue.object(["keys": .array(keys)]).encoded()
    }
}
