/// A secret text, a pass phrase or PIN, that never prints itself.
public struct Secret: Sendable {
    /// The secret itself, to be named where it is used and never in a message.
    public let exposed: String

    /// Wraps a secret.
    public init(_ exposed: String) { self.exposed = exposed }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`.
    public var description: String { "<redacted>" }

    /// `<redacted>`.
    public var debugDescription: String { "<redacted>" }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
