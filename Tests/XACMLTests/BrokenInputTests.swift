import JOSE
import Testing
import XACML

@Suite("Broken input: no crash, no Permit")
struct BrokenInputTests {
    /// SplitMix64, so that a seed gives the same inputs for ever.
    struct Draws: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// Permits nobody but who is both DAGL and named, with all kinds of elements in it.
    private static let policy: String = {
        let condition = PolicyDocument.apply(
            PolicyDocument.first + "and",
            PolicyDocument.apply(
                PolicyDocument.first + "string-is-in",
                PolicyDocument.value("x"),
                PolicyDocument.designator("name")
            ),
            PolicyDocument.apply(
                PolicyDocument.first + "integer-greater-than",
                PolicyDocument.apply(
                    PolicyDocument.first + "integer-one-and-only",
                    PolicyDocument.designator("level", type: PolicyDocument.schema + "integer")
                ),
                PolicyDocument.value("2", "integer")
            )
        )
        let target = PolicyDocument.target(
            PolicyDocument.match("urn:altinn:rolecode", "DAGL"),
            PolicyDocument.match("action", "read", in: .action, mustBePresent: true)
        )
        return PolicyDocument.policy(
            "<!-- one --><Description><![CDATA[two]]></Description>"
                + PolicyDocument.rule("r", target: target, condition: condition)
        )
    }()

    private static func broken(_ bytes: [UInt8], _ draws: inout Draws) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &draws) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &draws)
            switch Int.random(in: 0..<6, using: &draws) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &draws)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &draws)
            case 2: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...40, using: &draws)))
            case 3: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 30)], at: index)
            case 4: bytes.removeSubrange(index...)
            default:
                let piece = ["<", ">", "&", "\"", "]]>", "<!--", "<!DOCTYPE", "{", "}", "[", ",", "\u{0}", "&#x41;"]
                    .randomElement(using: &draws)
                bytes.insert(contentsOf: Array((piece ?? "").utf8), at: index)
            }
        }
        return bytes
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `a broken policy never crashes, and never permits somebody who has nothing`(seed: UInt64) {
        var draws = Draws(state: seed)
        let whole = Array(Self.policy.utf8)
        let nobody = XACMLContext([XACMLAttributes(.action, [XACMLAttribute("action", ["read"])])])
        var readable = 0
        for _ in 0..<400 {
            let document = Self.broken(whole, &draws)
            guard let policy = try? XACMLPolicy(parsing: document) else { continue }
            readable += 1
            let evaluation = policy.evaluate(nobody, at: now)
            #expect(evaluation.decision != .permit, "\(String(decoding: document, as: UTF8.self))")
        }
        // Some must get through, or the seed tests the XML parser alone.
        #expect(readable > 0)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `a broken request never crashes, and never gains anything by it`(seed: UInt64) throws {
        var draws = Draws(state: seed)
        let policy = try XACMLPolicy(parsing: Array(Self.policy.utf8))
        let request = """
            {"Request":{"AccessSubject":[{"Id":"s","Attribute":[{"AttributeId":"urn:altinn:rolecode","Value":"MEDL"},\
            {"AttributeId":"level","Value":3},{"AttributeId":"name","Value":["x"]}]}],"Action":[{"Id":"a","Attribute":\
            [{"AttributeId":"action","Value":"read"}]}],"MultiRequests":{"RequestReference":[{"ReferenceId":["s","a"]},\
            {"ReferenceId":["s","a"]}]}}}
            """
        for _ in 0..<400 {
            guard let value = try? JSONValue(parsing: Self.broken(Array(request.utf8), &draws)),
                let request = try? XACMLRequest(json: value)
            else { continue }
            for case .success(let context) in request.contexts {
                #expect(policy.evaluate(context, at: now).decision != .permit)
            }
        }
    }

    @Test func `the whole one does permit who has all it asks for`() throws {
        let policy = try XACMLPolicy(parsing: Array(Self.policy.utf8))
        let context = XACMLContext([
            XACMLAttributes(
                .accessSubject,
                [
                    XACMLAttribute("urn:altinn:rolecode", ["DAGL"]), XACMLAttribute("name", ["x"]),
                    XACMLAttribute("level", ["3"], type: .integer),
                ]
            ), XACMLAttributes(.action, [XACMLAttribute("action", ["read"])]),
        ])
        #expect(policy.evaluate(context, at: now).decision == .permit)
    }
}
