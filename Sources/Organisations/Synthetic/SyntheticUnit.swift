import Vocabulary

/// What a made-up unit says of itself, before it is written.
struct SyntheticUnit {
    let number: OrganisationNumber
    let name: String
    let form: SyntheticForm
    let parent: OrganisationNumber?
    let state: SyntheticRegister.State
    let place: SyntheticPlace
    let street: String
    let trade: (code: String, description: String)
    let registered: CalendarDate
    let employees: Int?
    /// How to reach it, which nobody keeps; nil of many, as in the country.
    let contact: SyntheticContact?
    /// An earlier name and the day it ended.
    let formerName: (name: String, until: CalendarDate)?

    var isSubUnit: Bool { SyntheticForm.isSubUnit(form.code) }

    /// A main unit; which of them are in trouble follows from its place, so that a small register has some of each.
    init(mainUnit index: Int, number: OrganisationNumber, publicBody: OrganisationNumber, dice: inout SplitMix64) {
        let isPublicBody = index.isMultiple(of: SyntheticForm.publicBodyInterval)
        let state = isPublicBody ? .live : Self.state(ofMainUnit: index, dice: &dice)
        let code =
            if isPublicBody {
                SyntheticForm.publicBodies[index / SyntheticForm.publicBodyInterval % SyntheticForm.publicBodies.count]
            } else {
                dice.pick(state == .live ? SyntheticForm.common : SyntheticForm.businesses)
            }
        place = dice.pick(SyntheticPlace.all)
        let words = [dice.pick(SyntheticWords.adjectives), dice.pick(SyntheticWords.animals)]
        self.number = number
        form = .named(code)
        parent = code == "ORGL" ? publicBody : nil
        self.state = state
        (name, trade) =
            switch code {
            case "KOMM": ("\(words.joined(separator: " ")) KOMMUNE", SyntheticWords.publicTrade)
            case "FYLK": ("\(words.joined(separator: " ")) FYLKESKOMMUNE", SyntheticWords.publicTrade)
            case "STAT": ("\(words[1])DIREKTORATET", SyntheticWords.publicTrade)
            case "ORGL": ("\(words.joined(separator: " ")) ETAT", SyntheticWords.publicTrade)
            case "ENK": ("\(words[1]) \(dice.pick(SyntheticWords.animals))", dice.pick(SyntheticWords.trades))
            default: ("\(words.joined(separator: " ")) \(code)", dice.pick(SyntheticWords.trades))
            }
        street = "\(dice.pick(SyntheticWords.streets)) \(1 + dice.below(120))"
        registered = dice.day()
        employees = dice.below(3) == 0 ? nil : dice.below(250)
        formerName =
            dice.below(12) == 0
            ? ("\(dice.pick(SyntheticWords.adjectives)) \(words[1]) \(code)", dice.day()) : nil
        contact = SyntheticContact(drawnFrom: &dice)
    }

    /// A sub-unit of `parent`; it goes when its main unit does, and sometimes alone.
    init(subUnit index: Int, number: OrganisationNumber, parent: SyntheticUnit, dice: inout SplitMix64) {
        self.number = number
        form = .named(["FLI", "BRL", "ESEK"].contains(parent.form.code) ? "AAFY" : "BEDR")
        self.parent = parent.number
        place = dice.pick(SyntheticPlace.all)
        name = "\(parent.name) AVD \(place.municipality)"
        street = "\(dice.pick(SyntheticWords.streets)) \(1 + dice.below(120))"
        trade = parent.trade
        registered = dice.day()
        employees = dice.below(60)
        formerName = nil
        contact = nil
        if case .deleted(let day) = parent.state {
            state = .deleted(day)
        } else {
            state = index % 61 == 7 ? .deleted(dice.day()) : .live
        }
    }

    /// A unit that was asked for by name; whatever was not said follows from its number.
    init(named unit: SyntheticRegister.NamedUnit) {
        var dice = SplitMix64(seed: 0, stream: UInt64(bitPattern: unit.number.integer))
        number = unit.number
        name = unit.name
        form = .named(unit.form)
        parent = unit.parent
        state = unit.state
        place = dice.pick(SyntheticPlace.all)
        street = "\(dice.pick(SyntheticWords.streets)) \(1 + dice.below(120))"
        let isPublic = SyntheticForm.publicBodies.contains(unit.form) || unit.form == "ORGL"
        trade = isPublic ? SyntheticWords.publicTrade : dice.pick(SyntheticWords.trades)
        registered = dice.day()
        employees = 10 + dice.below(500)
        formerName = nil
        contact = nil
    }

    private static func state(ofMainUnit index: Int, dice: inout SplitMix64) -> SyntheticRegister.State {
        let day = dice.day()
        if index % 67 == 13 { return .deleted(day) }
        if index % 71 == 29 { return .bankrupt(day) }
        if index % 73 == 31 { return .windingUp(day) }
        if index % 97 == 43 { return .compulsoryWindingUp(day) }
        return .live
    }
}

/// What the register tells beside what is kept of a unit: in a synthetic register it makes files as various as real ones.
struct SyntheticContact {
    let telephone: Int
    let mobile: Int
    let mailbox: Int
    let purpose: [String]

    /// Of two units in three.
    init?(drawnFrom dice: inout SplitMix64) {
        guard dice.below(3) > 0 else { return nil }
        // No subscriber has a number that begins with 0.
        telephone = dice.below(10_000_000)
        mobile = dice.below(10_000_000)
        mailbox = 1 + dice.below(9_999)
        purpose = (0..<6).map { _ in dice.pick(SyntheticWords.trades).description }
    }
}
