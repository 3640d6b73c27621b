import Foundation
import JOSE
import Testing

/// Wire documents kept byte for byte under `Golden/`; `PORTVAKT_GOLDEN=write` writes them anew.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    private static let isWriting = ProcessInfo.processInfo.environment["PORTVAKT_GOLDEN"] == "write"

    /// Compares `text`, in which what differs from run to run has been replaced, with the file of that name.
    static func expect(_ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: name)
        if isWriting {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(text == golden, "differs from Golden/\(name)", sourceLocation: sourceLocation)
    }

    /// The names of all files in a folder of golden files.
    static func names(in name: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path()))
    }

    /// A JSON body, indented, with everything that differs from run to run replaced by its name.
    static func normalised(_ body: String) throws -> String {
        let value = try JSONValue(parsing: Array(body.utf8))
        var text = value.pretty()
        for (pattern, name) in [
            (#"[0-9a-f]{32}"#, "<trace>"),
            (#"\+[0-9a-f]{8}\+[A-Za-z0-9+/]{43,44}=?"#, "+<key>"),
            (#"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"#, "<time>"),
            (#"(?<=: )1[789]\d{8}(?=[,\n])"#, "0"),
        ] {
            text = text.replacingOccurrences(of: pattern, with: name, options: .regularExpression)
        }
        return text + "\n"
    }
}
