import JOSE
import Operations
import Vocabulary

/// An organisation: who shares with it, what it may read, what it offers, its clients and delegations.
enum OrganisationPage {
    static func page(_ call: PageCall) async throws(PageFault) -> PageView {
        let number = try call.subject("org")
        let scene = call.scene
        let report = try await call.ask(ShowOrganisationFacts.self, ["org": number])
        let sharing = try await call.ask(ShowSharing.self, ["org": number, "limit": DiagramView.most])
        let name = report.value("name")?.cell ?? number
        let encoded = Address.encode(number)
        var sections: [Section] = [
            .facts(scene.text("Register", "Register"), facts(report, call)),
            .diagram(diagram(number, name, sharing, scene)),
        ]
        sections.append(
            try await call.part(
                ConsoleLists.access,
                titled: Phrase("What it may read", "Hva den kan lese"),
                id: "access-in",
                whenEmpty: Phrase("It has access to nothing.", "Den har ikke tilgang til noe."),
                without: ["consumer_orgno"],
                more: "/console/access?org=\(encoded)",
                ["org": number]
            )
        )
        sections.append(
            try await call.part(
                ConsoleLists.access,
                titled: Phrase("Who may read from it", "Hvem kan lese fra den"),
                id: "access-out",
                whenEmpty: Phrase("Nobody has access to scopes of it.", "Ingen har tilgang til scopes fra den."),
                more: "/console/access?owner=\(encoded)",
                ["owner": number]
            )
        )
        sections.append(
            try await call.part(
                ConsoleLists.scopes,
                titled: Phrase("What it offers", "Hva den tilbyr"),
                id: "scopes",
                whenEmpty: Phrase("It owns no scope.", "Den eier ingen scopes."),
                without: ["owner_orgno"],
                more: "/console/scopes?org=\(encoded)",
                ["org": number]
            )
        )
        sections.append(
            try await call.part(
                ConsoleLists.clients,
                titled: Phrase("Clients", "Klienter"),
                id: "clients",
                whenEmpty: Phrase("It has no client.", "Den har ingen klienter."),
                without: ["client_orgno"],
                more: "/console/clients?org=\(encoded)",
                ["org": number]
            )
        )
        for (parameter, title, empty) in [
            (
                "consumer", Phrase("Delegations given", "Delegeringer gitt"),
                Phrase("It has delegated nothing.", "Den har ikke delegert noe.")
            ),
            (
                "supplier", Phrase("Delegations received", "Delegeringer mottatt"),
                Phrase("Nothing is delegated to it.", "Ingenting er delegert til den.")
            ),
        ] {
            sections.append(
                try await call.part(
                    ConsoleLists.delegations,
                    titled: title,
                    id: "delegations-\(parameter)",
                    whenEmpty: empty,
                    without: ["\(parameter)_orgno"],
                    more: "/console/delegations?\(parameter)=\(encoded)",
                    Arguments([parameter: .string(number)])
                )
            )
        }
        return PageView(
            name,
            in: .organisations,
            trail: .init(
                words: scene.text(ConsolePlace.organisations.name),
                address: ConsolePlace.organisations.rawValue
            ),
            sections
        )
    }

    private static func diagram(_ number: String, _ name: String, _ sharing: Report, _ scene: Scene) -> DiagramView {
        func parties(_ part: String) -> [DiagramView.Party] {
            sharing.rowsByKey.filter { $0["part"]?.value == .text(part) }.map { row in
                let other = row["orgno"]?.value.cell ?? ""
                let known = row["name"]?.value.cell ?? ""
                let count: Int64 = if case .number(let count)? = row["count"]?.value { count } else { 0 }
                return DiagramView.Party(
                    name: known.isEmpty ? other : known,
                    number: other,
                    words: part == "supplier"
                        ? scene.text(
                            count == 1 ? "1 delegation" : "\(count) delegations",
                            count == 1 ? "1 delegering" : "\(count) delegeringer"
                        )
                        : count == 1 ? "1 scope" : "\(count.grouped) scopes",
                    address: Address.organisation(other)
                )
            }
        }
        func left(_ fact: String, _ drawn: Int) -> Int {
            guard case .number(let total)? = sharing.value(fact) else { return 0 }
            return max(0, Int(total) - drawn)
        }
        let (providers, consumers, suppliers) = (parties("provider"), parties("consumer"), parties("supplier"))
        return DiagramView(
            title: scene.text("Who shares with whom", "Hvem deler med hvem"),
            centre: .init(name: name, number: number, words: "", address: Address.organisation(number)),
            providers: providers,
            consumers: consumers,
            suppliers: suppliers,
            left: (
                left("providers", providers.count), left("consumers", consumers.count),
                left("suppliers", suppliers.count)
            )
        )
    }

    private static func facts(_ report: Report, _ call: PageCall) -> [(name: String, value: Cell)] {
        let scene = call.scene
        func text(_ name: String) -> Cell { ReportCell.plain(report.value(name) ?? .none, .plain, scene) }
        let status = report.value("status")?.cell ?? ""
        let shown: [(Phrase, Cell)] = [
            (Phrase("Number", "Nummer"), Cell(.code(report.value("organisation_number")?.cell ?? ""))),
            (
                Phrase("Status", "Status"),
                Cell(.mark(Reasons.state(status, scene), status == "live" ? .good : .bad))
            ),
            (Phrase("Form", "Form"), text("form_description")),
            (
                Phrase("Prefixes", "Prefikser"),
                Cell(pieces: ReportCell.texts(report.value("prefixes") ?? .none).map { .code($0) })
            ),
            (
                Phrase("Unit above", "Overordnet enhet"),
                ReportCell.organisation(report.value("parent") ?? .none, report.value("parent_name")?.cell)
            ),
            (Phrase("Address", "Adresse"), text("address")),
            (Phrase("Industry code", "Næringskode"), text("industry_code")),
            (Phrase("Registered", "Registrert"), text("registered")),
            (Phrase("Earlier names", "Tidligere navn"), text("earlier_names")),
        ]
        return shown.map { (name: scene.text($0.0), value: $0.1) }.filter { !$0.value.pieces.isEmpty }
    }
}
