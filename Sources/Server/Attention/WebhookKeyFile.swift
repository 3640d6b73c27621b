public import Attention
import Vocabulary

/// The key that all webhooks' keys are made of: `<data>/keys/webhook.key`, 64 hexadecimal digits that only the owner can read.
///
/// It stands outside the database, so that a copy of the database signs nothing. Whoever deletes it changes the key of every
/// target: `portvakt webhook rotate-key` shows the new ones.
public enum WebhookKeyFile {
    /// Where the key of a data folder is.
    public static func path(in dataFolder: String) -> String { "\(dataFolder)/keys/webhook.key" }

    /// Reads the key; a data folder that has none gets one.
    ///
    /// - Throws: ``KeyFileFault``: it is open to others, no key, or cannot be written.
    public static func readOrMake(in dataFolder: String) throws(KeyFileFault) -> WebhookSigner {
        let path = path(in: dataFolder)
        let bytes: [UInt8]
        if let known = try SymmetricKeyFile.read(path, as: "webhook key") {
            bytes = known
        } else {
            bytes = try SymmetricKeyFile.make(at: path, as: "webhook key")
        }
        return WebhookSigner(key: Secret(bytes.map { String($0, radix: 16) }.joined(separator: ".")))
    }
}
