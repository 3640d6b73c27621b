internal import JOSE
internal import Vocabulary

/// What an entry's body says, read back.
public struct LedgerContent: Sendable, Hashable {
    /// Where the body says that it stands.
    public let position: LedgerPosition
    /// The random bytes, at least ``LedgerEntry/saltLength`` of them.
    public let salt: [UInt8]
    /// What happened.
    public let event: LedgerEvent
    /// The claims made with it.
    public let claims: ClaimBytes

    /// Why a body cannot be read.
    public enum ReadError: Error, Hashable, Sendable {
        /// It is not JSON.
        case json(String)
        /// A member is missing or of another form.
        case member(String)
        /// Written by a later version of this program.
        case version(Int64)
    }

    /// Reads a body.
    ///
    /// - Throws: `ReadError`.
    public init(parsing body: [UInt8]) throws(ReadError) {
        let value: JSONValue
        do { value = try JSONValue(parsing: body) } catch { throw .json("\(error)") }
        guard let object = value.object else { throw .json("not an object") }
        let members = LedgerMembers(object: object)
        let version = try members.required("v") { $0.integer }
        guard version == 1 else { throw .version(version) }
        position = LedgerPosition(
            node: try members.required("node") { $0.string },
            sequence: try members.required("sequence") { $0.integer }
        )
        salt = try members.required("salt") { $0.string.flatMap { try? Base64URL.decode($0) } }
        claims =
            try members.optional("claims") {
                $0.string.flatMap { try? Base64URL.decode($0) }.flatMap { ClaimBytes(bytes: $0) }
            } ?? ClaimBytes([])
        event = try LedgerEvent(reading: members)
    }
}

/// The members of a body, each wanted in one form.
struct LedgerMembers {
    let object: JSONObject

    func required<Value>(
        _ name: String,
        _ read: (JSONValue) -> Value?
    ) throws(LedgerContent.ReadError) -> Value {
        guard let value = object[name].flatMap(read) else { throw .member(name) }
        return value
    }

    func optional<Value>(
        _ name: String,
        _ read: (JSONValue) -> Value?
    ) throws(LedgerContent.ReadError) -> Value? {
        guard let value = object[name] else { return nil }
        guard let read = read(value) else { throw .member(name) }
        return read
    }

    func optional(object name: String) throws(LedgerContent.ReadError) -> LedgerMembers? {
        try optional(name) { $0.object.map { LedgerMembers(object: $0) } }
    }
}
