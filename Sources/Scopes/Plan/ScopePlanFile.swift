public import JOSE

/// A plan to be carried out later: the files that it was made of, the revision of the facts that they were compared with,
/// and what it would change, for people to read.
///
/// It is carried out only while the facts have that revision and the same files still come to the same plan.
public struct ScopePlanFile: Sendable, Hashable {
    /// A scope file as it was read.
    public struct Source: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its text.
        public let text: String

        /// A file's name and text.
        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// Why a document is no plan file.
    public enum Fault: Error, Equatable, Sendable {
        /// It is no JSON object, or lacks a member, or has one of another type or name.
        case form(String)
        /// Its schema is another one.
        case schema(String)
    }

    /// The schema that plan files name.
    public static let schema = "portvakt/scope-plan-file/v1"

    /// The revision of the facts that the files were compared with.
    public let revision: Int64
    /// Whether and how it removes; the limit of removals is set when it is carried out.
    public let options: ScopePlanOptions
    /// The files.
    public let sources: [Source]
    /// What it would do, line by line.
    public let lines: [String]

    /// A plan of files against facts of a revision, by the lines that people read.
    public init(_ lines: [String], of sources: [Source], _ options: ScopePlanOptions, revision: Int64) {
        self.revision = revision
        self.options = options
        self.sources = sources
        self.lines = lines
    }

    /// Whether it would change nothing: there is no line but what stays and the sum.
    public var changesNothing: Bool { lines.dropLast().allSatisfy { $0.hasPrefix("  ") } }

    // MARK: JSON

    private static let members = ["schema", "revision", "prune", "whole_folder", "files", "plan"]

    /// The document.
    public var json: JSONObject {
        [
            "schema": .string(Self.schema),
            "revision": .integer(revision),
            "prune": .bool(options.prunes),
            "whole_folder": .bool(options.isWholeFolder),
            "files": .array(sources.map { ["name": .string($0.name), "text": .string($0.text)] }),
            "plan": .strings(lines),
        ]
    }

    /// Reads a document strictly: it was written by this program and is changed by nobody.
    public init(parsing object: JSONObject) throws(Fault) {
        guard let schema = object["schema"]?.string else { throw .form("schema") }
        guard schema == Self.schema else { throw .schema(schema) }
        if let unknown = object.members.first(where: { !Self.members.contains($0.name) }) { throw .form(unknown.name) }
        guard let revision = object["revision"]?.integer, revision >= 0 else { throw .form("revision") }
        guard let prunes = object["prune"]?.bool else { throw .form("prune") }
        guard let isWhole = object["whole_folder"]?.bool else { throw .form("whole_folder") }
        guard let files = object["files"]?.array, !files.isEmpty else { throw .form("files") }
        guard let lines = object["plan"]?.strings else { throw .form("plan") }
        var sources: [Source] = []
        for file in files {
            guard let name = file["name"]?.string, let text = file["text"]?.string, file.object?.members.count == 2
            else {
                throw .form("files")
            }
            sources.append(Source(name: name, text: text))
        }
        var options = ScopePlanOptions()
        options.prunes = prunes
        options.isWholeFolder = isWhole
        self.revision = revision
        self.options = options
        self.sources = sources
        self.lines = lines
    }

    /// Whether a text begins as a plan file does, so that it is not read as a scope file.
    public static func isLikely(_ text: String) -> Bool {
        text.first { !$0.isWhitespace } == "{"
            && text.prefix(4_096).contains("\"\(schema.prefix { $0 != "/" })/scope-plan-file/")
    }
}

extension ScopePlanFile.Fault: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .form(let member): "this is no plan file: `\(member)` is missing, unknown or of another type"
        case .schema(let schema):
            "this is a plan of another kind, `\(schema)`: make it anew with `portvakt scope diff --out`"
        }
    }
}
