import JOSE
public import Vocabulary

/// A token request as it was sent; nothing in it is proven.
///
/// All ways of asking meet here (DESIGN §2.1).
public struct UnverifiedGrant: Sendable {
    /// What shall prove the client.
    public enum Proof: Sendable {
        /// The assertion that carries the request or, with `client_credentials`, authenticates the client.
        case assertion(UnverifiedAssertion)
        /// The certificate at the connection and nothing else: `tls_client_auth` (RFC 8705 §2.1).
        case certificate(ClientCertificate, of: ClientID)
    }

    /// What shall prove the client.
    public let proof: Proof
    /// The certificate at the connection, which the token will be bound to (RFC 8705 §3).
    public let clientCertificate: ClientCertificate?
    /// A client assertion sent beside a grant; verified as well, and both are used up.
    public let companion: UnverifiedAssertion?
    /// The scopes asked for, in that order.
    public let scopes: [ScopeName]
    /// The resources asked for.
    public let resource: ResourceIndicator?
    /// The end user's number.
    public let pid: NationalIdentityNumber?
    /// For whom the client says that it acts; with `client_credentials` for its owner only.
    public let actingFor: ActingFor
    /// The system user or consent that the token shall rest on.
    public let detail: AuthorizationDetail?

    /// The client that it claims to come from.
    public var claimedClient: ClientID {
        switch proof {
        case .assertion(let assertion): assertion.unverifiedClaims.client
        case .certificate(_, let client): client
        }
    }

    /// Whether the client is authenticated apart from the grant, so that a fault in that is 401 `invalid_client`.
    var isClientAuthentication: Bool {
        switch proof {
        case .assertion(let assertion): assertion.kind == .clientAuthentication
        case .certificate: true
        }
    }

    /// Reads the assertions out of a form that came with this certificate at the connection.
    ///
    /// - Throws: the refusal of the first fault; of a client's authentication as 401 `invalid_client`.
    public init(parsing form: TokenForm, with clientCertificate: ClientCertificate? = nil) throws(RefusedRequest) {
        self.clientCertificate = clientCertificate
        switch form.grant {
        case .jwtBearer(let text):
            let assertion = try Self.grant(parsing: text)
            let claims = assertion.unverifiedClaims
            proof = .assertion(assertion)
            companion = try form.clientAssertion.map(Self.clientAssertion)
            scopes = claims.scopes
            resource = claims.resource
            pid = claims.pid
            actingFor = claims.actingFor
            detail = claims.authorizationDetail
            do throws(Refusal) { try AuthorizationDetail.check(detail, besides: actingFor) } catch {
                throw RefusedRequest(error, claimedClient: claims.client)
            }
            // A client assertion beside the grant must name the same client.
            if let companion, companion.unverifiedClaims.client != claims.client {
                throw RefusedRequest(.mismatch("client_assertion"), claimedClient: claims.client)
            }
        case .clientCredentials(let scope, let resource, let details):
            let (proof, client, signed) = try Self.clientProof(of: form, with: clientCertificate)
            self.proof = proof
            companion = nil
            pid = nil
            actingFor = .owner
            do throws(Refusal) {
                scopes = try Self.scopes(inForm: scope)
                self.resource = try ResourceIndicator(parsing: resource.map(JSONValue.string))
                detail = try Self.detail(inForm: details, andIn: signed)
            } catch {
                throw RefusedRequest(error, claimedClient: client)
            }
        }
        // RFC 7521 §4.2: `client_id` is unnecessary, but if present it names the same client.
        if let named = form.clientID, !isSameBytes(named, claimedClient.rawValue) {
            throw RefusedRequest(.mismatch("client_id"), claimedClient: claimedClient)
        }
    }

    /// What proves the client of a `client_credentials` request, which client that is, and the details that it signed.
    private static func clientProof(
        of form: TokenForm,
        with certificate: ClientCertificate?
    ) throws(RefusedRequest) -> (Proof, ClientID, AuthorizationDetail?) {
        if let text = form.clientAssertion {
            let assertion = try clientAssertion(text)
            let claims = assertion.unverifiedClaims
            return (.assertion(assertion), claims.client, claims.authorizationDetail)
        }
        // RFC 8705 §2: the form names the client, so that its registration can be looked up.
        guard let client = form.clientID.flatMap({ try? ClientID(parsing: $0) }) else {
            throw RefusedRequest(.formParameterValue("client_id", expected: "the identifier of a client"))
        }
        guard let certificate else {
            throw RefusedRequest(.clientCertificateMissing, isClientAuthentication: true, claimedClient: client)
        }
        return (.certificate(certificate, of: client), client, nil)
    }

    private static func grant(parsing text: String) throws(RefusedRequest) -> UnverifiedAssertion {
        do { return try UnverifiedAssertion(parsing: text, as: .grant) } catch { throw RefusedRequest(error) }
    }

    private static func clientAssertion(_ text: String) throws(RefusedRequest) -> UnverifiedAssertion {
        do { return try UnverifiedAssertion(parsing: text, as: .clientAuthentication) } catch {
            throw RefusedRequest(error, isClientAuthentication: true)
        }
    }

    private static func scopes(inForm text: String) throws(Refusal) -> [ScopeName] {
        do { return try AssertionClaims.scopes(text, named: "scope") } catch {
            throw .formParameterValue("scope", expected: "1 to 100 different scopes, separated by single spaces")
        }
    }

    /// DESIGN §2.1: the form, the client assertion or both may hold it; both must then say the same.
    private static func detail(
        inForm text: String?,
        andIn signed: AuthorizationDetail?
    ) throws(Refusal) -> AuthorizationDetail? {
        guard let text else { return signed }
        guard let value = try? JSONValue(parsing: Array(text.utf8)) else {
            throw .formParameterValue("authorization_details", expected: "a JSON array of objects")
        }
        let sent = try AuthorizationDetail(parsing: value)
        if let signed, signed != sent { throw .mismatch("authorization_details") }
        return sent
    }
}
