import Administration
import ArgumentParser
import JOSE
import LibCrypto
import Operations
import SQLiteStorage
import Server
import TokenIssuance
import Vocabulary

/// `portvakt keys`: the signing keys of this server.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "The server's signing keys and their timetable.",
        subcommands: [KeysExport.self, KeysList.self, KeysRetire.self, KeysRotate.self]
    )
}

/// `portvakt keys list`.
struct KeysList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the signing keys: which is published, which signs, which goes."
    )

    @Flag(help: "Exit 2 when an algorithm in use has no successor and its key retires within --within.")
    var check = false

    @Option(help: ArgumentHelp("How far --check looks ahead.", valueName: "days"))
    var within = 30

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let store = try SQLiteStore(.init(path: options.dataFolder().path), opening: .requireCurrent)
        let keys = try await store.read { try $0.signingKeys() }
        try store.close()
        let now = options.now
        try options.print(Self.table(keys, at: now))
        if check { try Self.demandSuccessors(of: keys, until: now + .days(Int64(within)), at: now) }
    }

    /// The keys as a table.
    static func table(_ keys: [SigningKeyRecord], at now: Timestamp) -> Table<SigningKeyRecord> {
        Table(
            "keys-list",
            keys,
            whenEmpty: "there is no signing key; `portvakt keys rotate --now` makes one",
            columns: [
                Column("kid") { $0.id.rawValue },
                Column("alg") { $0.algorithm.rawValue },
                Column("state", style: { $0.state(at: now) == .active ? .good : .plain }) {
                    $0.state(at: now).rawValue
                },
                Column("created") { $0.published },
                Column("signs_from") { $0.activates },
                Column("signs_until") { $0.retires },
                Column("published_until") { $0.removed },
            ]
        )
    }

    private static func demandSuccessors(
        of keys: [SigningKeyRecord],
        until horizon: Timestamp,
        at now: Timestamp
    ) throws(CLIError) {
        let inUse = Set(keys.filter { $0.state(at: now) == .active }.map(\.algorithm))
        let left = JWSAlgorithm.allCases.filter { algorithm in
            inUse.contains(algorithm)
                && !keys.contains { $0.algorithm == algorithm && $0.state(at: horizon) == .active }
        }
        guard !left.isEmpty || inUse.isEmpty else { return }
        let names =
            left.isEmpty ? "no key signs now" : "nothing signs \(left.map(\.rawValue).joined(separator: ", ")) then"
        throw CLIError(
            "signing_key_ends",
            names,
            hint: "make a successor with `portvakt keys rotate`",
            status: .attention
        )
    }
}

/// `portvakt keys rotate`.
struct KeysRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a new signing key: published at once, signing when every provider has had time to fetch it."
    )

    @Option(help: "The algorithm that the new key signs with.", transform: Self.algorithm)
    var alg: JWSAlgorithm = .rs256

    @Flag(
        help: "Sign with the new key at once: providers with a fresh copy of the key set refuse its tokens until then."
    )
    var now = false

    @Option(
        help: ArgumentHelp(
            "A key that is there already: a PEM or PKCS#12 file, which is copied, or the PKCS#11 URI of a key in a token.",
            valueName: "file|uri"
        )
    )
    var key: String?

    @Flag(help: "Only print the timetable.")
    var dryRun = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let keys = try SigningKeyParts(options)
        let rotation = keys.rotation
        let result: SigningKeySchedule.Rotation
        if dryRun {
            result = try rotation.plan(alg, at: options.now, immediately: now)
        } else {
            if now { try options.confirm("sign with a key that providers may not know yet") }
            do {
                result = try rotation.perform(
                    alg,
                    at: options.now,
                    immediately: now,
                    from: try origin(),
                    by: Actor(options.operatorIdentity),
                    reason: options.reason
                )
            } catch let fault as SigningKeyFolder.Fault {
                throw CLIError("signing_key_unwritable", fault.description)
            }
        }
        try keys.store.close()
        try options.print(KeysList.table([result.new] + result.replaced, at: options.now))
        options.note(explanation(of: result))
    }

    private static func algorithm(_ name: String) throws -> JWSAlgorithm {
        guard let algorithm = JWSAlgorithm(rawValue: name) else {
            throw ValidationError("--alg is one of \(JWSAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return algorithm
    }

    private func origin() throws -> SigningKeyFolder.Origin {
        guard let key else { return .new }
        guard key.hasPrefix("pkcs11:") else { return .file(key) }
        do { return .token(try PKCS11URI(parsing: key)) } catch { throw CLIError.usage("--key: \(error)") }
    }

    private func explanation(of rotation: SigningKeySchedule.Rotation) -> String {
        let wait = rotation.new.activates - options.now
        guard wait > 0 else { return "the new key signs at once" }
        return """
            the new key is published now and signs from \(rotation.new.activates), when the key sets that providers hold \
            have been fetched again; the old one stays published until its last token has expired
            """
    }
}

/// What the commands on signing keys work with.
struct SigningKeyParts {
    let store: SQLiteStore
    let folder: SigningKeyFolder
    let rotation: SigningKeyRotation

    /// The keys of the data folder that is named.
    init(_ options: GlobalOptions) throws {
        let path = try options.dataFolder().path
        let environment = Console.current.surroundings.environment
        let configuration: ServerConfiguration
        do {
            configuration = try ServerConfiguration(ConfigurationInputs(dataFolder: path, environment: environment))
        } catch {
            throw CLIError("configuration_faulty", "\(error)")
        }
        store = try SQLiteStore(.init(path: path), opening: .requireCurrent)
        folder = SigningKeyFolder(configuration)
        rotation = SigningKeyRotation(
            store: store,
            folder: folder,
            schedule: SigningKeySchedule(keySetLifetime: configuration.keySetMaximumAge)
        )
    }
}
