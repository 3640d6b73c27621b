import ArgumentParser
import AuditLedger
import JOSE
import Operations
import Vocabulary

/// `portvakt audit prove`.
struct AuditProve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Prove that a token's entry stands unaltered in the ledger, as a file that anybody can check.",
        discussion: """
            The proof holds the entry, the hashes that lead to the root of the tree, and the signed checkpoint; of other \
            entries it tells nothing. `portvakt audit check-proof` checks it without server and database. A `jti` that \
            begins with a hyphen follows `--`.
            """
    )

    @Argument(help: "The token's `jti`.") var jti: String?
    @Option(help: ArgumentHelp("The entry's number, in place of a token.", valueName: "sequence")) var sequence: Int?
    @Option(help: ArgumentHelp("The token was issued from that time on: quicker in a large ledger.", valueName: "time"))
    var since: String?
    @Option(help: ArgumentHelp("The token was issued before that time.", valueName: "time")) var until: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let report = try await options.answer(
            ProveAudit(["jti": jti, "sequence": sequence, "since": since, "until": until])
        )
        // A proof has one form, whatever is printed to.
        try Console.current.write(report.json)
    }
}

/// `portvakt audit consistency`.
struct AuditConsistency: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consistency",
        abstract: "Prove that the ledger still begins with the entries of an older checkpoint.",
        discussion: """
            The older checkpoint is a file or URL where it was kept, or a number of entries. The proof goes to stdout; it \
            is checked at once, and exits with 3 when the ledger is another one than the checkpoint was signed for.
            """
    )

    @Argument(help: "The older checkpoint: a file, a URL, - for stdin, or how many entries it covers.") var old: String
    @Option(help: ArgumentHelp("The newer checkpoint covers at least so many entries.", valueName: "entries"))
    var to: Int?
    @Option(help: ArgumentHelp("What checks both: NAME+HASH+KEY, or @FILE.", valueName: "key")) var key: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        var arguments: Arguments = ["to": to]
        if let size = Int(old) {
            arguments = arguments.setting("from", to: size)
        } else {
            let input = try await CheckpointInput(old, patience: options.patience())
            arguments = arguments.setting("old", to: String(decoding: input.bytes, as: UTF8.self))
        }
        let report = try await options.answer(ProveConsistency(arguments))
        let proof = try ConsistencyProof(parsing: OutputValue.jsonObject(of: report.documentMembers))
        try Console.current.write(report.json)
        if let key {
            try proof.requireChecked(by: [try CheckpointVerifier(typed: key)])
        } else {
            try proof.requireChecked(by: try await options.checkpointKeys())
        }
    }
}

extension ConsistencyProof {
    /// Checks it with the keys that are known, of which the older note may have another one than the newer.
    fileprivate func requireChecked(by keys: [CheckpointVerifier]) throws {
        var faults: [ProofFault] = []
        for key in keys.reversed() {
            do throws(ProofFault) {
                _ = try check(by: key)
                return
            } catch { faults.append(error) }
        }
        throw CLIError.verdict(
            "ledger_inconsistent",
            faults.first.map(\.description) ?? "no key of checkpoints is known",
            hint: "compare with `portvakt audit verify --anchor`, and with an export: `portvakt audit compare`"
        )
    }
}

extension GlobalOptions {
    /// The keys that the ledger's own checkpoints are checked with.
    func checkpointKeys() async throws -> [CheckpointVerifier] {
        guard case .list(let keys) = try await answer(ShowCheckpoint([:]))["keys"] else { return [] }
        return keys.compactMap { CheckpointVerifier($0.cell) }
    }
}

/// `portvakt audit check-proof`.
struct AuditCheckProof: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-proof",
        abstract: "Check a proof of the ledger, with nothing but the key of its checkpoints.",
        discussion: """
            Needs no server and no data folder. The key is the one that `portvakt audit key` prints, got from the server's \
            operator by another way than the proof. Exits with 3 when the proof does not hold.
            """
    )

    @Argument(help: "The proof of an entry or of consistency; - is stdin.", completion: .file()) var file: String
    @Option(help: ArgumentHelp("What its checkpoint is checked with: NAME+HASH+KEY, or @FILE.", valueName: "key"))
    var key: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireNoServer()
        let key = try CheckpointVerifier(typed: key)
        let bytes = try InputFile.read(file)
        guard let object = try? JSONValue(parsing: bytes).object else {
            throw CLIError("proof_malformed", "`\(file)` is no proof: it is not JSON")
        }
        do {
            if object["schema"]?.string == "portvakt/\(ConsistencyProof.schema)/v1" {
                let (old, new) = try ConsistencyProof(parsing: object).check(by: key)
                try options.print(
                    Record(
                        "proof-check",
                        [
                            .init("result", "valid"), .init("proof", ConsistencyProof.schema),
                            .init("origin", new.origin), .init("from", old.size), .init("entries", new.size),
                        ]
                    )
                )
            } else {
                let (checkpoint, entry) = try EntryProof(parsing: object).check(by: key)
                let said = AuditEntry(entry)
                try options.print(
                    Record(
                        "proof-check",
                        [
                            .init("result", "valid"), .init("proof", EntryProof.schema),
                            .init("origin", checkpoint.origin), .init("entries", checkpoint.size),
                        ] + AuditEntry.columns.map { .init($0.key, $0.value(said)) }.filter { $0.name != "result" }
                    )
                )
            }
        } catch let fault as ProofFault {
            throw CLIError.verdict("proof_invalid", "\(fault)", hint: "the proof proves nothing: ask for it again")
        }
    }
}
