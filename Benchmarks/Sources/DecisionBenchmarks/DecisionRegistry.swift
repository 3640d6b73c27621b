import Administration
import AuditLedger
import Delegations
import Foundation
import Organisations
import SQLiteStorage
import Vocabulary

/// A registry of national size in the embedded database, filled by the store's own imports and acts.
struct DecisionRegistry {
    let store: SQLiteStore
    let now = Timestamp(seconds: 1_795_000_000)

    private let mainUnitCount: Int
    private let subUnitCount: Int
    private let schema: ResourceID
    private let firstMainStem = 31_000_000
    private let firstSubStem = 21_000_000
    /// Main units that have given APIADM to their accountant: those that decisions are about.
    private let givenCount = 20_000
    /// Every so many main units there is an accountant.
    private let firmInterval = 100
    private let batch = 10_000

    init(path: String, units: Int, delegations: Int) throws {
        mainUnitCount = units * 3 / 5
        subUnitCount = units - units * 3 / 5
        schema = try ResourceID(parsing: "bench-schema")
        let folder = DataFolder(path: path)
        try folder.create()
        store = try SQLiteStore(folder, opening: .migrate)
        try importUnits()
        try importRoles()
        try give()
        try delegate(delegations)
    }

    func close() throws { try store.close() }

    /// A question of an accountant's chair about a sub-unit of a client.
    func question(_ index: Int) -> DecisionQuestion {
        let subUnit = index * 7_919 % min(givenCount, subUnitCount)
        let client = mainUnit(of: subUnit)
        return DecisionQuestion(
            subject: .party(.person(chair(of: firm(of: client)))),
            resource: schema,
            party: .organisation(number(firstSubStem, subUnit)),
            action: "ScopeAccess"
        )
    }

    // MARK: Who is whose

    private func mainUnit(of subUnit: Int) -> Int { subUnit % mainUnitCount }

    /// The accountant of a main unit, a main unit itself.
    private func firm(of mainUnit: Int) -> Int {
        let firms = max(1, mainUnitCount / firmInterval)
        return mainUnit % firms * firmInterval % mainUnitCount
    }

    private func chair(of mainUnit: Int) -> PersonPseudonym { person(mainUnit * 2) }

    private func person(_ index: Int) -> PersonPseudonym {
        var bytes: [UInt8] = []
        var state = UInt64(index) &* 0x9E37_79B9_7F4A_7C15
        for _ in 0..<4 {
            state = (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: state >> shift))
            }
        }
        guard let person = PersonPseudonym(bytes: bytes) else { preconditionFailure("32 bytes were made") }
        return person
    }

    private func number(_ stem: Int, _ index: Int) -> OrganisationNumber {
        guard
            let number = OrganisationNumber(stem: stem + 2 * index) ?? OrganisationNumber(stem: stem + 2 * index + 1)
        else { preconditionFailure("an even stem or the one after it has a check digit") }
        return number
    }

    // MARK: Filling

    private func importUnits() throws {
        let importing = SQLiteOrganisationImport(into: store) { [now] _ in
            LedgerEvent(time: now, kind: .organisationsImported)
        }
        try importing.begin()
        for start in stride(from: 0, to: subUnitCount, by: batch) {
            try importing.stage(added: (start..<min(start + batch, subUnitCount)).map(subUnit), changed: [])
        }
        for start in stride(from: 0, to: mainUnitCount, by: batch) {
            try importing.stage(added: (start..<min(start + batch, mainUnitCount)).map(mainUnit), changed: [])
        }
        try importing.apply(ImportReport(document: .wholeRegister, mode: .replace, isDryRun: false))
    }

    private func mainUnit(_ index: Int) -> Organisation {
        Organisation(
            number: number(firstMainStem, index),
            kind: .mainUnit,
            name: "UNIT \(index)",
            form: .init(code: "AS", description: "Aksjeselskap")
        )
    }

    private func subUnit(_ index: Int) -> Organisation {
        Organisation(
            number: number(firstSubStem, index),
            kind: .subUnit,
            name: "SUB-UNIT \(index)",
            form: .init(code: "BEDR", description: nil),
            parent: number(firstMainStem, mainUnit(of: index))
        )
    }

    private func importRoles() throws {
        let importing = SQLiteRoleImport(into: store) { [now] _ in LedgerEvent(time: now, kind: .rolesImported) }
        try importing.begin()
        for start in stride(from: 0, to: mainUnitCount, by: batch) {
            try importing.stage(
                (start..<min(start + batch, mainUnitCount)).map { index in
                    UnitRoles(
                        number: number(firstMainStem, index),
                        roles: [
                            .init(code: "LEDE", holder: .person(chair(of: index))),
                            .init(code: "DAGL", holder: .person(person(index * 2 + 1))),
                            .init(code: "MEDL", holder: .person(person(index + 2_400_001))),
                            .init(code: "REGN", holder: .organisation(number(firstMainStem, firm(of: index)))),
                        ]
                    )
                }
            )
        }
        try importing.apply(RoleImportReport(document: .wholeRegister, mode: .replace, isDryRun: false))
    }

    private func give() throws {
        try store.transaction { transaction in
            for index in 0..<min(givenCount, mainUnitCount) {
                try transaction.give(
                    RoleAssignment(
                        organisation: number(firstMainStem, index),
                        role: "APIADM",
                        holder: .organisation(number(firstMainStem, firm(of: index))),
                        source: .given
                    )
                )
            }
            var resource = Resource(
                identifier: schema,
                type: .maskinportenSchema,
                title: LocalisedText(["nb": "Skjema"]),
                description: LocalisedText(["nb": "Skjema"]),
                competentAuthority: .init(organisation: number(firstMainStem, 0))
            )
            resource.isDelegable = true
            _ = try transaction.put(resource, at: now)
            try transaction.setPolicy(InternalResources.policyDocument(of: schema), of: schema, at: now)
            try transaction.raiseRevision()
        }
    }

    private func delegate(_ count: Int) throws {
        for start in stride(from: 0, to: count, by: batch) {
            try store.transaction { transaction in
                for index in start..<min(start + batch, count) {
                    // Each pair of organisations once.
                    let consumer = index % mainUnitCount
                    let supplier = (consumer + 1 + index / mainUnitCount) % mainUnitCount
                    try transaction.insert(
                        ScopeDelegation(
                            id: DelegationID(UUID()),
                            consumer: number(firstMainStem, consumer),
                            supplier: number(firstMainStem, supplier),
                            resource: schema,
                            since: now,
                            basis: .operator
                        )
                    )
                }
            }
        }
    }
}
