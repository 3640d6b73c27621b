import Scopes
import Vocabulary

/// The days and reasons of a grant or a request, as commands and calls name them.
enum AccessArguments {
    /// Who asks or holds, and for what.
    static let scope = Parameter("scope", .scope, "The scope.").required
    static let org = Parameter("org", .organisation, "The organisation that asks or has access.").required

    /// The days, and what is said about them.
    static let fields = [
        Parameter("from", .text, "The first day, or the moment it begins."),
        Parameter("until", .text, "The last day, or the moment it ends."),
        Parameter("legal_basis", .text, "The consumer's legal basis."),
        Parameter("purpose", .text, "What the consumer uses the data for."),
        Parameter("reason", .text, "Why."),
    ]

    /// What was given of them.
    static func read(
        _ arguments: Arguments,
        _ wanted: [AccessField] = AccessField.allCases
    ) throws(OperationFault) -> [AccessField: AccessFieldValue] {
        var fields: [AccessField: AccessFieldValue] = [:]
        for field in wanted {
            let name = field == .validFrom ? "from" : field.rawValue
            guard let text = try arguments.text(name) else { continue }
            do throws(AccessFault) { fields[field] = try field.value(parsing: text) } catch {
                throw .usage(
                    "\(arguments.title(of: name)) is no time: `\(text)`",
                    hint: "write a day as 2027-06-30, which counts whole, or 2027-06-30T12:00:00Z"
                )
            }
        }
        return fields
    }
}

extension AccessRequest {
    /// A request as every list and act shows it.
    static let columns: [Column<AccessRequest>] = [
        Column("scope") { $0.scope },
        Column("consumer_orgno", title: "CONSUMER") { $0.consumer },
        Column("state", style: { $0.tone }) { $0.state.rawValue },
        Column("created", title: "ASKED") { $0.requested },
        Column("valid_from", title: "FROM") { $0.wanted.validFrom },
        Column("until") { $0.wanted.validUntil },
        Column("purpose") { $0.wanted.purpose },
        Column("legal_basis", .detail) { $0.wanted.legalBasis },
        Column("reason", .detail) { $0.wanted.reason },
        Column("accepted_terms_version", .detail) { $0.wanted.acceptedTermsVersion },
        Column("answer", .detail) { $0.answer },
        Column("last_updated", .detail) { $0.lastUpdated },
    ]

    private var tone: Tone {
        switch state {
        case .pending: .warning
        case .approved: .good
        case .denied: .bad
        case .withdrawn: .faint
        }
    }

    /// One request as the answer of an act.
    func report(_ result: String, warnings: [String] = []) -> Report {
        let columns = Self.columns
        let members = columns.map { OutputValue.Member($0.key, $0.value(self)) } + [.init("result", result)]
        return Report(Record("access-request", members), warnings: warnings)
    }
}
