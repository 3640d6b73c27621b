import HTTPServer
import HTTPTypes

/// One thing that the API does: a method of a path, what it demands, and the act.
struct Operation<Store: AdministrationStore>: Sendable {
    let method: HTTPRequest.Method
    let path: PathTemplate
    let name: EndpointName
    let access: AccessDemand
    /// The parameters that the query may have.
    let query: [String]
    /// The largest body, in bytes; nil: it takes none.
    let bodyLimit: Int?
    let perform: @Sendable (Call<Store>) async throws -> APIAnswer

    /// The largest JSON body, in bytes.
    static var jsonLimit: Int { 256 * 1024 }

    /// Reads, or acts without a body.
    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ name: EndpointName,
        _ access: AccessDemand,
        query: [String] = [],
        body bodyLimit: Int? = nil,
        _ perform: @escaping @Sendable (Call<Store>) async throws -> APIAnswer
    ) {
        self.method = method
        self.path = PathTemplate(path)
        self.name = name
        self.access = access
        self.query = query
        self.bodyLimit = bodyLimit
        self.perform = perform
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
    static let unknown = EndpointName("unknown")
}
