/// Why the status of a token is not known.
public enum StatusListError: Error, Sendable, Equatable {
    /// The claim `status` cannot be read.
    case claim
    /// The list stands elsewhere than at the issuer; says where.
    case foreign(String)
    /// The list cannot be had at present; says why.
    case unavailable(String)
    /// What was fetched is not that list, signed by the issuer and in force; says why.
    case refused(String)
    /// The list has no such place.
    case index(Int)
}

extension StatusListError: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch self {
        case .claim: "the claim `status` cannot be read"
        case .foreign(let uri): "the status list `\(uri)` does not stand at the issuer"
        case .unavailable(let reason): "the status list cannot be had: \(reason)"
        case .refused(let reason): "the status list cannot be used: \(reason)"
        case .index(let index): "the status list has no place \(index)"
        }
    }
}
