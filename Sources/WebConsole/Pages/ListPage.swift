import Operations
import Vocabulary

/// A list of a page: which inquiry gives its rows, what they are filtered and sorted by, which columns are shown.
struct ListPage: Sendable {
    /// A column that is shown.
    struct Column: Sendable {
        /// The report's column.
        let key: String
        /// The head.
        let title: Phrase
        /// What the inquiry calls it to sort by it; nil: it does not.
        var order: String?
        /// Whether it holds numbers.
        var isNumber = false

        init(_ key: String, _ english: String, _ norwegian: String, order: String? = nil, isNumber: Bool = false) {
            self.key = key
            title = Phrase(english, norwegian)
            self.order = order
            self.isNumber = isNumber
        }
    }

    /// A field that it is filtered by.
    struct Filter: Sendable {
        /// The inquiry's parameter, and the name in the address.
        let name: String
        /// The label.
        let label: Phrase
        /// How it is filled in.
        let form: Form

        /// How a field is filled in.
        enum Form: Sendable {
            case text(example: String)
            case day
            case flag
            case choice([(value: String, words: Phrase)])
        }

        init(_ name: String, _ english: String, _ norwegian: String, _ form: Form) {
            self.name = name
            label = Phrase(english, norwegian)
            self.form = form
        }
    }

    /// The inquiry that gives the rows.
    let inquiry: any Inquiry.Type
    /// The heading.
    let title: Phrase
    /// A word for anchors.
    let id: String
    /// The columns.
    let columns: [Column]
    /// The filters.
    var filters: [Filter] = []
    /// What it is sorted by when nobody says.
    var order: String?
    /// Why it may be empty, when nothing is filtered.
    let whenEmpty: Phrase
    /// Why it may be empty of what was looked for.
    var whenNoneFits = Phrase("Nothing fits the filters.", "Ingenting passer med filtrene.")
    /// The commands that change such rows: what they do, and the words after `portvakt`.
    var commands: [(purpose: Phrase, words: String)] = []

    /// How many rows a page shows.
    static let rowsOfPage: Int64 = 50
    /// How many rows a file holds at most.
    static let rowsOfFile: Int64 = 10_000
}

extension ListPage {
    /// The rows as they were asked for by the address, as a table with its filters.
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - fixed: What the page itself asks for, which no address can change.
    /// - Returns: the fields to filter by, and the table.
    /// - Throws: `PageFault`.
    func sections(_ call: PageCall, fixed: Arguments = [:]) async throws(PageFault) -> [Section] {
        let arguments: Arguments
        do throws(OperationFault) { arguments = try self.arguments(call, rows: Self.rowsOfPage, fixed) } catch {
            throw .query(faulty(call, error))
        }
        let report: Report
        do throws(PageFault) { report = try await call.ask(inquiry, arguments) } catch {
            guard case .query = error else { throw error }
            throw error
        }
        return (filters.isEmpty ? [] : [.filters(filterView(call))]) + [.table(table(of: report, call))]
    }

    /// All rows that the filters let pass, as a file.
    func file(_ call: PageCall, fixed: Arguments = [:]) async throws(PageFault) -> PageAnswer {
        let arguments: Arguments
        do throws(OperationFault) { arguments = try self.arguments(call, rows: Self.rowsOfFile, fixed) } catch {
            throw .query(faulty(call, error))
        }
        let report = try await call.ask(inquiry, arguments)
        return switch call.format {
        case .csv: .file(Array(report.commaSeparated.utf8), type: "text/csv; charset=utf-8", name: "portvakt-\(id).csv")
        case .json, .html: .file(Array(report.json.utf8), type: "application/json", name: "portvakt-\(id).json")
        }
    }

    /// What the address asks of the inquiry; what it does not know is a fault that names it.
    private func arguments(
        _ call: PageCall,
        rows: Int64,
        _ fixed: Arguments
    ) throws(OperationFault) -> Arguments {
        guard let query = call.query else {
            throw .usage("the address cannot be read: a name stands in it twice, or its encoding is broken")
        }
        var arguments = fixed
        let parameters = inquiry.parameters
        let own = Set(filters.map(\.name)).union(["sort", "descending", "offset"])
        for name in query.names where fixed[name] == nil {
            guard let parameter = parameters.first(where: { $0.name == name }), own.contains(name),
                let text = query[name]
            else {
                throw .usage("`\(name)` is nothing that this page knows")
            }
            switch parameter.kind {
            case .flag:
                guard text == "1" else { throw .usage("`\(name)` must be `1`, or left out") }
                arguments = arguments.setting(name, to: true)
            case .number:
                guard let number = Int(text) else { throw .usage("`\(name)` must be a number") }
                arguments = arguments.setting(name, to: number)
            default: arguments = arguments.setting(name, to: text)
            }
        }
        if parameters.contains(where: { $0.name == "limit" }) {
            // A file has one row more than a page could: all of them.
            arguments = arguments.setting("limit", to: Int(rows))
        }
        if arguments["sort"] == nil, let order, parameters.contains(where: { $0.name == "sort" }) {
            arguments = arguments.setting("sort", to: order)
        }
        return arguments
    }

    /// The page that tells what of the address is wrong, with the fields as they were filled in.
    private func faulty(_ call: PageCall, _ fault: OperationFault) -> PageView {
        PageView(call.scene.text(title), [.fault(fault.text), .filters(filterView(call))])
    }

    private func filterView(_ call: PageCall) -> FilterView {
        let scene = call.scene
        return FilterView(
            action: call.path,
            fieldList: filters.map { filter in
                let form: FilterView.Field.Form =
                    switch filter.form {
                    case .text(let example): .text(example: example)
                    case .day: .day
                    case .flag: .flag
                    case .choice(let choices):
                        .choice(
                            [("", scene.text("any", "alle"))] + choices.map { ($0.value, scene.text($0.words)) }
                        )
                    }
                return FilterView.Field(
                    name: filter.name,
                    label: scene.text(filter.label),
                    form: form,
                    value: call.query?[filter.name]
                )
            },
            button: scene.text("Show", "Vis"),
            reset: scene.text("Clear filters", "Nullstill filtre")
        )
    }
}
