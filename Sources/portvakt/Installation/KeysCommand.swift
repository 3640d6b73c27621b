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

    @Option(help: ArgumentHelp("How far --check looks ahead, as 30d; a bare number is days.", valueName: "time"))
    var within = "30d"

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let isBare = within.allSatisfy(\.isNumber)
        try await options.perform(ListSigningKeys(["check": check, "within": isBare ? within + "d" : within]))
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
        try options.print(ListSigningKeys.table([result.new] + result.replaced, at: options.now))
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
