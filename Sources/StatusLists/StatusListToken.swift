public import JOSE
public import Vocabulary

/// A published status list: the claims of a JWT of type `statuslist+jwt` (Token Status List draft, §5.1).
public struct StatusListToken: Sendable, Hashable {
    /// The header's `typ`, in the spelling that comparisons use.
    public static let type = "statuslist+jwt"

    /// The media type of the answer.
    public static let mediaType = "application/statuslist+jwt"

    /// `sub`: the URI that tokens refer to it by.
    public let uri: String
    /// `iat`.
    public let issuedAt: Timestamp
    /// `exp`: nobody may rely on it from then on.
    public let expires: Timestamp?
    /// `ttl`: how long a copy may be used before another one is fetched.
    public let timeToLive: Seconds?
    /// The statuses.
    public let list: StatusList

    /// A list to publish.
    public init(uri: String, issuedAt: Timestamp, expires: Timestamp?, timeToLive: Seconds?, list: StatusList) {
        self.uri = uri
        self.issuedAt = issuedAt
        self.expires = expires
        self.timeToLive = timeToLive
        self.list = list
    }

    /// The claims.
    ///
    /// - Parameter aggregation: Where the URIs of all lists are to be had (draft §9.2).
    /// - Returns: the claims in a fixed order.
    public func payload(aggregation: String? = nil) -> JSONObject {
        var status: JSONObject = [
            "bits": .integer(Int64(list.width.rawValue)), "lst": .string(Base64URL.encode(Zlib.deflated(list.bytes))),
        ]
        status["aggregation_uri"] = aggregation.map { .string($0) }
        var payload: JSONObject = ["sub": .string(uri), "iat": .integer(issuedAt.seconds)]
        payload["exp"] = expires.map { .integer($0.seconds) }
        payload["ttl"] = timeToLive.map { .integer($0.count) }
        payload["status_list"] = .object(status)
        return payload
    }

    /// Why claims are no status list.
    public enum Fault: Error, Equatable, Sendable {
        /// A claim is missing or malformed.
        case claim(String)
        /// The statuses cannot be unpacked.
        case packing
        /// More statuses would be unpacked than allowed.
        case tooLarge
    }

    /// Reads the claims of a list whose signature holds; times are left to the caller.
    ///
    /// - Parameters:
    ///   - payload: The claims.
    ///   - maximumSize: How many bytes of statuses are taken at most, whatever the packed form is.
    /// - Throws: ``Fault``.
    public init(payload: JSONObject, maximumSize: Int) throws(Fault) {
        guard let uri = payload["sub"]?.string else { throw .claim("sub") }
        guard let issuedAt = payload["iat"]?.number?.flooredNumericDate else { throw .claim("iat") }
        let expires = try Self.number("exp", in: payload)
        let timeToLive = try Self.number("ttl", in: payload)
        // Draft §5.1: a positive number.
        if let timeToLive, timeToLive <= 0 { throw .claim("ttl") }
        guard let status = payload["status_list"]?.object else { throw .claim("status_list") }
        guard let bits = status["bits"]?.integer,
            let width = Int(exactly: bits).flatMap(StatusList.Width.init(rawValue:))
        else { throw .claim("bits") }
        guard let text = status["lst"]?.string, let packed = try? Base64URL.decode(text) else { throw .claim("lst") }
        let bytes: [UInt8]
        do throws(Zlib.Fault) {
            bytes = try Zlib.inflated(packed, upTo: maximumSize)
        } catch {
            throw error == .tooLarge ? .tooLarge : .packing
        }
        self.init(
            uri: uri,
            issuedAt: Timestamp(seconds: issuedAt),
            expires: expires.map { Timestamp(seconds: $0) },
            timeToLive: timeToLive.map { Seconds($0) },
            list: StatusList(bytes: bytes, width: width)
        )
    }

    private static func number(_ name: String, in payload: JSONObject) throws(Fault) -> Int64? {
        guard let value = payload[name] else { return nil }
        guard let number = value.number?.flooredNumericDate else { throw .claim(name) }
        return number
    }
}

extension StatusListToken.Fault: CustomStringConvertible {
    /// What is wrong, in a few words.
    public var description: String {
        switch self {
        case .claim(let name): "its `\(name)` is missing or malformed"
        case .packing: "its statuses cannot be unpacked"
        case .tooLarge: "it is larger than allowed"
        }
    }
}
