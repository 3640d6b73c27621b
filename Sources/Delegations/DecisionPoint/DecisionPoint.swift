public import Vocabulary
public import XACML

/// Decides whether somebody may do something with a resource of somebody's, as Altinn's decision point does (altinn.md §4.4).
///
/// The resource's policy is asked with what the subject has; if no rule of it speaks of the request, delegations are; and an
/// access list has the last word. Nothing but Permit is a yes.
public struct DecisionPoint<Reader: DecisionReader> {
    let reader: Reader
    let pseudonyms: PseudonymKey?

    /// A decision point over the facts that `reader` gives; without a key it cannot look up persons by number.
    public init(_ reader: Reader, pseudonyms: PseudonymKey? = nil) {
        self.reader = reader
        self.pseudonyms = pseudonyms
    }

    /// Decides a request, or all that a multiple request refers to, in the order of its references.
    ///
    /// Whatever is wrong with a request makes its decision Indeterminate; only what the reader throws is thrown.
    public func decide(_ request: XACMLRequest, at now: Timestamp) throws -> [DecisionOutcome] {
        try request.contexts.map { context in
            switch context {
            case .success(let context):
                try decide(context, returnsPolicyIdentifiers: request.returnsPolicyIdentifiers, at: now)
            case .failure(let status): Self.undecided(status, question: nil)
            }
        }
    }

    /// Decides one question.
    public func decide(_ question: DecisionQuestion, at now: Timestamp) throws -> DecisionOutcome {
        try decide(question, in: question.context, at: now)
    }

    /// Decides what one group of attributes asks.
    public func decide(
        _ context: XACMLContext,
        returnsPolicyIdentifiers: Bool = false,
        at now: Timestamp
    ) throws -> DecisionOutcome {
        var outcome: DecisionOutcome
        do {
            let question = try QuestionReader(reader: reader, pseudonyms: pseudonyms).question(context)
            outcome = try decide(question, in: context, at: now)
        } catch let status as XACMLStatus {
            outcome = Self.undecided(status, question: nil)
        }
        outcome.result.groups = context.groupsInResult
        if returnsPolicyIdentifiers, let policy = outcome.policy {
            outcome.result.policies = [.init(policy.identifier, version: policy.version)]
        }
        return outcome
    }

    // MARK: The steps of §4.4

    private func decide(
        _ question: DecisionQuestion,
        in context: XACMLContext,
        at now: Timestamp
    ) throws -> DecisionOutcome {
        guard let resource = try reader.resource(question.resource),
            let policy = try reader.policy(of: question.resource)
        else {
            let message = "resource `\(question.resource)` is not known, or has no policy"
            return Self.undecided(XACMLStatus(.processingError, message), question: question)
        }
        var run = DecisionRun(reader: reader, question: question, resource: resource, policy: policy, now: now)
        do {
            try run.enrich(context)
            run.evaluate()
            try run.considerDelegations()
            run.considerAbsence()
            try run.considerAccessLists()
        } catch let status as XACMLStatus { return Self.undecided(status, question: question) }
        return run.outcome
    }

    private static func undecided(_ status: XACMLStatus, question: DecisionQuestion?) -> DecisionOutcome {
        DecisionOutcome(
            result: XACMLResult(.indeterminate, status),
            question: question,
            basis: question == nil ? .request : .policy,
            held: [],
            evaluation: nil,
            policy: nil,
            laterSteps: []
        )
    }
}
