import JOSE
import LibCrypto
import StatusLists
import Vocabulary

/// Fetches one list and proves it: signature, type, subject, times, size.
struct StatusListReader: Sendable {
    let issuer: Issuer
    let keys: any KeySource
    let algorithms: Set<JWSAlgorithm>
    let transport: any KeyTransport
    let options: StatusListOptions
    let clock: any WallClock

    /// A list that was proved, and how long it counts from the moment it was asked for.
    struct Reading: Sendable {
        let list: StatusList
        let timeToLive: Duration
        /// `exp`: not used from then on, whatever happens.
        let expires: Timestamp?
        let entityTag: String?
    }

    /// Reads the list at that URI; nil when it has not changed since `known` and that is still in force.
    func read(_ uri: String, after known: Reading?) async throws(StatusListError) -> Reading {
        let request = KeyRequest(
            url: uri,
            entityTag: known?.entityTag,
            timeout: options.timeout,
            maximumSize: options.maximumSize,
            accept: StatusListToken.mediaType
        )
        let response: KeyResponse
        do throws(KeyTransportError) {
            response = try await transport.fetch(request)
        } catch {
            throw .unavailable("\(error)")
        }
        if response.status == 304, let known, known.entityTag != nil {
            guard isInForce(known.expires) else { throw .refused("it has expired, and the issuer has no other") }
            return known
        }
        guard response.status == 200 else { throw .unavailable("the answer has status \(response.status)") }
        guard response.body.count <= options.maximumSize else { throw .unavailable("\(KeyTransportError.tooLarge)") }
        let token = try await proved(response.body)
        // Draft §8.3: whatever is signed for another URI says nothing about this one.
        guard token.uri == uri else { throw .refused("it is another list, `\(token.uri)`") }
        guard isInForce(token.expires) else { throw .refused("it has expired") }
        guard token.issuedAt <= clock.now + Self.tolerance else { throw .refused("its `iat` is ahead of this clock") }
        return Reading(
            list: token.list,
            timeToLive: timeToLive(of: token, in: response),
            expires: token.expires,
            entityTag: response.header("ETag")
        )
    }

    private func proved(_ body: [UInt8]) async throws(StatusListError) -> StatusListToken {
        guard let jws = try? CompactJWS(parsing: body, maximumLength: options.maximumSize),
            let header = try? JOSEHeader(jws.header), header.dangerousMembers.isEmpty
        else { throw .refused("it is no signed JWT") }
        // Draft §5.1, RFC 8725 §3.11: no other JWT of the issuer's keys stands in for a list.
        guard header.normalisedType == StatusListToken.type else {
            throw .refused("its `typ` is not that of a status list")
        }
        guard let algorithm = header.algorithm, algorithms.contains(algorithm) else {
            throw .refused("its `alg` is not one that is taken here")
        }
        let key: JWK
        do throws(KeySourceError) {
            key = try await keys.key(for: header)
        } catch {
            throw .unavailable("\(error)")
        }
        guard key.algorithm.map({ $0 == algorithm }) ?? algorithm.fits(key.publicKey.kind),
            jws.isSigned(by: key.publicKey, algorithm: algorithm)
        else { throw .refused("its signature does not hold") }
        let limits = JSONLimits(maximumBytes: options.maximumSize)
        guard let payload = try? jws.payloadObject(limits: limits) else { throw .refused("its claims cannot be read") }
        do throws(StatusListToken.Fault) {
            return try StatusListToken(payload: payload, maximumSize: options.maximumUnpackedSize)
        } catch {
            throw .refused("\(error)")
        }
    }

    /// Draft §8.3 item 5: no longer than `ttl`; what a cache on the way has used up of it is gone (RFC 9111 §5.1).
    private func timeToLive(of token: StatusListToken, in response: KeyResponse) -> Duration {
        let told =
            token.timeToLive.map { Duration.seconds($0.count) } ?? response.maximumAge ?? options.defaultTimeToLive
        let age = response.header("Age").flatMap { UInt32($0) }.map { Duration.seconds($0) } ?? .zero
        return min(max(told - age, options.shortestTimeToLive), options.longestTimeToLive)
    }

    private func isInForce(_ expires: Timestamp?) -> Bool { expires.map { clock.now < $0 } ?? true }

    private static let tolerance = Seconds(10)
}
