import AuditLedger
import JOSE
public import Vocabulary

extension Administration {
    /// Remembers that the actor was told whether a client would get a token.
    ///
    /// No fact changes by it, and no decision need be taken again.
    ///
    /// - Parameters:
    ///   - client: The client that was asked about.
    ///   - scopes: The scopes of the question.
    ///   - consumer: The consumer of the token, who sees in the ledger that somebody asked; nil where it is unknown.
    ///   - supplier: The supplier, likewise.
    ///   - answer: What was answered: `yes`, `no` or `not_shown`.
    ///   - viewer: In what part the actor asked.
    /// - Throws: what the store throws.
    public func noteExplanation(
        of client: ClientID,
        scopes: [ScopeName],
        consumer: OrganisationNumber?,
        supplier: OrganisationNumber?,
        answer: String,
        viewer: String
    ) throws {
        var event = LedgerEvent(
            time: now,
            kind: .explanationGiven,
            details: ["answer": .string(answer), "viewer": .string(viewer)]
        )
        actor.sign(&event)
        event.client = client
        event.scopes = scopes
        event.consumer = consumer
        event.supplier = supplier
        try transaction.append(event, claiming: [])
    }
}
