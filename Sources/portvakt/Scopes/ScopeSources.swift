import Foundation
import JOSE
import Operations
import Scopes

/// The scope files at a path.
struct ScopeSources {
    /// Names relative to the folder, and texts.
    let files: [ScopePlanFile.Source]
    /// Whether a folder was read: its files are all there are.
    let isFolder: Bool

    /// Files that were read before.
    init(files: [ScopePlanFile.Source], isFolder: Bool) {
        self.files = files
        self.isFolder = isFolder
    }

    /// Reads a file, or the `.yaml` and `.yml` files of a folder, by name.
    ///
    /// - Throws: `CLIError` when something cannot be read, or a folder holds no such file.
    init(at path: String) throws(CLIError) {
        guard let status = try? FileStatus(path) else {
            throw CLIError("file_unreadable", "there is nothing at `\(path)`")
        }
        isFolder = status.isFolder
        guard status.isFolder else {
            files = [.init(name: URL(filePath: path).lastPathComponent, text: try InputFile.readText(path))]
            return
        }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            throw CLIError("file_unreadable", "cannot read the folder `\(path)`")
        }
        var files: [ScopePlanFile.Source] = []
        for name in names.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            files.append(.init(name: name, text: try InputFile.readText(path + "/" + name)))
        }
        guard !files.isEmpty else {
            throw CLIError("file_unreadable", "the folder `\(path)` holds no scope file (`.yaml`)")
        }
        self.files = files
    }
}

extension ScopeSources {
    /// The arguments of the operations that compare them with the store.
    func arguments(prunes: Bool) -> Arguments {
        var texts = JSONObject()
        for file in files { texts[file.name] = .string(file.text) }
        return ["files": texts, "prune": prunes, "part": !isFolder]
    }

    /// The plan file at a path; nil when what stands there is none.
    ///
    /// - Throws: `CLIError` for a file that begins as a plan and is none.
    static func plan(at path: String) throws -> ScopePlanFile? {
        guard let status = try? FileStatus(path), !status.isFolder else { return nil }
        let text = try InputFile.readText(path)
        guard ScopePlanFile.isLikely(text) else { return nil }
        let limits = JSONLimits(maximumBytes: InputFile.maximumSize)
        do {
            guard let object = try JSONValue(parsing: text, limits: limits).object else {
                throw ScopePlanFile.Fault.form("schema")
            }
            return try ScopePlanFile(parsing: object)
        } catch {
            throw CLIError("plan_invalid", "`\(path)`: \(error)", hint: "make it anew with `portvakt scope diff --out`")
        }
    }
}

extension GlobalOptions {
    /// The folder of scope files that is read when none is named: the data folder's, which a server's is not.
    func scopeFolder() throws -> String {
        guard try target() == .dataFolder else {
            throw CLIError.usage("name the scope files: a server's folder cannot be read from here")
        }
        return try dataFolder().path + "/scopes"
    }
}
