import JOSE
import StatusLists
import Testing

@Suite("Token Status List draft §4: the statuses as bits")
struct StatusListTests {
    @Test func `puts the first status into the least significant bits`() {
        // The example of §4.1: sixteen tokens of one bit each.
        let statuses: [UInt8] = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
        var list = StatusList(count: 16)
        for (index, status) in statuses.enumerated() { list.set(status, at: index) }
        #expect(list.bytes == [0xB9, 0xA3])
        #expect((0..<16).map { list.status(at: $0) } == statuses)
    }

    @Test func `puts four statuses of two bits into a byte`() {
        // The example of §4.2.
        let statuses: [UInt8] = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
        var list = StatusList(count: 12, width: .two)
        for (index, status) in statuses.enumerated() { list.set(status, at: index) }
        #expect(list.bytes == [0xC9, 0x44, 0xF9])
        #expect((0..<12).map { list.status(at: $0) } == statuses)
    }

    @Test(arguments: StatusList.Width.allCases)
    func `changes one status and no other`(width: StatusList.Width) {
        let highest = UInt8(truncatingIfNeeded: (1 << width.rawValue) - 1)
        for index in 0..<24 {
            var list = StatusList(count: 24, width: width)
            list.set(highest, at: index)
            #expect((0..<24).filter { list.status(at: $0) != 0 } == [index])
            list.set(0, at: index)
            #expect(list == StatusList(count: 24, width: width))
        }
    }

    @Test func `has no status beyond its ends`() {
        let list = StatusList(count: 9)
        #expect(list.count == 16)
        #expect(list.status(at: 15) == 0)
        #expect(list.status(at: 16) == nil)
        #expect(list.status(at: -1) == nil)
    }
}

@Suite("Token Status List draft §6.2: the claim `status`")
struct StatusReferenceTests {
    @Test func `reads what it writes`() throws {
        let reference = StatusReference(index: 4711, uri: "https://auth.example/statuslists/0")
        #expect(try StatusReference(claim: reference.claim) == reference)
        #expect(
            reference.claim
                == ["status_list": ["idx": 4711, "uri": .string("https://auth.example/statuslists/0")]]
        )
    }

    @Test(arguments: [
        #"{}"#, #"{"status_list":{}}"#, #"{"status_list":{"idx":-1,"uri":"https://a.example"}}"#,
        #"{"status_list":{"idx":"1","uri":"https://a.example"}}"#,
        #"{"status_list":{"idx":1.5,"uri":"https://a.example"}}"#,
        #"{"status_list":{"idx":1,"uri":""}}"#, #"{"status_list":{"idx":1}}"#, #"[]"#, #"null"#,
        #"{"status_list":{"idx":18446744073709551616,"uri":"https://a.example"}}"#,
    ])
    func `takes nothing else`(text: String) throws {
        let claim = try JSONValue(parsing: text)
        #expect(throws: StatusReference.Malformed()) { try StatusReference(claim: claim) }
    }
}
