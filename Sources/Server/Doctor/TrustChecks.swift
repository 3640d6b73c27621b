import EnterpriseCertificates
import LibCrypto
import SQLiteStorage
import Vocabulary

/// Whether the trust folder is sound and its certificates last.
struct TrustCheck: DoctorCheck {
    func findings(_ scene: DoctorScene) -> [Finding] {
        guard let configuration = scene.configuration else { return [] }
        let trust: TrustStore
        do throws(TrustFaults) { trust = try TrustStore(directory: configuration.trustFolder) } catch {
            return "\(error)".split(separator: "\n").map {
                Finding("trust", .red, String($0), remedy: "mend the files in `\(configuration.trustFolder)`")
            }
        }
        let soon = (trust.anchors + trust.intermediates).filter { $0.notAfter < scene.now + .days(60) }
        guard !soon.isEmpty else {
            return [Finding("trust", .green, "\(trust.anchors.count) anchors, none ends within 60 days")]
        }
        return soon.map { certificate in
            let isOver = certificate.notAfter < scene.now
            return Finding(
                "trust",
                certificate.subject.shortName,
                isOver ? .red : .yellow,
                "\(isOver ? "ended" : "ends") at `\(certificate.notAfter)`",
                remedy: "put its successor into `\(configuration.trustFolder)`"
            )
        }
    }
}

/// How revocation is watched: the mode in force, the age of what is known, and whether those who are asked answer.
struct RevocationCheck: DoctorCheck {
    /// More findings than this are summed up.
    private static let maximumFindings = 20

    func findings(_ scene: DoctorScene) async -> [Finding] {
        guard let configuration = scene.configuration else { return [] }
        let mode = Self.mode(configuration)
        guard case .require(let grace) = configuration.revocation,
            let read = scene.read(for: "revocation", { try $0.revocationRecords(withAnswers: false) })
        else { return [mode] }
        switch read {
        case .failure(let fault): return [mode, fault.finding]
        case .success(let records):
            let rules = RevocationRules(grace: grace)
            let used = records.filter { $0.used > scene.now - rules.unusedLife }
            let all = used.map { Self.finding($0, rules: rules, at: scene.now) }
            let bad = all.filter { $0.state != .green }
            var shown = Array((bad + all.filter { $0.state == .green }).prefix(Self.maximumFindings))
            if all.count > shown.count {
                let worst: Finding.State = bad.count > Self.maximumFindings ? .yellow : .green
                shown.append(Finding("revocation", worst, "\(all.count - shown.count) more pieces of evidence"))
            }
            var addresses = Self.addresses(of: used)
            if used.isEmpty {
                let issuers = Self.addressesInTrust(configuration)
                shown = [Self.nothingYet(issuers)]
                addresses = issuers
            }
            let sources = scene.asksOthers ? await askSources(configuration, addresses) : []
            return [mode] + shown + sources
        }
    }

    private static func mode(_ configuration: ServerConfiguration) -> Finding {
        let text = "the mode in force is \(configuration.revocation.description)"
        guard configuration.revocation == .off else { return Finding("revocation", "mode", .green, text) }
        return Finding(
            "revocation",
            "mode",
            configuration.environment == .prod ? .red : .yellow,
            text + ": a revoked enterprise certificate still gets tokens",
            remedy: "set `revocation` to `require`"
        )
    }

    private static func finding(_ record: RevocationRecord, rules: RevocationRules, at now: Timestamp) -> Finding {
        let failing = record.fault.map { "; the last \(record.failures) attempts failed: \($0)" } ?? ""
        guard let answer = record.answer else {
            return Finding("revocation", record.subject, .red, "no answer yet" + failing, remedy: remedy)
        }
        let age = max(0, now.seconds - answer.thisUpdate.seconds)
        let text =
            "`\(answer.status.rawValue)` by \(answer.source.rawValue) from `\(answer.address)`, \(age) s old, until "
            + "`\(answer.until)`" + failing
        switch EvidenceState(record, rules: rules, at: now) {
        case .fresh: return Finding("revocation", record.subject, failing.isEmpty ? .green : .yellow, text)
        case .grace: return Finding("revocation", record.subject, .yellow, text + "; under grace", remedy: remedy)
        case .stale, .missing: return Finding("revocation", record.subject, .red, text, remedy: remedy)
        case .revoked: return Finding("revocation", record.subject, .green, text)
        case .unknown:
            return Finding("revocation", record.subject, .yellow, text, remedy: "ask the issuer about this certificate")
        }
    }

    /// Before the first certificate is judged nothing is known; whether the issuers can be reached shows all the same.
    private static func nothingYet(_ addresses: [String]) -> Finding {
        let text = "no evidence in use: no certificate was judged within a day"
        guard !addresses.isEmpty else {
            return Finding("revocation", .green, text + "; it is fetched when the first one comes")
        }
        return Finding(
            "revocation",
            .green,
            text + "; the issuers' own certificates name " + addresses.map { "`\($0)`" }.joined(separator: ", ")
        )
    }

    /// Where the certificates of the trust folder say that news of them are to be had.
    private static func addressesInTrust(_ configuration: ServerConfiguration) -> [String] {
        guard let trust = try? TrustStore(directory: configuration.trustFolder) else { return [] }
        let named = (trust.intermediates + trust.anchors).flatMap { $0.ocspResponders + $0.crlDistributionPoints }
        return Array(Set(named)).sorted()
    }

    private static func addresses(of records: [RevocationRecord]) -> [String] {
        var addresses: [String] = []
        for record in records {
            let own = record.kind == .list ? [record.subject] : record.sourceAddresses
            for address in own where !addresses.contains(address) { addresses.append(address) }
        }
        return addresses
    }

    private static let remedy = "see that the server can reach the address, or ask the issuer"

    /// Asks each list's address and each responder once; any HTTP answer will do, for the server judges what it says.
    private func askSources(_ configuration: ServerConfiguration, _ addresses: [String]) async -> [Finding] {
        let http = LiveOutboundHTTP(allowsPrivateAddresses: configuration.allowsPrivateAddresses)
        return await withTaskGroup(of: Finding.self) { group in
            for address in addresses.prefix(Self.maximumFindings) {
                group.addTask {
                    let request = OutboundRequest(
                        .get,
                        address,
                        timeout: .seconds(10),
                        maximumBodySize: RevocationRules(grace: 0).maximumListSize
                    )
                    do throws(OutboundFault) {
                        let answer = try await http.send(request)
                        return Finding("revocation_sources", address, .green, "answers (status \(answer.status))")
                    } catch {
                        return Finding("revocation_sources", address, .red, "\(error)", remedy: Self.remedy)
                    }
                }
            }
            var findings: [Finding] = []
            for await finding in group { findings.append(finding) }
            return findings.sorted { $0.subject ?? "" < $1.subject ?? "" }
        }
    }
}
