internal import Delegations
internal import Synchronization
internal import XACML

/// Policies that were read before, by their documents: reading XML takes longer than deciding by it.
///
/// Keyed by the document itself, so that nothing in it can be out of date.
final class PolicyMemory: Sendable {
    /// How many bytes of documents are kept.
    static let capacity = 4 << 20

    private let policies = Mutex(GenerationalCache<[UInt8], XACMLPolicy>(capacity: capacity))

    /// The policy of a document.
    ///
    /// - Throws: `StorageError.corrupt` when it cannot be read: only policies that can are kept.
    func policy(of document: [UInt8], named id: ResourceID) throws -> XACMLPolicy {
        if let policy = policies.withLock({ $0.value(for: document) }) { return policy }
        let policy: XACMLPolicy
        do { policy = try XACMLPolicy(parsing: document) } catch {
            throw StorageError.corrupt(detail: "the policy of resource `\(id)` cannot be read: \(error)")
        }
        policies.withLock { $0.insert(policy, for: document, weight: document.count) }
        return policy
    }
}
