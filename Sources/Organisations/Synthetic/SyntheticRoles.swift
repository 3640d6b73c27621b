public import Vocabulary

extension SyntheticRegister {
    /// In which of the register's two shapes roles are written.
    public enum RoleShape: Sendable, Hashable {
        /// As the authorised interface gives them: with national identity numbers.
        case authorised
        /// As open data give them: name and birth date.
        case open
    }

    /// A role that must be there.
    public struct NamedRole: Sendable, Hashable {
        /// Who holds a role.
        public enum Holder: Sendable, Hashable {
            /// An organisation.
            case organisation(OrganisationNumber)
            /// A person.
            case person(Person)
        }

        /// The unit that it is held in.
        public let unit: OrganisationNumber
        /// The register's code.
        public let code: String
        /// Who holds it.
        public let holder: Holder

        /// A role by unit, code and holder.
        public init(unit: OrganisationNumber, code: String, holder: Holder) {
            self.unit = unit
            self.code = code
            self.holder = holder
        }
    }

    /// Writes the file of all roles: a JSON array as `roller/totalbestand` gives it, in pieces.
    ///
    /// A named unit has the named roles and no others.
    public func writeRoles(
        _ shape: RoleShape = .authorised,
        named: [NamedRole] = [],
        to sink: ([UInt8]) throws -> Void
    ) throws {
        var writer = RegisterTextWriter()
        writer.beginArray()
        let byUnit = Dictionary(grouping: named, by: \.unit)
        for unit in byUnit.keys.sorted() {
            let roles = (byUnit[unit] ?? []).map { SyntheticRole(code: $0.code, holder: $0.holder) }
            writer.write(roles, of: unit, in: shape)
        }
        for index in 0..<mainUnitCount {
            let unit = mainUnit(index)
            if reserved.contains(unit.number) || byUnit[unit.number] != nil { continue }
            // The register forgets the roles of a deleted unit.
            if case .deleted = unit.state { continue }
            writer.write(roles(of: unit, at: index), of: unit.number, in: shape)
            try writer.flush(ifLongerThan: Self.pieceSize, to: sink)
        }
        writer.endArray()
        try writer.flush(ifLongerThan: 0, to: sink)
    }

    /// Roughly what units of a form have: about four each, five million for the whole country.
    private func roles(of unit: SyntheticUnit, at index: Int) -> [SyntheticRole] {
        var dice = SplitMix64(seed: seed ^ 0x726F_6C65, stream: UInt64(index))
        var roles: [SyntheticRole] = []
        func person() -> NamedRole.Holder { .person(Self.person(dice.below(max(1_000, mainUnitCount)))) }
        // Accountants, auditors and managers are few, and have many clients each.
        func firm(_ step: Int) -> NamedRole.Holder {
            let place = dice.below((mainUnitCount + step - 1) / step) * step
            return .organisation(number(of: place, among: mainUnitCount, from: Self.firstMainStem))
        }
        func add(_ code: String, _ holder: NamedRole.Holder, oneIn share: Int = 1) {
            guard dice.below(share) == 0 else { return }
            roles.append(SyntheticRole(code: code, holder: holder, ending: .drawn(from: &dice)))
        }
        switch unit.form.code {
        case "ENK": add("INNH", person())
        case "ANS": for _ in 0..<(2 + dice.below(2)) { add("DTSO", person()) }
        case "DA": for _ in 0..<(2 + dice.below(2)) { add("DTPR", dice.below(3) == 0 ? firm(31) : person()) }
        case "IKS": for _ in 0..<3 { add("DTPR", firm(SyntheticForm.publicBodyInterval)) }
        case "NUF": add("REPR", person(), oneIn: 2)
        case "KOMM": add("KOMK", person())
        case "ESEK", "BRL": add("FFØR", firm(211), oneIn: 2)
        default: break
        }
        if !["ENK", "ANS", "DA", "KOMM", "STAT", "FYLK"].contains(unit.form.code) {
            add("LEDE", person())
            add("NEST", person(), oneIn: 10)
            for _ in 0..<dice.below(5) { add("MEDL", person()) }
            for _ in 0..<dice.below(3) { add("VARA", person()) }
        }
        if !["ENK", "ESEK", "FLI"].contains(unit.form.code) { add("DAGL", person()) }
        if unit.form.code == "NUF" { add("KNUF", person()) }
        if unit.form.isInBusinessRegister { add("REVI", firm(307), oneIn: 3) }
        add("REGN", firm(101), oneIn: 2)
        return roles
    }
}

/// A role before it is written.
struct SyntheticRole {
    /// Whether it is over, and how the register says so.
    enum Ending {
        case none
        case resigned
        case takenOff
        case dead

        static func drawn(from dice: inout SplitMix64) -> Ending {
            switch dice.below(100) {
            case 0: .dead
            case 1: .takenOff
            case 2, 3: .resigned
            default: .none
            }
        }
    }

    let code: String
    let holder: SyntheticRegister.NamedRole.Holder
    var ending = Ending.none

    /// The group that the register puts the role into.
    var group: String {
        switch code {
        case "LEDE", "NEST", "MEDL", "VARA", "OBS": "STYR"
        case "DTPR", "DTSO": "DELT"
        case "KNUF", "KEMN", "KOMK": "KONT"
        default: code
        }
    }
}

extension RegisterTextWriter {
    /// Writes one unit's roles, grouped as the register groups them.
    mutating func write(
        _ roles: [SyntheticRole],
        of unit: OrganisationNumber,
        in shape: SyntheticRegister.RoleShape
    ) {
        guard !roles.isEmpty else { return }
        open("{")
        member("organisasjonsnummer", "\(unit)")
        array("rollegrupper") { writer in
            let groups = Dictionary(grouping: roles, by: \.group)
            for group in groups.keys.sorted() {
                writer.open("{")
                writer.type(group, under: "rollegruppetyper")
                writer.member("sistEndret", "2024-05-06")
                writer.array("roller") { writer in
                    for (place, role) in (groups[group] ?? []).enumerated() {
                        writer.write(role, at: place, in: shape)
                    }
                }
                writer.close("}")
            }
        }
        links(to: "enheter/\(unit)/roller")
        close("}")
    }

    private mutating func write(_ role: SyntheticRole, at place: Int, in shape: SyntheticRegister.RoleShape) {
        open("{")
        type(role.code, under: "rolletyper")
        switch role.holder {
        case .organisation(let number):
            object("enhet") {
                $0.member("organisasjonsnummer", "\(number)")
                $0.array("navn") { $0.value("\(number)") }
                $0.member("erSlettet", false)
            }
        case .person(let person):
            object("person") {
                $0.member("fodselsdato", "\(person.birthDate)")
                $0.object("navn") {
                    $0.member("fornavn", person.givenName)
                    $0.member("etternavn", person.familyName)
                }
                if shape == .authorised { $0.member("fodselsnummer", person.number.exposed) }
                $0.member("erDoed", role.ending == .dead)
            }
        }
        member("fratraadt", role.ending == .resigned)
        member("avregistrert", role.ending == .takenOff)
        separate()
        append("\"rekkefolge\":\(place)")
        close("}")
    }

    private mutating func type(_ code: String, under list: String) {
        object("type") {
            $0.member("kode", code)
            $0.links(to: "roller/\(list)/\(code)")
        }
    }
}
