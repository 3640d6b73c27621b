import HTTPServer
import HTTPTypes

/// One thing that the API does: a method of a path, what it demands, and the act.
struct Operation<Store: AdministrationStore>: Sendable {
    let method: HTTPRequest.Method
    let path: PathTemplate
    let name: EndpointName
    let access: AccessDemand
    /// What the OpenAPI document says of it, and what its query and body are read by.
    let description: OperationDescription
    let perform: @Sendable (Call<Store>) async throws -> APIAnswer

    /// The parameters that the query may have.
    var query: [String] { description.queryNames }
    /// The largest body, in bytes; nil: it takes none.
    var bodyLimit: Int? { description.body?.limit }

    /// Whether it belongs to the self-service API, whose objects and errors are those of the specification §4.4 to §6.
    var isSelfService: Bool { path.text.hasPrefix("/api/v1/") || path.text.hasPrefix("/api/v2/") }

    /// The largest JSON body, in bytes.
    static var jsonLimit: Int { 256 * 1024 }

    /// An operation that is described in full.
    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ name: EndpointName,
        _ access: AccessDemand,
        _ description: OperationDescription,
        _ perform: @escaping @Sendable (Call<Store>) async throws -> APIAnswer
    ) {
        self.method = method
        self.path = PathTemplate(path)
        self.name = name
        self.access = access
        self.description = description
        self.perform = perform
    }

    /// An operation of which no more is described than its parameters and the status of its answer.
    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ name: EndpointName,
        _ access: AccessDemand,
        query: [String] = [],
        body bodyLimit: Int? = nil,
        bodyType: String = "application/json",
        answers statuses: [Int] = [200],
        answerType: String = "application/json",
        _ perform: @escaping @Sendable (Call<Store>) async throws -> APIAnswer
    ) {
        var description = OperationDescription(summary: "\(method.rawValue) \(path)")
        description.parameters = query.map { .query($0, .text(), "") }
        description.body = bodyLimit.map { limit in
            OperationDescription.Body(forms: [(bodyType, .anything)], isRequired: false, limit: limit)
        }
        description.answers = statuses.map { .status($0, of: answerType) }
        self.init(method, path, name, access, description, perform)
    }
}

/// What the groups of endpoints are called in metrics.
extension EndpointName {
    static let resourceRegistry = EndpointName("resourceregistry")
    static let maskinportenSchema = EndpointName("maskinportenschema")
    static let suppliers = EndpointName("maskinportensuppliers")
    static let consumers = EndpointName("maskinportenconsumers")
    static let delegationLookup = EndpointName("delegation_lookup")
    static let decision = EndpointName("decision")
    static let roles = EndpointName("roles")
    static let parties = EndpointName("parties")
    static let systemRegister = EndpointName("systemregister")
    static let systemUsers = EndpointName("systemuser")
    static let consents = EndpointName("consent")
    static let clients = EndpointName("clients")
    static let scopes = EndpointName("scopes")
    static let organisations = EndpointName("organizations")
    static let scopeListing = EndpointName("scopes_all")
    static let openAPI = EndpointName("openapi")
    static let unknown = EndpointName("unknown")
}
