public import Vocabulary

/// How it is found out whether a certificate is revoked (tilbakekalt).
///
/// There is no default: a configuration names one.
public enum RevocationMode: Sendable, Hashable {
    /// It is not looked at.
    case off
    /// The lists in `crl/` beside the anchors must cover every certificate below the anchor.
    case crlFiles
    /// OCSP and lists from the network must answer; a cached answer serves this much longer than it says itself.
    case require(grace: Seconds)

    /// Why a text names no mode.
    public struct UnknownName: Error, Equatable, Sendable {
        /// The text.
        public let name: String
    }

    /// Reads a mode's name: `off`, `crl_files` or `require`; `grace` concerns `require` only.
    public init(named name: String, grace: Seconds = 0) throws(UnknownName) {
        switch name {
        case "off": self = .off
        case "crl_files": self = .crlFiles
        case "require": self = .require(grace: grace)
        default: throw UnknownName(name: name)
        }
    }

    /// The mode's name in configuration, banner, metrics and ledger.
    public var name: String {
        switch self {
        case .off: "off"
        case .crlFiles: "crl_files"
        case .require: "require"
        }
    }
}

/// A revocation mode that this version cannot honour; to start with a weaker one in its place would be a lie.
public struct RevocationUnavailable: Error, Equatable, Sendable, CustomStringConvertible {
    /// The mode that was asked for.
    public let mode: RevocationMode

    /// That this mode cannot be had.
    public init(mode: RevocationMode) { self.mode = mode }

    /// What the operator can do.
    public var description: String {
        "revocation `\(mode.name)` is not available: this version asks no responder and fetches no list; set "
            + "`revocation` to `crl_files` and put the issuers' lists into `crl/` beside the anchors, or to `off`"
    }
}
