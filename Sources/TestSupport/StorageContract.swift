public import AuditLedger
internal import JOSE
public import Testing
internal import Vocabulary

/// A store under the contract: how a test opens it, opens it again, and looks behind it.
public protocol StorageContractSubject: Sendable {
    /// The store.
    associatedtype Store: LedgerStore

    /// A new, empty store that nobody else uses.
    static func empty() throws -> Self

    /// Opens the same store once more, as another process would or the same one after a restart.
    func open() throws -> Store

    /// All rows in order of their sequence numbers.
    func rows() throws -> [LedgerRow]

    /// The name of the node whose chain it is.
    var node: String { get }

    /// Removes what the test has made.
    func remove()
}

/// One promise that every store must keep, whatever database is behind it.
public struct StorageContractCase<Subject: StorageContractSubject>: Sendable, CustomTestStringConvertible {
    /// The promise, as a sentence.
    public let testDescription: String
    private let check: @Sendable (Subject) async throws -> Void

    init(_ promise: String, _ check: @escaping @Sendable (Subject) async throws -> Void) {
        testDescription = promise
        self.check = check
    }

    /// Checks the promise on a store of its own; records an issue where it is broken.
    public func check() async throws {
        let subject = try Subject.empty()
        defer { subject.remove() }
        try await check(subject)
    }
}

/// The promises, for `@Test(arguments:)`.
public enum StorageContract<Subject: StorageContractSubject> {
    /// All of them.
    public static var cases: [StorageContractCase<Subject>] { chain + claims + clock + writer }
}

/// Values that the promises are checked with.
enum ContractSample {
    static let now = Timestamp(seconds: 1_790_000_000)
    static let window = ReplayWindow(lifetime: 120, skew: 10)

    static func event(_ kind: LedgerEvent.Kind = .tokenIssued, at time: Timestamp = now) -> LedgerEvent {
        LedgerEvent(time: time, kind: kind, details: ["text": "blåbær \"\\\u{1}"])
    }

    static func claim(_ number: Int, issued: Timestamp = now, life: Seconds = 120) throws -> ReplayClaim {
        ReplayClaim(
            client: try ClientID(parsing: "client-\(number % 7)"),
            key: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) },
            issued: issued,
            expires: issued + life
        )
    }
}

/// An error that a transaction's body throws.
struct ContractFault: Error, Equatable {}
