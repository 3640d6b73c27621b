import Administration
import Operations
import Vocabulary

/// The first page: what has to be done, what is asked for, what was changed, how the installation stands.
enum OverviewPage {
    static func page(_ call: PageCall) async throws(PageFault) -> PageView {
        let scene = call.scene
        let keys = try await call.ask(ListSigningKeys.self, [:])
        let installation = try await call.ask(ShowInstallation.self, [:])
        let usage = try await call.ask(ListUsage.self, [:])
        var sections: [Section] = []
        sections.append(try await AttentionPart.section(call))
        sections.append(.chart(chart(usage, scene)))
        if let codes = codes(usage, call) { sections.append(codes) }
        sections.append(try await changes(call))
        sections.append(.facts(scene.text("Installation", "Installasjon"), facts(call, keys, installation)))
        return PageView(scene.text(ConsolePlace.overview.name), in: .overview, sections)
    }

    /// Tokens and refusals of the last 24 hours.
    private static func chart(_ usage: Report, _ scene: Scene) -> ChartView {
        let first: Timestamp =
            if case .time(let time)? = usage.value("from") { time } else { UsageHour.start(of: scene.now) - .hours(23) }
        let hours = (0..<24).map { first + .hours($0) }
        var (tokens, refusals) = ([Int64](repeating: 0, count: 24), [Int64](repeating: 0, count: 24))
        for row in usage.rowsByKey {
            guard case .time(let hour)? = row["hour"]?.value, case .number(let count)? = row["count"]?.value,
                let index = hours.firstIndex(of: hour)
            else { continue }
            if row["code"]?.value == OutputValue.none { tokens[index] += count } else { refusals[index] += count }
        }
        let (issued, refused) = (tokens.reduce(0, +), refusals.reduce(0, +))
        let behind = scene.text(
            " The ledger is still being counted: the newest are missing.",
            " Loggen telles fortsatt opp: De nyeste mangler."
        )
        return ChartView(
            title: scene.text("The last 24 hours", "Siste døgn"),
            summary: scene.text(
                "\(issued.grouped) tokens issued, \(refused.grouped) requests refused after the client had proved who it is.",
                "\(issued.grouped) token utstedt, \(refused.grouped) forespørsler avslått etter at klienten hadde bevist hvem den er."
            ) + (usage.value("behind") == .flag(true) ? behind : ""),
            hours: hours,
            panels: [
                .init(title: scene.text("Tokens", "Token"), kind: "tokens", counts: tokens),
                .init(title: scene.text("Refusals", "Avslag"), kind: "refusals", counts: refusals),
            ]
        )
    }

    /// The refusals by code.
    private static func codes(_ usage: Report, _ call: PageCall) -> Section? {
        var counts: [String: Int64] = [:]
        for row in usage.rowsByKey {
            guard case .text(let code)? = row["code"]?.value, case .number(let count)? = row["count"]?.value else {
                continue
            }
            counts[code, default: 0] += count
        }
        guard !counts.isEmpty else { return nil }
        let rows = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return .table(
            TableView(
                title: call.scene.text("Refusals by code", "Avslag etter kode"),
                id: "codes",
                heads: [
                    .init(title: call.scene.text("Code", "Kode")),
                    .init(title: call.scene.text("Meaning", "Betydning")),
                    .init(title: call.scene.text("Count", "Antall"), isNumber: true),
                    .init(title: call.scene.text("Entries", "Innslag")),
                ],
                rows: rows.map { code, count in
                    [
                        Cell(.codeLink(code, to: call.errorPage(code))), Cell(.plain(ErrorTitle.of(code, call.scene))),
                        .number(count),
                        Cell(
                            .link(
                                call.scene.text("show", "vis"),
                                to: "/console/audit?code=\(Address.encode(code))&since=24h"
                            )
                        ),
                    ]
                },
                whenEmpty: ""
            )
        )
    }

    private static func changes(_ call: PageCall) async throws(PageFault) -> Section {
        let list = ListPage(
            inquiry: BrowseAudit.self,
            title: Phrase("Last changes", "Siste endringer"),
            id: "changes",
            columns: [
                .init("time", "Time", "Tid"), .init("event", "Event", "Hendelse"),
                .init("consumer", "Organisation", "Virksomhet"), .init("scopes", "Scopes", "Scopes"),
                .init("actor", "Actor", "Utført av"),
            ],
            whenEmpty: Phrase("Nothing has been changed yet.", "Ingenting er endret ennå.")
        )
        let report = try await call.ask(BrowseAudit.self, ["changes": true, "limit": 10])
        var view = list.table(of: report, call, links: false)
        if report.value("more") == .flag(true) { view.next = "/console/audit?changes=1" }
        return .table(view)
    }

    private static func facts(
        _ call: PageCall,
        _ keys: Report,
        _ installation: Report
    ) -> [(name: String, value: Cell)] {
        let (scene, about) = (call.scene, call.console.installation)
        let active = keys.rowsByKey.first { $0["state"]?.value == .text("active") }
        var facts: [(name: String, value: Cell)] = [
            (scene.text("Issuer", "Utsteder"), Cell(.code(about.issuer))),
            (scene.text("Environment", "Miljø"), Cell(.plain(about.environment))),
            (scene.text("Version", "Versjon"), Cell(.plain(about.version))),
            (scene.text("Started", "Startet"), Cell(.time(about.started))),
            (
                scene.text("Signing key", "Signeringsnøkkel"),
                active.map { Cell(.codeLink($0["kid"]?.value.cell ?? "", to: "/console/keys")) }
                    ?? Cell(.mark(scene.text("none is active", "ingen er aktiv"), .bad))
            ),
            (scene.text("Next rotation", "Neste bytte"), rotation(keys, scene)),
        ]
        facts += registers(installation, scene)
        if call.viewer.organisation == nil { facts.append(ledger(installation, scene)) }
        return facts
    }

    private static func rotation(_ keys: Report, _ scene: Scene) -> Cell {
        let next = keys.rowsByKey.first { $0["state"]?.value == .text("next") }
        if case .time(let time)? = next?["signs_from"]?.value { return Cell(.time(time)) }
        let ends = keys.rowsByKey.compactMap { row -> Timestamp? in
            guard row["state"]?.value == .text("active"), case .time(let time)? = row["signs_until"]?.value else {
                return nil
            }
            return time
        }
        return ends.min().map { Cell(.time($0)) } ?? Cell(.plain(scene.text("not planned", "ikke planlagt")))
    }

    private static func registers(_ installation: Report, _ scene: Scene) -> [(name: String, value: Cell)] {
        guard case .list(let registers)? = installation.value("registers") else { return [] }
        return registers.compactMap { register in
            let members = register.members
            guard let name = members["register"]?.cell, let state = members["state"]?.cell else { return nil }
            let title =
                switch name {
                case "main_units": scene.text("Register: main units", "Register: hovedenheter")
                case "sub_units": scene.text("Register: sub-units", "Register: underenheter")
                default: scene.text("Register: roles", "Register: roller")
                }
            guard !state.isEmpty, case .time(let updated)? = members["updated"] else {
                return (title, Cell(.faint(scene.text("never filled", "aldri fylt"))))
            }
            let tone: Cell.Tone = state == "green" ? .good : state == "yellow" ? .warning : .bad
            return (title, Cell(.mark(Reasons.state(state, scene), tone), .time(updated)))
        }
    }

    private static func ledger(_ installation: Report, _ scene: Scene) -> (name: String, value: Cell) {
        let count: Int64 = if case .number(let number)? = installation.value("ledger_entries") { number } else { 0 }
        let isWell = installation.value("ledger_head") == .flag(true)
        return (
            scene.text("Audit chain", "Revisjonskjede"),
            Cell(
                .mark(
                    isWell ? scene.text("head readable", "lesbar") : scene.text("broken", "brutt"),
                    isWell ? .good : .bad
                ),
                .link(
                    scene.text("\(count.grouped) entries", "\(count.grouped) innslag"),
                    to: "/console/audit"
                )
            )
        )
    }
}

extension OutputValue {
    /// The members of an object by name.
    var members: [String: OutputValue] {
        guard case .object(let members) = self else { return [:] }
        return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    }
}
