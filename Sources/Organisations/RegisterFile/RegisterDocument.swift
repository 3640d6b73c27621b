import JOSE

/// What form a register file has.
public enum RegisterDocument: String, Sendable, Hashable {
    /// An array of units, as the bulk extracts are: everything that there is of its kind.
    case wholeRegister = "whole_register"
    /// A page of a search, which never is everything.
    case searchPage = "search_page"
    /// One unit, as the register answers for a number.
    case singleUnit = "single_unit"
}

/// What a file that is one object turned out to be.
struct RegisterObject: Equatable {
    let document: RegisterDocument
    /// The kind that the object's frame tells.
    let kind: Organisation.Kind?
    /// The members that lead to the array of units; empty for a single unit.
    let path: [String]

    /// Recognises a single unit or a page of a search, and names what it is otherwise.
    init(recognising object: JSONObject) throws(RegisterFileError) {
        if let foreign = Self.foreign(object) { throw .foreign(foreign) }
        if object["organisasjonsnummer"] != nil {
            (document, kind, path) = (.singleUnit, nil, [])
            return
        }
        guard case .object(let embedded) = object["_embedded"] else {
            // HAL leaves `_embedded` out when a search found nothing.
            throw object["page"] != nil && object["_links"] != nil ? .noUnits : .unrecognised
        }
        if embedded["enheter"] != nil {
            (document, kind, path) = (.searchPage, .mainUnit, ["_embedded", "enheter"])
        } else if embedded["underenheter"] != nil {
            (document, kind, path) = (.searchPage, .subUnit, ["_embedded", "underenheter"])
        } else {
            throw .unrecognised
        }
    }

    /// What an object is that the register publishes beside units; nil when it may be a unit or a page of units.
    ///
    /// Used on a whole file and on the first element of an array alike.
    static func foreign(_ object: JSONObject) -> RegisterFileError.Foreign? {
        if object["rollegrupper"] != nil { return .roles }
        if object["specversion"] != nil { return .roleEvents }
        if object["endringstype"] != nil || object["oppdateringsid"] != nil { return .changeFeed }
        if case .object(let embedded) = object["_embedded"],
            embedded["oppdaterteEnheter"] != nil || embedded["oppdaterteUnderenheter"] != nil
        {
            return .changeFeed
        }
        // An empty page of a feed differs from an empty search only in its own address.
        if object["_embedded"] == nil, selfLink(object)?.contains("/oppdateringer/") == true { return .changeFeed }
        if object["organisasjonsnummer"] == nil,
            object["feilmelding"] != nil || (object["status"] != nil && object["error"] != nil)
        {
            return .errorAnswer
        }
        return nil
    }

    private static func selfLink(_ object: JSONObject) -> String? {
        guard case .object(let links) = object["_links"], case .object(let own) = links["self"],
            case .string(let address) = own["href"]
        else { return nil }
        return address
    }
}
