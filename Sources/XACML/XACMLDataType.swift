/// The type of a value (XACML 3.0 B.3).
public enum XACMLDataType: Sendable, Hashable {
    /// A text, compared code point by code point.
    case string
    /// `true` or `false`.
    case boolean
    /// An integer of 64 bits.
    case integer
    /// A floating-point number.
    case double
    /// A time of day, in UTC unless it names its offset.
    case time
    /// A day, in UTC unless it names its offset.
    case date
    /// A point in time, in UTC unless it names its offset.
    case dateTime
    /// A URI, compared code point by code point.
    case anyURI
    /// Another type, by its URI; values of it cannot be evaluated.
    case other(String)

    private static let schema = "http://www.w3.org/2001/XMLSchema#"

    private static let known: [(name: String, type: XACMLDataType)] = [
        ("string", .string), ("boolean", .boolean), ("integer", .integer), ("double", .double), ("time", .time),
        ("date", .date), ("dateTime", .dateTime), ("anyURI", .anyURI),
    ]

    // Short names of the JSON profile (section 3.2.2) whose types we carry and do not evaluate.
    private static let carried: [String: String] = [
        "hexBinary": schema + "hexBinary",
        "base64Binary": schema + "base64Binary",
        "dayTimeDuration": schema + "dayTimeDuration",
        "yearMonthDuration": schema + "yearMonthDuration",
        "rfc822Name": "urn:oasis:names:tc:xacml:1.0:data-type:rfc822Name",
        "x500Name": "urn:oasis:names:tc:xacml:1.0:data-type:x500Name",
        "ipAddress": "urn:oasis:names:tc:xacml:2.0:data-type:ipAddress",
        "dnsName": "urn:oasis:names:tc:xacml:2.0:data-type:dnsName",
        "xpathExpression": "urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression",
    ]

    /// The type of that URI.
    public init(uri: String) {
        if uri == "http://www.w3.org/2001/XMLSchema#string" {
            self = .string
            return
        }
        let found = Self.known.first { uri == Self.schema + $0.name }
        self = found?.type ?? .other(uri)
    }

    /// The type of that URI, or of that short name of the JSON profile (`string`, `anyURI`).
    public init(_ name: String) {
        if let short = Self.known.first(where: { $0.name == name }) {
            self = short.type
        } else {
            self.init(uri: Self.carried[name] ?? name)
        }
    }

    /// The URI.
    public var uri: String {
        switch self {
        case .string: "http://www.w3.org/2001/XMLSchema#string"
        case .boolean: "http://www.w3.org/2001/XMLSchema#boolean"
        case .integer: "http://www.w3.org/2001/XMLSchema#integer"
        case .double: "http://www.w3.org/2001/XMLSchema#double"
        case .time: "http://www.w3.org/2001/XMLSchema#time"
        case .date: "http://www.w3.org/2001/XMLSchema#date"
        case .dateTime: "http://www.w3.org/2001/XMLSchema#dateTime"
        case .anyURI: "http://www.w3.org/2001/XMLSchema#anyURI"
        case .other(let uri): uri
        }
    }

    /// Whether values of it can be evaluated.
    public var isKnown: Bool {
        if case .other = self { false } else { true }
    }

    /// The types whose values can be evaluated, with their names in the URIs of functions.
    static var evaluable: [(name: String, type: XACMLDataType)] { known }
}
