import Hummingbird
import Logging

/// Empty routes in the framework that Portvakt's listeners stand on, as the yardstick of what HTTP alone costs:
/// `BareServer PORT`.
@main
enum BareServer {
    static func main() async throws {
        guard let port = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }) else {
            throw Usage()
        }
        let router = Router()
        router.get("empty") { _, _ in HTTPResponse.Status.ok }
        router.post("empty") { request, _ in
            _ = try await request.body.collect(upTo: 64 * 1024)
            return HTTPResponse.Status.ok
        }
        var logger = Logger(label: "bare")
        logger.logLevel = .warning
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            logger: logger
        )
        try await application.runService()
    }

    private struct Usage: Error, CustomStringConvertible {
        var description: String { "usage: BareServer PORT" }
    }
}
