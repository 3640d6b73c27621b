import CoreMetrics

/// What is counted of requests that were not let in.
struct AdmissionMetrics: Sendable {
    /// Requests of addresses that had nothing left.
    let addressesLimited = Counter(label: "portvakt_admission_refused_total", dimensions: [("budget", "address")])
    /// Requests of clients that had nothing left.
    let clientsLimited = Counter(label: "portvakt_admission_refused_total", dimensions: [("budget", "client")])
    /// Requests for which there was no room.
    let overloaded = Counter(label: "portvakt_admission_refused_total", dimensions: [("budget", "work")])
}
