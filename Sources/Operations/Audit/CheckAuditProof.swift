import AuditLedger
import JOSE
import Vocabulary

/// The proof of an entry, checked: for a page that shows each step.
///
/// Not in the catalogue: a program checks the proof itself, which needs nothing of the server.
package struct CheckAuditProof: Inquiry {
    package static let name = "audit-proof-check"
    package static let summary = "Check the proof of an entry, step by step."
    package static let parameters = ProveAudit.parameters
    package let arguments: Arguments
    private let inquiry: ProveAudit

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        inquiry = try ProveAudit(arguments)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let report = try inquiry.answer(from: reader, in: context)
        let keys = try reader.checkpointKeys
        do {
            let proof = try EntryProof(parsing: OutputValue.jsonObject(of: report.documentMembers))
            guard let key = keys.last else { throw ProofFault.checkpoint(.unsigned(key: "")) }
            let (checkpoint, entry) = try proof.check(by: key)
            return Report(
                Record(
                    "audit-proof-check",
                    [
                        .init("result", "valid"), .init("sequence", proof.index + 1), .init("jti", entry.event.tokenID),
                        .init("time", entry.event.time), .init("entries", checkpoint.size),
                        .init("hashes", proof.path.count), .init("root", Base64.encode(checkpoint.root)),
                        .init("origin", checkpoint.origin), .init("key", "\(key)"),
                    ]
                )
            )
        } catch let fault as ProofFault {
            throw OperationFault(
                .refused,
                "proof_invalid",
                "the proof does not hold: \(fault)",
                hint: "run `portvakt audit verify`"
            )
        }
    }
}

extension Report {
    /// The members of the JSON document.
    package var documentMembers: [OutputValue.Member] {
        guard case .object(let members) = document else { return [] }
        return members
    }
}
