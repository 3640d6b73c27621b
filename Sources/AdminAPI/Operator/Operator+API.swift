import Administration
import HTTPServer
import HTTPTypes
import JOSE
import Operations
import TokenIssuance
import Vocabulary

// The operator API: everything that `OperationCatalogue` lists, by name. It holds no rule of its own.
extension AdminAPI {
    /// The operations of the operator API.
    static var operatorAPI: [Operation<Store>] {
        OperationCatalogue.inquiries.map { inquiry($0) } + OperationCatalogue.acts.map { act($0) }
    }

    private static func path(_ operation: any Operations.Operation.Type) -> String {
        "/api/portvakt/v1/\(operation.name)"
    }

    private static func inquiry<Asked: Inquiry>(_ asked: Asked.Type) -> Operation<Store> {
        inquiry(asked, at: path(asked), .operatorAPI, .anyOf(.installationOperator)) { _ in .operator }
    }

    /// An inquiry at a path, answered for whom `viewer` finds in the call.
    static func inquiry<Asked: Inquiry>(
        _ asked: Asked.Type,
        at path: String,
        _ name: EndpointName,
        _ demand: AccessDemand,
        for viewer: @escaping @Sendable (Call<Store>) -> Viewer
    ) -> Operation<Store> {
        let parameters = asked.parametersWithReason
        guard !asked.asksInBody else {
            return Operation(.post, path, name, demand, body(asked, parameters)) { call in
                try await telling {
                    try await answer(asked, try arguments(of: call, asked, parameters), call, for: viewer(call))
                }
            }
        }
        var description = OperationDescription(summary: asked.summary)
        description.parameters = parameters.map { parameter in
            .query(parameter.name, parameter.schema, parameter.meaning, required: parameter.isRequired)
        }
        description.answers = ReportAnswer.answers(asked.name)
        return Operation(.get, path, name, demand, description) { call in
            let query = parameters.compactMap { parameter in
                call.query[parameter.name].map { (name: parameter.name, value: $0) }
            }
            return try await telling {
                try await answer(asked, try Arguments(query: query, of: parameters), call, for: viewer(call))
            }
        }
    }

    /// Notes that it is asked, where the ledger remembers it, and answers.
    private static func answer<Asked: Inquiry>(
        _ asked: Asked.Type,
        _ arguments: Arguments,
        _ call: Call<Store>,
        for viewer: Viewer
    ) async throws -> APIAnswer {
        let inquiry = try asked.init(arguments)
        let context = call.operationContext(for: viewer)
        if asked.isRecorded {
            let reason = try arguments.reason()
            try await call.act(for: reason) { try inquiry.note(in: $0, context) }
        }
        return ReportAnswer(try await call.read { try inquiry.answer(from: $0, in: context) }, call).answer
    }

    private static func act<Asked: OperatorAct>(_ asked: Asked.Type) -> Operation<Store> {
        let parameters = asked.parametersWithReason
        var description = body(asked, parameters)
        description.refusals = [.conflict]
        return Operation(.post, path(asked), .operatorAPI, .anyOf(.installationOperator), description) { call in
            try await telling {
                let arguments = try arguments(of: call, asked, parameters)
                let act = try asked.init(arguments)
                let reason = try arguments.reason()
                let context = call.operationContext(for: .operator)
                let report = try await call.act(for: reason) { try act.perform(in: $0, context) }
                return ReportAnswer(report, call).answer
            }
        }
    }

    /// An operation whose parameters come in a body.
    private static func body(
        _ asked: any Operations.Operation.Type,
        _ parameters: [Parameter]
    ) -> OperationDescription {
        var description = OperationDescription(summary: asked.summary)
        description.body = .json(
            .members(
                parameters.map { ($0.name, $0.schema.meaning($0.meaning)) },
                required: parameters.filter(\.isRequired).map(\.name)
            ),
            limit: asked.maximumBody
        )
        description.answers = ReportAnswer.answers(asked.name)
        return description
    }

    private static func arguments(
        of call: Call<Store>,
        _ asked: any Operations.Operation.Type,
        _ parameters: [Parameter]
    ) throws -> Arguments {
        let body = try JSONPart(parsing: call.body, upTo: asked.maximumBody)
        guard let members = body.value.object else { throw body.fault("is no object") }
        return try Arguments(object: members, of: parameters)
    }

    /// Faults of an operation as problems.
    private static func telling(_ body: () async throws -> APIAnswer) async throws -> APIAnswer {
        do { return try await body() } catch {
            guard let fault = OperationFault(telling: error) else { throw error }
            throw Problem(fault)
        }
    }
}

extension Call {
    /// What an operation is answered in the light of: whoever holds the operator's scope is the operator.
    fileprivate func operationContext(for viewer: Viewer) -> OperationContext {
        OperationContext(
            viewer: viewer,
            now: now,
            origin: "api",
            distress: settings.distress,
            policy: settings.policy,
            earlyRefusals: settings.earlyRefusals,
            pseudonyms: { [settings] _ in settings.pseudonyms }
        )
    }
}

extension Problem {
    /// A fault of an operation, under its own code, which is the one that the command line shows.
    init(_ fault: OperationFault) {
        let code: ErrorCode =
            switch fault.kind {
            case .usage: .malformedRequest
            case .absent: .notFound
            case .refused: .actRefused
            case .notAllowed: .actForbidden
            case .conflict: .conflict
            }
        var members: JSONObject = ["code": .string(fault.code)]
        members["hint"] = fault.hint.map { .string($0) }
        self.init(
            code,
            reason: fault.code,
            fault.message,
            details: OutputValue.jsonObject(of: fault.details),
            members: members
        )
    }
}

extension EndpointName {
    static let operatorAPI = EndpointName("operator")
}
