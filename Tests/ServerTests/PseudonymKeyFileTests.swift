import Delegations
import Foundation
import Server
import Testing
import Vocabulary

@Suite("The key of the pseudonyms on disk")
struct PseudonymKeyFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "portvakt-key-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "keys"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private func pseudonym(_ key: PseudonymKey) throws -> PersonPseudonym {
        let unit = try OrganisationNumber(parsing: "311001213")
        return key.pseudonym(inUnit: unit, role: "DAGL", name: "A", birthDate: nil)
    }

    @Test func `is made once, as a file of its owner's, and read again`() throws {
        try withFolder { folder in
            let made = try PseudonymKeyFile.readOrMake(in: folder, isUsed: false)
            let read = try PseudonymKeyFile.readOrMake(in: folder, isUsed: true)
            #expect(try pseudonym(made) == pseudonym(read))
            let attributes = try FileManager.default.attributesOfItem(atPath: PseudonymKeyFile.path(in: folder))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            try withFolder { other in
                let another = try pseudonym(PseudonymKeyFile.readOrMake(in: other, isUsed: false))
                #expect(try another != pseudonym(made))
            }
        }
    }

    @Test func `is not made anew while persons stand under the one that is missing`() throws {
        try withFolder { folder in
            #expect(throws: KeyFileFault.self) { try PseudonymKeyFile.readOrMake(in: folder, isUsed: true) }
            #expect(!FileManager.default.fileExists(atPath: PseudonymKeyFile.path(in: folder)))
        }
    }

    @Test(arguments: [0o640, 0o604, 0o666])
    func `is refused when others can read it`(mode: Int) throws {
        try withFolder { folder in
            _ = try PseudonymKeyFile.readOrMake(in: folder, isUsed: false)
            let path = PseudonymKeyFile.path(in: folder)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let fault = #expect(throws: KeyFileFault.self) {
                try PseudonymKeyFile.readOrMake(in: folder, isUsed: true)
            }
            #expect(fault?.description.contains("chmod 600") == true)
        }
    }

    @Test(arguments: [
        "", "00", String(repeating: "0", count: 63), String(repeating: "+1", count: 32),
        String(repeating: "g", count: 64),
    ])
    func `is refused when it is no key, without being shown`(text: String) throws {
        try withFolder { folder in
            let path = PseudonymKeyFile.path(in: folder)
            let isWritten = FileManager.default.createFile(
                atPath: path,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: 0o600]
            )
            #expect(isWritten)
            let fault = #expect(throws: KeyFileFault.self) {
                try PseudonymKeyFile.readOrMake(in: folder, isUsed: false)
            }
            if text.count > 2 { #expect(fault?.description.contains(text) == false) }
        }
    }
}
