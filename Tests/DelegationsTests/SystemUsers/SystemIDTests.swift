import Delegations
import JOSE
import Testing
import Vocabulary

@Suite("Identifiers of systems, and bodies that name them (altinn.md §6.2, §6.3)")
struct SystemIDTests {
    @Test(arguments: ["310000051_payroll", "310000051_a", "310000051_Pay_roll-2.0"])
    func `is a vendor's number, an underscore and a name`(text: String) throws {
        let id = try SystemID(parsing: text)
        #expect(id.rawValue == text)
        #expect("\(id.vendor)" == "310000051")
    }

    @Test(arguments: [
        "", "payroll", "310000051", "310000051_", "310000052_payroll", "310000051_pay roll", "310000051_lønn",
        "0192:310000051_payroll", "310000051_" + String(repeating: "a", count: 201),
    ])
    func `is nothing else`(text: String) {
        #expect(throws: SystemID.ParseError.self) { try SystemID(parsing: text) }
    }

    @Test func `a right without an action covers every action, one with an action that one in any case`() throws {
        let resource = try ResourceID(parsing: "acme-income")
        let all = SystemRight(resource: resource)
        let read = SystemRight(resource: resource, action: "read")
        #expect(all.covers(read) && all.covers(all))
        #expect(read.covers(SystemRight(resource: resource, action: "READ")))
        #expect(!read.covers(all))
        #expect(!all.covers(SystemRight(resource: try ResourceID(parsing: "acme-debt"), action: "read")))
    }

    @Test func `a request tells all faults of its form together`() throws {
        let body: JSONObject = [
            "systemId": "payroll", "partyOrgNo": "310000052", "externalRef": "two\nlines", "rights": "all",
            "accessPackages": [["urn": "regnskapsforer-lonn"]],
        ]
        let faults = #expect(throws: SystemFaults.self) { try SystemUserRequestDraft(reading: body) }
        #expect(
            faults?.faults.map(\.path)
                == ["/systemId", "/partyOrgNo", "/externalRef", "/rights", "/accessPackages/0/urn"]
        )
    }

    @Test func `problems have the numbers, codes and statuses of Altinn`() {
        #expect(SystemUserProblem.alreadyAccepted.code == "AUTH-00006")
        #expect(SystemUserProblem.requestNotNew.status == 409)
        #expect(SystemUserProblem.systemUserNotFound.status == 404)
        #expect(SystemUserProblem.missingRole.status == 403)
        #expect(SystemUserProblem.maskinportenSchema.rawValue == 71)
        #expect(ConsentProblem.notFound.code == "AM-00001")
        #expect(ConsentProblem.notAuthorised.status == 403)
        #expect(Set(SystemUserProblem.allCases.map(\.description)).count == SystemUserProblem.allCases.count)
    }
}
