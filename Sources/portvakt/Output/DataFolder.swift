import Foundation

/// The data folder of `--data`, checked: only its owner, who runs this command, can look into it.
///
/// Whoever can read it holds the operator's key to everything, so that a laxer folder is refused, to root as well.
struct DataFolder: Sendable, Equatable {
    /// The folder's path.
    let path: String

    /// The database in it.
    var database: String { path + "/portvakt.db" }

    /// Checks a folder that must exist.
    ///
    /// - Throws: `CLIError` when it does not exist, is no folder, belongs to another user or is open to others, or when
    ///   the same holds of the database in it.
    init(checking path: String) throws(CLIError) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        guard let folder = try? FileStatus(path), folder.isFolder else {
            throw CLIError(
                "data_folder_missing",
                "there is no data folder at `\(path)`",
                hint: "name it with `--data`, or make one with `portvakt init`"
            )
        }
        self.path = path
        try folder.demandPrivate("the data folder `\(path)`", fix: "chmod 700 \(path)")
        if let file = try? FileStatus(database) {
            try file.demandPrivate("the database `\(database)`", fix: "chmod 600 \(database)")
        }
    }
}

extension GlobalOptions {
    /// The data folder, checked.
    ///
    /// - Throws: `CLIError` (usage) when a server was named: what asks for the folder cannot be done through one.
    func dataFolder() throws(CLIError) -> DataFolder {
        try requireDataFolder()
        return try DataFolder(checking: data)
    }
}

/// What the file system says of a path.
struct FileStatus: Sendable {
    /// The path does not lead anywhere that we may look at.
    struct Unreadable: Error {}

    /// Whether it is a folder.
    let isFolder: Bool
    /// The permission bits.
    let permissions: UInt32
    /// The owner's user id.
    let owner: UInt32

    /// Looks at a path, through symbolic links.
    init(_ path: String) throws(Unreadable) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Unreadable() }
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        permissions = UInt32(status.st_mode) & 0o777
        owner = status.st_uid
    }

    /// Throws unless this user owns it and nobody else may read or write it.
    fileprivate func demandPrivate(_ name: String, fix: String) throws(CLIError) {
        guard owner == geteuid() else {
            throw CLIError("data_folder_not_yours", "\(name) belongs to another user", status: .notAllowed)
        }
        guard permissions & 0o077 == 0 else {
            throw CLIError("data_folder_open", "others can open \(name)", hint: "run `\(fix)`", status: .notAllowed)
        }
    }
}
