import Delegations
import TestSupport
import Testing
import Vocabulary

@Suite("Who has an access package for an organisation")
struct PackageRulesTests {
    private func packages(
        _ role: RoleCode,
        form: String = "AS",
        source: RoleAssignment.Source = .register
    ) throws -> [String: HeldPackage] {
        var world = InMemoryRoles()
        world.add(Sample.a, form: form)
        world.assign(role, of: Sample.a, to: .person(Sample.kari), source: source)
        let held = try PackageRules(world).packages(of: .person(Sample.kari), for: Sample.a)
        return Dictionary(held.map { ($0.slug, $0) }) { first, _ in first }
    }

    @Test func `a managing director has scopes and may give them`() throws {
        let package = try #require(try packages("DAGL")["maskinporten-scopes"])
        #expect(package.hasAccess && package.canDelegate)
        #expect(package.path.assignment.role == "DAGL")
    }

    @Test func `a main administrator may give what he has no access to`() throws {
        let held = try packages("HOVEDADMINISTRATOR", source: .given)
        let package = try #require(held["maskinporten-scopes"])
        #expect(!package.hasAccess && package.canDelegate)
        #expect(held["hovedadministrator"] == nil)
        #expect(held["maskinporten-scopes-nuf"] == nil)
    }

    @Test func `an accountant has access to the client's packages and gives none of them`() throws {
        let held = try packages("REGN")
        #expect(held.count == 3)
        #expect(held.values.allSatisfy { $0.hasAccess && !$0.canDelegate })
    }

    @Test func `the form of the unit decides where the package says so`() throws {
        #expect(try packages("FFØR", form: "AS").isEmpty)
        #expect(try packages("FFØR", form: "BRL").keys.sorted() == ["forretningsforer-eiendom"])
        #expect(try packages("KNUF", form: "NUF")["maskinporten-scopes-nuf"] != nil)
        #expect(try packages("KNUF", form: "AS")["maskinporten-scopes-nuf"] == nil)
    }

    @Test func `a sub-unit takes the packages of its main unit, by the main unit's form`() throws {
        var world = InMemoryRoles()
        world.add(Sample.a, form: "NUF")
        world.add(Sample.b, form: "BEDR", mainUnit: Sample.a)
        world.assign("KNUF", of: Sample.a, to: .person(Sample.kari))
        let held = try PackageRules(world).packages(of: .person(Sample.kari), for: Sample.b)
        #expect(held.contains { $0.slug == "maskinporten-scopes-nuf" && $0.path.mainUnit == Sample.a })
    }

    @Test func `a key role opens the packages of what is assigned to the organisation`() throws {
        var world = InMemoryRoles()
        world.add(Sample.a)
        world.add(Sample.b)
        world.assign("REVI", of: Sample.a, to: .organisation(Sample.b))
        world.assign("DAGL", of: Sample.b, to: .person(Sample.kari))
        let held = try PackageRules(world).packages(of: .person(Sample.kari), for: Sample.a)
        #expect(Set(held.map(\.slug)) == ["ansvarlig-revisor", "revisormedarbeider"])
    }
}
