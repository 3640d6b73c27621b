import Glibc
import JOSE
import Operations

/// The folder with the reports of an incident: two files for each party, nobody else's to read.
struct IncidentFolder {
    /// Its path.
    let path: String

    /// Makes the folder, which must not be there.
    init(making path: String) throws(CLIError) {
        guard mkdir(path, 0o700) == 0 else {
            throw CLIError(
                "reports_unwritable",
                "the folder `\(path)` cannot be made: \(String(cString: strerror(errno)))",
                hint: "name another one with `--out`; with `--dry-run` the reports are written and nothing is stopped"
            )
        }
        self.path = path
    }

    /// Writes a report for the operator and one for each party, as Markdown and as JSON.
    ///
    /// - Returns: the names of the files.
    func write(_ report: Report) throws -> [String] {
        guard case .table(let columns, let rows) = report.content else { return [] }
        func cell(_ name: String, of row: Report.Row) -> OutputValue {
            columns.firstIndex { $0.key == name }.map { row.cells[$0] } ?? .none
        }
        var files: [String] = []
        for row in rows {
            let party = cell("party", of: row).cell
            // An organisation number, or our own word: nothing that leads elsewhere.
            guard party.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else { continue }
            let json = String(decoding: cell("document", of: row).jsonValue.encoded(), as: UTF8.self) + "\n"
            for (suffix, text) in [("json", json), ("md", cell("markdown", of: row).cell)] {
                let name = "\(party).\(suffix)"
                try Self.write(text, to: "\(path)/\(name)")
                files.append(name)
            }
        }
        return files
    }

    private static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CLIError("reports_unwritable", "`\(path)`: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                throw CLIError("reports_unwritable", "`\(path)`: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
    }
}
