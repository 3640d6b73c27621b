import MetricsExposition

extension ServerMetrics {
    /// What is known of enterprise certificates' revocation.
    static let revocation = [
        MetricDescription(
            "portvakt_revocation_mode",
            .gauge,
            labels: ["mode"],
            "1 for the mode in force: `off`, `crl_files`, `require`."
        ),
        MetricDescription(
            "portvakt_revocation_grace_seconds",
            .gauge,
            "How much longer than it says itself a good answer serves."
        ),
        MetricDescription(
            "portvakt_revocation_answers_total",
            .counter,
            labels: ["source", "status"],
            "Answers about certificates, by `ocsp` or `crl`: `good`, `revoked`, `unknown`."
        ),
        MetricDescription(
            "portvakt_revocation_failures_total",
            .counter,
            "Times that neither responder nor list gave an answer that can be used."
        ),
        MetricDescription(
            "portvakt_revocation_grace_total",
            .counter,
            "Looks at a certificate that passed on an answer whose own end is past."
        ),
        MetricDescription(
            "portvakt_revocation_evidence",
            .gauge,
            labels: ["kind", "state"],
            "Pieces of evidence in use: `fresh`, `grace`, `stale`, `revoked`, `unknown`, `missing`."
        ),
        MetricDescription(
            "portvakt_revocation_evidence_age_seconds",
            .gauge,
            labels: ["source"],
            "The age of the oldest good answer in use."
        ),
    ]
}
