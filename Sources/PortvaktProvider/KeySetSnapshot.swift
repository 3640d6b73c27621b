public import JOSE

/// What a remote key set knows at a moment.
public struct KeySetSnapshot: Sendable, Hashable {
    /// How well tokens can be verified.
    public enum Health: String, Sendable {
        /// The keys are within their lifetime.
        case ready
        /// The issuer's keys cannot be read, and the known ones serve past their lifetime.
        case degraded
        /// There are no keys: every token is answered by 503.
        case unavailable
    }

    /// The identifiers of the known keys.
    public let keyIDs: [String]
    /// How old the reading is; nil when there is none.
    public let age: Duration?
    /// Whether the reading is within its lifetime; false means that an outage is being lived through.
    public let isFresh: Bool
    /// Whether an attempt would come too early.
    public let isCoolingDown: Bool
    /// Why the last attempt failed; nil after a good one.
    public let lastFault: String?

    /// How well tokens can be verified.
    public var health: Health { age == nil ? .unavailable : isFresh ? .ready : .degraded }

    /// The snapshot as the body of a health endpoint, all of it fit to be shown to operators.
    public var json: JSONObject {
        [
            "status": .string(health.rawValue), "keys": .strings(keyIDs),
            "age_seconds": age.map { .integer($0.components.seconds) } ?? .null, "fresh": .bool(isFresh),
            "cooling_down": .bool(isCoolingDown), "last_error": lastFault.map { .string($0) } ?? .null,
        ]
    }
}
