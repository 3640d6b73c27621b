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
        var description = OperationDescription(summary: asked.summary)
        description.parameters = asked.parameters.map { parameter in
            .query(parameter.name, parameter.schema, parameter.meaning, required: parameter.isRequired)
        }
        description.answers = ReportAnswer.answers(asked.name)
        return Operation(.get, path, name, demand, description) { call in
            let query = asked.parameters.compactMap { parameter in
                call.query[parameter.name].map { (name: parameter.name, value: $0) }
            }
            return try await telling {
                let inquiry = try asked.init(Arguments(query: query, of: asked.parameters))
                let context = call.operationContext(for: viewer(call))
                return ReportAnswer(try await call.read { try inquiry.answer(from: $0, in: context) }, call).answer
            }
        }
    }

    private static func act<Asked: OperatorAct>(_ asked: Asked.Type) -> Operation<Store> {
        let parameters = asked.parametersWithReason
        var description = OperationDescription(summary: asked.summary)
        description.body = .json(
            .members(
                parameters.map { ($0.name, $0.schema.meaning($0.meaning)) },
                required: parameters.filter(\.isRequired).map(\.name)
            )
        )
        description.answers = ReportAnswer.answers(asked.name)
        description.refusals = [.conflict]
        return Operation(.post, path(asked), .operatorAPI, .anyOf(.installationOperator), description) { call in
            let body = try call.json()
            guard let members = body.value.object else { throw body.fault("is no object") }
            return try await telling {
                let arguments = try Arguments(object: members, of: parameters)
                let act = try asked.init(arguments)
                let reason = try arguments.reason()
                let context = call.operationContext(for: .operator)
                let report = try await call.act(for: reason) { try act.perform(in: $0, context) }
                return ReportAnswer(report, call).answer
            }
        }
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
            earlyRefusals: settings.earlyRefusals
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
