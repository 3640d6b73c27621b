import ArgumentParser
import FoundationEssentials
import JOSE
import Logging
import PortvaktClient
import Server
import Vocabulary

/// `portvakt demo portal`.
struct DemoPortal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portal",
        abstract: "Run the portal of the demo world, on which its made-up persons answer requests.",
        discussion: """
            The page that `confirmUrl` and `viewUri` lead to: it shows a request for a system user or a consent, and lets a \
            person of the demo world approve, refuse or revoke it. Whoever opens it chooses who to be; nobody logs in. It is \
            a client of the server like any other: it gets a token with altinn:portal/enduser and the person's number, bound to \
            a key by DPoP, and calls the admin listener. It listens where `portal_url` says, on loopback only.
            """
    )

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireDataFolder()
        let folder = options.data
        let configuration: ServerConfiguration
        do {
            configuration = try ServerConfiguration(
                ConfigurationInputs(dataFolder: folder, environment: Console.current.surroundings.environment)
            )
        } catch {
            throw CLIError.usage("`\(folder)` cannot be read: \(error)")
        }
        guard let portalURL = configuration.portalURL, let portal = try? Issuer(parsing: portalURL),
            let address = try? ListenAddress(parsing: portal.authority), address.isLoopback
        else { throw CLIError.usage("`portal_url` is not set, or is not on loopback") }
        let environment = try EnvironmentFile(reading: "\(folder)/demo/clients/portal/.env").variables
        var client: ClientConfiguration
        do throws(ConfigurationError) { client = try .fromEnvironment(environment) } catch {
            throw CLIError.usage("the portal's client is not configured: \(error.faults.joined(separator: "; "))")
        }
        // Whoever stole a portal's token could act as a person: it is bound to a key that only this process has.
        do throws(KeyLoadingError) { client.dpop = try .ephemeral() } catch {
            throw CLIError("key_unusable", "no key could be made: \(error)")
        }
        let persons = try DemoPerson.read("\(folder)/demo/world.json")
        var logger = Logger(label: "demo-portal") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let site = DemoPortalSite(
            address: address,
            persons: persons,
            api: DemoPortalAPI(tokens: TokenClient(client, logger: logger), adminURL: configuration.adminURL)
        )
        try await site.run(logger: logger) { options.note("ready: \(portalURL)") }
    }
}

/// A made-up person of the demo world, with a number that nobody has (month + 80).
struct DemoPerson: Sendable {
    let name: String
    /// What the person is where, in the register's codes.
    let part: String
    let number: PersonIdentifier

    /// The persons of `demo/world.json`.
    static func read(_ path: String) throws(CLIError) -> [DemoPerson] {
        let text = try InputFile.readText(path)
        let elements = (try? JSONValue(parsing: text))?["persons"]?.array ?? []
        let persons = elements.compactMap { element -> DemoPerson? in
            guard let name = element["name"]?.string,
                let number = element["national_identity_number"]?.string.flatMap(PersonIdentifier.init(parsing:))
            else { return nil }
            let roles = (element["roles"]?.array ?? []).map { role in
                "\(role["role"]?.string ?? "") · \(role["organisation"]?.string ?? "")"
            }
            return DemoPerson(name: name, part: roles.joined(separator: ", "), number: number)
        }
        guard !persons.isEmpty, persons.count == elements.count else {
            throw CLIError.usage("`\(path)` is no list of the demo world's persons")
        }
        return persons
    }
}
