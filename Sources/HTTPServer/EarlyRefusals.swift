public import TokenIssuance
public import Vocabulary

/// Takes what was refused before the client had proved who it is: counted and kept, never in the ledger (DESIGN §2.6).
public protocol EarlyRefusals: Sendable {
    /// Keeps one refusal; must not wait.
    func record(_ refusal: Refusal, client: ClientID?, trace: RequestTrace)
}
