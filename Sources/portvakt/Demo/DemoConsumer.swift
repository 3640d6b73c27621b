import ArgumentParser
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Operations
import PortvaktClient
import Synchronization
import Vocabulary

/// `portvakt demo consumer`.
struct DemoConsumer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consumer",
        abstract: "Call an API at a steady pace, and tell at the end what a consumer saw of its servers.",
        discussion: """
            The counterpart of `demo provider`, built on the client library alone. Rotate keys, restart the server or \
            replace the client's key file meanwhile: no call should fail. Exit 1 when one did. The client comes from \
            --env-file or the environment, as for `token request`.
            """
    )

    @Option(name: .long, help: ArgumentHelp("What is called.", valueName: "url"))
    var api = "http://127.0.0.1:7090/fangst"

    @Option(name: .long, help: ArgumentHelp("Calls per second, at most 1000.", valueName: "number"))
    var rate = 10

    @Option(name: .long, help: ArgumentHelp("How long, as 10s; at most an hour.", valueName: "time"))
    var duration = "10s"

    @Flag(name: .long, help: "Bind the tokens to a key by DPoP, and prove it at each call.")
    var dpop = false

    @OptionGroup(title: "Client and server") var client: TokenClientOptions

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireNoServer()
        let span = try Typed.span(duration, option: "--duration")
        guard (1...1000).contains(rate) else { throw CLIError.usage("`--rate` must be 1 to 1000: `\(rate)`") }
        guard (1...3600).contains(span.count) else {
            throw CLIError.usage("`--duration` must be 1 s to 1 h: `\(duration)`")
        }
        var configuration = try client.configuration()
        if dpop {
            do throws(KeyLoadingError) { configuration.dpop = try .ephemeral() } catch {
                throw CLIError("key_unusable", "no key for DPoP can be made: \(error)")
            }
        }
        guard let request = configuration.defaultRequest else {
            throw CLIError.usage("no scope is asked for", hint: "set `MASKINPORTEN_SCOPES`")
        }
        let consumer = SteadyConsumer(
            api: api,
            http: AuthorizedHTTPClient(.shared, tokens: TokenClient(configuration), request: request)
        )
        options.note("calling \(api), \(rate) times a second for \(span.count) s")
        let tally = await consumer.run(calls: rate * Int(span.count), every: .seconds(1) / rate)
        try options.print(
            Record(
                "demo-consumer",
                [
                    .init("calls", tally.latencies.count), .init("failed", tally.failed),
                    .init("failures", tally.failures.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }),
                    .init("p50_us", tally.latency(of: 0.5)), .init("p99_us", tally.latency(of: 0.99)),
                    .init("highest_us", tally.latency(of: 1)),
                ]
            )
        )
        if tally.failed > 0 { throw CLIError("calls_failed", "\(tally.failed) calls failed") }
    }
}

/// Calls an API whenever a call is due, however long the ones before it take.
struct SteadyConsumer: Sendable {
    /// What came of the calls.
    struct Tally: Sendable {
        /// How often each failure was seen.
        var failures: [String: Int] = [:]
        /// From the moment a call was due to its answer, in microseconds.
        var latencies: [Int] = []

        /// How many calls failed.
        var failed: Int { failures.values.reduce(0, +) }

        /// The latency that so large a share of the calls kept, in microseconds.
        func latency(of share: Double) -> Int? {
            let ordered = latencies.sorted()
            return ordered.isEmpty ? nil : ordered[min(ordered.count - 1, Int(Double(ordered.count) * share))]
        }
    }

    let api: String
    let http: AuthorizedHTTPClient
    private static let timeout = TimeAmount.seconds(15)

    /// Makes so many calls, one each `interval`, and waits for the last answer.
    func run(calls: Int, every interval: Duration) async -> Tally {
        let tally = SharedTally()
        let clock = ContinuousClock()
        let start = clock.now
        await withDiscardingTaskGroup { group in
            for number in 0..<calls {
                let due = start + interval * number
                // Cancelled is how it ends early.
                guard (try? await clock.sleep(until: due)) != nil else { return }
                group.addTask {
                    let failure = await call()
                    let taken = due.duration(to: clock.now)
                    tally.enter(failure, after: Int(taken / .microseconds(1)))
                }
            }
        }
        return tally.whole
    }

    /// The tally while the calls run.
    private final class SharedTally: Sendable {
        private let tally = Mutex(Tally())

        var whole: Tally { tally.withLock { $0 } }

        func enter(_ failure: String?, after microseconds: Int) {
            tally.withLock { tally in
                tally.latencies.append(microseconds)
                if let failure { tally.failures[failure, default: 0] += 1 }
            }
        }
    }

    /// Why a call failed; nil when it did not.
    private func call() async -> String? {
        do {
            let answer = try await http.execute(HTTPClientRequest(url: api), timeout: Self.timeout)
            for try await _ in answer.body {}
            return answer.status == .ok ? nil : "the API answered \(answer.status.code)"
        } catch let error as TokenError {
            return "no token: \(error.code ?? "\(error.kind)")"
        } catch {
            return "no answer: \(error)"
        }
    }
}
