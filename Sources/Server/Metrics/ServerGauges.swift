import Attention
import AuditLedger
import EnterpriseCertificates
import HTTPServer
import JOSE
import LibCrypto
import MetricsExposition
import Organisations
import SQLiteStorage
import TokenIssuance
import Vocabulary

/// Looks up the numbers of a server that are not counted but are there: lengths of queues, ends of keys, the process.
struct ServerGauges: Sendable {
    let writer: LedgerWriter<SQLiteStore>
    let ring: RefusalRing
    let checkpointLag: CheckpointLag
    let readiness: Readiness
    let admission: Admission
    let requests: RequestsInFlight
    /// Connections by listener.
    let connections: [(listener: String, count: OpenConnections)]
    let sight: StoreSight
    let isStoreSound: @Sendable () -> Bool
    let attention: AttentionCounts
    let register: RegisterSight
    let keys: SigningKeyRing
    let identity: TLSIdentity?
    let trust: ReloadingTrust
    let clock: any WallClock
    let process: ProcessGauges

    /// All of them now; reads nothing but memory and the kernel's tables.
    var samples: [MetricSample] { work + feeds + signingKeys + certificates + process.samples }

    private var work: [MetricSample] {
        connections.map { MetricSample("portvakt_http_connections", ["listener": $0.listener], Double($0.count.count)) }
            + [
                MetricSample("portvakt_ready", readiness.obstacle == nil ? 1 : 0),
                MetricSample("portvakt_http_requests_in_flight", Double(requests.count)),
                MetricSample("portvakt_requests_in_work", Double(admission.requestsInWork)),
                MetricSample("portvakt_ledger_queue_length", Double(writer.queueLength)),
                MetricSample("portvakt_ledger_checkpoint_lag_seconds", Double(checkpointLag.lag(at: clock.now).count)),
                MetricSample("portvakt_early_refusals_lost_total", Double(ring.lost)),
                MetricSample("portvakt_store_sound", isStoreSound() ? 1 : 0),
                MetricSample("portvakt_store_revision", Double(sight.revision)),
                MetricSample("portvakt_client_keys_expiring", Double(attention.expiringKeys)),
                MetricSample("portvakt_webhook_pending", Double(attention.pending)),
            ] + attentionItems
    }

    private var attentionItems: [MetricSample] {
        let counts = attention.bySeverity
        return AttentionItem.Severity.allCases.map {
            MetricSample("portvakt_attention_items", ["severity": $0.word], Double(counts[$0] ?? 0))
        }
    }

    private var feeds: [MetricSample] {
        let now = clock.now
        return register.feeds.flatMap { feed -> [MetricSample] in
            let name = feed.feed.rawValue
            let failures = MetricSample("portvakt_register_sync_failures", ["feed": name], Double(feed.failures))
            guard let age = feed.age(at: now) else { return feed.failures > 0 ? [failures] : [] }
            let state = RegisterFreshness(age: age)
            return [MetricSample("portvakt_register_age_seconds", ["feed": name], Double(age.count)), failures]
                + RegisterFreshness.allCases.map {
                    MetricSample("portvakt_register_state", ["feed": name, "state": $0.rawValue], $0 == state ? 1 : 0)
                }
        }
    }

    private var signingKeys: [MetricSample] {
        let now = clock.now
        return keys.all.map(\.record).flatMap { record in
            let kid = record.id.rawValue
            let state = MetricSample(
                "portvakt_signing_key_state",
                ["kid": kid, "alg": record.algorithm.rawValue, "state": record.state(at: now).rawValue],
                1
            )
            let end = record.retires.map {
                MetricSample("portvakt_signing_key_retires_timestamp_seconds", ["kid": kid], Double($0.seconds))
            }
            return [state] + [end].compactMap { $0 }
        }
    }

    private var certificates: [MetricSample] {
        var ends: [String: Int64] = [:]
        for anchor in trust.current.anchors {
            let subject = anchor.subject.shortName
            ends[subject] = min(ends[subject] ?? .max, anchor.notAfter.seconds)
        }
        let anchors = ends.map { subject, end in
            MetricSample("portvakt_trust_anchor_not_after_timestamp_seconds", ["subject": subject], Double(end))
        }
        let own = identity?.notAfter.map {
            MetricSample("portvakt_tls_certificate_not_after_timestamp_seconds", Double($0.seconds))
        }
        return anchors + [own].compactMap { $0 }
    }
}
