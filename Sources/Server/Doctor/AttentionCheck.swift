import Attention
import SQLiteStorage
import Vocabulary

/// What ends soon or is not as it should be, from the list that console, feed and webhooks show too.
///
/// Signing keys, the trust folder, the register and the ledger have checks of their own, which say what is well with them.
struct AttentionCheck: DoctorCheck {
    /// More findings of a kind than this are summed up.
    private static let maximumFindings = 20

    private static let checks: [(kind: AttentionItem.Kind, name: String, well: String)] = [
        (.clientKey, "client_keys", "no key of an active client ends within 60 days"),
        (.access, "access", "no access ends within 60 days"),
        (.delegation, "delegations", "no delegation ends within 60 days"),
        (.tlsCertificate, "tls_certificate", "the TLS certificate, if any, does not end within 60 days"),
        (.closedOrganisation, "organisations", "no organisation that is deleted from the register has a right"),
        (.refusals, "refusals", "no client is refused much"),
        (.scopeDrift, "scope_files", "scope files and store agree"),
        (.checkpoint, "checkpoint", "every entry of the ledger but the newest is covered by a signed checkpoint"),
        (.webhook, "webhooks", "no notice was given up"),
    ]

    func findings(_ scene: DoctorScene) -> [Finding] {
        let read = scene.read(for: "attention") { reader in
            AttentionList.items(
                try reader.attentionFacts(at: scene.now),
                scene.configuration.map { AttentionScene($0).look(reader) },
                at: scene.now
            )
        }
        switch read {
        case nil: return []
        case .failure(let fault): return [fault.finding]
        case .success(let items):
            return Self.checks.flatMap { check in
                let found = items.filter { $0.kind == check.kind }
                guard !found.isEmpty else { return [Finding(check.name, .green, check.well)] }
                var findings = found.prefix(Self.maximumFindings).map { Self.finding($0, check.name) }
                if found.count > findings.count {
                    let worst: Finding.State = found.contains { $0.severity == .critical } ? .red : .yellow
                    findings.append(Finding(check.name, worst, "\(found.count - findings.count) more of this kind"))
                }
                return findings
            }
        }
    }

    private static func finding(_ item: AttentionItem, _ check: String) -> Finding {
        let subject = item.id.drop { $0 != ":" }.dropFirst()
        // What has ended harms whoever it belongs to, and not the installation, unless it is the server's own.
        let isBroken = item.severity == .critical && (item.kind == .clientKey || item.kind == .tlsCertificate)
        return Finding(
            check,
            String(subject),
            isBroken ? .red : .yellow,
            item.words,
            remedy: item.command.map { "run `\($0)`" }
        )
    }
}
