import Foundation
import Vocabulary
import Yams

/// The file of contexts, `~/.config/portvakt/contexts.yaml`: which servers this person administers, and as which client.
///
/// It names files with keys and holds none itself. All the same only its owner may read it: whoever can change it decides
/// where tokens are sent.
struct ContextFile: Sendable, Equatable {
    /// The contexts, by name.
    var contexts: [ServerContext] = []
    /// The one that commands use when none is named; nil: the data folder.
    var current: String?
    /// Where it stands.
    let path: String

    /// The file's usual place (XDG Base Directory Specification).
    static func standardPath(_ environment: [String: String]) -> String {
        let base =
            environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.config"
        return base + "/portvakt/contexts.yaml"
    }

    /// Reads the file; one that is not there has no context.
    ///
    /// - Throws: `CLIError` when others can read it, or it is not of the form that is written.
    init(reading path: String) throws(CLIError) {
        self.path = path
        guard let status = try? FileStatus(path) else { return }
        guard status.owner == geteuid(), status.permissions & 0o077 == 0 else {
            throw CLIError(
                "context_file_open",
                "`\(path)` decides where tokens are sent, and others can open it",
                hint: "run `chmod 600 \(path)`",
                status: .notAllowed
            )
        }
        try read(try InputFile.readText(path))
    }

    /// The context of that name.
    ///
    /// - Throws: `CLIError` when there is none.
    func context(_ name: String) throws(CLIError) -> ServerContext {
        guard let context = contexts.first(where: { $0.name == name }) else {
            throw CLIError(
                "context_not_found",
                "there is no context `\(name)` in `\(path)`",
                hint: "`portvakt context list` shows them, `portvakt context set \(name) --server URL …` makes one"
            )
        }
        return context
    }

    /// Keeps a context, in place of the one of that name.
    mutating func put(_ context: ServerContext) {
        contexts.removeAll { $0.name == context.name }
        contexts.append(context)
        contexts.sort { $0.name < $1.name }
    }

    /// Writes the file, 0600, in one step.
    ///
    /// - Throws: `CLIError` when it cannot be written.
    func write() throws(CLIError) {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let text: String
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            text = try Yams.serialize(node: node, allowUnicode: true)
        } catch {
            throw CLIError("file_unwritable", "cannot write `\(path)`: \(error.localizedDescription)")
        }
        let fresh = "\(path).\(ProcessInfo.processInfo.processIdentifier)"
        try PrivateOutputFile.write(Array(text.utf8), to: fresh)
        guard rename(fresh, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(fresh)
            throw CLIError("file_unwritable", "cannot write `\(path)`: \(reason)")
        }
    }

    private var node: Node {
        let list = contexts.map { context -> (Node, Node) in
            var fields = [(Node("server"), Node(context.server))]
            for field in ServerContext.fields {
                if let value = context[keyPath: field.path] {
                    fields.append((Node(field.name), Node(value, Tag(.str), .doubleQuoted)))
                }
            }
            return (Node(context.name, Tag(.str), .doubleQuoted), Node(fields))
        }
        let head = current.map { [(Node("current"), Node($0, Tag(.str), .doubleQuoted))] } ?? []
        return Node(head + [(Node("contexts"), Node(list))])
    }

    private mutating func read(_ text: String) throws(CLIError) {
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw fault("is no YAML: \(error)") }
        guard let root else { return }
        guard let mapping = root.mapping else { throw fault("is no mapping") }
        for (key, value) in mapping {
            switch key.string {
            case "current": current = try string(value)
            case "contexts":
                guard let list = value.mapping else { throw fault("`contexts` is no mapping", at: value) }
                for (name, fields) in list { contexts.append(try context(name, fields)) }
            default: throw fault("there is no key `\(key.string ?? "?")`", at: key)
            }
        }
        if let current, !contexts.contains(where: { $0.name == current }) {
            throw fault("`current` names no context: `\(current)`")
        }
    }

    private func context(_ key: Node, _ value: Node) throws(CLIError) -> ServerContext {
        guard let name = key.string, let mapping = value.mapping else {
            throw fault("a context is no mapping", at: key)
        }
        try ServerContext.check(name: name)
        var context = ServerContext(name: name, server: "")
        for (key, value) in mapping {
            let text = try string(value)
            if key.string == "server" {
                context.server = try ServerContext.server(text)
            } else if let field = ServerContext.fields.first(where: { $0.name == key.string }) {
                context[keyPath: field.path] = text
            } else {
                throw fault("there is no key `\(key.string ?? "?")` of a context", at: key)
            }
        }
        guard !context.server.isEmpty else { throw fault("the context `\(name)` has no `server`", at: key) }
        return context
    }

    private func string(_ node: Node) throws(CLIError) -> String {
        guard let text = node.string, !text.isEmpty else { throw fault("a value must be text", at: node) }
        return text
    }

    private func fault(_ what: String, at node: Node? = nil) -> CLIError {
        let line = node?.mark.map { ", line \($0.line)" } ?? ""
        return CLIError("context_file_malformed", "`\(path)`\(line): \(what)")
    }
}
