import Delegations
import TestSupport
import Testing
import Vocabulary

@Suite("Who may give a role, and which")
struct RoleGivingTests {
    private func world(
        _ role: RoleCode,
        source: RoleAssignment.Source = .register,
        form: String = "AS"
    ) -> InMemoryRoles {
        var world = InMemoryRoles()
        world.add(Sample.a, form: form)
        world.assign(role, of: Sample.a, to: .person(Sample.kari), source: source)
        return world
    }

    private func gift(_ role: RoleCode, to holder: Party = .person(Sample.ola)) -> RoleAssignment {
        RoleAssignment(organisation: Sample.a, role: role, holder: holder, source: .given)
    }

    @Test(
        arguments: ["APIADM", "APIADMNUF", "ADMAI", "HADM", "KLADM", "UTINN", "BOBES", "HOVEDADMINISTRATOR"]
            as [RoleCode]
    )
    func `roles of Altinn can be given`(role: RoleCode) {
        #expect(RoleGiving<InMemoryRoles>.isGivable(role))
    }

    @Test(
        arguments: [
            "DAGL", "LEDE", "REGN", "PRIV", "PRIUT", "BOADM", "A0282", "A0237", "A0238", "A0239", "A0240", "A0241",
            "NONESUCH",
        ] as [RoleCode]
    )
    func `roles of the register, of private persons and of accountants cannot`(role: RoleCode) {
        #expect(!RoleGiving<InMemoryRoles>.isGivable(role))
        #expect(throws: RoleGivingRefusal.notGivable(role)) {
            try RoleGiving(world("DAGL")).checkGiving(gift(role), by: Sample.kari)
        }
    }

    @Test func `an organisation is given no role for itself`() {
        #expect(throws: RoleGivingRefusal.toItself(Sample.a)) {
            try RoleGiving(world("DAGL")).checkGiving(gift("APIADM", to: .organisation(Sample.a)), by: Sample.kari)
        }
    }

    @Test func `an access manager gives what he has, to persons and organisations`() throws {
        for holder in [Party.person(Sample.ola), .organisation(Sample.b)] {
            try RoleGiving(world("BOBE")).checkGiving(gift("APIADM", to: holder), by: Sample.kari)
        }
    }

    @Test func `an access manager does not give what he has not`() {
        // A business manager has ADMAI, but not APIADM.
        #expect(throws: RoleGivingRefusal.roleNotHeld("APIADM")) {
            try RoleGiving(world("FFØR")).checkGiving(gift("APIADM"), by: Sample.kari)
        }
    }

    @Test func `a main administrator gives what he has not`() throws {
        try RoleGiving(world("HADM", source: .given)).checkGiving(gift("APIADM"), by: Sample.kari)
        try RoleGiving(world("HOVEDADMINISTRATOR", source: .given)).checkGiving(gift("APIADM"), by: Sample.kari)
    }

    @Test(arguments: ["MEDL", "NEST", "REGN", "KONT", "VARA"] as [RoleCode])
    func `who manages no access gives nothing`(role: RoleCode) {
        #expect(throws: RoleGivingRefusal.noAccessManager(Sample.a)) {
            try RoleGiving(world(role)).checkGiving(gift("UTINN"), by: Sample.kari)
        }
    }

    @Test func `holding APIADM alone does not let anybody give it on`() {
        #expect(throws: RoleGivingRefusal.noAccessManager(Sample.a)) {
            try RoleGiving(world("APIADM", source: .given)).checkGiving(gift("APIADM"), by: Sample.kari)
        }
    }

    @Test func `main administrators are appointed by those whom the register makes one`() throws {
        try RoleGiving(world("LEDE")).checkGiving(gift("HADM"), by: Sample.kari)
        #expect(throws: RoleGivingRefusal.notMainAdministratorByRegister("HADM")) {
            try RoleGiving(world("HADM", source: .given)).checkGiving(gift("HADM"), by: Sample.kari)
        }
        // KOMP has ADMAI and APIADM, but not HADM.
        #expect(throws: RoleGivingRefusal.notMainAdministratorByRegister("HADM")) {
            try RoleGiving(world("KOMP")).checkGiving(gift("HADM"), by: Sample.kari)
        }
    }

    @Test func `Altinn 3's main administrators are appointed by the six roles that carry the package`() throws {
        for role in RegisterRole.all.map(\.code) {
            let mayAppoint = ["DAGL", "LEDE", "INNH", "DTSO", "DTPR", "BOBE"].contains(role.rawValue)
            let outcome = Result {
                try RoleGiving(world(role)).checkGiving(gift("HOVEDADMINISTRATOR"), by: Sample.kari)
            }
            #expect(((try? outcome.get()) != nil) == mayAppoint, "\(role)")
        }
    }

    @Test func `a role is taken back by an access manager and by its holder, nobody else`() throws {
        var world = world("BOBE")
        world.assign("UTINN", of: Sample.a, to: .person(Sample.ola), source: .given)
        try RoleGiving(world).checkRevoking(gift("UTINN"), by: Sample.kari)
        try RoleGiving(world).checkRevoking(gift("UTINN"), by: Sample.ola)
        #expect(throws: RoleGivingRefusal.noAccessManager(Sample.a)) {
            try RoleGiving(world).checkRevoking(gift("UTINN"), by: .sample(3))
        }
        #expect(throws: RoleGivingRefusal.notMainAdministratorByRegister("HADM")) {
            try RoleGiving(world).checkRevoking(gift("HADM"), by: Sample.kari)
        }
    }
}
