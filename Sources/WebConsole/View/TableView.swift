/// A table of a page, with everything that belongs to it.
struct TableView: Sendable {
    /// One column's head.
    struct Head: Sendable {
        /// The title.
        var title: String
        /// What it is sorted by; nil: not by this one.
        var link: String?
        /// How it is sorted at present.
        var order: Order?
        /// Whether it holds numbers.
        var isNumber = false
    }

    /// An order.
    enum Order: String, Sendable {
        case ascending, descending
    }

    /// Where else the same rows are.
    struct Export: Sendable {
        let format: String
        let address: String
    }

    /// What the table is called; its heading.
    var title: String
    /// A word for anchors, of letters and hyphens.
    var id: String
    /// What is worth saying of it, under the heading.
    var note: String?
    /// The columns.
    var heads: [Head]
    /// The rows.
    var rows: [[Cell]]
    /// Why there are none.
    var whenEmpty: String
    /// `1–50 of 1 234`; nil where all rows are shown.
    var span: String?
    /// The page before this one.
    var previous: String?
    /// The page after this one.
    var next: String?
    /// The same rows in other forms.
    var exports: [Export] = []
    /// The commands that change such rows.
    var commands: [CommandView] = []

    /// What the templates show.
    func fields(_ scene: Scene) -> [String: Any] {
        [
            "tableTitle": title, "tableID": id, "tableNote": note.map { [$0] } ?? [],
            "heads": heads.map { $0.fields(scene) },
            "rows": rows.map { row in
                [
                    "cells": row.enumerated().map { index, cell in
                        cell.fields(scene).merging(["label": heads[index].title, "isHead": index == 0]) { $1 }
                    }
                ]
            },
            "hasRows": !rows.isEmpty, "whenEmpty": whenEmpty,
            "span": span.map { [$0] } ?? [],
            "previousPage": previous.map { [["to": $0, "words": scene.text("Previous", "Forrige")]] } ?? [],
            "nextPage": next.map { [["to": $0, "words": scene.text("Next", "Neste")]] } ?? [],
            "hasFooter": span != nil || !exports.isEmpty,
            "exports": exports.map {
                ["to": $0.address, "words": $0.format, "name": "\(title): \($0.format)"]
            },
            "commands": commands.map(\.fields), "hasCommands": !commands.isEmpty,
            "commandsTitle": scene.text("Commands", "Kommandoer"),
        ]
    }
}

extension TableView.Head {
    fileprivate func fields(_ scene: Scene) -> [String: Any] {
        var fields: [String: Any] = [
            "title": title, "isNumberHead": isNumber,
            "ariaSort": order.map { [$0.rawValue] } ?? [], "plainHead": link == nil,
        ]
        fields["sortLink"] =
            link.map { link in
                let sign = order.map { $0 == .ascending ? "▲" : "▼" } ?? "↕"
                let words =
                    order == .ascending
                    ? scene.text("sort descending", "sorter synkende") : scene.text("sort ascending", "sorter stigende")
                return [["to": link, "sign": sign, "hint": words]]
            } ?? []
        return fields
    }
}

/// A command that a person may run, and what for.
struct CommandView: Sendable {
    /// What it does.
    let purpose: String
    /// The command, ready to be copied.
    let command: String

    /// What the templates show.
    var fields: [String: Any] { ["purpose": purpose, "command": command] }
}
