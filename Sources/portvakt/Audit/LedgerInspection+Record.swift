import AuditLedger
import Operations
import Server
import Vocabulary

extension LedgerInspection.Outcome {
    /// What is told of it.
    var record: Record {
        let isWhole = fault == nil && misfiled == nil
        let hasChecked = chain.checked > 0
        return Record(
            "audit-verification",
            [
                .init("result", isWhole ? "whole" : "broken"), .init("node", node),
                .init("checked", chain.checked), .init("first", hasChecked ? first : nil),
                .init("last", hasChecked ? chain.head.sequence : nil),
                .init("last_hash", hasChecked ? hexadecimal(chain.head.hash) : nil),
                .init("signed_for", tree.confirmed), .init("anchors_met", anchorsMet),
                .init("begins_after", cut.map(\.size)),
                .init("fault", fault.map(\.description)), .init("fault_at", fault.map(\.sequence)),
                .init("not_seen", notSeen),
            ]
        )
    }

    private var anchorsMet: Int { tree.anchorsMet + (fault == nil ? anchorsBefore : 0) }

    /// What could have happened without leaving a trace that this walk sees.
    private var notSeen: String {
        var parts: [String] = []
        if tree.confirmed < last {
            parts.append("whether entries after \(tree.confirmed) were cut off or replaced: no checkpoint covers them")
        }
        if anchorsMet == 0 {
            parts.append("whether all was written anew with the checkpoint key: no anchored checkpoint")
        } else {
            parts.append("whether entries that no anchor covers were written anew with the checkpoint key")
        }
        if first > 1, cut == nil { parts.append("entries before \(first)") }
        if let cut { parts.append("entries up to \(cut.size), which were let go on \(cut.time): their leaves alone") }
        return parts.joined(separator: "; ")
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
