public import JOSE
public import Vocabulary

/// Who asks for an explanation; each sees what is its own business.
public enum ExplanationViewer: Sendable, Hashable {
    /// The operator, who sees everything.
    case `operator`
    /// An organisation, with what its token lets it read.
    case organisation(OrganisationNumber, readsClients: Bool, readsScopes: Bool)
}

/// An explanation as one viewer may see it.
///
/// Whoever holds the client sees what a token request would tell it, its own data, and what is public. A scope's owner sees
/// whether its own rules and grants pass, and nothing else about a client.
public struct ExplanationView: Sendable {
    /// In what part the viewer sees it.
    public enum Part: String, Sendable, Hashable {
        /// Everything.
        case `operator`
        /// As holder or owner of the client.
        case clientOwner = "client_owner"
        /// As owner of some of the scopes.
        case scopeOwner = "scope_owner"
    }

    /// In what part.
    public let part: Part
    /// The explanation; only what ``isShown(_:)`` lets through may leave.
    let explanation: IssuanceExplanation
    private let viewer: OrganisationNumber?

    /// What the viewer may see; nil where neither client nor any scope is its business.
    ///
    /// - Parameters:
    ///   - explanation: What came of the conditions.
    ///   - blind: What would have come of them for a stand-in, where client or on-behalf-of entry are not there: a scope's owner
    ///     sees this in its place.
    ///   - viewer: Who asks.
    public init?(
        of explanation: IssuanceExplanation,
        standingIn blind: IssuanceExplanation? = nil,
        for viewer: ExplanationViewer
    ) {
        consumer = explanation.consumer
        supplier = explanation.supplier
        switch viewer {
        case .operator:
            part = .operator
            self.viewer = nil
            self.explanation = explanation
        case .organisation(let number, let readsClients, let readsScopes):
            self.viewer = number
            if readsClients, number == explanation.clientHolder || number == explanation.clientOwner {
                part = .clientOwner
                self.explanation = explanation
            } else if readsScopes, explanation.scopeOwners.values.contains(number) {
                part = .scopeOwner
                self.explanation = blind ?? explanation
            } else {
                return nil
            }
        }
    }

    /// The question.
    public var question: ExplanationQuestion { explanation.question }
    /// The consumer of the token, for the ledger, whose entries the parties see; nil where it is unknown.
    public let consumer: OrganisationNumber?
    /// The supplier, likewise.
    public let supplier: OrganisationNumber?

    /// The answer: `yes`, `no`, or `not_shown` where it rests on what the viewer may not see.
    public var answer: String {
        switch part {
        case .operator, .clientOwner: explanation.isYes ? "yes" : "no"
        case .scopeOwner:
            explanation.conditions.contains { isShown($0) && $0.result.isNo } ? "no" : "not_shown"
        }
    }

    /// Whether the viewer may see what came of a condition.
    public func isShown(_ condition: IssuanceExplanation.Condition) -> Bool {
        switch part {
        case .operator: true
        // What a token request tells its client is no secret from its holder.
        case .clientOwner:
            condition.isTold || condition.holders.isEmpty
                || condition.holders.contains { $0.organisation == viewer }
        case .scopeOwner: condition.isScopeOwners && isOwn(condition)
        }
    }

    private func isOwn(_ condition: IssuanceExplanation.Condition) -> Bool {
        guard let scope = condition.scope else {
            return explanation.question.scopes.allSatisfy { explanation.scopeOwners[$0] == viewer }
        }
        return explanation.scopeOwners[scope] == viewer
    }

    // MARK: JSON

    /// What may be told, as the API and the command line answer.
    public var json: JSONObject {
        let isWhole = part != .scopeOwner
        var object: JSONObject = [
            "client_id": .string(explanation.question.client.rawValue),
            "scope": .string(explanation.question.scopes.map(\.rawValue).joined(separator: " ")),
            "at": .string("\(explanation.time)"),
            "viewer": .string(part.rawValue),
            "answer": .string(answer),
        ]
        if isWhole {
            object["consumer_orgno"] = consumer.map { .string("\($0)") }
            object["supplier_orgno"] = supplier.map { .string("\($0)") }
            if let refusal = explanation.refusal {
                object["refusal"] = [
                    "status": .number(JSONNumber(Int64(refusal.code.status))),
                    "error": .string(refusal.oauthError.rawValue),
                    "code": .string(refusal.code.rawValue),
                    "reason": .string(refusal.reason),
                    "description": .string(refusal.explanation),
                ]
            }
            object["expires_in"] = explanation.lifetime.map { .number(JSONNumber($0.count)) }
            object["aud"] = explanation.audience
        }
        object["conditions"] = .array(explanation.conditions.map { .object(json($0)) })
        return object
    }

    /// The rows of ``json``, for tables.
    public var rows: [JSONObject] { explanation.conditions.map(json) }

    private func json(_ condition: IssuanceExplanation.Condition) -> JSONObject {
        var object: JSONObject = ["condition": .string(condition.name)]
        object["scope"] = condition.scope.map { .string($0.rawValue) }
        guard isShown(condition) else {
            object["result"] = "not_shown"
            object["seen_by"] = .array(seers(of: condition).map { .object(json($0)) })
            return object
        }
        switch condition.result {
        case .yes: object["result"] = "yes"
        case .atRequest: object["result"] = "at_request"
        case .notJudged: object["result"] = "not_judged"
        case .no(let code, let reason, let text):
            object["result"] = "no"
            object["code"] = .string(code.rawValue)
            object["reason"] = .string(reason)
            // The words name who stands behind the client, which a scope's owner does not learn.
            if part != .scopeOwner { object["description"] = .string(text) }
            object["mended_by"] = .array(condition.menders.map { .object(json($0)) })
        }
        return object
    }

    private func seers(of condition: IssuanceExplanation.Condition) -> [IssuanceExplanation.Participant] {
        if !condition.holders.isEmpty { return condition.holders }
        let owner = condition.scope.flatMap { explanation.scopeOwners[$0] }
        return [
            condition.scope == nil || owner == nil
                ? .init(role: .clientOwner, organisation: explanation.clientHolder)
                : .init(role: .scopeOwner, organisation: owner)
        ]
    }

    private func json(_ participant: IssuanceExplanation.Participant) -> JSONObject {
        var object: JSONObject = ["who": .string(participant.role.rawValue)]
        // Scopes and their owners are known to whoever asks by name; parties behind a client are not.
        if part != .scopeOwner || participant.role == .scopeOwner {
            object["orgno"] = participant.organisation.map { .string("\($0)") }
        }
        return object
    }
}

extension IssuanceExplanation.Result {
    /// Whether the condition fails.
    public var isNo: Bool { if case .no = self { true } else { false } }
}
