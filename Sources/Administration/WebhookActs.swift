public import Attention
import AuditLedger
import JOSE
import Vocabulary

// Webhooks: where notices are sent.
extension Administration where Transaction: AttentionStore {
    /// Adds a target; one of the same name and address stays as it is, with its key.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - url: an https URL.
    ///   - seed: what its key is made of, 32 random bytes.
    /// - Throws: `WebhookRefusal`.
    /// - Returns: the target.
    @discardableResult
    public func addWebhook(_ name: String, url: String, seed: [UInt8]) throws -> AdministrationOutcome<WebhookTarget> {
        let target: WebhookTarget
        do throws(WebhookTarget.Fault) { target = try WebhookTarget(adding: name, url: url, seed: seed, at: now) } catch
        {
            throw WebhookRefusal.target(error)
        }
        let known = try transaction.webhookTargets()
        if let same = known.first(where: { $0.name == name }) {
            guard same.url == url else { throw WebhookRefusal.exists(name, url: same.url) }
            return AdministrationOutcome(same, hasChanged: false)
        }
        guard known.count < WebhookTarget.limit else { throw WebhookRefusal.tooMany(limit: WebhookTarget.limit) }
        try transaction.put(target)
        try note(.webhookAdded, target)
        return AdministrationOutcome(target)
    }

    /// Removes a target, and what waits for it; one that is not there stays away.
    @discardableResult
    public func removeWebhook(_ name: String) throws -> AdministrationOutcome<WebhookTarget?> {
        guard let target = try transaction.webhookTargets().first(where: { $0.name == name }) else {
            return AdministrationOutcome(nil, hasChanged: false)
        }
        try transaction.removeWebhookTarget(name)
        try note(.webhookRemoved, target)
        return AdministrationOutcome(target)
    }

    /// Gives a target another key; the present one signs beside it for a day.
    ///
    /// - Parameters:
    ///   - name: the target's name.
    ///   - seed: what the new key is made of, 32 random bytes.
    /// - Throws: `WebhookRefusal.unknown`.
    /// - Returns: the target with its new key.
    @discardableResult
    public func rotateWebhookKey(of name: String, seed: [UInt8]) throws -> AdministrationOutcome<WebhookTarget> {
        guard var target = try transaction.webhookTargets().first(where: { $0.name == name }) else {
            throw WebhookRefusal.unknown(name)
        }
        target.rotate(to: seed, at: now)
        try transaction.put(target)
        try note(.webhookKeyRotated, target)
        return AdministrationOutcome(target)
    }

    // No decision rests on a webhook: an entry, and no other revision. Of the address only the host, for its path may be secret.
    private func note(_ kind: LedgerEvent.Kind, _ target: WebhookTarget) throws {
        let host = target.url.dropFirst("https://".count).prefix { $0 != "/" && $0 != "?" }
        var event = LedgerEvent(
            time: now,
            kind: kind,
            details: ["webhook": .string(target.name), "host": .string(String(host))]
        )
        if let reason { event.details["reason"] = .string(reason) }
        actor.sign(&event)
        try transaction.append(event, claiming: [])
    }
}
