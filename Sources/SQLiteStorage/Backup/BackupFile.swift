internal import LibCrypto

import Glibc

/// The files of a backup: made the owner's alone from the first byte, and on the device before they get their names.
enum BackupFile {
    /// Makes an empty file of mode 0600 that was not there.
    static func create(_ path: String) throws(BackupFault) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? .exists(path: path) : .file(path: path, cause: DataFolder.lastError)
        }
        close(descriptor)
    }

    /// Reads a small file.
    static func read(_ path: String) throws(BackupFault) -> [UInt8] {
        var content: [UInt8] = []
        try visit(path) { (bytes) throws(BackupFault) in
            content += bytes
            guard content.count <= 1 << 20 else { throw .manifest("it is too long") }
        }
        return content
    }

    /// Writes a small file whole.
    static func write(_ bytes: [UInt8], to path: String) throws(BackupFault) {
        try create(path)
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, cause: DataFolder.lastError) }
        defer { close(descriptor) }
        try append(bytes[...], to: descriptor, path)
        guard fsync(descriptor) == 0 else { throw .file(path: path, cause: DataFolder.lastError) }
    }

    /// The length and the SHA-256 of a file.
    static func measure(_ path: String) throws(BackupFault) -> (bytes: Int64, digest: String) {
        var digest = RunningDigest(.sha256)
        var length: Int64 = 0
        try visit(path) { (bytes) throws(BackupFault) in
            digest.update(bytes)
            length += Int64(bytes.count)
        }
        return (length, hexadecimal(digest.finish()))
    }

    /// Copies a file, and says what was copied: what is looked at is what will be used.
    static func copy(_ source: String, to target: String) throws(BackupFault) -> (bytes: Int64, digest: String) {
        try create(target)
        let descriptor = open(target, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: target, cause: DataFolder.lastError) }
        defer { close(descriptor) }
        var digest = RunningDigest(.sha256)
        var length: Int64 = 0
        try visit(source) { (bytes) throws(BackupFault) in
            try append(bytes, to: descriptor, target)
            digest.update(bytes)
            length += Int64(bytes.count)
        }
        guard fsync(descriptor) == 0 else { throw .file(path: target, cause: DataFolder.lastError) }
        return (length, hexadecimal(digest.finish()))
    }

    /// Gives a file another name in the same file system, and waits until the name is on the device.
    static func rename(_ source: String, to target: String) throws(BackupFault) {
        guard Glibc.rename(source, target) == 0 else { throw .file(path: target, cause: DataFolder.lastError) }
        try synchronise(target)
    }

    /// Waits until a file's content and its name are on the device.
    static func synchronise(_ path: String) throws(BackupFault) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        for path in [path, folder] {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .file(path: path, cause: DataFolder.lastError) }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw .file(path: path, cause: DataFolder.lastError) }
        }
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func append(
        _ bytes: ArraySlice<UInt8>,
        to descriptor: Int32,
        _ path: String
    ) throws(BackupFault) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw .file(path: path, cause: DataFolder.lastError) }
            rest = rest.dropFirst(count)
        }
    }

    private static func visit(
        _ path: String,
        _ body: (ArraySlice<UInt8>) throws(BackupFault) -> Void
    ) throws(BackupFault) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, cause: DataFolder.lastError) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw .file(path: path, cause: DataFolder.lastError) }
            if count == 0 { return }
            try body(buffer[..<count])
        }
    }
}
