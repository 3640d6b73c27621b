public import JOSE
public import Vocabulary

/// What a backup is, in a JSON file beside it: what it was made from, and by which it is known to be whole.
public struct BackupManifest: Sendable, Hashable {
    /// When the backup was begun: what was committed before it is in it.
    public var made: Timestamp
    /// The issuer of the installation.
    public var issuer: String?
    /// Test or production.
    public var environment: String?
    /// The version of the schema.
    public var schemaVersion: Int
    /// The length of the file.
    public var bytes: Int64
    /// The SHA-256 of the file, in hexadecimal.
    public var digest: String
    /// The name of the ledger's node.
    public var node: String
    /// The ledger's last entry in it: 0 for an empty ledger.
    public var lastSequence: Int64
    /// That entry's hash, in hexadecimal.
    public var lastHash: String
    /// The signing keys that it names and does not hold.
    public var signingKeys: [String]

    /// The manifest that belongs to a backup.
    public static func path(of backup: String) -> String { backup + ".json" }

    private static let form = "portvakt-backup/1"

    /// As the file has it.
    public var json: JSONObject {
        var object: JSONObject = ["schema": .string(Self.form), "made": .string("\(made)")]
        object["issuer"] = issuer.map(JSONValue.string)
        object["environment"] = environment.map(JSONValue.string)
        object["schema_version"] = .integer(Int64(schemaVersion))
        object["bytes"] = .integer(bytes)
        object["sha256"] = .string(digest)
        object["node"] = .string(node)
        object["last_sequence"] = .integer(lastSequence)
        object["last_hash"] = .string(lastHash)
        object["signing_keys"] = .array(signingKeys.map(JSONValue.string))
        return object
    }
}

extension BackupManifest {
    /// Reads what ``json`` wrote.
    ///
    /// - Throws: `BackupFault.manifest` for anything else.
    init(parsing text: [UInt8]) throws(BackupFault) {
        guard let object = (try? JSONValue(parsing: text))?.object, object["schema"]?.string == Self.form else {
            throw .manifest("it is not a manifest of this form")
        }
        guard let made = object["made"]?.string.flatMap({ Timestamp(parsing: $0) }),
            let version = object["schema_version"]?.integer, let bytes = object["bytes"]?.integer,
            let digest = object["sha256"]?.string, let node = object["node"]?.string,
            let sequence = object["last_sequence"]?.integer, let hash = object["last_hash"]?.string,
            let keys = object["signing_keys"]?.array
        else { throw .manifest("a member is missing or malformed") }
        self.init(
            made: made,
            issuer: object["issuer"]?.string,
            environment: object["environment"]?.string,
            schemaVersion: Int(version),
            bytes: bytes,
            digest: digest,
            node: node,
            lastSequence: sequence,
            lastHash: hash,
            signingKeys: keys.compactMap(\.string)
        )
    }
}

/// Why a backup cannot be made or taken back.
public enum BackupFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is a file of that name.
    case exists(path: String)
    /// A file cannot be read or written.
    case file(path: String, cause: String)
    /// The manifest is missing or malformed.
    case manifest(String)
    /// The file is not the one that the manifest describes.
    case damaged(String)
    /// What is in the file is not sound.
    case unsound([StoreFinding])

    /// What is wrong and what to do, on one line.
    public var description: String {
        switch self {
        case .exists(let path): "`\(path)` is there already: nothing is written over a backup"
        case .file(let path, let cause): "`\(path)`: \(cause)"
        case .manifest(let cause):
            "the manifest beside the backup cannot be used: \(cause); keep the `.json` file together with the backup"
        case .damaged(let cause): "the backup is damaged: \(cause)"
        case .unsound(let findings):
            "the backup is damaged: "
                + findings.compactMap { f in f.fault.map { "\(f.part.rawValue): \($0)" } }
                .joined(separator: "; ")
        }
    }
}
