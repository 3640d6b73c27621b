import Operations
import Vocabulary

/// The signing keys: their timetable as a picture and as a table.
enum SigningKeysPage {
    private static let list = ListPage(
        inquiry: ListSigningKeys.self,
        title: Phrase("Timetable", "Tidsplan"),
        id: "keys",
        columns: [
            .init("kid", "Key", "Nøkkel"), .init("alg", "Algorithm", "Algoritme"), .init("state", "State", "Status"),
            .init("created", "Published", "Publisert"), .init("signs_from", "Signs from", "Signerer fra"),
            .init("signs_until", "Signs until", "Signerer til"),
            .init("published_until", "Published until", "Publisert til"),
        ],
        whenEmpty: Phrase(
            "There is no signing key: no token can be issued.",
            "Det finnes ingen signeringsnøkkel: Ingen token kan utstedes."
        ),
        commands: [
            (Phrase("Plan a rotation", "Planlegg et bytte"), "keys rotate"),
            (Phrase("See the timetable first", "Se tidsplanen først"), "keys rotate --dry-run"),
        ]
    )

    static func answer(_ call: PageCall) async throws(PageFault) -> PageAnswer {
        guard call.format == .html else { return try await list.file(call) }
        let report = try await call.ask(ListSigningKeys.self, [:])
        var sections = try await list.sections(call)
        let keys = report.rowsByKey.compactMap { row in key(row, call) }
        if !keys.isEmpty {
            sections.insert(
                .timeline(TimelineView(title: call.scene.text("In time", "I tid"), keys: keys)),
                at: 0
            )
        }
        return .page(PageView(call.scene.text("Signing keys", "Signeringsnøkler"), in: .keys, sections))
    }

    private static func key(_ row: ReportCell.Row, _ call: PageCall) -> TimelineView.Key? {
        func time(_ name: String) -> Timestamp? {
            guard case .time(let time)? = row[name]?.value else { return nil }
            return time
        }
        guard let published = time("created"), let activates = time("signs_from"), let id = row["kid"]?.value.cell,
            // What is gone from the key set is history: the table has it.
            row["state"]?.value != .text("retired")
        else { return nil }
        return TimelineView.Key(
            id: id,
            algorithm: row["alg"]?.value.cell ?? "",
            state: ReportCell.cell("state", row, call.scene, call),
            published: published,
            activates: activates,
            retires: time("signs_until"),
            removed: time("published_until")
        )
    }
}
