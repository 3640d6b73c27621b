public import Vocabulary

/// An agreement between a consumer and the supplier that processes data on its behalf, as the consumer has registered it for
/// one scope (databehandleravtale, GDPR article 28).
///
/// A scope with ``Scope/requiresProcessorAgreement`` gives its consumers' suppliers no token without one.
public struct ProcessorAgreement: Sendable, Hashable {
    /// The scope whose data it covers.
    public let scope: ScopeName
    /// The controller.
    public let consumer: OrganisationNumber
    /// The processor.
    public let supplier: OrganisationNumber
    /// Where the agreement can be found: a case number, a title and date; one line.
    public var reference: String
    /// First second after its life; nil: no end.
    public var validUntil: Timestamp?
    /// When it was registered.
    public let created: Timestamp
    /// When it was last changed.
    public var lastUpdated: Timestamp

    /// An agreement without an end.
    public init(
        scope: ScopeName,
        consumer: OrganisationNumber,
        supplier: OrganisationNumber,
        reference: String,
        created: Timestamp
    ) {
        self.scope = scope
        self.consumer = consumer
        self.supplier = supplier
        self.reference = reference
        self.created = created
        self.lastUpdated = created
    }

    /// Whether it holds; at ``validUntil`` it is over.
    public func isInForce(at now: Timestamp) -> Bool { validUntil.map { now < $0 } ?? true }
}
