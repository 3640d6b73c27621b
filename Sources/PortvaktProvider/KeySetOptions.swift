/// How a remote key set is kept fresh, and what it does in an outage.
public struct KeySetOptions: Sendable, Hashable {
    /// What a key set does when it is started as a service and the keys cannot be had.
    public enum Start: Sendable, Hashable {
        /// The service fails, and the API does not start: a wrong issuer is found by the deployment.
        case failFast
        /// The API starts, and answers 503 until the keys are there.
        case lazy
    }

    /// What to do when the keys cannot be had at the start of the service.
    public var start: Start = .failFast
    /// How long a reading is good when the answer does not say (`Cache-Control: max-age`).
    public var defaultLifetime: Duration = .seconds(600)
    /// The shortest lifetime, whatever the answer says.
    public var shortestLifetime: Duration = .seconds(60)
    /// The longest.
    public var longestLifetime: Duration = .seconds(3600)
    /// At which share of the lifetime a reading is renewed behind the requests' back, varied at random by a tenth.
    public var renewalShare: Double = 0.8
    /// How long after its lifetime a reading still serves when no new one can be had; zero for not at all.
    public var staleLimit: Duration = .seconds(3600)
    /// The least time between two readings that unknown keys or failures cause, counted from the attempt, good or bad.
    public var cooldown: Duration = .seconds(30)
    /// The least time between two attempts while there are no keys at all.
    public var pauseWithoutKeys: Duration = .seconds(1)
    /// How long a request waits for a reading.
    public var patience: Duration = .seconds(2)
    /// How long a reading may take, metadata and keys together.
    public var timeout: Duration = .seconds(5)
    /// How large a document may be, in bytes.
    public var maximumSize = 1024 * 1024
    /// How many keys a set may have.
    public var maximumKeys = 100
    /// How many unknown key identifiers are remembered for the cooldown.
    public var rememberedMisses = 1024

    /// What suits an API that must live through an hour without its authorization server.
    public init() {}
}
