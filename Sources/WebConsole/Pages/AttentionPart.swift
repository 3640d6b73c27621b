import Operations
import Vocabulary

/// What needs attention, on the first page.
enum AttentionPart {
    /// The part; the register's age and what `installation` tells are in it.
    static func section(_ call: PageCall, _ installation: Report) async throws(PageFault) -> Section {
        let scene = call.scene
        var items: [AttentionView.Item] = []
        if let inquiry = OperationCatalogue.inquiries.first(where: { $0.name == "attention-list" }) {
            items = listed(try await call.ask(inquiry, [:]), call)
        } else {
            if call.viewer.organisation == nil { items += registers(installation, call) }
            items += try await keys(call)
            items += try await accesses(call)
        }
        items.sort { ($0.tone == .bad ? 0 : 1) < ($1.tone == .bad ? 0 : 1) }
        return .attention(
            AttentionView(
                title: scene.text("Needs attention", "Krever oppmerksomhet"),
                items: Array(items.prefix(most)),
                whenEmpty: scene.text(
                    "Nothing wants attention.",
                    "Ingenting krever oppmerksomhet."
                ),
                more: items.count > most
                    ? scene.text("and \(items.count - most) more", "og \(items.count - most) til") : nil
            )
        )
    }

    private static let most = 12

    /// What the inquiry of all that wants attention tells, which feed and webhooks tell too.
    private static func listed(_ report: Report, _ call: PageCall) -> [AttentionView.Item] {
        report.rowsByKey.compactMap { row in
            guard let words = row["words"]?.value.cell, let severity = row["severity"]?.value.cell else { return nil }
            var what = Cell(.plain(words))
            if let party = row["party_orgno"]?.value.cell, !party.isEmpty {
                what.pieces.append(.codeLink(party, to: Address.organisation(party)))
            }
            if case .time(let end)? = row["until"]?.value { what.pieces.append(.time(end)) }
            let command = row["command"]?.value.cell ?? ""
            return AttentionView.Item(
                tone: severity == "critical" || severity == "urgent" ? .bad : .warning,
                what: what,
                command: command.isEmpty || call.viewer.organisation != nil
                    ? nil : "\(command) \(call.console.installation.commandSuffix)"
            )
        }
    }

    private static func registers(_ installation: Report, _ call: PageCall) -> [AttentionView.Item] {
        guard case .list(let registers)? = installation.value("registers") else { return [] }
        return registers.compactMap { register in
            let members = register.members
            guard case .time(let updated)? = members["updated"], let state = members["state"]?.cell, state != "green"
            else { return nil }
            return AttentionView.Item(
                tone: state == "red" ? .bad : .warning,
                what: Cell(
                    .plain(call.scene.text("The register", "Registeret")),
                    .code(members["register"]?.cell ?? ""),
                    .plain(call.scene.text("was brought up to date", "ble oppdatert")),
                    .time(updated)
                ),
                command: call.command("", "org sync").command
            )
        }
    }

    /// Clients with a key that ends soon, or has ended.
    private static func keys(_ call: PageCall) async throws(PageFault) -> [AttentionView.Item] {
        let report = try await call.ask(
            BrowseClients.self,
            ["expiring": "30d", "sort": "nearest_key_expiry", "limit": 100]
        )
        return report.rowsByKey.compactMap { row in
            guard case .time(let end)? = row["nearest_key_expiry"]?.value, let id = row["client_id"]?.value.cell else {
                return nil
            }
            let isOver = end <= call.scene.now
            return AttentionView.Item(
                tone: isOver ? .bad : .warning,
                what: Cell(
                    .plain(
                        isOver
                            ? call.scene.text("A key has ended of", "En nøkkel er utløpt hos")
                            : call.scene.text("A key ends of", "En nøkkel utløper hos")
                    ),
                    .link(row["client_name"]?.value.cell ?? id, to: Address.client(id)),
                    .time(end)
                ),
                command: call.viewer.organisation == nil
                    ? call.command("", "client keys add \(id) --jwk FILE").command : nil
            )
        }
    }

    private static func accesses(_ call: PageCall) async throws(PageFault) -> [AttentionView.Item] {
        let report = try await call.ask(BrowseAccess.self, ["expiring": "30d", "sort": "until", "limit": 100])
        return report.rowsByKey.compactMap { row in
            guard case .time(let end)? = row["until"]?.value, let scope = row["scope"]?.value.cell,
                let consumer = row["consumer_orgno"]?.value.cell
            else { return nil }
            let isOver = end <= call.scene.now
            let name = row["consumer_name"]?.value.cell ?? ""
            return AttentionView.Item(
                tone: isOver ? .bad : .warning,
                what: Cell(
                    .link(name.isEmpty ? consumer : name, to: Address.organisation(consumer)),
                    .plain(
                        isOver
                            ? call.scene.text("lost access to", "mistet tilgang til")
                            : call.scene.text("loses access to", "mister tilgang til")
                    ),
                    .codeLink(scope, to: Address.scope(scope)),
                    .time(end)
                ),
                command: call.viewer.organisation == nil
                    ? call.command("", "access grant \(scope) \(consumer) --until DATE").command : nil
            )
        }
    }
}
