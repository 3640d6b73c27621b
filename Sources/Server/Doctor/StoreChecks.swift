import AuditLedger
import JOSE
import LibCrypto
import Organisations
import SQLiteStorage
import TokenIssuance
import Vocabulary

/// Whether the ledger's head can be read.
struct LedgerCheck: DoctorCheck {
    func findings(_ scene: DoctorScene) -> [Finding] {
        let read = scene.read(for: "ledger") { reader in
            let last = try reader.lastSequence
            return (last, try last == 0 || reader.row(last) != nil)
        }
        switch read {
        case nil: return []
        case .failure(let fault): return [fault.finding]
        case .success((let last, true)):
            return [
                Finding("ledger", .green, "its head is entry \(last); `portvakt audit verify` looks at all of them")
            ]
        case .success((let last, false)):
            return [
                Finding(
                    "ledger",
                    .red,
                    "its head, entry \(last), cannot be read",
                    remedy: "run `portvakt audit verify`"
                )
            ]
        }
    }
}

/// Whether the clock is behind the highest time that the store has seen: then no token is issued.
struct ClockCheck: DoctorCheck {
    func findings(_ scene: DoctorScene) -> [Finding] {
        switch scene.read(for: "clock", { try $0.clockMark }) {
        case nil: return []
        case .failure(let fault): return [fault.finding]
        case .success(let mark):
            let behind = mark.seconds - scene.now.seconds
            guard behind > GrantRules.skew.count else {
                return [Finding("clock", .green, "it is not behind the highest time seen, `\(mark)`")]
            }
            return [
                Finding(
                    "clock",
                    .red,
                    "it is \(behind) s behind the highest time seen, `\(mark)`: `/token` answers 503",
                    remedy: "set the clock; if it is right, `portvakt store accept-clock`"
                )
            ]
        }
    }
}

/// Whether signing keys are there and when they end.
struct SigningKeyCheck: DoctorCheck {
    func findings(_ scene: DoctorScene) -> [Finding] {
        guard let configuration = scene.configuration,
            let read = scene.read(for: "signing_keys", { try $0.signingKeys() })
        else { return [] }
        let records: [SigningKeyRecord]
        switch read {
        case .failure(let fault): return [fault.finding]
        case .success(let found): records = found
        }
        let keys = LoadedSigningKeys(folder: SigningKeyFolder(configuration))
        var findings: [Finding] = []
        if case .loaded(_, faults: let faults) = keys.refresh(records, at: scene.now) {
            findings += faults.map { Finding("signing_keys", .red, $0.description, remedy: "see `portvakt keys list`") }
        }
        let algorithm = configuration.signingAlgorithm
        guard keys.ring.active(algorithm, at: scene.now) != nil else {
            let rotate = "portvakt keys rotate --alg \(algorithm.rawValue)"
            return findings + [
                Finding("signing_keys", .red, "no key for \(algorithm.rawValue) is active", remedy: "run `\(rotate)`")
            ]
        }
        findings += overdue(records, configuration, at: scene.now)
        for record in records where record.state(at: scene.now) == .active {
            let hasSuccessor = records.contains {
                $0.algorithm == record.algorithm && $0.activates > record.activates && $0.removed == nil
            }
            let name = "\(record.id)"
            if let end = record.retires, end < scene.now + .days(30), !hasSuccessor {
                findings.append(
                    Finding(
                        "signing_keys",
                        name,
                        .yellow,
                        "\(record.algorithm.rawValue), retires at `\(end)` without a successor",
                        remedy: "run `portvakt keys rotate --alg \(record.algorithm.rawValue)`"
                    )
                )
            } else {
                findings.append(
                    Finding(
                        "signing_keys",
                        name,
                        .green,
                        "\(record.algorithm.rawValue), active since `\(record.activates)`"
                    )
                )
            }
        }
        return findings
    }

    /// Rotations that the server should have made by itself and has not.
    private func overdue(
        _ records: [SigningKeyRecord],
        _ configuration: ServerConfiguration,
        at now: Timestamp
    ) -> [Finding] {
        guard let interval = configuration.keyRotation else { return [] }
        let schedule = SigningKeySchedule(keySetLifetime: configuration.keySetMaximumAge)
        let due = schedule.algorithmsDue(among: records, every: interval, at: now + Seconds(-Seconds.minutes(10).count))
        return due.map { algorithm in
            Finding(
                "signing_keys",
                .yellow,
                "the next \(algorithm.rawValue) key should have been made by itself (`key_rotation`) and is not there",
                remedy: "read why in the server's log, or run `portvakt keys rotate --alg \(algorithm.rawValue)`"
            )
        }
    }
}

/// Whether the register of organisations is there, and how old what each feed tells of is.
struct RegisterCheck: DoctorCheck {
    func findings(_ scene: DoctorScene) -> [Finding] {
        let read = scene.read(for: "register") { (try $0.counts().hasRegister, try $0.registerFeeds()) }
        switch read {
        case nil: return []
        case .failure(let fault): return [fault.finding]
        case .success((false, _)):
            return [
                Finding("register", .red, "it is empty: no client gets a token", remedy: "run `portvakt org import`")
            ]
        case .success((true, let feeds)):
            let findings = feeds.compactMap { Self.finding($0, scene) }
            guard findings.isEmpty else { return findings }
            return [
                Finding(
                    "register",
                    .yellow,
                    "nobody knows when it was brought up to date",
                    remedy: "run `portvakt org import` with today's files"
                )
            ]
        }
    }

    /// What there is to say of a feed; nil for one that nothing was ever taken from.
    private static func finding(_ feed: RegisterFeedState, _ scene: DoctorScene) -> Finding? {
        let failing = feed.failures > 0 ? "; the last \(feed.failures) attempts failed: \(feed.failure ?? "")" : ""
        guard let updated = feed.updated, let age = feed.age(at: scene.now) else {
            guard !failing.isEmpty else { return nil }
            return Finding(
                "register",
                feed.feed.rawValue,
                .yellow,
                "never brought up to date" + failing,
                remedy: remedy
            )
        }
        let text = "last brought up to date at `\(updated)`" + failing
        switch RegisterFreshness(age: age) {
        case .green where failing.isEmpty: return Finding("register", feed.feed.rawValue, .green, text)
        case .green, .yellow: return Finding("register", feed.feed.rawValue, .yellow, text, remedy: remedy)
        case .red: return Finding("register", feed.feed.rawValue, .red, text, remedy: remedy)
        }
    }

    private static let remedy = "run `portvakt org sync`, or `portvakt org import` with today's file"
}
