import ArgumentParser
import Delegations
import Foundation
import JOSE
import Operations
import SQLiteStorage
import Server
import Vocabulary
import XACML

/// `portvakt decide [FILE]`.
struct DecideCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide",
        abstract: "Ask the decision point whether somebody may do something.",
        discussion: """
            The question is a request of the XACML 3.0 JSON profile in a file, or `--subject`, `--action`, `--resource` and \
            `--party`. A party is an organisation number, the UUID of a party, or the pseudonym of a person; a subject may also \
            be `systemuser:UUID`. Exits with 3 unless every decision is Permit.

            For example: `portvakt decide --subject 310000124 --action ScopeAccess --resource acme-catch --party 310000132`.
            """
    )

    @Argument(help: ArgumentHelp("The request; - is stdin.", valueName: "file"), completion: .file())
    var file: String?

    @Option(help: ArgumentHelp("Who asks.", valueName: "party")) var subject: String?
    @Option(help: ArgumentHelp("What is to be done.", valueName: "action")) var action: String?
    @Option(help: ArgumentHelp("With which resource.", valueName: "id")) var resource: String?
    @Option(help: ArgumentHelp("Whose it is.", valueName: "party")) var party: String?

    @Flag(help: "Tell each step, and the rule, role path or record that decided.") var explain = false
    @Flag(help: "Print the response of the JSON profile.") var response = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        let isAsked = subject != nil || action != nil || resource != nil || party != nil
        if file != nil, isAsked { throw ValidationError("Give a file, or the options, not both.") }
        if file == nil, subject == nil || action == nil || resource == nil {
            throw ValidationError("Give a file, or --subject, --action and --resource.")
        }
        if explain, response { throw ValidationError("Give --explain or --response, not both.") }
    }

    func run() async throws {
        let now = options.now
        let request = try file.map { path throws(CLIError) in try Self.request(path) }
        let key = try pseudonymKey()
        let outcomes = try options.look { reader in
            let point = DecisionPoint(reader, pseudonyms: key)
            if let request { return try point.decide(request, at: now) }
            return [try point.decide(try question(reader), at: now)]
        }
        try show(outcomes)
        let refused = outcomes.filter { !$0.isPermitted }
        guard let first = refused.first else { return }
        let message = first.result.status.message.map { ": \($0)" } ?? ""
        throw CLIError.verdict(
            "not_permitted",
            refused.count == 1
                ? "`\(first.result.decision.rawValue)` by \(first.basis)\(message)"
                : "\(refused.count) of \(outcomes.count) are not permitted"
        )
    }

    // MARK: The question

    private static func request(_ path: String) throws(CLIError) -> XACMLRequest {
        let bytes = try InputFile.read(path)
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes) } catch {
            throw CLIError("request_malformed", "`\(path)` is no JSON: \(error)")
        }
        do { return try XACMLRequest(json: value) } catch {
            throw CLIError("request_malformed", "`\(path)`: \(error.message ?? "no request of the JSON profile")")
        }
    }

    private func question(_ reader: some RoleReader) throws -> DecisionQuestion {
        DecisionQuestion(
            subject: try Self.subject(subject ?? "", reader),
            resource: try Typed.resource(resource ?? ""),
            party: try party.map { try Self.party($0, reader) },
            action: action
        )
    }

    private static func subject(_ text: String, _ reader: some RoleReader) throws -> DecisionSubject {
        let prefix = "systemuser:"
        guard text.hasPrefix(prefix) else { return .party(try party(text, reader)) }
        guard let id = UUID(uuidString: String(text.dropFirst(prefix.count))) else {
            throw CLIError.usage("`\(text)` names no system user: give `systemuser:` and its UUID")
        }
        return .systemUser(id)
    }

    /// National identity numbers stand in a request on stdin, never in arguments, which every user of the machine can read.
    private static func party(_ text: String, _ reader: some RoleReader) throws -> Party {
        if let person = PersonPseudonym(parsing: text) { return .person(person) }
        if let uuid = PartyUUID(parsing: text) {
            guard let party = try reader.party(named: uuid) else {
                throw CLIError("party_not_found", "no party has the UUID `\(text)`")
            }
            return party
        }
        return .organisation(try Typed.organisation(text))
    }

    /// The key of the data folder; nil when there is none yet, and so nobody known under it.
    private func pseudonymKey() throws -> PseudonymKey? {
        let folder = try options.dataFolder().path
        guard FileManager.default.fileExists(atPath: PseudonymKeyFile.path(in: folder)) else { return nil }
        do { return try PseudonymKeyFile.readOrMake(in: folder, isUsed: true) } catch {
            throw CLIError("pseudonym_key_unusable", error.description)
        }
    }

    // MARK: The answer

    private func show(_ outcomes: [DecisionOutcome]) throws {
        if response {
            return try Console.current.write(XACMLResponse(outcomes.map(\.result)).json.text() + "\n")
        }
        if explain {
            let rows = outcomes.enumerated().flatMap { index, outcome in
                outcome.explanation.map { Explained(number: index + 1, step: $0.kind.rawValue, text: $0.text) }
                    + [Explained(number: index + 1, step: "decision", text: outcome.verdict)]
            }
            return try options.print(
                Table(
                    "decision-explanation",
                    rows,
                    columns: [
                        Column("request", outcomes.count > 1 ? .everywhere : .detail) { $0.number },
                        Column("step") { $0.step }, Column("text") { $0.text },
                    ]
                )
            )
        }
        guard outcomes.count > 1 else { return try options.print(Record("decision", outcomes[0].members)) }
        try options.print(
            Table(
                "decision-list",
                outcomes,
                columns: [
                    Column("decision") { $0.result.decision.rawValue },
                    Column("resource") { $0.question?.resource.rawValue },
                    Column("action") { $0.question?.action },
                    Column("decided_by") { "\($0.basis)" },
                    Column("message") { $0.result.status.message },
                ]
            )
        )
    }

    private struct Explained: Sendable {
        let number: Int
        let step: String
        let text: String
    }
}

extension DecisionOutcome {
    /// The decision as the members of a result.
    fileprivate var members: [OutputValue.Member] {
        [
            .init("decision", result.decision.rawValue), .init("decided_by", "\(basis)"),
            .init("status", result.status.code.rawValue), .init("message", result.status.message),
            .init("resource", question?.resource), .init("action", question?.action),
            .init("minimum_level", result.obligations.minimumLevel(forOrganisations: isOrganisations)),
            .init("obligations", result.obligations.map(\.identifier)),
        ]
    }

    /// The last line of an explanation.
    fileprivate var verdict: String {
        "`\(result.decision.rawValue)` by \(basis)" + (result.status.message.map { ": \($0)" } ?? "")
    }

    private var isOrganisations: Bool {
        switch question?.subject {
        case .party(let party): party.organisation != nil
        case .systemUser: true
        case .other, nil: false
        }
    }
}
