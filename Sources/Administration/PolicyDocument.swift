import Delegations
public import XACML

/// A policy as it was uploaded, and as it was read.
///
/// It is read before the store is opened for writing: reading XML must not keep other writers waiting.
public struct PolicyDocument: Sendable {
    /// The document, byte by byte.
    public let content: [UInt8]
    /// What it says.
    public let policy: XACMLPolicy

    /// Reads a document.
    ///
    /// - Throws: `AdministrationRefusal.policy`.
    public init(parsing content: [UInt8]) throws(AdministrationRefusal) {
        self.content = content
        do { policy = try XACMLPolicy(parsing: content) } catch {
            throw .policy("the policy cannot be read: \(error)")
        }
    }

    /// Why the policy cannot be that of a resource; nil when it can.
    ///
    /// Every rule that permits something of a consent or of a schema of scopes must name whom: by such rules is measured who
    /// may consent or delegate for a party, and what is open to anybody would let anybody do so.
    func fault(for resource: Resource) -> String? {
        let id = resource.identifier
        let isAbout = policy.combinations.contains { combination in
            combination.resource.contains { $0.identifier == DecisionAttribute.resource && $0.value == id.rawValue }
        }
        guard isAbout else { return "no rule of the policy is about `urn:altinn:resource` = `\(id)`" }
        guard resource.type == .consent || resource.type == .maskinportenSchema else { return nil }
        if policy.combining == .permitUnlessDeny {
            return "the policy of a \(resource.type.rawValue) must not permit whatever it does not deny"
        }
        return policy.combinations.first { $0.effect == .permit && $0.subject.isEmpty }.map { open in
            "rule `\(open.rule)` permits without naming a subject in its target, which a \(resource.type.rawValue) must not"
        }
    }
}
