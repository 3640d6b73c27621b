import Delegations
import HTTPServer
import HTTPTypes
import Hummingbird
import JOSE
import TokenIssuance
import Vocabulary

/// A path of the API: verifies the token, finds the operation, checks what it demands, reads the request, answers.
struct APIEndpoint<Store: AdministrationStore>: Endpoint {
    let name: EndpointName
    let methods: [HTTPRequest.Method]
    // Whoever shows no token is told nothing but that.
    let tellsMethodsToAll = false
    let authenticatesCallers = true

    /// The self-service API's errors keep the members that they have always had.
    var errorForm: ErrorForm? { isSelfService ? .registration : .problem }

    /// Whether it belongs to the self-service API.
    var isSelfService: Bool { operations.first?.isSelfService == true }

    let operations: [Operation<Store>]
    let store: Store
    let settings: AdminSettings
    let gate: TokenGate

    /// A path with its operations; none: an unknown one.
    init(_ operations: [Operation<Store>], store: Store, settings: AdminSettings, gate: TokenGate) {
        self.operations = operations
        self.store = store
        self.settings = settings
        self.gate = gate
        name = operations.first?.name ?? .unknown
        methods = operations.map(\.method)
    }

    func readsBody(of request: Request) -> Bool {
        guard let operation = operations.first(where: { $0.method == request.method }),
            let limit = operation.bodyLimit
        else { return false }
        return !RequestBodyReading.declaresMore(than: limit, request)
    }

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        let now = settings.clock.now  // the only clock read
        let certificate = try await peer.clientCertificate()?.thumbprint
        let token = try gate.token(of: request, showing: certificate, at: now)
        try settings.admission.admit(token.client)
        do {
            guard !operations.isEmpty else {
                throw Refusal.notFound(path: String(request.uri.path.prefix(200)))
            }
            guard let operation = operations.first(where: { $0.method == request.method }) else {
                throw Refusal.methodNotAllowed(
                    method: String(request.method.rawValue.prefix(20)),
                    allowed: methods.map(\.rawValue)
                )
            }
            try operation.access.check(token)
            try await gate.requireStanding(of: token, at: now)
            let call = try await call(of: operation, request, token: token, trace: trace, at: now)
            return try await settings.admission.work { try await operation.perform(call) }.response
        } catch {
            guard var problem = Problem(telling: error) else { throw error }
            problem.caller = token.client
            throw problem
        }
    }

    /// RFC 9449 §9: the next nonce with every answer to a request that had a proof.
    func complete(_ response: inout Response, to request: Request) {
        guard request.headers.contains(.dpop) else { return }
        response.headers.append(
            HTTPField(name: .dpopNonce, value: settings.proofNonces.nonce(at: settings.clock.now))
        )
    }

    private func call(
        of operation: Operation<Store>,
        _ request: Request,
        token: AdministrativeToken,
        trace: RequestTrace,
        at now: Timestamp
    ) async throws -> Call<Store> {
        let path = try PathValues(operation.path, request.uri.path)
        let query = try Query(parsing: request.uri.query ?? "", allowing: operation.query)
        let level = try AuthenticationLevel.read(request.headers, isDemanded: operation.access.isPersonal)
        try MediaType.check(request.headers[.contentType], for: operation.description)
        var body: [UInt8] = []
        if let limit = operation.bodyLimit {
            body = try await RequestBodyReading.collect(
                request,
                from: trace,
                upTo: limit,
                admission: settings.admission
            )
        }
        return Call(
            path: path,
            query: query,
            headers: request.headers,
            body: body,
            token: token,
            person: operation.access.isPersonal ? token.pid.map { settings.pseudonyms.pseudonym(of: $0) } : nil,
            level: level,
            trace: trace,
            now: now,
            store: store,
            settings: settings,
            command: "\(operation.method.rawValue) \(operation.path.text)",
            address: settings.adminURL.dropLast() + request.uri.path
        )
    }
}

/// Which bodies are read.
enum MediaType {
    /// Refuses a body of a type that an operation says it does not read; one without a type is taken for the first.
    static func check(_ field: String?, for description: OperationDescription) throws(Problem) {
        guard let field, let body = description.body, description.refusals.contains(.mediaType) else { return }
        let found = field.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        let read = body.forms.map(\.mediaType)
        // An optional body's type is told by some even when there is none.
        guard !read.contains(found) else { return }
        throw Problem(
            .unsupportedMediaType,
            reason: "media_type_unsupported",
            "the body must be " + read.map { "`\($0)`" }.joined(separator: " or ")
                + ", and came as `\(String(found.prefix(100)))`"
        )
    }
}

/// How surely a portal knows the person for whom it calls.
enum AuthenticationLevel {
    /// The level that a portal tells with a call; a portal whose word is taken for the person is believed here too.
    ///
    /// Where a person acts it is demanded, and nothing is assumed of how surely the portal knows it; elsewhere none is 0.
    static func read(_ headers: HTTPFields, isDemanded: Bool) throws(Problem) -> Int {
        guard let text = headers[.authenticationLevel] else {
            guard isDemanded else { return 0 }
            throw Problem(
                .malformedRequest,
                reason: "header_parameter",
                "a call for a person wants its level of log-in, 0 to 4, in `Portvakt-Authentication-Level`"
            )
        }
        guard let level = Int(text), (0...4).contains(level) else {
            throw Problem(
                .malformedRequest,
                reason: "header_parameter",
                "`Portvakt-Authentication-Level` is no number from 0 to 4"
            )
        }
        return level
    }
}

extension HTTPField.Name {
    /// The level at which the person has logged in to the portal.
    static let authenticationLevel = known("Portvakt-Authentication-Level")
    /// The organisation that `{party}` means when it is the word `organization`.
    static let partyOrganisationNumber = known("Altinn-Party-OrganizationNumber")

    static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("`\(name)` is no field name") }
        return name
    }
}
