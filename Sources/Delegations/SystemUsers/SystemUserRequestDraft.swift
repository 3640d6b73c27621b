public import JOSE
public import Vocabulary

/// What a vendor asks of a customer, as it was sent.
public struct SystemUserRequestDraft: Sendable, Hashable {
    /// `systemId`.
    public var system: SystemID
    /// `partyOrgNo`.
    public var customer: OrganisationNumber
    /// `externalRef`; blank ones are replaced by the customer's number.
    public var externalRef: String
    /// `integrationTitle`.
    public var integrationTitle: String?
    /// `rights`.
    public var rights: [SystemRight]
    /// The slugs of `accessPackages`.
    public var packages: [String]
    /// `redirectUrl`.
    public var redirectURL: String?

    /// The longest external reference and title, in Unicode scalars.
    public static let maximumText = 255

    /// A request for a system user.
    public init(
        system: SystemID,
        customer: OrganisationNumber,
        externalRef: String? = nil,
        integrationTitle: String? = nil,
        rights: [SystemRight] = [],
        packages: [String] = [],
        redirectURL: String? = nil
    ) {
        self.system = system
        self.customer = customer
        let isBlank = externalRef.map { PlainText.isBlank($0) } ?? true
        self.externalRef = isBlank ? "\(customer)" : externalRef ?? ""
        self.integrationTitle = integrationTitle
        self.rights = rights
        self.packages = packages
        self.redirectURL = redirectURL
    }

    /// Reads a body; members that it does not know are ignored.
    ///
    /// - Throws: every fault of form together.
    public init(reading object: JSONObject) throws(SystemFaults) {
        var body = SystemBody(object)
        let systemText = body.text("systemId", required: true)
        let system = systemText.flatMap { try? SystemID(parsing: $0) }
        if let systemText, system == nil { body.add(.rule(.identifierForm, path: "/systemId", value: systemText)) }
        let customerText = body.text("partyOrgNo", required: true)
        let customer = customerText.flatMap { try? OrganisationNumber(parsing: $0) }
        if customerText != nil, customer == nil {
            body.add(.form(path: "/partyOrgNo", expected: "an organisation number"))
        }
        let externalRef = body.line("externalRef")
        let title = body.line("integrationTitle")
        let rights = body.rights("rights")
        let packages = body.packages("accessPackages")
        let redirect = body.text("redirectUrl")
        guard body.faults.isEmpty, let system, let customer else { throw SystemFaults(body.faults) }
        self.init(
            system: system,
            customer: customer,
            externalRef: externalRef,
            integrationTitle: title,
            rights: rights,
            packages: packages,
            redirectURL: redirect
        )
    }
}

/// What a vendor asks to be changed of a system user, as it was sent.
public struct SystemUserChangeDraft: Sendable, Hashable {
    /// `requiredRights`.
    public var requiredRights: [SystemRight]
    /// `unwantedRights`.
    public var unwantedRights: [SystemRight]
    /// The slugs of `requiredAccessPackages`.
    public var requiredPackages: [String]
    /// The slugs of `unwantedAccessPackages`.
    public var unwantedPackages: [String]
    /// `redirectUrl`.
    public var redirectURL: String?

    /// A change.
    public init(
        requiredRights: [SystemRight] = [],
        unwantedRights: [SystemRight] = [],
        requiredPackages: [String] = [],
        unwantedPackages: [String] = [],
        redirectURL: String? = nil
    ) {
        self.requiredRights = requiredRights
        self.unwantedRights = unwantedRights
        self.requiredPackages = requiredPackages
        self.unwantedPackages = unwantedPackages
        self.redirectURL = redirectURL
    }

    /// Reads a body; members that it does not know are ignored.
    ///
    /// - Throws: every fault of form together.
    public init(reading object: JSONObject) throws(SystemFaults) {
        var body = SystemBody(object)
        requiredRights = body.rights("requiredRights")
        unwantedRights = body.rights("unwantedRights")
        requiredPackages = body.packages("requiredAccessPackages")
        unwantedPackages = body.packages("unwantedAccessPackages")
        redirectURL = body.text("redirectUrl")
        guard body.faults.isEmpty else { throw SystemFaults(body.faults) }
    }
}

extension SystemBody {
    /// One line of text that people read; nil when it is absent.
    mutating func line(_ name: String) -> String? {
        guard let text = text(name) else { return nil }
        guard text.unicodeScalars.count <= SystemUserRequestDraft.maximumText,
            PlainText.firstMisplaced(in: text) == nil
        else {
            add(
                .form(
                    path: "/\(name)",
                    expected: "one line of at most \(SystemUserRequestDraft.maximumText) characters"
                )
            )
            return nil
        }
        return text
    }
}
