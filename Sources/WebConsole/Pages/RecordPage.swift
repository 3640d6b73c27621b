import Operations
import Vocabulary

/// One entry of the ledger, whole.
enum RecordPage {
    static func page(_ call: PageCall) async throws(PageFault) -> PageView {
        let text = try call.subject("sequence")
        let scene = call.scene
        guard let sequence = Int(text), sequence > 0 else {
            throw .absent(scene.text("There is no such entry.", "Det finnes ikke noe slikt innslag."))
        }
        let report = try await call.ask(ShowAuditEntry.self, ["sequence": sequence])
        guard case .record(let members) = report.content else { return PageView(text, []) }
        let row = ReportCell.Row(members.map { ($0.name, (value: $0.value, tone: Tone.plain)) }) { first, _ in first }
        let facts = members.compactMap { member -> (name: String, value: Cell)? in
            guard member.name != "details", member.value != OutputValue.none else { return nil }
            let cell =
                switch member.name {
                // The page is what the event would lead to.
                case "event": Cell(.plain(Reasons.event(member.value.cell, scene)), .code(member.value.cell))
                case "trace_id":
                    Cell(.codeLink(member.value.cell, to: Address.trace(member.value.cell)))
                case "jti", "credential", "parent_trace_id", "hash", "previous": Cell(.code(member.value.cell))
                default: ReportCell.cell(member.name, row, scene, call)
                }
            return cell.pieces.isEmpty
                ? nil : (name: scene.text(names[member.name] ?? Phrase(member.name, member.name)), value: cell)
        }
        var sections: [Section] = [.facts(scene.text("Entry", "Innslag"), facts)]
        if case .object(let details)? = report.value("details"), !details.isEmpty {
            sections.append(
                .facts(
                    scene.text("Details", "Detaljer"),
                    details.map { (name: $0.name, value: Cell(.code($0.value.cell))) }
                )
            )
        }
        sections.append(
            .facts(
                scene.text("Proof", "Bevis"),
                [
                    (
                        name: scene.text("Unaltered", "Uendret"),
                        value: Cell(
                            .link(
                                scene.text("Check the entry's proof", "Kontroller innslagets bevis"),
                                to: "/console/proof?sequence=\(sequence)"
                            )
                        )
                    )
                ]
            )
        )
        return PageView(
            scene.text("Entry \(sequence)", "Innslag \(sequence)"),
            in: .audit,
            trail: .init(words: scene.text(ConsolePlace.audit.name), address: ConsolePlace.audit.rawValue),
            sections
        )
    }

    private static let names: [String: Phrase] = [
        "sequence": Phrase("Number", "Nummer"), "time": Phrase("Time", "Tid"), "event": Phrase("Event", "Hendelse"),
        "result": Phrase("Result", "Resultat"), "client": Phrase("Client", "Klient"),
        "consumer": Phrase("Consumer", "Konsument"), "supplier": Phrase("Supplier", "Leverandør"),
        "scopes": Phrase("Scopes", "Scopes"), "code": Phrase("Code", "Kode"), "reason": Phrase("Reason", "Grunn"),
        "actor": Phrase("Actor", "Utført av"), "trace_id": Phrase("Trace id", "Sporings-id"),
        "parent_trace_id": Phrase("Caller's trace id", "Anroperens sporings-id"),
        "jti": Phrase("Token id (jti)", "Token-id (jti)"), "credential": Phrase("Proved by", "Bevist med"),
        "revision": Phrase("Revision of the facts", "Faktarevisjon"),
    ]
}
