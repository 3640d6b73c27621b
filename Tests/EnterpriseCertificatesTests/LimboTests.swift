import EnterpriseCertificates
import Foundation
import LibCrypto
import Testing
import Vocabulary

/// One case of C2SP/x509-limbo (registry-and-certificates.md §3.2).
private struct LimboCase: Decodable {
    let id: String
    let trusted: [String]
    let intermediates: [String]
    let certificate: String
    let time: String?
    let purposes: [String]
    let expectation: String
    let maximumDepth: Int?
    let lists: [String]

    enum CodingKeys: String, CodingKey {
        case id
        case trusted = "trusted_certs"
        case intermediates = "untrusted_intermediates"
        case certificate = "peer_certificate"
        case time = "validation_time"
        case purposes = "extended_key_usage"
        case expectation = "expected_result"
        case maximumDepth = "max_chain_depth"
        case lists = "crls"
    }

    var namespace: Substring { id.prefix { $0 != ":" } }

    var expectsSuccess: Bool { expectation == "SUCCESS" }

    /// What the check says of it, as `cert check --profile none` would.
    func report() -> CertificateCheck.Report {
        func files(_ texts: [String]) -> [TrustStore.File] {
            texts.map { TrustStore.File(name: id, contents: Array($0.utf8)) }
        }
        let time = time.flatMap { Timestamp(parsing: $0.prefix(19) + "Z") } ?? Minted.now
        var check = CertificateCheck(trust: .files(files(trusted)), at: time, profile: nil)
        check.intermediates = files(intermediates)
        check.revocationLists = files(lists)
        check.purposes = purposes.compactMap { name in
            switch name {
            case "serverAuth": .serverAuthentication
            case "clientAuth": .clientAuthentication
            default: OID(parsing: name)
            }
        }
        check.maximumIntermediates = maximumDepth
        return check.run(TrustStore.File(name: id, contents: Array(certificate.utf8)))
    }
}

@Suite("x509-limbo: path validation without a profile", .enabled(if: Vectors.folder != nil, "\(Vectors.absence)"))
struct LimboTests {
    private struct File: Decodable { let testcases: [LimboCase] }

    /// The rest is about servers' names on the web.
    static let namespaces: Set<Substring> = ["rfc5280", "pathlen", "pathological", "crl", "cve", "invalid"]

    /// Where the verdict differs from the suite's.
    ///
    /// Rules that libcrypto does not have are to shorten this list.
    static let disagreements: Set<String> = [
        "rfc5280::aki::cross-signed-root-missing-aki", "rfc5280::ca-as-leaf-wrong-san",
    ]

    @Test func `138 cases are decided as the suite has them, but for those listed`() throws {
        let data = Data(try Vectors.bytes("x509-limbo/limbo.json"))
        let cases = try JSONDecoder().decode(File.self, from: data).testcases
            .filter { Self.namespaces.contains($0.namespace) }
        #expect(cases.count == 138)
        let wrong = cases.filter { $0.report().isAccepted != $0.expectsSuccess }.map(\.id)
        #expect(Set(wrong).subtracting(Self.disagreements) == [])
        // A case that has come right leaves the list.
        #expect(Self.disagreements.subtracting(wrong) == [])
    }

    /// What this thread has used of its processor, which other work on the machine does not change.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @Test func `no case takes a processor longer than five seconds`() throws {
        let data = Data(try Vectors.bytes("x509-limbo/limbo.json"))
        for example in try JSONDecoder().decode(File.self, from: data).testcases {
            let start = Self.processorSeconds()
            _ = example.report()
            #expect(Self.processorSeconds() - start < 5, "\(example.id)")
        }
    }
}
