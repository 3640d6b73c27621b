import Administration
public import ArgumentParser
import Clients
import DemoWorld
import Foundation
import JOSE
import Operations
import SQLiteStorage
public import Server
import TokenIssuance
import Vocabulary

/// `portvakt init`.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make an installation: an empty one, or with --demo a world to try things on.",
        discussion: """
            Makes the data folder (0700) with its configuration, trust anchors, first signing key and database, and prints \
            what to do next. With --org the operator gets its reserved prefixes and scopes, and a client that administers, \
            whose private key goes to `operator.jwk` in the folder.
            """
    )

    @Argument(help: "The data folder to make (default: the one of --data).", completion: .directory)
    var folder: String?

    @Option(name: .long, help: ArgumentHelp("The server's identifier, kept byte for byte.", valueName: "url"))
    var issuer: String?

    @Option(name: .customLong("env"), help: "Test or production.")
    var environment: ServerConfiguration.Environment?

    @Option(name: .long, help: ArgumentHelp("The operator's organisation.", valueName: "org"))
    var org: String?

    @Option(
        name: .long,
        help: ArgumentHelp("What it is called, as long as the register does not say.", valueName: "text")
    )
    var orgName: String?

    @Option(name: .long, help: ArgumentHelp("A prefix of scopes that it gets; repeat for more.", valueName: "prefix"))
    var prefix: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A file of the register of units, imported first; repeat for more.", valueName: "file"),
        completion: .file()
    )
    var register: [String] = []

    @Flag(name: .long, help: "Fill it with issuers, organisations, scopes and clients, all made up.")
    var demo = false

    @Flag(name: .long, help: "Set aside whatever is in the folder already.")
    var force = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        guard !demo else {
            if environment == .prod { throw ValidationError("--demo makes a test environment.") }
            if org != nil { throw ValidationError("--demo has its own operator: leave --org out.") }
            return
        }
        if issuer == nil { throw ValidationError("Missing expected argument '--issuer <url>'") }
        if org == nil, !prefix.isEmpty || orgName != nil {
            throw ValidationError("--prefix and --org-name are about the operator: give --org too.")
        }
        if environment == nil { throw ValidationError("Missing expected argument '--env <env>'") }
    }

    func run() async throws {
        try options.requireDataFolder()
        let path = folder ?? options.data
        let issuer = try parsedIssuer()
        if force { try options.confirm("set aside what is in `\(path)`") }
        do {
            if demo { try makeDemoWorld(path, issuer) } else { try makeInstallation(path, issuer) }
        } catch let error as InstallationFault {
            let conflicts = [InstallationFault.notEmpty(path), .served(path)].contains(error)
            throw CLIError("init_refused", error.description, status: conflicts ? .conflict : .failed)
        }
    }

    private func makeInstallation(_ path: String, _ issuer: Issuer) throws {
        let environment = environment ?? .test
        // All that can be wrong with what was typed is found before anything is made.
        let bootstrap = try operatorBootstrap()
        let installation = try Installation.make(
            Installation.Plan(
                dataFolder: path,
                issuer: issuer,
                environment: environment,
                replacesExisting: force,
                actor: options.operatorIdentity.actor
            ),
            at: options.now
        )
        defer { try? installation.store.close() }
        for file in register { try OrganisationImportCommand.run(file, into: installation.store, options) }
        let administrator = try bootstrap.map { try makeOperator($0, in: installation) }
        try options.print(
            Record(
                "installation",
                [
                    .init("data", path),
                    .init("issuer", issuer),
                    .init("environment", environment.rawValue),
                    .init("signing_key", installation.signingKey.id),
                    .init("set_aside", installation.setAside),
                ] + (administrator?.members ?? [])
            )
        )
        options.note(administrator?.nextCommands(path) ?? nextCommands(path))
    }

    /// The operator that was named.
    private func operatorBootstrap() throws -> OperatorBootstrap? {
        guard let org else { return nil }
        let organisation = try Typed.organisation(org)
        return OperatorBootstrap(
            organisation: organisation,
            name: orgName ?? "OPERATOR \(organisation)",
            prefixes: try prefix.map { text throws(CLIError) in try Typed.prefix(text) },
            actor: Actor(options.operatorIdentity)
        )
    }

    private func makeOperator(
        _ bootstrap: OperatorBootstrap,
        in installation: Installation
    ) throws -> InstalledOperator {
        let key = try KeyFile.make(.rs256, keyID: nil)
        let path = URL(filePath: installation.dataFolder).standardizedFileURL.path + "/operator.jwk"
        // The private half first: a client whose key nobody holds would be worse than a file too many.
        try PrivateOutputFile.write(Array((key.secretObject().pretty() + "\n").utf8), to: path)
        let outcome: OperatorBootstrap.Outcome
        do { outcome = try bootstrap.run(in: installation.store, key: key.publicJWK, at: options.now) } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        options.warn(outcome.warnings)
        if outcome.isProvisional {
            options.warn(
                "the register does not know `\(bootstrap.organisation)`: it stands in it by your word, until a file or feed of the register says otherwise"
            )
        }
        let environment = Console.current.surroundings.environment
        let configuration = try ServerConfiguration(
            ConfigurationInputs(dataFolder: installation.dataFolder, environment: environment)
        )
        return InstalledOperator(
            client: outcome.client,
            keyFile: path,
            server: configuration.adminURL,
            issuer: configuration.issuer
        )
    }

    private func makeDemoWorld(_ path: String, _ issuer: Issuer) throws {
        let plan = DemoWorld.Plan(
            dataFolder: path,
            issuer: issuer,
            replacesExisting: force,
            actor: Actor(options.operatorIdentity)
        )
        let world = try DemoWorld.make(plan, at: options.now)
        try options.print(
            Record(
                "demo-world",
                [
                    .init("data", path),
                    .init("issuer", issuer),
                    .init("environment", ServerConfiguration.Environment.test.rawValue),
                    .init("signing_key", world.signingKey),
                    .init("clients", world.clients.map(\.name).joined(separator: " ")),
                    .init("set_aside", world.setAside),
                ]
            )
        )
        options.note(world.firstToken(program: CommandLine.arguments.first ?? "portvakt"))
        options.note(world.administration(program: CommandLine.arguments.first ?? "portvakt"))
    }

    private func parsedIssuer() throws(CLIError) -> Issuer {
        do throws(Issuer.ParseError) {
            guard let issuer else { return try DemoWorld.Plan.standardIssuer() }
            return try Issuer(parsing: issuer)
        } catch {
            throw CLIError.usage("`\(issuer ?? "")` is no issuer", hint: Self.hint(for: error))
        }
    }

    private func nextCommands(_ path: String) -> String {
        """
        next:
          portvakt org import --data \(path) FILE       # the register of organisations
          portvakt scope apply --data \(path) FOLDER    # scope files
          portvakt serve --data \(path)
        """
    }

    private static func hint(for error: Issuer.ParseError) -> String {
        switch error {
        case .form: "give an absolute URL in its normal spelling, as `https://maskinporten.example.no/`"
        case .insecure: "use https; plain http is for loopback hosts"
        case .component: "leave out query, fragment and user"
        }
    }
}

extension ServerConfiguration.Environment: ExpressibleByArgument {}

/// The operator of an installation that was just made, and how it begins.
private struct InstalledOperator {
    let client: Client
    let keyFile: String
    let server: String
    let issuer: Issuer

    var members: [OutputValue.Member] {
        [
            .init("operator", client.owner), .init("client_id", client.id), .init("key_file", keyFile),
            .init("server", server),
        ]
    }

    /// Three commands: serve, say who asks, ask.
    func nextCommands(_ path: String) -> String {
        """
        next:
          portvakt serve --data \(path)
          portvakt context set operator --server \(server) --issuer \(issuer) --client-id \(client.id) --key \(keyFile)
          portvakt login --context operator
        """
    }
}
