public import Clients
import JOSE
import LibCrypto
public import Scopes
import Vocabulary

/// One state of something that several administrators may change: two states that look alike have the same version.
public struct EntityVersion: Sendable, Hashable {
    /// 22 letters, digits, `-` and `_`: half a SHA-256, so that nobody makes two states of one version.
    public let text: String

    /// A version as somebody names it.
    public init(naming text: String) { self.text = text }

    init(of value: JSONValue) {
        text = Base64URL.encode(HashFunction.sha256.digest(value.canonical()).prefix(16))
    }
}

/// What a caller believes is there, checked in the very transaction of its act: compare and set.
public enum Precondition: Sendable, Hashable {
    /// Nothing: the last one to write wins.
    case none
    /// That it is there, in whatever state.
    case exists
    /// That it is in one of these states.
    case version([EntityVersion])

    /// Refuses an act on something that is otherwise; `current` is nil where nothing is.
    ///
    /// - Throws: `SelfServiceRefusal.stale`.
    public func check(_ current: EntityVersion?) throws(SelfServiceRefusal) {
        switch self {
        case .none: return
        case .exists: guard current != nil else { throw .stale }
        case .version(let versions): guard let current, versions.contains(current) else { throw .stale }
        }
    }
}

// When it was last changed is no part of a state: a key that came does not make a change of the name stale.

extension Client {
    /// The version of all that a registration sets.
    public var version: EntityVersion { EntityVersion(of: .object(jsonObject.removing(["last_updated"]))) }

    /// The version of its key set.
    public var keySetVersion: EntityVersion {
        EntityVersion(
            of: .array([
                .string(authentication.rawValue),
                .array(
                    keys.sorted { $0.id.rawValue < $1.id.rawValue }
                        .map { [.object($0.jwk.object), .string("\($0.created)")] }
                ),
            ])
        )
    }
}

extension Scope {
    /// The version of all that its owner sets.
    public var version: EntityVersion { EntityVersion(of: .object(jsonObject.removing(["last_updated"]))) }
}

extension AccessRequest {
    /// The version of all that was asked for, and of what was answered.
    public var version: EntityVersion {
        EntityVersion(
            of: .array([
                .string(scope.rawValue), .string("\(consumer)"), .string(state.rawValue), .string(answer ?? ""),
                .array(AccessField.allCases.map { wanted[$0].json ?? .null }),
                .string(wanted.acceptedTermsVersion ?? ""), .string("\(requested)"),
            ])
        )
    }
}

extension ScopeAccess {
    /// The version of all that scope's owner and consumer set.
    public var version: EntityVersion {
        EntityVersion(
            of: .object(
                jsonObject(owner: consumer, ownerName: nil, consumerName: nil).removing(["last_updated", "owner_orgno"])
            )
        )
    }
}
