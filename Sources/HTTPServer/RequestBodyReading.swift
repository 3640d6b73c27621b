import HTTPTypes
public import Hummingbird
import NIOCore
import NIOHTTP1
import TokenIssuance

/// Collects whole bodies, within limits, before anything in them is parsed.
public enum RequestBodyReading {
    /// Whether the request says that its body is larger than `limit` bytes.
    public static func declaresMore(than limit: Int, _ request: Request) -> Bool {
        guard let length = request.headers[.contentLength].flatMap(Int.init) else { return false }
        return length > limit
    }

    /// The body.
    ///
    /// - Throws: `Refusal.bodyTooLarge`; `Refusal.formMalformed` when the peer went away in the middle of it.
    public static func collect(_ request: Request, upTo limit: Int) async throws -> [UInt8] {
        guard !declaresMore(than: limit, request) else { throw Refusal.bodyTooLarge(limit: limit) }
        do {
            return Array(buffer: try await request.body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            throw Refusal.bodyTooLarge(limit: limit)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            // Nobody will read the answer, and it is no fault of ours.
            throw Refusal.formMalformed
        }
    }
}
