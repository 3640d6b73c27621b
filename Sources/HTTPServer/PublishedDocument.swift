import HTTPTypes
public import Hummingbird
import NIOCore
import Synchronization
public import Vocabulary

/// A document that many fetch and few change: bytes made beforehand, with their entity tag, replaced whole.
public final class PublishedDocument: Sendable {
    private struct Edition {
        let bytes: [UInt8]
        let body: ByteBuffer
        let fields: HTTPFields
        let entityTag: String
    }

    private let maximumAge: Seconds
    private let mediaType: String
    private let edition: Mutex<Edition>

    /// A document, JSON unless told otherwise, that caches may keep for `maximumAge`.
    public init(_ bytes: [UInt8], maximumAge: Seconds, mediaType: String = "application/json") {
        self.maximumAge = maximumAge
        self.mediaType = mediaType
        edition = Mutex(Self.edition(of: bytes, as: mediaType, maximumAge: maximumAge))
    }

    /// Puts other bytes in place of the present ones; returns whether they differ.
    @discardableResult
    public func replace(with bytes: [UInt8]) -> Bool {
        guard self.bytes != bytes else { return false }
        let next = Self.edition(of: bytes, as: mediaType, maximumAge: maximumAge)
        edition.withLock { $0 = next }
        return true
    }

    /// The present bytes.
    public var bytes: [UInt8] { edition.withLock { $0.bytes } }

    /// The document, or 304 when the caller has it already (RFC 9110 §13.1.2).
    public func response(to request: Request) -> Response {
        let edition = edition.withLock { $0 }
        if let known = request.headers.value(of: .ifNoneMatch), Self.list(known, matches: edition.entityTag) {
            // RFC 9110 §15.4.5: the fields that 200 would have had, without those of a body.
            var fields = edition.fields
            fields[.contentType] = nil
            return Response(status: .notModified, headers: fields)
        }
        return Response(status: .ok, headers: edition.fields, body: ResponseBody(byteBuffer: edition.body))
    }

    private static func edition(of bytes: [UInt8], as mediaType: String, maximumAge: Seconds) -> Edition {
        let entityTag = entityTag(of: bytes)
        return Edition(
            bytes: bytes,
            body: ByteBuffer(bytes: bytes),
            fields: [
                .contentType: mediaType,
                .cacheControl: "public, max-age=\(maximumAge.count)",
                .eTag: entityTag,
            ],
            entityTag: entityTag
        )
    }

    /// A strong entity tag: FNV-1a over bytes that are all ours, so nobody can look for a collision to his gain.
    private static func entityTag(of bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "\"\(String(hash, radix: 16))-\(String(bytes.count, radix: 16))\""
    }

    /// RFC 9110 §13.1.2: `*`, or a list that is compared weakly.
    private static func list(_ field: String, matches entityTag: String) -> Bool {
        field.split(separator: ",").contains { candidate in
            let candidate = candidate.drop { $0 == " " }.prefix { $0 != " " }
            return candidate == "*" || candidate == entityTag || candidate == "W/" + entityTag
        }
    }
}
