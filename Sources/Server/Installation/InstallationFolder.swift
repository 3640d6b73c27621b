import EnterpriseCertificates
import FoundationEssentials
import SQLiteStorage
import Vocabulary

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The files of a new installation.
enum InstallationFolder {
    /// Makes the folder, or empties it by setting aside what is in it.
    ///
    /// - Returns: where it went; nil when there was nothing.
    static func prepare(_ folder: DataFolder, replacesExisting: Bool, at now: Timestamp) throws -> String? {
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            try makeParents(of: folder.path)
            try folder.create()
            return nil
        }
        guard chmod(folder.path, 0o700) == 0 else { throw fault(folder.path) }
        try folder.requirePrivate()
        let present = entries.filter { !$0.hasPrefix(setAsidePrefix) }
        guard !present.isEmpty else { return nil }
        guard replacesExisting else { throw InstallationFault.notEmpty(folder.path) }
        // Held until the files are out of the way: no server can start on them meanwhile.
        let lock: ServeLock
        do { lock = try ServeLock(on: folder) } catch {
            guard error == .served else { throw error }
            throw InstallationFault.served(folder.path)
        }
        defer { withExtendedLifetime(lock) {} }
        // Nothing is deleted: an installation is the proof of every token that it issued.
        let name = setAsidePrefix + now.description.filter { $0 != "-" && $0 != ":" }
        let target = "\(folder.path)/\(name)"
        guard mkdir(target, 0o700) == 0 else { throw fault(target) }
        for entry in present where rename("\(folder.path)/\(entry)", "\(target)/\(entry)") != 0 {
            throw fault("\(target)/\(entry)")
        }
        return target
    }

    /// Writes configuration, trust and empty folders.
    static func write(_ plan: Installation.Plan) throws {
        let trust = "keys/trust/\(plan.environment.rawValue)"
        let seals = "\(trust)-eseal"
        for name in ["keys", "keys/trust", trust, seals, "keys/signing", "scopes"] {
            let path = "\(plan.dataFolder)/\(name)"
            guard mkdir(path, 0o700) == 0 else { throw fault(path) }
        }
        for (folder, files) in [(trust, plan.trust), (seals, plan.sealTrust)] {
            for file in files {
                let path = "\(plan.dataFolder)/\(folder)/\(file.name)"
                if let slash = file.name.lastIndex(of: "/") {
                    mkdir("\(plan.dataFolder)/\(folder)/\(file.name[..<slash])", 0o700)
                }
                try PrivateFile.write(file.contents, to: path)
            }
        }
        let configuration = Array(configurationText(plan).utf8)
        try PrivateFile.write(configuration, to: ServerConfiguration.file(in: plan.dataFolder))
    }

    /// `portvakt.yaml`: what was asked for, and every other key with its default behind a comment sign.
    static func configurationText(_ plan: Installation.Plan) -> String {
        var settings = plan.settings
        settings[.issuer] = plan.issuer.rawValue
        settings[.environment] = plan.environment.rawValue
        var text = "# Portvakt. Environment variables (PORTVAKT_…) and flags take precedence over this file.\n"
        for key in ConfigurationKey.allCases where !key.isSecret {
            text += "\n" + comment(key.meaning)
            if let value = settings[key] {
                text += "\(key.rawValue): \(quoted(value))\n"
            } else {
                text += "#\(key.rawValue): \(key.defaultText.map(quoted) ?? "")\n"
            }
        }
        return text
    }

    /// The words on lines of a readable length, each behind a comment sign.
    private static func comment(_ text: String) -> String {
        var lines = ["#"]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].count + word.count > 100 { lines.append("#") }
            lines[lines.count - 1] += " " + word
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Plain where YAML takes it for the same text, else in double quotes (YAML 1.2 §7.3.1).
    private static func quoted(_ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && value.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
        return isPlain ? value : "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static let setAsidePrefix = "replaced-"

    private static func makeParents(of path: String) throws {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        do {
            try FileManager.default.createDirectory(atPath: String(path[..<slash]), withIntermediateDirectories: true)
        } catch {
            throw InstallationFault.unwritable(String(path[..<slash]), cause: "\(error)")
        }
    }

    private static func fault(_ path: String) -> InstallationFault {
        .unwritable(path, cause: String(cString: strerror(errno)))
    }
}
