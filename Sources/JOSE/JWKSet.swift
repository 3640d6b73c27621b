/// Why a text is no key set, or no key.
public enum JWKSetError: Error, Equatable, Sendable {
    /// Not strict JSON.
    case json(JSONError)
    /// JSON, but no object.
    case notAnObject
    /// No member `keys` that is an array of objects (RFC 7517 §5.1).
    case noKeys
    /// The key at this index cannot be used.
    case key(index: Int, keyID: String?, JWKError)
    /// Two keys have the same `kid`: which one is meant would be a guess.
    case duplicateKeyID(String)
}

extension JWKSetError: CustomStringConvertible {
    /// One line for whoever made the set.
    public var description: String {
        switch self {
        case .json(let error): "not strict JSON: \(error)"
        case .notAnObject: "not a JSON object"
        case .noKeys: "no member `keys` that is an array of objects"
        case .key(let index, let keyID, let error):
            keyID.map { "key `\($0)`: \(error)" } ?? "key \(index): \(error)"
        case .duplicateKeyID(let keyID): "two keys have the `kid` `\(keyID)`"
        }
    }
}

/// A set of public keys (RFC 7517 §5).
public struct JWKSet: Sendable, Hashable {
    /// The keys in order.
    public let keys: [JWK]

    /// Wraps keys.
    ///
    /// - Throws: `JWKSetError.duplicateKeyID`.
    public init(_ keys: [JWK]) throws(JWKSetError) {
        if let twice = Self.repeated(keys.compactMap(\.keyID)).min() { throw .duplicateKeyID(twice) }
        self.keys = keys
    }

    /// Reads a set of which every key must be usable, as a client registers it.
    ///
    /// - Throws: `JWKSetError`.
    public init(parsing object: JSONObject) throws(JWKSetError) {
        var keys: [JWK] = []
        for (index, member) in try Self.members(of: object).enumerated() {
            do throws(JWKError) {
                keys.append(try JWK(parsing: member))
            } catch {
                throw .key(index: index, keyID: member["kid"]?.string, error)
            }
        }
        try self.init(keys)
    }

    /// Reads a set from a text, as ``init(parsing:)-(JSONObject)`` does.
    ///
    /// - Throws: `JWKSetError`.
    public init(parsing text: some Collection<UInt8>) throws(JWKSetError) {
        try self.init(parsing: Self.object(text))
    }

    /// The key of that name.
    public func key(_ keyID: String) -> JWK? { keys.first { $0.keyID.map { hasSameBytes($0, keyID) } ?? false } }

    /// The set as a JSON object, public members alone.
    public var object: JSONObject { ["keys": .array(keys.map { .object($0.object) })] }

    /// The set as UTF-8.
    public func encoded() -> [UInt8] { object.encoded() }

    static func object(_ text: some Collection<UInt8>) throws(JWKSetError) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: text) } catch { throw .json(error) }
        guard case .object(let object) = value else { throw .notAnObject }
        return object
    }

    private static func members(of object: JSONObject) throws(JWKSetError) -> [JSONObject] {
        guard let elements = object["keys"]?.array else { throw .noKeys }
        let members = elements.compactMap(\.object)
        guard members.count == elements.count else { throw .noKeys }
        return members
    }

    private static func repeated(_ keyIDs: [String]) -> Set<String> {
        var seen: Set<String> = []
        return Set(keyIDs.filter { !seen.insert($0).inserted })
    }
}

// MARK: Sets of others

extension JWKSet {
    /// A key of somebody else's set that was left out.
    public struct Skipped: Sendable, Equatable {
        /// Why.
        public enum Reason: Sendable, Equatable {
            /// It cannot be used.
            case unusable(JWKError)
            /// Another has the same `kid`; neither is used.
            case duplicateKeyID
        }

        /// Its place in the set.
        public let index: Int
        /// Its `kid`, if it is a text.
        public let keyID: String?
        /// Why.
        public let reason: Reason

        /// A key at a place, with the reason.
        public init(index: Int, keyID: String?, reason: Reason) {
            self.index = index
            self.keyID = keyID
            self.reason = reason
        }
    }

    /// Reads the set of another party, leaving out what cannot be used (RFC 7517 §5: unknown keys should be ignored).
    ///
    /// - Throws: `JWKSetError.json`, `.notAnObject`, `.noKeys`.
    /// - Returns: the usable keys, and the others with the reason.
    public static func readingUsable(
        from text: some Collection<UInt8>
    ) throws(JWKSetError) -> (set: JWKSet, skipped: [Skipped]) {
        let members = try members(of: object(text))
        let twice = repeated(members.compactMap { $0["kid"]?.string })
        var keys: [JWK] = []
        var skipped: [Skipped] = []
        for (index, member) in members.enumerated() {
            let keyID = member["kid"]?.string
            if let keyID, twice.contains(keyID) {
                skipped.append(Skipped(index: index, keyID: keyID, reason: .duplicateKeyID))
                continue
            }
            do throws(JWKError) {
                keys.append(try JWK(parsing: member))
            } catch {
                skipped.append(Skipped(index: index, keyID: keyID, reason: .unusable(error)))
            }
        }
        return (try JWKSet(keys), skipped)
    }
}
