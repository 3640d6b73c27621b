import MetricsExposition

/// Every metric of a server: the one table behind `/metrics` and `docs/metrics.md`.
///
/// What is counted anywhere under another name goes nowhere.
public enum ServerMetrics {
    /// The metrics, in the order told.
    static let all: [MetricDescription] = requests + work + register + keys + revocation + process

    /// The table of `docs/metrics.md`.
    public static var markdown: String { MetricDescription.markdown(all) }

    private static let requests = [
        MetricDescription(
            "portvakt_http_requests_total",
            .counter,
            labels: ["listener", "endpoint", "status"],
            "Answers, by the class of their status (`2xx` and so on)."
        ),
        MetricDescription(
            "portvakt_http_request_duration_seconds",
            .histogram,
            labels: ["listener", "endpoint"],
            "Seconds from the head of a request until its answer was ready."
        ),
        MetricDescription(
            "portvakt_http_refusals_total",
            .counter,
            labels: ["listener", "code"],
            "Answers with an error, by its code (`/errors/CODE` tells what it means)."
        ),
        MetricDescription(
            "portvakt_admission_refused_total",
            .counter,
            labels: ["budget"],
            "Requests turned away before any work: the address's or the client's budget was spent (429), or there was too "
                + "much work in progress (503)."
        ),
        MetricDescription(
            "portvakt_http_unparsable_total",
            .counter,
            "Connections that sent no HTTP, or more header fields than allowed."
        ),
        MetricDescription(
            "portvakt_http_timed_out_total",
            .counter,
            "Connections closed because a handshake, a request or the reading of an answer took too long."
        ),
        MetricDescription(
            "portvakt_token_authorization_ignored_total",
            .counter,
            "Token requests that carried an `Authorization` field, which is ignored."
        ),
        MetricDescription(
            "portvakt_endpoint_audience_total",
            .counter,
            "Assertions whose `aud` was the token endpoint, let through by the client's compatibility switch."
        ),
        MetricDescription("portvakt_http_requests_in_flight", .gauge, "Requests whose answer is not written yet."),
        MetricDescription("portvakt_http_connections", .gauge, labels: ["listener"], "Open connections."),
    ]

    private static let work = [
        MetricDescription(
            "portvakt_ready",
            .gauge,
            "1 while the server should get requests (`/health/ready`), else 0."
        ),
        MetricDescription("portvakt_requests_in_work", .gauge, "Requests of clients in work (`max_requests`)."),
        MetricDescription("portvakt_ledger_queue_length", .gauge, "Requests that wait for the ledger's writer."),
        MetricDescription(
            "portvakt_ledger_checkpoint_lag_seconds",
            .gauge,
            "Seconds that the oldest ledger entry without a signed checkpoint has waited for one; 0 when all are covered. One is "
                + "signed each minute."
        ),
        MetricDescription(
            "portvakt_early_refusals_lost_total",
            .counter,
            "Refusals from before authentication that found no place in the ring file."
        ),
        MetricDescription(
            "portvakt_store_sound",
            .gauge,
            "0 once the database was found damaged, removed or replaced: nothing is served from it any more; else 1."
        ),
        MetricDescription(
            "portvakt_store_revision",
            .gauge,
            "The revision of the facts that tokens rest on: it grows with every act that changes one."
        ),
    ]

    private static let register = [
        MetricDescription(
            "portvakt_register_age_seconds",
            .gauge,
            labels: ["feed"],
            "Seconds since what a feed tells of (`main_units`, `sub_units`, `roles`) was brought up to date, by the feed or by "
                + "an import."
        ),
        MetricDescription(
            "portvakt_register_state",
            .gauge,
            labels: ["feed", "state"],
            "1 for the state that this age amounts to: `green`, `yellow` from 24 hours on, `red` from 7 days on."
        ),
        MetricDescription(
            "portvakt_register_sync_failures",
            .gauge,
            labels: ["feed"],
            "How often in a row the feed could not be read."
        ),
    ]

    private static let keys = [
        MetricDescription(
            "portvakt_client_keys_expiring",
            .gauge,
            "Keys of active clients that end within 30 days; counted when the facts change, and each minute."
        ),
        MetricDescription(
            "portvakt_attention_items",
            .gauge,
            labels: ["severity"],
            "Things that operators must not miss, by how pressing they are; `portvakt attention` lists them."
        ),
        MetricDescription(
            "portvakt_webhook_pending",
            .gauge,
            "Notices to webhooks that wait to be sent."
        ),
        MetricDescription(
            "portvakt_webhook_attempts_total",
            .counter,
            labels: ["result"],
            "Attempts to send a notice to a webhook: `delivered`, `failed` (to be repeated) and `given_up`."
        ),
        MetricDescription(
            "portvakt_signing_key_state",
            .gauge,
            labels: ["kid", "alg", "state"],
            "1 for each signing key, with its place in the timetable."
        ),
        MetricDescription(
            "portvakt_signing_key_retires_timestamp_seconds",
            .gauge,
            labels: ["kid"],
            "When the key signs no more, for keys with an end."
        ),
        MetricDescription(
            "portvakt_tls_certificate_not_after_timestamp_seconds",
            .gauge,
            "When the listeners' own certificate ends."
        ),
        MetricDescription(
            "portvakt_trust_anchor_not_after_timestamp_seconds",
            .gauge,
            labels: ["subject"],
            "When a trust anchor ends."
        ),
    ]

    private static let process = [
        MetricDescription("portvakt_build_info", .gauge, labels: ["version"], "1, with the version of the program."),
        MetricDescription("process_start_time_seconds", .gauge, "When the server started."),
        MetricDescription("process_cpu_seconds_total", .counter, "Seconds of processor time used."),
        MetricDescription("process_resident_memory_bytes", .gauge, "Memory in use."),
        MetricDescription("process_open_fds", .gauge, "Open files and connections."),
        MetricDescription("process_max_fds", .gauge, "How many of them there may be."),
    ]
}
