import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A trust folder on disk: `<data>/keys/trust/<environment>`.
struct TrustFolder: Sendable {
    let path: String

    /// What tells one state of the folder from another without reading the files.
    struct Signature: Equatable, Sendable {
        struct Entry: Equatable, Sendable {
            let name: String
            let size: Int64
            let seconds: Int
            let nanoseconds: Int
            let inode: UInt64
        }

        let entries: [Entry]
    }

    /// Names, sizes, times and inodes of all files; nil when the folder cannot be listed.
    func signature() -> Signature? {
        guard let names = names() else { return nil }
        let entries = names.compactMap { name in
            status(of: name).map { status in
                Signature.Entry(
                    name: name,
                    size: Int64(status.st_size),
                    seconds: Int(status.st_mtim.tv_sec),
                    nanoseconds: Int(status.st_mtim.tv_nsec),
                    inode: UInt64(status.st_ino)
                )
            }
        }
        return Signature(entries: entries)
    }

    /// Reads all files.
    ///
    /// - Throws: faults for what cannot be read, and for whatever others could write: they could put in anchors.
    func files() throws(TrustFaults) -> [TrustStore.File] {
        guard let names = names() else {
            throw TrustFaults(faults: [TrustFault(file: path, message: "the folder cannot be read")])
        }
        var faults: [TrustFault] = []
        var files: [TrustStore.File] = []
        for folder in ["", "crl"] { checkMode(folder, &faults) }
        for name in names {
            checkMode(name, &faults)
            guard let contents = FileManager.default.contents(atPath: "\(path)/\(name)") else {
                faults.append(TrustFault(file: name, message: "the file cannot be read"))
                continue
            }
            files.append(TrustStore.File(name: name, contents: Array(contents)))
        }
        guard faults.isEmpty else { throw TrustFaults(faults: faults) }
        return files
    }

    /// The files of the folder and of its `crl`, hidden ones left out, in order.
    private func names() -> [String]? {
        guard let top = try? FileManager.default.contentsOfDirectory(atPath: path) else { return nil }
        var names = top.filter { $0 != "crl" }
        if top.contains("crl") {
            guard let lists = try? FileManager.default.contentsOfDirectory(atPath: path + "/crl") else { return nil }
            names += lists.map { "crl/\($0)" }
        }
        return names.filter { !($0.split(separator: "/").last ?? "").hasPrefix(".") }.sorted()
    }

    private func checkMode(_ name: String, _ faults: inout [TrustFault]) {
        guard let status = status(of: name), status.st_mode & 0o022 != 0 else { return }
        let file = name.isEmpty ? path : name
        faults.append(TrustFault(file: file, message: "others may write to it; take the right away (chmod go-w)"))
    }

    private func status(of name: String) -> stat? {
        var status = stat()
        return stat(name.isEmpty ? path : "\(path)/\(name)", &status) == 0 ? status : nil
    }
}

extension TrustStore {
    /// Reads a trust folder.
    ///
    /// - Throws: all faults together, also when group or others may write to the folder or a file of it.
    public init(directory: String) throws(TrustFaults) {
        try self.init(files: TrustFolder(path: directory).files())
    }
}
