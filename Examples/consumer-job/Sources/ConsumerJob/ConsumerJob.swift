import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PortvaktClient

/// Calls an API at intervals, each time with a token that is good at that moment.
///
/// Which token it is, and when it is renewed, is the library's business: the job asks before each call.
@main
enum ConsumerJob {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let url = environment["API_URL"] else { fail("`API_URL` names no API to call") }
        let calls = environment["CALLS"].flatMap(Int.init) ?? 1
        let pause = environment["PAUSE_SECONDS"].flatMap(Double.init) ?? 1

        let configuration: ClientConfiguration
        do { configuration = try ClientConfiguration.fromEnvironment() } catch { fail("\(error)") }
        guard let request = configuration.defaultRequest else { fail("`MASKINPORTEN_SCOPES` names no scope") }
        let tokens = TokenClient(configuration)
        let api = AuthorizedHTTPClient(.shared, tokens: tokens, request: request)

        for call in 1...calls {
            do {
                let response = try await api.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
                let body = try await response.body.collect(upTo: 1024 * 1024)
                let token = try await tokens.token(for: request)
                print("call \(call): \(response.status.code), token until \(token.expiresAt), \(String(buffer: body))")
                guard response.status == .ok else { fail("the API answered \(response.status.code)") }
            } catch let error as TokenError {
                // Code, reason and trace id of the server, and what to do.
                fail("no token: \(error)")
            }
            if call < calls { try await Task.sleep(for: .seconds(pause)) }
        }
    }

    private static func fail(_ reason: String) -> Never {
        FileHandle.standardError.write(Data("consumer-job: \(reason)\n".utf8))
        exit(1)
    }
}
