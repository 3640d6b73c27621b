import FoundationEssentials
public import JOSE
import Vocabulary
import XACML

extension DecisionOutcome {
    /// The way to the decision, step by step; names no person.
    public var explanation: [Step] {
        guard let question else { return [questionStep] }
        let asked = question.party == nil ? "without a party" : "for the resource's party"
        let names = heldNames
        let subject = Step(
            kind: .subject,
            text: "\(asked) the subject has \(names.isEmpty ? "nothing that counts" : names)"
        )
        return [questionStep, subject, policyStep] + laterSteps
    }

    /// The explanation as one text, a line a step, the decision last.
    public var explanationText: String {
        var lines = explanation.map { "\($0.kind.rawValue): \($0.text)" }
        let message = result.status.message.map { ": \($0)" } ?? ""
        lines.append("decision: `\(result.decision.rawValue)` by \(basis)\(message)")
        return lines.joined(separator: "\n")
    }

    /// The explanation as JSON.
    public var explanationJSON: JSONValue {
        [
            "decision": .string(result.decision.rawValue),
            "decidedBy": .object(basisJSON),
            "steps": .array(explanation.map { ["step": .string($0.kind.rawValue), "text": .string($0.text)] }),
        ]
    }

    private var basisJSON: JSONObject {
        var object: JSONObject = [:]
        switch basis {
        case .rule(let rule):
            object = ["kind": "rule", "rule": .string(rule)]
            if let (attribute, path) = decidingAttribute {
                object["attribute"] = .string(attribute.identifier)
                object["value"] = .string(attribute.value)
                object["path"] = .string(path)
            }
        case .delegation(let id, let keyRole):
            object = ["kind": "delegation", "delegation": .string(id.description)]
            guard let keyRole else { break }
            object["keyRole"] = .string(keyRole.role.rawValue)
            object["organisation"] = .string(keyRole.organisation.description)
        case .systemUserRight(let id):
            object = ["kind": "system_user_right", "systemUser": .string(id.uuidString.lowercased())]
        case .accessList: object = ["kind": "access_list"]
        case .request: object = ["kind": "request"]
        case .policy: object = ["kind": "policy"]
        }
        return object
    }

    // MARK: Steps

    private var questionStep: Step {
        guard let question else {
            return Step(kind: .question, text: result.status.message ?? "the request could not be read")
        }
        let subject =
            switch question.subject {
            case .party(.organisation(let number)): "organisation `\(number)`"
            case .party(.person): "a person"
            case .systemUser(let id): "system user `\(id.uuidString.lowercased())`"
            case .other(let owner): owner.isEmpty ? "nobody named" : "service owner `\(owner)`"
            }
        let party =
            switch question.party {
            case .organisation(let number)?: "organisation `\(number)`"
            case .person?: "a person"
            case nil: "nobody named"
            }
        let action = question.action.map { "`\($0)`" } ?? "no single action"
        return Step(
            kind: .question,
            text: "\(subject) asks to do \(action) with `\(question.resource)` of \(party)"
        )
    }

    /// The names of what the subject has, each once.
    private var heldNames: String {
        var names: [String] = []
        for attribute in held where attribute.hasAccess && attribute.identifier != DecisionAttribute.registerRole {
            let name = "`\(attribute.value)`"
            if !names.contains(name) { names.append(name) }
        }
        return names.joined(separator: ", ")
    }

    private var policyStep: Step {
        guard let evaluation, let policy else {
            return Step(kind: .policy, text: result.status.message ?? "no policy was asked")
        }
        let outcome = "`\(policy.identifier)` says `\(evaluation.decision.rawValue)`"
        switch evaluation.decision {
        case .permit, .deny:
            let rule = evaluation.decidingRules.first.map { "rule `\($0)`" } ?? "its combining algorithm"
            let path = decidingAttribute.map { ", by `\($0.attribute.value)`: \($0.path)" } ?? ""
            return Step(kind: .policy, text: "\(outcome) by \(rule)\(path)")
        case .notApplicable:
            let wanted = wanted.prefix(8).map { "`\($0.value)`" }.joined(separator: ", ")
            let hint = wanted.isEmpty ? "" : "; its rules for this action ask for \(wanted)"
            return Step(kind: .policy, text: "\(outcome): no rule speaks of it\(hint)")
        case .indeterminate:
            return Step(kind: .policy, text: "\(outcome): \(evaluation.status.message ?? "it could not be evaluated")")
        }
    }

    /// What of the subject's the deciding rule asked for, and how the subject came by it.
    private var decidingAttribute: (attribute: HeldAttribute, path: String)? {
        guard let evaluation, let policy else { return nil }
        let deciding = Set(evaluation.decidingRules)
        for row in policy.combinations where deciding.contains(row.rule) {
            let found = row.subject.compactMap { asked in held.first { $0.hasAccess && $0.answers(asked) } }
            guard let first = found.first, found.count == row.subject.count else { continue }
            return (first, "\(first.source)")
        }
        return nil
    }

    /// What rules for the action ask of a subject.
    private var wanted: [XACMLTargetAttribute] {
        guard let policy, let action = question?.action else { return [] }
        var seen: Set<XACMLTargetAttribute> = []
        return policy.combinations.filter { row in
            row.effect == .permit && row.action.contains { PolicySpelling.isSame($0.value, action) }
        }.flatMap(\.subject).filter { seen.insert($0).inserted }
    }
}
