import Administration
public import ArgumentParser
import DemoWorld
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
            what to do next.
            """
    )

    @Argument(help: "The data folder to make (default: the one of --data).", completion: .directory)
    var folder: String?

    @Option(name: .long, help: ArgumentHelp("The server's identifier, kept byte for byte.", valueName: "url"))
    var issuer: String?

    @Option(name: .customLong("env"), help: "Test or production.")
    var environment: ServerConfiguration.Environment?

    @Flag(name: .long, help: "Fill it with issuers, organisations, scopes and clients, all made up.")
    var demo = false

    @Flag(name: .long, help: "Set aside whatever is in the folder already.")
    var force = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        guard !demo else {
            if environment == .prod { throw ValidationError("--demo makes a test environment.") }
            return
        }
        if issuer == nil { throw ValidationError("Missing expected argument '--issuer <url>'") }
        if environment == nil { throw ValidationError("Missing expected argument '--env <env>'") }
    }

    func run() async throws {
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
        try installation.store.close()
        try options.print(
            Record(
                "installation",
                [
                    .init("data", path),
                    .init("issuer", issuer),
                    .init("environment", environment.rawValue),
                    .init("signing_key", installation.signingKey.id),
                    .init("set_aside", installation.setAside),
                ]
            )
        )
        options.note(nextCommands(path))
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
