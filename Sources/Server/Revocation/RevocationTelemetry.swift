import EnterpriseCertificates
import Logging
import Metrics
import Vocabulary

/// What is told of revocation: events to the log, numbers to the metrics.
final class RevocationTelemetry: Sendable {
    private let logger: Logger
    private let answers: [RevocationRecord.Source: [RevocationRecord.Status: Counter]]
    private let failures = Counter(label: "portvakt_revocation_failures_total")
    private let grace = Counter(label: "portvakt_revocation_grace_total")
    private let evidence: [RevocationRecord.Kind: [EvidenceState: Gauge]]
    private let ages: [RevocationRecord.Source: Gauge]

    /// Telemetry; shows the mode at once.
    init(mode: RevocationMode, logger: Logger) {
        self.logger = logger
        answers = Self.table(RevocationRecord.Source.allCases, RevocationRecord.Status.allCases) { source, status in
            let labels = [("source", source.rawValue), ("status", status.rawValue)]
            return Counter(label: "portvakt_revocation_answers_total", dimensions: labels)
        }
        evidence = Self.table(RevocationRecord.Kind.allCases, EvidenceState.allCases) { kind, state in
            let labels = [("kind", kind.rawValue), ("state", state.rawValue)]
            return Gauge(label: "portvakt_revocation_evidence", dimensions: labels)
        }
        ages = Dictionary(
            uniqueKeysWithValues: RevocationRecord.Source.allCases.map {
                ($0, Gauge(label: "portvakt_revocation_evidence_age_seconds", dimensions: [("source", $0.rawValue)]))
            }
        )
        for name in ["off", "crl_files", "require"] {
            Gauge(label: "portvakt_revocation_mode", dimensions: [("mode", name)]).record(name == mode.name ? 1 : 0)
        }
        Gauge(label: "portvakt_revocation_grace_seconds").record(mode.grace.count)
    }

    /// Takes note of an event.
    func note(_ event: RevocationEvent) {
        switch event {
        case .answered(let subject, let answer):
            answers[answer.source]?[answer.status]?.increment()
            logger.debug(
                "revocation asked",
                metadata: [
                    "subject": "\(subject)", "source": "\(answer.source.rawValue)", "address": "\(answer.address)",
                    "status": "\(answer.status.rawValue)", "until": "\(answer.until)",
                ]
            )
        case .changed(let subject, let serialNumber, let status):
            logger.notice(
                "revocation changed",
                metadata: ["subject": "\(subject)", "serial": "\(serialNumber)", "status": "\(status.rawValue)"]
            )
        case .failed(let subject, let faults, let count):
            failures.increment()
            // Said at the first failure and then ever more seldom.
            let level: Logger.Level = count & (count - 1) == 0 ? .warning : .debug
            logger.log(
                level: level,
                "revocation cannot be asked",
                metadata: ["subject": "\(subject)", "faults": "\(faults)", "failures": "\(count)"]
            )
        case .listRead(let address, let bytes):
            logger.info("revocation list read", metadata: ["address": "\(address)", "bytes": "\(bytes)"])
        case .graceServed(let subject, let age):
            grace.increment()
            logger.warning(
                "certificate accepted under grace",
                metadata: ["subject": "\(subject)", "evidence_age_seconds": "\(age.count)"]
            )
        case .notKept(let cause): logger.error("revocation evidence not kept", metadata: ["cause": "\(cause)"])
        }
    }

    /// Shows how much evidence there is, in which state, and how old the oldest in use is.
    func show(_ records: [RevocationRecord], rules: RevocationRules, at now: Timestamp) {
        var counts: [RevocationRecord.Kind: [EvidenceState: Int]] = [:]
        var oldest: [RevocationRecord.Source: Int64] = [:]
        for record in records where record.used > now - rules.unusedLife {
            counts[record.kind, default: [:]][EvidenceState(record, rules: rules, at: now), default: 0] += 1
            guard let answer = record.answer, answer.status == .good else { continue }
            oldest[answer.source] = max(oldest[answer.source] ?? 0, now.seconds - answer.thisUpdate.seconds)
        }
        for (kind, gauges) in evidence {
            for (state, gauge) in gauges { gauge.record(counts[kind]?[state] ?? 0) }
        }
        for (source, gauge) in ages { gauge.record(oldest[source] ?? 0) }
    }

    private static func table<Row: Hashable, Column: Hashable, Cell>(
        _ rows: [Row],
        _ columns: [Column],
        _ make: (Row, Column) -> Cell
    ) -> [Row: [Column: Cell]] {
        Dictionary(
            uniqueKeysWithValues: rows.map { row in
                (row, Dictionary(uniqueKeysWithValues: columns.map { ($0, make(row, $0)) }))
            }
        )
    }
}

/// In which state a piece of evidence is, as metrics and `doctor` name it.
enum EvidenceState: String, Sendable, Hashable, CaseIterable {
    /// It says that something is not revoked, and serves.
    case fresh
    /// Its end is past; it serves under grace.
    case grace
    /// It serves no more.
    case stale
    /// It says that something is revoked.
    case revoked
    /// It says that the responder does not know.
    case unknown
    /// There has never been an answer.
    case missing

    /// The state of a record.
    init(_ record: RevocationRecord, rules: RevocationRules, at now: Timestamp) {
        guard let answer = record.answer else {
            self = .missing
            return
        }
        switch answer.status {
        case .revoked: self = .revoked
        case .unknown: self = .unknown
        case .good where now <= answer.until: self = .fresh
        case .good where now <= answer.until + rules.grace: self = .grace
        case .good: self = .stale
        }
    }
}
