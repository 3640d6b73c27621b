// The compiler takes `stat` for this module's where NIO is imported too.
import CDispatch
import FoundationEssentials
import HTTPServer
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The TLS identity that lies in two files, read again when one of them changes.
final class TLSFileIdentity: Sendable {
    /// Why two files make no identity.
    struct Fault: Error, Sendable, CustomStringConvertible {
        let description: String
    }

    /// What one look found.
    enum Change: Sendable {
        case none
        case reloaded
        case refused(Fault)
    }

    let identity: TLSIdentity
    private let files: ServerConfiguration.TLSFiles
    private let seen: Mutex<[String]>

    init(_ files: ServerConfiguration.TLSFiles) throws(Fault) {
        self.files = files
        // Before the files: a change in between is then seen by the next look.
        seen = Mutex(Self.signatures(of: files))
        let (certificates, key) = try Self.read(files)
        do { identity = try TLSIdentity(certificates: certificates, privateKey: key) } catch {
            throw Self.fault(error, files)
        }
    }

    /// Looks at both files; blocks on the file system.
    func refresh() -> Change {
        let signatures = Self.signatures(of: files)
        guard seen.withLock({ $0 }) != signatures else { return .none }
        // Said once for each state of the files.
        seen.withLock { $0 = signatures }
        do throws(Fault) {
            let (certificates, key) = try Self.read(files)
            do { try identity.replace(certificates: certificates, privateKey: key) } catch {
                throw Self.fault(error, files)
            }
            return .reloaded
        } catch {
            return .refused(error)
        }
    }

    private static func read(_ files: ServerConfiguration.TLSFiles) throws(Fault) -> ([UInt8], [UInt8]) {
        guard let certificates = FileManager.default.contents(atPath: files.certificate) else {
            throw Fault(description: "`tls_cert`: cannot read `\(files.certificate)`")
        }
        do throws(PrivateFile.Fault) {
            return (Array(certificates), try PrivateFile.read(files.key))
        } catch {
            throw Fault(description: "`tls_key`: \(error)")
        }
    }

    private static func fault(_ error: any Error, _ files: ServerConfiguration.TLSFiles) -> Fault {
        switch error as? TLSIdentity.Fault {
        case .certificate: Fault(description: "`tls_cert`: `\(files.certificate)` holds no certificate in PEM")
        case .privateKey: Fault(description: "`tls_key`: `\(files.key)` holds no unencrypted private key in PEM")
        case .unusable:
            Fault(
                description:
                    "`tls_key`: `\(files.key)` is not the key of the first certificate of `\(files.certificate)`"
            )
        case nil: Fault(description: "`tls_cert`: \(error)")
        }
    }

    private static func signatures(of files: ServerConfiguration.TLSFiles) -> [String] {
        [files.certificate, files.key].map { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return "missing" }
            return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_ino)"
        }
    }
}
