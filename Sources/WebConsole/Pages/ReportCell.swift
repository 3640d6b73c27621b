import Operations
import TokenIssuance
import Vocabulary

/// How the values of reports look on a page, by the names that they have in every report.
enum ReportCell {
    /// A row's values by key.
    typealias Row = [String: (value: OutputValue, tone: Tone)]

    /// The cell of a column.
    static func cell(_ key: String, _ row: Row, _ scene: Scene, _ call: PageCall) -> Cell {
        guard let (value, tone) = row[key] else { return Cell() }
        func name(_ key: String) -> String? { row[key]?.value.cell }
        switch key {
        case "consumer_orgno", "consumer": return organisation(value, name("consumer_name"))
        case "supplier_orgno", "supplier": return organisation(value, name("supplier_name"))
        case "client_orgno": return organisation(value, name("client_orgname"))
        case "owner_orgno": return organisation(value, name("owner_name"))
        case "orgno": return organisation(value, name("name"))
        case "suppliers": return organisations(value, names: row["supplier_names"]?.value)
        case "scope", "scopes": return Cell(pieces: texts(value).map { .codeLink($0, to: Address.scope($0)) })
        case "client_id": return client(value, name("client_name"))
        case "client": return client(value, nil)
        case "trace_id":
            return Cell(pieces: texts(value).map { .codeLink(String($0.prefix(8)), to: Address.trace($0)) })
        case "event": return event(value, row, scene)
        case "code": return Cell(pieces: texts(value).map { .codeLink($0, to: call.errorPage($0)) })
        case "kid", "thumbprint", "alg", "resource": return Cell(pieces: texts(value).map { .code($0) })
        case "reason" where row["granted"] != nil || row["code"] != nil:
            return Cell(pieces: texts(value).map { .plain(Reasons.words($0, scene)) })
        case "last_token", "last_used":
            guard case .none = value else { return plain(value, tone, scene) }
            return row["is_owners"]?.value == .flag(false)
                ? Cell() : Cell(.faint(scene.text("never", "aldri")))
        case "until", "expires", "nearest_key_expiry", "published_until":
            return deadline(value, tone, scene)
        case "state", "result", "granted", "status": return mark(value, tone, scene)
        case "origin": return Cell(pieces: texts(value).map { .faint($0) })
        default: return plain(value, tone, scene)
        }
    }

    /// A value that needs nothing special.
    static func plain(_ value: OutputValue, _ tone: Tone, _ scene: Scene) -> Cell {
        switch value {
        case .none: Cell()
        case .number(let number): .number(number)
        case .time(let time): Cell(.time(time))
        case .flag(let flag): Cell(.plain(flag ? scene.text("yes", "ja") : scene.text("no", "nei")))
        case .text(let text):
            // Some records hold times in the form of the self-service API: as text.
            Timestamp(parsing: text).map { Cell(.time($0)) } ?? (text.isEmpty ? Cell() : Cell(.plain(text)))
        case .list, .object, .numeral: value.cell.isEmpty ? Cell() : Cell(.plain(value.cell))
        }
    }

    /// An organisation by its name and number.
    static func organisation(_ value: OutputValue, _ name: String?) -> Cell {
        guard let number = texts(value).first else { return Cell() }
        guard let name, !name.isEmpty else { return Cell(.codeLink(number, to: Address.organisation(number))) }
        return Cell(.link(name, to: Address.organisation(number)), .code(number))
    }

    private static func organisations(_ value: OutputValue, names: OutputValue?) -> Cell {
        let names = names.map(texts) ?? []
        return Cell(
            pieces: texts(value).enumerated().flatMap { index, number -> [Cell.Piece] in
                let name = index < names.count ? names[index] : ""
                return organisation(.text(number), name).pieces
            }
        )
    }

    private static func client(_ value: OutputValue, _ name: String?) -> Cell {
        guard let id = texts(value).first else { return Cell() }
        guard let name, !name.isEmpty else { return Cell(.codeLink(String(id.prefix(8)), to: Address.client(id))) }
        return Cell(.link(name, to: Address.client(id)), .code(String(id.prefix(8))))
    }

    private static func event(_ value: OutputValue, _ row: Row, _ scene: Scene) -> Cell {
        let words = Reasons.event(value.cell, scene)
        guard case .number(let sequence)? = row["sequence"]?.value else { return Cell(.plain(words)) }
        return Cell(.link(words, to: Address.record(sequence)))
    }

    /// A time that something ends: what is over, or soon is, says so in words too.
    private static func deadline(_ value: OutputValue, _ tone: Tone, _ scene: Scene) -> Cell {
        guard case .time(let time) = value else { return plain(value, tone, scene) }
        switch tone {
        case .bad: return Cell(.mark(scene.text("ended", "utløpt"), .bad), .time(time))
        case .warning: return Cell(.mark(scene.text("soon", "snart"), .warning), .time(time))
        default: return Cell(.time(time))
        }
    }

    private static func mark(_ value: OutputValue, _ tone: Tone, _ scene: Scene) -> Cell {
        let text =
            switch value {
            case .flag(let flag): flag ? "yes" : "no"
            default: value.cell
            }
        guard !text.isEmpty else { return Cell() }
        let words = Reasons.state(text, scene)
        switch tone {
        case .good: return Cell(.mark(words, .good))
        case .bad: return Cell(.mark(words, .bad))
        case .warning: return Cell(.mark(words, .warning))
        case .faint: return Cell(.mark(words, .quiet))
        case .plain, .bold: return Cell(.plain(words))
        }
    }

    /// The texts of a value: itself, or those of a list.
    static func texts(_ value: OutputValue) -> [String] {
        switch value {
        case .none: []
        case .list(let values): values.map(\.cell)
        default: value.cell.isEmpty ? [] : [value.cell]
        }
    }
}

extension PageCall {
    /// The public page of an error code.
    func errorPage(_ code: String) -> String {
        let base = console.installation.issuer
        return base + (base.hasSuffix("/") ? "" : "/") + "errors/\(Address.encode(code))"
    }
}
