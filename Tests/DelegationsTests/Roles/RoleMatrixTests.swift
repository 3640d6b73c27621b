import Delegations
import Testing

/// The table of altinn.md §1.2 as it is published: a line for each Altinn role, a mark for each register role that gives it.
@Suite("The whole map of roles, mark by mark")
struct RoleMatrixTests {
    private static let columns = """
        DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR FFØR KNUF KEMN KOMK SAM KONT NEST MEDL MVAG MVAU SREVA REGN REVI PRIV
        """

    private static let matrix = """
        ADMAI     xxxxxxxxxxxxxx.....x..x
        APIADM    xxxxxxxxx..x...........
        APIADMNUF ..........x............
        HADM      xxxxx.x................
        KLADM     xxxxxxxxx..........x...
        SIGNE     xxxxxxxxx..............
        PASIG     xxxxxxxxx.xx...........
        ATTST     xxxxxxxxx...xx...x.....
        UTINN     xxxxxxxxxx.xxxxxx.....x
        UTOMR     xxxxxxxxxx..xx.xx.....x
        REGNA     xxxxxxxxxx..xxxxxxx...x
        LOPER     xxxxxxxxxx..xxxx.x....x
        SISKD     xxxxxxxxxx..xx...x....x
        A0212     xxxxxxx.xx...x........x
        A0236     xxxxxxxxx..xxx........x
        A0278     xxxxxxxxxx.xxxxx......x
        A0293     x.xxx...x..............
        A0294     x.xxx...x..............
        A0298     xxxxxxxxx...xx.........
        HVASK     xxxxxxxxx..............
        KOMAB     xxxxxxxxxx.xxxxx......x
        PAVAD     xxxxxxxxx.............x
        UIHTL     xxxxxxx.xx.xxxx........
        UILUF     xxxxx.xxx.............x
        BOBEL     .......x...............
        BOBES     .......x...............
        BOADM     ......................x
        A0282     ......................x
        PRIUT     ......................x
        A0237     .....................x.
        A0238     .....................x.
        A0239     ....................x..
        A0240     ....................x..
        A0241     ....................x..
        """

    @Test func `each of the 23 by 34 places is what the source has there`() throws {
        let columns = try Self.columns.split(separator: " ").map { try #require(RoleCode(parsing: $0)) }
        let lines = Self.matrix.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
        #expect(columns.count == 23)
        #expect(lines.count == 34)
        for line in lines {
            let role = try #require(line.first.flatMap { RoleCode(parsing: $0) })
            let marks = Array(try #require(line.last))
            try #require(marks.count == columns.count, "\(role)")
            let found = columns.map { RoleMap.altinnRoles(from: $0).contains(role) ? "x" : "." }.joined()
            #expect(found == String(marks), "\(role)")
        }
        #expect(Set(RoleMap.roles.map(\.code.rawValue)) == Set(lines.compactMap { $0.first.map(String.init) }))
        #expect(RoleMap.registerRoles == Set(columns))
    }
}
