import Operations
import Vocabulary

/// Which page an address leads to.
enum ConsolePages {
    /// The answer to a request.
    static func answer(_ call: PageCall) async throws(PageFault) -> PageAnswer {
        switch call.path {
        case "/console" where call.format == .html: try await .page(OverviewPage.page(call))
        case ConsolePlace.access.rawValue: try await list(ConsoleLists.access, .access, call)
        case ConsolePlace.scopes.rawValue: try await list(ConsoleLists.scopes, .scopes, call)
        case ConsolePlace.organisations.rawValue: try await list(ConsoleLists.organisations, .organisations, call)
        case ConsolePlace.clients.rawValue: try await list(ConsoleLists.clients, .clients, call)
        case ConsolePlace.delegations.rawValue: try await list(ConsoleLists.delegations, .delegations, call)
        case ConsolePlace.audit.rawValue: try await list(ConsoleLists.audit, .audit, call)
        case ConsolePlace.keys.rawValue: try await SigningKeysPage.answer(call)
        case "/console/scope": try await .page(ScopePage.page(call))
        case "/console/organisation": try await .page(OrganisationPage.page(call))
        case "/console/client": try await .page(ClientPage.page(call))
        case "/console/record": try await .page(RecordPage.page(call))
        case "/console/proof": try await ProofPage.answer(call)
        default:
            throw .absent(call.scene.text("There is no such page.", "Det finnes ingen slik side."))
        }
    }

    /// A page that is a list and nothing else.
    private static func list(
        _ list: ListPage,
        _ place: ConsolePlace,
        _ call: PageCall
    ) async throws(PageFault) -> PageAnswer {
        guard call.format == .html else { return try await list.file(call) }
        do throws(PageFault) {
            return .page(PageView(call.scene.text(place.name), in: place, try await list.sections(call)))
        } catch {
            guard case .query(var page) = error else { throw error }
            page.place = place
            page.title = call.scene.text(place.name)
            throw .query(page)
        }
    }
}

extension PageCall {
    /// What the address names, which the page is about; a page without it does not exist.
    func subject(_ name: String) throws(PageFault) -> String {
        guard let query, query.names == [name], let value = query[name] else {
            throw .absent(scene.text("The address names nothing to show.", "Adressen sier ikke hva som skal vises."))
        }
        return value
    }

    /// The first rows of a list as a part of another page, with the way to all of them.
    func part(
        _ list: ListPage,
        titled title: Phrase,
        id: String,
        whenEmpty: Phrase,
        without hidden: Set<String> = [],
        more: String,
        _ arguments: Arguments
    ) async throws(PageFault) -> Section {
        let shown = ListPage(
            inquiry: list.inquiry,
            title: title,
            id: id,
            columns: list.columns.filter { !hidden.contains($0.key) },
            order: nil,
            whenEmpty: whenEmpty
        )
        let report = try await ask(list.inquiry, arguments.setting("limit", to: 20))
        var view = shown.table(of: report, self, links: false)
        if case .number(let total)? = report.value("total"), total > Int64(view.rows.count) {
            view.span = scene.text(
                "The first \(view.rows.count) of \(total.grouped)",
                "De første \(view.rows.count) av \(total.grouped)"
            )
            view.next = more
        }
        return .table(view)
    }
}
