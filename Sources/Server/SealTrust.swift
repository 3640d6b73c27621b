import EnterpriseCertificates
import FoundationEssentials

/// The trust in European organisations' seals: a folder of anchors and a profile of its own (DESIGN §6).
struct SealTrust: Sendable {
    let trust: ReloadingTrust

    /// The trust of a folder; nil where it holds no certificate, as one that was only made by `init`.
    ///
    /// - Throws: `TrustFaults`.
    init?(directory: String) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        guard names.contains(where: { name in [".pem", ".cer", ".crt"].contains { name.hasSuffix($0) } }) else {
            return nil
        }
        trust = try ReloadingTrust(directory: directory)
    }
}
