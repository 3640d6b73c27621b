/// One part of a page under its own heading.
enum Section: Sendable {
    /// Names and values.
    case facts(String, [(name: String, value: Cell)])
    /// A table.
    case table(TableView)
    /// What has to be done, or that nothing has.
    case attention(AttentionView)
    /// Fields to look for something by.
    case filters(FilterView)
    /// Tokens and refusals by the hour.
    case chart(ChartView)
    /// The signing keys in time.
    case timeline(TimelineView)
    /// Who shares with whom.
    case diagram(DiagramView)
    /// What went wrong with what was asked.
    case fault(String)
    /// A text of one paragraph.
    case words(String)
    /// The way in.
    case logIn(LogInView)
    /// The commands that change what the page shows.
    case commands(String, [CommandView])

    /// What the templates show.
    func fields(_ scene: Scene) -> [String: Any] {
        switch self {
        case .facts(let title, let facts):
            [
                "facts": [
                    "factsTitle": title,
                    "entries": facts.map { $0.value.fields(scene).merging(["name": $0.name]) { $1 } },
                ]
            ]
        case .table(let table): ["table": table.fields(scene)]
        case .attention(let attention): ["attention": attention.fields(scene)]
        case .filters(let filters): ["filters": filters.fields]
        case .chart(let chart): ["chart": chart.fields(scene)]
        case .timeline(let timeline): ["timeline": timeline.fields(scene)]
        case .diagram(let diagram): ["diagram": diagram.fields(scene)]
        case .fault(let words): ["fault": words]
        case .words(let words): ["paragraph": words]
        case .logIn(let view): ["login": view.fields]
        case .commands(let title, let commands):
            ["commandList": ["commandListTitle": title, "commands": commands.map(\.fields)]]
        }
    }
}

/// What has to be done, the worst first.
struct AttentionView: Sendable {
    /// One thing.
    struct Item: Sendable {
        /// How urgent it is.
        var tone: Cell.Tone
        /// What it is.
        var what: Cell
        /// What to run; nil where nothing can be run.
        var command: String?
    }

    /// The heading.
    var title: String
    /// The things.
    var items: [Item]
    /// What is said when there is none.
    var whenEmpty: String
    /// What is said when there are more than are shown.
    var more: String?

    /// What the templates show.
    func fields(_ scene: Scene) -> [String: Any] {
        [
            "attentionTitle": title, "allWell": items.isEmpty, "allWellWords": whenEmpty,
            "more": more.map { [$0] } ?? [],
            "items": items.map { item in
                item.what.fields(scene).merging([
                    "tone": item.tone.rawValue,
                    "toneWords": item.tone == .bad
                        ? scene.text("Now", "Nå") : scene.text("Soon", "Snart"),
                    "itemCommand": item.command.map { [$0] } ?? [],
                ]) { $1 }
            },
        ]
    }
}

/// Fields to look for something by; sent as the query of the page's own address.
struct FilterView: Sendable {
    /// One field.
    struct Field: Sendable {
        /// How it is filled in.
        enum Form: Sendable {
            /// One line of text, with an example.
            case text(example: String)
            /// A day.
            case day
            /// One of several.
            case choice([(value: String, words: String)])
            /// Yes or nothing.
            case flag
        }

        let name: String
        let label: String
        let form: Form
        let value: String?
    }

    /// The page's own address.
    var action: String
    /// The fields.
    var fieldList: [Field]
    /// The button.
    var button: String
    /// Where all filters are off.
    var reset: String

    /// What the templates show.
    var fields: [String: Any] {
        [
            "action": action, "button": button, "reset": reset,
            "isFiltered": fieldList.contains { $0.value != nil } ? [["to": action]] : [],
            "fieldList": fieldList.map { field in
                var entry: [String: Any] = [
                    "fieldName": field.name, "fieldLabel": field.label, "fieldValue": field.value ?? "",
                ]
                switch field.form {
                case .text(let example): entry["textField"] = [["example": example]]
                case .day: entry["dayField"] = true
                case .flag: entry["flagField"] = [["isOn": field.value != nil]]
                case .choice(let choices):
                    entry["choiceField"] = [
                        [
                            "choices": choices.map {
                                [
                                    "choice": $0.value, "choiceWords": $0.words,
                                    "isChosen": $0.value == field.value ?? "",
                                ]
                                    as [String: Any]
                            }
                        ]
                    ]
                }
                return entry
            },
        ]
    }
}
