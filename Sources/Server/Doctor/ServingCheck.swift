import AsyncHTTPClient
import Fetching
import HTTPServer
import JOSE
import NIOCore
import NIOHTTP1
import SQLiteStorage
import TokenIssuance
import Vocabulary

/// Whether the server that runs on the folder tells clients what the installation says: metadata, keys, time.
///
/// It is asked under the issuer's URL, as clients do.
struct ServingCheck: DoctorCheck {
    /// How far the server's clock may be from ours.
    private static let tolerance: Int64 = 5
    private static let timeout = Duration.seconds(5)
    private static let limit = 1_048_576

    func findings(_ scene: DoctorScene) async -> [Finding] {
        guard scene.asksOthers, let configuration = scene.configuration else { return [] }
        let folder = DataFolder(path: scene.dataFolder)
        guard (try? ServeLock.isHeldByAnother(on: folder)) == true else {
            return [Finding("server", .green, "none runs on the folder now: what it would answer is not looked at")]
        }
        let metadata: HTTPAnswer
        let keys: HTTPAnswer
        do throws(HTTPFault) {
            metadata = try await Self.fetch(configuration.issuer.endpoint(".well-known/oauth-authorization-server"))
            keys = try await Self.fetch(configuration.issuer.endpoint("jwk"))
        } catch {
            return [
                Finding(
                    "server",
                    configuration.issuer.rawValue,
                    .red,
                    "it holds the folder and does not answer: \(error)",
                    remedy: "look at its log; the issuer must be where clients reach it"
                )
            ]
        }
        return Self.comparison(of: metadata, with: configuration) + Self.comparison(of: keys, with: scene)
            + Self.time(of: metadata, at: scene.now)
    }

    private static func fetch(_ url: String) async throws(HTTPFault) -> HTTPAnswer {
        try await HTTPExchange().send(HTTPClientRequest(url: url), within: timeout, readingUpTo: limit)
    }

    private static func comparison(
        of answer: HTTPAnswer,
        with configuration: ServerConfiguration
    ) -> [Finding] {
        let expected = configuration.metadata.document
        guard answer.status == 200, let served = try? JSONValue(parsing: answer.body).object else {
            return [
                Finding(
                    "server",
                    "metadata",
                    .red,
                    "it answers \(answer.status) and no metadata",
                    remedy: "the issuer leads to another program"
                )
            ]
        }
        let differing = expected.members.filter { served[$0.name] != $0.value }.map { "`\($0.name)`" }
        guard differing.isEmpty else {
            return [
                Finding(
                    "server",
                    "metadata",
                    .yellow,
                    "it runs with another configuration: \(differing.joined(separator: ", ")) differ",
                    remedy: "restart it"
                )
            ]
        }
        return [Finding("server", "metadata", .green, "it is what the configuration says")]
    }

    private static func comparison(of answer: HTTPAnswer, with scene: DoctorScene) -> [Finding] {
        guard let records = try? scene.store?.read({ try $0.signingKeys() }) else { return [] }
        let expected = Set(records.filter { $0.state(at: scene.now) != .retired }.map(\.id.rawValue))
        let served = (try? JSONValue(parsing: answer.body).object?["keys"]?.array)?.compactMap {
            $0.object?["kid"]?.string
        }
        guard answer.status == 200, let served else {
            return [
                Finding(
                    "server",
                    "jwks",
                    .red,
                    "it answers \(answer.status) and no key set",
                    remedy: "look at its log"
                )
            ]
        }
        guard Set(served) == expected else {
            let missing = expected.subtracting(served).union(Set(served).subtracting(expected)).sorted()
            return [
                Finding(
                    "server",
                    "jwks",
                    .red,
                    "keys are published by only one of server and store: \(missing.joined(separator: ", "))",
                    remedy: "look at its log: a key file may be missing or open to others"
                )
            ]
        }
        return [Finding("server", "jwks", .green, "all \(expected.count) keys are published")]
    }

    private static func time(of answer: HTTPAnswer, at now: Timestamp) -> [Finding] {
        let text = answer.headers.first { $0.name.lowercased() == "date" }?.value
        guard let text, let served = Timestamp(parsingHTTPDate: text) else { return [] }
        let difference = served.seconds - now.seconds
        guard abs(difference) > tolerance else {
            return [Finding("server", "clock", .green, "it is within \(tolerance) s of this machine's")]
        }
        return [
            Finding(
                "server",
                "clock",
                .yellow,
                "it is \(abs(difference)) s \(difference > 0 ? "ahead of" : "behind") this machine's",
                remedy: "synchronise both clocks (NTP)"
            )
        ]
    }
}
