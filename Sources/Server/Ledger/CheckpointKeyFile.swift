public import AuditLedger
import FoundationEssentials
public import Vocabulary

/// The key that signs checkpoints of the ledger, on disk: `<data>/keys/checkpoint.key`, in the form that Go's `sumdb/note`
/// reads (`PRIVATE+KEY+…`), readable by its owner only.
///
/// It stands outside the database, so that whoever has only that, or a backup of it, cannot sign another history. Its name is
/// the origin of the checkpoints; both stay what they were when the key was made.
public enum CheckpointKeyFile {
    /// Where the key of a data folder is.
    public static func path(in dataFolder: String) -> String { "\(dataFolder)/keys/checkpoint.key" }

    /// Reads the key; nil when there is none.
    ///
    /// - Throws: ``KeyFileFault``: it is open to others, or no key.
    public static func read(in dataFolder: String) throws(KeyFileFault) -> CheckpointKey? {
        let path = path(in: dataFolder)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let bytes: [UInt8]
        do { bytes = try PrivateFile.read(path) } catch { throw KeyFileFault("checkpoint key: \(error)") }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let key = CheckpointKey(text.hasSuffix("\n") ? String(text.dropLast()) : text) else {
            throw KeyFileFault("`\(path)` is no checkpoint key: it has one line, `PRIVATE+KEY+NAME+HASH+SEED`")
        }
        return key
    }

    /// Reads the key, which must be there.
    ///
    /// - Throws: ``KeyFileFault``: it is missing, open to others, or no key.
    public static func require(in dataFolder: String) throws(KeyFileFault) -> CheckpointKey {
        guard let key = try read(in: dataFolder) else {
            throw KeyFileFault("`\(path(in: dataFolder))` is missing: no checkpoint can be signed")
        }
        return key
    }

    /// Reads the key; a data folder that has none gets one of that name, unless checkpoints were signed by the one that is
    /// missing.
    ///
    /// - Throws: ``KeyFileFault``: it is open to others, no key, missing though used, or cannot be written.
    public static func readOrMake(
        in dataFolder: String,
        named name: String,
        isUsed: Bool
    ) throws(KeyFileFault) -> CheckpointKey {
        if let key = try read(in: dataFolder) { return key }
        let path = path(in: dataFolder)
        guard !isUsed else {
            throw KeyFileFault(
                "`\(path)` is missing, and checkpoints were signed by it: put it back, or make another one with "
                    + "`portvakt audit key --replace`"
            )
        }
        return try make(in: dataFolder, named: name)
    }

    /// Sets the present key aside, if there is one, and makes another.
    ///
    /// - Throws: ``KeyFileFault`` when a file cannot be moved or written.
    public static func replace(
        in dataFolder: String,
        named name: String,
        at now: Timestamp
    ) throws(KeyFileFault) -> (before: CheckpointVerifier?, after: CheckpointKey) {
        let before = try? read(in: dataFolder)
        let path = path(in: dataFolder)
        if FileManager.default.fileExists(atPath: path) {
            let aside = path + ".replaced-" + now.description.filter { $0 != "-" && $0 != ":" }
            do { try FileManager.default.moveItem(atPath: path, toPath: aside) } catch {
                throw KeyFileFault("cannot set aside `\(path)`: \(error)")
            }
        }
        return (before?.verifier, try make(in: dataFolder, named: name))
    }

    /// Makes a new key and its file, which must not be there yet.
    ///
    /// - Throws: ``KeyFileFault`` when it cannot be written.
    public static func make(in dataFolder: String, named name: String) throws(KeyFileFault) -> CheckpointKey {
        let made: CheckpointKey?
        do { made = try CheckpointKey.generate(named: name) } catch { throw KeyFileFault("checkpoint key: \(error)") }
        guard let made else { throw KeyFileFault("`\(name)` cannot be the name of a checkpoint key") }
        try? FileManager.default.createDirectory(
            atPath: "\(dataFolder)/keys",
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        do { try PrivateFile.write(Array((made.secretText + "\n").utf8), to: path(in: dataFolder)) } catch {
            throw KeyFileFault("checkpoint key: \(error)")
        }
        return made
    }
}
