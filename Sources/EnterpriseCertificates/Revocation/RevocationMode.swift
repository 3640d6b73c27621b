public import Vocabulary

/// How it is found out whether a certificate is revoked (tilbakekalt).
///
/// There is no default: a configuration names one.
public enum RevocationMode: Sendable, Hashable {
    /// It is not looked at.
    case off
    /// The lists in `crl/` beside the anchors must cover every certificate below the anchor.
    case crlFiles
    /// OCSP and lists from the network must answer; a cached *good* answer serves this much longer than it says itself.
    case require(grace: Seconds)

    /// Why a text names no mode.
    public enum NamingFault: Error, Equatable, Sendable {
        /// There is no mode of that name.
        case unknown(String)
        /// `grace` without a length of time.
        case graceWithoutTime
    }

    /// Reads a mode's name: `off`, `crl_files`, `require`, or `grace`, which is `require` with a grace that is not zero.
    public init(named name: String, grace: Seconds = 0) throws(NamingFault) {
        switch name {
        case "off": self = .off
        case "crl_files": self = .crlFiles
        case "require": self = .require(grace: grace)
        case "grace":
            guard grace > 0 else { throw .graceWithoutTime }
            self = .require(grace: grace)
        default: throw .unknown(name)
        }
    }

    /// The mode's name in configuration, metrics and ledger.
    public var name: String {
        switch self {
        case .off: "off"
        case .crlFiles: "crl_files"
        case .require: "require"
        }
    }

    /// The mode for a person, with its grace.
    public var description: String {
        switch self {
        case .require(let grace) where grace > 0: "`require` with \(grace.count) s of grace"
        default: "`\(name)`"
        }
    }

    /// How much longer than it says itself a good answer serves.
    public var grace: Seconds {
        if case .require(let grace) = self { grace } else { 0 }
    }
}

/// A revocation mode without that which it needs; to start with a weaker one in its place would be a lie.
public struct RevocationUnavailable: Error, Equatable, Sendable, CustomStringConvertible {
    /// The mode that was asked for.
    public let mode: RevocationMode

    /// That this mode cannot be had.
    public init(mode: RevocationMode) { self.mode = mode }

    /// What is missing.
    public var description: String { "revocation `\(mode.name)` needs somebody who asks the responders" }
}
