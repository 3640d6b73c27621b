import JOSE
import Mustache

/// One page of the demo portal: what stands on it, in one of two languages.
struct DemoPortalPage {
    private let fields: [String: Any]

    private init(_ title: String, language: String, other: String? = nil, _ fields: [String: Any]) {
        var fields = fields
        fields["title"] = title
        fields["language"] = language
        fields["otherLanguage"] = other
        fields["isNorwegian"] = language == "nb"
        fields["text"] = language == "en" ? Self.english : Self.norwegian
        self.fields = fields
    }

    /// The page's HTML; every text from outside is escaped by the template.
    var html: String {
        guard let template = try? MustacheTemplate(string: Self.template) else { return "" }
        return template.render(fields)
    }

    // MARK: The pages

    /// What the portal is, for whoever comes without a request.
    static func home(persons: [String], language: String) -> DemoPortalPage {
        DemoPortalPage(
            text("portal", language),
            language: language,
            other: "/?lang=\(language == "nb" ? "en" : "nb")",
            ["isHome": true, "names": persons]
        )
    }

    /// Asks who to be.
    static func choice(of subject: DemoPortalSubject, persons: [DemoPerson], language: String) -> DemoPortalPage {
        DemoPortalPage(
            text("who", language),
            language: language,
            other: "?id=\(subject.id)&lang=\(language == "nb" ? "en" : "nb")",
            [
                "isChoice": true,
                "persons": persons.enumerated().map {
                    [
                        "name": $0.element.name, "part": $0.element.part,
                        "address": "?id=\(subject.id)&person=\($0.offset)&lang=\(language)",
                    ]
                },
            ]
        )
    }

    /// The person may not see the request.
    static func unseen(
        _ subject: DemoPortalSubject,
        by person: DemoPerson,
        _ index: Int,
        language: String
    ) -> DemoPortalPage {
        DemoPortalPage(
            text("unseen", language),
            language: language,
            other: "?id=\(subject.id)&person=\(index)&lang=\(language == "nb" ? "en" : "nb")",
            ["isUnseen": true, "person": person.name, "back": "?id=\(subject.id)&lang=\(language)"]
        )
    }

    /// The server could not be asked.
    static func fault(_ detail: String, language: String) -> DemoPortalPage {
        DemoPortalPage(text("fault", language), language: language, ["isFault": true, "detail": detail])
    }

    /// The request, with what may be done about it.
    static func request(
        _ subject: DemoPortalSubject,
        _ object: JSONValue,
        titles: [String: String],
        by person: DemoPerson,
        _ index: Int,
        language: String,
        refusal: String?
    ) -> DemoPortalPage {
        let status = object["status"]?.string ?? ""
        var fields: [String: Any] = [
            "isRequest": true, "person": person.name, "index": index,
            "back": "?id=\(subject.id)&lang=\(language)",
            "facts": facts(of: subject, object, titles: titles, language: language),
            "status": text("status-\(status)", language), "statusClass": status.lowercased(),
            "acts": acts(on: subject, status: status, language: language),
        ]
        fields["refusal"] = refusal
        fields["message"] = object["requestMessage"]?[language]?.string ?? object["requestMessage"]?["nb"]?.string
        return DemoPortalPage(
            text(title(of: subject), language),
            language: language,
            other: "?id=\(subject.id)&person=\(index)&lang=\(language == "nb" ? "en" : "nb")",
            fields
        )
    }

    /// The resources that a request names.
    static func resources(in object: JSONValue) -> [String] {
        rights(in: object).compactMap { right in right["resource"]?.array?.first?["value"]?.string }
    }

    // MARK: Parts

    private static func rights(in object: JSONValue) -> [JSONValue] {
        ["rights", "consentRights", "requiredRights", "unwantedRights"].flatMap { object[$0]?.array ?? [] }
    }

    private static func title(of subject: DemoPortalSubject) -> String {
        switch subject {
        case .systemUser: "system-user"
        case .change: "change"
        case .consent: "consent"
        }
    }

    private static func facts(
        of subject: DemoPortalSubject,
        _ object: JSONValue,
        titles: [String: String],
        language: String
    ) -> [[String: Any]] {
        func fact(_ name: String, _ values: [String]) -> [String: Any]? {
            values.isEmpty ? nil : ["name": text(name, language), "values": values]
        }
        func value(_ name: String) -> [String] { object[name]?.string.map { [plain($0)] } ?? [] }
        let rights = rights(in: object).map { right -> String in
            let id = right["resource"]?.array?.first?["value"]?.string ?? ""
            let metadata = right["metaData"]?.object?.members.map { "\($0.name): \($0.value.string ?? "")" } ?? []
            return ([titles[id] ?? id] + metadata).joined(separator: ", ")
        }
        let packages = ["accessPackages", "requiredAccessPackages", "unwantedAccessPackages"]
            .flatMap { object[$0]?.array ?? [] }.compactMap { $0["urn"]?.string }.map(plain)
        return [
            fact("organisation", value("partyOrgNo") + value("from")), fact("asks", value("to")),
            fact("system", value("integrationTitle") + value("systemId")), fact("rights", rights),
            fact("packages", packages), fact("until", value("validTo")), fact("made", value("created")),
        ].compactMap { $0 }
    }

    /// The last part of a URN, which is what a person can read.
    private static func plain(_ text: String) -> String {
        text.hasPrefix("urn:") ? text.split(separator: ":").last.map(String.init) ?? text : text
    }

    private static func acts(
        on subject: DemoPortalSubject,
        status: String,
        language: String
    ) -> [[String: Any]] {
        let names: [(act: String, label: String, isMain: Bool)] =
            switch (subject, status) {
            case (.consent, "Created"): [("accept", "accept", true), ("reject", "reject", false)]
            case (.consent, "Accepted"): [("revoke", "revoke", false)]
            case (_, "New"): [("approve", "approve", true), ("reject", "reject", false)]
            case (.systemUser, "Accepted"): [("end", "end", false)]
            default: []
            }
        return names.map { ["act": $0.act, "label": text($0.label, language), "isMain": $0.isMain] }
    }

    private static func text(_ key: String, _ language: String) -> String {
        (language == "en" ? english : norwegian)[key] ?? key
    }
}
