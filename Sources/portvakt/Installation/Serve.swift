import ArgumentParser
import DemoWorld
import Foundation
import Logging
import NIOCore
import Operations
import Server
import ServiceLifecycle
import UnixSignals

/// `portvakt serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the server.",
        discussion: """
            Reads `portvakt.yaml` in the data folder; environment variables (PORTVAKT_…) and these flags take precedence. \
            SIGTERM and SIGINT end it in order: not ready, then no new connections, then no requests in flight.
            """
    )

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Option(name: .long, help: ArgumentHelp("Another configuration file.", valueName: "file"), completion: .file())
    var config: String?

    @Option(name: .long, help: ArgumentHelp("Where the public listener listens.", valueName: "host:port"))
    var listen: String?

    @Option(name: .long, help: ArgumentHelp("Where the admin listener listens.", valueName: "host:port"))
    var adminListen: String?

    @Option(name: .long, help: ArgumentHelp("The certificate chain of TLS, PEM.", valueName: "file"))
    var tlsCert: String?

    @Option(name: .long, help: ArgumentHelp("The private key of TLS, PEM, mode 0600.", valueName: "file"))
    var tlsKey: String?

    @Flag(name: .long, help: "Plain HTTP is allowed: a proxy in front speaks TLS.")
    var behindTlsProxy = false

    @Option(name: .long, help: ArgumentHelp("Where `/metrics` has a listener of its own.", valueName: "host:port"))
    var metricsListen: String?

    @Option(name: .long, help: ArgumentHelp("How long to serve on after the signal.", valueName: "duration"))
    var drainDelay: String?

    @Option(name: .long, help: ArgumentHelp("What is logged, to stderr.", valueName: "level"))
    var logLevel: String?

    @Option(
        name: .long,
        help: ArgumentHelp("How many threads serve connections (default: one a core).", valueName: "n")
    )
    var workers: Int?

    @Flag(name: .long, help: "For trying out: refuse to start unless all listeners are on loopback, in plain HTTP.")
    var dev = false

    func validate() throws {
        if let workers, !(1...256).contains(workers) { throw ValidationError("--workers is 1 to 256.") }
        if dev, tlsCert != nil || tlsKey != nil || behindTlsProxy {
            throw ValidationError("--dev is for plain HTTP on loopback, without TLS or a proxy that speaks it.")
        }
    }

    func run() async throws {
        try options.requireDataFolder()
        // Before anything listens: the loops are made at their first use.
        if let workers { NIOSingletons.groupLoopCountSuggestion = workers }
        let configuration: ServerConfiguration
        do throws(ConfigurationFaults) {
            configuration = try ServerConfiguration(inputs)
        } catch {
            throw refusal("configuration_invalid", "the configuration is not valid", error.faults.map(\.description))
        }
        if dev { try demandLoopback(configuration) }
        var logger = Logger(label: "portvakt") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = configuration.logLevel
        do {
            let server = try PortvaktServer(
                configuration,
                signals: [.sigterm, .sigint],
                version: Version.number,
                companions: try demoResponder(beside: configuration, logger: logger),
                logger: logger
            )
            options.note("portvakt \(Version.number)\n" + server.banner.text)
            let scheme = configuration.tls == nil ? "http" : "https"
            try await server.run { ports in
                options.note("ready: \(scheme)://\(configuration.listen.host):\(ports.public) (admin \(ports.admin))")
            }
            options.note("ended in order")
        } catch let error as StartFaults {
            throw refusal("start_refused", "the server did not start", error.faults)
        }
    }

    /// A demo world's issuers answer about their certificates as long as its server runs.
    private func demoResponder(beside configuration: ServerConfiguration, logger: Logger) throws -> [any Service] {
        guard configuration.environment == .test,
            let authorities = try DemoAuthorities(dataFolder: configuration.dataFolder)
        else { return [] }
        return [DemoResponder(authorities, logger: logger)]
    }

    private func demandLoopback(_ configuration: ServerConfiguration) throws {
        var faults = [configuration.listen, configuration.adminListen, configuration.metricsListen].compactMap(\.self)
            .filter { !$0.isLoopback }.map { "`\($0)` is not on loopback" }
        if configuration.tls != nil { faults.append("TLS is configured") }
        if configuration.isBehindTLSProxy { faults.append("a proxy that speaks TLS is configured") }
        guard faults.isEmpty else { throw refusal("not_for_trying_out", "`--dev` does not start this", faults) }
    }

    private var inputs: ConfigurationInputs {
        var flags: [ConfigurationKey: String] = [:]
        flags[.listen] = listen
        flags[.adminListen] = adminListen
        flags[.tlsCertificate] = tlsCert
        flags[.tlsKey] = tlsKey
        flags[.behindTLSProxy] = behindTlsProxy ? "true" : nil
        flags[.metricsListen] = metricsListen
        flags[.drainDelay] = drainDelay
        flags[.logLevel] = logLevel
        return ConfigurationInputs(
            dataFolder: options.data,
            file: config,
            flags: flags,
            environment: Console.current.surroundings.environment
        )
    }

    /// All faults, a line each, and then that nothing was started; JSON has them in `details`.
    private func refusal(_ code: String, _ message: String, _ faults: [String]) -> CLIError {
        let isForPeople = options.rendering.format == .table || options.rendering.format == .tsv
        if isForPeople {
            for fault in faults {
                Console.current.writeError(options.styledForErrors("fault:", .bad) + " " + visible(fault) + "\n")
            }
        }
        return CLIError(
            code,
            message + (faults.count == 1 ? "" : ": \(faults.count) faults"),
            details: isForPeople ? [] : [.init("faults", faults)]
        )
    }
}
