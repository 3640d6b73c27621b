import Vocabulary

/// A whole page.
struct PageView: Sendable {
    /// The heading, which is the title too.
    var title: String
    /// The list that the page's subject stands in.
    var trail: Link?
    /// The parts, in order.
    var sections: [Section]
    /// The place in the navigation.
    var place: ConsolePlace?
    /// Whether the page shows rows, and so says as of when.
    var isDated = true

    /// Words that lead somewhere.
    struct Link: Sendable {
        let words: String
        let address: String
    }

    /// A page.
    init(_ title: String, in place: ConsolePlace? = nil, trail: Link? = nil, _ sections: [Section]) {
        self.title = title
        self.place = place
        self.trail = trail
        self.sections = sections
    }
}

/// Whoever looks at a page.
struct Visitor: Sendable {
    /// Whose view it is; nil: the operator's.
    let organisation: OrganisationNumber?
    /// What the view is called.
    let name: String
    /// The word that the page's own forms carry.
    let word: String
}

/// A place of the navigation.
enum ConsolePlace: String, Sendable, CaseIterable {
    case overview = "/console"
    case access = "/console/access"
    case scopes = "/console/scopes"
    case organisations = "/console/organisations"
    case clients = "/console/clients"
    case delegations = "/console/delegations"
    case keys = "/console/keys"
    case audit = "/console/audit"

    /// What it is called.
    var name: Phrase {
        switch self {
        case .overview: Phrase("Overview", "Oversikt")
        case .access: Phrase("Who has access", "Hvem har tilgang")
        case .scopes: Phrase("Scopes", "Scopes")
        case .organisations: Phrase("Organisations", "Virksomheter")
        case .clients: Phrase("Clients", "Klienter")
        case .delegations: Phrase("Delegations", "Delegeringer")
        case .keys: Phrase("Keys", "Nøkler")
        case .audit: Phrase("Audit", "Revisjonslogg")
        }
    }
}
