import Foundation
public import LibCrypto
public import Vocabulary

/// A software token of SoftHSM's, in a folder of its own that is gone when the tests are.
///
/// A process has one: the module reads its configuration once. `softhsm2-util` and `pkcs11-tool` make token and keys, so
/// that nothing of ours stands on the other side.
public struct SoftHSM: Sendable {
    /// Where the module is on Debian.
    public static let modulePath = "/usr/lib/softhsm/libsofthsm2.so"
    /// The token's label; a blank and a letter beyond ASCII show that labels are read as UTF-8.
    public static let tokenLabel = "prøve token"
    /// Another token in the same module.
    public static let otherTokenLabel = "annen"
    /// The PIN of both.
    public static let pin = Secret("4711")

    /// Whether module and tools are installed (Debian `softhsm2`, `opensc`).
    public static var isInstalled: Bool {
        [modulePath, utilityPath, toolPath].allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }

    /// What a test says that is skipped for want of it.
    public static let absence = "softhsm2 and opensc are not installed"

    /// A program failed.
    public struct ToolError: Error, CustomStringConvertible {
        /// Its name and what it wrote.
        public let description: String
    }

    private static let utilityPath = "/usr/bin/softhsm2-util"
    private static let toolPath = "/usr/bin/pkcs11-tool"

    private static let made: Result<SoftHSM, ToolError> = {
        do throws(ToolError) { return .success(try SoftHSM(inFolder: folder)) } catch { return .failure(error) }
    }()

    private static let folder = FileManager.default.temporaryDirectory.appending(
        path: "softhsm-\(ProcessInfo.processInfo.processIdentifier)"
    )

    /// The process's tokens, with the keys `rsa`, `ec`, `ec384` and `careful`, which wants the PIN each time.
    ///
    /// - Throws: `ToolError`.
    public static func shared() throws(ToolError) -> SoftHSM { try made.get() }

    private init(inFolder folder: URL) throws(ToolError) {
        let configuration = folder.appending(path: "softhsm2.conf").path
        let text = "directories.tokendir = \(folder.path)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
        do {
            try FileManager.default.createDirectory(
                at: folder.appending(path: "tokens"),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: URL(filePath: configuration))
        } catch { throw ToolError(description: "no folder for tokens: \(error)") }
        // Before the module is opened, which reads it once.
        setenv("SOFTHSM2_CONF", configuration, 1)
        atexit { try? FileManager.default.removeItem(at: SoftHSM.folder) }
        for label in [Self.tokenLabel, Self.otherTokenLabel] {
            try Self.run(
                Self.utilityPath,
                ["--init-token", "--free", "--label", label, "--so-pin", "471100", "--pin", Self.pin.exposed]
            )
        }
        try makeKey("rsa", type: "rsa:2048", id: "01")
        try makeKey("ec", type: "EC:prime256v1", id: "02")
        try makeKey("ec384", type: "EC:secp384r1", id: "03")
        try makeKey("careful", type: "rsa:2048", id: "04", ["--always-auth"])
    }

    /// Makes a key pair in the token.
    ///
    /// - Throws: `ToolError`.
    public func makeKey(_ label: String, type: String, id: String, _ more: [String] = []) throws(ToolError) {
        try tool(["--keypairgen", "--key-type", type, "--label", label, "--id", id] + more)
    }

    /// Writes a certificate, DER, into the token.
    ///
    /// - Throws: `ToolError`.
    public func write(certificate der: [UInt8], label: String, id: String) throws(ToolError) {
        let file = Self.folder.appending(path: "certificate-\(UUID().uuidString).der")
        do { try Data(der).write(to: file) } catch { throw ToolError(description: "\(error)") }
        defer { try? FileManager.default.removeItem(at: file) }
        try tool(["--write-object", file.path, "--type", "cert", "--label", label, "--id", id])
    }

    /// Removes an object: type `privkey`, `pubkey` or `cert`.
    ///
    /// - Throws: `ToolError`.
    public func remove(_ type: String, id: String) throws(ToolError) {
        try tool(["--delete-object", "--type", type, "--id", id])
    }

    /// The place of a key.
    public func location(_ key: String, token: String = SoftHSM.tokenLabel) -> PKCS11KeyLocation {
        PKCS11KeyLocation(module: Self.modulePath, token: token, key: key)
    }

    private func tool(_ arguments: [String]) throws(ToolError) {
        try Self.run(
            Self.toolPath,
            ["--module", Self.modulePath, "--token-label", Self.tokenLabel, "--login", "--pin", Self.pin.exposed]
                + arguments
        )
    }

    private static func run(_ program: String, _ arguments: [String]) throws(ToolError) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        do { try process.run() } catch { throw ToolError(description: "\(program) does not start: \(error)") }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ToolError(description: "\(program): \(text)") }
    }
}
