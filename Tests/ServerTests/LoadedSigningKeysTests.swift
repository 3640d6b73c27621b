import Foundation
import JOSE
import Testing
import TokenIssuance
import Vocabulary

@testable import Server

@Suite("DESIGN §10: the running server follows timetable and key files")
struct LoadedSigningKeysTests {
    private let temporary: TemporaryFolder
    private let folder: SigningKeyFolder
    private let keys: LoadedSigningKeys
    private let now = Timestamp(seconds: 1_795_000_000)

    init() throws {
        temporary = try TemporaryFolder()
        folder = SigningKeyFolder(dataFolder: temporary.path)
        try FileManager.default.createDirectory(
            atPath: folder.path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        keys = LoadedSigningKeys(folder: folder)
    }

    private func record(_ id: KeyID, from start: Timestamp? = nil) -> SigningKeyRecord {
        SigningKeyRecord(id: id, algorithm: .es256, published: start ?? now, activates: start ?? now)
    }

    private func made() throws -> SigningKeyRecord { record(try folder.makeKey(for: .es256).id) }

    private func signer(at time: Timestamp? = nil) -> KeyID? { keys.ring.active(.es256, at: time ?? now)?.record.id }

    private func remove(_ key: SigningKeyRecord) throws {
        try FileManager.default.removeItem(atPath: "\(folder.path)/\(key.id).pem")
    }

    @Test func `a key that is withdrawn goes, though another key cannot be read`() throws {
        var old = try made()
        _ = keys.refresh([old], at: now)
        #expect(signer() == old.id)
        let missing = record(try KeyID(parsing: "sig-missing"))
        old.retires = now
        old.removed = now
        guard case .loaded(let loaded, let faults) = keys.refresh([old, missing], at: now) else {
            Issue.record("nothing was loaded")
            return
        }
        #expect(loaded.isEmpty)
        #expect(faults.map(\.description).count == 1)
        #expect(signer() == nil)
        #expect(try JWKSet(parsing: keys.keySet(at: now)).keys.isEmpty)
    }

    @Test func `says a fault once, and takes the key when it can be read`() throws {
        let good = try made()
        let other = try made()
        let path = "\(folder.path)/\(other.id).pem"
        try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        guard case .loaded(let loaded, let faults) = keys.refresh([good, other], at: now) else {
            Issue.record("nothing was loaded")
            return
        }
        #expect(loaded == [good])
        #expect(faults.count == 1)
        guard case .none = keys.refresh([good, other], at: now) else {
            Issue.record("said twice")
            return
        }
        try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
        guard case .loaded([good, other], faults: let none) = keys.refresh([good, other], at: now) else {
            Issue.record("not taken")
            return
        }
        #expect(none.isEmpty)
    }

    @Test func `a key that is held signs on when its file has gone, and by a new timetable`() throws {
        var key = try made()
        _ = keys.refresh([key], at: now)
        try remove(key)
        key.retires = now + 10
        guard case .loaded([key], faults: let faults) = keys.refresh([key], at: now) else {
            Issue.record("nothing was loaded")
            return
        }
        #expect(faults.count == 1)
        #expect(signer(at: now + 9) == key.id)
        #expect(signer(at: now + 10) == nil)
    }

    @Test func `publishes a new key before it signs`() throws {
        let old = record(try folder.makeKey(for: .es256).id, from: now - 100)
        _ = keys.refresh([old], at: now)
        let new = try made()
        var published: [String?] = []
        _ = keys.refresh([old, new], at: now) { set in
            published = (try? JWKSet(parsing: set).keys.map(\.keyID)) ?? []
            #expect(signer() == old.id)
        }
        #expect(Set(published) == [old.id.rawValue, new.id.rawValue])
        #expect(signer() == new.id)
    }
}
