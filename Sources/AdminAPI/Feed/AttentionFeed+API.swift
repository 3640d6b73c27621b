import Administration
import Attention
import HTTPServer
import HTTPTypes
import LibCrypto
import Vocabulary

// What operators must not miss, as an Atom feed.
extension AdminAPI {
    static var attentionFeed: [Operation<Store>] {
        var description = OperationDescription(summary: "What wants attention, as an Atom feed (RFC 4287).")
        description.text = """
            With `portvakt:operator` all of it, with `idporten:dcr.read` what concerns the caller's organisation. An entry keeps \
            its `id` while the thing lasts; what was resolved stays for 30 days.
            """
        description.parameters = [
            .header("If-None-Match", .text(), "The `ETag` of the feed as it is known: 304 when it is the same.")
        ]
        description.answers = [
            .init(
                200,
                "The feed.",
                .text(),
                mediaType: AttentionFeed.mediaType,
                fields: [("ETag", "Changes when the feed does.")]
            ),
            .status(304),
        ]
        return [
            Operation(
                .get,
                "/api/portvakt/v1/feeds/attention",
                .attentionFeed,
                .anyOf(.installationOperator, .clientsRead),
                description,
                feed
            )
        ]
    }

    private static func feed(_ call: Call<Store>) async throws -> APIAnswer {
        let viewer = call.token.holds(.installationOperator) ? nil : call.token.consumer
        let (records, created) = try await call.read { reader in
            (try reader.attentionRecords(), try reader.setting("created").flatMap { Timestamp(parsing: $0) })
        }
        let feed = AttentionFeed(address: call.address, base: call.settings.issuer.rawValue, viewer: viewer)
        let bytes = Array(feed.document(records, beginning: created ?? Timestamp(seconds: 0)).utf8)
        let digest = HashFunction.sha256.digest(bytes).prefix(16)
        let tag = "\"" + digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
        // RFC 9110 §13.1.2: compared weakly, so that a cache on the way may have marked it.
        let known = (call.headers[.ifNoneMatch] ?? "").split(separator: ",").map { $0.trimmed(of: "W/") }
        guard !known.contains(tag), !known.contains("*") else { return .notModified(tag: tag) }
        return .document(bytes, type: AttentionFeed.mediaType, tag: tag)
    }
}

extension EndpointName {
    static let attentionFeed = EndpointName("attention_feed")
}

extension Substring {
    /// The text without spaces around it and without a prefix.
    fileprivate func trimmed(of prefix: String) -> String {
        var text = self
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return String(text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text)
    }
}
