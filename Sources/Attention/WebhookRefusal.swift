/// Why an act on a webhook is not done.
public enum WebhookRefusal: Error, Equatable, Sendable {
    /// There is no target of that name.
    case unknown(String)
    /// There is a target of that name with another address.
    case exists(String, url: String)
    /// There are as many targets as an installation may have.
    case tooMany(limit: Int)
    /// It is no target.
    case target(WebhookTarget.Fault)
}

extension WebhookRefusal: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .unknown(let name): "there is no webhook `\(name)`"
        case .exists(let name, let url): "there is a webhook `\(name)` already, to `\(url)`: remove it first"
        case .tooMany(let limit): "there are \(limit) webhooks already, and no more are kept"
        case .target(let fault): "\(fault)"
        }
    }
}
