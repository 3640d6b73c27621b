import Delegations
import TestSupport
import Testing
import Vocabulary

/// The acceptance cases of altinn.md §9 as far as roles decide them; delegation itself has its own suites.
@Suite("Acceptance cases 1 to 5 of Altinn's rules, their roles")
struct AcceptanceRolesTests {
    /// Whether the holder of a register role in a unit of that form has an Altinn role for it.
    private func has(_ wanted: RoleCode, as role: RoleCode, in form: String) throws -> Bool {
        var world = InMemoryRoles()
        world.add(Sample.a, form: form)
        world.assign(role, of: Sample.a, to: .person(Sample.kari))
        return try world.codes(of: Sample.kari, for: Sample.a).contains(wanted)
    }

    @Test
    func `case 1: the DAGL of an AS has APIADM; MEDL, NEST, VARA, FFØR and KOMK have not; the KEMN of an ADOS has`()
        throws
    {
        #expect(try has("APIADM", as: "DAGL", in: "AS"))
        for role in ["MEDL", "NEST", "VARA", "FFØR", "KOMK"] as [RoleCode] {
            #expect(try !has("APIADM", as: role, in: role == "KOMK" ? "KOMM" : "AS"), "\(role)")
        }
        #expect(try has("APIADM", as: "KEMN", in: "ADOS"))
    }

    @Test func `case 2: the KNUF of a NUF has APIADMNUF and the package for it, and not APIADM`() throws {
        #expect(try has("APIADMNUF", as: "KNUF", in: "NUF"))
        #expect(try !has("APIADM", as: "KNUF", in: "NUF"))
        var world = InMemoryRoles()
        world.add(Sample.a, form: "NUF")
        world.assign("KNUF", of: Sample.a, to: .person(Sample.kari))
        let packages = try PackageRules(world).packages(of: .person(Sample.kari), for: Sample.a)
        #expect(packages.contains { $0.slug == "maskinporten-scopes-nuf" && $0.hasAccess && $0.canDelegate })
        #expect(!packages.contains { $0.slug == "maskinporten-scopes" })
    }

    @Test func `case 3: a REPR has APIADM, and not the package maskinporten-scopes`() throws {
        #expect(try has("APIADM", as: "REPR", in: "NUF"))
        var world = InMemoryRoles()
        world.add(Sample.a, form: "NUF")
        world.assign("REPR", of: Sample.a, to: .person(Sample.kari))
        #expect(try PackageRules(world).packages(of: .person(Sample.kari), for: Sample.a).isEmpty)
    }

    @Test func `case 4: APIADM given to B reaches B's LEDE and not its MEDL; a DTPR of a DA and not one of an IKS`()
        throws
    {
        for (role, form, reaches) in [
            ("LEDE", "AS", true), ("MEDL", "AS", false), ("DTPR", "IKS", false), ("DTPR", "DA", true),
        ] as [(RoleCode, String, Bool)] {
            var world = InMemoryRoles()
            world.add(Sample.a)
            world.add(Sample.b, form: form)
            world.assign("APIADM", of: Sample.a, to: .organisation(Sample.b), source: .given)
            world.assign(role, of: Sample.b, to: .person(Sample.kari))
            #expect(try world.codes(of: Sample.kari, for: Sample.a).contains("APIADM") == reaches, "\(role) in \(form)")
        }
    }

    @Test func `case 5: a role in the main unit administers the sub-unit, one in the sub-unit not the main unit`()
        throws
    {
        var world = InMemoryRoles()
        world.add(Sample.a)
        world.add(Sample.m, form: "BEDR", mainUnit: Sample.a)
        world.assign("DAGL", of: Sample.a, to: .person(Sample.kari))
        world.assign("APIADM", of: Sample.m, to: .person(Sample.ola), source: .given)
        #expect(try world.codes(of: Sample.kari, for: Sample.m).contains("APIADM"))
        #expect(try world.codes(of: Sample.ola, for: Sample.m).contains("APIADM"))
        #expect(try world.codes(of: Sample.ola, for: Sample.a).isEmpty)
    }
}
