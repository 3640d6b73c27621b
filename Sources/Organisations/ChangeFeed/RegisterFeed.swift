import JOSE
public import Vocabulary

/// One of the feeds by which Enhetsregisteret tells what has changed (`/oppdateringer/…`).
public enum RegisterFeed: String, Sendable, Hashable, CaseIterable {
    /// Main units (`/oppdateringer/enheter`).
    case mainUnits = "main_units"
    /// Sub-units (`/oppdateringer/underenheter`).
    case subUnits = "sub_units"
    /// Roles (`/oppdateringer/roller`), as CloudEvents.
    case roles

    /// The kind of units that it is about; nil for roles, which any unit has.
    public var kind: Organisation.Kind? {
        switch self {
        case .mainUnits: .mainUnit
        case .subUnits: .subUnit
        case .roles: nil
        }
    }

    /// Its path below the API's base.
    var path: String {
        switch self {
        case .mainUnits: "oppdateringer/enheter"
        case .subUnits: "oppdateringer/underenheter"
        case .roles: "oppdateringer/roller"
        }
    }

    /// The path of what it tells has changed, below the API's base.
    func path(of number: OrganisationNumber) -> String {
        switch self {
        case .mainUnits: "enheter/\(number)"
        case .subUnits: "underenheter/\(number)"
        case .roles: "enheter/\(number)/roller"
        }
    }
}

/// How far a feed has been read.
public enum FeedCursor: Sendable, Hashable {
    /// Nothing has been read: changes count from this time on.
    case since(Timestamp)
    /// Up to and with this `oppdateringsid`; identifiers rise, but not by one.
    case after(id: Int64)
    /// Up to this time, as the feed wrote it, and of that instant the events of these identifiers.
    ///
    /// Events have no number, and several may bear the same time: the next page is asked for from this time on, and what is
    /// known of it is passed over.
    case through(time: String, events: Set<String>)

    /// The cursor as it is stored.
    public var text: String {
        let object: JSONObject =
            switch self {
            case .since(let time): ["since": .string("\(time)")]
            case .after(let id): ["after": .integer(id)]
            case .through(let time, let events): ["through": .string(time), "events": .strings(events.sorted())]
            }
        return JSONValue.object(object).text()
    }

    /// Reads a stored cursor; nil when it is none.
    public init?(text: String) {
        guard let object = (try? JSONValue(parsing: text))?.object else { return nil }
        if let time = object["since"]?.string.flatMap({ Timestamp(parsing: $0) }) {
            self = .since(time)
        } else if let id = object["after"]?.integer {
            self = .after(id: id)
        } else if let time = object["through"]?.string, let events = object["events"]?.strings {
            self = .through(time: time, events: Set(events))
        } else {
            return nil
        }
    }
}
