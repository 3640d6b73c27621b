import Scopes
import Vocabulary

/// The record of processing.
package struct ReportProcessing: Inquiry {
    package static let name = "report-processing"
    package static let summary = "The record of processing: who shares what with whom, on what basis, through whom."
    package static let parameters = [
        Parameter("org", .organisation, "Only what this organisation shares, uses or processes for others.")
    ]
    package let arguments: Arguments
    private let organisation: OrganisationNumber?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        organisation = try arguments.organisation("org")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let record = try ProcessingRecord(from: reader, about: organisation, for: context.viewer, at: context.now)
        var report = Report(
            Table(
                "report-processing",
                record.lines,
                facts: [.init("as_of", context.now), .init("organisation", organisation)],
                whenEmpty: "nothing is shared",
                columns: Self.columns
            )
        )
        let unproven = record.lines.count { $0.supplier?.isProven == false }
        if unproven > 0 {
            let act = unproven == 1 ? "supplier acts" : "suppliers act"
            report.notes = ["\(unproven) \(act) without the consumer's own act"]
        }
        return report
    }

    private static let columns: [Column<ProcessingRecord.Line>] = [
        Column("scope") { $0.scope.name },
        Column("owner_orgno", title: "OWNER") { $0.scope.owner },
        Column("owner_name", .detail) { $0.names[$0.scope.owner] },
        Column("description", .detail) { $0.scope.description },
        Column("data_categories", title: "DATA") { $0.scope.dataCategories },
        Column("consumer_orgno", title: "CONSUMER") { $0.consumer },
        Column("consumer_name", .detail) { $0.names[$0.consumer] },
        Column("ground") { $0.ground },
        Column("legal_basis") { $0.legalBasis },
        Column("purpose") { $0.purpose },
        Column("since") { $0.since },
        Column("until") { $0.until },
        Column("supplier_orgno", title: "SUPPLIER") { $0.supplier?.number },
        Column("supplier_name", .detail) { line in line.supplier.flatMap { line.names[$0.number] } },
        Column("supplier_proof", title: "PROOF", style: { $0.proof == "unproven" ? .warning : .plain }) { $0.proof },
        Column("supplier_since", .detail) { $0.supplier?.since },
        Column("supplier_until", .detail) { $0.supplier?.until },
        Column("processor_agreement", .detail) { $0.supplier?.agreement },
    ]
}
