/// The form of a request about one token: introspection (RFC 7662 §2.1) and revocation (RFC 7009 §2.1).
public struct TokenQueryForm: Sendable, Hashable {
    /// The token; whatever was sent, nothing of it is believed or even a token.
    public let token: String
    /// How the caller authenticates, as far as the form says.
    public let credentials: CallerCredentials

    /// The largest form in bytes.
    public static let maximumLength = TokenForm.maximumLength

    /// Parses the body of a request.
    ///
    /// `token_type_hint` is not looked at: there is only one kind of token here, and both standards let a server ignore
    /// it. Unknown parameters are ignored, but none may come twice.
    /// - Throws: `.bodyTooLarge`, `.mediaType`, `.formMalformed`, `.formParameterTwice`, `.formParameterMissing`,
    ///   `.formParameterValue`.
    public init(parsing body: [UInt8], mediaType: String?) throws(Refusal) {
        let fields = try TokenForm.fields(of: body, mediaType: mediaType)
        credentials = try CallerCredentials(fields)
        token = try fields.required("token")
    }
}

/// What a form says of who sends it.
public struct CallerCredentials: Sendable, Hashable {
    /// `client_assertion` (RFC 7523 §2.2).
    public let clientAssertion: String?
    /// `client_id`; beside an assertion it must name the same client, alone it goes with a certificate (RFC 8705 §2).
    public let clientID: String?

    init(_ fields: FormFields) throws(Refusal) {
        clientAssertion = try TokenForm.clientAssertion(in: fields, required: false)
        clientID = fields["client_id"]
    }
}
