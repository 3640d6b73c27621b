public import JOSE
public import Vocabulary

/// Scopes as a catalogue of data services (DCAT-AP-NO 2.2), for the national data catalogue.
///
/// Only active scopes that everybody may see are described. What the store does not know, a contact above all, stands in
/// the options or is left out.
public struct ServiceCatalogue: Sendable {
    /// What is the same for all services.
    public struct Options: Sendable {
        /// The address that the addresses of catalogue and services begin with: the issuer.
        public var base: String
        /// The organisation that publishes the catalogue; nil when unknown.
        public var publisher: OrganisationNumber?
        /// A mail address or web page to ask at; nil when unknown.
        public var contact: String?
        /// The licence of the data, a URI; nil when unknown.
        public var licence: String?

        /// Options with nothing known but the base.
        public init(base: String) { self.base = base }
    }

    private let graph: DescribedGraph

    /// A catalogue of those of the scopes that may be shown to everybody.
    public init(_ scopes: [Scope], _ options: Options) {
        let base = options.base.hasSuffix("/") ? options.base : options.base + "/"
        let shown = scopes.filter { $0.isActive && $0.visibility == .everyone }
        var graph = DescribedGraph()
        var statements: [DescribedGraph.Statement] = [
            .init(
                "dct:title",
                [
                    .text("Tjenester med tilgangsstyring", language: "nb"),
                    .text("Access-controlled services", language: "en"),
                ]
            ),
            .init(
                "dct:description",
                [
                    .text("Datatjenester som organisasjoner kan få tilgang til", language: "nb"),
                    .text("Data services that organisations can be given access to", language: "en"),
                ]
            ),
        ]
        if let publisher = options.publisher {
            statements.append(.init("dct:publisher", [.thing(Self.address(of: publisher))]))
        }
        if !shown.isEmpty {
            statements.append(.init("dcat:service", shown.map { .thing(Self.address(of: $0, base)) }))
        }
        graph.things.append(.init(address: base + "scopes", type: "dcat:Catalog", statements: statements))
        graph.things += shown.map { Self.service($0, base, options) }
        self.graph = graph
    }

    /// The catalogue as Turtle (`text/turtle`).
    public var turtle: String { graph.turtle }

    /// The catalogue as JSON-LD (`application/ld+json`).
    public var jsonLD: JSONObject { graph.jsonLD }

    // MARK: One service

    private static func service(_ scope: Scope, _ base: String, _ options: Options) -> DescribedGraph.Thing {
        var statements: [DescribedGraph.Statement] = [
            .init("dct:identifier", [.text(scope.name.rawValue, language: nil)]),
            .init("dct:title", texts(scope.description, scope.descriptions)),
        ]
        let long = texts(scope.longDescription, scope.longDescriptions)
        statements.append(.init("dct:description", long.isEmpty ? texts(scope.description, scope.descriptions) : long))
        statements.append(.init("dct:publisher", [.thing(address(of: scope.owner))]))
        if let endpoint = endpoint(of: scope) { statements.append(.init("dcat:endpointURL", [.thing(endpoint)])) }
        statements.append(.init("dct:accessRights", [.thing(accessRight(of: scope))]))
        if let licence = options.licence { statements.append(.init("dct:license", [.thing(licence)])) }
        if let contact = options.contact {
            let property = contact.hasPrefix("http") ? "vcard:hasURL" : "vcard:hasEmail"
            let address = contact.hasPrefix("http") ? contact : "mailto:\(contact)"
            statements.append(
                .init(
                    "dcat:contactPoint",
                    [.nameless(type: "vcard:Organization", [.init(property, [.thing(address)])])]
                )
            )
        }
        return .init(address: address(of: scope, base), type: "dcat:DataService", statements: statements)
    }

    /// The text itself is Bokmål, or what the owner takes for it; the others have their languages.
    private static func texts(_ text: String?, _ others: [String: String]) -> [DescribedGraph.Object] {
        var objects: [DescribedGraph.Object] = []
        if let text, others["nb"] == nil { objects.append(.text(text, language: "nb")) }
        for language in others.keys.sorted() { objects.append(.text(others[language] ?? "", language: language)) }
        return objects
    }

    /// Where the API is: the audience of its tokens, or the only resource that may be asked for, when that is a web address.
    private static func endpoint(of scope: Scope) -> String? {
        let resource = scope.allowedResources.count == 1 ? scope.allowedResources.first : nil
        guard let address = scope.enforcedAudience ?? resource else { return nil }
        return isWebAddress(address) ? address : nil
    }

    /// Whether a text can stand as an address in both notations (IRIREF of the Turtle grammar), and is one of the web.
    public static func isWebAddress(_ text: String) -> Bool {
        (text.hasPrefix("https://") || text.hasPrefix("http://")) && text.utf8.allSatisfy(isAddressByte)
    }

    /// Whether a text is a web address, or a mail address that can stand in a `mailto:` URI as it is.
    public static func isContact(_ text: String) -> Bool {
        if isWebAddress(text) { return true }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.contains("%") }
            && text.utf8.allSatisfy { isAddressByte($0) && !":/?#[]".utf8.contains($0) }
    }

    /// Whether a byte can stand in an address of either notation.
    static func isAddressByte(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"<>\"{}|^`\\".utf8.contains(byte)
    }

    /// The vocabulary of access rights of the European Union.
    private static func accessRight(of scope: Scope) -> String {
        "http://publications.europa.eu/resource/authority/access-right/\(scope.isAccessibleForAll ? "PUBLIC" : "RESTRICTED")"
    }

    /// Enhetsregisteret's address of an organisation, by which the national catalogue knows publishers.
    private static func address(of organisation: OrganisationNumber) -> String {
        "https://data.brreg.no/enhetsregisteret/api/enheter/\(organisation)"
    }

    private static func address(of scope: Scope, _ base: String) -> String {
        base + "scopes/" + encoded(scope.name.rawValue)
    }

    /// All but unreserved characters (RFC 3986 §2.3) and the colon percent-encoded.
    private static func encoded(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
