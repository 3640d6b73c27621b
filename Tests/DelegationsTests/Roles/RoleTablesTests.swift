import Delegations
import Testing

@Suite("Register roles and what they give in Altinn")
struct RoleTablesTests {
    @Test func `there are 61 register roles, each with a code and a name of its own`() {
        #expect(RegisterRole.all.count == 61)
        #expect(Set(RegisterRole.all.map(\.code)).count == 61)
        #expect(Set(RegisterRole.all.map(\.slug)).count == 61)
    }

    @Test func `exactly eight of them are key roles`() {
        let keys = RegisterRole.all.filter(\.isKeyRole).map(\.code)
        #expect(Set(keys) == ["BEST", "BOBE", "DAGL", "DTPR", "DTSO", "INNH", "KOMP", "LEDE"])
    }

    @Test func `a register role is found by code and by name, in any case`() throws {
        let role = try #require(RegisterRole.named(slug: "Daglig-Leder"))
        #expect(role.code == "DAGL")
        #expect(RegisterRole.named(try #require(RoleCode(parsing: "ffør")))?.slug == "forretningsforer")
        #expect(RegisterRole.named("APIADM") == nil)
    }

    @Test func `the map has 34 Altinn roles by 23 register roles`() {
        #expect(RoleMap.roles.count == 34)
        #expect(Set(RoleMap.roles.map(\.code)).count == 34)
        #expect(RoleMap.registerRoles.count == 23)
        #expect(RoleMap.roles.reduce(0) { $0 + $1.registerRoles.count } == 283)
        for role in RoleMap.registerRoles where role != RoleMap.privatePerson {
            #expect(RegisterRole.named(role) != nil, "\(role)")
        }
    }

    @Test(
        arguments: [
            ("DAGL", 23), ("LEDE", 21), ("INNH", 23), ("DTSO", 23), ("DTPR", 23), ("KOMP", 19), ("BEST", 21),
            ("BOBE", 20), ("REPR", 22), ("FFØR", 10), ("KNUF", 3), ("KEMN", 8), ("KOMK", 12), ("SAM", 13), ("KONT", 6),
            ("NEST", 6), ("MEDL", 3), ("MVAG", 4), ("MVAU", 1), ("SREVA", 2), ("REGN", 3), ("REVI", 2), ("PRIV", 15),
        ]
    )
    func `each column has as many entries as the source's`(code: String, count: Int) throws {
        let role = try #require(RoleCode(parsing: code))
        #expect(RoleMap.altinnRoles(from: role).count == count)
    }

    @Test(
        arguments: [
            ("APIADM", "BEST BOBE DAGL DTPR DTSO INNH KEMN KOMP LEDE REPR"),
            ("APIADMNUF", "KNUF"),
            ("HADM", "BEST DAGL DTPR DTSO INNH LEDE"),
            ("ADMAI", "BEST BOBE DAGL DTPR DTSO FFØR INNH KEMN KNUF KOMK KOMP LEDE PRIV REPR SAM SREVA"),
            ("KLADM", "BEST BOBE DAGL DTPR DTSO INNH KOMP LEDE REPR SREVA"),
            ("A0239", "REGN"), ("A0240", "REGN"), ("A0241", "REGN"), ("A0237", "REVI"), ("A0238", "REVI"),
        ]
    )
    func `an Altinn role comes from these register roles and no others`(code: String, from: String) throws {
        let role = try #require(RoleCode(parsing: code))
        let sources = RegisterRole.all.map(\.code) + [RoleMap.privatePerson]
        let giving = sources.filter { RoleMap.altinnRoles(from: $0).contains(role) }
        #expect(Set(giving.map(\.rawValue)) == Set(from.split(separator: " ").map(String.init)))
    }

    @Test(
        arguments: [
            "VARA", "OBS", "SIGN", "SIFE", "SIHV", "PROK", "POFE", "POHV", "EIKM", "STFT", "KMOR", "KDAT", "BEDR",
            "AAFY",
        ] as [RoleCode]
    )
    func `alternates, observers, signatories, procurators and owners have nothing in Altinn`(role: RoleCode) {
        #expect(RegisterRole.named(role) != nil)
        #expect(RoleMap.altinnRoles(from: role).isEmpty)
    }

    @Test func `policies may not name the roles of access administration, but may name APIADM and APIADMNUF`() {
        let kept = RoleMap.roles.filter { !$0.isUsableInPolicies }.map(\.code)
        #expect(Set(kept) == ["ADMAI", "HADM", "KLADM", "BOADM", "PASIG"])
    }
}

@Suite("Roles that units of a form have")
struct FormRolesTests {
    @Test func `41 forms have roles, all of them forms that Altinn knows or the register's older ones`() {
        let forms = FormRoles.knownForms.filter { !FormRoles.roles(of: $0).isEmpty }
        #expect(forms.count == 41)
        #expect(FormRoles.knownForms.count == 50)
    }

    @Test func `the alternate is the board's, not the political party's`() {
        for form in FormRoles.knownForms {
            #expect(!FormRoles.roles(of: form).contains("HVAR"), "\(form)")
            let roles = FormRoles.roles(of: form)
            // Where there are board members there are alternates.
            #expect(roles.contains("VARA") == roles.contains("MEDL"), "\(form)")
        }
    }

    @Test func `only register roles are named`() {
        for role in FormRoles.knownForms.flatMap({ FormRoles.roles(of: $0) }) {
            #expect(RegisterRole.named(role) != nil, "\(role)")
        }
    }

    @Test(
        arguments: [
            ("ENK", "INNH", true), ("AS", "INNH", false), ("DA", "DTPR", true), ("IKS", "DTPR", true),
            ("ANS", "DTSO", true), ("KS", "KOMP", true), ("PRE", "BEST", true), ("KBO", "BOBE", true),
            ("NUF", "REPR", true), ("AS", "REPR", false), ("ESEK", "DAGL", false), ("ADOS", "KEMN", true),
            ("BEDR", "DAGL", false), ("SÆR", "HLSE", true),
        ]
    )
    func `a form has the roles of its kind`(form: String, role: String, isListed: Bool) throws {
        let code = try #require(RoleCode(parsing: role))
        #expect(FormRoles.roles(of: form).contains(code) == isListed)
    }
}

@Suite("Access packages by role")
struct PackageTableTests {
    private func holders(
        _ slug: String,
        form: String = "AS",
        where isWanted: (AccessPackage.Grant) -> Bool
    ) -> Set<String> {
        let grants = PackageTable.package(slug)?.grants ?? []
        return Set(grants.filter { $0.holds(forForm: form) && isWanted($0) }.map(\.role.rawValue))
    }

    @Test func `names are unique, and packages found in any case`() {
        #expect(Set(PackageTable.packages.map(\.slug)).count == PackageTable.packages.count)
        #expect(PackageTable.package("Maskinporten-Scopes")?.urn == "urn:altinn:accesspackage:maskinporten-scopes")
        #expect(PackageTable.package("bygg") == nil)
    }

    @Test func `scopes are delegated by eight roles, and given without access by main administrators`() {
        let full = holders("maskinporten-scopes") { $0.hasAccess && $0.canDelegate }
        #expect(full == ["DAGL", "LEDE", "INNH", "DTSO", "DTPR", "KOMP", "BEST", "BOBE"])
        #expect(holders("maskinporten-scopes") { !$0.hasAccess } == ["HOVEDADMINISTRATOR"])
    }

    @Test func `the package of foreign enterprises holds for the form NUF alone`() {
        #expect(holders("maskinporten-scopes-nuf") { _ in true }.isEmpty)
        #expect(holders("maskinporten-scopes-nuf", form: "NUF") { $0.hasAccess } == ["KNUF"])
        #expect(holders("maskinporten-scopes-nuf", form: "NUF") { !$0.hasAccess } == ["HOVEDADMINISTRATOR"])
    }

    @Test func `business managers reach the property package of housing co-operatives and condominiums`() {
        for form in ["BRL", "ESEK"] {
            #expect(holders("forretningsforer-eiendom", form: form) { $0.hasAccess && !$0.canDelegate } == ["FFØR"])
        }
        #expect(holders("forretningsforer-eiendom") { _ in true }.isEmpty)
    }

    @Test func `the contact person of a foreign enterprise manages access, but no clients`() {
        #expect(holders("tilgangsstyrer") { $0.hasAccess }.contains("KNUF"))
        #expect(holders("maskinporten-administrator") { $0.hasAccess }.contains("KNUF"))
        #expect(!holders("klientadministrator") { $0.hasAccess }.contains("KNUF"))
    }

    @Test func `six roles appoint main administrators, and no main administrator does`() {
        #expect(
            holders("hovedadministrator") { $0.canDelegate } == ["DAGL", "LEDE", "INNH", "DTSO", "DTPR", "BOBE"]
        )
    }

    @Test(
        arguments: [
            "maskinporten-scopes", "maskinporten-scopes-nuf", "maskinlesbare-hendelser", "tilgangsstyrer",
            "tilgangsstyring-enkeltinstanser", "klientadministrator", "hovedadministrator",
            "maskinporten-administrator",
            "konkursbo-tilgangsstyrer", "ffor-tilgangsstyrer-nuf", "eksplisitt",
        ]
    )
    func `a package of administration is not passed on`(slug: String) throws {
        #expect(try !#require(PackageTable.package(slug)).isDelegable)
    }

    @Test func `those that are not passed on are these eleven`() {
        #expect(PackageTable.packages.count { !$0.isDelegable } == 11)
    }

    @Test func `what accountants, auditors and business managers have exists through the register alone`() {
        #expect(
            Set(PackageTable.packages.filter { !$0.isAssignable }.map(\.slug)) == [
                "regnskapsforer-med-signeringsrettighet", "regnskapsforer-uten-signeringsrettighet",
                "regnskapsforer-lonn", "ansvarlig-revisor", "revisormedarbeider", "forretningsforer-eiendom",
                "eksplisitt",
            ]
        )
    }

    @Test
    func `neither a foreign enterprise's representative nor an administrative unit's contact person delegates scopes`()
    {
        for role in ["REPR", "KEMN"] {
            #expect(!holders("maskinporten-scopes") { _ in true }.contains(role))
        }
    }
}
