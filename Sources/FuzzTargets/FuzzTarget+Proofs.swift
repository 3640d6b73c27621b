import JOSE
import StatusLists
import Vocabulary

extension FuzzTarget {
    /// A DPoP proof (RFC 9449 §4.2), as it is sent or as header and claims in JSON, split by a line feed.
    static let dpop = FuzzTarget("dpop") { input in
        let parts = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let text =
            parts.count == 2
            ? "\(Base64URL.encode(parts[0])).\(Base64URL.encode(parts[1])).AAAA"
            : String(decoding: input, as: UTF8.self)
        guard let proof = try? UnverifiedDPoPProof(parsing: [text]) else { return false }
        try demand(!proof.identifier.isEmpty, "a proof without `jti`")
        try demand(proof.identifier.utf8.count <= UnverifiedDPoPProof.maximumIdentifierLength, "a `jti` too long")
        try demand((try? UnverifiedDPoPProof(parsing: [text, text])) == nil, "two proofs are taken")
        if let target = DPoPTarget(proof.target) {
            // The one spelling is its own spelling.
            try demand(DPoPTarget(target.text) == target, "a target in its one spelling is another target")
            try demand(target.text.hasPrefix(target.origin), "a target beyond its origin")
        }
        let now = proof.issuedAt
        if let acceptance = try? proof.checkFreshness(at: now) {
            try demand(acceptance.from <= now && now <= acceptance.until, "fresh outside its own time")
        }
        guard let proved = try? proof.proved() else { return false }
        // Whoever does not hold the keys of the corpus cannot make a proof by search.
        try demand(thumbprints.contains(proved.thumbprint), "a proof by a key that nobody holds: \(proved.thumbprint)")
        try demand(proved.replayKey.count == 32, "a replay key of another length")
        return true
    }

    /// The keys of the corpus' proofs, thrown away since.
    private static let thumbprints: Set<String> = [
        "0Hq-G6L95-QIzcCqKycf6INCbyUhs8lW1CRuo9MOiMg",
        "G8dAUJ7-QfmXFzjWKXRjG4uiFbhnCHHGv_1gPhjD4_g",
        "biNOY5_DSasZ7A3D6EvukFeGBepBcT2tWl7_e2ELbxc",
    ]

    /// The claims of a published status list and the claim that refers to it (Token Status List draft §5.1, §6.1).
    static let statusList = FuzzTarget("status-list") { input in
        guard let value = try? JSONValue(parsing: input) else { return false }
        if let reference = try? StatusReference(claim: value) {
            try demand(reference.index >= 0, "a negative index")
            try demand(try StatusReference(claim: reference.claim) == reference, "a reference written anew is another")
        }
        let limit = 65_536
        guard case .object(let payload) = value,
            let token = try? StatusListToken(payload: payload, maximumSize: limit)
        else { return false }
        try demand(token.list.count <= limit * 8, "more statuses than allowed")
        try demand(token.list.status(at: token.list.count) == nil, "a status beyond the end")
        try demand(token.list.status(at: -1) == nil, "a status before the beginning")
        let again = try StatusListToken(payload: token.payload(), maximumSize: limit)
        try demand(again == token, "a list written anew is another")
        return true
    }
}
