import JOSE
import Logging

/// Reads an issuer's documents once.
struct KeySetReader: Sendable {
    let location: KeyLocation
    let transport: any KeyTransport
    let options: KeySetOptions
    let clock: any KeySetClock
    let logger: Logger

    /// Reads metadata and keys, both within one `KeySetOptions.timeout` from `startedAt`; what has not changed is not sent
    /// again (RFC 9110 §15.4.5).
    func read(
        after known: KeySetState.Reading?,
        startedAt: Duration,
        chance: Double
    ) async throws(KeyDocumentFault) -> KeySetState.Reading {
        let deadline = startedAt + options.timeout
        let url = try await keysURL(until: deadline)
        // A tag belongs to its URL.
        let comparable = known.flatMap { $0.keysURL == url ? $0 : nil }
        let response = try await fetch(url, entityTag: comparable?.entityTag, until: deadline)
        let keys: IndexedKeys
        if response.status == 304, let comparable, comparable.entityTag != nil {
            keys = comparable.keys
        } else {
            guard response.status == 200 else { throw .status(response.status) }
            keys = try self.keys(in: response.body)
        }
        let told = response.maximumAge ?? options.defaultLifetime
        let lifetime = min(max(told, options.shortestLifetime), options.longestLifetime)
        // Four fifths, give or take a tenth: many instances do not come at once.
        let share = options.renewalShare * (0.9 + 0.2 * chance)
        return KeySetState.Reading(
            keys: keys,
            entityTag: response.header("ETag") ?? (response.status == 304 ? comparable?.entityTag : nil),
            keysURL: url,
            readAt: startedAt,
            lifetime: lifetime,
            renewAt: startedAt + lifetime * share
        )
    }

    private func keysURL(until deadline: Duration) async throws(KeyDocumentFault) -> String {
        guard case .keys(let url) = location else {
            guard let metadata = location.metadata else { throw .form("metadata") }
            let response = try await fetch(metadata.url, entityTag: nil, until: deadline)
            guard response.status == 200 else { throw .status(response.status) }
            return try KeyLocation.keysURL(in: response.body, of: metadata.issuer)
        }
        return url
    }

    private func fetch(
        _ url: String,
        entityTag: String?,
        until deadline: Duration
    ) async throws(KeyDocumentFault) -> KeyResponse {
        let left = deadline - clock.elapsed
        guard left > .zero else { throw .transport(.timedOut) }
        let request = KeyRequest(
            url: url,
            entityTag: entityTag,
            // What the metadata have taken is no longer left for the keys.
            timeout: left,
            maximumSize: options.maximumSize
        )
        do throws(KeyTransportError) {
            let response = try await transport.fetch(request)
            // The transport was told; a limit that matters is checked by whoever needs it.
            guard response.body.count <= options.maximumSize else { throw KeyTransportError.tooLarge }
            return response
        } catch {
            throw .transport(error)
        }
    }

    private func keys(in body: [UInt8]) throws(KeyDocumentFault) -> IndexedKeys {
        let found: (set: JWKSet, skipped: [JWKSet.Skipped])
        do throws(JWKSetError) { found = try JWKSet.readingUsable(from: body) } catch { throw .form("the key set") }
        let count = found.set.keys.count + found.skipped.count
        guard count <= options.maximumKeys else { throw .tooManyKeys(count) }
        for key in found.skipped {
            logger.warning("key_skipped", metadata: ["kid": "\(key.keyID ?? "-")", "reason": "\(key.reason)"])
        }
        return IndexedKeys(found.set.keys)
    }
}
