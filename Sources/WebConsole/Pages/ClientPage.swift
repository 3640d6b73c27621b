import Operations
import TokenIssuance
import Vocabulary

/// A client: what it asks for and what it is granted, its keys, its last error.
enum ClientPage {
    private static let scopes = ListPage(
        inquiry: ListClientScopes.self,
        title: Phrase("Scopes asked for and granted", "Scopes bedt om og gitt"),
        id: "scopes",
        columns: [
            .init("scope", "Scope", "Scope"), .init("granted", "Granted", "Gitt"),
            .init("reason", "Why not", "Hvorfor ikke"),
        ],
        whenEmpty: Phrase("No scope is put on the client.", "Klienten har ingen scopes.")
    )

    private static let keys = ListPage(
        inquiry: ListClientKeys.self,
        title: Phrase("Keys", "Nøkler"),
        id: "keys",
        columns: [
            .init("kid", "Key", "Nøkkel"), .init("alg", "Algorithm", "Algoritme"),
            .init("created", "Registered", "Registrert"),
            .init("expires", "Ends", "Utløper"), .init("last_used", "Last used", "Sist brukt"),
            .init("thumbprint", "Thumbprint", "Fingeravtrykk"),
        ],
        whenEmpty: Phrase(
            "No key is registered: the client proves itself with its organisation's certificate.",
            "Ingen nøkkel er registrert: Klienten beviser seg med virksomhetens sertifikat."
        )
    )

    static func page(_ call: PageCall) async throws(PageFault) -> PageView {
        let id = try call.subject("client")
        let scene = call.scene
        let report = try await call.ask(ShowClient.self, ["client": id])
        let keyReport = try await call.ask(ListClientKeys.self, ["client": id])
        var sections: [Section] = [.facts(scene.text("Client", "Klient"), facts(id, report, keyReport, call))]
        if let error = try await lastError(id, keyReport, call) { sections.append(error) }
        let scopeReport = try await call.ask(ListClientScopes.self, ["client": id])
        sections.append(.table(scopes.table(of: scopeReport, call, links: false)))
        sections.append(.table(keys.table(of: keyReport, call, links: false)))
        sections.append(try await ScopePage.refusals(["client": id], without: ["client"], call))
        if call.viewer.organisation == nil {
            let word = ShellWord.quoted(id)
            sections.append(
                .commands(
                    scene.text("Commands", "Kommandoer"),
                    [
                        call.command(
                            scene.text("Register a key", "Registrer en nøkkel"),
                            "client keys add \(word) --jwk FILE"
                        ),
                        call.command(scene.text("Disable the client", "Deaktiver klienten"), "client disable \(word)"),
                        call.command(scene.text("What it did", "Hva den har gjort"), "audit search --client \(word)"),
                    ]
                )
            )
        }
        return PageView(
            report.value("client_name")?.cell ?? id,
            in: .clients,
            trail: .init(words: scene.text(ConsolePlace.clients.name), address: ConsolePlace.clients.rawValue),
            sections
        )
    }

    /// The last refusal, and what mends it.
    private static func lastError(_ id: String, _ keys: Report, _ call: PageCall) async throws(PageFault) -> Section? {
        guard case .number(let sequence)? = keys.value("last_refusal_entry"),
            case .time(let time)? = keys.value("last_refusal")
        else { return nil }
        let found = try await call.ask(ShowAuditEntry.self, ["sequence": Int(sequence)])
        let code = found.value("code")?.cell ?? ""
        let page = ErrorCode(rawValue: code).map { ErrorCatalogue.page($0) }
        var facts: [(name: String, value: Cell)] = [
            (
                call.scene.text("Refusal", "Avslag"),
                Cell(.codeLink(code, to: call.errorPage(code)), .plain(ErrorTitle.of(code, call.scene)), .time(time))
            ),
            (call.scene.text("Reason", "Grunn"), Cell(.code(found.value("reason")?.cell ?? ""))),
            (
                call.scene.text("Entry", "Innslag"),
                Cell(.link(call.scene.text("the whole of it", "hele"), to: Address.record(sequence)))
            ),
        ]
        for fix in page?.fixes.prefix(2) ?? [] {
            facts.append(
                (call.scene.text("What mends it", "Hva som retter det"), Cell(.plain(fix.replacing("`", with: ""))))
            )
        }
        return .facts(call.scene.text("Last error", "Siste feil"), facts)
    }

    private static func facts(
        _ id: String,
        _ report: Report,
        _ keys: Report,
        _ call: PageCall
    ) -> [(name: String, value: Cell)] {
        let scene = call.scene
        func text(_ name: String) -> Cell { ReportCell.plain(report.value(name) ?? .none, .plain, scene) }
        let isActive = report.value("active") != .flag(false)
        let isByKey = report.value("authentication") == .text("registered_key")
        let shown: [(Phrase, Cell)] = [
            (Phrase("Client id", "Klient-id"), Cell(.code(id))),
            (
                Phrase("Owner", "Eier"),
                ReportCell.organisation(report.value("client_orgno") ?? .none, report.value("owner_name")?.cell)
            ),
            (
                Phrase("State", "Status"),
                Cell(.mark(Reasons.state(isActive ? "active" : "disabled", scene), isActive ? .good : .quiet))
            ),
            (
                Phrase("Proves itself by", "Beviser seg med"),
                Cell(
                    .plain(
                        isByKey
                            ? scene.text("a registered key", "en registrert nøkkel")
                            : scene.text("its organisation's certificate", "virksomhetens sertifikat")
                    )
                )
            ),
            (Phrase("Supplier", "Leverandør"), ReportCell.organisation(report.value("supplier_orgno") ?? .none, nil)),
            (Phrase("Description", "Beskrivelse"), text("description")),
            (Phrase("Token life (s)", "Tokenets levetid (s)"), text("access_token_lifetime")),
            (
                Phrase("Last token", "Siste token"),
                keys.value("last_token").map { value in
                    if case .time(let time) = value {
                        Cell(.time(time))
                    } else {
                        Cell(.faint(scene.text("never", "aldri")))
                    }
                } ?? Cell()
            ),
            (Phrase("Created", "Opprettet"), text("created")),
        ]
        return shown.map { (name: scene.text($0.0), value: $0.1) }.filter { !$0.value.pieces.isEmpty }
    }
}
