@testable import EnterpriseCertificates
import Foundation
import LibCrypto
import TestAuthority
import Testing
import Vocabulary

/// A trust folder on disk that is gone with the test.
private final class TemporaryTrust {
    let url = FileManager.default.temporaryDirectory.appending(path: "trust-\(UUID().uuidString)")

    init(_ files: [String: [UInt8]]) throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try mode(0o755, of: nil)
        for (name, contents) in files { try write(contents, to: name) }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ contents: [UInt8], to name: String) throws {
        let file = url.appending(path: name)
        let folder = file.deletingLastPathComponent()
        if !FileManager.default.fileExists(atPath: folder.path) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        }
        try Data(contents).write(to: file)
        try mode(0o644, of: name)
    }

    func mode(_ mode: Int, of name: String?) throws {
        let path = name.map { url.appending(path: $0).path } ?? url.path
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    // A method: the folder lives as long as the call.
    func trust() throws -> TrustStore { try TrustStore(directory: url.path) }

    func faults() -> [String] {
        do throws(TrustFaults) {
            _ = try TrustStore(directory: url.path)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }
}

@Suite("A trust folder")
struct TrustFolderTests {
    static func ordinary() throws -> [String: [UInt8]] {
        [
            "profile.yaml": try #require(BundledTrust.profile(for: .test)).contents,
            "root.pem": Array(Minted.buypass.root.pem.utf8), "issuing.crt": Minted.buypass.issuing.der,
        ]
    }

    @Test func `tells anchors from intermediates by their signatures, PEM or DER`() throws {
        let folder = try TemporaryTrust(Self.ordinary())
        let trust = try TrustStore(directory: folder.url.path)
        #expect(trust.anchors.map(\.der) == [Minted.buypass.root.der])
        #expect(trust.intermediates.map(\.der) == [Minted.buypass.issuing.der])
        #expect(trust.profile.name == "test")
    }

    @Test func `reads several certificates from one file, and each once`() throws {
        var files = try Self.ordinary()
        files["all.pem"] = Array((Minted.commfides.root.pem + Minted.commfides.issuing.pem).utf8)
        files["again.cer"] = Minted.buypass.root.der
        let trust = try TemporaryTrust(files).trust()
        #expect(trust.anchors.count == 2)
        #expect(trust.intermediates.count == 2)
    }

    @Test func `reads the lists in crl, and passes over README and hidden files`() throws {
        var files = try Self.ordinary()
        let end = Minted.now + .days(1)
        files["crl/root.crl"] = try Minted.buypass.revocationList(of: .root, thisUpdate: Minted.now, nextUpdate: end)
        files["README.md"] = Array("certificates".utf8)
        files[".hidden.pem"] = Array("nothing".utf8)
        let trust = try TemporaryTrust(files).trust()
        #expect(trust.revocationLists.map(\.nextUpdate) == [end])
    }

    @Test func `a file that is no authority's certificate is a fault`() throws {
        var files = try Self.ordinary()
        files["leaf.pem"] = Array(try Minted.issue().pem.utf8)
        #expect(
            try TemporaryTrust(files).faults() == [
                "leaf.pem: `Testvirksomhet` is no certification authority's certificate"
            ]
        )
    }

    @Test func `all faults are reported together, each with its file`() throws {
        let files: [String: [UInt8]] = [
            "a.pem": Array("nothing".utf8), "b.cer": [0x30, 0x82, 0x00, 0x01, 0x00], "c.txt": [],
            "crl/d.crl": Array("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n".utf8), "crl/e.pem": [],
            "key.pem": Array(try Minted.key.pem().utf8), "profile.yaml": Array("name: x\n".utf8),
        ]
        let faults = try TemporaryTrust(files).faults()
        #expect(faults.contains("a.pem: not a certificate: it holds no PEM block of this kind"))
        #expect(faults.contains("b.cer: not a certificate: it is not well-formed DER"))
        #expect(faults.contains { $0.hasPrefix("c.txt: neither a certificate") })
        #expect(faults.contains("crl/d.crl: not a revocation list: it is not well-formed DER"))
        #expect(faults.contains { $0.hasPrefix("crl/e.pem: neither a certificate") })
        #expect(faults.contains("key.pem: not a certificate: it holds no PEM block of this kind"))
        #expect(faults.contains("profile.yaml: `policies` is missing"))
    }

    @Test func `without a profile or an anchor there is no trust`() throws {
        var files = try Self.ordinary()
        files["profile.yaml"] = nil
        #expect(try TemporaryTrust(files).faults() == ["profile.yaml: the file is missing"])
        files = try Self.ordinary()
        files["root.pem"] = nil
        #expect(
            try TemporaryTrust(files).faults() == [".: there is no anchor: none of the certificates is self-signed"]
        )
        #expect(throws: TrustFaults.self) { try TrustStore(directory: "/nonexistent") }
    }

    @Test(arguments: [0o775, 0o757, 0o777, 0o722], ["folder", "crl", "root.pem", "crl/root.crl"])
    func `what group or others may write to is refused`(mode: Int, what: String) throws {
        var files = try Self.ordinary()
        files["crl/root.crl"] = try Minted.buypass.revocationList(
            of: .root,
            thisUpdate: Minted.now,
            nextUpdate: Minted.now + .days(1)
        )
        let folder = try TemporaryTrust(files)
        #expect(folder.faults() == [])
        try folder.mode(mode, of: what == "folder" ? nil : what)
        let name = what == "folder" ? folder.url.path : what
        #expect(folder.faults() == ["\(name): others may write to it; take the right away (chmod go-w)"])
    }

    @Test func `the revision changes with a byte of any file and with nothing else`() throws {
        let files = try Self.ordinary().map { TrustStore.File(name: $0.key, contents: $0.value) }
        let revision = try TrustStore(files: files).revision
        #expect(try TrustStore(files: files.reversed()).revision == revision)
        for index in files.indices where files[index].name != "issuing.crt" {
            var changed = files
            changed[index] = TrustStore.File(name: files[index].name, contents: files[index].contents + [0x0A])
            #expect(try TrustStore(files: changed).revision != revision)
        }
    }
}

@Suite("Trust that is read again")
struct ReloadingTrustTests {
    @Test func `a new file is seen, and swaps the trust whole`() throws {
        let folder = try TemporaryTrust(TrustFolderTests.ordinary())
        let trust = try ReloadingTrust(directory: folder.url.path)
        guard case .none = trust.refresh() else {
            Issue.record("nothing had changed")
            return
        }
        try folder.write(Array(Minted.commfides.root.pem.utf8), to: "second.pem")
        guard case .reloaded(let store) = trust.refresh() else {
            Issue.record("the new anchor was not seen")
            return
        }
        #expect(store.anchors.count == 2)
        #expect(trust.current.anchors.count == 2)
        guard case .none = trust.refresh() else {
            Issue.record("it was reported twice")
            return
        }
    }

    @Test func `a fault leaves the trust from before in force, and is reported once`() throws {
        let folder = try TemporaryTrust(TrustFolderTests.ordinary())
        let trust = try ReloadingTrust(directory: folder.url.path)
        let before = trust.current.revision
        try folder.write(Array("broken".utf8), to: "second.pem")
        guard case .refused(let faults) = trust.refresh() else {
            Issue.record("the fault was not seen")
            return
        }
        #expect(faults.faults.map(\.file) == ["second.pem"])
        #expect(trust.current.revision == before)
        guard case .none = trust.refresh() else {
            Issue.record("it was reported twice")
            return
        }
        // Mended, it is taken.
        try folder.write(Array(Minted.commfides.root.pem.utf8), to: "second.pem")
        guard case .reloaded = trust.refresh() else {
            Issue.record("the mended file was not seen")
            return
        }
        #expect(trust.current.anchors.count == 2)
    }

    @Test func `touching a file without changing it changes nothing`() throws {
        let folder = try TemporaryTrust(TrustFolderTests.ordinary())
        let trust = try ReloadingTrust(directory: folder.url.path)
        try folder.write(Array(Minted.buypass.root.pem.utf8), to: "root.pem")
        guard case .none = trust.refresh() else {
            Issue.record("an equal file was reported as new")
            return
        }
    }

    @Test func `a running reload picks a change up and ends with its task`() async throws {
        let folder = try TemporaryTrust(TrustFolderTests.ordinary())
        let trust = try ReloadingTrust(directory: folder.url.path)
        let (changes, reporter) = AsyncStream.makeStream(of: Int.self)
        let task = Task {
            await trust.run(every: .milliseconds(5)) { change in
                if case .reloaded(let store) = change { reporter.yield(store.anchors.count) }
            }
            reporter.finish()
        }
        try folder.write(Array(Minted.commfides.root.pem.utf8), to: "second.pem")
        var seen: [Int] = []
        for await count in changes {
            seen.append(count)
            task.cancel()
        }
        #expect(seen.contains(2))
        await task.value
    }
}
