/// A parser of hostile input, and what must hold of it whatever it is given.
///
/// The same functions are run by coverage-guided fuzzing (`make fuzz`) and, over the committed inputs of `Tests/Corpora`, by
/// the ordinary tests.
public struct FuzzTarget: Sendable {
    /// Its name, and that of its folder of inputs.
    public let name: String
    /// The longest input worth trying, in bytes: a little beyond the parser's own limit, or what keeps a run fast.
    public let maximumLength: Int
    /// Gives one input to the parser, and says whether it was accepted.
    ///
    /// A refusal is no fault; ``BrokenProperty`` is thrown when an answer contradicts itself.
    public let check: @Sendable ([UInt8]) throws -> Bool

    init(_ name: String, maximumLength: Int = 4_096, _ check: @escaping @Sendable ([UInt8]) throws -> Bool) {
        self.name = name
        self.maximumLength = maximumLength
        self.check = check
    }

    /// Every target, by the order of their names.
    public static let all: [FuzzTarget] = [
        assertion, base64url, certificate, crl, dpop, form, json, jwk, jws, ocsp, pem, policy, profile, request, roles,
        scopeFile, scopeName, statusList, units, x5c,
    ].sorted { $0.name < $1.name }
}

/// What a parser answered cannot be right.
public struct BrokenProperty: Error, CustomStringConvertible {
    /// What does not hold.
    public let description: String

    /// A property that does not hold.
    init(_ description: String) { self.description = description }
}

/// - Throws: ``BrokenProperty`` unless `condition` holds.
func demand(_ condition: Bool, _ property: @autoclosure () -> String) throws(BrokenProperty) {
    guard condition else { throw BrokenProperty(property()) }
}
