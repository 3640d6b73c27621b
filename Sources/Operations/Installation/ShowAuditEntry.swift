import AuditLedger
import Vocabulary

/// One entry of the ledger, whole.
package struct ShowAuditEntry: Inquiry {
    package static let name = "audit-show"
    package static let summary = "Show one entry of the ledger."
    package static let parameters = [
        Parameter("sequence", .number(1...Int64.max), "The entry's number.").required
    ]
    package let arguments: Arguments
    private let sequence: Int64

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        guard let number = try arguments.number("sequence", in: 1...Int64.max) else {
            throw .usage("`sequence` is missing")
        }
        sequence = number
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        var found: LedgerContent?
        try reader.visitEntries(LedgerQuery(), after: sequence - 1) { content in
            found = content
            return false
        }
        // An organisation sees what it is a party to, as in lists; of all else it does not learn that it is there.
        guard let content = found, content.position.sequence == sequence,
            try context.viewer.isParty(to: content.event, in: reader)
        else {
            throw OperationFault(.absent, "entry_not_found", "there is no entry `\(sequence)`")
        }
        let entry = AuditEntry(content, seenBy: context.viewer)
        let members = AuditEntry.columns.map { OutputValue.Member($0.key, $0.value(entry)) }
        return Report(Record("audit-entry", members))
    }
}
