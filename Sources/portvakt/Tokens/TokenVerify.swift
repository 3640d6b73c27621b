import ArgumentParser
import JOSE
import Operations
import PortvaktProvider
import Vocabulary

/// `portvakt token verify`.
struct TokenVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify an access token, one line for each check.",
        discussion: """
            The keys come from --jwks, or from the metadata of --issuer. Exit 0 when every check holds, 3 with the name of \
            the first that does not, 5 when the keys cannot be fetched.
            """
    )

    @Argument(help: ArgumentHelp("The token, @FILE, or - for stdin.", valueName: "token"))
    var token: String?

    @Option(name: .long, help: ArgumentHelp("The key set: a file or an https URL.", valueName: "file|url"))
    var jwks: String?

    @Option(name: .long, help: ArgumentHelp("The issuer that the token must name.", valueName: "url"))
    var issuer: String?

    @Option(name: .long, help: ArgumentHelp("The API that the token must be meant for (aud).", valueName: "url"))
    var audience: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A scope that the token must hold.", valueName: "scope"),
        completion: .scopes
    )
    var scope: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("The organisation that the token must be for.", valueName: "number"),
        completion: .organisations
    )
    var consumer: String?

    @Flag(name: .long, help: "Read the status list that the token refers to, and refuse a token that was ended.")
    var status = false

    @Option(name: .long, help: ArgumentHelp("Verify as of this time.", valueName: "time"))
    var at: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireNoServer()
        let text = try TokenArgument.text(token)
        let expected = try expectedIssuer(of: text)
        let policy = policy(issuer: expected.issuer)
        let rules = try rules()
        let now = try at.map { text throws(CLIError) in try TimeArgument.time(text, option: "--at") } ?? options.now
        let keys = try await keys(of: expected.issuer)
        var skipped: Set<VerificationError.Check> = expected.isGiven ? [] : [.issuer]
        if audience.isEmpty { skipped.insert(.audience) }
        if !status { skipped.insert(.status) }
        var lines = Verdict(skipping: skipped)
        do throws(VerificationError) {
            let verified = try await TokenVerifier(
                policy: policy,
                keys: keys,
                statuses: status ? statuses(of: expected.issuer, keys: keys) : nil,
                clock: FixedClock(now: now)
            ).verifyBearer(text)
            for (name, rule) in rules {
                try lines.check(name) { () throws(VerificationError) in try verified.require(rule) }
            }
            lines.pass(verified)
        } catch {
            lines.fail(error)
        }
        try options.print(lines.table)
        try lines.verdict()
    }

    private func policy(issuer: Issuer) -> VerificationPolicy {
        var policy = VerificationPolicy(issuer: issuer)
        policy.algorithms = Set(JWSAlgorithm.allCases)
        policy.audience = audience.isEmpty ? .ignored : .required(Set(audience))
        if status { policy.status = .whenPresent }
        return policy
    }

    /// Lists are proved by the time that it is, whatever `--at` says: none tells of the past.
    private func statuses(of issuer: Issuer, keys: any KeySource) -> RemoteStatusLists {
        var lists = StatusListOptions()
        lists.timeout = CommandHTTP.patience
        lists.patience = CommandHTTP.patience
        return RemoteStatusLists(
            issuer: issuer,
            keys: keys,
            algorithms: Set(JWSAlgorithm.allCases),
            transport: HTTPKeyTransport(CommandHTTP.client),
            options: lists
        )
    }

    private func rules() throws(CLIError) -> [(String, AccessRule)] {
        var rules: [(String, AccessRule)] = []
        for name in scope {
            guard let scope = try? ScopeName(parsing: name) else { throw .usage("`--scope` is no scope: `\(name)`") }
            rules.append(("scope \(name)", .scope(scope)))
        }
        if let consumer {
            guard let number = try? OrganisationNumber(parsing: consumer) else {
                throw .usage("`--consumer` is no organisation number: `\(consumer)`")
            }
            rules.append(("consumer", .consumer(in: [number])))
        }
        return rules
    }

    /// The issuer of `--issuer`; without it, and with keys given, the token's own, which then proves nothing.
    private func expectedIssuer(of token: String) throws(CLIError) -> (issuer: Issuer, isGiven: Bool) {
        if let issuer {
            guard let parsed = try? Issuer(parsing: issuer) else {
                throw .usage(
                    "`--issuer` is no issuer: `\(issuer)`",
                    hint: "an https URL, byte for byte as the server says"
                )
            }
            return (parsed, true)
        }
        guard jwks != nil else { throw .usage("neither `--issuer` nor `--jwks` says whose token it must be") }
        let claims = try? CompactJWS(parsing: token).payloadObject()
        let own = claims?["iss"]?.string.flatMap { try? Issuer(parsing: $0) }
        // A token without a usable `iss` meets no issuer, and fails for that.
        guard let unnamed = own ?? (try? Issuer(parsing: "https://issuer.invalid")) else {
            throw CLIError("failed", "no issuer")
        }
        return (unnamed, own == nil)
    }

    private func keys(of issuer: Issuer) async throws(CLIError) -> any KeySource {
        let location: KeyLocation
        switch jwks {
        case let url? where url.hasPrefix("https://") || url.hasPrefix("http://"):
            guard (try? Issuer(parsing: url.prefix { $0 != "?" })) != nil else {
                throw .usage("`--jwks` is no https URL (http only on loopback): `\(url)`")
            }
            location = .keys(url: url)
        case let path?:
            let content = try InputFile.read(path)
            do throws(JWKSetError) {
                return try LocalKeySet(parsing: content)
            } catch {
                throw CLIError("jwks_malformed", "`\(path)`: \(error)")
            }
        case nil: location = .issuer(issuer)
        }
        // Whoever waits at a terminal waits rather than try again: no request of an API is held up here.
        var keySet = KeySetOptions()
        keySet.timeout = CommandHTTP.patience
        keySet.patience = CommandHTTP.patience
        do throws(KeySourceError) {
            return try await RemoteKeySet(
                loading: location,
                transport: HTTPKeyTransport(CommandHTTP.client),
                options: keySet
            )
        } catch {
            throw CLIError("keys_unavailable", "\(error)", status: .unreachable)
        }
    }
}

/// The time that `--at` names, or the present.
private struct FixedClock: WallClock {
    let now: Timestamp
}

/// The lines of a verification as they come to be known.
private struct Verdict {
    struct Line {
        let check: String
        let result: Result
        let detail: String
    }

    enum Result: String {
        case ok, failed, skipped
    }

    private var lines: [Line] = []
    private var extra: [Line] = []
    private var error: VerificationError?
    private var verified: VerifiedToken?
    private let skipped: Set<VerificationError.Check>

    init(skipping skipped: Set<VerificationError.Check>) { self.skipped = skipped }

    mutating func check(_ name: String, _ body: () throws(VerificationError) -> Void) throws(VerificationError) {
        do {
            try body()
            extra.append(Line(check: name, result: .ok, detail: ""))
        } catch {
            extra.append(Line(check: name, result: .failed, detail: "\(error)"))
            throw error
        }
    }

    mutating func pass(_ token: VerifiedToken) {
        verified = token
        lines = Self.checks.map(line(passed:)) + extra
    }

    mutating func fail(_ error: VerificationError) {
        self.error = error
        let failed = Self.checks.firstIndex(of: error.check) ?? Self.checks.endIndex
        lines = Self.checks.enumerated().map { index, check in
            if index < failed { return line(passed: check) }
            guard index == failed else { return Line(check: check.rawValue, result: .skipped, detail: "not reached") }
            return Line(check: check.rawValue, result: .failed, detail: "\(error)")
        }
        lines += extra
    }

    var table: Table<Line> {
        Table(
            "token-verification",
            lines,
            facts: [.init("valid", error == nil), .init("failed_check", error?.check.rawValue)],
            columns: [
                Column("check") { $0.check },
                Column("result", style: { $0.style }, value: { $0.result.rawValue }),
                Column("detail") { $0.detail },
            ]
        )
    }

    /// Throws the negative verdict, which names the first check that failed.
    func verdict() throws(CLIError) {
        guard let error else { return }
        switch error {
        case .key(.unavailable), .status(.unavailable): throw CLIError(error.code, "\(error)", status: .unreachable)
        default: break
        }
        throw .verdict(error.code, "the token is not valid: \(error.check.rawValue): \(error)")
    }

    private static let checks = VerificationError.Check.allCases.filter { $0 != .request && $0 != .access }

    private func line(passed check: VerificationError.Check) -> Line {
        guard !skipped.contains(check) else {
            return Line(check: check.rawValue, result: .skipped, detail: "not asked for (`--\(check.rawValue)`)")
        }
        return Line(check: check.rawValue, result: .ok, detail: "")
    }
}

extension Verdict.Line {
    fileprivate var style: TextStyle {
        switch result {
        case .ok: .good
        case .failed: .bad
        case .skipped: .faint
        }
    }
}
