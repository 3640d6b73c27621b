import Foundation

/// Takes from group and others what they may do with an installation's files.
public struct PermissionRepair: Sendable {
    /// One file or folder that was open to others.
    public struct Repaired: Sendable, Hashable {
        /// The path.
        public let path: String
        /// What it allowed, as `0755`.
        public let before: String
        /// What it allows now.
        public let after: String
    }

    private let folder: String

    /// A repair of a data folder.
    public init(dataFolder: String) { folder = dataFolder }

    /// Mends the folder and all below it; links are left alone, for what they lead to may not be ours.
    ///
    /// - Returns: what was mended.
    /// - Throws: what the file system says of a file that cannot be changed; those before it are mended.
    public func mend() throws -> [Repaired] {
        var paths = [folder]
        if let below = FileManager.default.enumerator(atPath: folder) {
            for case let name as String in below { paths.append(folder + "/" + name) }
        }
        return try paths.sorted().compactMap(mend)
    }

    private func mend(_ path: String) throws -> Repaired? {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        guard attributes[.type] as? FileAttributeType != .typeSymbolicLink,
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue, mode & 0o077 != 0
        else { return nil }
        try FileManager.default.setAttributes([.posixPermissions: mode & 0o700], ofItemAtPath: path)
        return Repaired(path: path, before: Self.text(mode), after: Self.text(mode & 0o700))
    }

    private static func text(_ mode: Int) -> String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
