import Foundation
import Vocabulary

/// A file named on the command line; `-` is stdin.
enum InputFile {
    /// The largest file read whole: keys, scope files, certificates; never the register.
    static let maximumSize = 16 * 1024 * 1024

    /// Reads a file whole.
    ///
    /// - Throws: `CLIError` when it cannot be read or is too large.
    static func read(_ path: String) throws(CLIError) -> [UInt8] {
        let handle: FileHandle
        if path == "-" {
            handle = .standardInput
        } else {
            do {
                handle = try FileHandle(forReadingFrom: URL(filePath: path))
            } catch {
                throw CLIError("file_unreadable", "cannot read `\(path)`: \(reason(error))")
            }
        }
        let content: Data?
        do {
            content = try handle.read(upToCount: maximumSize + 1)
        } catch {
            throw CLIError("file_unreadable", "cannot read `\(path)`: \(reason(error))")
        }
        let bytes = Array(content ?? Data())
        guard bytes.count <= maximumSize else {
            throw CLIError("file_too_large", "`\(path)` is larger than \(maximumSize / 1_048_576) MiB")
        }
        return bytes
    }

    /// Reads a file of text.
    ///
    /// - Throws: `CLIError` when it cannot be read or is no UTF-8.
    static func readText(_ path: String) throws(CLIError) -> String {
        guard let text = String(validating: try read(path), as: UTF8.self) else {
            throw CLIError("file_not_text", "`\(path)` is no UTF-8 text")
        }
        return text
    }

    /// Reads a file with a private key or pass phrase, which nobody but its owner may be able to open.
    ///
    /// - Throws: `CLIError` when others can open it, and as ``read(_:)``.
    static func readPrivate(_ path: String) throws(CLIError) -> [UInt8] {
        if path != "-", let status = try? FileStatus(path), status.permissions & 0o077 != 0, !status.isFolder {
            throw CLIError(
                "key_file_open",
                "`\(path)` holds a secret and others can open it",
                hint: "run `chmod 600 \(path)`"
            )
        }
        return try read(path)
    }

    /// Reads a pass phrase: the file's first line.
    ///
    /// - Throws: `CLIError` as ``readPrivate(_:)``, and when it is no text.
    static func readSecret(_ path: String) throws(CLIError) -> Secret {
        guard let text = String(validating: try readPrivate(path), as: UTF8.self) else {
            throw CLIError("file_not_text", "`\(path)` is no UTF-8 text")
        }
        return Secret(String(text.prefix { !$0.isNewline }))
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
        guard underlying.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
        return String(cString: strerror(Int32(underlying.code)))
    }
}
