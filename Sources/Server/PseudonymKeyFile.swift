public import Delegations

/// The key of the pseudonyms on disk: `<data>/keys/pseudonym.key`, 64 hexadecimal digits that only the owner can read.
///
/// It stands outside the database so that a backup of that tells of nobody. Whoever moves an installation moves this file
/// too, by another way.
public enum PseudonymKeyFile {
    /// Where the key of a data folder is.
    public static func path(in dataFolder: String) -> String { "\(dataFolder)/keys/pseudonym.key" }

    /// Reads the key; a data folder that has none gets one, unless persons stand under the one that is missing.
    ///
    /// `isUsed` tells whether the database holds pseudonyms: with a new key nobody of them would be found again.
    /// - Throws: ``KeyFileFault``: it is open to others, no key, missing though used, or cannot be written.
    public static func readOrMake(in dataFolder: String, isUsed: Bool) throws(KeyFileFault) -> PseudonymKey {
        let path = path(in: dataFolder)
        var bytes = try SymmetricKeyFile.read(path, as: "pseudonym key")
        if bytes == nil {
            guard !isUsed else {
                throw KeyFileFault("`\(path)` is missing, and persons are known under it: put it back where it was")
            }
            bytes = try SymmetricKeyFile.make(at: path, as: "pseudonym key")
        }
        guard let key = bytes.flatMap(PseudonymKey.init(bytes:)) else {
            throw KeyFileFault("a pseudonym key has \(PseudonymKey.length) bytes")
        }
        return key
    }
}
