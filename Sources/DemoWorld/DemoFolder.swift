import FoundationEssentials
import JOSE

/// A folder of the demo world; everything in it is the owner's alone, whatever the umask.
struct DemoFolder {
    let path: String

    /// The folder at `path`, made if it is not there.
    init(_ path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    /// A folder in this one.
    func folder(_ name: String) throws -> DemoFolder { try DemoFolder("\(path)/\(name)") }

    /// Where a file of that name is.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The same, from any working directory.
    func absoluteFile(_ name: String) -> String {
        path.hasPrefix("/") ? file(name) : FileManager.default.currentDirectoryPath + "/" + file(name)
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let path = file(name)
        let isWritten = FileManager.default.createFile(
            atPath: path,
            contents: Data(bytes),
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten else { throw DemoWorldError.unwritable(path) }
    }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ object: JSONObject) throws { try write(name, object.pretty() + "\n") }
}

/// Why the demo world could not be made.
public enum DemoWorldError: Error, Equatable, Sendable {
    /// A file cannot be written.
    case unwritable(String)
    /// The register file that was just made could not be read whole; so many units were malformed.
    case registerMalformed(Int)
    /// The declarations do not fit each other: our own fault.
    case inconsistent(String)
}

extension DemoWorldError: CustomStringConvertible {
    /// What is wrong.
    public var description: String {
        switch self {
        case .unwritable(let path): "cannot write `\(path)`"
        case .registerMalformed(let count): "\(count) units of the made register are malformed"
        case .inconsistent(let what): "the demo world contradicts itself: \(what)"
        }
    }
}
