import ArgumentParser
import JOSE
import LibCrypto
import Operations
import Vocabulary

/// `portvakt token inspect`.
struct TokenInspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what stands in a token, without verifying it.",
        discussion: "Never fetches anything. Use `portvakt token verify` before you believe a word of it."
    )

    @Argument(help: ArgumentHelp("The token, @FILE, or - for stdin.", valueName: "token"))
    var token: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireNoServer()
        let text = try TokenArgument.text(token)
        let jws: CompactJWS
        let claims: JSONObject
        do throws(CompactJWSError) {
            jws = try CompactJWS(parsing: text, maximumLength: 64 * 1024)
            claims = try jws.payloadObject()
        } catch {
            throw CLIError("token_malformed", "\(error)")
        }
        let now = options.now
        switch options.rendering.format {
        case .json, .jsonl, .yaml: try options.print(record(jws.header, claims))
        case .table, .tsv, .id:
            options.warn("NOT VERIFIED: anybody may have written this")
            try options.print(table(jws.header, claims, at: now))
        }
    }

    private func record(_ header: JSONObject, _ claims: JSONObject) -> Record {
        let times = TokenLine.times.compactMap { name -> OutputValue.Member? in
            claims[name]?.number?.flooredNumericDate.map { .init(name, Timestamp(seconds: $0)) }
        }
        return Record(
            "token-inspection",
            [
                .init("verified", false), .init("header", header), .init("claims", claims),
                .init("times", OutputValue.object(times)),
            ]
        )
    }

    private func table(_ header: JSONObject, _ claims: JSONObject, at now: Timestamp) -> Table<TokenLine> {
        let lines =
            header.members.map { TokenLine(part: "header", member: $0, now: now) }
            + claims.members.map { TokenLine(part: "claim", member: $0, now: now) }
        return Table(
            "token-inspection",
            lines,
            columns: [
                Column("part") { $0.part },
                Column("name") { $0.name },
                Column("value") { $0.value },
                Column("meaning", style: { $0.isBad ? .bad : .faint }, value: { $0.meaning }),
            ]
        )
    }
}

/// One member of a token's header or claims, for people.
struct TokenLine {
    /// The claims that are times (RFC 7519 §4.1).
    static let times = ["iat", "nbf", "exp", "auth_time"]

    let part: String
    let name: String
    let value: String
    /// What it means, where the value does not tell.
    let meaning: String
    /// Whether it shows that the token cannot be good.
    let isBad: Bool

    init(part: String, member: JSONObject.Member, now: Timestamp) {
        self.part = part
        name = member.name
        value = member.name == "x5c" ? "\(member.value.array?.count ?? 0) certificates" : Self.text(of: member.value)
        let isTime = part == "claim" && Self.times.contains(member.name)
        if isTime, let seconds = member.value.number?.flooredNumericDate {
            let time = Timestamp(seconds: seconds)
            meaning = "\(time), \(time.relative(to: now))"
            isBad = member.name == "exp" ? time <= now : member.name != "auth_time" && time > now + 10
        } else {
            meaning = Self.meaning(of: member)
            isBad = member.name == "alg" && JWSAlgorithm(rawValue: member.value.string ?? "") == nil
        }
    }

    private static func text(of value: JSONValue) -> String { value.string ?? value.text() }

    private static func meaning(of member: JSONObject.Member) -> String {
        switch member.name {
        case "consumer", "supplier":
            let number = try? OrganisationNumber(parsingISO6523: member.value["ID"]?.string ?? "")
            return number.map { "organisation \($0)" } ?? ""
        case "cnf": return "bound to a key: no bearer token"
        case "x5c":
            let first = member.value.strings?.first.flatMap { try? Base64.decode($0) }
            guard let certificate = first.flatMap({ try? Certificate(der: $0) }) else { return "not readable" }
            return "\(certificate.subject.shortName), until \(certificate.notAfter)"
        case "alg" where JWSAlgorithm(rawValue: member.value.string ?? "") == nil: return "not an algorithm of ours"
        default: return ""
        }
    }
}
