/// How a value is to be taken: what a terminal shows by colour and a page by a class; never the only sign of anything.
public enum Tone: String, Sendable, Hashable, CaseIterable {
    /// As it is.
    case plain
    /// Heads and names.
    case bold
    /// Of less weight.
    case faint
    /// Failed, refused, expired.
    case bad
    /// Good, in force.
    case good
    /// Wants attention.
    case warning
}
