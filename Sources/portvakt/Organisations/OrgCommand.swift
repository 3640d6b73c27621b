import ArgumentParser
import Organisations
import SQLiteStorage
import Vocabulary

/// `portvakt org`.
struct OrgCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "org",
        abstract: "Keep and read the local copy of Enhetsregisteret.",
        subcommands: [
            OrgCheck.self, OrgGenerate.self, OrgImport.self, OrgIndex.self, OrgReport.self, OrgSearch.self,
            OrgShow.self, OrgSync.self,
        ]
    )
}

/// How an organisation's state reads, in one word or two.
enum OrganisationStatus {
    /// The state that people look for first, such as `live`, `bankrupt since 2024-05-06` or `deleted 2024-02-29`.
    static func words(_ standing: OrganisationStanding) -> String {
        switch standing.impediment {
        case .deleted(let day?): "deleted \(day)"
        case .deleted(nil): "deleted"
        case .mainUnitDeleted(let number): "main unit \(number) deleted"
        case nil: words(standing.distress) ?? "live"
        }
    }

    /// What threatens it; nil when nothing does.
    private static func words(_ distress: Organisation.Distress) -> String? {
        func since(_ day: CalendarDate?) -> String { day.map { " since \($0)" } ?? "" }
        var parts: [String] = []
        if distress.bankrupt { parts.append("bankrupt" + since(distress.bankruptSince)) }
        if distress.windingUp { parts.append("winding up" + since(distress.windingUpSince)) }
        if distress.compulsoryWindingUp {
            parts.append("compulsory winding-up" + since(distress.compulsoryWindingUpSince))
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Red for what gets no token, yellow for what a setting decides on.
    static func style(_ standing: OrganisationStanding) -> TextStyle {
        if standing.impediment != nil { return .bad }
        return standing.distress.isPresent ? .warning : .good
    }
}

extension OrganisationNumber {
    /// The number that a person typed: bare, with spaces, or in the ISO 6523 form that tokens carry.
    init(typed text: String) throws(ParseError) {
        let bare = text.filter { $0 != " " }
        if bare.contains(":") {
            try self.init(parsingISO6523: bare)
        } else {
            try self.init(parsing: bare)
        }
    }
}

extension OrganisationNumber.ParseError {
    /// What is wrong with what was typed.
    var words: String {
        switch self {
        case .form: "not nine digits"
        case .checkDigit: "fails modulus 11"
        case .scheme: "not of the form `0192:` and nine digits"
        }
    }
}
