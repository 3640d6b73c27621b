import CoreMetrics

/// Counts verified tokens by outcome; the outcomes are a closed set.
struct VerificationMetrics: Sendable {
    /// Tokens that passed.
    let accepted: Counter
    private let refused: [String: Counter]

    init(_ factory: any MetricsFactory) {
        let counter = { (outcome: String) in
            Counter(
                label: "portvakt_provider_verifications_total",
                dimensions: [("outcome", outcome)],
                factory: factory
            )
        }
        accepted = counter("accepted")
        refused = Dictionary(uniqueKeysWithValues: VerificationError.codes.map { ($0, counter($0)) })
    }

    /// Counts a refusal.
    func count(_ error: VerificationError) { refused[error.code]?.increment() }
}
