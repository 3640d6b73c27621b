public import Attention
import Administration
import EnterpriseCertificates
import Foundation
import LibCrypto
import Scopes
public import SQLiteStorage
import Vocabulary

/// Looks at what lies outside the store: the trust folder, the TLS certificate, the scope files of the data folder.
public struct AttentionScene: Sendable {
    /// Scope files larger than this in all are not compared again and again: `portvakt scope diff` does it when asked.
    private static let maximumScopeFiles = 2 * 1_024 * 1_024

    private let configuration: ServerConfiguration

    /// A scene of a configuration.
    public init(_ configuration: ServerConfiguration) { self.configuration = configuration }

    /// What there is to see; blocks on files and the store.
    public func look(_ reader: SQLiteReader) -> AttentionSurroundings {
        var surroundings = AttentionSurroundings()
        surroundings.trust = AttentionFacts.Ending(trust)
        surroundings.tls = AttentionFacts.Ending(tls)
        surroundings.drift = drift(reader)
        return surroundings
    }

    private var trust: [AttentionFacts.Ending.Thing] {
        // Faults of the folder keep a server from starting, and `doctor` tells them.
        guard let trust = try? TrustStore(directory: configuration.trustFolder) else { return [] }
        return (trust.anchors + trust.intermediates).map { certificate in
            AttentionFacts.Ending.Thing(
                HashFunction.sha256.digest(certificate.der).prefix(8).map { Self.hexadecimal($0) }.joined(),
                "the issuer's certificate `\(certificate.subject.shortName)` in the trust folder",
                norwegian: "utstederens sertifikat `\(certificate.subject.shortName)` i tillitsmappen",
                party: nil,
                end: certificate.notAfter,
                command: nil
            )
        }
    }

    private var tls: [AttentionFacts.Ending.Thing] {
        guard let files = configuration.tls, let bytes = FileManager.default.contents(atPath: files.certificate),
            let certificate = try? Certificate(pem: Array(bytes))
        else { return [] }
        return [
            AttentionFacts.Ending.Thing(
                "server",
                "the server's TLS certificate",
                norwegian: "tjenerens TLS-sertifikat",
                party: nil,
                end: certificate.notAfter,
                command: nil
            )
        ]
    }

    /// How the files differ from the store: the sum of the plan, or how many faults they have; nil when they agree.
    private func drift(_ reader: SQLiteReader) -> String? {
        let folder = configuration.dataFolder + "/scopes"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        var sources: [(name: String, text: String)] = []
        var size = 0
        for name in names.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)"),
                let text = String(validating: bytes, as: UTF8.self)
            else { return "`\(name)` cannot be read" }
            size += text.utf8.count
            guard size <= Self.maximumScopeFiles else { return nil }
            sources.append((name, text))
        }
        guard !sources.isEmpty else { return nil }
        var options = ScopePlanOptions()
        options.maximumRemovals = .max
        do {
            let plan = try reader.plan(ScopeFile.read(sources), options)
            return plan.isEmpty ? nil : plan.summary
        } catch let problems as ScopeFileProblems {
            return "\(problems.problems.count) faults in the files"
        } catch let problems as ScopePlanProblems {
            return "\(problems.problems.count) things in the files cannot be applied"
        } catch {
            // The store cannot be read: other findings tell so.
            return nil
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
