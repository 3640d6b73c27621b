import HTTPTypes
public import Hummingbird
import NIOCore
import NIOHTTP1
public import TokenIssuance

/// Collects whole bodies, within limits, before anything in them is parsed.
public enum RequestBodyReading {
    /// Whether the request says that its body is larger than `limit` bytes.
    public static func declaresMore(than limit: Int, _ request: Request) -> Bool {
        declaredLength(of: request).map { $0 > limit } ?? false
    }

    private static func declaredLength(of request: Request) -> Int? {
        request.headers.value(of: .contentLength).flatMap(Int.init)
    }

    /// The body.
    ///
    /// What waits for the rest of a body counts against what `admission` lets wait, of all and of the one address; a body that
    /// comes at once never does.
    ///
    /// - Throws: `Refusal.bodyTooLarge`; `Refusal.formMalformed` when the peer went away in the middle of it;
    ///   `Unavailable.queueFull` when too much waits already.
    public static func collect(
        _ request: Request,
        from trace: RequestTrace,
        upTo limit: Int,
        admission: Admission
    ) async throws -> [UInt8] {
        let declared = declaredLength(of: request)
        guard declared ?? 0 <= limit else { throw Refusal.bodyTooLarge(limit: limit) }
        var body: [UInt8] = []
        var held = 0
        var address: PeerAddress?
        defer { if held > 0 { admission.release(held, of: address) } }
        do {
            for try await part in request.body {
                guard body.count + part.readableBytes <= limit else { throw Refusal.bodyTooLarge(limit: limit) }
                body.append(contentsOf: part.readableBytesView)
                guard body.count != declared else { continue }
                if held == 0 { address = PeerAddress(parsing: trace.remoteAddress) }
                guard admission.hold(body.count - held, of: address) else { throw Unavailable.queueFull }
                held = body.count
            }
            return body
        } catch let refusal as Refusal {
            throw refusal
        } catch let unavailable as Unavailable {
            throw unavailable
        } catch let error as HTTPParserError {
            throw error
        } catch {
            // Nobody will read the answer, and it is no fault of ours.
            throw Refusal.formMalformed
        }
    }
}
