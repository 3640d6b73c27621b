import Administration
import AuditLedger
import Delegations
import HTTPServer
import JOSE
import TokenIssuance

/// What the domain refuses, as the API tells it.
extension Problem {
    /// What to tell of an error; nil for what is passed on as it is: refusals of the listener, and faults of ours.
    init?(telling error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let refusal as AdministrationRefusal: self.init(refusal)
        case let problem as SystemUserProblem:
            self.init(status: problem.status, altinnCode: problem.code, "\(problem)")
        case let problem as ConsentProblem:
            self.init(status: problem.status, altinnCode: problem.code, "\(problem)")
        default: return nil
        }
    }

    /// A problem that Altinn numbers.
    init(status: Int, altinnCode: String, _ detail: String) {
        let code: ErrorCode =
            switch status {
            case 403: .actForbidden
            case 404: .notFound
            case 409: .conflict
            default: .actRefused
            }
        self.init(
            code,
            reason: altinnCode.lowercased().replacing("-", with: "_"),
            detail,
            // The place of our own code: what Altinn's clients look for.
            members: ["code": .string(altinnCode)]
        )
    }

    /// Several at once, each with its number (Altinn's `ProblemDetails` of several problems).
    init(all problems: [(code: String, detail: String)]) {
        let errors = problems.map { problem -> JSONValue in
            ["code": .string(problem.code), "detail": .string(problem.detail)]
        }
        self.init(
            .actRefused,
            reason: "several",
            problems.map(\.detail).joined(separator: "; "),
            members: ["code": "STD-00000", "validationErrors": .array(errors)]
        )
    }

    /// Something asked for by its identifier is not there, or is not the caller's.
    static func unknown(_ what: String) -> Problem { Problem(.notFound, reason: "not_found", "there is no \(what)") }

    private init(_ refusal: AdministrationRefusal) {
        switch refusal {
        case .unknownScope, .unknownClient: self.init(.notFound, reason: "not_found", "\(refusal)")
        case .scopeExists, .stalePlan: self.init(.conflict, reason: "conflict", "\(refusal)")
        default: self.init(.actRefused, reason: "act_refused", "\(refusal)")
        }
    }
}
