package import Vocabulary

/// What happens while evidence about revocation is gathered and used, for log and metrics.
package enum RevocationEvent: Sendable, Hashable {
    /// A responder or a list answered.
    case answered(subject: String, RevocationRecord.Answer)
    /// A certificate that was good is so no more, or the reverse.
    case changed(subject: String, serialNumber: String, to: RevocationRecord.Status)
    /// Nobody gave a usable answer; says why, address by address.
    case failed(subject: String, faults: [String], failures: Int)
    /// A list was read.
    case listRead(address: String, bytes: Int)
    /// A good answer whose end is past let a certificate pass.
    case graceServed(subject: String, age: Seconds)
    /// What is known could not be kept; says why.
    case notKept(String)
}
