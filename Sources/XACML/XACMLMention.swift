/// How a policy takes an attribute from a request.
public struct XACMLMention: Sendable {
    /// The values that targets compare it with, as the policy writes them, none twice.
    public private(set) var values: [String] = []
    /// Whether values that no target names may matter too: a condition takes it, it must be present, or a match asks for
    /// something else than equality.
    public private(set) var isOpen = false
    private var byFolded: [String: [String]] = [:]

    /// The values that differ from a text in case at most.
    public func values(likeIgnoringCase text: String) -> [String] { byFolded[text.lowercased()] ?? [] }

    /// Adds a comparison with a value.
    mutating func add(_ value: String) {
        let folded = value.lowercased()
        guard byFolded[folded]?.contains(value) != true else { return }
        byFolded[folded, default: []].append(value)
        values.append(value)
    }

    /// Notes that any value may matter.
    mutating func open() { isOpen = true }
}
