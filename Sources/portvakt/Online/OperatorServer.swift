import AsyncHTTPClient
import Foundation
import JOSE
import NIOCore
import NIOHTTP1
import Operations
import PortvaktClient
import Vocabulary

/// A server's operator API, as the command line asks it: with a token of the context's client, got for this command.
///
/// Tokens are kept in memory and end with the process: there is nothing on the disk that could be taken.
struct OperatorServer: Sendable {
    /// The scope of the operator API.
    static let scope = "portvakt:operator"
    /// The largest answer, in bytes.
    private static let maximumAnswer = 256 * 1_024 * 1_024

    private let context: ServerContext
    private let http: AuthorizedHTTPClient
    private let patience: Duration

    /// The operator API of a context's server.
    ///
    /// - Throws: `CLIError` for a context that does not say who asks, or a key that cannot be used.
    init(_ context: ServerContext, patience: Duration) throws {
        self.context = context
        self.patience = patience
        http = AuthorizedHTTPClient(
            CommandHTTP.client,
            tokens: try Self.tokens(of: context, patience: patience),
            request: TokenRequest([try ScopeName(parsing: Self.scope)])
        )
    }

    /// The client that a context names, at its issuer.
    static func tokens(of context: ServerContext, patience: Duration) throws(CLIError) -> TokenClient {
        var configuration = try context.clientConfiguration()
        configuration.retry.deadline = patience
        configuration.retry.attemptTimeout = patience
        return TokenClient(configuration, transport: HTTPTokenTransport(CommandHTTP.client))
    }

    /// The answer to an inquiry; where the ledger remembers that it was asked, for a reason that it keeps.
    func answer<Asked: Inquiry>(_ inquiry: Asked, for reason: String?) async throws -> Report {
        guard !Asked.asksInBody else {
            return try await report(posting: inquiry, for: Asked.isRecorded ? reason : nil)
        }
        var request = HTTPClientRequest(url: url(of: inquiry) + Self.query(inquiry.arguments))
        request.headers.add(name: "Accept", value: Report.mediaType)
        return try await report(request)
    }

    /// What came of an act, done for a reason that the ledger keeps.
    func answer(_ act: some OperatorAct, for reason: String?) async throws -> Report {
        try await report(posting: act, for: reason)
    }

    private func report(posting act: some Operations.Operation, for reason: String?) async throws -> Report {
        var request = HTTPClientRequest(url: url(of: act))
        request.method = .POST
        request.headers.add(name: "Accept", value: Report.mediaType)
        request.headers.add(name: "Content-Type", value: "application/json")
        var members = act.arguments.values
        if let reason { members["reason"] = .string(reason) }
        request.body = .bytes(members.encoded())
        return try await report(request)
    }

    private func url(of operation: some Operations.Operation) -> String {
        "\(context.server)api/portvakt/v1/\(type(of: operation).name)"
    }

    /// The arguments as a query; lists are parted by commas.
    private static func query(_ arguments: Arguments) -> String {
        let parts = arguments.values.members.map { member in
            let value =
                switch member.value {
                case .string(let text): text
                case .array(let list): list.compactMap(\.string).joined(separator: ",")
                default: member.value.text()
                }
            return "\(member.name)=\(encoded(value))"
        }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    /// RFC 3986 §2.3: everything but unreserved characters is percent-encoded.
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.map { byte in
            let isUnreserved =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            return isUnreserved
                ? String(UnicodeScalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }

    private func report(_ request: HTTPClientRequest) async throws -> Report {
        let (status, body) = try await send(request)
        let limits = JSONLimits(maximumDepth: 64, maximumBytes: Self.maximumAnswer, maximumMembers: 100_000)
        let answer = try? JSONValue(parsing: body, limits: limits)
        guard (200..<300).contains(status) else { throw CLIError(problem: answer, status: status, from: context) }
        guard let envelope = answer?.object, let report = Report(envelope: envelope) else {
            throw CLIError(
                "answer_unknown",
                "`\(context.server)` answers in a form that this program does not know",
                hint: "compare `portvakt version` here with the server's"
            )
        }
        return report
    }

    private func send(_ request: HTTPClientRequest) async throws -> (status: Int, body: [UInt8]) {
        do {
            let timeout = TimeAmount(patience)
            let response = try await http.execute(request, body: .replayable, timeout: timeout)
            let body = try await response.body.collect(upTo: Self.maximumAnswer)
            return (Int(response.status.code), Array(body.readableBytesView))
        } catch let error as TokenError {
            throw CLIError(notLoggedIn: error, context)
        } catch let error as HTTPClientError where Self.isTimeout(error) {
            throw CLIError(
                "timed_out",
                "`\(context.server)` did not answer in time",
                hint: "give it longer with `--timeout 2m`",
                status: .unreachable
            )
        } catch let error as PlainHTTPError {
            throw CLIError.usage("\(error)")
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw CLIError(
                "server_unreachable",
                "cannot reach `\(context.server)`: \(error)",
                hint: "is it running, and is that its admin listener",
                status: .unreachable
            )
        }
    }

    private static func isTimeout(_ error: HTTPClientError) -> Bool {
        [.deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout]
            .contains(error)
    }
}

extension CLIError {
    /// What a server refused, as if it had been refused here.
    init(problem: JSONValue?, status: Int, from context: ServerContext) {
        let code = problem?["code"]?.string ?? "http_\(status)"
        let exit: ExitStatus =
            switch status {
            case 400 where code == "usage": .usage
            case 401, 403: .notAllowed
            case 408, 502, 503, 504: .unreachable
            case 409, 412: .conflict
            default: .failed
            }
        self.init(
            code,
            problem?["detail"]?.string ?? "`\(context.server)` answers with the status \(status)",
            hint: problem?["hint"]?.string,
            traceID: problem?["trace_id"]?.string,
            details: (problem?["details"]?.object?.members ?? []).map { .init($0.name, $0.value) },
            status: exit
        )
    }

    /// No token was given: who asks is not known, or may not.
    init(notLoggedIn error: TokenError, _ context: ServerContext) {
        self = error.cliError
        guard status == .failed else { return }
        status = .notAllowed
        hint = hint ?? "`portvakt login --context \(context.name)` tells what the client may do"
    }
}
