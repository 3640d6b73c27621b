import Testing

@testable import portvakt

@Suite("portvakt demo consumer")
struct DemoConsumerTests {
    @Test(arguments: [
        ["--rate", "0"], ["--rate", "1001"], ["--duration", "0s"], ["--duration", "2h"], ["--duration", "soon"],
    ])
    func `a pace that nobody can keep is wrong usage`(arguments: [String]) async throws {
        let run = await CommandLineRun.of("demo", "consumer", arguments[0], arguments[1], "--json")
        #expect(run.status == .usage)
        let message = try #require(try run.error["message"] as? String)
        #expect(message.contains(arguments[0]))
    }

    @Test func `without a client it says what to give`() async throws {
        let run = await CommandLineRun.of("demo", "consumer", "--json")
        #expect(run.status == .usage)
        #expect(try (run.error["hint"] as? String)?.contains("--env-file") == true)
    }

    @Test func `the tally counts failures by kind and ranks latencies`() {
        var tally = SteadyConsumer.Tally()
        #expect(tally.latency(of: 0.5) == nil)
        tally.latencies = (1...100).shuffled()
        tally.failures = ["the API answered 503": 2, "no token: MP-012": 1]
        #expect(tally.failed == 3)
        #expect(tally.latency(of: 0.5) == 51)
        #expect(tally.latency(of: 0.99) == 100)
        #expect(tally.latency(of: 1) == 100)
    }
}
