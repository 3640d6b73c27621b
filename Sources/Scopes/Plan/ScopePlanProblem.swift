public import Vocabulary

/// Why files cannot be applied to a store.
public enum ScopePlanFault: Error, Equatable, Hashable, Sendable {
    /// The prefix belongs to another organisation than the file says.
    case prefixTaken(ScopePrefix, owner: OrganisationNumber)
    /// The prefix is reserved to the operator's organisation.
    case prefixReserved(ScopePrefix)
    /// The register does not know the organisation.
    case unknownOrganisation(OrganisationNumber)
    /// The scope as it would be breaks a rule.
    case scope(ScopeFault)
    /// The grant as it would be breaks a rule.
    case access(AccessFault)
    /// The plan would remove more than allowed.
    case tooManyRemovals(Int, limit: Int)
}

extension ScopePlanFault: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .prefixTaken(let prefix, let owner): "the prefix `\(prefix)` belongs to `\(owner)`"
        case .prefixReserved(let prefix): "the prefix `\(prefix)` is reserved to the operator's organisation"
        case .unknownOrganisation(let number): "the register does not know the organisation `\(number)`"
        case .scope(let fault): "\(fault)"
        case .access(let fault): "\(fault)"
        case .tooManyRemovals(let count, let limit):
            "\(count) removals, and at most \(limit) are allowed; allow more with `--max-removals`"
        }
    }
}

/// Why files cannot be applied to a store, with the place in the file, if it is one.
public struct ScopePlanProblem: Sendable, Hashable {
    /// Where; nil for the plan as a whole.
    public let line: SourceLine?
    /// What.
    public let fault: ScopePlanFault

    /// A fault at a place.
    public init(_ fault: ScopePlanFault, at line: SourceLine?) {
        self.line = line
        self.fault = fault
    }
}

extension ScopePlanProblem: CustomStringConvertible {
    /// `acme.yaml:7: …`.
    public var description: String { line.map { "\($0): \(fault)" } ?? "\(fault)" }
}

/// All that speaks against applying a set of files; nothing of them is applied.
public struct ScopePlanProblems: Error, Equatable, Sendable {
    /// The problems, in the order of the files.
    public let problems: [ScopePlanProblem]

    /// Some problems.
    public init(problems: [ScopePlanProblem]) { self.problems = problems }
}

extension ScopePlanProblems: CustomStringConvertible {
    /// A line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
