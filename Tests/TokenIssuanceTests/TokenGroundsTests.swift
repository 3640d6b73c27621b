import Clients
import Foundation
import JOSE
import Testing
import Vocabulary

@testable import TokenIssuance

@Suite("Token grounds: what a token rests on, from its claims and back from the store")
struct TokenGroundsTests {
    private func organisation(_ stem: Int) throws -> OrganisationNumber { try #require(OrganisationNumber(stem: stem)) }

    private func claims(_ change: (inout JSONObject) -> Void = { _ in }) throws -> JSONObject {
        var claims: JSONObject = [
            "client_id": "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11", "scope": "demo:read demo:write",
            "consumer": ["authority": "iso6523-actorid-upis", "ID": .string(try organisation(31_000_000).iso6523)],
        ]
        change(&claims)
        return claims
    }

    @Test func `reads client, parties and scopes`() throws {
        let grounds = try #require(TokenGrounds(claims: try claims()))
        #expect(grounds.client.rawValue == "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11")
        #expect(grounds.consumer == (try organisation(31_000_000)))
        #expect(grounds.supplier == nil)
        #expect(!grounds.isDelegated)
        #expect(grounds.scopes.map(\.rawValue) == ["demo:read", "demo:write"])
        #expect(grounds.detail == nil)
    }

    @Test func `comes back from the store as it was, and names no person`() throws {
        let supplier = try organisation(31_000_005)
        let consent = "7f8d1b0a-5c0a-4b8a-93d1-0e0f5a5f3e11"
        let all = try claims { claims in
            claims["supplier"] = ["authority": "iso6523-actorid-upis", "ID": .string(supplier.iso6523)]
            claims["delegation_source"] = "https://as.example.no/"
            claims["pid"] = "02819091157"
            claims["authorization_details"] = [
                [
                    "type": "urn:altinn:consent", "id": .string(consent),
                    "from": "urn:altinn:person:identifier-no:02819091157",
                ]
            ]
        }
        for claims in [try claims(), all] {
            let grounds = try #require(TokenGrounds(claims: claims))
            #expect(TokenGrounds(stored: grounds.stored) == grounds)
            #expect(!grounds.stored.contains("02819091157"))
        }
        let grounds = try #require(TokenGrounds(claims: all))
        #expect(grounds.isDelegated)
        #expect(grounds.supplier == supplier)
        #expect(grounds.detail == UUID(uuidString: consent).map { .consent($0) })
    }

    @Test(arguments: [
        ("client_id", "null"), ("scope", "null"), ("scope", #""""#), ("scope", #""no scope""#), ("consumer", "null"),
        ("consumer", #"{"authority":"etsi-en-319-412","ID":"0192:310000019"}"#),
        ("consumer", #"{"authority":"iso6523-actorid-upis","ID":"0192:310000018"}"#),
        ("supplier", #"{"authority":"iso6523-actorid-upis","ID":"nonsense"}"#),
        ("authorization_details", "[]"), ("authorization_details", #"[{"type":"urn:other"}]"#),
        ("authorization_details", #"[{"type":"urn:altinn:consent","id":"x"}]"#),
    ])
    func `what cannot be looked at again has no grounds`(member: String, value: String) throws {
        let value = try JSONValue(parsing: value)
        #expect(TokenGrounds(claims: try claims { $0[member] = value }) == nil)
    }

    @Test func `knows for whom the client asked`() throws {
        let owner = try organisation(31_000_000)
        let supplier = try organisation(31_000_005)
        let stranger = try organisation(31_000_009)
        let id = try ClientID(parsing: "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11")
        let now = Timestamp(seconds: 1_700_000_000)
        var own = Client(id: id, owner: owner, name: "x", scopes: [], created: now)
        var suppliers = Client(id: id, owner: supplier, name: "x", scopes: [], created: now)
        suppliers.onBehalfOf = [OnBehalfOfEntry(value: "customer", consumer: owner, name: "x", created: now)]
        func grounds(supplier: OrganisationNumber?, delegated: Bool = false) throws -> TokenGrounds {
            try #require(
                TokenGrounds(
                    claims: try claims { claims in
                        if let supplier {
                            claims["supplier"] = [
                                "authority": "iso6523-actorid-upis", "ID": .string(supplier.iso6523),
                            ]
                        }
                        if delegated { claims["delegation_source"] = "https://as.example.no/" }
                    }
                )
            )
        }
        #expect(try grounds(supplier: nil).actingFor(own) == .owner)
        #expect(try grounds(supplier: supplier, delegated: true).actingFor(suppliers) == .consumer(owner))
        #expect(try grounds(supplier: supplier).actingFor(suppliers) == .onBehalfOf("customer"))
        // Whoever has become another's client gives nothing to the old one's token.
        #expect(try grounds(supplier: stranger, delegated: true).actingFor(suppliers) == nil)
        #expect(try grounds(supplier: nil).actingFor(suppliers) == nil)
        suppliers.onBehalfOf = []
        #expect(try grounds(supplier: supplier).actingFor(suppliers) == nil)
        own.supplier = supplier
        #expect(try grounds(supplier: supplier).actingFor(own) == .owner)
        #expect(try grounds(supplier: nil).actingFor(own) == nil)
    }
}
