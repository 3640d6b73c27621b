package import Organisations
import Vocabulary

/// How an organisation's state reads, in one word or two.
package enum OrganisationStatus {
    /// The state that people look for first, such as `live`, `bankrupt since 2024-05-06` or `deleted 2024-02-29`.
    package static func words(_ standing: OrganisationStanding) -> String {
        switch standing.impediment {
        case .deleted(let day?): "deleted \(day)"
        case .deleted(nil): "deleted"
        case .mainUnitDeleted(let number): "main unit \(number) deleted"
        case nil: words(standing.distress) ?? "live"
        }
    }

    /// Bad for what gets no token, a warning for what a setting decides on.
    package static func tone(_ standing: OrganisationStanding) -> Tone {
        if standing.impediment != nil { return .bad }
        return standing.distress.isPresent ? .warning : .good
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
}
