import Operations
import Vocabulary

/// A scope: what it is, who has it, who acts with it, who asks for it, who was refused it.
enum ScopePage {
    static func page(_ call: PageCall) async throws(PageFault) -> PageView {
        let name = try call.subject("scope")
        let scene = call.scene
        let report = try await call.ask(ShowScope.self, ["scope": name, "brief": true])
        let owner = report.value("owner_orgno")?.cell ?? ""
        let isOwners = call.viewer.organisation.map { "\($0)" == owner } ?? true
        var sections: [Section] = [.facts(scene.text("Definition", "Definisjon"), facts(report, call))]
        sections.append(
            try await call.part(
                ConsoleLists.access,
                titled: Phrase("Who has access", "Hvem har tilgang"),
                id: "access",
                whenEmpty: Phrase("Nobody has access to the scope.", "Ingen har tilgang til scopet."),
                without: ["scope"],
                more: "/console/access?scope=\(Address.encode(name))",
                ["scope": name]
            )
        )
        sections.append(
            try await call.part(
                ConsoleLists.delegations,
                titled: Phrase("Delegations", "Delegeringer"),
                id: "delegations",
                whenEmpty: Phrase("No consumer has delegated it to a supplier.", "Ingen konsument har delegert det."),
                more: "/console/delegations?scope=\(Address.encode(name))",
                ["scope": name]
            )
        )
        if isOwners {
            if call.viewer.organisation == nil {
                sections.append(
                    try await call.part(
                        ConsoleLists.clients,
                        titled: Phrase("Clients that ask for it", "Klienter som ber om det"),
                        id: "clients",
                        whenEmpty: Phrase("No client holds the scope.", "Ingen klient har scopet."),
                        without: ["scopes"],
                        more: "/console/clients?scope=\(Address.encode(name))",
                        ["scope": name]
                    )
                )
            }
            sections.append(try await refusals(["scope": name], without: ["scope"], call))
        }
        if call.viewer.organisation == nil {
            sections.append(.commands(scene.text("Commands", "Kommandoer"), commands(name, call)))
        }
        return PageView(
            name,
            in: .scopes,
            trail: .init(words: scene.text(ConsolePlace.scopes.name), address: ConsolePlace.scopes.rawValue),
            sections
        )
    }

    /// Who asked and was refused.
    static func refusals(
        _ arguments: Arguments,
        without hidden: Set<String>,
        _ call: PageCall
    ) async throws(PageFault) -> Section {
        let list = ListPage(
            inquiry: ListScopeRefusals.self,
            title: Phrase("Asked for and refused", "Bedt om og avslått"),
            id: "refusals",
            columns: [
                .init("scope", "Scope", "Scope"), .init("consumer_orgno", "Consumer", "Konsument"),
                .init("client", "Client", "Klient"), .init("code", "Code", "Kode"),
                .init("reason", "Reason", "Grunn"), .init("count", "Times", "Ganger", isNumber: true),
                .init("last", "Last", "Sist"),
            ].filter { !hidden.contains($0.key) },
            whenEmpty: Phrase("Nobody was refused.", "Ingen er avslått.")
        )
        return .table(list.table(of: try await call.ask(ListScopeRefusals.self, arguments), call, links: false))
    }

    private static func facts(_ report: Report, _ call: PageCall) -> [(name: String, value: Cell)] {
        let scene = call.scene
        func text(_ name: String) -> Cell {
            ReportCell.plain(report.value(name) ?? .none, .plain, scene)
        }
        let isActive = report.value("gives_tokens") != .flag(false)
        let shown: [(Phrase, Cell)] = [
            (Phrase("Description", "Beskrivelse"), text("description")),
            (
                Phrase("State", "Status"),
                Cell(.mark(Reasons.state(isActive ? "active" : "inactive", scene), isActive ? .good : .quiet))
            ),
            (
                Phrase("Owner", "Eier"),
                ReportCell.organisation(report.value("owner_orgno") ?? .none, report.value("owner_name")?.cell)
            ),
            (Phrase("Visibility", "Synlighet"), text("visibility")),
            (Phrase("Delegation source", "Delegeringskilde"), text("delegation_source")),
            (Phrase("Longest token (s)", "Lengste token (s)"), text("at_max_age")),
            (Phrase("Legal basis", "Rettslig grunnlag"), text("legal_basis")),
            (Phrase("Purpose", "Formål"), text("purpose")),
            (Phrase("Data categories", "Datakategorier"), text("data_categories")),
            (Phrase("Declared in", "Erklært i"), text("origin")),
            (Phrase("Created", "Opprettet"), text("created")),
            (Phrase("Last changed", "Sist endret"), text("last_updated")),
        ]
        return shown.map { (name: scene.text($0.0), value: $0.1) }.filter { !$0.value.pieces.isEmpty }
    }

    private static func commands(_ name: String, _ call: PageCall) -> [CommandView] {
        let word = ShellWord.quoted(name)
        return [
            call.command(call.scene.text("Grant access", "Gi tilgang"), "access grant \(word) ORG --until 2027-12-31"),
            call.command(call.scene.text("Withdraw access", "Trekk tilbake tilgang"), "access revoke \(word) ORG"),
            call.command(call.scene.text("Deactivate the scope", "Deaktiver scopet"), "scope deactivate \(word)"),
        ]
    }
}
