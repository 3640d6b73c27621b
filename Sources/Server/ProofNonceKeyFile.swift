public import JOSE

/// The key of the nonces for DPoP proofs on disk: `<data>/keys/dpop-nonce.key`, 64 hexadecimal digits that only the owner can
/// read.
///
/// Nodes that stand behind one address have the same file, so that each takes the nonces of the others (RFC 9449 §8). Whoever
/// deletes it ends all nonces that were given, and clients fetch new ones.
public enum ProofNonceKeyFile {
    /// Where the key of a data folder is.
    public static func path(in dataFolder: String) -> String { "\(dataFolder)/keys/dpop-nonce.key" }

    /// Reads the key; a data folder that has none gets one.
    ///
    /// - Throws: ``KeyFileFault``: it is open to others, no key, or cannot be written.
    public static func readOrMake(in dataFolder: String) throws(KeyFileFault) -> DPoPNonces {
        let path = path(in: dataFolder)
        let bytes: [UInt8]
        if let known = try SymmetricKeyFile.read(path, as: "DPoP nonce key") {
            bytes = known
        } else {
            bytes = try SymmetricKeyFile.make(at: path, as: "DPoP nonce key")
        }
        guard let nonces = DPoPNonces(key: bytes) else {
            throw KeyFileFault("a DPoP nonce key has \(DPoPNonces.keyLength) bytes")
        }
        return nonces
    }
}
