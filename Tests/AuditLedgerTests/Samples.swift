import AuditLedger
import JOSE
import Synchronization
import Vocabulary

let epoch = Timestamp(seconds: 1_790_000_000)
let window = ReplayWindow(lifetime: 120, skew: 10)

func client(_ name: String = "client-a") throws -> ClientID { try ClientID(parsing: name) }

func claim(
    _ number: Int = 1,
    client name: String = "client-a",
    issued: Timestamp = epoch,
    life: Seconds = 120
) throws -> ReplayClaim {
    ReplayClaim(
        client: try client(name),
        key: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) },
        issued: issued,
        expires: issued + life
    )
}

/// An event with every member that an event can have.
func fullEvent(_ kind: LedgerEvent.Kind = .tokenIssued) throws -> LedgerEvent {
    var event = LedgerEvent(
        time: epoch,
        kind: kind,
        details: ["lifetime": 120, "aud": ["https://api.example/"], "a\"b": nil]
    )
    event.traceID = TraceID(high: 1, low: 2)
    event.parentTraceID = TraceID(high: 3, low: 4)
    event.client = try client("client \"quoted\\\"".replacing(" ", with: "-"))
    event.credential = .key(try KeyID(parsing: "key-1"), thumbprint: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    event.consumer = try OrganisationNumber(parsing: "991825827")
    event.supplier = try OrganisationNumber(parsing: "974760673")
    event.scopes = [
        try ScopeName(parsing: "skatteetaten:inntekt"), try ScopeName(parsing: "krr:global/kontaktinformasjon.read"),
    ]
    event.tokenID = TokenID("token-1")
    event.code = "MP-012"
    event.reason = "assertion_replayed"
    event.revision = 42
    event.actor = "root@host (sudo by kari) as \"blåbær\u{1}\n\""
    return event
}

/// A clock of the boot that stands until it is moved.
final class FixedBootClock: BootClock {
    private let time: Mutex<Int64>
    let bootID: String

    init(_ seconds: Int64 = 1_000, bootID: String = "boot-1") {
        time = Mutex(seconds)
        self.bootID = bootID
    }

    var seconds: Int64 { time.withLock { $0 } }
    func advance(by seconds: Int64) { time.withLock { $0 += seconds } }
}

/// An error of a store.
struct DiskFull: Error, Equatable {}
