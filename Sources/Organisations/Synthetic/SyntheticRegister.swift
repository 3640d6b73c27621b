public import Vocabulary

/// A made-up register in the real bulk format, the same for the same seed, written unit by unit.
///
/// For the demo world, tests and measurements at national scale. The numbers are valid (modulus 11) and begin with 2 or 3,
/// which no real unit does; the names are adjectives and animals, as those of the public test data are.
public struct SyntheticRegister: Sendable {
    /// What state a unit is in.
    public enum State: Sendable, Hashable {
        /// Alive and well.
        case live
        /// In bankruptcy since that day.
        case bankrupt(CalendarDate)
        /// Being wound up since that day.
        case windingUp(CalendarDate)
        /// Under compulsory winding-up since that day.
        case compulsoryWindingUp(CalendarDate)
        /// Deleted on that day.
        case deleted(CalendarDate)
    }

    /// A unit that must be there, under a name and number that other things refer to.
    public struct NamedUnit: Sendable, Hashable {
        /// Its number.
        public let number: OrganisationNumber
        /// Its name.
        public let name: String
        /// The code of its form; `BEDR` and `AAFY` make it a sub-unit.
        public let form: String
        /// The unit above it; a sub-unit needs one.
        public let parent: OrganisationNumber?
        /// Its state.
        public let state: State

        /// A unit by number; it lives unless `state` says otherwise.
        public init(
            number: OrganisationNumber,
            name: String,
            form: String,
            parent: OrganisationNumber? = nil,
            state: State = .live
        ) {
            self.number = number
            self.name = name
            self.form = form
            self.parent = parent
            self.state = state
        }

        /// Main unit or sub-unit.
        public var kind: Organisation.Kind { SyntheticForm.isSubUnit(form) ? .subUnit : .mainUnit }
    }

    /// The most units of one kind that there are numbers for.
    public static let maximumCount = 4_000_000

    let seed: UInt64
    let mainUnitCount: Int
    private let subUnitCount: Int
    let named: [NamedUnit]
    let reserved: Set<OrganisationNumber>

    /// A register of about so many units of each kind beside the named ones.
    ///
    /// - Precondition: Neither count is negative or beyond ``maximumCount``; without main units there are no sub-units.
    public init(seed: UInt64, mainUnits: Int, subUnits: Int, named: [NamedUnit] = []) {
        precondition((0...Self.maximumCount).contains(mainUnits) && (0...Self.maximumCount).contains(subUnits))
        precondition(mainUnits > 0 || subUnits == 0)
        self.seed = seed
        mainUnitCount = mainUnits
        subUnitCount = subUnits
        self.named = named
        reserved = Set(named.map(\.number))
    }

    /// Writes the file of one kind: a JSON array as `enheter/lastned` and `underenheter/lastned` give it, in pieces.
    public func write(_ kind: Organisation.Kind, to sink: ([UInt8]) throws -> Void) throws {
        var writer = RegisterTextWriter()
        writer.beginArray()
        try forEachUnit(of: kind) { unit in
            writer.write(unit)
            try writer.flush(ifLongerThan: Self.pieceSize, to: sink)
        }
        writer.endArray()
        try writer.flush(ifLongerThan: 0, to: sink)
    }

    static let pieceSize = 64 * 1_024

    /// The units of one kind, the named ones first.
    func forEachUnit(of kind: Organisation.Kind, _ body: (SyntheticUnit) throws -> Void) throws {
        for unit in named where unit.kind == kind { try body(SyntheticUnit(named: unit)) }
        for index in 0..<(kind == .mainUnit ? mainUnitCount : subUnitCount) {
            let unit = kind == .mainUnit ? mainUnit(index) : subUnit(index)
            // A named unit stands in its place.
            if !reserved.contains(unit.number) { try body(unit) }
        }
    }

    func mainUnit(_ index: Int) -> SyntheticUnit {
        var dice = SplitMix64(seed: seed, stream: UInt64(index) << 1)
        // Every fiftieth is a public body, so that the departments after it have somebody to belong to.
        let body = index - index % SyntheticForm.publicBodyInterval
        return SyntheticUnit(
            mainUnit: index,
            number: number(of: index, among: mainUnitCount, from: Self.firstMainStem),
            publicBody: number(of: body, among: mainUnitCount, from: Self.firstMainStem),
            dice: &dice
        )
    }

    private func subUnit(_ index: Int) -> SyntheticUnit {
        var dice = SplitMix64(seed: seed, stream: UInt64(index) << 1 | 1)
        let parent = mainUnit(dice.below(mainUnitCount))
        let number = number(of: index, among: subUnitCount, from: Self.firstSubStem)
        return SyntheticUnit(subUnit: index, number: number, parent: parent, dice: &dice)
    }

    static let firstMainStem = 31_000_000
    private static let firstSubStem = 21_000_000

    /// The number of the unit at a place, rising with it and spread over the series.
    func number(of index: Int, among count: Int, from base: Int) -> OrganisationNumber {
        let stem = base + 2 * (index * (Self.maximumCount / count))
        // Two stems that differ by one in the last digit differ by two modulo 11: at least one has a check digit.
        guard let number = OrganisationNumber(stem: stem) ?? OrganisationNumber(stem: stem + 1) else {
            preconditionFailure("an even stem or the one after it has a check digit")
        }
        return number
    }
}

/// A small generator with good statistics, seekable by stream (Steele, Lea and Flood: Fast splittable generators, 2014).
///
/// Not for secrets; nothing that it draws is one.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64, stream: UInt64) {
        state = seed &+ stream &* 0xD134_2543_DE82_EF95
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A number from 0 up to, and without, `bound`.
    mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// A day from 1995 to 2024.
    mutating func day() -> CalendarDate { CalendarDate(daysSinceEpoch: 9_131 + Int64(below(10_958))) }
}
