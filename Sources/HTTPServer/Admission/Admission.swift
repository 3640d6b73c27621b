import CoreMetrics
import Synchronization
public import TokenIssuance
public import Vocabulary

/// How much a server lets in: budgets of refusals, and work in progress.
public struct AdmissionLimits: Sendable, Hashable {
    /// What one address may be refused before or at authentication.
    public var addresses: BudgetRate
    /// What one client may be refused after it.
    public var clients: BudgetRate
    /// The most requests of clients in work at once.
    public var maximumRequests: Int
    /// The most bytes of bodies that are only partly there.
    public var maximumPendingBodies = 32 * 1024 * 1024
    /// The most of them from one address.
    public var maximumPendingBodiesOfAddress = 4 * 1024 * 1024
    /// Whether the addresses that requests come from tell peers apart: not behind a proxy that is not believed.
    public var tellsAddressesApart = true

    /// Limits; by default those of `docs/configuration.md`.
    public init(
        addresses: BudgetRate = BudgetRate(perSecond: 200, burst: 2_000),
        clients: BudgetRate = BudgetRate(perSecond: 1_000, burst: 1_000),
        maximumRequests: Int = 2_048
    ) {
        self.addresses = addresses
        self.clients = clients
        self.maximumRequests = maximumRequests
    }
}

/// Decides, before any work is done for it, whether a request may go on; one for all listeners of a server.
///
/// An address pays only for what is refused before or at authentication, a client only for what is refused after it: whoever
/// is served pays nothing, and nobody can spend what belongs to a client whom he cannot authenticate as.
public final class Admission: Sendable, ClientAdmission {
    /// What is let in.
    public let limits: AdmissionLimits
    /// The proxies that are believed.
    public let proxies: TrustedProxies

    private let addresses: RefusalBudgets
    private let clients: RefusalBudgets
    private let instant: @Sendable () -> ContinuousClock.Instant
    private let origin: ContinuousClock.Instant
    private let seed = UInt64.random(in: 0 ... .max)
    private let working = Atomic<Int>(0)
    private let pendingBodies = Mutex((total: 0, byAddress: [BudgetKey: Int]()))
    let metrics = AdmissionMetrics()

    /// As many addresses have a budget of their own at once; each costs 32 octets.
    static let addressCapacity = 65_536
    /// As many clients.
    static let clientCapacity = 16_384

    /// An admission without anything spent, whose budgets fill as `instant` goes on.
    public init(
        _ limits: AdmissionLimits = AdmissionLimits(),
        proxies: TrustedProxies = .none,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limits = limits
        self.proxies = proxies
        self.instant = instant
        origin = instant()
        addresses = RefusalBudgets(limits.addresses, capacity: Self.addressCapacity)
        clients = RefusalBudgets(limits.clients, capacity: Self.clientCapacity)
    }

    /// How many requests of clients are in work.
    public var requestsInWork: Int { working.load(ordering: .relaxed) }

    // MARK: Addresses

    /// Whether the address may ask for what needs authentication.
    func look(at address: PeerAddress?) -> RefusalBudgets.Verdict {
        guard let address, limits.tellsAddressesApart else { return .within }
        return addresses.look(address.budget, at: time)
    }

    /// Refuses an address that was refused too often.
    func requireBudget(of address: PeerAddress?) throws(Refusal) {
        guard case .exceeded(let seconds, _) = look(at: address) else { return }
        metrics.addressesLimited.increment()
        throw .tooManyRequests(retryAfter: Seconds(seconds))
    }

    /// The address was refused before or at authentication.
    func draw(on address: PeerAddress?) {
        guard let address, limits.tellsAddressesApart else { return }
        addresses.draw(address.budget, at: time)
    }

    // MARK: Clients

    /// Refuses a client that has proved who it is and has been refused too often.
    public func admit(_ client: ClientID) throws(Refusal) {
        guard case .exceeded(let seconds, _) = clients.look(key(of: client), at: time) else { return }
        metrics.clientsLimited.increment()
        throw .tooManyRequests(retryAfter: Seconds(seconds))
    }

    /// The client was refused after it had proved who it is.
    func draw(on client: ClientID) {
        clients.draw(key(of: client), at: time)
    }

    // MARK: Work in progress

    /// Refuses at once what would only wait, before anything of it is read.
    func checkWork() throws(Unavailable) {
        guard working.load(ordering: .relaxed) >= limits.maximumRequests else { return }
        metrics.overloaded.increment()
        throw .queueFull
    }

    /// Does a request's work, if there is room for it; `Unavailable.queueFull` else.
    public func work<Value>(_ body: () async throws -> Value) async throws -> Value {
        let number = working.add(1, ordering: .relaxed).newValue
        defer { working.subtract(1, ordering: .relaxed) }
        guard number <= limits.maximumRequests else {
            metrics.overloaded.increment()
            throw Unavailable.queueFull
        }
        return try await body()
    }

    /// Keeps count of the bytes of a body that is only partly there; false when there is no room for them, or none for this
    /// address.
    func hold(_ bytes: Int, of address: PeerAddress?) -> Bool {
        let key = address.flatMap { limits.tellsAddressesApart ? $0.budget : nil }
        let hasRoom = pendingBodies.withLock { pending in
            guard pending.total + bytes <= limits.maximumPendingBodies else { return false }
            if let key {
                let held = pending.byAddress[key, default: 0] + bytes
                guard held <= limits.maximumPendingBodiesOfAddress else { return false }
                pending.byAddress[key] = held
            }
            pending.total += bytes
            return true
        }
        if !hasRoom { metrics.overloaded.increment() }
        return hasRoom
    }

    /// The bytes are held no longer.
    func release(_ bytes: Int, of address: PeerAddress?) {
        let key = address.flatMap { limits.tellsAddressesApart ? $0.budget : nil }
        pendingBodies.withLock { pending in
            pending.total -= bytes
            guard let key, let held = pending.byAddress[key] else { return }
            pending.byAddress[key] = held > bytes ? held - bytes : nil
        }
    }

    /// The bytes that are held.
    var heldBytes: Int { pendingBodies.withLock { $0.total } }

    // MARK: Keys

    private var time: Int64 {
        // Never zero, which a free slot has.
        origin.duration(to: instant()).nanoseconds + 1
    }

    private func key(of client: ClientID) -> BudgetKey {
        var high = Hasher()
        high.combine(seed)
        high.combine(client)
        var low = high
        low.combine(true)
        return BudgetKey(
            high: UInt64(bitPattern: Int64(high.finalize())),
            low: UInt64(bitPattern: Int64(low.finalize()))
        )
    }
}

extension PeerAddress {
    var budget: BudgetKey {
        let key = budgetKey
        return BudgetKey(high: key.high, low: key.low)
    }
}
