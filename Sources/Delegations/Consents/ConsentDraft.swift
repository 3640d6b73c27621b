public import FoundationEssentials
public import JOSE
public import Vocabulary

/// What an organisation asks somebody to consent to, as it was sent; ``faults`` holds what could not be read.
///
/// Persons stand in it by number, so it lives no longer than the call.
public struct ConsentDraft: Sendable, Hashable {
    /// One right as it was sent.
    public struct Right: Sendable, Hashable {
        /// `action`.
        public var actions: [String]
        /// The values of `resource`; exactly one is allowed.
        public var resources: [String]
        /// `metaData` or `metadata`, in the order sent.
        public var metadata: [ConsentRight.Metadata]
    }

    /// `id`.
    public var id: UUID?
    /// `from`.
    public var from: PartyURN?
    /// `to`.
    public var to: OrganisationNumber?
    /// `requiredDelegator`.
    public var requiredDelegator: NationalIdentityNumber?
    /// `validTo`.
    public var validTo: Timestamp?
    /// `consentRights`.
    public var rights: [Right]
    /// `requestMessage`.
    public var message: LocalisedText
    /// `redirectUrl`.
    public var redirectURL: String?
    /// `portalViewMode`.
    public var portalViewMode = ConsentPortalViewMode.hide
    /// What could not be read, in the order of the members.
    public private(set) var faults: [ConsentFault] = []

    /// The most rights in one request.
    public static let maximumRights = 50

    /// Reads a body; members that it does not know are ignored.
    public init(reading object: JSONObject) {
        rights = []
        message = LocalisedText()
        id = object["id"]?.string.flatMap { UUID(uuidString: $0) }
        if id == nil { fault(.form, "/id", "must be a UUID") }
        from = object["from"]?.string.flatMap { PartyURN(parsing: $0) }
        if from == nil { fault(.party, "/from", "must be the URN of a person or an organisation") }
        to = object["to"]?.string.flatMap { PartyURN(parsing: $0) }?.organisation
        if to == nil { fault(.party, "/to", "must be the URN of an organisation") }
        if let member = object["requiredDelegator"], member != .null {
            if case .person(let number)? = member.string.flatMap({ PartyURN(parsing: $0) }) {
                requiredDelegator = number
            } else {
                fault(.party, "/requiredDelegator", "must be the URN of a person")
            }
        }
        validTo = object["validTo"]?.string.flatMap { InternetTime.parse($0) }
        if validTo == nil { fault(.form, "/validTo", "must be a time (RFC 3339)") }
        readRights(object["consentRights"])
        readTexts(object)
    }

    private mutating func fault(_ rule: ConsentRule, _ path: String, _ text: String) {
        faults.append(ConsentFault(rule, at: path, text))
    }

    private mutating func readTexts(_ object: JSONObject) {
        if let member = object["requestMessage"], member != .null {
            let texts = (member.object?.members ?? []).compactMap { item in item.value.string.map { (item.name, $0) } }
            if member.object == nil || texts.count != member.object?.count {
                fault(.form, "/requestMessage", "must be an object of texts by language")
            }
            message = LocalisedText(Dictionary(texts) { first, _ in first })
        }
        redirectURL = object["redirectUrl"]?.string
        if redirectURL.map({ !Self.isRedirect($0) }) ?? true {
            fault(.form, "/redirectUrl", "must be an `https` address")
        }
        if let member = object["portalViewMode"], member != .null {
            if let mode = member.string.flatMap({ ConsentPortalViewMode(rawValue: $0.lowercased()) }) {
                portalViewMode = mode
            } else {
                fault(.form, "/portalViewMode", "must be `hide` or `show`")
            }
        }
    }

    private mutating func readRights(_ member: JSONValue?) {
        guard let elements = member?.array, !elements.isEmpty else {
            fault(.rights, "/consentRights", "must hold at least one right")
            return
        }
        guard elements.count <= Self.maximumRights else {
            fault(.form, "/consentRights", "must hold at most \(Self.maximumRights) rights")
            return
        }
        for (index, element) in elements.enumerated() {
            let path = "/consentRights/\(index)"
            guard let object = element.object else {
                fault(.form, path, "must be an object")
                continue
            }
            let actions = object["action"]?.strings ?? []
            if actions.isEmpty || actions.contains(where: { PlainText.isBlank($0) }) {
                fault(.action, "\(path)/action", "must hold at least one action")
            }
            let resources = (object["resource"]?.array ?? []).compactMap { item in
                item["type"]?.string == SystemBody.resourceAttribute ? item["value"]?.string : nil
            }
            if resources.count != 1 || object["resource"]?.array?.count != 1 {
                fault(.resource, "\(path)/resource", "must hold exactly one `urn:altinn:resource`")
            }
            let metadata = readMetadata(object["metaData"] ?? object["metadata"], at: "\(path)/metaData")
            rights.append(Right(actions: actions, resources: resources, metadata: metadata))
        }
    }

    private mutating func readMetadata(_ member: JSONValue?, at path: String) -> [ConsentRight.Metadata] {
        guard let member, member != .null else { return [] }
        let texts = (member.object?.members ?? []).compactMap { item in
            item.value.string.map { ConsentRight.Metadata(key: item.name, value: $0) }
        }
        if member.object == nil || texts.count != member.object?.count {
            fault(.form, path, "must be an object of texts")
        }
        return texts
    }

    /// `https`, or `http` on the machine itself, for trials.
    private static func isRedirect(_ text: String) -> Bool {
        guard (try? AbsoluteURI(parsing: text)) != nil else { return false }
        let lower = text.lowercased()
        if lower.hasPrefix("https://") { return true }
        return ["http://localhost", "http://127.0.0.1", "http://[::1]"].contains { base in
            guard lower.hasPrefix(base) else { return false }
            return ["", ":", "/", "?"].contains(lower.dropFirst(base.count).prefix(1))
        }
    }
}
